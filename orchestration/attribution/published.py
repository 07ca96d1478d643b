"""Rounds figures for publication, so that the same counts give the same bytes in every run.

In linear algebra the order of additions depends on the library, the number of threads and even an
array's place in memory, so the last digits of a result are random. They are rounded off here, once,
before anything is credited or written.

Belongs here: how many digits a figure keeps. Does not belong here: computing it. Doubles that SQL
computes go through the macro `published_double`.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from orchestration.attribution.counts import FloatArray

DECIMALS = 10
"""Decimals of a share of the whole. Errors of solving lie around 1e-15."""

_BLOCK = ["attribution_model", "conversion_type", "dimension"]
_ENDS = ("", "_low", "_high")


def published(estimates: pd.DataFrame) -> pd.DataFrame:
    """Rounds the results of the channel-level models.

    Removal effects keep ten decimals. Amounts divided among members keep ten digits, counted from
    the power of ten at or above their total, because rounding errors grow with it: conversions out
    of 878 keep seven decimals, value out of 6,900,000 three.

    Args:
        estimates: The rows of `channel_attribution`.

    Returns:
        The same rows, without negative zeros. Figures stay within their intervals; NaN stays NaN.
    """
    rounded = estimates.copy()
    effects = [f"removal_effect{end}" for end in _ENDS]
    rounded[effects] = _rounded(rounded[effects], 1.0)
    for rows in estimates.groupby(_BLOCK, sort=False, observed=True).groups.values():
        for figure, more in (("conversions", ["standard_error"]), ("value", [])):
            columns = [*(f"{figure}{end}" for end in _ENDS), *more]
            whole = float(estimates.loc[rows, figure].sum())
            rounded.loc[rows, columns] = _rounded(estimates.loc[rows, columns], whole)
    return rounded


def _rounded(figures: pd.DataFrame, whole: float) -> FloatArray:
    # A total that was added up is uncertain in its own last digits.
    size = float(f"{abs(whole):.{DECIMALS}g}")
    places = DECIMALS - (math.ceil(math.log10(size)) if size else 0)
    return np.asarray(np.round(figures.to_numpy(np.float64), places) + 0.0, dtype=np.float64)
