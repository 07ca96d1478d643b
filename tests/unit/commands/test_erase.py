"""What ``tributary erase`` asks of the run that builds everything again."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from orchestration.commands import erase
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.erasing.carrying_out import begin, certify_served, complete, write_down
from orchestration.plan import RunPlan
from orchestration.privacy.people import ADDRESS, Identifier
from orchestration.runs.job import JobOutcome
from tests.kit.faults import shelf
from tests.kit.faults.served import served_by


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


def test_resume_goes_on_until_the_server_is_without_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said that nothing was pending while BI tools still counted somebody who was erased."""
    config = tmp_path / "tributary.yaml"
    config.write_text("inbox: []\n", "utf-8")
    settings = replace(served_by(shelf.company(tmp_path / "home")), config_path=config)
    shelf.publish_version(str(settings.home), 1)
    write_down(settings, {Identifier(ADDRESS, "anna@kund.example")}, "asked", shared=0)
    begin(settings)
    complete(settings, 1)
    plans: list[RunPlan] = []
    is_away = True

    def run_job(_settings: Settings, _job: str, plan: RunPlan, *_: Any) -> JobOutcome:
        plans.append(plan)
        if not is_away:
            certify_served(settings, 1)
        return JobOutcome("", not is_away, (), tmp_path / "run.log")

    def resume(of: Settings) -> tuple[int, str]:
        console = Console(file=StringIO(), width=200)
        status = erase.run_erase(of, [], "", "", console)
        assert isinstance(console.file, StringIO)
        return status, console.file.getvalue()

    monkeypatch.setattr(erase, "run_job", run_job)
    status, said = resume(settings)
    assert (status, plans) == (1, [RunPlan()])
    assert "PostgreSQL still has an earlier generation" in said
    status, said = resume(replace(settings, config=Config()))
    assert (status, len(plans)) == (1, 1), "a server that is no longer configured has them still"
    assert "was configured may still have" in said
    is_away = False
    assert resume(settings)[0] == 0
    assert len(plans) == 2
    assert resume(settings) == (0, "Nothing is pending.\n")
