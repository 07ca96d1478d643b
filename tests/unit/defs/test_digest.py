"""The weekly digest reaches the webhook from Dagster, on the day that is configured."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from pydantic import ValidationError
from rich.console import Console

from orchestration.commands.digest import run_digest
from orchestration.configuration.document import SettingsError
from orchestration.configuration.model import Alerts, Config, Report
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings
from orchestration.defs.alerts.digest import digest_job
from tests.kit.reported import every_day, reported
from tests.kit.webhook import listening

WEBHOOK = Alerts(webhook=Secret("DIGEST_WEBHOOK", "alerts.webhook"))


def settings(home: Path, config: Config) -> Settings:
    """A company with a published file."""
    folder = home / "published"
    folder.mkdir()
    reported(folder / "tributary.duckdb", every_day(date(2025, 12, 1), 91, "s1", 1))
    return Settings(home=home, config_path=None, config=config)


def test_the_job_posts_on_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the company's zone; off until the operator starts it, as the other schedules are."""
    company = {"reporting_timezone": "Asia/Kolkata"}
    config = Config.model_validate(
        {"company": company, "alerts": WEBHOOK, "report": Report(digest_day="sunday")}
    )
    ours = settings(tmp_path, config)
    (job,), (schedule,) = digest_job(ours, dg.in_process_executor)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 7 * * 0", "Asia/Kolkata")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    with listening() as receiver:
        monkeypatch.setenv("DIGEST_WEBHOOK", receiver.url)
        assert job.execute_in_process().success
    (body,) = receiver.bodies
    assert (body["kind"], body["week"], body["leads"]) == ("digest", "2026-02-23", "7")
    assert f"Report: {ours.published_dir / 'report.html'}" in body["text"]


def test_without_a_day_there_is_no_job(tmp_path: Path) -> None:
    """Pay for what you use."""
    ours = Settings(home=tmp_path, config_path=None, config=Config(alerts=WEBHOOK))
    assert digest_job(ours, dg.in_process_executor) == ([], [])


def test_a_day_without_a_webhook_is_refused() -> None:
    """It would be posted nowhere, every week."""
    with pytest.raises(ValidationError, match=r"digest_day needs alerts\.webhook"):
        Config(report=Report(digest_day="monday"))


def test_the_command_posts_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing a digest must not ring the channel."""
    ours = settings(tmp_path, Config(alerts=WEBHOOK))
    console = Console(record=True, width=200)
    with listening() as receiver:
        monkeypatch.setenv("DIGEST_WEBHOOK", receiver.url)
        run_digest(ours, console)
        assert receiver.bodies == []
        run_digest(ours, console, post=True)
    assert len(receiver.bodies) == 1
    assert "Nothing moved beyond chance." in console.export_text()
    with pytest.raises(SettingsError, match="no webhook"):
        run_digest(Settings(home=tmp_path, config_path=None, config=Config()), console, post=True)
