"""What remains of a chain without a member, split by bucket of people.

Solving a large chain again in every resample is the only cost of the bootstrap that grows with the
cube of the observed pairs of members. What remains without a member is a function of the bucket
weights that doubles when they all double. By Euler's theorem it is exactly the sum, over the
buckets, of weight times derivative; and for other weights the same sum holds to first order (the
infinitesimal jackknife: Efron, 1982). So one solve serves the figure and all its resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from orchestration.attribution.chains import Chain
from orchestration.attribution.counts import FloatArray, IntArray

INVERTED_STATES = 2000
"""Up to this many states the chain is inverted (32 MB a matrix, 1 s); beyond, a series is used."""

_CHUNK = 2_000_000
_NEGLIGIBLE = 1e-16


def left_by_bucket(chain: Chain) -> FloatArray:
    """Derivatives of what remains without each member, with respect to each bucket's weight.

    With v the expected visits to a state and r the chance of converting from it, both without the
    member, one more step from a to b adds v_a / (steps from a) times (r_b - r_a).

    Args:
        chain: The chain.

    Returns:
        (conversions, value) x buckets x members. Their sum over the buckets is what remains.
    """
    n, steps = chain.states, chain.steps
    taken, worth = steps.weighted(np.ones((1, steps.buckets)))[:, 0]
    leaving = np.bincount(chain.source, taken, n + 1)
    paid = chain.target == n
    rewards = [
        np.bincount(chain.source[paid], amount[paid], n + 1)[:n] / leaving[:n]
        for amount in (taken, worth)
    ]
    solve = _inverted if n <= INVERTED_STATES else _summed
    left = np.zeros((2, steps.buckets, len(chain.members)))
    solved = solve(chain, taken / leaving[chain.source], taken, np.column_stack(rewards))
    for member, (visits, reward) in enumerate(solved):
        # The start, the conversion and the end without one follow the states.
        rate = np.append(visits / leaving[:n], 1.0)[chain.source]
        ahead = np.vstack([reward, [[1, 0], [0, 0]]])[chain.target]
        behind = np.vstack([reward, [[0, 0]]])[chain.source]
        by_step = rate[:, None] * (ahead - behind)
        on_conversions, on_value = by_step[steps.feature].T * steps.amounts[0]
        on_value += (rate * paid)[steps.feature] * steps.amounts[1]
        for kind, amount in enumerate((on_conversions, on_value)):
            left[kind, :, member] = np.bincount(steps.bucket, amount, steps.buckets)
    return left


def _inverted(
    chain: Chain, chance: FloatArray, taken: FloatArray, rewards: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """For each member, visits and expected rewards without it, from one inverse for all."""
    n = chain.states
    inner, first = _inner_and_first(chain)
    matrix = np.eye(n)
    matrix[chain.source[inner], chain.target[inner]] -= chance[inner]
    visits = np.linalg.inv(matrix)
    reward = visits @ rewards
    reached = taken[first] @ visits[chain.target[first]]
    for member in range(len(chain.members)):
        own = np.flatnonzero(chain.group == member)
        block = visits[np.ix_(own, own)]
        reached_without = reached - np.linalg.solve(block.T, reached[own]) @ visits[own]
        reward_without = reward - visits[:, own] @ np.linalg.solve(block, reward[own])
        reached_without[own], reward_without[own] = 0, 0
        yield reached_without, reward_without


def _summed(
    chain: Chain, chance: FloatArray, taken: FloatArray, rewards: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """The same as a series: adds what each further step contributes until it is nothing."""
    n = chain.states
    inner, first = _inner_and_first(chain)
    begun = np.bincount(chain.target[first], taken[first], n)
    onward = _stepper(chain.source[inner], chain.target[inner], chance[inner], n)
    backward = _stepper(chain.target[inner], chain.source[inner], chance[inner], n)
    width = max(1, _CHUNK // max(1, int(inner.sum())))
    for low in range(0, len(chain.members), width):
        members = np.arange(low, min(low + width, len(chain.members)))
        kept = (chain.group[:, None] != members).astype(np.float64)
        visits = _series(begun[:, None] * kept, backward, kept)
        both = np.concatenate([kept, kept], axis=1)
        reward = _series(np.repeat(rewards, len(members), axis=1) * both, onward, both)
        for place in range(len(members)):
            yield visits[:, place], reward[:, [place, place + len(members)]]


def _inner_and_first(
    chain: Chain,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Which kinds of step lead from state to state, and which from the start."""
    inside = chain.target < chain.states
    begins = chain.source == chain.states
    return inside & ~begins, inside & begins


def _stepper(
    into: IntArray, out_of: IntArray, chance: FloatArray, states: int
) -> Callable[[FloatArray], FloatArray]:
    """One step along the chain, as a product with its sparse matrix."""
    order = np.argsort(into, kind="stable")
    into, out_of, chance = into[order], out_of[order], chance[order, None]
    starts = np.flatnonzero(np.diff(into, prepend=-1))

    def step(amounts: FloatArray) -> FloatArray:
        moved = np.zeros((states, amounts.shape[1]))
        if len(into):
            moved[into[starts]] = np.add.reduceat(amounts[out_of] * chance, starts)
        return moved

    return step


def _series(
    first: FloatArray, step: Callable[[FloatArray], FloatArray], kept: FloatArray
) -> FloatArray:
    total, further = first.copy(), first
    while np.abs(further).max() > _NEGLIGIBLE * np.abs(total).max():
        further = step(further) * kept
        total += further
    return total
