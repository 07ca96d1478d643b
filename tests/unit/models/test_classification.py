"""Every touch gets one source and one channel, whatever shape its evidence arrives in."""

from __future__ import annotations

import pytest

from tests.kit.models.built import Built
from tests.kit.models.classification_cases import CASES, DOCUMENTED, Case


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_shape_of_evidence_is_called_what_it_is(built: Built, case: Case) -> None:
    """The evidence order, label boundaries, and texts that are not a referrer at all."""
    rows = built.con.execute(
        "select lead_source, lead_channel, keyword, referrer_host, rule_id "
        "from core.fct_touchpoints "
        "inner join core.dim_lead_sources using (lead_source_key) "
        "inner join core.dim_lead_channels using (lead_channel_key) "
        "where touchpoint_id = ?",
        [f"case:{case.name}"],
    ).fetchall()
    assert [row[:3] for row in rows] == [(*case.origin, case.keyword)], rows
    if case.host is not None:
        assert rows[0][3] == case.host


def test_the_differences_from_ga4_are_as_documented(built: Built) -> None:
    """The table of docs/classification.md, row by row."""
    groups = dict(
        built.con.execute(
            "select touchpoint_id, ga4_channel_group from core.fct_touchpoints "
            "where touchpoint_id like 'case:documented:%'"
        ).fetchall()
    )
    assert len(DOCUMENTED) > 10
    assert groups == {f"case:{case.name}": case.ga4 for case in DOCUMENTED}


def test_cases_do_not_hide_each_other() -> None:
    """Two cases of one name would be one touch."""
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
