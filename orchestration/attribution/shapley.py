"""Shapley values of the rate game: a member's effect on the conversion rate of the paths it joins.

The worth of a set of members is the conversions of the paths that lie inside it, by the number of
those paths (0 if there are none); for value, their value by the same number. A member that lowers
the rate of the coalitions it joins keeps its negative value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from orchestration.attribution.counts import BucketCounts, FloatArray, IntArray, distinct
from orchestration.foundation.errors import TributaryError

WORD_BITS = 62
"""Bits of a word of a set, as in ``dbt_project/macros/attribution/bits.sql``."""
WORDS = ("set_1", "set_2", "set_3", "set_4")
EXACT_PLAYERS = 20
"""Up to this many members every coalition is weighed: 2^20 of them."""
EXACT_RESAMPLED = 12
"""Up to this many members every coalition is weighed in every resample too."""
ORDERS = 2048
"""Orders of arrival drawn when there are too many coalitions."""
RESAMPLED_ORDERS = 128
"""How many of them are used in every resample."""

_CHUNK = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """Paths by the set of members on them, kept by bucket of people.

    Attributes:
        players: The bits that occur in some path, in the given order.
        holds: Which players each distinct set holds, sets x players.
        paths: Journeys, conversions and value of each set.
    """

    players: IntArray
    holds: NDArray[np.bool_]
    paths: BucketCounts


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders of arrival of the players; each order is followed by its reverse.

    Attributes:
        arrivals: Player at each place, orders x players.
        entry: Place at which each set is complete, sets x orders.
    """

    arrivals: IntArray
    entry: NDArray[np.uint8]

    def first(self, count: int) -> Orders:
        """The first so many orders."""
        return Orders(self.arrivals[:count], self.entry[:, :count])


def build_game(
    coverage: pd.DataFrame, bucket: IntArray, buckets: int, *, bits: Sequence[int], where: str
) -> Game:
    """Finds the distinct sets and players of one conversion type and dimension.

    Args:
        coverage: set_1 to set_4, journeys, conversions, conversion_value.
        bucket: Bucket of each row, from 0.
        buckets: How many buckets there are.
        bits: The order of the bits for players and sets. It makes both the orders of arrival that
            are drawn and the last digit of a sum independent of which member has which bit.
        where: Named in errors.

    Raises:
        TributaryError: A path without members.
    """
    words = coverage[list(WORDS)].to_numpy(np.int64)
    feature = np.zeros(len(words), dtype=np.int64)
    for word in words.T:
        values, place = distinct(word)
        _, feature = distinct(feature * len(values) + place)
    sets = np.zeros((feature.max(initial=-1) + 1, len(WORDS)), dtype=np.int64)
    sets[feature] = words
    if not sets.any(axis=1).all():
        raise TributaryError(
            "A path has no member.",
            where,
            "Leave paths without touches out of the coverage: no member can be credited.",
        )
    every = np.arange(WORD_BITS * len(WORDS))
    holds = (sets[:, every // WORD_BITS] >> (every % WORD_BITS)) & 1 == 1
    rank = {bit: number for number, bit in enumerate(bits)}
    occurring: list[int] = np.flatnonzero(holds.any(axis=0)).tolist()
    occurring.sort(key=lambda bit: rank.get(bit, len(rank) + bit))
    players = np.array(occurring, dtype=np.int64)
    holds = holds[:, players]
    order = np.lexsort(holds.T)
    place_of = np.empty_like(order)
    place_of[order] = np.arange(len(order))
    amounts = [
        coverage[column].fillna(0).to_numpy(np.float64)
        for column in ("journeys", "conversions", "conversion_value")
    ]
    paths = BucketCounts.of(bucket, place_of[feature], np.stack(amounts), buckets, len(sets))
    return Game(players, holds[order], paths)


def exact(game: Game, weights: FloatArray) -> FloatArray:
    """Shapley values over all coalitions, under each weighting of the buckets.

    The sums of all coalitions come from one zeta transform.

    Returns:
        (conversion rate, value per path) x resamples x players.
    """
    n = len(game.players)
    masks = game.holds @ (1 << np.arange(n))
    size = np.bitwise_count(np.arange(1 << n)).astype(np.int64)
    # |S|! (n - |S| - 1)! / n!: the probability that exactly the set S precedes a given player.
    before = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)] + [0])
    joined, left = before[size - 1], before[size]
    chunk = max(1, _CHUNK >> (n + 1))
    parts = []
    for low in range(0, len(weights), chunk):
        some = weights[low : low + chunk]
        sums = np.zeros((3, len(some), 1 << n))
        sums[:, :, masks] = game.paths.weighted(some)
        for player in range(n):
            halves = sums.reshape(3, len(some), -1, 2, 1 << player)
            halves[:, :, :, 1] += halves[:, :, :, 0]
        rate = _rates(sums)
        without = (rate * left).sum(axis=2)
        rate *= joined + left
        values = np.empty((2, len(some), n))
        for player in range(n):
            halves = rate.reshape(2, len(some), -1, 2, 1 << player)
            values[:, :, player] = halves[:, :, :, 1].sum(axis=(2, 3)) - without
        parts.append(values)
    return np.concatenate(parts, axis=1)


def draw_orders(game: Game, pairs: int, rng: np.random.Generator) -> Orders:
    """Draws orders of arrival, each followed by its reverse (antithetic)."""
    n = len(game.players)
    drawn = rng.permuted(np.tile(np.arange(n), (pairs, 1)), axis=1)
    arrivals = np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(-1, n)
    place = np.argsort(arrivals, axis=1).astype(np.uint8).T.copy()
    sizes = game.holds.sum(axis=1)
    largest = np.argsort(-sizes, kind="stable")
    members = np.nonzero(game.holds[largest])[1]
    offset = np.cumsum(sizes[largest]) - sizes[largest]
    entry = place[members[offset]]
    for further in range(1, int(sizes.max(initial=1))):
        some = offset[: np.count_nonzero(sizes > further)]
        np.maximum(entry[: len(some)], place[members[some + further]], out=entry[: len(some)])
    return Orders(arrivals, entry[np.argsort(largest)])


def sampled(game: Game, orders: Orders) -> tuple[FloatArray, FloatArray]:
    """Shapley values estimated from orders of arrival, and their standard errors.

    Returns:
        (conversion rate, value per path) x players, twice: the mean over the orders, and its
        standard error from the spread of the pairs.
    """
    n, count = len(game.players), len(orders.arrivals)
    whole = game.paths.weighted(np.ones((1, game.paths.buckets)))[:, 0]
    total, squares = np.zeros((2, n)), np.zeros((2, n))
    chunk = 2 * max(1, min(count, _CHUNK // len(game.holds)) // 2)
    repeated = [np.tile(amount, chunk) for amount in whole]
    for low in range(0, count, chunk):
        entry = orders.entry[:, low : low + chunk].T
        places = (np.arange(len(entry))[:, None] * n + entry).reshape(-1)
        sums = np.stack(
            [np.bincount(places, amount[: len(places)], len(entry) * n) for amount in repeated]
        ).reshape(3, -1, n)
        added = np.empty((2, len(entry), n))
        gained = np.diff(_rates(sums.cumsum(axis=2)), axis=2, prepend=0)
        np.put_along_axis(added, orders.arrivals[None, low : low + chunk], gained, axis=2)
        pair = added.reshape(2, -1, 2, n).mean(axis=2)
        total += pair.sum(axis=1)
        squares += (pair**2).sum(axis=1)
    pairs = count // 2
    mean = total / pairs
    spread = np.maximum(squares / pairs - mean**2, 0) / (pairs - 1)
    return mean, np.sqrt(spread)


def resampled(game: Game, orders: Orders, weights: FloatArray) -> FloatArray:
    """Shapley values estimated from the same orders of arrival under each weighting.

    Returns:
        (conversion rate, value per path) x resamples x players.
    """
    n, paths = len(game.players), game.paths
    values = np.zeros((2, len(weights), n))
    for arrival, sums in _prefixes(game, orders):
        cumulated = sums.cumsum(axis=2).transpose(1, 0, 2).reshape(paths.buckets, -1)
        rates = _rates((weights @ cumulated).reshape(-1, 3, n).transpose(1, 0, 2))
        values[:, :, arrival] += np.diff(rates, axis=2, prepend=0)
    return values / len(orders.arrivals)


def _prefixes(game: Game, orders: Orders) -> Iterator[tuple[IntArray, FloatArray]]:
    """For each order, the sets completed at each place: quantities x buckets x places."""
    n, paths = len(game.players), game.paths
    base = paths.bucket * n
    for order, arrival in enumerate(orders.arrivals):
        place = base + orders.entry[paths.feature, order]
        yield (
            arrival,
            np.stack(
                [
                    np.bincount(place, amount, paths.buckets * n).reshape(paths.buckets, n)
                    for amount in paths.amounts
                ]
            ),
        )


def _rates(sums: FloatArray) -> FloatArray:
    """Conversions and value by journeys; 0 where there are none."""
    rates = np.zeros_like(sums[1:])
    np.divide(sums[1:], sums[0], out=rates, where=sums[0] > 0)
    return rates
