"""What chance alone explains: intervals of shares, and counts that differ from the usual.

Belongs here: the formulas. Does not belong here: what is compared (``week.py``, ``headline.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Z2 = 2.705543454095404
"""The square of the normal quantile of a 90 % interval, as in the marts' own intervals."""


def interval(successes: int, trials: int) -> tuple[float, float] | None:
    """The 90 % interval of a share by Wilson's score; none without trials.

    Source: E. B. Wilson, Journal of the American Statistical Association, 1927.
    """
    if trials <= 0:
        return None
    middle = successes + Z2 / 2
    half = math.sqrt(Z2 * (successes * (trials - successes) / trials + Z2 / 4))
    # By the formula these ends are 0 and 1; floats miss them by a little.
    low = 0.0 if successes == 0 else (middle - half) / (trials + Z2)
    high = 1.0 if successes == trials else (middle + half) / (trials + Z2)
    return low, high


def surprise(now: int, before: int, share: float) -> float:
    """How probable a count is that lies as far from the usual as this one, or farther, either way.

    Given both counts together, the new one is binomial with that share where nothing changed: the
    exact conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika, 1940).

    Args:
        now: The new count.
        before: The count of the time before.
        share: The new period's share of the time of both, 1/9 for one week after eight.

    Returns:
        The two-sided p-value; 1 where both counts are 0.
    """
    total = now + before
    if total == 0:
        return 1.0
    logs = [
        math.lgamma(total + 1)
        - math.lgamma(k + 1)
        - math.lgamma(total - k + 1)
        + k * math.log(share)
        + (total - k) * math.log1p(-share)
        for k in range(total + 1)
    ]
    # What is as improbable as the count seen, up to rounding.
    bar = logs[now] + 1e-9
    return min(1.0, sum(math.exp(log) for log in logs if log <= bar))


def beyond_chance(probabilities: Sequence[float], false_share: float = 0.1) -> set[int]:
    """Which of many comparisons to believe, so that few of those believed are chance.

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B, 1995.

    Args:
        probabilities: The p-value of each comparison.
        false_share: The share of false findings among those returned that is accepted.

    Returns:
        Positions in ``probabilities``.
    """
    order = sorted(range(len(probabilities)), key=lambda position: probabilities[position])
    last = 0
    for rank, position in enumerate(order, 1):
        if probabilities[position] <= false_share * rank / len(order):
            last = rank
    return set(order[:last])
