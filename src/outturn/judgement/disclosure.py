"""What of the Counts may be told: the partnership's preset, laid on what was not yet published."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from outturn.contracts import Contract, about_people
from outturn.framework import Partnership
from outturn.framework.model import HISTOGRAMS, Measure
from outturn.judgement.additive_relations import counted_rows
from outturn.judgement.formulas import all_public
from outturn.judgement.means_of_figures import means_of_told, telling_means
from outturn.judgement.percentiles_beside import telling_percentiles
from outturn.judgement.withheld_besides import (
    TELLING,
    Besides,
    Edition,
    withheld_beside,
    withheld_besides,
)
from outturn.statistics.suppression import (
    PRESETS,
    SIDES,
    WHY,
    Policy,
    in_answers,
    is_small,
    suppress,
)
from outturn.terms.records import COUNTS, KEYS, Absent

UNCOUNTED = ("money", "score", "index")  # kinds whose numerators count nobody
_TWO_SIDED = 1.96  # standard errors of a margin at 95%
SHARES = ("proportion", "rate")  # kinds of which one side and the figure tell the other side
# Words for people, and for what happens to one of them once, by which a denominator is known that
# is reported, or that adds up a column.
PEOPLE = frozenset(
    "people person persons adults adult children child men women carers carer clients client users "
    "user patients patient residents resident respondents deaths death births admissions "
    "discharges stays".split()
)
OFFICER, BOARD, PUBLIC = "officer", "board", "public"
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
    made = withheld_besides(found, told, known, partnership, policy, earlier, proved=proved)
    return made._replace(told=_without_telling_figures(made.told, known, partnership))


def _without_telling_figures(
    told: pl.DataFrame, known: np.ndarray, partnership: Partnership
) -> pl.DataFrame:
    """The Counts without figures that tell, by no count of theirs, what is withheld or rounded.

    Such as the mean of figures of which one is withheld, and a median beside a withheld count.
    """
    measures, policy = partnership.measures, PRESETS[partnership.disclosure]
    telling = telling_means(told, measures) | telling_percentiles(told, measures, policy)
    return means_of_told(withheld_beside(told, telling & ~known), measures, policy)


def without_squares(told: pl.DataFrame) -> pl.DataFrame:
    """The Counts as they are kept for others, without the squares of what means are of.

    Limits are made of them before; beside a sum and a number they tell too much of single rows.
    Those of weights stay, which are nobody's.
    """
    if told["squares"].null_count() == told.height:  # as in most builds
        return told
    weights = pl.col("answers").is_not_null()
    return told.with_columns(squares=pl.when(weights).then("squares"))


def without_rows(told: pl.DataFrame) -> pl.DataFrame:
    """Counts or Values without the number of rows behind each.

    Beside a sum, such as days, it is what another measure counts and may have withheld. No relation
    between measures holds it, so where what could be worked out is withheld, it is told of none.
    """
    return told.with_columns(rows=pl.lit(None, pl.Int64))


def of_public_only(told: pl.DataFrame, public: Collection[str]) -> pl.DataFrame:
    """Counts with only what the sources in `public` published, of which nothing is withheld."""
    return _told(told, pl.lit(all_public(told["source"], public)))


def people_counted(
    counted: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
) -> tuple[pl.DataFrame, np.ndarray]:
    """The Counts with numerators and denominators that count people only, and which are public.

    Of weighted answers these are the answers, whose numbers are whole and add up. Of a reported
    share they hold the numerator that follows from it, where only the denominator came with it.
    """
    rows = _told(counted, ~_is_suppressed())
    measures = partnership.measures
    uncounted = [id for id, one in measures.items() if one.kind in UNCOUNTED]
    nobody = set(uncounted) - set(divided_by_people(measures, contracts))
    ranked = [id for id, one in measures.items() if one.kind in HISTOGRAMS]
    counted = _with_the_other_side(in_answers(counted_rows(rows, measures)), measures)
    found = counted.with_columns(
        numerator=pl.when(~pl.col("measure").is_in([*uncounted, *ranked])).then("numerator"),
        denominator=pl.when(~pl.col("measure").is_in(list(nobody))).then("denominator"),
    )
    return found, _public(rows, partnership, public, contracts).to_numpy()


def edition(
    counted: pl.DataFrame,
    told: pl.DataFrame,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
) -> Edition:
    """A build as its readers have it: `counted` are the Counts behind what is `told`.

    `partnership` has the places, the definitions and the preset that the build was made by.
    """
    public = published_sources(partnership, contracts)
    rows, known = people_counted(counted, partnership, public, contracts)
    withheld = told.filter(pl.col("absent") == str(Absent.SUPPRESSED)).select(KEYS).unique()
    marked = rows.select(KEYS).join(
        withheld.with_columns(withheld=pl.lit(True)), on=KEYS, how="left", maintain_order="left"
    )
    shown = marked["withheld"].is_null().to_numpy()
    return Edition(rows, shown, known, PRESETS[partnership.disclosure], partnership)


def may_be_told(
    counted: pl.DataFrame,
    partnership: Partnership,
    public: Collection[str],
    contracts: Mapping[str, Contract],
) -> pl.DataFrame:
    """The Counts after disclosure control, in the same order.

    Rows all of whose sources are in `public` are left alone, for everybody can read them there,
    unless they were counted from records about people: such a row may have been made of several
    records, and names the source of one. Money and scores, which count nobody, are left alone too,
    unless they are divided by people: then they are held to how many these are, as a median or
    percentile is to how many it is of. Of a reported count the figure itself is the count that is
    judged; of any other reported figure the numerator and the denominator are, of a share or rate
    with one of them also the other, which follows, and one that comes without either cannot be
    judged and stays as it is. Where the preset rounds, a reported figure that should follow from
    its counts is left to be made of the rounded ones, and beside any other none are told. A cell
    that its source marks as suppressed keeps nothing that would tell it, whatever the preset and
    the source.
    """
    rows = _told(counted, ~_is_suppressed())
    rule = PRESETS[partnership.disclosure]
    if not rule.below:
        return rows
    measures = partnership.measures.values()
    by_people = divided_by_people(partnership.measures, contracts)
    uncounted = [one.id for one in measures if one.kind in UNCOUNTED and one.id not in by_people]
    published = _public(rows, partnership, public, contracts) | rows["measure"].is_in(uncounted)
    judged = [*by_people, *(one.id for one in measures if one.kind in HISTOGRAMS)]
    ranked = rows["measure"].is_in(judged)
    followed = _with_the_other_side(rows, partnership.measures)
    followed = _with_sides_of_margins(followed, partnership.measures).select(SIDES)
    rows = suppress(rows, rule.name, published=pl.lit(published), ranked=pl.lit(ranked))
    rows = rows.with_columns(_ours=~published)
    rows = _with_other_sides_judged(rows, followed, rule)
    per = {one.id: float(one.per) for one in measures if one.kind == "count"}
    rows = _with_reported_counts_judged(rows, per, rule)
    if rule.round_to > 1:
        apart = (*per, *uncounted, *(one.id for one in measures if one.kind in HISTOGRAMS))
        divided = [one for one in measures if one.kind != "money" and one.id not in apart]
        follows = [one.id for one in divided if one.recompute]
        rows = _rounding_kept(rows, follows, apart)
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


def divided_by_people(
    measures: Mapping[str, Measure], contracts: Mapping[str, Contract]
) -> list[str]:
    """The measures of money, scores and indices whose denominator counts people.

    What is counted in records about people is people, or what happened to them; a column that is
    added up, and a denominator that is reported, is of people where its name or its words say so.
    Beds, hours and pounds are none.
    """
    uncounted = {id: one for id, one in measures.items() if one.kind in UNCOUNTED}
    return [id for id, one in uncounted.items() if _is_divided_by_people(one, contracts)]


def _is_divided_by_people(measure: Measure, contracts: Mapping[str, Contract]) -> bool:
    tally = measure.denominator
    if tally is None:
        return bool(PEOPLE & set(re.findall(r"[a-z]+", measure.denominator_is.lower())))
    if tally.how == "sum":
        return bool(PEOPLE & set(re.findall(r"[a-z]+", tally.column.lower())))
    return tally.table in contracts and about_people(contracts[tally.table])


def _counts_people(measure: Measure, contracts: Mapping[str, Contract]) -> bool:
    """Whether either side is counted from records about people, and not from totals."""
    tables = [one.table for one in (measure.numerator, measure.denominator) if one]
    return any(about_people(contracts[name]) for name in tables if name in contracts)


def _with_the_other_side(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with the side that follows from a reported share and its other side, to the nearest.

    5.0% of 60 are 3, and 3 that are 5.0% are of 60. Of a rate only the numerator follows: what it
    is divided by is large, and comes out by far.
    """
    per = {id: float(one.per) for id, one in measures.items() if one.kind in SHARES}
    shares = [id for id, one in measures.items() if one.kind == "proportion"]
    share = pl.col("reported").fill_nan(None) / pl.col("measure").replace_strict(
        per, default=None, return_dtype=pl.Float64
    )
    top = (pl.col("denominator") * share + 0.5).floor()
    whole = (pl.col("numerator") / share + 0.5).floor()
    bottom = pl.when(pl.col("measure").is_in(shares) & (share > 0)).then(whole)
    return rows.with_columns(
        numerator=pl.coalesce("numerator", top), denominator=pl.coalesce("denominator", bottom)
    )


def _with_sides_of_margins(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with both sides of a reported share that has a margin of error and no counts.

    20.0% that may be 35.06 points off are one of five people: the margin is 1.96 standard errors of
    a share of so many. It is a guess of how many answered, and good enough to tell few from many.
    """
    per = {id: float(one.per) for id, one in measures.items() if one.kind == "proportion"}
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    share = pl.col("reported").fill_nan(None) / factor
    number = share * (1 - share) * (_TWO_SIDED / (pl.col("margin") / factor)) ** 2
    alone = pl.all_horizontal(pl.col(side).is_null() for side in SIDES)
    told = alone & (pl.col("margin") > 0) & share.is_between(0, 1, closed="none")
    people = pl.when(told).then((number + 0.5).floor())
    return rows.with_columns(
        numerator=pl.coalesce("numerator", (people * share + 0.5).floor()),
        denominator=pl.coalesce("denominator", people),
    )


def _with_other_sides_judged(
    rows: pl.DataFrame, followed: pl.DataFrame, rule: Policy
) -> pl.DataFrame:
    """The rows with one side of a reported share held to the preset by the other, which follows."""
    given = pl.any_horizontal(pl.col(side).is_null() for side in SIDES)
    sides = followed.select(pl.any_horizontal(is_small(pl.col(side), rule) for side in SIDES))
    one_sided = pl.col("reported").is_not_null() & given
    return _withheld(rows, pl.col("_ours") & one_sided & pl.lit(sides.to_series()))


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
    return _withheld(rows, small)


def _withheld(rows: pl.DataFrame, small: pl.Expr) -> pl.DataFrame:
    rows = rows.with_columns(_small=small)
    return _told(rows, ~pl.col("_small")).with_columns(
        absent=pl.when("_small").then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
        why=pl.when("_small").then(pl.lit(WHY)).otherwise("why"),
    )


def _rounding_kept(
    rows: pl.DataFrame, follows: Collection[str], apart: Collection[str]
) -> pl.DataFrame:
    """The rows without what would undo the rounding of their counts.

    Beside 10 of 30 a figure of 40.0% tells 12 of 30, and a margin tells of how many it is. A
    figure that should follow from its counts is left to be made of the rounded ones. One that does
    not, or of which only one side came, is what the source stands for: it is told, and the counts
    are not. A reported count, money and a median, which are `apart`, tell of no count beside them.
    """
    sides = [pl.col(side).is_not_null() for side in SIDES]
    beside = pl.col("reported").is_not_null() & pl.any_horizontal(sides)
    beside &= pl.col("_ours") & ~pl.col("measure").is_in(list(apart))
    made = beside & pl.all_horizontal(sides) & pl.col("measure").is_in(list(follows))
    return rows.with_columns(
        reported=pl.when(~made).then("reported"),
        margin=pl.when(~beside).then("margin"),
        **{side: pl.when(made | ~beside).then(side) for side in SIDES},
    )


def _is_suppressed() -> pl.Expr:
    return (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)


def _told(rows: pl.DataFrame, told: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(pl.when(told).then(name).alias(name) for name in TELLING)
