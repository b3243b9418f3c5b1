"""What is known of the cells of a table under a policy: those published and those withheld."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Flags, Interval, Numbers, Places, floats
from outturn.statistics.disclosure_policies import Policy


@dataclass(frozen=True)
class Cells:
    """What is known of each cell of a table, published or withheld: columns, a cell in each row.

    `count` is the true count. `shown` is what a reader knows of one that is published: the count,
    or where it may lie if it was rounded. `marked` is what the mark alone says of one that is
    withheld. `small` cells are withheld by the policy itself; `width` is the least distance between
    its bounds that must be left to a protected one. `fixed` cells cannot be withheld: they were
    published before. `never` cells are published by nobody, such as the people of no stated age.
    `cost` is what is lost by withholding a cell, above 0. Cells of one number in `together` are
    withheld together, such as numerator and denominator.
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
        groups = np.zeros(int(self.together.max(initial=-1)) + 1, bool)
        groups[self.together[withheld]] = True
        return withheld | (groups[self.together] & ~self.fixed)

    def free(self, withheld: Flags) -> Flags:
        """The cells that could be withheld besides, none of their companions being fixed."""
        bound = np.zeros(int(self.together.max(initial=-1)) + 1, bool)
        bound[self.together[self.fixed]] = True
        return ~withheld & ~bound[self.together]


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
    this policy; `public` ones are known as they are, whatever their size, such as those that others
    publish; `never` ones are published by nobody. What is lost by withholding a cell is its size,
    and for a zero more than for any other. The mark of a withheld cell says nothing of its size:
    whoever knew which were small would know of a row of 8 with two of them, at most 4 each, that
    both are 4.

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
    exact = public | (before & policy.is_small(count))
    rounded = policy.could_be(policy.rounded(count))
    shown = Interval(
        np.where(exact, count, np.minimum(rounded.lower, count)),
        np.where(exact, count, np.maximum(rounded.upper, count)),
    )
    marked = Interval(np.zeros(count.size), np.full(count.size, np.inf))
    dearest = float(count[~hidden].max(initial=0.0)) + 1
    return Cells(
        count=count,
        shown=shown,
        marked=marked,
        small=small,
        width=np.where(small, policy.leaves - 1.0, 0.0),
        fixed=before | public,
        never=hidden,
        cost=np.where(count > 0, count, dearest),
        together=np.arange(count.size) if together is None else together,
    )
