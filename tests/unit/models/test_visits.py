"""What one person does on a site without a pause."""

from __future__ import annotations

import pytest

from tests.kit.models.built import Built
from tests.kit.models.visit_cases import VISITS


@pytest.mark.parametrize("name", VISITS)
def test_a_hit_of_a_visit_that_shows_no_new_origin_is_no_touch_of_its_own(
    built: Built, name: str
) -> None:
    """A return from a payment page took the whole sale, and page views weighed as visits.

    Every hit is kept, says why it earns nothing, and names the touch that counts for it.
    """
    found = built.con.execute(
        """
        select hits.touchpoint_id, coalesce(hits.ineligible_reason, ''), hits.is_eligible,
            coalesce(counting.is_eligible or hits.ineligible_reason = 'touch_type', false)
        from core.fct_touchpoints as hits
        inner join core.fct_touchpoints as counting
            on hits.counting_touchpoint_key = counting.touchpoint_key
        where hits.touchpoint_id like 'case:visit:' || ? || ':%'
        """,
        [name],
    ).fetchall()
    assert {touchpoint_id: why for touchpoint_id, why, _, _ in found} == {
        f"case:visit:{name}:{place}": hit.why for place, hit in enumerate(VISITS[name])
    }
    assert all(eligible == (not why) and counts for _, why, eligible, counts in found)


def test_a_visit_is_named_by_the_hit_that_opened_it(built: Built) -> None:
    """Sessions can be counted: another source starts a touch, and no visit."""
    rows = built.con.execute(
        """
        select hits.touchpoint_id, opening.touchpoint_id
        from core.fct_touchpoints as hits
        inner join core.fct_touchpoints as opening on hits.visit_key = opening.touchpoint_key
        where hits.touchpoint_id like 'case:visit:another source:%'
            or hits.touchpoint_id like 'case:visit:a bare visit of another day:%'
        """
    ).fetchall()
    opened = {hit.removeprefix("case:visit:"): by.rpartition(":")[2] for hit, by in rows}
    assert opened == {
        "another source:0": "0",
        "another source:1": "0",
        "another source:2": "0",
        "a bare visit of another day:0": "0",
        "a bare visit of another day:1": "1",
    }


def test_what_a_date_leaves_open_is_counted(built: Built) -> None:
    """Nobody was told how much hangs on the order of a day; each kind of facts says it."""
    counted = {
        facts: numbers
        for facts, *numbers in built.con.execute(
            "select facts, rows, rows_of_days, rows_of_unknown_order from meta.day_precision"
        ).fetchall()
    }
    moments = {"touchpoints": "occurred", "conversions": "occurred", "leads": "created"}
    for facts, at in moments.items():
        (rows,) = built.con.execute(
            f"select [count(*), count(*) filter ({at}_until > {at}_at)] from core.fct_{facts} "
            f"where {at}_at is not null"
        ).fetchall()
        assert counted[facts][:2] == rows[0]
        assert counted[facts][1] > 0
    ((conversions,),) = built.con.execute(
        """
        select count(distinct conversion_key)
        from core.fct_attribution_credits
        inner join core.fct_conversions as conversions using (conversion_key)
        inner join core.fct_touchpoints as touches using (touchpoint_key)
        where conversions.occurred_until - conversions.occurred_at
            + (touches.occurred_until - touches.occurred_at) > interval 0 seconds
            and touches.occurred_until > conversions.occurred_at
            and touches.occurred_at <= conversions.occurred_until
        """
    ).fetchall()
    assert counted["conversions"][2] == conversions > 0
