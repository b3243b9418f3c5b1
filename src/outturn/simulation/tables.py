"""The record tables of a council as columns, in the form of their contracts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from outturn.simulation import hospital, services
from outturn.simulation.care import Care
from outturn.simulation.care_homes import HOMES
from outturn.simulation.columns import days, flags, hundredths, numbered, whole, words
from outturn.simulation.days import NEVER, as_number, parts
from outturn.simulation.draws import Draws, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Attendances, Stays
from outturn.simulation.identities import Identities
from outturn.simulation.people import People

AGE_GROUPS = ("0-17", "18-64", "65-74", "75-84", "85plus")
_EDGES = (18, 65, 75, 85)
_SEXES = ("male", "female")
BED_KINDS = ("acute", "adult mental health", "older mental health", "community hospital",
         "virtual ward")  # fmt: skip
_HOSPITALS = ("Synthetic General Hospital", "Synthetic Mental Health Unit",
              "Synthetic Community Hospital", "Synthetic Hospital at Home",
              "Synthetic Hospice")  # fmt: skip
_SITE = {0: 0, 1: 2, 2: 1, 3: 2, 4: 3, 5: 4}  # the hospital of each kind of bed
CAUSES = ("not external", "fall", "external")
SETTINGS = ("short-stay", "other")
GROUPS = ("older people", "learning disability", "mental health", "physical disability")
_REGISTER = ("no ongoing support", "reduced support", "the same support", "increased support",
             "hospital", "care home", "died", "stopped early")  # fmt: skip


def age_group(ages: Whole) -> Whole:
    """Position in AGE_GROUPS."""
    return np.searchsorted(np.array(_EDGES), ages, side="right")


class Tables:
    """Makes each table from what is true of one council."""

    def __init__(self, people: People, ids: Identities) -> None:
        self.people, self.ids = people, ids

    def _numbered(self, letter: str, number: int) -> pl.Series:
        """Identifiers that no other council of the same folder has."""
        return numbered(f"{letter}{self.ids.council + 1}-", number)

    def _who(self, who: Whole, *, born: bool = True) -> dict[str, pl.Series]:
        place = pl.Series([self.ids.place]).new_from_index(0, len(who))
        found = {"place": place, "person": self.ids.persons(who)}
        if born:
            found |= {
                "sex": words(_SEXES, self.people.woman[who].astype(np.int64)),
                "born_on": days(self.people.born[who]),
            }
        return found

    def stays(self, stays: Stays, codes: Mapping[str, pl.Series]) -> pl.DataFrame:
        """`codes` are the columns of national codes, where there are any."""
        who = stays.person
        seen = np.where(
            self.people.dies[who] <= self.people.window.last, self.people.dies[who], NONE
        )
        return pl.DataFrame(
            self._who(who)
            | {
                "stay": self._numbered("S", len(who)),
                "hospital": words(_HOSPITALS, sites(stays)),
                "kind": words(hospital.KINDS, stays.kind),
                "admission": words(hospital.ADMISSIONS, stays.admission),
                "admitted_from": words(hospital.FROM, stays.came_from),
                "admitted_on": days(stays.admitted),
                "discharged_on": days(stays.discharged),
                "destination": words(hospital.DESTINATIONS, stays.destination),
                **codes,
                "response_minutes": whole(stays.minutes),
                "out_of_area": flags(stays.away),
                "fall": flags(stays.fall),
                "died_on": days(seen),
            }
        )

    def delays(self, stays: Stays, draws: Draws, nation: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The table, and the truth of each: position of the stay and the code that groups it."""
        some = np.flatnonzero(stays.ready != NONE)
        who, ready, out = stays.person[some], stays.ready[some], stays.discharged[some]
        first, second = hospital.delay_reasons(draws, nation, len(some))
        pairs = zip(first, second, strict=True)
        code = pl.Series([two or one if one == "9" else one for one, two in pairs], dtype=pl.String)
        died = stays.destination[some] == hospital.DIED
        ended = out < NEVER
        reason = np.where(died, 3, draws.among([30, 40, 30], len(some)))
        reason = np.where(ended, reason, NONE)
        table = pl.DataFrame(
            self._who(who)
            | {
                "hospital": words(_HOSPITALS, sites(stays)[some]),
                "kind": words(hospital.KINDS, stays.kind[some]),
                "setting": words(SETTINGS, (stays.kind[some] != hospital.ACUTE).astype(np.int64)),
                "delay": self._numbered("D", len(some)),
                "ready_on": days(ready),
                "discharged_on": days(out),
                "reason": _blank(pl.Series(first, dtype=pl.String)),
                "secondary_reason": _blank(pl.Series(second, dtype=pl.String)),
                "discharge_reason": words(("1", "2", "3", "4"), reason),
                "age_when_ready": whole(self.people.age(ready, who)),
            }
        )
        true = pl.DataFrame({"stay": some, "code": code, "ready": ready, "out": out,
                             "age": self.people.age(ready, who),
                             "kind": stays.kind[some]})  # fmt: skip
        return table, true

    def attendances(self, found: Attendances) -> pl.DataFrame:
        number = len(found.person)
        return pl.DataFrame(
            self._who(found.person)
            | {
                "attendance": self._numbered("A", number),
                "hospital": words(_HOSPITALS, np.zeros(number, dtype=np.int64)),
                "attended_on": days(found.day),
                "minutes": whole(found.minutes),
                "admitted": flags(found.admitted.astype(np.int64)),
            }
        )

    def home_care(self, found: services.Weeks, groups: Whole) -> pl.DataFrame:
        return pl.DataFrame(
            self._who(found.person)
            | {
                "week": days(found.week),
                "hours": hundredths(found.hundredths),
                "visits": whole(found.visits),
                "provider": words([f"Synthetic provider {n}" for n in range(81)], found.provider),
                "client_group": words(GROUPS, groups[found.person]),
            }
        )

    def care_homes(self, found: services.Columns) -> pl.DataFrame:
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "residence": self._numbered("H", len(found["person"])),
                "home": words([f"Synthetic home {n + 1}" for n in range(HOMES)], found["home"]),
                "kind": words(("residential", "nursing"), found["kind"]),
                "long_stay": flags(found["long"]),
                "moved_in_on": days(found["start"]),
                "left_on": days(found["end"]),
            }
        )

    def equipment(self, found: services.Columns) -> pl.DataFrame:
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "order": self._numbered("O", len(found["person"])),
                "kind": words(services.ORDER_KINDS, found["kind"]),
                "ordered_on": days(found["start"]),
                "delivered_on": days(found["end"]),
            }
        )

    def breaks(self, found: services.Columns, groups: Whole) -> pl.DataFrame:
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "carer": self.ids.persons(found["carer"]),
                "break": self._numbered("B", len(found["person"])),
                "kind": words(("overnight", "daytime"), (found["nights"] == NONE).astype(np.int64)),
                "began_on": days(found["start"]),
                "nights": whole(found["nights"]),
                "hours": hundredths(found["hours"]),
                "client_group": words(GROUPS, groups[found["person"]]),
            }
        )

    def contacts(self, found: services.Columns) -> pl.DataFrame:
        channels = ("telephone", "online", "professional", "in person")
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "contact": self._numbered("C", len(found["person"])),
                "received_on": days(found["start"]),
                "channel": words(channels, found["channel"]),
                "decided_on": days(found["end"]),
                "sequel": words(services.SEQUELS, found["sequel"]),
            }
        )

    def assessments(self, found: services.Columns, groups: Whole) -> pl.DataFrame:
        kinds = ("community care", "carer", "occupational therapy")
        needed = np.where(found["completed"] >= NEVER, NONE, found["served"] < NEVER)
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "referral": self._numbered("R", len(found["person"])),
                "kind": words(kinds, found["kind"]),
                "client_group": words(GROUPS, groups[found["person"]]),
                "priority": words(("routine", "urgent"), found["urgent"]),
                "referred_on": days(found["referred"]),
                "assessment_began_on": days(found["began"]),
                "assessment_completed_on": days(found["completed"]),
                "service_needed": flags(needed),
                "first_service_on": days(found["served"]),
                "to_standard": flags(found["standard"]),
                "review_due_on": days(found["due"]),
                "reviewed_on": days(found["reviewed"]),
            }
        )

    def carers(self, found: services.Columns) -> pl.DataFrame:
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "plan": self._numbered("P", len(found["person"])),
                "asked_on": days(found["asked"]),
                "accepted": flags(found["accepted"]),
                "completed_on": days(found["completed"]),
                "reviewed_on": days(found["reviewed"]),
                "able_to_continue": flags(found["able"]),
            }
        )

    def safeguarding(self, found: services.Columns) -> pl.DataFrame:
        kinds = ("neglect and acts of omission", "physical abuse", "psychological abuse",
                 "financial or material abuse", "self-neglect")  # fmt: skip
        return pl.DataFrame(
            self._who(found["person"])
            | {
                "concern": self._numbered("G", len(found["person"])),
                "raised_on": days(found["raised"]),
                "enquiry_began_on": days(found["began"]),
                "enquiry_ended_on": days(found["ended"]),
                "kind_of_risk": words(kinds, found["kind"]),
                "source_of_risk": words(
                    ("service provider", "known to the person", "not known to the person"),
                    found["source"],
                ),
                "risk": words(services.RISKS, found["risk"]),
                "asked_for_outcomes": flags(found["asked"]),
                "outcomes": words(services.WISHES, found["wishes"]),
                "setting": words(("own home", "care home", "elsewhere"), found["setting"]),
            }
        )

    def ratings(self, found: services.Columns, names: list[str]) -> pl.DataFrame:
        number = len(found["location"])
        location = pl.Series(found["location"] + 1).cast(pl.String).str.zfill(5)
        return pl.DataFrame(
            {
                "place": pl.Series([self.ids.place]).new_from_index(0, number),
                "provider": words(
                    [f"Synthetic provider {n}" for n in range(40)], found["location"] % 40
                ),
                "location": pl.select(
                    pl.format("{}-L{}", pl.lit(self.ids.place), location)
                ).to_series(),
                "kind": words(services.LOCATION_KINDS, found["kind"]),
                "rated_on": days(found["day"]),
                "rating": words(names, found["rating"]),
                "beds": whole(found["beds"]),
                "closed_on": days(found["closed"]),
            }
        )

    def reablement(self, found: services.Columns, care: Care) -> tuple[pl.DataFrame, Whole]:
        """The register, and the true outcome of each row as a position in its list."""
        outcome = register_outcomes(found, care)
        who = found["person"]
        none_left = np.where(outcome == 0, 0, found["after"])
        over = found["end"] <= care.window.last
        hours = np.where(over & np.isin(outcome, [0, 1, 2, 3]), none_left, NONE)
        table = pl.DataFrame(
            self._who(who)
            | {
                "episode": self._numbered("T", len(who)),
                "referred_on": days(found["referred"]),
                "started_on": days(found["start"]),
                "ended_on": days(np.where(over, found["end"], NEVER)),
                "from_hospital": flags(found["from_hospital"]),
                "outcome": words(_REGISTER, outcome),
                "hours_before": hundredths(np.where(found["start"] < NEVER, found["before"], NONE)),
                "hours_after": hundredths(hours),
                "died_on": days(self.people.dies[who]),
            }
        )
        return table, outcome

    def bed_states(self, counted: Mapping[int, Whole]) -> pl.DataFrame:
        """`counted` has the occupied beds of each day of the window, by position of the kind."""
        window, parts_ = self.people.window, []
        for kind, occupied in counted.items():
            parts_.append(
                pl.DataFrame(
                    {
                        "hospital": words(
                            _HOSPITALS, np.full(len(occupied), (0, 1, 1, 2, 3)[kind])
                        ),
                        "kind": words(BED_KINDS, np.full(len(occupied), kind)),
                        "day": days(np.arange(window.first, window.last + 1)),
                        "available": beds_of(occupied),
                        "occupied": occupied,
                    }
                )
            )
        return pl.concat(parts_).select(pl.lit(self.ids.place).alias("place"), pl.all())

    def deaths(self) -> pl.DataFrame:
        """Deaths by month, age group and sex; a group without deaths has a row with 0."""
        people, window = self.people, self.people.window
        who = np.flatnonzero(window.holds(people.dies))
        year, month, _ = parts(people.dies[who])
        nth = (year - window.start.year) * 12 + month - window.start.month
        group, sex = age_group(people.age(people.dies[who], who)), people.woman[who]
        size = len(AGE_GROUPS) * 2
        counted = np.bincount((nth * size + group * 2 + sex), minlength=len(window.months()) * size)
        at = np.arange(len(counted))
        return pl.DataFrame(
            {
                "place": pl.Series([self.ids.place]).new_from_index(0, len(at)),
                "month": words([f"{one.start:%Y-%m}" for one in window.months()], at // size),
                "age_group": words(AGE_GROUPS, at // 2 % len(AGE_GROUPS)),
                "sex": words(_SEXES, at % 2),
                "deaths": counted,
            }
        )

    def person_deaths(self, causes: Whole) -> pl.DataFrame:
        """Who died in the window; `causes` are positions in CAUSES, one for each of the people."""
        who = np.flatnonzero(self.people.window.holds(self.people.dies))
        return pl.DataFrame(
            self._who(who)
            | {
                "died_on": days(self.people.dies[who]),
                "cause_group": words(CAUSES, causes[who]),
            }
        )

    def population(self) -> pl.DataFrame:
        """People alive on 30 June of each year, and of the year before the window."""
        window, frames = self.people.window, []
        for year in range(window.start.year - 1, window.end.year + 1):
            counted = mid_year(self.people, year)
            at = np.arange(len(counted))
            frames.append(
                pl.DataFrame(
                    {
                        "place": pl.Series([self.ids.place]).new_from_index(0, len(at)),
                        "period": pl.Series([str(year)]).new_from_index(0, len(at)),
                        "age_group": words(AGE_GROUPS, at // 2),
                        "sex": words(_SEXES, at % 2),
                        "people": counted,
                    }
                )
            )
        return pl.concat(frames)

    def survey(self, found: services.Columns) -> pl.DataFrame:
        who, number = found["person"], len(found["person"])
        questions = list(services.QUESTIONS)
        response = pl.Series(found["response"] + 1).cast(pl.String).str.zfill(7)
        return pl.DataFrame(
            {
                "place": pl.Series([self.ids.place]).new_from_index(0, number),
                "response": pl.select(
                    pl.format("Q{}-{}", pl.lit(self.ids.council + 1), response)
                ).to_series(),
                "question": words(questions, found["question"]),
                "answered_on": days(found["day"]),
                "answer": words(services.ANSWERS, found["answer"]),
                "weight": hundredths(found["weight"]),
                "age_group": words(AGE_GROUPS, age_group(self.people.age(found["day"], who))),
                "sex": words(_SEXES, self.people.woman[who].astype(np.int64)),
            }
        )


def sites(stays: Stays) -> Whole:
    found = np.zeros(len(stays), dtype=np.int64)
    for kind, site in _SITE.items():
        found[stays.kind == kind] = site
    return found


def bed_kinds(people: People, stays: Stays) -> Whole:
    """The kind of bed of each stay, as a position in the kinds of bed states.

    NONE for geriatric long stay and hospices, of which no bed states are kept.
    """
    old = people.age(stays.admitted, stays.person) >= 65
    kind = np.zeros(len(stays), dtype=np.int64)
    kind[np.isin(stays.kind, [hospital.GERIATRIC, hospital.HOSPICE])] = NONE
    kind[stays.kind == hospital.MENTAL] = 1
    kind[(stays.kind == hospital.MENTAL) & old] = 2
    kind[stays.kind == hospital.COMMUNITY_HOSPITAL] = 3
    kind[stays.kind == hospital.VIRTUAL] = 4
    return kind


def occupied_beds(people: People, stays: Stays) -> dict[int, Whole]:
    """Beds occupied at midnight at the end of each day: in since that day, and not yet out."""
    window, kinds = people.window, bed_kinds(people, stays)
    found = {}
    for kind in range(len(BED_KINDS)):
        some = kinds == kind
        steps = np.zeros(window.length + 1, dtype=np.int64)
        came = np.clip(stays.admitted[some] - window.first, 0, window.length)
        left = np.clip(stays.discharged[some] - window.first, 0, window.length)
        np.add.at(steps, came, 1)
        np.subtract.at(steps, left, 1)
        found[kind] = np.cumsum(steps[:-1])
    return found


def beds_of(occupied: Whole) -> Whole:
    """Beds that are there: the same every day, a few more than were ever occupied."""
    most = int(occupied.max()) if len(occupied) else 0
    return np.full(len(occupied), most + most // 20 + 1, dtype=np.int64)


def mid_year(people: People, year: int) -> Whole:
    """People on 30 June by age group and sex; position: age group times two, and woman."""
    day = as_days(year, 6, 30)
    alive = (people.dies > day) & (people.born <= day)
    group = age_group(people.age(day)[alive])
    return np.bincount(group * 2 + people.woman[alive], minlength=len(AGE_GROUPS) * 2)


def client_groups(people: People, reasons: Mapping[int, int], reason: Whole) -> Whole:
    """Older people, or the group of the reason for support."""
    groups = np.array([reasons.get(one, 3) for one in range(max([*reasons, 0]) + 1)])
    found = groups[np.clip(reason, 0, len(groups) - 1)]
    return np.where(people.age(people.window.first) >= 65, 0, found)


def register_outcomes(found: services.Columns, care: Care) -> Whole:
    """How the service writes what became of each episode; NONE while it lasts."""
    of, sequel = care.words.of, found["sequel"]
    still = np.maximum(found["change"], 1)  # reduced, the same, increased
    goes_on = [of(one) for one in ("community", "low level", "other short term", "client",
               "short-term residential", "not classifiable")]  # fmt: skip
    outcome = np.where(np.isin(sequel, goes_on), still, 0)
    outcome[sequel == of("Admitted to hospital")] = 4
    outcome[np.isin(sequel, [of("residential"), of("nursing")])] = 5
    outcome[sequel == of("died")] = 6
    outcome[sequel == of("NFA: Support declined")] = 7
    return np.where((sequel == NONE) | (found["end"] > care.window.last), NONE, outcome)


def as_days(year: int, month: int, day: int) -> int:
    return as_number(date(year, month, day))


def _blank(texts: pl.Series) -> pl.Series:
    return texts.to_frame("x").select(pl.when(pl.col("x") != "").then(pl.col("x"))).to_series()
