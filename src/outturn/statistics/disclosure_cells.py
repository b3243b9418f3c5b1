"""What is known of the cells of a table under a policy: those published and those withheld."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from outturn.statistics.additive_tables import NEAR, Additive, condensed
from outturn.statistics.columns import Flags, Interval, Numbers, Places, floats
from outturn.statistics.disclosure_policies import Policy


@dataclass(frozen=True)
class Cells:
    """What is known of each cell of a table, published or withheld: columns, a cell in each row.

    `count` is the true count. `shown` is what a reader knows of one that is published: the count,
    or where it may lie if it was rounded. `marked` is what is known of one that is withheld: what
    the mark alone says, or what was told before. `small` cells are withheld by the policy itself;
    `width` is the least distance between its bounds that must be left to a protected one. `fixed`
    cells cannot be withheld: they were published before. `never` cells are published by nobody,
    such as the people of no stated age. `cost` is what is lost by withholding a cell, above 0.
    Cells of one number in `together` are withheld together, such as numerator and denominator.
    """

    count: Numbers
    shown: Interval
    marked: Interval
    small: Flags
    width: Numbers
    fixed: Flags
    never: Flags
    cost: Numbers
    together: Places

    def only(self, kept: Places, values: Numbers) -> Cells:
        """The `kept` cells, and behind them one that everybody knows for each of the `values`."""
        beside = np.ones(values.size, bool)
        joined = np.concatenate
        numbers = np.unique(self.together[kept], return_inverse=True)[1].astype(np.int64)
        return Cells(
            count=joined([self.count[kept], values]),
            shown=Interval(*(joined([one[kept], values]) for one in self.shown)),
            marked=Interval(*(joined([one[kept], values]) for one in self.marked)),
            small=joined([self.small[kept], ~beside]),
            width=joined([self.width[kept], np.zeros(values.size)]),
            fixed=joined([self.fixed[kept], beside]),
            never=joined([self.never[kept], ~beside]),
            cost=joined([self.cost[kept], np.ones(values.size)]),
            together=joined([numbers, kept.size + np.arange(values.size)]),
        )

    def with_unpublished(self, counts: Numbers) -> Cells:
        """These cells, and behind them one for each of the `counts` that nobody publishes."""
        size, none = self.count.size, np.zeros(counts.size, bool)
        joined = np.concatenate
        return Cells(
            count=joined([self.count, counts]),
            shown=Interval(*(joined([one, counts]) for one in self.shown)),
            marked=Interval(
                joined([self.marked.lower, np.zeros(counts.size)]),
                joined([self.marked.upper, np.full(counts.size, np.inf)]),
            ),
            small=joined([self.small, none]),
            width=joined([self.width, np.zeros(counts.size)]),
            fixed=joined([self.fixed, none]),
            never=joined([self.never, ~none]),
            cost=joined([self.cost, np.ones(counts.size)]),
            together=joined([self.together, size + np.arange(counts.size)]),
        )

    def with_known_zeros(self, places: Places) -> Cells:
        """The same for a reader who knows that the cells at these `places` are 0, told or not.

        So they need no protection, and are none; what is withheld together with them may need it.
        """
        zero = np.zeros(self.count.size, bool)
        zero[places] = True
        return replace(
            self,
            shown=Interval(*(np.where(zero, 0.0, end) for end in self.shown)),
            marked=Interval(*(np.where(zero, 0.0, end) for end in self.marked)),
            small=self.small & ~zero,
            width=np.where(zero, 0.0, self.width),
        )

    def known(self, withheld: Flags) -> Interval:
        """What is known of each cell where those are withheld, in counts."""
        return Interval(
            np.where(withheld, self.marked.lower, self.shown.lower),
            np.where(withheld, self.marked.upper, self.shown.upper),
        )

    @property
    def primary(self) -> Flags:
        """The cells that are withheld before anything is done about subtraction."""
        return self.with_companions((self.small & ~self.fixed) | self.never)

    def with_companions(self, withheld: Flags) -> Flags:
        """The withheld cells, and those that are withheld together with one of them."""
        return withheld | (of_sets(self.together, withheld) & ~self.fixed)

    def free(self, withheld: Flags) -> Flags:
        """The cells that could be withheld besides, none of their companions being fixed."""
        return ~withheld & ~of_sets(self.together, self.fixed)

    def after(self, before: Interval, shown: Interval) -> Cells:
        """The same cells for a reader who knows so much of each `before` any is published.

        `shown` is what is told of each that is published now, be it by another policy. Whoever has
        both knows what both allow, and of one that is withheld now what was told before. What that
        leaves open of a small one is protected still; where it leaves nothing, the cell is fixed,
        and so is another of which nothing more is told now.
        """
        known = common(before, shown)
        left = before.upper - before.lower
        open_ = self.small & (left > NEAR)
        told = np.isfinite(before.upper) & (left <= known.upper - known.lower + NEAR)
        return replace(
            self,
            shown=known,
            marked=before,
            small=open_,
            width=np.where(open_, np.minimum(self.width, left), 0.0),
            fixed=self.fixed | (told & ~open_),
        )


@dataclass(frozen=True)
class Part:
    """Some cells of a table by themselves: what all others come to is taken for known.

    `places` are the numbers of the cells in the whole table; they come first here, in that order.
    """

    table: Additive
    cells: Cells
    places: Places

    @classmethod
    def of(cls, table: Additive, cells: Cells, kept: Flags) -> Part:
        part, others = condensed(table, cells.count, kept)
        places = np.flatnonzero(kept)
        return cls(part, cells.only(places, others), places)

    def within(self, marked: Flags) -> Flags:
        """Which cells of the part are marked in the whole table."""
        found = np.zeros(self.cells.count.size, bool)
        found[: self.places.size] = marked[self.places]
        return found

    def put_back(self, whole: Flags, marked: Flags) -> Flags:
        """The flags of the `whole` table with those of the part in their places."""
        found = whole.copy()
        found[self.places] = marked[: self.places.size]
        return found


def of_sets(sets: Places, marked: Flags) -> Flags:
    """The cells of every set that has a marked one; a flag for each cell.

    `sets` has the number of each cell's set and `marked` a flag for each cell. Columns of two
    lengths are an IndexError. Does not look at counts.

    Source: the sets that are given.

    >>> of_sets(np.array([0, 0, 1]), np.array([False, True, False])).tolist()
    [True, True, False]
    """
    having = np.zeros(int(sets.max(initial=-1)) + 1, bool)
    having[sets[marked]] = True
    return having[sets]


def firsts(sets: Places, marked: Flags) -> Places:
    """The first marked cell of each set that has any.

    `sets` has the number of each cell's set and `marked` a flag for each cell; the answer is the
    numbers of cells, in the order of their sets. Columns of two lengths are an IndexError. Does not
    look at counts.

    Source: the order of the cells.

    >>> firsts(np.array([0, 0, 1]), np.array([False, True, True])).tolist()
    [1, 2]
    """
    here = np.flatnonzero(marked)
    return here[np.unique(sets[here], return_index=True)[1]]


def common(one: Interval, other: Interval) -> Interval:
    """What is known of each cell by who knows both, in counts.

    Two intervals with a row for each cell that have its count in common. Does not check that.

    Source: the intersection of two intervals.

    >>> ten, exact = (np.array([one]) for one in (8.0, 9.0))
    >>> [end.tolist() for end in common(Interval(ten, ten + 4), Interval(exact, exact))]
    [[9.0], [9.0]]
    """
    return Interval(np.maximum(one.lower, other.lower), np.minimum(one.upper, other.upper))


def shown_by(policy: Policy, counts: npt.ArrayLike, exact: Flags) -> Interval:
    """What a reader knows of each true count that a policy publishes, in counts.

    `exact` ones are told as they are, such as those that others publish; and so is one that the
    policy withholds, where it was told in spite of it. Two columns, a cell in each row.

    Source: what the policy rounds and withholds (`Policy.could_be`).

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> [end.tolist() for end in shown_by(PRESETS["hospital"], [21, 21], np.array([True, False]))]
    [[21.0, 18.0], [21.0, 22.0]]
    """
    (count,) = floats(counts)
    rounded = policy.could_be(policy.rounded(count))
    whole = exact | policy.is_small(count)
    return Interval(
        np.where(whole, count, np.minimum(rounded.lower, count)),
        np.where(whole, count, np.maximum(rounded.upper, count)),
    )


def cells_under(
    counts: npt.ArrayLike,
    policy: Policy,
    *,
    together: Places | None = None,
    fixed: Flags | None = None,
    never: Flags | None = None,
    public: Flags | None = None,
) -> Cells:
    """The cells of true `counts` as a policy publishes and withholds them.

    `counts` are whole and 0 or more, a cell in each row. `fixed` ones were published before, by
    this very policy: what another one told is for `Cells.after`. `public` ones are known as they
    are, whatever their size, such as those that others publish; `never` ones are published by
    nobody. What is lost by withholding a cell is its size, and for a zero more than for any other.
    The mark of a withheld cell says nothing of its size: whoever knew which were small would know
    of a row of 8 with two of them, at most 4 each, that both are 4.

    Source: the usual frequency rule with a cost of the size; Hundepool and others (2012),
    Statistical Disclosure Control, chapter 4.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> cells_under([11, 2, 9], PRESETS["social care"]).width.tolist()
    [0.0, 5.0, 0.0]
    """
    (count,) = floats(counts)
    none = np.zeros(count.size, bool)
    before = none if fixed is None else fixed
    public = none if public is None else public
    hidden = none if never is None else never
    small = policy.is_small(count) & ~(before | public | hidden)
    marked = Interval(np.zeros(count.size), np.full(count.size, np.inf))
    dearest = float(count[~hidden].max(initial=0.0)) + 1
    return Cells(
        count=count,
        shown=shown_by(policy, count, public),
        marked=marked,
        small=small,
        width=np.where(small, policy.leaves - 1.0, 0.0),
        fixed=before | public,
        never=hidden,
        cost=np.where(count > 0, count, dearest),
        together=np.arange(count.size) if together is None else together,
    )
