"""The bootstrap over people: the weights of each resample, and the resulting intervals."""

from __future__ import annotations

import numpy as np

from orchestration.attribution.counts import FloatArray

COVERED = (5.0, 95.0)
"""Percentiles that bound a 90 % interval."""


def resample_weights(buckets: int, resamples: int, seed: int) -> FloatArray:
    """How often each bucket of people is drawn in each resample.

    Buckets are drawn with replacement, as many as there are. People are hashed into buckets, so a
    company with fewer people than buckets resamples the people themselves.

    Args:
        buckets: How many buckets are not empty.
        resamples: How many resamples to draw.
        seed: The same seed and number of buckets draw the same resamples.

    Returns:
        Resamples x buckets.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(buckets, np.full(buckets, 1 / buckets), size=resamples)
    return drawn.astype(np.float64)


def interval(resampled: FloatArray, point: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The 90 % percentile interval, widened if it would not contain the figure itself.

    A percentile interval need not contain the figure (a share near its bound is resampled to one
    side), and a reader who sees a figure outside its own interval distrusts both.

    Args:
        resampled: Resamples x figures; no resamples mean no interval (NaN).
        point: The figures.

    Returns:
        Lower and upper ends.
    """
    if not len(resampled):
        return np.full_like(point, np.nan), np.full_like(point, np.nan)
    low, high = np.percentile(resampled, COVERED, axis=0)
    return np.minimum(low, point), np.maximum(high, point)
