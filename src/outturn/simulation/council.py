"""One council: its world is made, its records are written from it, and its truths told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from outturn.simulation import (
    care_homes,
    hospital,
    hospital_codes,
    known_care,
    known_hospital,
    known_services,
    measures_of_balance,
    measures_of_deaths,
    measures_of_hospitals,
    measures_of_services,
    services,
    ways,
)
from outturn.simulation.care import Care
from outturn.simulation.cld import Details, details, extract
from outturn.simulation.days import Window
from outturn.simulation.draws import Draws, Whole
from outturn.simulation.habits import Habits, habits
from outturn.simulation.identities import identities, reserved_numbers
from outturn.simulation.living import Living
from outturn.simulation.parameters import share, shares
from outturn.simulation.people import People, people
from outturn.simulation.tables import Tables, client_groups, occupied_beds
from outturn.simulation.truth import Truths

NATIONS = ("england", "scotland")
MOST_COUNCILS = 999
FEWEST_PEOPLE = 200


@dataclass(frozen=True)
class Asked:
    """What to simulate. `people` are those known to social care in each council."""

    people: int
    seed: int
    nation: str
    window: Window
    councils: int = 1
    release: int = 2
    untidy: bool = False
    quarterly: bool = False

    @property
    def as_of(self) -> date:
        """The day from which it is looked: when the last submission has come."""
        return self.window.end + timedelta(days=self.window.later)

    @property
    def residents(self) -> int:
        """About how many people live in each council."""
        return ways.residents(self.people, self.window.length / 365.25)

    def place(self, council: int) -> str:
        """A code in the form of the nation's, from a range that no council has."""
        return f"{'E0699' if self.nation == 'england' else 'S1299'}{council + 9001:04}"

    def place_name(self, council: int) -> str:
        return "Synthetic Council" if self.councils == 1 else f"Synthetic Council {council + 1}"


@dataclass(frozen=True)
class Council:
    """The record tables of one council by name, and what is true of it."""

    place: str
    tables: dict[str, pl.DataFrame]
    truth: pl.DataFrame
    known: int  # people with events of social care
    residents: int


def council(asked: Asked, number: int, step: Callable[[str], None] = lambda _: None) -> Council:
    """Everything of the council of that number, from 0. The same whatever else is made."""

    def draws(table: str) -> Draws:
        return Draws(asked.seed, number, table)

    step("people")
    residents = people(draws("people"), asked.window, asked.residents)
    who = ways.divided_among_ways(draws("ways"), residents, asked.people)
    step("ways through care")
    care = Care(draws("care"), asked.window, residents, asked.untidy)
    ways.go(care, who)
    ways.settle(care)
    everybody = np.sort(np.concatenate(list(who.values())))
    flags = np.zeros(residents.number, dtype=bool)
    flags[everybody] = True
    missing = flags & draws("missing numbers").chance(
        share("care.not_known_by_number"), residents.number
    )
    numbers = _numbers(asked, number, residents.number)
    ids = identities(
        draws("identities"), asked.place(number), number, residents.number, numbers, missing
    )
    truths = Truths(ids.place, asked.window)
    tables = _World(asked, draws, residents, care, everybody, flags, Tables(residents, ids), truths,
                    Living(residents))  # fmt: skip
    made = tables.all(step)
    return Council(ids.place, made, truths.table(), len(everybody), residents.number)


def _numbers(asked: Asked, number: int, residents: int) -> Whole | None:
    """Test numbers for everybody, if there are enough for all the councils; else None."""
    room = residents + residents // 10  # councils differ a little in size
    kept = reserved_numbers()
    if room * asked.councils > len(kept):
        return None
    shuffled = Draws(asked.seed, 0, "numbers").shuffled(kept)
    return shuffled[number * room : number * room + residents]


def _left(stays: hospital.Stays) -> tuple[Whole, Whole]:
    """Who left an acute bed for home, and when."""
    home = (stays.kind == hospital.ACUTE) & (stays.destination == hospital.HOME)
    return stays.person[home], stays.discharged[home]


@dataclass
class _World:
    asked: Asked
    draws: Callable[[str], Draws]
    people: People
    care: Care
    known: Whole
    flags: np.ndarray
    tables: Tables
    truths: Truths
    living: Living

    def all(self, step: Callable[[str], None]) -> dict[str, pl.DataFrame]:
        found: dict[str, pl.DataFrame] = {}
        step("client level data")
        person = details(self.draws("details"), self.care)
        groups = self._groups(person.reason)
        if self.asked.nation == "england":
            custom = habits(self.draws, self.care)
            found["cld"] = extract(
                self.draws("cld"), self.care, person, custom, self.tables.ids, self.asked.release,
                self.asked.quarterly,
            )  # fmt: skip
            self._truths_of_cld(person, custom)
        step("hospital")
        stays = hospital.stays(
            self.draws("stays"), self.people, self.care, self.flags, self.asked.nation
        )
        stays = hospital.with_last_days(self.draws("last days"), self.people, stays)
        visits = hospital.attendances(self.draws("attendances"), self.people, stays, self.flags)
        visits = hospital.minutes_as_recorded(self.draws("minutes unknown"), visits)
        stays = hospital.with_rest(self.draws("rest"), self.people, stays, self.flags)
        stays = hospital.in_other_beds(self.draws("beds after reablement"), self.care, stays)
        stays = hospital.as_recorded(self.draws, self.people, stays)
        stays = hospital_codes.told(self.draws, self.people, stays)
        codes = hospital_codes.codes(self.draws, self.people, stays, self.asked.nation)
        found |= self._hospital(stays, visits, codes)
        step("services")
        found |= self._services(groups, stays)
        found |= self._registers(stays)
        found["deaths"] = self.tables.deaths()
        found["person_deaths"] = self._deaths(stays)
        found["population"] = self.tables.population()
        known_hospital.deaths(self.truths, self.people)
        measures_of_hospitals.deaths(self.truths, self.people)
        if self.asked.nation == "england":
            known_care.after_discharge(self.truths, self.care, stays, codes)
        return found

    def _groups(self, reason: Whole) -> Whole:
        texts = self.care.words.texts
        of = {"Learning Disability Support": 1, "Mental health support": 2}
        return client_groups(
            self.people, {nth: of.get(text, 3) for nth, text in enumerate(texts)}, reason
        )

    def _truths_of_cld(self, person: Details, custom: Habits) -> None:
        truths, care = self.truths, self.care
        known_care.reablement(truths, care, person)
        known_care.reablement_earlier(truths, care, person)
        known_care.admissions(truths, care, self.living, ~custom.short)
        known_care.still_in_care(truths, care, self.living)
        known_care.at_home(truths, care, person, custom.unborn)
        known_care.at_home_by_the_record(truths, care, person, custom.unborn)
        known_care.support_on_a_day(truths, care, person, custom.unborn)
        known_care.support_of_carers(truths, care, person, ~custom.involving)
        known_care.first_waits(truths, care, person)
        known_care.still_waiting(truths, care, person)
        known_care.events(truths, care)

    def _hospital(
        self, stays: hospital.Stays, visits: hospital.Attendances, codes: hospital_codes.Codes
    ) -> dict[str, pl.DataFrame]:
        truths, people, nation = self.truths, self.people, self.asked.nation
        delays, true = self.tables.delays(stays, self.draws("delays"), nation)
        known_hospital.stays_of(truths, people, stays)
        known_hospital.wards(truths, people, stays)
        known_hospital.delays(truths, true, nation, stays)
        known_hospital.attendances(truths, people, visits)
        measures_of_hospitals.discharges(truths, people, stays, self.living)
        measures_of_hospitals.days_in_beds(truths, people, stays, self.living)
        measures_of_hospitals.wards(truths, people, stays)
        measures_of_hospitals.delays(truths, true, nation, self.living)
        measures_of_hospitals.attendances(truths, people, visits)
        return {
            "hospital_stays": self.tables.stays(stays, codes.columns),
            "bed_states": self.tables.bed_states(occupied_beds(people, stays)),
            "emergency_attendances": self.tables.attendances(visits),
            "delays": delays,
        }

    def _deaths(self, stays: hospital.Stays) -> pl.DataFrame:
        weights = shares("population.causes_of_death")
        causes = self.draws("causes").among(list(weights.values()), self.people.number)
        measures_of_deaths.half_years(self.truths, self.people, stays, causes)
        return self.tables.person_deaths(causes)

    def _services(self, groups: Whole, stays: hospital.Stays) -> dict[str, pl.DataFrame]:
        truths, people, care, tables = self.truths, self.people, self.care, self.tables
        weeks = services.home_care(self.draws("home care"), care)
        orders = services.equipment(self.draws("equipment"), people, self.known)
        breaks = services.breaks(self.draws("breaks"), care)
        referrals = services.assessments(self.draws("assessments"), care, _left(stays))
        referrals = services.not_judged(self.draws("not judged"), referrals)
        plans = services.carers_plans(self.draws("carers"), care)
        plans = services.unanswered(self.draws("unanswered"), plans)
        known_services.home_care(truths, people, weeks)
        known_services.equipment(truths, people, orders)
        known_services.assessments(truths, people, referrals)
        known_services.discharges_to_assess(truths, stays, referrals)
        known_services.carers(truths, plans, breaks)
        measures_of_services.home_care(truths, people, weeks, self.living)
        measures_of_services.equipment(truths, orders)
        measures_of_services.assessments(truths, referrals, groups, self.living)
        measures_of_services.discharges_to_assess(truths, people, stays, referrals)
        measures_of_services.carers(truths, people, plans)
        measures_of_services.breaks(truths, breaks, groups)
        homes = care_homes.residents(self.draws("care homes"), care)
        measures_of_balance.balance(truths, people, stays, homes, weeks)
        measures_of_balance.not_assessed(truths, people, stays, referrals)
        return {
            "care_home_stays": tables.care_homes(homes),
            "home_care": tables.home_care(weeks, groups),
            "equipment_orders": tables.equipment(orders),
            "short_breaks": tables.breaks(breaks, groups),
            "assessments": tables.assessments(referrals, groups),
            "carers": tables.carers(plans),
        }

    def _registers(self, stays: hospital.Stays) -> dict[str, pl.DataFrame]:
        truths, people, tables, nation = self.truths, self.people, self.tables, self.asked.nation
        contacts = services.contacts(self.draws("contacts"), self.care)
        contacts = services.with_undecided(self.draws("undecided"), people, contacts)
        concerns = services.safeguarding(self.draws("safeguarding"), people, self.known)
        names = list(shares(f"services.ratings_{nation}"))
        rated = services.ratings(self.draws("ratings"), people, nation)
        rated = services.not_rated(self.draws("not rated"), rated, names)
        register = services.reablement_register(self.draws("register"), self.care)
        reablement, outcome = tables.reablement(register, self.care)
        answers = services.survey(self.draws("survey"), people, self.known)
        answers = services.on_the_short_form(self.draws("short form"), answers, nation)
        known_services.contacts(truths, contacts)
        known_services.safeguarding(truths, concerns)
        known_services.ratings(truths, rated, nation)
        known_services.register(truths, people, register, outcome, stays)
        measures_of_services.contacts(truths, people, contacts)
        measures_of_services.safeguarding(truths, people, concerns)
        measures_of_services.ratings(truths, rated, names)
        measures_of_services.reablement(truths, people, register, outcome, stays)
        measures_of_services.survey(truths, people, answers)
        return {
            "contacts": tables.contacts(contacts),
            "safeguarding": tables.safeguarding(concerns),
            "provider_ratings": tables.ratings(rated, names),
            "reablement_episodes": reablement,
            "survey_responses": tables.survey(answers),
        }
