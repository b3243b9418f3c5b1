"""What else services record: home care, equipment, breaks, contacts, safeguarding, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from outturn.simulation.care import (
    ADVICE,
    DIED,
    HOME_SUPPORT,
    REQUEST,
    TO_ASSESSMENT,
    TO_REABLEMENT,
    TO_SERVICES,
    Care,
)
from outturn.simulation.days import NEVER, as_number, seasonal
from outturn.simulation.draws import Draws, Whole
from outturn.simulation.events import NONE, Gathered
from outturn.simulation.parameters import share, shares, spread
from outturn.simulation.people import ADULTS, People

Columns = dict[str, Whole]
ORDER_KINDS = ("equipment", "minor adaptation", "major adaptation")
RISKS = ("removed", "reduced", "remained", "no risk identified")
WISHES = ("fully met", "partly met", "not met")
SEQUELS = (
    "universal services or signposting", "short-term support", "equipment or low-level support",
    "long-term support", "support ended or declined", "died", "other",
)  # fmt: skip
HOMES, NURSING_HOMES, HOME_CARE, OTHER = range(4)
LOCATION_KINDS = ("residential", "nursing", "home care", "other")
_EVEN = (1.0,) * 12
_FEWEST_ANSWERS, _FEWEST_CLOSED = 20, 1
_MANY_LOCATIONS = 12
NOT_RATED = "not yet rated"
QUESTIONS = {  # of the survey, each with its answers and their shares
    "satisfaction": {"extremely or very satisfied": 65, "quite satisfied": 25, "other": 10},
    "control over daily life": {"as much as I want": 35, "adequate": 42, "some": 18, "none": 5},
    "feel safe": {"as safe as I want": 70, "adequately safe": 22, "less safe": 6, "not safe": 2},
    "involved in the plan": {
        "very satisfied": 40, "satisfied": 38, "neither": 14, "dissatisfied": 8
    },
    "social contact": {"as much as I want": 45, "adequate": 33, "some": 16, "little": 6},
}  # fmt: skip
# Scotland: a shorter form asks some of them in other words, in which an answer stands for each.
SHORT_FORM = {
    "feel safe": ("yes", "yes", "no", "no"),
    "social contact": ("very satisfied", "satisfied", "dissatisfied", "dissatisfied"),
}
ANSWERS = tuple(
    [answer for one in QUESTIONS.values() for answer in one]
    + [answer for one in SHORT_FORM.values() for answer in one]
)  # of all questions, some of them twice


@dataclass
class Weeks:
    """Home care: hours in hundredths, by person, week (its Monday) and provider."""

    person: Whole
    week: Whole
    hundredths: Whole
    visits: Whole
    provider: Whole


def home_care(draws: Draws, care: Care) -> Weeks:
    """Each week in which somebody with home support at home had hours of it."""
    support = care.support.whole()
    some = support["component"] == care.words.of(HOME_SUPPORT)
    person, start, end = (support[name][some] for name in ("person", "start", "end"))
    mondays = np.array([(one.start.toordinal() - 719163) for one in care.window.weeks()])
    first = np.searchsorted(mondays, start, side="left")
    last = np.searchsorted(mondays, np.minimum(end, care.window.last) - 6, side="right") - 1
    number = np.maximum(last - first + 1, 0)
    spell = np.repeat(np.arange(len(person)), number)
    nth = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
    hours = draws.spread(spread("services.hours"), len(person)) * 100
    hours = np.where(draws.chance(0.2, len(person)), hours + 50, hours)
    grown = hours[spell] + np.where(nth > 60, 200, 0)  # more is needed after a year or so
    provider = draws.between(1, 40, len(person))
    two = draws.chance(share("services.second_provider"), len(person))[spell] & (grown >= 400)
    other = np.where(two, grown // 200 * 100, 0)
    found = Weeks(person[spell], mondays[first[spell] + nth], grown - other,
                  np.maximum((grown - other) // 60, 1), provider[spell])  # fmt: skip
    both = Weeks(found.person[two], found.week[two], other[two], np.maximum(other[two] // 60, 1),
                 found.provider[two] + 40)  # fmt: skip
    return Weeks(*(np.concatenate([getattr(found, name), getattr(both, name)])
                   for name in ("person", "week", "hundredths", "visits", "provider")))  # fmt: skip


def equipment(draws: Draws, people: People, known: Whole) -> Columns:
    """Orders; what is delivered after the window is still awaited."""
    window = people.window
    number = _of_adults(people, "services.orders", 200)
    person = known[draws.between(0, len(known) - 1, number)]
    ordered = _with_lead(draws, people, number, 200)
    kind = draws.among(list(shares("services.order_kinds").values()), number)
    waits = [draws.spread(spread(f"services.{name}_wait"), number)
             for name in ("equipment", "minor", "major")]  # fmt: skip
    delivered = ordered + np.choose(kind, waits)
    alive = np.minimum(delivered, window.last) <= people.dies[person]
    shown = alive & (delivered >= window.first)
    delivered = np.where(delivered > window.last, NEVER, delivered)
    return _chosen({"person": person, "kind": kind, "start": ordered, "end": delivered}, shown)


def breaks(draws: Draws, care: Care) -> Columns:
    """Short breaks of carers: nights away, or hours in the day in hundredths."""
    people = care.people
    number = _of_adults(people, "services.breaks", 0)
    carers = care.caring.whole()
    if not len(carers["person"]):
        number = 0
    nth = draws.between(0, max(len(carers["person"]) - 1, 0), number)
    carer = carers["person"][nth]
    person = draws.between(0, people.number - 1, number)
    known = np.flatnonzero(care.linked)
    person = known[person % max(len(known), 1)] if len(known) else person
    day = seasonal(draws, care.window, _EVEN, number)
    night = draws.chance(0.45, number)
    nights = np.where(night, draws.between(1, 14, number), NONE)
    hours = np.where(night, NONE, draws.between(4, 24, number) * 50)
    alive = (day <= people.dies[person]) & (day <= people.dies[carer])
    found = {"person": person, "carer": carer, "start": day, "nights": nights, "hours": hours}
    return _chosen(found, alive)


def contacts(draws: Draws, care: Care) -> Columns:
    """Every request of somebody, and other contacts; the sequel in the words of seven."""
    events = care.events.whole()
    some = (events["kind"] == REQUEST) & (events["end"] <= care.window.last)
    outcome = events["outcome"][some]
    of = care.words.of
    sequel = np.full(len(outcome), SEQUELS.index("other"))
    for word, name in (
        (TO_REABLEMENT, "short-term support"), (TO_SERVICES, "short-term support"),
        (ADVICE, "universal services or signposting"), ("NFA: Support declined",
        "support ended or declined"), (DIED, "died"),
        ("NFA: Referral to other service within the local authority",
         "universal services or signposting"),
    ):  # fmt: skip
        sequel[outcome == of(word)] = SEQUELS.index(name)
    leads = outcome == of(TO_ASSESSMENT)
    sequel[leads] = draws.among([0, 0, 55, 35, 10], int(leads.sum()))
    people, number = care.people, _of_adults(care.people, "services.contacts_other", 0)
    person = draws.between(0, people.number - 1, number)
    day = seasonal(draws, care.window, _EVEN, number)
    fits = (day <= people.dies[person]) & (people.age(day, person) >= 18)
    quick = draws.spread([[0, 0], [60, 0], [90, 3], [100, 12]], number)
    decided = np.minimum(day + quick, care.window.last)
    told = draws.among([80, 0, 8, 0, 5, 0, 7], number)
    return {
        "person": np.concatenate([events["person"][some], person[fits]]),
        "start": np.concatenate([events["start"][some], day[fits]]),
        "end": np.concatenate([events["end"][some], decided[fits]]),
        "sequel": np.concatenate([sequel, told[fits]]),
        "channel": draws.among([60, 20, 15, 5], int(some.sum()) + int(fits.sum())),
    }


def assessments(draws: Draws, care: Care, left: tuple[Whole, Whole]) -> Columns:
    """Referrals of people with long-term or short-term needs, of carers, and of some on discharge.

    `left` says who left hospital for home, and on which day.
    """
    window, waits, carers = care.window, care.waits.whole(), care.caring.whole()
    some = waits["assessed"] != NONE
    number = int(some.sum())
    began, ended, served = (waits[name][some] for name in ("assessed", "assessed_by", "served"))
    began = np.where(began > window.last, NEVER, began)
    ended = np.where(ended > window.last, NEVER, ended)
    served = np.where((served == NONE) | (served > window.last), NEVER, served)
    occupational = draws.chance(0.22, number)
    asked = np.maximum(carers["asked"] - draws.between(0, 20, len(carers["asked"])), window.first)
    home, out, visited, judged = _at_home_after_discharge(draws, care, left)
    never = np.full(len(asked), NEVER), np.full(len(home), NEVER)
    columns = {
        "person": (waits["person"][some], carers["person"], home),
        "referred": (waits["request"][some], asked, out),
        "began": (began, carers["asked"], visited),
        "completed": (ended, carers["completed"], judged),
        "served": (served, *never),
        "kind": (np.where(occupational, 2, 0), np.full(len(asked), 1), np.zeros_like(home)),
    }
    found = {name: np.concatenate(part) for name, part in columns.items()}
    number = len(found["person"])
    found["standard"] = np.where(found["completed"] < NEVER, draws.chance(0.83, number), NONE)
    due = found["completed"] + 365
    reviewed = due + draws.between(-60, 90, number)
    held = draws.chance(0.66, number) & (found["served"] < NEVER) & (reviewed <= window.last)
    held &= reviewed <= care.people.dies[found["person"]]
    found["due"] = np.where(found["served"] < NEVER, due, NEVER)
    found["reviewed"] = np.where(held, reviewed, NEVER)
    found["urgent"] = draws.chance(0.12, number).astype(np.int64)
    return found


def _at_home_after_discharge(
    draws: Draws, care: Care, left: tuple[Whole, Whole]
) -> tuple[Whole, Whole, Whole, Whole]:
    """People discharged to be assessed at home: who, discharged when, and when it was done."""
    who, out = left
    began = out + draws.between(0, 10, len(who))
    ended = began + draws.spread([[0, 0], [60, 2], [80, 14], [85, 18], [100, 40]], len(who))
    some = draws.chance(share("services.assessed_at_home"), len(who))
    some &= (out >= care.window.first) & (
        ended <= np.minimum(care.window.last, care.people.dies[who])
    )
    return who[some], out[some], began[some], ended[some]


def carers_plans(draws: Draws, care: Care) -> Columns:
    """An assessment or plan offered to each known carer, and to some who did not accept it."""
    carers, window = care.caring.whole(), care.window
    number = len(carers["person"])
    extra = carers["person"][draws.between(0, max(number - 1, 0), number // 4)] if number else (
        np.zeros(0, dtype=np.int64)
    )  # fmt: skip
    asked = np.concatenate([carers["asked"], seasonal(draws, window, _EVEN, len(extra))])
    person = np.concatenate([carers["person"], extra])
    accepted = np.arange(len(person)) < number
    completed = np.concatenate([carers["completed"], np.full(len(extra), NEVER)])
    reviewed = completed + 365 + draws.between(-30, 60, len(person))
    held = draws.chance(0.5, len(person)) & (reviewed <= window.last)
    held &= reviewed <= care.people.dies[person]
    able = draws.among([24, 66, 10], len(person)) - 1  # not asked, able, not able
    able = np.where(able == NONE, NONE, 1 - able)
    alive = asked <= care.people.dies[person]
    found = {
        "person": person, "asked": asked, "accepted": accepted.astype(np.int64),
        "completed": completed, "reviewed": np.where(held, reviewed, NEVER),
        "able": np.where(completed < NEVER, able, NONE),
    }  # fmt: skip
    return _chosen(found, alive)


def unanswered(draws: Draws, plans: Columns) -> Columns:
    """Of some plans that were offered it is not known yet whether they are accepted."""
    waiting = (plans["accepted"] == 0) & draws.chance(
        share("services.unanswered"), len(plans["asked"])
    )
    return {**plans, "accepted": np.where(waiting, NONE, plans["accepted"])}


def not_judged(draws: Draws, found: Columns) -> Columns:
    """Of a few completed assessments nobody says whether they were to standard."""
    left = draws.chance(share("services.not_judged"), len(found["person"]))
    return {**found, "standard": np.where(left, NONE, found["standard"])}


def with_undecided(draws: Draws, people: People, found: Columns) -> Columns:
    """The contacts, a few of which led to nothing yet; and some that told of a death on its day."""
    number = len(found["person"])
    waits = draws.chance(share("services.undecided"), number)
    told = np.flatnonzero(people.window.holds(people.dies))
    told = told[draws.chance(share("services.deaths_told"), len(told))]
    each, day = np.ones(len(told), dtype=np.int64), people.dies[told]
    died = {"person": told, "start": day, "end": day, "sequel": SEQUELS.index("died") * each,
            "channel": draws.among([60, 20, 15, 5], len(told))}  # fmt: skip
    found = {
        **found,
        "sequel": np.where(waits, NONE, found["sequel"]),
        "end": np.where(waits, NEVER, found["end"]),
    }
    return {name: np.concatenate([found[name], died[name]]) for name in found}


def safeguarding(draws: Draws, people: People, known: Whole) -> Columns:
    """Concerns, and the enquiries some led to; what ends after the window still goes on."""
    window = people.window
    number = _of_adults(people, "services.concerns", 0)
    person = known[draws.between(0, len(known) - 1, number)]
    raised = seasonal(draws, window, _EVEN, number)
    led = draws.chance(share("services.enquiries"), number)
    began = np.where(led, raised + draws.between(0, 14, number), NEVER)
    ended = np.where(led, began + draws.spread([[0, 3], [50, 45], [100, 300]], number), NEVER)
    done = led & (ended <= window.last)
    asked = np.where(done, draws.chance(share("services.asked"), number), NONE)
    said = (asked == 1) & draws.chance(0.8, number)
    wishes = draws.among(list(shares("services.wishes").values()), number)
    found = {
        "person": person, "raised": raised,
        "began": np.where(began <= window.last, began, NEVER),
        "ended": np.where(done, ended, NEVER),
        "risk": np.where(done, draws.among(list(shares("services.risk").values()), number), NONE),
        "asked": asked, "wishes": np.where(said, wishes, NONE),
        "kind": draws.among([32, 20, 16, 12, 20], number),
        "source": draws.among([25, 45, 30], number),
        "setting": draws.among([45, 35, 20], number),
    }  # fmt: skip
    return _chosen(found, raised <= people.dies[person])


def ratings(draws: Draws, people: People, nation: str) -> Columns:
    """Each location with its first rating before the window, and a later one for some.

    A few close, months after the last of them.
    """
    window, weights = people.window, list(shares(f"services.ratings_{nation}").values())
    number = max(_adults(people) * share("services.locations") // 100, 4)
    number = int(number)
    first = window.first - draws.between(10, 900, number)
    again = draws.chance(0.55, number)
    later = window.first + draws.between(20, window.length - 1, number)
    kind = draws.among([40, 15, 35, 10], number)
    beds = np.where(kind <= NURSING_HOMES, draws.between(6, 90, number), NONE)
    location = np.concatenate([np.arange(number), np.flatnonzero(again)])
    rating = draws.among(weights, len(location))
    shut = draws.chance(share("services.locations_closed"), number)
    shut[:_FEWEST_CLOSED] = True
    end = np.where(again, later, window.first) + draws.between(60, 400, number)
    closed = np.where(shut & (end <= window.last), end, NEVER)
    return {
        "location": location,
        "day": np.concatenate([first, later[again]]),
        "rating": rating,
        "kind": kind[location], "beds": beds[location], "closed": closed[location],
    }  # fmt: skip


def not_rated(draws: Draws, found: Columns, names: Sequence[str]) -> Columns:
    """A few locations are not yet rated, or nothing is said of it: one of each, of many."""
    number = int(found["location"].max()) + 1
    share_ = share("services.not_rated")
    new, silent = (draws.chance(share_, number) for _ in range(2))
    if number >= _MANY_LOCATIONS:
        new[-1], silent[-2] = True, True
    rating = np.where(new[found["location"]], names.index(NOT_RATED), found["rating"])
    return {**found, "rating": np.where(silent[found["location"]], NONE, rating)}


def survey(draws: Draws, people: People, known: Whole) -> Columns:
    """Answers to each question in January and February of each year, with weights in hundredths.

    `question` is a position in QUESTIONS, `answer` one in the answers of all questions together.
    """
    window, found = people.window, Gathered("person", "response", "question", "day", "answer",
                                            "weight")  # fmt: skip
    first = 0
    for year in range(window.start.year, window.end.year + 1):
        start, end = as_number(date(year, 1, 15)), as_number(date(year, 2, 28))
        if start < window.first or end > window.last:
            continue
        who = known[people.dies[known] > end]
        wanted = int(people.number * ADULTS * share("services.survey_people") / 100)
        who = np.sort(draws.shuffled(who)[: max(wanted, _FEWEST_ANSWERS)])
        number, before = len(who), 0
        day, weight = draws.between(start, end, number), draws.between(60, 180, number)
        for question, answers in enumerate(QUESTIONS.values()):
            answer = before + draws.among(list(answers.values()), number)
            found.add(number, person=who, response=first + np.arange(number), question=question,
                      day=day, answer=answer, weight=weight)  # fmt: skip
            before += len(answers)
        first += number
    return found.whole()


def on_the_short_form(draws: Draws, found: Columns, nation: str) -> Columns:
    """The answers of a survey, those of some who answered in the words of the shorter form."""
    if nation != "scotland" or not len(found["response"]):
        return found
    number = int(found["response"].max()) + 1
    short = draws.chance(share("services.short_form"), number)[found["response"]]
    answer, before = found["answer"].copy(), 0
    after = sum(map(len, QUESTIONS.values()))
    for nth, (question, answers) in enumerate(QUESTIONS.items()):
        if question in SHORT_FORM:
            some = short & (found["question"] == nth)
            answer[some] += after - before
            after += len(answers)
        before += len(answers)
    return {**found, "answer": answer}


def reablement_register(draws: Draws, care: Care) -> Columns:
    """Reablement as the service keeps it, with those who were referred and never started."""
    window, episodes = care.window, care.episodes.whole()
    seen = episodes["start"] <= window.last
    found = {name: column[seen] for name, column in episodes.items()}
    number = len(found["person"])
    found["before"] = draws.between(2, 28, number) * 50
    change = draws.among([30, 25, 20, 25], number)  # none left, fewer, the same, more
    same = found["before"]
    found["after"] = np.choose(change, [0 * same, same // 100 * 50, same, same + 200])
    found["change"] = change
    never = draws.between(0, max(number - 1, 0), number // 30) if number else np.zeros(0, int)
    idle = {name: column[never] for name, column in found.items()}
    idle |= {"start": np.full(len(never), NEVER), "end": np.full(len(never), NEVER),
             "sequel": np.full(len(never), NONE), "change": np.full(len(never), NONE)}  # fmt: skip
    return {name: np.concatenate([found[name], idle[name]]) for name in found}


def _adults(people: People) -> int:
    return int((people.age(people.window.first) >= 18).sum())


def _of_adults(people: People, rate: str, lead: int) -> int:
    """How many in the window and so many days before it, at a rate per 100 adults in a year."""
    return round(_adults(people) * share(rate) / 100 * (people.window.length + lead) / 365.25)


def _with_lead(draws: Draws, people: People, number: int, lead: int) -> Whole:
    window = people.window
    return draws.between(window.first - lead, window.last, number)


def _chosen(columns: Columns, some: np.ndarray) -> Columns:
    return {name: column[some] for name, column in columns.items()}
