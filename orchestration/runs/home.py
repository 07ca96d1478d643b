"""Dagster's home of a company, ready to be used."""

from __future__ import annotations

import os
from pathlib import Path

from dagster import DagsterInstance
from filelock import FileLock

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import write_at_once
from orchestration.foundation.repository import PROJECT_FILES


def prepare_dagster_home(settings: Settings) -> Path:
    """Make ``TRIBUTARY_HOME/dagster`` the Dagster home of this process and its children.

    Only one process at a time: if two create Dagster's stores at once, one fails, and may leave a
    store that every later process refuses.
    """
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    with FileLock(settings.dagster_home / "prepare.lock"):
        instance_file = settings.dagster_home / "dagster.yaml"
        write_at_once(instance_file, (PROJECT_FILES / "dagster.yaml").read_bytes())
        with DagsterInstance.get() as instance:
            for store in (
                instance.run_storage,
                instance.event_log_storage,
                instance.schedule_storage,
            ):
                if store:
                    store.alembic_version()
    return settings.dagster_home
