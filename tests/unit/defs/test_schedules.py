"""The schedules: a tick is one run of the right job, which determines what the run reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from orchestration.configuration.model import Company, Config
from orchestration.configuration.settings import Settings
from orchestration.defs.refresh.jobs import REREAD_DAYS, jobs
from orchestration.defs.refresh.schedules import schedules
from orchestration.extract.window import Window
from orchestration.plan import RunPlan


def test_a_tick_asks_for_one_run(tmp_path: Path) -> None:
    """In the company's zone, not the machine's; nothing runs until the operator starts it."""
    company = Company(reporting_timezone="Asia/Kolkata")
    settings = Settings(home=tmp_path, config_path=None, config=Config(company=company))
    asked = {}
    for schedule in schedules(settings):
        with dg.build_schedule_context(
            scheduled_execution_time=datetime(2026, 7, 1, tzinfo=UTC)
        ) as context:
            tick = schedule.evaluate_tick(context)
        assert tick.skip_message is None
        assert len(tick.run_requests) == 1
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
        asked[schedule.job_name] = schedule.execution_timezone
    assert asked == {"refresh": "Asia/Kolkata", "reread": "Asia/Kolkata"}


def test_a_job_tells_its_run_what_to_read() -> None:
    """A run that a schedule starts has no command line: its job's tags are all it has."""
    plans = {job.name: RunPlan.from_tags(job.tags or {}) for job in jobs(dg.in_process_executor)}
    assert plans["refresh"] == RunPlan()
    assert plans["rebuild"] == RunPlan(rebuild=True)
    assert plans["reread"].window_at(date(2026, 7, 1)) == Window(date(2026, 4, 2), date(2026, 7, 2))
    assert REREAD_DAYS == 90
