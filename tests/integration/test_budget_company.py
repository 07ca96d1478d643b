"""Advice on budgets where the effect of every campaign was planted, through the whole road."""

from __future__ import annotations

from pathlib import Path

from tests.kit.budget_company import UNSEEN, write_budget_company
from tests.kit.company_run import run_company


def test_the_advice_is_right_about_all(tmp_path: Path) -> None:
    """Two saturated campaigns that pay, one with room, one that brings nothing, one unseen."""
    write_budget_company(tmp_path)
    variables = {
        "TRIBUTARY_HOME": str(tmp_path / "home"),
        "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
    }
    rows = run_company(variables).rows(
        "select member_name, advice, reason_code, return_on_spend, marginal_return "
        "from marts.budget_advice where dimension = 'campaign'"
    )
    advice = {name: (found, reason) for name, found, reason, *_ in rows}
    assert advice == {
        "room": ("more", "next_brings_more"),
        "full": ("less", "next_brings_less"),
        "crowded": ("less", "next_brings_less"),
        "idle": ("less", "brings_next_to_nothing"),
        UNSEEN: ("cannot_tell", "no_touches"),
    }
    returns = {name: (average, marginal) for name, _, _, average, marginal in rows}
    for saturated in ("full", "crowded"):
        average, marginal = returns[saturated]
        assert average > 1 > marginal
