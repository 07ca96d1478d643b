"""Assembles everything that Dagster sees."""

from __future__ import annotations

import dagster as dg

from orchestration.configuration.settings import Settings, load_settings
from orchestration.configuration.streams import configured_streams
from orchestration.defs.alerts.digest import digest_job
from orchestration.defs.alerts.sensors import alert_sensors
from orchestration.defs.keys import raw_key
from orchestration.defs.publication.assets import publication_asset
from orchestration.defs.publication.checks import mart_checks
from orchestration.defs.refresh.jobs import jobs
from orchestration.defs.refresh.schedules import schedules
from orchestration.defs.serving.assets import serving_assets
from orchestration.defs.sources.assets import source_assets
from orchestration.defs.sources.boundary import boundary_asset
from orchestration.defs.sources.sensors import inbox_sensors
from orchestration.defs.transform.assets import model_assets
from orchestration.foundation.modes import keep_private


def build_definitions(settings: Settings) -> dg.Definitions:
    """The assets, checks, jobs, schedules and sensors of one company.

    Needs no secret and no network.

    Args:
        settings: The company's settings.
    """
    streams = configured_streams(settings)
    models = model_assets(settings, frozenset(raw_key(name, s.name) for name, s in streams))
    digest_jobs, digest_schedules = digest_job(settings, executor(settings))
    return dg.Definitions(
        assets=[
            *source_assets(settings),
            boundary_asset(settings, streams),
            models,
            publication_asset(settings, models),
            *serving_assets(settings),
        ],
        asset_checks=[mart_checks(settings)],
        jobs=[*jobs(executor(settings)), *digest_jobs],
        schedules=[*schedules(settings), *digest_schedules],
        sensors=[*inbox_sensors(settings), *alert_sensors(settings)],
    )


def executor(settings: Settings) -> dg.ExecutorDefinition:
    """In process, unless the settings ask for a process per step (about 4 s each)."""
    return dg.multiprocess_executor if settings.multiprocess else dg.in_process_executor


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the company that the environment configures."""
    keep_private()
    return build_definitions(load_settings())
