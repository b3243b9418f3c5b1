"""Reading `framework/measures/ID.toml`: one measure, in one version of its definition."""

from __future__ import annotations

from outturn.framework.model import (
    AGGREGATES,
    AIMS,
    BREAKS,
    CONDITIONS,
    FORMULAS,
    FREQUENCIES,
    KINDS,
    MISSING,
    ROLL_UPS,
    Breakdown,
    Code,
    Condition,
    Formula,
    Measure,
    SeriesBreak,
    Tally,
)
from outturn.framework.section import Section

_TALLIES = ("count", "sum", "distinct")
_NEEDS_DENOMINATOR = ("proportion", "rate", "mean", "ratio")
_DEFAULT_PER = {"proportion": 100.0}


def read_measure(file: Section, id: str) -> Measure:
    """The measure that a file describes; its mistakes are gathered in the section."""
    kind = file.choice("kind", KINDS, None)
    aim = file.choice("aim", AIMS, None)
    if file.content.get("aim") not in AIMS:
        aim = "none"  # a stand-in that no target can contradict, so that one mistake is told
    reported = file.flag("reported")
    measure = Measure(
        id=id,
        file=file.file,
        title=file.text("title", None),
        short=file.text("short"),
        definition=file.text("definition", None),
        description=file.text("description"),
        kind=kind,
        unit=file.text("unit", None),
        per=file.number("per", _DEFAULT_PER.get(kind, 1.0)),
        aim=aim,
        decimals=file.whole("decimals", 0 if kind == "count" else 1),
        frequency=file.choice("frequency", FREQUENCIES, "year"),
        roll_up=file.choice("roll_up", ROLL_UPS, "sum"),
        aggregate=file.choice(
            "aggregate", AGGREGATES, "published" if reported else "total over total"
        ),
        missing=file.choice("missing", MISSING, "zero"),
        source=file.text("source"),
        people=file.text("people", "people"),
        numerator_is=file.text("numerator_is"),
        denominator_is=file.text("denominator_is"),
        recompute=file.flag("recompute", True),
        not_recomputed=file.text("not_recomputed"),
        reported=reported,
        numerator=_tally(file.table("numerator")),
        denominator=_tally(file.table("denominator")),
        formula=_formula(file.table("formula")),
        band=_band(file, aim),
        closest_to=_closest(file, aim),
        breakdowns=tuple(_breakdown(one) for one in file.tables("breakdown")),
        breaks=tuple(_break(one) for one in file.tables("break")),
        codes=tuple(_code(one) for one in file.tables("code")),
        notes=file.texts("notes"),
    )
    _one_origin(file, measure)
    file.close()
    return measure


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
    if not measure.recompute and not measure.not_recomputed:
        file.wrong(
            "not_recomputed",
            "The figures are not recomputed from their counts, and the file does not say why.",
            'Add not_recomputed = "the reason".',
        )
    if measure.per <= 0:
        file.wrong("per", "'per' must be above zero.", "Write per = 100000 for 'per 100,000'.")


def _tally(table: Section | None) -> Tally | None:
    if table is None:
        return None
    how = table.one_word(_TALLIES, "way of counting") or "count"
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
    )
    table.close()
    return tally


def _condition(table: Section) -> Condition:
    column = table.text("column", None)
    word = table.one_word(CONDITIONS, "condition")
    bounds: tuple[object, ...] = ()
    value = table.raw(word) if word else None
    if word in ("one_of", "none_of", "between"):
        bounds = tuple(value) if isinstance(value, list) else ()
        if not bounds or (word == "between" and len(bounds) != 2):
            table.wrong(word, "This is not of the right kind.", "Give a list, such as [65, 74].")
    elif word in ("present", "absent"):
        table.only_true(word)
    elif word:
        bounds = (value,)
    if word == "between" and len(bounds) == 2 and _upside_down(bounds):
        table.wrong(word, "The lower bound is above the upper.", "Write the lower bound first.")
    table.close()
    return Condition(column, word or "present", bounds)  # type: ignore[arg-type]


def _upside_down(bounds: tuple[object, ...]) -> bool:
    low, high = bounds
    return type(low) is type(high) and low > high  # type: ignore[operator]


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


def _breakdown(table: Section) -> Breakdown:
    name = table.text("name", None)
    one = Breakdown(name, table.text("column", name), table.texts("categories"))
    table.close()
    return one


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
