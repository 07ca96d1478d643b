"""Estimates: intervals from resampled people, and Shapley values of many members."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.attribution import chains, linear, markov, shapley
from orchestration.attribution.channels import MODELS, channel_attribution
from tests.kit.chains import oracle
from tests.kit.chains.paths import Path, attribute, frames, path, some_paths

FIGURES = ("conversions", "value", "removal_effect")
BUCKETS = ("0", "1", "7")


def some_company(
    members: int, people: int, seed: int, rate: float = 0.1, buckets: int = 64
) -> list[Path]:
    """Paths over members of unequal frequency; the later ones convert better."""
    rng = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, members + 1)
    paths = []
    for person in range(people):
        length = min(rng.geometric(0.25), 30)
        walked = rng.choice(members, length, p=frequency / frequency.sum())
        converts = bool(rng.random() < rate * (1 + walked.max() / members))
        names = tuple(f"m{member:02d}" for member in walked)
        paths.append(Path(names, converts, float(rng.integers(1, 500)), str(person % buckets)))
    return paths


def chain_of(paths: list[Path], order: int) -> chains.Chain:
    """The chain of some paths whose buckets are numbers."""
    transitions, _, _ = frames(paths)
    names = sorted(set(transitions["bucket"]))
    bucket = transitions["bucket"].map(names.index).to_numpy(np.int64)
    return chains.build_chain(transitions, bucket, len(names), order=order, where="a test")


def game_of(paths: list[Path]) -> shapley.Game:
    """The rate game of some paths whose buckets are numbers."""
    _, coverage, _ = frames(paths)
    names = sorted(set(coverage["bucket"]))
    bucket = coverage["bucket"].map(names.index).to_numpy(np.int64)
    return shapley.build_game(coverage, bucket, len(names), bits=range(248), where="a test")


@given(some_paths("abc"), st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any))
@settings(max_examples=30, deadline=None)
def test_a_resample_is_the_company_with_those_people_repeated(
    paths: list[Path], drawn: list[int]
) -> None:
    """Weighting counts by bucket must equal counting a company in which buckets are repeated."""
    paths = [*paths, *(path("a !", bucket=bucket) for bucket in BUCKETS)]
    weights = np.array([drawn], dtype=float)
    repeated = [one for one in paths for _ in range(drawn[BUCKETS.index(one.bucket)])]
    for order, walk in ((1, oracle.first_order), (2, oracle.second_order)):
        chain = chain_of(paths, order)
        conversions, value = markov.removal(chain, weights).credited()
        expected = oracle.markov(repeated, walk)
        for place, member in enumerate(chain.members):
            figures = (conversions[0, place], value[0, place])
            assert figures == pytest.approx(expected.get(member, (0, 0)), rel=1e-9, abs=1e-9)
    members = sorted({member for one in paths for member in one.members})
    found = shapley.exact(game_of(paths), weights) * len(repeated)
    expected = oracle.shapley(repeated)
    for place, member in enumerate(members):
        assert found[:, 0, place] == pytest.approx(expected.get(member, (0, 0)), abs=1e-9)


@pytest.mark.parametrize("inverted_states", [10_000, 0])
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_are_those_of_the_solved_chain(
    order: int, inverted_states: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large chains are resampled by derivatives: they must add up to the chain, and be right."""
    monkeypatch.setattr(linear, "INVERTED_STATES", inverted_states)
    chain = chain_of(some_company(7, 300, seed=1, buckets=16), order)
    left = linear.left_by_bucket(chain)
    weights = np.ones((3, 16))
    step = 1e-5
    weights[1, 5] += step
    weights[2, 5] -= step
    solved = markov.removal(chain, weights)
    remains = np.stack(
        [
            solved.conversions[:, None] * (1 - solved.on_conversions),
            solved.value[:, None] * (1 - solved.on_value),
        ]
    )
    np.testing.assert_allclose(left.sum(axis=1), remains[:, 0], rtol=1e-9, atol=1e-9)
    slope = (remains[:, 1] - remains[:, 2]) / (2 * step)
    np.testing.assert_allclose(left[:, 5], slope, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("inverted_states", [10_000, 0])
@given(some_paths())
@settings(max_examples=20, deadline=None)
def test_large_chains_are_as_exact_as_small_ones(inverted_states: int, paths: list[Path]) -> None:
    """Above 64 states the figures come with the derivatives, above 2000 from a series."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markov, "SOLVED_STATES", 0)
        patch.setattr(linear, "INVERTED_STATES", inverted_states)
        result = attribute(paths, ["markov", "markov_2"])
    for model, walk in (("markov", oracle.first_order), ("markov_2", oracle.second_order)):
        for member, figures in oracle.markov(paths, walk).items():
            found = result.loc[(model, member), ["conversions", "value"]].tolist()
            assert found == pytest.approx(figures, rel=1e-9, abs=1e-9)


def test_intervals_by_derivatives_are_as_wide_as_solved_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Leaving out the curvature must not make a large company look surer than it is."""
    inputs = frames(some_company(9, 1500, seed=3))
    widths = []
    for solved_states in (10_000, 0):
        monkeypatch.setattr(markov, "SOLVED_STATES", solved_states)
        result = channel_attribution(*inputs, models=["markov", "markov_2"], resamples=100)
        widths.append([result[f"{name}_high"] - result[f"{name}_low"] for name in FIGURES])
    np.testing.assert_allclose(widths[1], widths[0], rtol=0.15)


@given(some_paths())
@settings(max_examples=10, deadline=None)
def test_every_figure_lies_within_its_interval(paths: list[Path]) -> None:
    """A figure outside its own interval would make both unbelievable."""
    people = [*paths, path("a !", bucket=2), path("b", bucket=3)]
    result = attribute(people, resamples=25)
    for figure in FIGURES:
        rows = result if figure != "removal_effect" else result.loc[["markov", "markov_2"]]
        assert (rows[f"{figure}_low"] <= rows[figure]).all()
        assert (rows[figure] <= rows[f"{figure}_high"]).all()
    effects = result.loc[["markov", "markov_2"], ["removal_effect_low", "removal_effect_high"]]
    assert ((effects >= 0) & (effects <= 1)).all(axis=None)


@pytest.mark.parametrize("resamples", [0, 50])
def test_one_person_has_figures_but_no_interval(resamples: int) -> None:
    """A zero-width interval would claim certainty, but one person does not show how people vary."""
    result = attribute([path("a b !", 5)], resamples=resamples)
    assert result["conversions"].sum() == pytest.approx(len(MODELS))
    assert (
        result[[f"{name}_{end}" for name in FIGURES for end in ("low", "high")]]
        .isna()
        .all(axis=None)
    )
    assert (result["standard_error"] == 0).all()


def test_no_resamples_leave_the_intervals_open() -> None:
    """resamples: 0 is the way to go without intervals; the figures stay."""
    paths = some_company(5, 200, seed=5)
    without, with_them = attribute(paths, resamples=0), attribute(paths, resamples=10)
    assert without["value_low"].isna().all()
    assert with_them["value_low"].notna().all()
    assert without["value"].equals(with_them["value"])


def test_intervals_cover_what_a_new_company_would_show() -> None:
    """Of 80 companies drawn from one process, about 90 % of intervals hold the process's mean.

    One member, 150 people, each converting with probability 0.3: 45 conversions are expected.
    """
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(80):
        people = [
            Path(("a",), bool(converts), 1.0, str(person))
            for person, converts in enumerate(rng.random(150) < 0.3)
        ]
        row = attribute(people, ["markov"], resamples=100).iloc[0]
        covered += row["conversions_low"] <= 45 <= row["conversions_high"]
    assert 0.82 <= covered / 80 <= 0.97


def test_sampled_shapley_values_err_as_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond 20 members orders are drawn; where both can be had they agree within the error."""
    paths = some_company(14, 600, seed=11)
    exact = attribute(paths, ["shapley_rate"])
    monkeypatch.setattr(shapley, "EXACT_RESAMPLED", 5)
    monkeypatch.setattr(shapley, "EXACT_PLAYERS", 10)
    sampled = attribute(paths, ["shapley_rate"])
    assert (exact["standard_error"] == 0).all()
    assert (sampled["standard_error"] > 0).all()
    off = (sampled["conversions"] - exact["conversions"]) / sampled["standard_error"]
    assert 0.4 < float(np.sqrt((off**2).mean())) < 1.8
    for figure in ("conversions", "value"):
        assert sampled[figure].sum() == pytest.approx(exact[figure].sum())


def test_many_members_keep_the_total() -> None:
    """23 members: the estimate is one, and still adds up to every conversion and all value."""
    paths = some_company(23, 400, seed=13)
    result = attribute(paths, ["shapley_rate"], resamples=20)
    assert len(result) == 23
    assert result["conversions"].sum() == pytest.approx(sum(one.converts for one in paths))
    assert result["value"].sum() == pytest.approx(sum(one.worth for one in paths))
    assert (result["standard_error"] > 0).all()
    assert (result["conversions_low"] < result["conversions_high"]).all()


def test_resampled_shapley_values_by_orders_match_those_by_coalitions() -> None:
    """A resample of 13 to 20 members takes its difference to the figure from drawn orders."""
    game = game_of(some_company(9, 800, seed=17, buckets=32))
    weights = np.vstack([np.ones(32), np.random.default_rng(1).multinomial(32, [1 / 32] * 32, 60)])
    exact = shapley.exact(game, weights)[0]
    orders = shapley.draw_orders(game, 300, np.random.default_rng(2))
    estimated = shapley.resampled(game, orders, weights)[0]
    spread = (exact[1:] - exact[0]).std(axis=0)
    off = (estimated[1:] - estimated[0]) - (exact[1:] - exact[0])
    assert (off.std(axis=0) < 0.25 * spread).all()
