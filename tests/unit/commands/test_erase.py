"""What ``tributary erase`` asks of the run that builds everything again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from orchestration.commands import erase
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.plan import RunPlan
from orchestration.runs.job import JobOutcome


@pytest.mark.parametrize("accepted", [0, 1])
def test_losses_that_were_accepted_do_not_hold_up_an_erasure(
    accepted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old lines that nobody will mend were accepted once; asked again, they kept people published.

    Losses that nobody accepted still end the run: they are new, and can be mended.
    """
    config = tmp_path / "tributary.yaml"
    config.write_text("inbox: []\n", "utf-8")
    settings = Settings(tmp_path / "home", config, Config(), "500MB", 1)
    settings.published_path.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_path)) as con:
        con.execute("create schema meta")
        con.execute(
            "create table meta.accepted_losses as select 1 as lost from range(?)", [accepted]
        )
    plans: list[RunPlan] = []

    def run_job(_settings: Settings, _job: str, plan: RunPlan, *_: Any) -> JobOutcome:
        plans.append(plan)
        return JobOutcome("", False, (), tmp_path / "run.log")

    monkeypatch.setattr(erase, "run_job", run_job)
    status = erase.run_erase(settings, ["anna@x.example"], "", "asked", Console(quiet=True))
    assert status == 1
    assert plans == [RunPlan(rebuild=True, accept_losses=bool(accepted))]
