"""What of the Counts may be told: the partnership's preset, laid on what was not yet published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from outturn.contracts import Contract, about_people
from outturn.framework import Partnership
from outturn.framework.model import HISTOGRAMS, Measure
from outturn.judgement.additive_relations import counted_rows
from outturn.judgement.formulas import all_public
from outturn.judgement.withheld_besides import TELLING, Besides, Edition, withheld_besides
from outturn.statistics.suppression import PRESETS, WHY, Policy, in_answers, is_small, suppress
from outturn.terms.records import COUNTS, KEYS, Absent

UNCOUNTED = ("money", "score", "index")  # kinds that count nobody
PUBLIC, BOARD = "public", "board"
NOTHING, CLOSED, PROVED = "nothing", "closed", "proved"


def besides(audience: str, earlier: object) -> str:
    """What is withheld besides small counts, so that these cannot be worked out from others.

    Nothing for those who work with the figures: a headline that is withheld to hide a part of it is
    no use to them. For a board, and where there are earlier editions, what follows from one
    relation after another; for the public, what follows from all of them together.
    """
    if audience == PUBLIC:
        return PROVED
    return CLOSED if audience == BOARD or earlier else NOTHING


def published_sources(partnership: Partnership, contracts: Mapping[str, Contract]) -> list[str]:
    """The ids of the sources whose figures are published; records about people never are."""
    of_people = {name for name, one in contracts.items() if about_people(one)}
    sources = partnership.sources
    return [one.id for one in sources if one.public and one.contract not in of_people]


def released(
    counted: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
    earlier: Sequence[Edition] = (),
    *,
    besides: str = CLOSED,
) -> Besides:
    """The Counts that may be told, none of which gives a withheld one away; in the same order.

    What the `earlier` editions told is known, and stays as it was. `besides` is one of the words
    of the function of that name.
    """
    told = may_be_told(counted, partnership, public, contracts)
    if besides == NOTHING:
        return Besides(told)
    policy = PRESETS[partnership.disclosure]
    found, known = people_counted(counted, partnership, public, contracts)
    proved = besides == PROVED
    return withheld_besides(found, told, known, partnership, policy, earlier, proved=proved)


def without_squares(told: pl.DataFrame) -> pl.DataFrame:
    """The Counts as they are kept for others, without the squares of what means are of.

    Limits are made of them before; beside a sum and a number they tell too much of single rows.
    Those of weights stay, which are nobody's.
    """
    if told["squares"].null_count() == told.height:  # as in most builds
        return told
    weights = pl.col("answers").is_not_null()
    return told.with_columns(squares=pl.when(weights).then("squares"))


def people_counted(
    counted: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
) -> tuple[pl.DataFrame, np.ndarray]:
    """The Counts with numerators and denominators that count people only, and which are public.

    Of weighted answers these are the answers, whose numbers are whole and add up.
    """
    rows = _told(counted, ~_is_suppressed())
    measures = partnership.measures
    uncounted = [id for id, one in measures.items() if one.kind in UNCOUNTED]
    ranked = [id for id, one in measures.items() if one.kind in HISTOGRAMS]
    found = in_answers(counted_rows(rows, measures)).with_columns(
        numerator=pl.when(~pl.col("measure").is_in([*uncounted, *ranked])).then("numerator"),
        denominator=pl.when(~pl.col("measure").is_in(uncounted)).then("denominator"),
    )
    return found, _public(rows, partnership, public, contracts).to_numpy()


def edition(
    counted: pl.DataFrame,
    told: pl.DataFrame,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
) -> Edition:
    """A build as its readers have it: `counted` are the Counts behind what is `told`."""
    public = published_sources(partnership, contracts)
    rows, known = people_counted(counted, partnership, public, contracts)
    withheld = told.filter(pl.col("absent") == str(Absent.SUPPRESSED)).select(KEYS).unique()
    marked = rows.select(KEYS).join(
        withheld.with_columns(withheld=pl.lit(True)), on=KEYS, how="left", maintain_order="left"
    )
    return Edition(rows, marked["withheld"].is_null().to_numpy(), known)


def may_be_told(
    counted: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
) -> pl.DataFrame:
    """The Counts after disclosure control, in the same order.

    Rows all of whose sources are in `public` are left alone, for everybody can read them there,
    unless they were counted from records about people: such a row may have been made of several
    records, and names the source of one. Money and scores, which count nobody, are left alone too;
    a median or percentile is held to how many it is of. Of a reported count the figure itself is
    the count that is judged; of any other reported figure the numerator and the denominator are,
    and one that comes without them cannot be judged and stays as it is. Where the preset rounds, a
    reported figure that should follow from its counts is left to be made of the rounded ones. A
    cell that its source marks as suppressed keeps nothing that would tell it, whatever the preset
    and the source.
    """
    rows = _told(counted, ~_is_suppressed())
    rule = PRESETS[partnership.disclosure]
    if not rule.below:
        return rows
    measures = partnership.measures.values()
    uncounted = [one.id for one in measures if one.kind in UNCOUNTED]
    published = _public(rows, partnership, public, contracts) | rows["measure"].is_in(uncounted)
    ranked = rows["measure"].is_in([one.id for one in measures if one.kind in HISTOGRAMS])
    rows = suppress(rows, rule.name, published=pl.lit(published), ranked=pl.lit(ranked))
    rows = rows.with_columns(_ours=~published)
    per = {one.id: float(one.per) for one in measures if one.kind == "count"}
    rows = _with_reported_counts_judged(rows, per, rule)
    if rule.round_to > 1:
        made_otherwise = (*UNCOUNTED, *HISTOGRAMS)
        follows = [one.id for one in measures if one.kind not in made_otherwise and one.recompute]
        rows = _left_to_be_made(rows, [id for id in follows if id not in per])
    return rows.select(list(COUNTS))


def _public(
    rows: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
) -> pl.Series:
    """Whether everybody can read each row where it comes from."""
    of_people = counting_people(partnership.measures, contracts)
    return all_public(rows["source"], public) & ~rows["measure"].is_in(of_people)


def counting_people(
    measures: Mapping[str, Measure], contracts: Mapping[str, Contract]
) -> list[str]:
    """The measures that count records about people, which are held to the preset whoever else has
    published what they say."""
    return [id for id, one in measures.items() if _counts_people(one, contracts)]


def _counts_people(measure: Measure, contracts: Mapping[str, Contract]) -> bool:
    """Whether either side is counted from records about people, and not from totals."""
    tables = [one.table for one in (measure.numerator, measure.denominator) if one]
    return any(about_people(contracts[name]) for name in tables if name in contracts)


def _with_reported_counts_judged(
    rows: pl.DataFrame, per: dict[str, float], rule: Policy
) -> pl.DataFrame:
    """The rows with reported counts held to the preset; `per` is that of each count measure."""
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    rows = rows.with_columns(_amount=pl.when("_ours").then(pl.col("reported") / factor))
    small = is_small(pl.col("_amount"), rule)
    nearest = (pl.col("_amount") / rule.round_to + 0.5).floor() * rule.round_to * factor
    rounded = nearest if rule.round_to > 1 else pl.lit(None, pl.Float64)
    rows = rows.with_columns(reported=pl.coalesce(rounded, "reported"))
    rows = _told(rows, ~small)
    return rows.with_columns(
        absent=pl.when(small).then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
        why=pl.when(small).then(pl.lit(WHY)).otherwise("why"),
    )


def _left_to_be_made(rows: pl.DataFrame, follows: list[str]) -> pl.DataFrame:
    both = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    made = pl.col("_ours") & both & pl.col("measure").is_in(follows)
    return rows.with_columns(reported=pl.when(~made).then("reported"))


def _is_suppressed() -> pl.Expr:
    return (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)


def _told(rows: pl.DataFrame, told: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(pl.when(told).then(name).alias(name) for name in TELLING)
