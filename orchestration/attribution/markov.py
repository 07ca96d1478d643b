"""Removal effects of the members of an absorbing chain: exact, from one inverse for all members.

Removing a member sends every path that would enter it to the end without conversion. With Q the
transition probabilities between states, s the start's, R the probabilities (or the expected value)
of converting next, N = (I - Q)^-1 and r = N R, a path starts, ever enters the set S of a member's
states, and then converts with probability (sN)_S (N_SS)^-1 r_S: (sN)_S (N_SS)^-1 is where S is
first entered. In a first-order chain S is one state and this is (sN)_j r_j / N_jj. Divided by s r
it is the member's removal effect (Anderl et al., 2016, define it by solving the reduced chain).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.attribution.chains import Chain
from orchestration.attribution.counts import FloatArray, IntArray
from orchestration.attribution.linear import left_by_bucket

_DUST = 1e-12
"""Effects below this are rounding errors: effects are shares of the whole."""

SOLVED_STATES = 64
"""Up to this many states every resample is solved separately: 200 of them in 20 ms. At 240 states
it takes 0.8 s, and ten times that when two linear-algebra threads share a busy machine.
"""

_CHUNK = 3_000_000
"""Numbers in one stack of matrices: 24 MB, of which some six are alive at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """What the chain loses without each member, per resample.

    Attributes:
        conversions: Converting paths.
        value: Their value.
        on_conversions: Share of the conversions lost, resamples x members.
        on_value: Share of the value lost, resamples x members.
    """

    conversions: FloatArray
    value: FloatArray
    on_conversions: FloatArray
    on_value: FloatArray

    def credited(self) -> tuple[FloatArray, FloatArray]:
        """Conversions and value of each member: the totals, divided in proportion to the effects.

        When the effects on value are not shares (the total is not positive, or an effect is
        negative), the value follows the effects on conversions.
        """
        sound = (self.value > 0) & (self.on_value >= 0).all(axis=1)
        sound &= self.on_value.sum(axis=1) > 0
        by_value = np.where(sound[:, None], self.on_value, self.on_conversions)
        return (
            self.conversions[:, None] * _shares(self.on_conversions),
            self.value[:, None] * _shares(by_value),
        )


def removal(chain: Chain, weights: FloatArray) -> Removal:
    """Removal effects under each weighting of the buckets.

    Args:
        chain: The chain.
        weights: One line per resample, one column per bucket. Up to `SOLVED_STATES` states each is
            solved. Beyond, one solve gives the derivatives by bucket; with them a line of ones is
            exact and the others are exact to first order (see `linear`).
    """
    if chain.states > SOLVED_STATES:
        return _linear_removal(chain, weights)
    chunk = max(1, _CHUNK // max(1, chain.states**2))
    parts = [
        removal_effects(*chain.arrays(weights[low : low + chunk]), chain.group, len(chain.members))
        for low in range(0, len(weights), chunk)
    ]
    return Removal(
        np.concatenate([part.conversions for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.on_conversions for part in parts]),
        np.concatenate([part.on_value for part in parts]),
    )


def _linear_removal(chain: Chain, weights: FloatArray) -> Removal:
    steps = chain.steps
    converting = (chain.target == chain.states)[steps.feature]
    whole = np.stack(
        [
            weights @ np.bincount(steps.bucket, row * converting, steps.buckets)
            for row in steps.amounts
        ]
    )[:, :, None]
    left = weights @ left_by_bucket(chain)
    lost = np.divide(whole - left, whole, out=np.zeros_like(left), where=whole != 0)
    lost[np.abs(lost) < _DUST] = 0
    lost[0] = lost[0].clip(0, 1)
    if (steps.amounts[1] >= 0).all():
        lost[1] = lost[1].clip(0, 1)
    return Removal(whole[0, :, 0], whole[1, :, 0], lost[0], lost[1])


def removal_effects(
    counts: FloatArray, values: FloatArray, group: IntArray, members: int
) -> Removal:
    """Removal effects of counted chains.

    Args:
        counts: Chains x (n states, then the start) x (n states, conversion, end without).
        values: Value of the conversions that left each state, chains x n.
        group: The member of each state.
        members: How many members there are.

    Raises:
        numpy.linalg.LinAlgError: A state cannot be left.
    """
    n = len(group)
    flows, leaving = counts[:, :n], counts[:, :n].sum(axis=2)
    chance = flows / np.where(leaving > 0, leaving, 1)[:, :, None]
    paths = counts[:, n].sum(axis=1)
    start = counts[:, n, :n] / np.where(paths > 0, paths, 1)[:, None]
    mean_value = values / np.where(leaving > 0, leaving, 1)

    visits = np.linalg.inv(np.eye(n) - chance[:, :, :n])
    reward = visits @ np.stack([chance[:, :, n], mean_value], axis=2)
    reached = (start[:, None, :] @ visits)[:, 0]
    total = np.einsum("bn,bnq->bq", start, reward)

    block, filled = _blocks(group, members)
    inner = visits[:, block[:, :, None], block[:, None, :]]
    both = filled[:, :, None] & filled[:, None, :]
    inner = np.where(both, inner, np.eye(block.shape[1]))
    entered = np.where(filled, reached[:, block], 0.0)
    first = np.linalg.solve(inner.swapaxes(2, 3), entered[:, :, :, None])[:, :, :, 0]
    lost = np.einsum("bmk,bmkq->bmq", first, reward[:, block] * filled[:, :, None])

    whole = total[:, None, :]
    there = np.abs(whole) > _DUST * np.abs(reward).max(axis=1, keepdims=True, initial=0)
    effects = np.divide(lost, whole, out=np.zeros_like(lost), where=there)
    effects[np.abs(effects) < _DUST] = 0
    return Removal(
        counts[:, :n, n].sum(axis=1),
        values.sum(axis=1),
        np.clip(effects[:, :, 0], 0, 1),
        effects[:, :, 1],
    )


def _blocks(
    group: IntArray, members: int
) -> tuple[IntArray, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """The states of each member, padded to the same number, and which of them are states."""
    sizes = np.bincount(group, minlength=members)
    by_member = np.argsort(group, kind="stable")
    offset = np.arange(sizes.max(initial=1))
    filled = offset < sizes[:, None]
    place = np.where(filled, (np.cumsum(sizes) - sizes)[:, None] + offset, 0)
    return by_member[place], filled


def _shares(effects: FloatArray) -> FloatArray:
    total = effects.sum(axis=1, keepdims=True)
    shares = np.zeros_like(effects)
    np.divide(effects, total, out=shares, where=total != 0)
    return shares
