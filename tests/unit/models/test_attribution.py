"""Attribution against a second implementation that knows nothing of SQL."""

from __future__ import annotations

from decimal import Decimal

from tests.kit.models.built import Built
from tests.kit.models.reference import OTHER_TOUCH_MODELS
from tests.kit.models.reference_credits import ROLE_WEIGHTS


def _credits(built: Built) -> dict[tuple[str, str, str, str], tuple[Decimal, Decimal | None]]:
    rows = built.con.execute(
        """
        select
            credits.conversion_type, conversions.conversion_id, credits.attribution_model,
            touchpoints.touchpoint_id, credits.credit, credits.credited_value
        from core.fct_attribution_credits as credits
        inner join core.fct_conversions as conversions using (conversion_key)
        inner join core.fct_touchpoints as touchpoints using (touchpoint_key)
        where credits.attribution_model <> 'markov_path'
        """
    ).fetchall()
    credited = {row[:4]: (row[4], row[5]) for row in rows}
    assert len(credited) == len(rows), "a conversion credits a touch twice in one model"
    return credited


def test_every_credit_equals_the_reference(built: Built) -> None:
    """Each touch's share of each conversion in each model.

    Eligibility to the second, equal moments in the order of ids, accounts, conversions without
    touches, touch types that only the data knows.
    """
    actual, expected = _credits(built), built.expected.credits
    assert actual.keys() == expected.keys()
    assert len(actual) > 3_000
    assert {key[2] for key in actual} == {*ROLE_WEIGHTS, *OTHER_TOUCH_MODELS}
    for key, (credit, value) in expected.items():
        # A binary float of 2^(-age) may round the twelfth decimal the other way.
        assert abs(actual[key][0] - credit) <= Decimal("5e-12"), key
        assert (actual[key][1] is None) == (value is None), key
        if value is not None:
            assert abs(actual[key][1] - value) <= Decimal("0.000005"), key  # type: ignore[operator]


def test_credits_and_values_are_conserved_exactly(built: Built) -> None:
    """Sums are exact, not nearly 1: the residue of rounding goes to the last touch."""
    (wrong,) = built.con.execute(
        """
        select count(*)
        from (
            select sum(credit) as credit, sum(credited_value) as credited, any_value(value) as value
            from core.fct_attribution_credits
            inner join core.fct_conversions using (conversion_key)
            group by conversion_key, attribution_model
        )
        where credit <> 1 or credited is distinct from value
        """
    ).fetchone() or (None,)
    assert wrong == 0


def test_conversions_equal_the_reference(built: Built) -> None:
    """Stages, stated conversions in place of derived ones, deals, and every won deal by itself.

    Each with its value in euro by the rate of its day in Stockholm, its number among those of its
    lead, and what it corrects.
    """
    actual = {
        (kind, name): ((at, until), *rest)
        for kind, name, at, until, *rest in built.con.execute(
            """
            select
                conversions.conversion_type, conversions.conversion_id, conversions.occurred_at,
                conversions.occurred_until, conversions.value, conversions.sequence_number,
                conversions.is_correction, corrected.conversion_id
            from core.fct_conversions as conversions
            left join core.fct_conversions as corrected
                on conversions.corrects_conversion_key = corrected.conversion_key
            """
        ).fetchall()
    }
    expected = {
        (item.named_type, item.conversion_id): (
            item.at,
            item.value,
            item.number,
            item.is_correction,
            item.corrects and item.corrects.conversion_id,
        )
        for item in built.expected.conversions
    }
    assert actual == expected
    assert any(number and number > 1 for _, _, number, _, _ in actual.values())
    assert any(corrected for *_, corrected in actual.values())
