"""Every channel-level model equals its definition, followed the slow way, to 1e-9."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.attribution.markov import removal_effects
from tests.kit.chains import oracle
from tests.kit.chains.paths import Path, attribute, path, some_paths

EXACT = {"rtol": 0, "atol": 1e-9}
WALKS = {"markov": oracle.first_order, "markov_2": oracle.second_order}


def assert_figures(result: pd.DataFrame, model: str, expected: oracle.Figures) -> None:
    """The model's rows are those figures, for those members and no others."""
    rows = result.loc[model]
    assert sorted(rows.index) == sorted(expected)
    for member, (conversions, value) in expected.items():
        np.testing.assert_allclose(rows.loc[member, "conversions"], conversions, **EXACT)
        np.testing.assert_allclose(
            rows.loc[member, "value"], value, rtol=1e-12, atol=1e-9, err_msg=member
        )


@given(some_paths())
@settings(max_examples=40, deadline=None)
def test_markov_equals_solving_the_chain_anew_without_each_member(paths: list[Path]) -> None:
    """One inverse for all members is only worth having if it gives the definition's numbers."""
    result = attribute(paths, list(WALKS))
    for model, walk in WALKS.items():
        assert_figures(result, model, oracle.markov(paths, walk))
        for member, effect in oracle.removal_effects(paths, walk, of_value=False).items():
            np.testing.assert_allclose(
                result.loc[(model, member), "removal_effect"], effect, **EXACT
            )


@given(some_paths("abcd"))
@settings(max_examples=25, deadline=None)
def test_shapley_equals_every_order_of_arrival(paths: list[Path]) -> None:
    """The zeta transform and the weights by size are a shortcut for all n! orders."""
    assert_figures(attribute(paths, ["shapley_rate"]), "shapley_rate", oracle.shapley(paths))


@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_effects_on_random_graphs_equal_a_solve_of_the_reduced_graph(
    states: int, members: int, seed: int
) -> None:
    """Graphs that no set of paths has (states never reached, sure conversions) hold too."""
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.arange(members), rng.integers(0, members, states)])
    n = len(group)
    counts = rng.integers(0, 9, (1, n + 1, n + 2)) * rng.integers(0, 2, (1, n + 1, n + 2))
    counts[0, n, 0] += 1
    counts[0, n, n:] = 0
    ways_out = rng.integers(0, 2, n)
    counts[0, np.arange(n), n + ways_out] += 1
    values = counts[:, :n, n] * rng.uniform(0, 50, n)
    effects = removal_effects(counts.astype(float), values, group, members)

    chance = counts[0, :n] / counts[0, :n].sum(axis=1, keepdims=True)
    start = counts[0, n, :n] / counts[0, n].sum()
    for reward, found in (
        (chance[:, n], effects.on_conversions),
        (values[0] / counts[0, :n].sum(axis=1), effects.on_value),
    ):
        whole = start @ np.linalg.solve(np.eye(n) - chance[:, :n], reward)
        for member in range(members):
            kept = group != member
            reduced = chance[:, :n][np.ix_(kept, kept)]
            left = start[kept] @ np.linalg.solve(np.eye(kept.sum()) - reduced, reward[kept])
            expected = 1 - left / whole if whole > 1e-12 else 0.0
            np.testing.assert_allclose(found[0, member], expected, **EXACT)


def test_a_journey_worked_by_hand() -> None:
    """Two members, three paths: a b converts, a ends, b converts.

    First order: from the start a 2/3, b 1/3; a goes on to b 1/2 and ends 1/2; b converts always.
    p = 2/3. Without a only the path that starts in b is left: 1/3, an effect of 1/2. Without b
    nothing is: 1. So a has 1/3 and b 2/3 of the two conversions.
    Rate game: v(a) = 0/1, v(b) = 1/1, v(ab) = 2/3. a adds (0 + 2/3 - 1) / 2 = -1/6, b adds
    (1 + 2/3 - 0) / 2 = 5/6; of three paths that is -1/2 and 5/2.
    """
    result = attribute([path("a b !"), path("a"), path("b !")])
    assert result.loc[("markov", "a"), "removal_effect"] == pytest.approx(1 / 2)
    assert result.loc[("markov", "b"), "removal_effect"] == pytest.approx(1)
    assert result.loc[("markov", "a"), "conversions"] == pytest.approx(2 / 3)
    assert result.loc[("markov", "b"), "conversions"] == pytest.approx(4 / 3)
    assert result.loc[("shapley_rate", "a"), "conversions"] == pytest.approx(-1 / 2)
    assert result.loc[("shapley_rate", "b"), "conversions"] == pytest.approx(5 / 2)


def test_second_order_remembers_the_member_before() -> None:
    """x b converts and y b does not: only a chain that remembers x keeps y from sharing."""
    result = attribute([path("x b !"), path("y b")])
    assert result.loc[("markov_2", "y"), "conversions"] == 0
    assert result.loc[("markov", "y"), "conversions"] == pytest.approx(1 / 4)
