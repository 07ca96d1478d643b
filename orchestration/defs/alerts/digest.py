"""The weekly digest: a job that posts it, and its schedule, when the configuration names a day."""

from __future__ import annotations

import dagster as dg

from orchestration.alerts import send
from orchestration.configuration.settings import Settings
from orchestration.privacy.guarded import guarded
from orchestration.publication.digest import weekly

NAME = "weekly_digest"
_HOUR = 7
"""After the refresh of five o'clock."""
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""As cron counts them."""


def digest_job(
    settings: Settings, executor: dg.ExecutorDefinition
) -> tuple[list[dg.JobDefinition], list[dg.ScheduleDefinition]]:
    """The job and its schedule; none of both where no day is configured.

    Args:
        settings: The company's.
        executor: As of the other jobs.
    """
    day = settings.config.report.digest_day
    if day is None:
        return [], []

    @dg.op(name="post_digest", description="Posts the last whole week to the webhook.")
    @guarded(settings)
    def post_digest() -> None:
        send(settings, weekly(settings))

    @dg.job(
        name=NAME,
        description="Post the week of the published generation to the webhook.",
        executor_def=executor,
    )
    def posts() -> None:
        post_digest()

    schedule = dg.ScheduleDefinition(
        name=NAME,
        job=posts,
        cron_schedule=f"0 {_HOUR} * * {_DAYS.index(day)}",
        execution_timezone=settings.config.company.reporting_timezone,
        description=f"Every {day} at {_HOUR}.",
    )
    return [posts], [schedule]
