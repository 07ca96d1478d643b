"""How far each bucket of people carries what is left of a chain without a member.

Solving a large chain anew in every resample is the one cost of the bootstrap that grows with the
cube of the observed pairs of members. What is left without a member is a function of the weights
of the buckets that doubles when they all double; by Euler's theorem it is the sum, over the
buckets, of weight times derivative, and to first order the derivatives stay where they are (the
infinitesimal jackknife: Efron, 1982). They come from the one inverse of the chain itself.
"""

from __future__ import annotations

import numpy as np

from orchestration.attribution.chains import Chain
from orchestration.attribution.counts import FloatArray


def left_by_bucket(chain: Chain) -> FloatArray:
    """Derivatives, by the weight of each bucket, of what is left without each member.

    With v the expected visits to a state and r the chance of converting from it, both without the
    member, one more step from a to b adds v_a / (steps from a) times (r_b - r_a).

    Args:
        chain: The chain.

    Returns:
        (conversions, value) x buckets x members. Their sum over the buckets is what is left.
    """
    n, steps = chain.states, chain.steps
    counts, values = (part[0] for part in chain.arrays(np.ones((1, steps.buckets))))
    leaving = counts[:n].sum(axis=1)
    chance = counts[:n] / leaving[:, None]
    visits = np.linalg.inv(np.eye(n) - chance[:, :n])
    reward = visits @ np.column_stack([chance[:, n], values / leaving])
    reached = counts[n, :n] @ visits

    left = np.zeros((2, steps.buckets, len(chain.members)))
    for member in range(len(chain.members)):
        own = np.flatnonzero(chain.group == member)
        inner = visits[np.ix_(own, own)]
        rate = (reached - np.linalg.solve(inner.T, reached[own]) @ visits[own]) / leaving
        worth = reward - visits[:, own] @ np.linalg.solve(inner, reward[own])
        rate[own], worth[own] = 0, 0
        # The start, the conversion and the end without one follow the states.
        rate = np.append(rate, 1.0)
        ahead = np.vstack([worth, [[1, 0], [0, 0]]])[chain.target]
        behind = np.vstack([worth, [[0, 0]]])[chain.source]
        by_step = rate[chain.source, None] * (ahead - behind)
        by_value = np.where(chain.target == n, rate[chain.source], 0)
        on_conversions, on_value = by_step[steps.feature].T * steps.amounts[0]
        on_value += by_value[steps.feature] * steps.amounts[1]
        for reward_kind, amount in enumerate((on_conversions, on_value)):
            left[reward_kind, :, member] = np.bincount(steps.bucket, amount, steps.buckets)
    return left
