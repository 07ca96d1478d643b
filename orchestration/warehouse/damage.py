"""A damaged warehouse file: detecting it and setting it aside.

Belongs here: DuckDB's messages about a damaged file, and where such a file goes. Does not belong
here: damage in landing (``extract/landing``), from which the warehouse is rebuilt.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import (
    make_directories,
    replace_durably,
    sync_directory,
)
from orchestration.foundation.errors import TributaryError

_SIGNS = (
    "Corrupt database file",
    "Corrupt WAL file",
    "Failure while replaying WAL",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
)
"""DuckDB verifies a checksum with every block and log entry; these are its messages."""


class WarehouseDamaged(TributaryError):
    """The warehouse's file or its write-ahead log is damaged."""


def is_damage(said: object) -> bool:
    """Whether an error, or dbt's message about one, says that the file is damaged."""
    text = str(said)
    return any(sign in text for sign in _SIGNS)


def set_aside(settings: Settings) -> Path:
    """Move the warehouse and its log to ``build/damaged``, which keeps only the newest.

    The caller holds the writer's lease and has the file closed.

    Returns:
        The folder where they are now.
    """
    damaged = settings.build_dir / "damaged"
    shutil.rmtree(damaged, ignore_errors=True)
    folder = damaged / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    make_directories(folder)
    warehouse = settings.warehouse_path
    for path in (warehouse.with_name(warehouse.name + ".wal"), warehouse):
        if path.exists():
            replace_durably(path, folder / path.name)
    sync_directory(warehouse.parent)
    return folder


def report(settings: Settings, said: object) -> WarehouseDamaged:
    """Set the warehouse aside and return the error that reports it.

    Args:
        settings: Whose warehouse.
        said: DuckDB's message.
    """
    folder = set_aside(settings)
    return WarehouseDamaged(
        f"The warehouse's file is damaged and was set aside: {said}",
        where=str(folder),
        remedy="Run again: tributary run rebuilds the same warehouse from landing. The last "
        "generation stays published. Check the disk.",
    )


def refuse_damage(settings: Settings, messages: Iterable[object]) -> None:
    """Set the warehouse aside when one of dbt's messages says that it is damaged.

    Raises:
        WarehouseDamaged: It is.
    """
    for message in messages:
        if is_damage(message):
            raise report(settings, message)
