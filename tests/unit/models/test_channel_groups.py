"""GA4's default channel group, computed beside our own classification."""

from __future__ import annotations

from tests.kit.models.built import Built
from tests.kit.models.channel_cases import channel_cases

GROUPS_WITHOUT_A_CLICK_ID = 19


def test_every_case_gets_its_group(built: Built) -> None:
    """Every group that source, medium and campaign alone can give, by Google's published rules."""
    expected = {case.name: case.group for case in channel_cases()}
    rows = built.con.execute(
        "select touchpoint_id, ga4_channel_group from core.fct_touchpoints "
        "where touchpoint_id like 'ga4:%'"
    ).fetchall()
    assert {name.removeprefix("ga4:"): group for name, group in rows} == expected
    assert len(set(expected.values())) == GROUPS_WITHOUT_A_CLICK_ID
