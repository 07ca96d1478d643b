"""The history of stages of a small company, and its funnel, worked out by hand."""

from __future__ import annotations

from typing import Any

import duckdb

from tests.kit.models.spend_company import at


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, in the order of their texts."""
    return sorted(con.execute(sql).fetchall(), key=repr)


def test_a_stage_of_a_deal_is_its_leads(evidence: duckdb.DuckDBPyConnection) -> None:
    """Two equal lines are one entry; a deal that nobody knows keeps its stage without a lead."""
    assert rows(
        evidence,
        "select coalesce(lead_id, 'nobody'), opportunity_key = 'unknown', stage, stage_name,"
        " entries.entered_at_precision, entered_on, left_at is null"
        " from core.fct_stage_entries as entries left join core.fct_leads using (lead_key)",
    ) == [
        ("l1", False, "demo_booked", "Demo booked", "day", at(3, 7).date(), False),
        ("l1", False, "offer", "Offer", "moment", at(3, 9).date(), True),
        ("l1", True, "opportunity", "Opportunity", "moment", at(3, 5).date(), True),
        ("l2", True, "demo_booked", "Demo booked", "moment", at(2, 24).date(), True),
        ("l2", True, "form", "Form", "moment", at(2, 23).date(), False),
        ("l2", True, "mql", "MQL", "moment", at(2, 22).date(), False),
        ("nobody", True, "offer", "Offer", "moment", at(3, 9).date(), True),
    ]


def test_stages_of_ones_own_are_steps_of_the_funnel(evidence: duckdb.DuckDBPyConnection) -> None:
    """A skipped step counts as gone through; one that nobody ever reached is none.

    Six leads, one of them our own: one was qualified, two had a demo, four a deal, two bought.
    Nobody reached `form` and `sql`. The one visit began at `/pricing/`, which is `/Pricing`; the
    stage that the CRM calls `Form` is none of a visitor.
    """
    assert evidence.execute(
        "select step_number, step, sum(entered), sum(reached_next) from marts.funnel_steps"
        " group by all order by step_number"
    ).fetchall() == [
        (1, "visit", 1, 1),
        (2, "landing", 1, 1),
        (3, "lead", 6, 4),
        (4, "mql", 4, 4),
        (5, "demo_booked", 4, 4),
        (6, "opportunity", 4, 2),
        (7, "customer", 2, None),
    ]


def test_a_lead_of_the_stage_history_is_qualified(evidence: duckdb.DuckDBPyConnection) -> None:
    """The file of leads does not say when."""
    assert rows(
        evidence, "select lead_id, mql_on from core.fct_leads where mql_at is not null"
    ) == [("l2", at(2, 22).date())]


def test_a_deal_says_itself_when_it_came_about(evidence: duckdb.DuckDBPyConnection) -> None:
    """The file has l1 in that stage a day before its deal, whose conversion has the deal's day."""
    assert rows(evidence, "select opportunity_at from core.fct_leads where lead_id = 'l1'") == [
        (at(3, 6),)
    ]
