"""When the jobs run, in the company's reporting time zone."""

from __future__ import annotations

import dagster as dg

from orchestration.configuration.settings import Settings


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """The daily refresh and the weekly re-read; both are off until the operator starts them."""
    zone = settings.config.company.reporting_timezone
    return [
        dg.ScheduleDefinition(
            name="daily_refresh",
            job_name="refresh",
            cron_schedule="0 5 * * *",
            execution_timezone=zone,
            description="Every morning at 5, when the vendors have closed the day before.",
        ),
        dg.ScheduleDefinition(
            name="weekly_reread",
            job_name="reread",
            cron_schedule="0 2 * * 0",
            execution_timezone=zone,
            description="Sunday nights: figures that were restated after the daily look-back.",
        ),
    ]
