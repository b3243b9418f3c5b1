"""Linear programmes that are asked again and again, each time from where the last answer stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from outturn.statistics.columns import Numbers, Places, refuse_where

_DUAL, _PRIMAL = 1, 4  # of HiGHS's ways through a simplex


class LinearProgramme:
    """Columns within bounds whose relations come to given totals, with a question at a time.

    `matrix` is a sparse matrix, a row for each relation and a column for each unknown; the bounds
    may be infinite. What the totals cannot come to is told when it is asked.
    """

    def __init__(self, matrix: Any, totals: Numbers, lower: Numbers, upper: Numbers) -> None:
        from highspy import Highs, HighsLp, MatrixFormat

        by_column = matrix.tocsc()
        programme = HighsLp()
        programme.num_row_, programme.num_col_ = by_column.shape
        programme.col_cost_ = np.zeros(lower.size)
        programme.col_lower_, programme.col_upper_ = lower, upper
        programme.row_lower_ = programme.row_upper_ = totals
        programme.a_matrix_.format_ = MatrixFormat.kColwise
        programme.a_matrix_.start_ = by_column.indptr
        programme.a_matrix_.index_ = by_column.indices
        programme.a_matrix_.value_ = by_column.data
        self._solver = Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)  # one answer, however many processors there are
        self._solver.passModel(programme)
        self._columns: Places = np.arange(lower.size, dtype=np.int32)
        self._bounded = True

    def bound(self, lower: Numbers, upper: Numbers) -> None:
        """Puts other bounds in the place of those before, one of each for every column."""
        self._solver.changeColsBounds(self._columns.size, self._columns, lower, upper)
        self._bounded = True

    def cheapest(self, cost: Numbers, *, anew: bool = False) -> Numbers:
        """The values of the columns that come to the totals and cost least, a cost for each column.

        It starts at the answer before, which is quick where little has changed; `anew` starts from
        nothing, which is quicker where all has. What no values come to is a ValueError, and so is a
        cost that can fall without end.

        Source: the simplex method; solved by HiGHS (Huangfu and Hall 2018, Parallelizing the dual
        revised simplex method, Mathematical Programming Computation 10) through highspy.

        >>> from scipy.sparse import coo_array
        >>> two = coo_array(np.ones((1, 2)))
        >>> ten = LinearProgramme(two, np.array([10.0]), np.zeros(2), np.array([8.0, 8.0]))
        >>> ten.cheapest(np.array([1.0, 0.0])).tolist(), ten.cheapest(np.array([0.0, 1.0])).tolist()
        ([2.0, 8.0], [8.0, 2.0])
        """
        from highspy import HighsModelStatus

        solver = self._solver
        solver.changeColsCost(self._columns.size, self._columns, cost)
        for again in (anew, True):
            if again:
                solver.clearSolver()
            # Within other bounds the last answer may not fit any more; for another cost it does.
            way = _DUAL if again or self._bounded else _PRIMAL
            solver.setOptionValue("simplex_strategy", way)
            solver.run()
            self._bounded = False
            if solver.getModelStatus() == HighsModelStatus.kOptimal:
                return np.array(solver.getSolution().col_value)
        refuse_where(np.bool_(True), "no numbers come to the totals, or cost least")
        raise AssertionError("refused above")
