"""The rules that leave a row out of a figure, in the words that its table says them with."""

from __future__ import annotations

from outturn.databases import Sql

NO_BIRTH = "no date of birth"
DIED_BEFORE_PERIOD = "died before the period"
DIED_BEFORE_CENSUS = "died before the day of the census"
ENDS_BEFORE_START = "every service ends before it starts"

DIED_BEFORE_ADMISSION = "died before the admission"
NO_COMPONENT = "the service has no component"
OTHER_COMPONENT = "the component is not that of long-term care in a home"
SELF_FUNDED = "self-funded, or under the 12-week disregard"
IN_CARE_BEFORE = "in a care home in the year before: not a new admission"
ALSO_YOUNGER = "admitted in the younger age group in the same 12 months: counted there, once"
LEFT_CARE = "no longer in the care home after the end of the period"
SINCE_BEFORE = "in the care home since before the period"

OTHER_GENDER = "neither male nor female"

NOT_COMMUNITY = "in a care home, or in prison"
NO_KIND = "the records tell no kind of support"
KIND_LEFT_OUT = {
    4: "direct support, by a mechanism that is not known",
    5: "information and advice alone",
    6: "no direct support",
}

ALREADY_CLIENT = "not a new client when the request began"
NO_OUTCOME = "the request has no outcome"
NO_PROGRESS = "the request led to no further action, or to hospital"
NOT_FOLLOWED = "the days after its end are not over yet"
NOT_YET_FOLLOWED = "the previous request was still being followed up"
NO_SERVICE_MEANT = "the assessment led to no service"
EXTERNAL_CAUSE = "died of an external cause, and not after a fall"
NO_STAYS_SO_EARLY = "the records of stays do not reach back to the first of the days"
STILL_WAITING = "still waiting"
DIED_WAITING = "died while waiting"

OTHER_ADMISSION = "the admission is of another type"
SAME_DATES = "the same admission and discharge as another record"
OPEN_AND_CLOSED = "no discharge, and another record of the same admission has one"
ADMITTED_AGAIN = "no discharge, and a later admission of the person"
INSIDE_ANOTHER = "wholly inside another episode"
OPEN_IN_AN_EARLIER = "no discharge, and begins before an earlier episode ends"
SAME_ADMISSION = "the same admission as an episode that ends later"
SAME_DISCHARGE = "the same discharge as an episode that begins earlier"

OTHER_BED = "in a bed of another kind"
REASON_NOT_KNOWN = "the reason is none that the list of reasons knows"
BED_NOT_TOLD = "the records do not tell the kind of bed"

UNKNOWN_TEXT = "a coded text of the record is in no list"
NO_PERSON = "no identifier tells whose the record is"
DIED_EARLIER = "died before it began, or before the time that its submission speaks for"
NOT_TOLD_AGAIN = "of a time for which its submission is not taken, and none that is tells of it"
OTHER_CLIENT = "recorded of another kind of client"
MONTH_NOT_COVERED = "in a month that the data of the place do not cover"
BEFORE_FIRST_DAY = "before the first day that the method counts, or after the day looked from"

NOT_REACHED = "the records of the place do not reach back to this time"
NO_DAY_YET = "no day in the period: the first day does not count"
ONE_DAY = "no day at all: the first day does not count, and it was also the last"
NOT_DISCHARGED = "not discharged yet"
READY_THAT_DAY = "ready to leave only on the day of the census"
NO_READY_DAY = "the records do not tell the day of readiness"
NOBODY_TOLD = "the records tell the setting of nobody in this place and period"
VIRTUAL_WARD = "in a virtual ward"
OTHER_DESTINATION = "discharged to another kind of place"
NO_AGE = "no age is known"
NOT_DELIVERED = "not delivered yet"
NOT_REACHED_YET = "this part of the way is not completed, or its dates are not told"
DATES_TURNED = "it ends before it begins"
NOT_ENDED = "not ended yet"
NO_START = "the records do not tell the day on which it began"
NOT_DUE = "not due yet"
NO_CARE = "no hours and no visits in the week"
NO_OUTCOME_TOLD = "the records do not tell what became of the visit"
OTHER_OUTCOME = "the outcome is one that the method does not count: "
BEFORE_WHOLE_WEEKS = "before the first whole week of the provider's records of the place"
AFTER_WHOLE_WEEKS = "after the last whole week of the provider's records of the place"
TOO_MUCH_CARE = "more than 336 hours or 672 visits of a provider in a week: perhaps a wrong number"
TOLD_TWICE = "its whole time is told by other visits as well, and counts once"
CLOSED = "the location has closed"
FEW_LOCATIONS = "the records tell of too few locations of the place at this month's end"


def under(years: int) -> str:
    return f"under {years} on the day that counts"


def reason_left_out(reason: str) -> str:
    return f"the reason is one that the method leaves out: {reason}"


def fewer_stays(number: int) -> str:
    return f"fewer than {number} such stays in the year"


def not_assessed(days: int) -> str:
    return f"no assessment at home was completed within {days} days, before another stay"


def not_longer(days: int) -> str:
    return f"waits elsewhere, for no longer than {days} days"


def setting_not_told(days: int) -> str:
    return f"the records do not tell the setting, and the wait is no longer than {days} days"


def longer_than(minutes: int) -> str:
    return f"longer than {minutes} minutes: perhaps an end that was not recorded, or a wrong one"


def first_rule(*rules: tuple[Sql | str, str]) -> Sql:
    """The words of the first rule whose condition holds; empty where none does."""
    found = Sql("case")
    for condition, words in rules:
        found = found + " when " + condition + Sql(" then ?", (words,))
    return found + " end"
