"""What changed from one vintage to another, figure by figure, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from outturn.terms.period import APRIL, Calendar, Period, from_key
from outturn.terms.records import KEYS, Status
from outturn.vintages.seal import rounded
from outturn.vintages.texts import Asked, Build, target_entries

NEW = "new figure"  # there is a figure where there was none
GONE = "figure gone"  # there is none where there was one
REAL = "real change"  # a later period has come, and its figure is another
REVISION = "revision"  # the same period has another figure, and its data changed
DEFINITION = "definition change"  # the measure is defined otherwise
METHOD = "method change"  # the figure is worked out otherwise, or by other software
TARGET = "target change"  # the target says something else
OVERRIDE = "override change"  # a status was set aside, or is no longer
COMPARISON = "comparison change"  # the group or its rule says something else
SETTINGS = "settings change"  # an argument, the places, the calendar, a contract
FOLLOWS = "follows another figure"  # nothing of its own changed
UNEXPLAINED = "unexplained"  # nothing that was asked changed
CAUSES = (
    NEW, GONE, REAL, REVISION, DEFINITION, METHOD, TARGET, OVERRIDE, COMPARISON, SETTINGS, FOLLOWS,
    UNEXPLAINED,
)  # fmt: skip

_SERIES = ("measure", "place", "breakdown", "category")
_FIGURE = ("definition", "value", "shown", "numerator", "denominator", "method", "absent")
_SAID = ("definition", "absent")  # of a figure, where only its verdict speaks of it
_JUDGED = (
    "goal_low", "goal_high", "milestone_low", "milestone_high", "tolerance", "status_now",
    "status_year_end",
)  # fmt: skip
_VERDICT = (*_JUDGED, "target_id", "target", "overridden", "direction")
_COMPARED = {  # of a comparison with a group
    "rank": pl.Int64, "rank_of": pl.Int64, "quartile": pl.String, "group_figure": pl.Float64,
}  # fmt: skip
_BOTH_SIDES: dict[str, type[pl.DataType]] = {
    "value": pl.Float64,
    **dict.fromkeys(("shown", "absent", "definition", "target_id", "target"), pl.String),
    **dict.fromkeys(("status_now", "status_year_end", "direction"), pl.String),
    **_COMPARED,
}
CHANGES: dict[str, pl.DataType | type[pl.DataType]] = {
    **{name: pl.String for name in KEYS},
    "comparator": pl.String,  # the group, on the row of a comparison; null on that of a figure
    "causes": pl.List(pl.String),  # of CAUSES, in that order; never empty
    **{
        f"{name}_{side}": kind for name, kind in _BOTH_SIDES.items() for side in ("before", "after")
    },
    "change": pl.Float64,  # from before to after, in the measure's unit
    "previous_period": pl.String,  # of a real change: the latest period there was before,
    "previous_before": pl.Float64,  # its figure as it was then,
    "previous_after": pl.Float64,  # and as it is now: the difference is revision, the rest is real
    "previous_shown": pl.String,
}


def diff(a: Build, b: Build, *, calendar: Calendar = APRIL) -> pl.DataFrame:
    """Every figure and comparison that changed from `a` to `b`, with its causes: of CHANGES.

    A figure changed when its value (as sealed), the reason it is absent, its definition version,
    its goal, its status or its direction did, or when its definition changed how many decimals of
    it are shown. A comparison of a figure with a group changed when its rank, of how many, its
    quartile or the group's figure did; it has a row of its own, which names the group.
    A target that has no figure is compared too: by its goal and its status.
    Where data and definition both changed, both are causes: nobody can tell them apart without
    building again. A real change stands on the row of the latest period in `b`, and is measured
    from the latest period of the same kind and length in `a`, as it reads now; so what was revised
    meanwhile is not counted as movement.
    """
    asked = Asked(a, b)
    sides = (_side(a), _side(b))
    cells = sides[0].join(sides[1], on=KEYS, how="full", coalesce=True, suffix="_after")
    cells = cells.rename({n: f"{n}_before" for n in sides[0].columns if n not in KEYS})
    cells = _with_goals_of_absent_rows(cells, a, b)
    cells = _changed(cells, asked.definitions)
    cells = cells.join(_of_measures(asked, cells["measure"]), on="measure", how="left")
    cells = _with_movements(cells, sides, calendar)
    told = cells.with_columns(causes=_causes(asked), change=_after("value") - _before("value"))
    rows = (_as_changes(told), _as_changes(_comparisons(asked, sides)))
    return pl.concat(rows).sort(*KEYS, "comparator", maintain_order=True)


def _as_changes(told: pl.DataFrame) -> pl.DataFrame:
    """The columns of CHANGES; what a row does not speak of is null."""
    return told.select(
        (pl.col(name) if name in told.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in CHANGES.items()
    )


def _before(name: str) -> pl.Expr:
    return pl.col(f"{name}_before")


def _after(name: str) -> pl.Expr:
    return pl.col(f"{name}_after")


def _differs(name: str) -> pl.Expr:
    return _before(name).ne_missing(_after(name))


def _side(build: Build) -> pl.DataFrame:
    """One build's figures with their verdicts, numbers beside them as sealed.

    A verdict on a target that has no figure is a row too, with the reason that there is none.
    """
    # One verdict a figure, or a join would double it; a second target of a figure is not compared.
    verdicts = build.read("verdicts").unique(KEYS, keep="first", maintain_order=True)
    cells = build.read("values").select(*KEYS, *_FIGURE, counted=pl.lit(True))
    verdicts = verdicts.select(*KEYS, *_VERDICT, *(pl.col(n).alias(f"{n}_said") for n in _SAID))
    cells = cells.join(verdicts, on=KEYS, how="full", coalesce=True)
    bare = pl.col("counted").is_null()  # the verdict stands alone
    cells = cells.with_columns(
        pl.when(bare).then(f"{name}_said").otherwise(name).alias(name) for name in _SAID
    ).drop("counted", *(f"{name}_said" for name in _SAID))
    numbers = [n for n in cells.columns if cells[n].dtype == pl.Float64]
    entries = target_entries(build)
    return cells.with_columns(
        *(rounded(cells[name]).alias(f"{name}_sealed") for name in numbers),
        here=pl.lit(True),
        goal=pl.col("target_id").replace(entries),  # an entry that was not kept is its id
    )


def _with_goals_of_absent_rows(cells: pl.DataFrame, a: Build, b: Build) -> pl.DataFrame:
    """Where only one build has a row: what the other's ledger says of the same target.

    So a target that was there all along and has only come due is no change of target.
    """

    def said(id: pl.Expr, build: Build) -> pl.Expr:
        return id.replace_strict(target_entries(build), default=None, return_dtype=pl.String)

    return cells.with_columns(
        goal_before=pl.when(_before("here").is_null())
        .then(said(_after("target_id"), a))
        .otherwise(_before("goal")),
        goal_after=pl.when(_after("here").is_null())
        .then(said(_before("target_id"), b))
        .otherwise(_after("goal")),
    )


def _changed(cells: pl.DataFrame, redefined: Sequence[str]) -> pl.DataFrame:
    """The cells in which something differs, and what."""
    retold = _differs("shown") & ~_differs("value_sealed") & pl.col("measure").is_in(redefined)
    had, has = _before("value").is_not_null(), _after("value").is_not_null()
    both = _before("here").fill_null(False) & _after("here").fill_null(False)
    judged = [f"{n}_sealed" if not n.startswith("status") else n for n in _JUDGED]
    bounds = [_differs(f"{name}_sealed") for name in _JUDGED if not name.startswith("status")]
    # Where nothing was judged there is no status; to be judged and not assessed is no news.
    statuses = [_says_otherwise(name) for name in _JUDGED if name.startswith("status")]
    aimed = _before("target_id").is_not_null() | _after("target_id").is_not_null()
    bare = ~both & ~had & ~has & aimed  # a target without a figure, in one of the two builds
    marked = cells.with_columns(
        both=both,
        new=has & ~had,
        gone=had & ~has,
        moved=_differs("value_sealed") | (both & ~had & ~has & _differs("absent")),
        retold=both & retold,  # the same figure with other decimals
        versioned=both & _differs("definition"),
        judged=both & pl.any_horizontal(*bounds, *statuses)
        | bare & pl.any_horizontal(_differs(name) for name in judged),
        set_aside=both & _differs("overridden"),
        turned=both & _says_otherwise("direction"),
    )
    changed = ("moved", "retold", "versioned", "judged", "set_aside", "turned")
    return marked.filter(pl.any_horizontal(changed))


def _says_otherwise(name: str) -> pl.Expr:
    """Whether a status or a direction differs; to have none is not to be assessed."""
    none = str(Status.NOT_ASSESSED)
    return _before(name).fill_null(none) != _after(name).fill_null(none)


def _of_measures(asked: Asked, measures: pl.Series) -> pl.DataFrame:
    """What changed behind each measure."""
    ids = measures.unique().sort().to_list()
    return pl.DataFrame(
        {
            "measure": ids,
            "redefined": [asked.redefined(one) for one in ids],
            "fed": [asked.fed(one) for one in ids],
        },
        schema={"measure": pl.String, "redefined": pl.Boolean, "fed": pl.Boolean},
    )


def _causes(asked: Asked) -> pl.Expr:
    """The causes of each cell, one condition for each, in the order of CAUSES."""
    same_counts = pl.all_horizontal(
        *(_before(f"{n}_sealed") == _after(f"{n}_sealed") for n in ("numerator", "denominator"))
    ).fill_null(False)
    by_software = pl.lit(asked.software) & pl.col("moved") & (same_counts | ~pl.col("fed"))
    another_definition = _before("definition").ne_missing(_after("definition"))
    own = {
        NEW: pl.col("new"),
        GONE: pl.col("gone"),
        REAL: pl.col("real"),
        REVISION: pl.col("both") & pl.col("moved") & ~pl.col("new") & ~pl.col("gone")
        & pl.col("fed"),
        DEFINITION: pl.col("both") & another_definition
        | pl.col("real") & pl.col("across_definitions")
        | pl.any_horizontal("moved", "retold", "turned") & pl.col("redefined"),
        METHOD: pl.col("both") & ~pl.col("new") & ~pl.col("gone")
        & (_differs("method") | by_software),
        TARGET: pl.col("judged") & _differs("goal"),
        OVERRIDE: pl.col("set_aside"),
    }  # fmt: skip
    return _listed(own, asked)


def _listed(own: dict[str, pl.Expr], asked: Asked) -> pl.Expr:
    """The causes that hold; where a row has none of its own, what else was changed."""
    unexplained = ~pl.any_horizontal(*own.values())
    behind = pl.lit(asked.software) | pl.col("redefined") | pl.lit(bool(asked.inputs))
    follows = own.get(FOLLOWS, pl.lit(False)) | unexplained & behind
    rest = {
        SETTINGS: unexplained & pl.lit(bool(asked.settings)),
        FOLLOWS: follows,
        UNEXPLAINED: unexplained & ~pl.lit(bool(asked.settings)) & ~behind,
    }
    found = [
        pl.when(holds.fill_null(False)).then(pl.lit(cause)) for cause, holds in (own | rest).items()
    ]
    return pl.concat_list(found).list.drop_nulls()


# Comparisons with a group


def _comparisons(asked: Asked, sides: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """The comparisons that changed, where both builds have the figure that is compared.

    A comparison that comes or goes with its figure is no news beside it.
    """
    cell = [*KEYS, "comparator", "basis"]
    before, after = (_compared(build) for build in (asked.a, asked.b))
    rows = before.join(after, on=cell, how="full", coalesce=True, suffix="_after")
    rows = rows.rename({n: f"{n}_before" for n in before.columns if n not in cell})
    for side, name in zip(sides, ("before", "after"), strict=True):
        held = side.filter(pl.col("value").is_not_null())
        figures = held.select(*KEYS, pl.col("value_sealed").alias(f"figure_{name}"))
        rows = rows.join(figures, on=KEYS)
    sealed = ("rank", "rank_of", "quartile", "group_figure_sealed")
    rows = rows.filter(pl.any_horizontal(*map(_differs, sealed)))
    rows = rows.join(_of_measures(asked, rows["measure"]), on="measure", how="left")
    own = {
        DEFINITION: pl.col("redefined"),
        COMPARISON: pl.col("comparator").is_in(asked.comparators),
        FOLLOWS: pl.col("fed"),
    }
    return rows.with_columns(causes=_listed(own, asked))


def _compared(build: Build) -> pl.DataFrame:
    """One build's comparisons that say something, the group's figure beside it as sealed."""
    found = build.read("benchmarks").filter(
        pl.any_horizontal(pl.col("rank", "quartile", "comparator_value").is_not_null())
    )
    of = pl.when(pl.col("rank").is_not_null()).then(pl.coalesce("with_value", "members"))
    return found.select(
        *KEYS,
        "comparator",
        "basis",
        "rank",
        "quartile",
        rank_of=of,
        group_figure="comparator_value",
        group_figure_sealed=rounded(found["comparator_value"]),
    ).unique([*KEYS, "comparator", "basis"], keep="first", maintain_order=True)


# Movements from one latest period to the next


def _with_movements(
    cells: pl.DataFrame, sides: tuple[pl.DataFrame, pl.DataFrame], calendar: Calendar
) -> pl.DataFrame:
    """Beside the figure of a period that has become the latest: the latest there was before."""
    kinds = _kinds(pl.concat([side["period"] for side in sides]).unique(), calendar)
    before, now = (_latest(side, kinds) for side in sides)
    moved = now.join(before, on=[*_SERIES, "kind"], suffix="_a").filter(
        pl.col("end") > pl.col("end_a")
    )
    then = sides[1].select(*_SERIES, "period", "value", "value_sealed", "shown")
    moved = moved.join(
        then.rename({"period": "period_a"}), on=[*_SERIES, "period_a"], how="left", suffix="_now"
    )
    from_ = pl.coalesce("value_sealed_now", "value_sealed_a")
    moved = moved.select(
        *KEYS,
        real=pl.col("value_sealed") != from_,
        across_definitions=pl.col("definition").ne_missing(pl.col("definition_a")),
        previous_period="period_a",
        previous_before="value_a",
        previous_after="value_now",
        previous_shown=pl.coalesce("shown_now", "shown_a"),
    )
    joined = cells.join(moved, on=KEYS, how="left")
    return joined.with_columns(pl.col("real", "across_definitions").fill_null(False))


def _kinds(periods: Iterable[str], calendar: Calendar) -> pl.DataFrame:
    """The kind with its length, and the last day, of each period.

    Only those alike are compared: a month with no year, eight months to date with no seven.
    """
    rows = [(key, from_key(key)) for key in periods]
    return pl.DataFrame(
        [(key, _kind(period, calendar), period.end) for key, period in rows],
        schema={"period": pl.String, "kind": pl.String, "end": pl.Date},
        orient="row",
    )


def _kind(period: Period, calendar: Calendar) -> str:
    kind = f"{period.kind(calendar)}, {period.count}"
    # Two months from May are no earlier two months than two from March.
    return f"{kind} from month {period.start.month}" if period.kind(calendar) == "months" else kind


def _latest(side: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """The latest figure of each kind in each series."""
    figures = side.filter(pl.col("value").is_not_null()).join(kinds, on="period")
    last = pl.col("end") == pl.col("end").max().over(*_SERIES, "kind")
    figures = figures.filter(last).sort("period").unique([*_SERIES, "kind"], keep="last")
    return figures.select(*KEYS, "kind", "end", "value", "value_sealed", "shown", "definition")
