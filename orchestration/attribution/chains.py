"""Turns counted transitions into the states of an absorbing chain, of first or second order.

Computing removal effects belongs in `markov`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.attribution.counts import BucketCounts, FloatArray, IntArray, distinct
from orchestration.foundation.errors import TributaryError

START = "(start)"
CONVERSION = "(conversion)"
NULL = "(null)"
NONE = "(none)"

NUMBERED = {-1: NONE, -2: START, -3: CONVERSION, -4: NULL}
"""States that are not members, with their numbers from
``dbt_project/macros/attribution/states.sql``.
"""

_REMEDY = "Report it: the model that counts the transitions contradicts itself."


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """An absorbing chain whose counts are kept by bucket of people.

    States are numbered from 0 to n - 1. As a source, n is the start; as a target, n is the
    conversion and n + 1 the path that ends without one.

    Attributes:
        members: Member keys, in order.
        group: The member each state stands for; removing a member removes all its states.
        source: Source of each kind of step.
        target: Target of each kind of step.
        steps: How often each kind of step was taken, and the value of the conversions it led to.
    """

    members: list[str]
    group: IntArray
    source: IntArray
    target: IntArray
    steps: BucketCounts

    @property
    def states(self) -> int:
        """How many states a path can be in before it ends."""
        return len(self.group)

    def arrays(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The chain's counts under each weighting of the buckets.

        Args:
            weights: One line per resample, one column per bucket.

        Returns:
            Counts, resamples x (n + 1 sources) x (n + 2 targets), and the value of the
            conversions that left each state, resamples x n.
        """
        n = self.states
        taken, worth = self.steps.weighted(weights)
        counts = np.zeros((len(weights), n + 1, n + 2))
        counts[:, self.source, self.target] = taken
        values = np.zeros((len(weights), n))
        paid = self.target == n
        values[:, self.source[paid]] = worth[:, paid]
        return counts, values


def with_state_names(transitions: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Transitions between numbered states, with the states' names.

    Categories, because a million strings take two seconds to look up.

    Args:
        transitions: previous_state, state and next_state as numbers; negative for non-members.
        members: member_number, member_key.

    Raises:
        KeyError: A state is not a member's number.
    """
    keys = NUMBERED | dict(zip(members["member_number"], members["member_key"], strict=True))
    # A lead source and a lead channel may have the same key.
    code, names = pd.factorize(pd.Series(keys))
    code_of = pd.Series(code, index=list(keys))
    return transitions.assign(
        **{
            column: pd.Categorical.from_codes(
                code_of.loc[transitions[column]].to_numpy(), categories=names
            )
            for column in ("previous_state", "state", "next_state")
        }
    )


def members_of(transitions: pd.DataFrame) -> list[str]:
    """The member keys that paths pass through, sorted."""
    return sorted(set(transitions["state"].unique()) - {START})


def build_chain(
    transitions: pd.DataFrame, bucket: IntArray, buckets: int, *, order: int, where: str
) -> Chain:
    """Numbers the states of a chain and counts its steps.

    Args:
        transitions: Rows of one conversion type and dimension: previous_state, state, next_state,
            transitions, conversion_value.
        bucket: Bucket of each row, from 0.
        buckets: How many buckets there are.
        order: 1: a state is a member; 2: a state is a member and the one before it.
        where: Named in errors.

    Raises:
        TributaryError: The rows are not a set of whole paths: there is a path without members, a
            state that is entered more often than left, or one that no path leaves.
    """
    members = members_of(transitions)
    codes = {key: code for code, key in enumerate([*members, START, CONVERSION, NULL, NONE])}
    m = len(members)
    previous, state, following = (
        _coded(transitions[column], codes, where)
        for column in ("previous_state", "state", "next_state")
    )
    _refuse_odd_steps(previous, state, following, m, where)
    begins, ends = state == m, following > m
    if order == 1:
        group = np.arange(m, dtype=np.int64)
        source = state
        target = np.where(ends, following - 1, following)
    else:
        # (member before, member) as one number; the start precedes a path's first member.
        after, into = previous * m + state, state * m + following
        pairs, _ = distinct(np.concatenate([after[~begins], into[~ends]]))
        group = pairs % m
        n = len(pairs)
        source = np.where(begins, n, np.searchsorted(pairs, after))
        target = np.where(ends, following - m - 1 + n, np.searchsorted(pairs, into))
    n = len(group)
    kinds, feature = distinct(source * (n + 2) + target)
    steps = BucketCounts.of(
        bucket,
        feature,
        np.stack([_amounts(transitions["transitions"]), _amounts(transitions["conversion_value"])]),
        buckets,
        len(kinds),
    )
    chain = Chain(members, group, kinds // (n + 2), kinds % (n + 2), steps)
    _refuse_broken_paths(chain, where)
    return chain


def _coded(column: pd.Series, codes: dict[str, int], where: str) -> IntArray:
    coded = column.map(codes)
    if coded.isna().any():
        raise TributaryError(
            f"A path enters {column[coded.isna()].iloc[0]!r} and never leaves it.", where, _REMEDY
        )
    return np.asarray(coded, dtype=np.int64)


def _amounts(column: pd.Series) -> FloatArray:
    return column.fillna(0).to_numpy(np.float64)


def _refuse_odd_steps(
    previous: IntArray, state: IntArray, following: IntArray, m: int, where: str
) -> None:
    start, none = m, m + 3
    first = state == start
    if (first & ((following > m) | (previous != none))).any():
        raise TributaryError(
            "A path has no member between its start and its end.",
            where,
            "Leave paths without touches out of the transitions: no member can be credited.",
        )
    odd = (state > start) | (following == start) | (following == none)
    odd |= ~first & (previous > start)
    if odd.any():
        raise TributaryError("A transition belongs to no path.", where, _REMEDY)


def _refuse_broken_paths(chain: Chain, where: str) -> None:
    """Check that in each bucket paths leave every state as often as they enter it, and end."""
    n, steps = chain.states, chain.steps
    taken = steps.amounts[0]
    source, target = chain.source[steps.feature], chain.target[steps.feature]
    inner, outer = target < n, source < n
    key = np.concatenate(
        [steps.bucket[inner] * n + target[inner], steps.bucket[outer] * n + source[outer]]
    )
    places, place = distinct(key)
    balance = np.bincount(place, np.concatenate([taken[inner], -taken[outer]]), len(places))
    ending = np.zeros(n + 2, dtype=bool)
    ending[n:] = True
    known = 0
    while known < (known := int(ending.sum())):
        ending[chain.source[(chain.source < n) & ending[chain.target]]] = True
    broken = [*(places[balance != 0] % n), *np.flatnonzero(~ending[:n])]
    if (taken < 0).any() or broken:
        named = chain.members[chain.group[broken[0]]] if broken else "(start)"
        raise TributaryError(
            f"The transitions around {named!r} are not those of whole paths.", where, _REMEDY
        )
