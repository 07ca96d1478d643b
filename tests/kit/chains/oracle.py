"""The channel-level models computed literally from their definitions, and slowly.

Nothing here is shared with the code under test: the chain is solved again without each member, and
Shapley values come from every order in which the members can arrive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np

from tests.kit.chains.paths import Path

Walk = Callable[[Path], list[Hashable]]
Figures = dict[str, tuple[float, float]]


def first_order(path: Path) -> list[Hashable]:
    """A state is a member."""
    return list(path.members)


def second_order(path: Path) -> list[Hashable]:
    """A state is a member and the one before it."""
    return list(zip((None, *path.members), path.members, strict=False))


def reward_without(
    paths: Sequence[Path], walk: Walk, removed: str | None, *, of_value: bool
) -> float:
    """Expected conversions (or value) of a path when entering ``removed`` ends it."""
    steps: defaultdict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    rewards: defaultdict[Hashable, float] = defaultdict(float)
    for path in paths:
        states = ["start", *walk(path)]
        for here, there in pairwise(states):
            steps[here][there] += 1
        steps[states[-1]]["end"] += 1
        if path.converts:
            rewards[states[-1]] += path.value if of_value else 1

    def gone(state: Hashable) -> bool:
        return removed is not None and removed == (state[1] if isinstance(state, tuple) else state)

    kept = [state for state in steps if not gone(state)]
    place = {state: number for number, state in enumerate(kept)}
    matrix, right = np.eye(len(kept)), np.zeros(len(kept))
    for state in kept:
        leaving = sum(steps[state].values())
        right[place[state]] = rewards[state] / leaving
        for there, count in steps[state].items():
            if there in place:
                matrix[place[state], place[there]] -= count / leaving
    return float(np.linalg.solve(matrix, right)[place["start"]])


def removal_effects(paths: Sequence[Path], walk: Walk, *, of_value: bool) -> dict[str, float]:
    """One minus the share that remains without each member; 0 where there is nothing to lose."""
    whole = reward_without(paths, walk, None, of_value=of_value)
    members = sorted({member for path in paths for member in path.members})
    return {
        member: 1 - reward_without(paths, walk, member, of_value=of_value) / whole if whole else 0.0
        for member in members
    }


def markov(paths: Sequence[Path], walk: Walk) -> Figures:
    """Conversions and value of each member, in proportion to the effects on each."""
    conversions = sum(path.converts for path in paths)
    value = sum(path.worth for path in paths)
    effects = removal_effects(paths, walk, of_value=False)
    on_value = removal_effects(paths, walk, of_value=True) if value > 0 else effects
    if any(effect < -1e-12 for effect in on_value.values()):
        on_value = effects
    total, total_value = sum(effects.values()) or 1, sum(on_value.values()) or 1
    return {
        member: (conversions * effects[member] / total, value * on_value[member] / total_value)
        for member in effects
    }


def shapley(paths: Sequence[Path]) -> Figures:
    """Each member's mean contribution to the rate on arrival, over all orders of arrival."""
    members = sorted({member for path in paths for member in path.members})

    def worth(inside: set[str]) -> tuple[Fraction, Fraction]:
        among = [path for path in paths if inside.issuperset(path.members)]
        if not among:
            return Fraction(0), Fraction(0)
        conversions = sum(path.converts for path in among)
        value = sum(Fraction(path.worth) for path in among)
        return Fraction(conversions, len(among)), value / len(among)

    coalitions: dict[frozenset[str], tuple[Fraction, Fraction]] = {}
    added = {member: [Fraction(0), Fraction(0)] for member in members}
    orders = list(permutations(members))
    for order in orders:
        before = (Fraction(0), Fraction(0))
        for arrived, member in enumerate(order, start=1):
            inside = frozenset(order[:arrived])
            if inside not in coalitions:
                coalitions[inside] = worth(set(inside))
            after = coalitions[inside]
            added[member][0] += after[0] - before[0]
            added[member][1] += after[1] - before[1]
            before = after
    scale = Fraction(len(paths), len(orders))
    return {
        member: (float(rate * scale), float(value * scale))
        for member, (rate, value) in added.items()
    }
