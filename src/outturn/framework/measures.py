"""Reading `framework/measures/ID.toml`: one measure, in one version of its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outturn.framework.control_charts import read_chart, read_steps
from outturn.framework.model import (
    AGGREGATES,
    AIMS,
    BREAKS,
    CONDITIONS,
    FORMULAS,
    FREQUENCIES,
    HISTOGRAMS,
    KINDS,
    METHODS,
    MISSING,
    ROLL_UPS,
    TALLIES,
    YEARS,
    Breakdown,
    Code,
    Condition,
    Formula,
    Measure,
    SeriesBreak,
    Tally,
)
from outturn.framework.parted import PARTED, PARTS_UNKNOWN
from outturn.framework.parted_words import parted_mistakes, read_parted
from outturn.framework.pounds import in_pence
from outturn.framework.section import Section, is_bound
from outturn.framework.weighted import weights_mistakes
from outturn.statistics.rounding import MOST_DECIMALS
from outturn.terms.errors import suggestion
from outturn.terms.records import WHOLE

_NEEDS_DENOMINATOR = ("proportion", "rate", "mean", "ratio", *PARTED)
_DEFAULT_PER = {"proportion": 100.0, "standardised ratio": 100.0}
_MOST_YEARS = 10  # taken together: of more, few would say that they are one figure
_DEFAULT_ROLL_UP = {"census": "none"}  # people there on four days are not four times as many
# The words that belong to some ways of counting alone.
_OWN_WORDS = {
    "times": ("distinct",),
    "from": ("open",),
    "to": ("open",),
    "last_day": ("open",),
    "at": ("percentile",),
    "on": tuple(one for one in TALLIES if one != "open"),
}


def read_measure(file: Section, id: str, methods: str = METHODS[0]) -> Measure:
    """The measure that a file describes; its mistakes are gathered in the section.

    `methods` is the method set of a measure that names none.
    """
    kind = file.choice("kind", KINDS, None)
    aim = file.choice("aim", AIMS, None)
    if file.content.get("aim") not in AIMS:
        aim = "none"  # a stand-in that no target can contradict, so that one mistake is told
    measure = Measure(
        id=id,
        file=file.file,
        aim=aim,
        band=_band(file, aim),
        closest_to=_closest(file, aim),
        **_in_words(file),
        kind=kind,
        **_figure(file, kind, methods),
        **_added_up(file),
        numerator=_tally(file.table("numerator")),
        denominator=_tally(file.table("denominator")),
        formula=_formula(file.table("formula")),
        **read_parted(file),
        breakdowns=_breakdowns(file),
        breaks=tuple(_break(one) for one in file.tables("break")),
        **read_chart(file, kind),
        steps=read_steps(file),
        codes=tuple(_code(one) for one in file.tables("code")),
    )
    _last_definition(file, measure)
    _one_origin(file, measure)
    _adds_up(file, measure)
    _years_add_up(file, measure)
    parted_mistakes(file, measure)
    weights_mistakes(file, measure)
    file.close()
    return measure


def _in_words(file: Section) -> dict[str, Any]:
    """What is said of the measure, to people."""
    return {
        "title": file.text("title", None),
        "short": file.text("short"),
        "definition": file.text("definition", None),
        "description": file.text("description"),
        "source": file.text("source"),
        "people": file.text("people", "people"),
        "numerator_is": file.text("numerator_is"),
        "denominator_is": file.text("denominator_is"),
        "notes": file.texts("notes"),
    }


def _figure(file: Section, kind: str, methods: str) -> dict[str, Any]:
    """How a figure is made and printed."""
    counted_by_parts = kind not in PARTED or file.content.get("reported") is not True
    return {
        "unit": file.text("unit", None),
        "per": file.number("per", _DEFAULT_PER.get(kind, 1.0)),
        "decimals": _decimals(file, kind),
        "missing": file.choice("missing", MISSING, MISSING[0]),
        "methods": file.choice("methods", METHODS, methods),
        "supplied": file.text("supplied"),
        "recompute": file.flag("recompute", counted_by_parts),
        "not_recomputed": file.text("not_recomputed", "" if counted_by_parts else PARTS_UNKNOWN),
    }


def _decimals(file: Section, kind: str) -> int:
    """Decimals of the printed figure: pounds have pence or none, and never one alone."""
    unit = file.content.get("unit")
    money = isinstance(unit, str) and in_pence(unit)
    usual = 0 if kind == "count" else 2 if money else 1
    decimals = file.whole("decimals", usual, at_most=MOST_DECIMALS)
    if money and decimals == 1:
        file.wrong_in_new(
            "decimals",
            "Pounds are not written with one decimal.",
            "Write decimals = 0 or 2, or a larger unit, such as £ thousand.",
        )
    return decimals


def _added_up(file: Section) -> dict[str, Any]:
    """How figures of periods and of places make those of longer periods and places above."""
    reported = file.flag("reported")
    frequency = file.choice("frequency", FREQUENCIES, "year")
    whole = "published" if reported else "total over total"
    return {
        "reported": reported,
        "frequency": frequency,
        "roll_up": file.choice("roll_up", ROLL_UPS, _usual_roll_up(file, frequency)),
        "aggregate": file.choice("aggregate", AGGREGATES, whole),
        "years": _years(file),
        "years_together": file.whole("years_together", 1, at_least=1, at_most=_MOST_YEARS),
    }


def _usual_roll_up(file: Section, frequency: str) -> str:
    """Those open at the end of a month are no part of a sum: the last of a year is the year's."""
    tallies = (file.content.get(word) for word in ("numerator", "denominator"))
    is_open = any(isinstance(one, Mapping) and "open" in one for one in tallies)
    return _DEFAULT_ROLL_UP.get(frequency, "last" if is_open else "sum")


def _years(file: Section) -> tuple[str, ...]:
    """The kinds of year that shorter periods make up; without the word, the financial year."""
    if not file.has("years"):
        return YEARS[:1]
    named = file.texts("years")
    for one in named:
        if one not in YEARS:
            file.wrong(
                "years",
                f"There is no kind of year '{one}'.",
                suggestion(one, YEARS, f"The kinds of year are {', '.join(YEARS)}."),
            )
    return tuple(dict.fromkeys(one for one in named if one in YEARS))


def _last_definition(file: Section, measure: Measure) -> None:
    """The definition that begins last is the one that the file describes."""
    versions = [one for one in measure.breaks if one.definition]
    last = max(versions, key=lambda one: one.since.start, default=None)
    if last and measure.definition and last.definition != measure.definition:
        file.wrong(
            "break",
            f"The definition '{last.definition}' begins last, but the file says that it describes "
            f"'{measure.definition}'.",
            f'Write definition = "{last.definition}" at the top, or correct the break.',
        )


def _adds_up(file: Section, measure: Measure) -> None:
    """People there on several census dates are no sum, but for distinct people, counted once."""
    tallies = [one for one in (measure.numerator, measure.denominator) if one]
    if measure.roll_up == "sum" and any(one.how == "open" for one in tallies):
        file.wrong(
            "roll_up",
            "Those open at the ends of several periods do not add up: they may be the same.",
            'Write roll_up = "last" or "mean", or leave it out.',
        )
    if measure.roll_up == "mean" and measure.numerator and measure.numerator.is_histogram:
        file.wrong(
            "roll_up",
            f"A mean of several {measure.numerator.how}s is no {measure.numerator.how}.",
            'Write roll_up = "sum" for that of the whole period, or "last".',
        )
    is_distinct = measure.numerator is not None and measure.numerator.how == "distinct"
    if measure.frequency == "census" and measure.roll_up == "sum" and not is_distinct:
        file.wrong(
            "roll_up",
            "Census dates do not add up: the same people may be there on each.",
            'Write roll_up = "last" or "mean", or leave it out.',
        )


def _years_add_up(file: Section, measure: Measure) -> None:
    """Years are taken together by adding up their counts, so there must be some that add up."""
    if measure.years_together == 1:
        return
    together = "years_together"
    if measure.frequency != "year":
        file.wrong(
            together,
            "Only a measure of years has figures of several years taken together.",
            'Write frequency = "year": dated rows, and rows of months, count in their year.',
        )
    if measure.formula:
        file.wrong(
            together,
            "The figures follow from those of other measures, also for several years.",
            "Take the word out, and write it in the files of the parts.",
        )
    elif measure.roll_up != "sum" or measure.kind in HISTOGRAMS:
        file.wrong(
            together,
            "The counts of its years do not add up to those of several.",
            'Take the word out: only counts that add up over time (roll_up = "sum") are taken '
            "together.",
        )
    elif measure.reported and not (measure.recompute or measure.kind in ("count", "money")):
        file.wrong(
            together,
            "The figures are carried as they were reported, and not made of their counts.",
            "Take the word out: what a source reports of several years is read without it.",
        )


def _one_origin(file: Section, measure: Measure) -> None:
    """Exactly one of numerator, formula and reported; a denominator where the kind needs one."""
    origins = [bool(measure.numerator), bool(measure.formula), measure.reported]
    if sum(origins) != 1:
        file.wrong(
            "",
            "It must be clear where the figures come from.",
            "Give exactly one of [numerator], formula = { ... } or reported = true.",
        )
    if measure.kind in _NEEDS_DENOMINATOR and measure.numerator and not measure.denominator:
        file.wrong(
            "denominator",
            f"A measure of kind '{measure.kind}' needs a denominator.",
            "Add a [denominator] table, or change the kind.",
        )
    tallied = measure.numerator.how if measure.numerator else ""
    if tallied and {tallied, measure.kind} & set(HISTOGRAMS):
        _of_histogram(file, measure)
    if measure.denominator and not measure.numerator:
        file.wrong(
            "denominator",
            "Nothing is divided by it: the figures are not counted here.",
            "Take the table out; denominator_is says in words what a reported figure is of.",
        )
    if not measure.recompute and not measure.not_recomputed:
        file.wrong(
            "not_recomputed",
            "The figures are not recomputed from their counts, and the file does not say why.",
            'Add not_recomputed = "the reason".',
        )
    if measure.per <= 0:
        file.wrong("per", "'per' must be above zero.", "Write per = 100000 for 'per 100,000'.")


def _of_histogram(file: Section, measure: Measure) -> None:
    """A median is what a measure of that kind tallies, and it is of nothing but itself."""
    how = measure.numerator.how if measure.numerator else ""
    if how != measure.kind:
        wanted = how if how in HISTOGRAMS else measure.kind
        file.wrong(
            "kind",
            f"A measure of kind '{measure.kind}' does not tally '{how}'.",
            f'Write kind = "{wanted}" and {wanted} = "the column" in [numerator].',
        )
    elif measure.denominator:
        file.wrong(
            "denominator",
            f"A {how} is not divided by anything: its denominator is how many there were.",
            "Take the table out.",
        )


def _tally(table: Section | None) -> Tally | None:
    if table is None:
        return None
    how = table.one_word(TALLIES, "way of counting") or "count"
    if how == "count":
        if table.has("count"):
            table.only_true("count")
        column = ""
    else:
        column = table.text(how, None)
    tally = Tally(
        table=table.text("table", None),
        how=how,
        column=column,
        where=tuple(_condition(one) for one in table.tables("where")),
        of_year=table.flag("of_year"),
        on=table.text("on"),
        times=table.whole("times", 1, at_least=1),
        opens=table.text("from"),
        closes=table.text("to"),
        last_day=table.flag("last_day"),
        at=table.whole("at", 50, at_least=1, at_most=99),
    )
    _own_words(table, how)
    table.close()
    return tally


def _own_words(table: Section, how: str) -> None:
    """A word that says nothing of this way of counting is a mistake, and some must be given."""
    for word, ways in _OWN_WORDS.items():
        if table.has(word) and how not in ways:
            listed = " or ".join(f"'{one}'" for one in ways)
            table.wrong(word, f"'{word}' says nothing of '{how}'.", f"It belongs to {listed}.")
    for word in {"open": ("from", "to"), "percentile": ("at",)}.get(how, ()):
        if not table.has(word):
            what = "a column of dates" if how == "open" else "a whole number from 1 to 99"
            table.wrong(word, f"'{word}' is missing.", f"Add {word} = ... with {what}.")
    if how == "open" and table.content.get("of_year"):
        table.wrong(
            "of_year",
            "Who is open is asked at the end of each period, and not at the start of the year.",
            "Take one of the two words out.",
        )


def _condition(table: Section) -> Condition:
    column = table.text("column", None)
    word = table.one_word(CONDITIONS, "condition")
    bounds: tuple[Any, ...] = ()
    value = table.raw(word) if word else None
    if word in ("one_of", "none_of", "between"):
        bounds = tuple(value) if isinstance(value, list) else ()
        if not bounds or (word == "between" and len(bounds) != 2):
            table.wrong(word, "This is not of the right kind.", "Give a list, such as [65, 74].")
    elif word in ("present", "absent"):
        table.only_true(word)
    elif word:
        bounds = (value,)
    if not all(is_bound(bound) for bound in bounds):
        table.wrong(
            word,
            "A cell cannot be compared with this.",
            "Give text in quotes, a number that a table can hold, true, false, or a date without "
            "a time.",
        )
        bounds = ()
    if word == "between" and len(bounds) == 2 and _upside_down(*bounds):
        table.wrong(word, "The lower bound is above the upper.", "Write the lower bound first.")
    table.close()
    return Condition(column, word or "present", bounds)


def _upside_down(low: Any, high: Any) -> bool:
    return type(low) is type(high) and bool(low > high)


def _formula(table: Section | None) -> Formula | None:
    if table is None:
        return None
    word = table.one_word(FORMULAS, "formula")
    if word == "weighted":
        weights = table.table("weighted")
        content = dict(weights.content) if weights else {}
        parts = tuple(content)
        amounts = tuple(weights.number(part) for part in parts) if weights else ()
        if weights and not parts:
            table.wrong(word, "The formula has no parts.", "Write weighted = { one = 0.5, ... }.")
        table.close()
        return Formula(word, parts, amounts)
    before = len(table.mistakes)
    parts = table.texts(word) if word else ()
    if len(table.mistakes) > before:
        pass  # told already
    elif word in ("difference", "ratio") and len(parts) != 2:
        table.wrong(word, f"A {word} has two parts.", f'Write {word} = ["first", "second"].')
    elif word and not parts:
        table.wrong(word, "The formula has no parts.", f'Write {word} = ["one", "two"].')
    table.close()
    return Formula(word or "sum", parts)


def _band(file: Section, aim: str) -> tuple[float, float] | None:
    band = file.band("band")
    if band and aim and aim != "band":
        file.wrong("band", "A band is given, but the aim is another.", 'Write aim = "band".')
    if aim == "band" and not file.has("band"):
        file.wrong("band", "The aim is 'band', but the band is not given.", "Add band = [56, 61].")
    return band


def _closest(file: Section, aim: str) -> float | None:
    if file.has("closest_to"):
        if aim and aim != "closest":
            file.wrong(
                "closest_to",
                "A figure to come close to is given, but the aim is another.",
                'Write aim = "closest".',
            )
        return file.number("closest_to", None)
    if aim == "closest":
        file.wrong(
            "closest_to", "The aim is 'closest', but not to what.", "Add closest_to = a number."
        )
    return None


def _breakdowns(file: Section) -> tuple[Breakdown, ...]:
    found: list[Breakdown] = []
    for table in file.tables("breakdown"):
        one = _breakdown(table)
        if one.name and one.name in (each.name for each in found):
            table.wrong("name", f"Two breakdowns have the name '{one.name}'.", "Rename one.")
        found.append(one)
    return tuple(found)


def _breakdown(table: Section) -> Breakdown:
    name = table.text("name", None)
    if name == WHOLE:
        table.wrong("name", f"'{WHOLE}' is the undivided figure.", "Name what divides it.")
    one = Breakdown(name, table.text("column", name), table.texts("categories"))
    table.close()
    return one


def with_breaks_of_parts(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """The measures, where a formula breaks wherever one of its parts does: its own breaks first.

    Which definition is in force stays the formula's own to say.
    """
    return {
        id: replace(one, breaks=_all_breaks(one, measures)) if one.formula else one
        for id, one in measures.items()
    }


def _all_breaks(measure: Measure, measures: Mapping[str, Measure]) -> tuple[SeriesBreak, ...]:
    found = list(measure.breaks)
    told = {(one.since, one.kind, one.reason) for one in found}
    for part in _parts_of(measure, measures):
        for one in part.breaks:
            if (one.since, one.kind, one.reason) not in told:
                told.add((one.since, one.kind, one.reason))
                found.append(replace(one, definition=""))
    return tuple(found)


def _parts_of(measure: Measure, measures: Mapping[str, Measure]) -> list[Measure]:
    """The measures that a formula is made of, and those that these are made of; each once."""
    line = [measure.id]
    for id in line:
        formula = measures[id].formula
        parts = formula.parts if formula else ()
        line += [part for part in dict.fromkeys(parts) if part in measures and part not in line]
    return [measures[id] for id in line[1:]]


def _break(table: Section) -> SeriesBreak:
    since = table.period("since", required=True)
    one = SeriesBreak(
        since=since or table.calendar_start(),
        kind=table.choice("kind", BREAKS, None),
        reason=table.text("reason", None),
        definition=table.text("definition"),
    )
    table.close()
    return one


def _code(table: Section) -> Code:
    one = Code(
        scheme=table.text("scheme", None),
        code=table.text("code", None),
        since=table.period("since"),
        until=table.period("until"),
    )
    if one.since and one.until and one.since.start > one.until.start:
        table.wrong("until", "The code ends before it begins.", "Exchange since and until.")
    table.close()
    return one
