"""The build folder as a whole: preparing and discarding it. Landing can always rebuild it."""

from __future__ import annotations

import logging
from pathlib import Path

from orchestration.configuration.settings import Settings
from orchestration.warehouse.configuration_tables import write_config
from orchestration.warehouse.connection import connect
from orchestration.warehouse.damage import WarehouseDamaged
from orchestration.warehouse.model_fingerprint import drop_other_models, model_fingerprint
from orchestration.warehouse.schema import ensure_schema

_log = logging.getLogger(__name__)


def prepare_build(settings: Settings) -> None:
    """Create the warehouse's tables and load the configuration; the caller holds the lease.

    A file that cannot be opened (damaged, or left by a process killed while creating it) is set
    aside. The run then loads everything from landing into a new file.

    Args:
        settings: Whose warehouse.
    """
    try:
        _prepare(settings)
    except WarehouseDamaged as damage:
        _log.warning("%s", damage)
        _prepare(settings)


def _prepare(settings: Settings) -> None:
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        # The vocabulary is written into the SQL of models, and decides what kept credits say.
        drop_other_models(con, f"{model_fingerprint()} {settings.config.vocabulary}")
        write_config(con, settings.config)


def discard_build(settings: Settings) -> None:
    """Remove the warehouse and what is known of its rows; the caller holds the writer's lease.

    Args:
        settings: Whose warehouse.
    """
    for path in (settings.warehouse_path, carried_path(settings)):
        for each in (path, path.with_name(path.name + ".wal")):
            each.unlink(missing_ok=True)


def carried_path(settings: Settings) -> Path:
    """Numbers over the rows that the published file was filled with (publication/carrying.py)."""
    return settings.build_dir / "carried.duckdb"
