"""Channel-level models against paths followed one by one and chains that are re-solved."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal
from functools import cache

import pytest

from tests.kit.models.built import Built
from tests.kit.models.reference_paths import Path, paths, removal_effects

TYPES = ("lead", "mql", "sql", "opportunity", "customer", "repeat_customer", "demo_booked")
DIMENSIONS = ("lead_source", "lead_channel")
DIGITS = 10
"""Published digits of an amount, counted from the power of ten not below its total."""
MOST_OF_MONEY = 1e-4
"""A hundredth of a cent, however much rounding alone would excuse."""
SOLVED = 1e-12
"""How far two solvers may be apart, as a share of the total."""


def rounding(total: float, decimals: int) -> float:
    """The most by which publishing moves a figure: half of its last digit, twice.

    It is rounded to the published digits, and then to the decimals of its column.
    """
    power = math.ceil(math.log10(abs(total))) if total else 0
    return 0.5 * 10.0 ** (power - DIGITS) + 0.5 * 10.0**-decimals


@pytest.fixture(scope="session")
def walked(built: Built) -> dict[tuple[str, str], list[Path]]:
    """The paths of each conversion type and dimension."""
    return {
        (conversion_type, dimension): paths(built.con, conversion_type, dimension)
        for conversion_type in TYPES
        for dimension in DIMENSIONS
    }


@pytest.mark.parametrize(("model", "order"), [("markov", 1), ("markov_2", 2)])
@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("conversion_type", TYPES)
def test_removal_effects_equal_a_chain_solved_anew(
    built: Built,
    walked: dict[tuple[str, str], list[Path]],
    conversion_type: str,
    dimension: str,
    model: str,
    order: int,
) -> None:
    """Removal effects agree to 1e-9 with re-solving without the member, for conversions and value.

    Shares of conversions and value agree to their published digits: each is off by half of its last
    digit at most, and the member with the most conversions, which takes what rounding left of the
    others, by half a digit for each of them.
    """
    found = walked[conversion_type, dimension]
    effects = removal_effects(found, order)
    converted = [path for path in found if path.converted]
    value = float(sum((path.value for path in converted), Decimal(0)))
    by_value = [effect for _, effect in effects.values()]
    # A solver leaves -1e-17 where a member has no effect.
    shared_by_value = value > 0 and min(by_value) > -1e-9 and sum(by_value) > 0
    total = sum(effect for effect, _ in effects.values())
    actual = {
        row[0]: row[1:]
        for row in built.con.execute(
            """
            select member_key, conversions, value, removal_effect from core.fct_channel_attribution
            where attribution_model = ? and conversion_type = ? and dimension = ?
                and member_key <> 'unattributed'
            """,
            [model, conversion_type, dimension],
        ).fetchall()
    }
    assert actual.keys() == effects.keys()
    most = max(effect for effect, _ in effects.values())
    for member, (effect, value_effect) in effects.items():
        conversions, member_value, removal_effect = actual[member]
        assert removal_effect == pytest.approx(effect, abs=1e-9), member
        expected = len(converted) * effect / total
        half = rounding(len(converted), decimals=12)
        # Where two have the most within their last digit, either may take what is left.
        is_first = expected >= len(converted) * most / total - 2 * half
        figures = max(len(effects) - 1, 1) if is_first else 1
        bound = figures * half + SOLVED * len(converted)
        assert abs(float(conversions) - expected) <= bound, member
        if member_value is not None:
            share = value_effect / sum(by_value) if shared_by_value else effect / total
            bound = figures * rounding(value, decimals=6) + SOLVED * abs(value)
            bound = min(bound, MOST_OF_MONEY)
            assert abs(float(member_value) - value * share) <= bound, member


def test_markov_path_divides_by_removal_effects(
    built: Built, walked: dict[tuple[str, str], list[Path]]
) -> None:
    """Each conversion over its touches in proportion to the effects of their lead channels."""
    effects = cache(
        lambda kind: {
            member: effect
            for member, (effect, _) in removal_effects(walked[kind, "lead_channel"], 1).items()
        }
    )
    credited: dict[str, dict[str, float]] = defaultdict(dict)
    for conversion, touchpoint, credit in built.con.execute(
        """
        select conversion_key, touchpoint_key, credit from core.fct_attribution_credits
        where attribution_model = 'markov_path' and touchpoint_key <> 'unattributed'
            and not is_correction
        """
    ).fetchall():
        credited[conversion][touchpoint] = float(credit)
    compared = 0
    for kind in TYPES:
        for path in walked[kind, "lead_channel"]:
            if not path.converted:
                continue
            given = [effects(kind)[member] for member in path.members]
            for touchpoint, weight in zip(path.touchpoints, given, strict=True):
                actual = credited[path.key][touchpoint]
                assert actual == pytest.approx(weight / sum(given), abs=1e-9)
                compared += 1
    assert compared == sum(len(touches) for touches in credited.values()) > 500


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("conversion_type", TYPES)
def test_coverage_counts_the_sets_of_paths(
    built: Built,
    walked: dict[tuple[str, str], list[Path]],
    conversion_type: str,
    dimension: str,
) -> None:
    """Sets as bits, over several words, lose no path and no value (what Shapley values rest on)."""
    bits = dict(
        built.con.execute(
            """
            select bit, member_key from intermediate.int_attribution__member_bits
            where dimension = ?
            """,
            [dimension],
        ).fetchall()
    )
    actual = {}
    for *words, journeys, conversions, value in built.con.execute(
        """
        select set_1, set_2, set_3, set_4, sum(journeys), sum(conversions), sum(conversion_value)
        from intermediate.int_attribution__coverage
        where conversion_type = ? and dimension = ?
        group by all
        """,
        [conversion_type, dimension],
    ).fetchall():
        members = frozenset(
            bits[62 * word + bit]
            for word, value_of_word in enumerate(words)
            for bit in range(62)
            if value_of_word >> bit & 1
        )
        actual[members] = (journeys, conversions, round(value, 4))
    expected: dict[frozenset[str], list[Path]] = defaultdict(list)
    for path in walked[conversion_type, dimension]:
        expected[frozenset(path.members)].append(path)
    assert actual == {
        members: (
            len(found),
            sum(path.converted for path in found),
            round(float(sum((path.value for path in found), Decimal(0))), 4),
        )
        for members, found in expected.items()
    }


def test_every_model_totals_the_same(built: Built) -> None:
    """Channel-level models and credits share out the same conversions and the same value."""
    rows = built.con.execute(
        """
        with totals as (
            select attribution_model, conversion_type, 'lead_source' as dimension,
                sum(credit) filter (where not is_correction) as conversions,
                sum(credited_value) as value
            from core.fct_attribution_credits group by all
            union all
            select attribution_model, conversion_type, dimension, sum(conversions), sum(value)
            from core.fct_channel_attribution group by all
        )
        select conversion_type, count(distinct conversions), count(distinct coalesce(value, 0)),
            count(distinct attribution_model)
        from totals group by conversion_type
        """
    ).fetchall()
    assert {row[0] for row in rows} == set(TYPES)
    assert {row[1:3] for row in rows} == {(1, 1)}
    assert {row[3] for row in rows} == {20}
