"""What must not change a channel-level figure, and what happens at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.attribution.channels import COLUMNS, MODELS, channel_attribution
from orchestration.foundation.errors import TributaryError
from tests.kit.chains.paths import (
    Path,
    attribute,
    coverage_of,
    frames,
    members_frame,
    path,
    some_paths,
    transitions_of,
)

FIGURES = ["conversions", "value", "removal_effect"]
CHAINS = ["markov", "markov_2"]
few = settings(max_examples=10, deadline=None)


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """The same rows and figures, but for rounding."""
    pd.testing.assert_frame_equal(
        left.sort_index()[FIGURES], right.sort_index()[FIGURES], rtol=1e-9, atol=1e-9
    )


@given(some_paths())
@few
def test_every_model_attributes_all_conversions_and_all_value(paths: list[Path]) -> None:
    """The same conversions in every model: none invented, none dropped."""
    totals = attribute(paths).groupby(level=0)[["conversions", "value"]].sum()
    for model in MODELS:
        assert totals.loc[model, "conversions"] == pytest.approx(
            sum(one.converts for one in paths), abs=1e-9
        )
        assert totals.loc[model, "value"] == pytest.approx(sum(one.worth for one in paths))


@given(some_paths(), st.integers(2, 1000))
@few
def test_scale(paths: list[Path], times: int) -> None:
    """A company k times as large has k times the conversions and the same removal effects."""
    transitions, coverage, members = frames(paths)
    transitions[["transitions", "conversion_value"]] *= times
    coverage[["journeys", "conversions", "conversion_value"]] *= times
    larger = channel_attribution(transitions, coverage, members, models=MODELS, resamples=0)
    expected = attribute(paths)
    expected[["conversions", "value"]] *= times
    assert_same(larger.set_index(["attribution_model", "member_key"]), expected)


@given(some_paths(), st.randoms(use_true_random=False))
@few
def test_row_order_and_repetition_change_no_bit(paths: list[Path], random: object) -> None:
    """SQL returns rows in any order; the same warehouse must publish the same numbers."""
    inputs = frames(paths)
    seed = random.randint(0, 2**31)  # type: ignore[attr-defined]
    shuffled = [frame.sample(frac=1, random_state=seed) for frame in inputs]
    once = channel_attribution(*inputs, models=MODELS, resamples=5)
    again = channel_attribution(*shuffled, models=MODELS[::-1], resamples=5)
    pd.testing.assert_frame_equal(once, again, check_exact=True)


@given(some_paths(), st.permutations("vwxyz"))
@few
def test_renaming_members_renames_rows(paths: list[Path], names: list[str]) -> None:
    """A member's figures must not depend on its place in the alphabet."""
    new = dict(zip("abcde", names, strict=True))
    renamed = [replace(one, members=tuple(new[key] for key in one.members)) for one in paths]
    assert_same(attribute(renamed), attribute(paths).rename(index=new, level="member_key"))


@given(some_paths(), st.integers(1, 5))
@few
def test_paths_of_another_member_that_never_convert(paths: list[Path], many: int) -> None:
    """A channel without conversions gets nothing and takes nothing from the others."""
    before = attribute(paths, CHAINS)
    after = attribute([*paths, *[path("zero zero")] * many], CHAINS)
    for model in CHAINS:
        assert (after.loc[(model, "zero"), FIGURES] == 0).all()
    assert_same(after.drop(index="zero", level="member_key"), before)


@given(some_paths())
@few
def test_self_loops_do_not_matter_in_first_order(paths: list[Path]) -> None:
    """Ten visits in a row by the same channel are worth no more than one."""
    collapsed = [
        replace(
            one,
            members=tuple(
                key
                for key, before in zip(one.members, (None, *one.members), strict=False)
                if key != before
            ),
        )
        for one in paths
    ]
    assert_same(attribute(paths, ["markov"]), attribute(collapsed, ["markov"]))


def test_running_twice_equals_once() -> None:
    """The bootstrap and the drawn orders are seeded."""
    inputs = frames([path(f"m{i % 23} m{i % 7} {'!' * (i % 3 == 0)}", i, i) for i in range(90)])
    results = [channel_attribution(*inputs, models=MODELS, resamples=20) for _ in range(2)]
    pd.testing.assert_frame_equal(*results, check_exact=True)


def test_a_member_that_always_converts_and_one_that_never_does() -> None:
    """The absorbing corners: sure (all its paths convert) and vain (none does)."""
    result = attribute([path("sure !"), path("vain sure !"), path("vain"), path("vain")])
    for model in CHAINS:
        assert result.loc[(model, "sure"), "removal_effect"] == 1
    result = attribute([path("sure !"), path("vain")])
    for model in CHAINS:
        assert result.loc[(model, "sure"), "conversions"] == 1
        assert result.loc[(model, "vain"), "conversions"] == 0


def test_a_single_member_has_everything() -> None:
    """One channel: an effect of 1 and the whole value, with or without self-loops."""
    result = attribute([path("a !", 10), path("a a !", 5), path("a")])
    assert result["conversions"].tolist() == pytest.approx([2, 2, 2])
    assert result["value"].tolist() == pytest.approx([15, 15, 15])
    assert result.loc[CHAINS, "removal_effect"].tolist() == pytest.approx([1, 1])


def test_no_conversions_leave_a_row_of_zeros_for_every_member() -> None:
    """A type without conversions must not divide by zero, nor lose its members."""
    result = attribute([path("a b"), path("b", bucket=1)], resamples=10)
    assert sorted(result.index.unique("member_key")) == ["a", "b"]
    assert (result[["conversions", "value", "conversions_high", "value_low"]] == 0).all(axis=None)
    assert (result.loc[CHAINS, "removal_effect"] == 0).all()


def test_nothing_in_gives_an_empty_table_with_its_types() -> None:
    """A company's first day: the model that reads this must still find its columns."""
    nothing = [frame.iloc[:0] for frame in frames([path("a")])]
    result = channel_attribution(*nothing, models=MODELS)
    assert list(result.columns) == list(COLUMNS)
    assert len(result) == 0
    assert result["conversions"].dtype == np.float64


def test_value_and_count_are_attributed_apart() -> None:
    """a brings many small conversions, b one large: scaling counts by value would mix them up."""
    result = attribute([path("a !", 1)] * 9 + [path("b !", 991)], CHAINS)
    for model in CHAINS:
        assert result.loc[(model, "a"), ["conversions", "value"]].tolist() == pytest.approx([9, 9])
        assert result.loc[(model, "b"), "value"] == pytest.approx(991)


def test_values_that_are_no_shares_follow_the_conversions() -> None:
    """A refund larger than its channel's sales has no share of the value's removal effects."""
    paths = [path("a !", -50), path("b !", 100)]
    result = attribute(paths, CHAINS)
    for model in CHAINS:
        assert result.loc[model, "value"].tolist() == pytest.approx([25, 25])
        assert result.loc[model, "conversions"].tolist() == pytest.approx([1, 1])


def test_missing_values_count_nothing() -> None:
    """A conversion without a value is a conversion."""
    transitions, coverage, members = frames([path("a !", 0), path("b !", 8)])
    transitions["conversion_value"] = transitions["conversion_value"].replace(0, np.nan)
    coverage["conversion_value"] = coverage["conversion_value"].replace(0, np.nan)
    result = channel_attribution(transitions, coverage, members, models=MODELS, resamples=0)
    assert result["conversions"].tolist() == pytest.approx([1] * 6)
    assert result["value"].groupby(result["attribution_model"]).sum().tolist() == [8, 8, 8]


def test_types_and_dimensions_are_solved_apart() -> None:
    """One call serves every conversion type and both dimensions."""
    one, other = [path("a !"), path("b")], [path("b !", 3), path("a b")]
    bits = {"a": 0, "b": 1}
    result = channel_attribution(
        pd.concat([transitions_of(one, "lead"), transitions_of(other, "sql", "lead_channel")]),
        pd.concat(
            [coverage_of(one, bits, "lead"), coverage_of(other, bits, "sql", "lead_channel")]
        ),
        pd.concat([members_frame(bits), members_frame(bits, "lead_channel")]),
        models=MODELS,
        resamples=0,
    )
    for conversion_type, paths in (("lead", one), ("sql", other)):
        rows = result[result["conversion_type"] == conversion_type]
        assert_same(rows.set_index(["attribution_model", "member_key"]), attribute(paths))


def test_bits_of_every_word() -> None:
    """A set is 248 bits in four words of 62: the last of a word and the first of the next."""
    paths = [path("a b !"), path("c d e !"), path("a e"), path("b c"), path("d !")]
    bits = {"a": 61, "b": 62, "c": 123, "d": 124, "e": 247}
    result = channel_attribution(*frames(paths, bits), models=["shapley_rate"], resamples=0)
    assert_same(
        result.set_index(["attribution_model", "member_key"]), attribute(paths, ["shapley_rate"])
    )


def test_members_that_share_a_bit_share_its_credit() -> None:
    """Beyond 247 members the rarest share one bit; a type without one credits it nothing."""
    paths = [path("a !"), path("b !"), path("c")]
    bits = {"a": 247, "b": 247, "c": 0, "unseen": 247}
    transitions, coverage, members = frames(paths, bits)
    members["share"] = members["member_key"].map({"a": 0.6, "b": 0.2, "unseen": 0.2, "c": 1.0})
    result = channel_attribution(
        transitions, coverage, members, models=["shapley_rate"], resamples=0
    ).set_index("member_key")
    assert "unseen" not in result.index
    both = result.loc["a", "conversions"] + result.loc["b", "conversions"]
    assert result.loc["a", "conversions"] == pytest.approx(0.75 * both)
    assert both + result.loc["c", "conversions"] == pytest.approx(2)


def broken(column: str, row: tuple[str, str, str], **changes: object) -> list[pd.DataFrame]:
    """The frames of two paths, one of whose transitions was miscounted."""
    inputs = list(frames([path("a b !"), path("a")]))
    steps = inputs[0]
    hit = (steps[["previous_state", "state", "next_state"]] == list(row)).all(axis=1)
    assert hit.sum() == 1
    steps.loc[hit, column] = changes[column]
    return inputs


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        (broken("transitions", ("(start)", "a", "b"), transitions=2), "'a' are not those of whole"),
        (broken("next_state", ("a", "b", "(conversion)"), next_state="c"), "'c' and never leaves"),
        (broken("next_state", ("a", "b", "(conversion)"), next_state="b"), "'b' are not those"),
        (broken("next_state", ("(none)", "(start)", "a"), next_state="(null)"), "no member"),
        (broken("state", ("(start)", "a", "b"), state="(null)"), "belongs to no path"),
    ],
)
def test_counts_that_no_paths_have_are_refused(inputs: list[pd.DataFrame], named: str) -> None:
    """A state that is never left makes the chain unsolvable; a miscount makes it wrong."""
    with pytest.raises(TributaryError, match=named):
        channel_attribution(*inputs, models=CHAINS, resamples=0)


def test_a_member_with_nothing_but_self_loops_is_refused() -> None:
    """Entered as often as left, but no path ends: the counts balance and still cannot be solved."""
    transitions, coverage, members = frames([path("a !")])
    loop = transitions.iloc[:1].assign(previous_state="b", state="b", next_state="b")
    with pytest.raises(TributaryError, match="'b' are not those of whole paths"):
        channel_attribution(
            pd.concat([transitions, loop]), coverage, members, models=CHAINS, resamples=0
        )


def test_models_that_would_speak_of_different_paths_are_refused() -> None:
    """Every model credits the same conversions, so both counts must hold the same paths."""
    transitions, _, members = frames([path("a !"), path("a")])
    coverage = coverage_of([path("a !")], {"a": 0})
    with pytest.raises(TributaryError, match="hold 2 paths of which 1 convert"):
        channel_attribution(transitions, coverage, members, models=MODELS)


def test_coverage_without_its_members_is_refused() -> None:
    """A bit without a member would lose its conversions."""
    transitions, coverage, members = frames([path("a !"), path("b !")])
    with pytest.raises(TributaryError, match="No member has bit 1"):
        channel_attribution(
            transitions, coverage, members.iloc[:1], models=["shapley_rate"], resamples=0
        )


def test_an_unknown_model_is_refused() -> None:
    """A typo must not publish a table that silently lacks a model."""
    with pytest.raises(TributaryError, match="markov_3"):
        channel_attribution(*frames([path("a")]), models=["markov", "markov_3"])
