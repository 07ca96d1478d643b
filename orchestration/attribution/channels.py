"""Channel-level attribution: what each lead source or channel contributed, by model.

The entry point is `channel_attribution`. SQL counts the paths; the models are in `markov` and
`shapley`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.attribution import shapley
from orchestration.attribution.bootstrap import interval, resample_weights
from orchestration.attribution.chains import CONVERSION, START, build_chain, members_of
from orchestration.attribution.counts import FloatArray, IntArray
from orchestration.attribution.markov import removal
from orchestration.foundation.errors import TributaryError

CHAIN_ORDERS = {"markov": 1, "markov_2": 2}
MODELS = (*CHAIN_ORDERS, "shapley_rate")
FIGURES = ("conversions", "value", "removal_effect")
COLUMNS = (
    "attribution_model",
    "conversion_type",
    "dimension",
    "member_key",
    *FIGURES,
    *(f"{figure}_{end}" for figure in FIGURES for end in ("low", "high")),
    "standard_error",
)
_KEYS = COLUMNS[:4]


@dataclass(frozen=True, slots=True, eq=False)
class _Paths:
    """The paths of one conversion type and dimension, and the weights of its people's buckets."""

    where: str
    transitions: pd.DataFrame
    coverage: pd.DataFrame
    members: pd.DataFrame
    buckets: pd.Index
    weights: FloatArray
    seed: int

    def bucket(self, rows: pd.DataFrame) -> IntArray:
        """Number of each row's bucket."""
        return np.asarray(self.buckets.get_indexer(pd.Index(rows["bucket"])), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """One model's results: rows of figures, the point estimate first and then the resamples."""

    members: list[str]
    conversions: FloatArray
    value: FloatArray
    removal_effect: FloatArray
    standard_error: FloatArray


def channel_attribution(
    transitions: pd.DataFrame,
    coverage: pd.DataFrame,
    members: pd.DataFrame,
    *,
    models: Sequence[str],
    resamples: int = 200,
    seed: int = 20,
) -> pd.DataFrame:
    """Attributes conversions and their value to lead sources or channels, with 90 % intervals.

    Args:
        transitions: conversion_type, dimension, bucket (of people), previous_state, state,
            next_state, transitions (how many), conversion_value (of the conversions reached; null
            counts 0). States are member keys, ``(start)``, ``(conversion)``, ``(null)`` and
            ``(none)``: the path start, a, b, conversion has the transitions (none, start, a),
            (start, a, b) and (a, b, conversion).
        coverage: conversion_type, dimension, bucket, set_1 to set_4 (the members on a path, 62
            bits a word), journeys, conversions, conversion_value.
        members: dimension, member_key, bit (0 to 247), share (of the bit's credit).
        models: Any of ``markov``, ``markov_2``, ``shapley_rate``.
        resamples: How often people are resampled for the intervals; 0 leaves them NaN.
        seed: Of the resamples and of the orders that Shapley values are estimated from.

    Returns:
        One row per attribution_model, conversion_type, dimension and member_key. ``conversions``
        add up to the converting paths and ``value`` to their value. ``removal_effect`` (0 to 1) is
        NaN for ``shapley_rate``, whose conversions and value may be negative. Each figure lies
        within its ``_low`` and ``_high``; these are NaN when one bucket holds everybody, because
        then nothing shows how people vary. ``standard_error`` is the error of ``conversions`` from
        estimating it by sampling: 0 where it is exact.

    Raises:
        TributaryError: A model is unknown, or no set of paths could have these counts.
    """
    unknown = sorted(set(models) - set(MODELS))
    if unknown:
        raise TributaryError(
            f"No channel-level model is called {', '.join(unknown)}.",
            remedy=f"Known are {', '.join(MODELS)}.",
        )
    kinds = pd.concat(
        [frame[["conversion_type", "dimension"]] for frame in (transitions, coverage)]
    )
    by_type = {
        str(conversion_type): sorted(rows["dimension"].unique())
        for conversion_type, rows in kinds.groupby("conversion_type", sort=True, observed=True)
    }
    parts = []
    for conversion_type, dimensions in by_type.items():
        steps, sets = (
            frame[frame["conversion_type"] == conversion_type] for frame in (transitions, coverage)
        )
        buckets = pd.Index(sorted({*steps["bucket"].unique(), *sets["bucket"].unique()}))
        weights = resample_weights(len(buckets), resamples if len(buckets) > 1 else 0, seed)
        weights = np.concatenate([np.ones((1, len(buckets))), weights])
        for dimension in dimensions:
            paths = _Paths(
                f"{conversion_type}, {dimension}",
                steps[steps["dimension"] == dimension],
                sets[sets["dimension"] == dimension],
                members[members["dimension"] == dimension],
                buckets,
                weights,
                seed,
            )
            _refuse_disagreement(paths, models)
            for model in sorted(set(models)):
                part = _frame(_solve(paths, model))
                part.insert(0, "dimension", dimension)
                part.insert(0, "conversion_type", conversion_type)
                part.insert(0, "attribution_model", model)
                parts.append(part)
    empty = pd.DataFrame(
        {column: pd.Series(dtype="str" if column in _KEYS else "float64") for column in COLUMNS}
    )
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty
    result = pd.concat(filled, ignore_index=True)[list(COLUMNS)].astype(empty.dtypes.to_dict())
    return result.sort_values(list(_KEYS), ignore_index=True)


def _refuse_disagreement(paths: _Paths, models: Sequence[str]) -> None:
    """Check that the inputs of all requested models describe the same paths."""
    if "shapley_rate" not in models or not CHAIN_ORDERS.keys() & set(models):
        return
    steps = paths.transitions
    begun = steps.loc[steps["state"] == START, "transitions"].sum()
    converted = steps.loc[steps["next_state"] == CONVERSION, "transitions"].sum()
    counted = paths.coverage[["journeys", "conversions"]].sum()
    if (begun, converted) != (counted["journeys"], counted["conversions"]):
        raise TributaryError(
            f"Transitions hold {begun:.0f} paths of which {converted:.0f} convert, coverage holds "
            f"{counted['journeys']:.0f} and {counted['conversions']:.0f}.",
            paths.where,
            "Build both from the same paths.",
        )


def _solve(paths: _Paths, model: str) -> _Solved:
    if model == "shapley_rate":
        return _solve_game(paths)
    chain = build_chain(
        paths.transitions,
        paths.bucket(paths.transitions),
        len(paths.buckets),
        order=CHAIN_ORDERS[model],
        where=paths.where,
    )
    effects = removal(chain, paths.weights)
    conversions, value = effects.credited()
    exact = np.zeros(len(chain.members))
    return _Solved(chain.members, conversions, value, effects.on_conversions, exact)


def _solve_game(paths: _Paths) -> _Solved:
    game = shapley.build_game(
        paths.coverage,
        paths.bucket(paths.coverage),
        len(paths.buckets),
        bits=paths.members.sort_values("member_key")["bit"].unique().tolist(),
        where=paths.where,
    )
    credit, error = _play(game, paths)
    named = _players_members(paths, game)
    place = named["player"].to_numpy(np.int64)
    share = named["share"].to_numpy(np.float64)
    conversions, value = credit[:, :, place] * share
    return _Solved(
        named["member_key"].tolist(),
        conversions,
        value,
        np.full_like(conversions, np.nan),
        error[place] * share,
    )


def _play(game: shapley.Game, paths: _Paths) -> tuple[FloatArray, FloatArray]:
    """Conversions and value of each player: 2 x (point, then resamples) x players, and the error.

    Where a resample is too large to weigh every coalition, it is estimated from the same orders of
    arrival as the point, and only the difference between the two is taken from the estimate.
    """
    players, weights = len(game.players), paths.weights
    by_bucket = np.bincount(game.paths.bucket, game.paths.amounts[0], game.paths.buckets)
    journeys = (weights @ by_bucket)[:, None]
    error = np.zeros(players)
    if players <= shapley.EXACT_RESAMPLED:
        return shapley.exact(game, weights) * journeys, error
    rng = np.random.default_rng(paths.seed)
    if players <= shapley.EXACT_PLAYERS:
        point = shapley.exact(game, weights[:1])
        orders = shapley.draw_orders(game, shapley.RESAMPLED_ORDERS // 2, rng)
    else:
        orders = shapley.draw_orders(game, shapley.ORDERS // 2, rng)
        mean, errors = shapley.sampled(game, orders)
        point, error = mean[:, None], errors[0] * journeys[0]
        orders = orders.first(shapley.RESAMPLED_ORDERS)
    if len(weights) == 1:
        return point * journeys, error
    estimated = shapley.resampled(game, orders, weights)
    return (point + estimated - estimated[:, :1]) * journeys, error


def _players_members(paths: _Paths, game: shapley.Game) -> pd.DataFrame:
    """The members behind each player, with their share of the player's credit.

    Members that share a bit and occur in no transition of this conversion type get nothing.
    """
    named = paths.members.sort_values("member_key")
    seen = set(members_of(paths.transitions))
    if seen:
        named = named[named["member_key"].isin(seen)]
    player = {int(bit): number for number, bit in enumerate(game.players)}
    named = named.assign(player=named["bit"].map(player)).dropna(subset="player")
    missing = sorted(set(player.values()) - set(named["player"]))
    if missing:
        raise TributaryError(
            f"No member has bit {game.players[missing[0]]} of the coverage.", paths.where
        )
    share = named["share"].astype("float64")
    return named.assign(share=share / share.groupby(named["player"]).transform("sum"))


def _frame(solved: _Solved) -> pd.DataFrame:
    columns: dict[str, list[str] | FloatArray] = {"member_key": solved.members}
    for figure in FIGURES:
        lines: FloatArray = getattr(solved, figure)
        low, high = interval(lines[1:], lines[0])
        columns |= {figure: lines[0], f"{figure}_low": low, f"{figure}_high": high}
    columns["standard_error"] = solved.standard_error
    return pd.DataFrame(columns)
