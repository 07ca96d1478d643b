"""Figures as they are published: the same bytes from every run on the same counts.

Linear algebra adds in an order that its library, the number of threads and even the place of an
array in memory decide, so the last digits of what it solves are chance. They are cut off here,
once, before anything is credited or written.

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
    """Rounds what the channel-level models say.

    Removal effects keep ten decimals. What is divided among members keeps ten digits of the power
    of ten that is not below its total, because rounding errors grow with it: conversions out of
    878 keep seven decimals, value out of 6,900,000 three.

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
    # A whole that was added up is uncertain in its own last digits.
    size = float(f"{abs(whole):.{DECIMALS}g}")
    places = DECIMALS - (math.ceil(math.log10(size)) if size else 0)
    return np.asarray(np.round(figures.to_numpy(np.float64), places) + 0.0, dtype=np.float64)
