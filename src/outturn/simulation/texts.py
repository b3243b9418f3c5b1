"""The definition files of a synthetic partnership, which say on every page that it is none."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from importlib import resources

from outturn.simulation.council import Asked
from outturn.simulation.parameters import sources
from outturn.terms.period import APRIL, year_to_date

COUNTRY = "SYNTHETIC"
_BOARD = "Synthetic board"
_TITLES = {
    "cld": "Client level data",
    "hospital_stays": "Hospital stays",
    "bed_states": "Daily bed states",
    "emergency_attendances": "Emergency attendances",
    "delays": "Delayed discharges",
    "home_care": "Home care by week",
    "care_home_stays": "Stays in care homes",
    "equipment_orders": "Equipment and adaptations",
    "carers": "Carers' assessments and plans",
    "short_breaks": "Short breaks",
    "reablement_episodes": "Reablement register",
    "contacts": "Contacts and their sequels",
    "assessments": "Assessments and what follows",
    "safeguarding": "Safeguarding concerns and enquiries",
    "provider_ratings": "Ratings of providers",
    "deaths": "Deaths by month",
    "person_deaths": "Deaths of people",
    "survey_responses": "Answers to a survey",
    "population": "Population",
}
LIBRARIES = {
    "england": ("ascof_cld", "community_care_outcomes", "core_suite", "joint_future",
                "local_services", "msg"),
    "scotland": ("community_care_outcomes", "core_suite", "health_and_wellbeing_outcomes",
                 "joint_future", "local_services", "msg"),
}  # fmt: skip
_WEEKS_TO_THE_BOARD = 7
_TARGETS_ARE_FOR = 60_000  # people known to social care: targets that are counts grow with them
_SCALED = re.compile(r"\{\{SCALED (\d+)\}\}")
_FORMS = {"population": "calendar year", "deaths": "month"}


def name(asked: Asked) -> str:
    what = "council" if asked.councils == 1 else f"country of {asked.councils} councils"
    return f"Synthetic {what}, {asked.nation.capitalize()}, seed {asked.seed} (not a real place)"


def note(asked: Asked) -> str:
    return (
        f"Synthetic data made by outturn simulate, seed {asked.seed}: not about any person or place"
    )


def settings(asked: Asked) -> str:
    home = asked.place(0) if asked.councils == 1 else COUNTRY
    return (
        f"# {note(asked)}.\n"
        f"name = {_quoted(name(asked))}\n"
        f"home = {_quoted(home)}\n"
        f"as_of = {asked.as_of.isoformat()}\n"
        'disclosure = "social care"\n'
        f"boards = [{_quoted(_BOARD)}]\n"
        f"library = [{', '.join(map(_quoted, LIBRARIES[asked.nation]))}]\n"
    )


def definitions(asked: Asked) -> dict[str, str]:
    """The outcomes, targets and paper of a partnership that is none, by the name of their file."""
    so_far = year_to_date(asked.window.end, APRIL)
    year = so_far.financial_year()
    words = {
        "NOTE": note(asked),
        "START": str(year.start.year),
        "YEAR": year.label(),
        "PERIOD": so_far.label(),
        "HELD": (asked.as_of + timedelta(weeks=_WEEKS_TO_THE_BOARD)).isoformat(),
    }
    files = {
        "framework/outcomes.toml": "outcomes.toml",
        f"targets/{year.label().replace('/', '-')}.toml": "targets.toml",
        "packs/board.toml": "board.toml",
    }
    share = asked.people * asked.councils / _TARGETS_ARE_FOR
    return {name: _filled(asked.nation, file, words, share) for name, file in files.items()}


def _filled(nation: str, file: str, words: dict[str, str], share: float) -> str:
    """The text of a file with its words filled in; what is a count is scaled by `share`."""
    folder = resources.files("outturn.simulation") / "definitions" / nation
    text = (folder / file).read_text(encoding="utf-8")
    for word, said in words.items():
        text = text.replace("{{" + word + "}}", said)
    return _SCALED.sub(lambda found: str(max(1, round(int(found[1]) * share))), text)


def places(asked: Asked) -> str:
    lines = ["code,name,kind,parent,valid_from,valid_to,successor,aliases"]
    parent = ""
    if asked.councils > 1:
        parent = COUNTRY
        lines.append(f'{COUNTRY},"{name(asked)}",country,,,,,')
    for number in range(asked.councils):
        title = name(asked) if asked.councils == 1 else asked.place_name(number)
        lines.append(f'{asked.place(number)},"{title}",council,{parent},,,,')
    return "\n".join(lines) + "\n"


def data_sources(asked: Asked, files: dict[str, str]) -> str:
    """`files`: each table -> its file in `data/`, or the folder with a file of each council."""
    parts = [f"# {note(asked)}."]
    for table, file in files.items():
        lines = [
            "[[source]]",
            f"id = {_quoted(table)}",
            f"file = {_quoted(file)}",
            f"contract = {_quoted(table)}",
            f"title = {_quoted(f'{_TITLES[table]}. {note(asked)}')}",
            'publisher = "outturn simulate"',
            'provenance = "estimated"',
        ]
        if table in _FORMS:
            lines.append(f"period_form = {_quoted(_FORMS[table])}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def more_outcomes(measures: list[str]) -> str:
    """An outcome for the measures that were taken along; nothing for none."""
    if not measures:
        return ""
    lines = [
        "\n[[outcome]]",
        'id = "taken-along"',
        'title = "Measures that were taken along"',
        'level = "outcome"',
        'framework = "Synthetic plan (not a real plan)"',
        f"board = {_quoted(_BOARD)}",
        'owner = "Synthetic director"',
    ]
    listed = ",\n".join(f"  {_quoted(one)}" for one in measures)
    return "\n".join([*lines, f"measures = [\n{listed},\n]"]) + "\n"


def readme(asked: Asked, residents: int, rows: dict[str, int]) -> str:
    window = asked.window
    cells = "; some cells missing on purpose" if asked.untidy else ""
    cells += "; a submission for each quarter" if asked.quarterly else ""
    counted = "\n".join(f"  {table}: {number:,} rows" for table, number in rows.items())
    return f"""{name(asked)}

{note(asked)}.
It replaces nothing real: no figure made from it says anything about a service.

Made with: people known to social care {asked.people:,} in each of {asked.councils} council(s),
which have {residents:,} residents together; from {window.start} to {window.end};
seed {asked.seed}; release {asked.release} of client level data{cells}.

Identifiers: NHS numbers are from the range kept for tests (they begin with 999 and belong to
nobody); where more would be needed than there are, a pseudonym stands in their place. Council
codes are from a range that no council has. Postcodes begin with letters that no postcode has.

truth/ holds what is true of the world that the records were made from. No build reads it.

{counted}
"""


def parameters() -> str:
    """Each parameter with the source of its value."""
    return "".join(f"{name}: {source}\n" for name, source in sources().items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
