"""Advice on budgets where the effect of every campaign was planted, through the whole road."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.configuration.settings import load_settings
from orchestration.publication.reader import query
from tests.kit.budget_company import CURVES, write_budget_company


def test_the_advice_is_right_about_all_four(tmp_path: Path) -> None:
    """Two saturated campaigns that pay on average, one with room, and one that brings nothing."""
    write_budget_company(tmp_path)
    variables = {
        "TRIBUTARY_HOME": str(tmp_path / "home"),
        "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
    }
    done = subprocess.run(
        [Path(sys.executable).parent / "tributary", "run"],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = query(
        load_settings(variables),
        "select member_name, advice, reason_code, return_on_spend, marginal_return "
        "from marts.budget_advice where dimension = 'campaign'",
    ).rows
    advice = {name: (found, reason) for name, found, reason, *_ in rows}
    assert advice.keys() == CURVES.keys()
    assert advice == {
        "room": ("more", "next_brings_more"),
        "full": ("less", "next_brings_less"),
        "crowded": ("less", "next_brings_less"),
        "idle": ("less", "brings_next_to_nothing"),
    }
    returns = {name: (average, marginal) for name, _, _, average, marginal in rows}
    for saturated in ("full", "crowded"):
        average, marginal = returns[saturated]
        assert average > 1 > marginal
