"""Opens DuckDB files, and lets only one process at a time write the warehouse.

Belongs here: limits every connection must have, and the writers' lease. Does not belong here: the
writes themselves.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection
from filelock import FileLock, Timeout

from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import naming_full_disk
from orchestration.foundation.durable import write_at_once
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.time_limit import interruptible
from orchestration.warehouse.damage import is_damage, report

_log = logging.getLogger(__name__)

LEASE_SECONDS = 1800.0
"""How long a writer waits for another by default."""
_NOTICE_SECONDS = 30.0


class WarehouseBusy(TributaryError):
    """Another process writes the warehouse and did not finish in time."""


@contextmanager
def connect(
    path: Path, *, read_only: bool = False, settings: Settings
) -> Iterator[DuckDBPyConnection]:
    """A connection with the configured memory limit and threads, spilling to ``spill_dir``.

    The session's time zone is UTC, so that casts mean the same on every machine. When a writer
    finds the warehouse damaged, the file is set aside and the next run creates a new one.

    Args:
        path: The DuckDB file; its folder is created for a writer.
        read_only: Open without the right to write.
        settings: Where to spill, and the limits on memory and threads.

    Raises:
        WarehouseBusy: Another process holds the file.
        WarehouseDamaged: The warehouse file is damaged.
        NoRoom: The disk of the file, of its write-ahead log or of the spill folder is full.
    """
    settings.spill_dir.mkdir(parents=True, exist_ok=True)
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(settings.spill_dir),
    }
    is_ours = path == settings.warehouse_path and not read_only
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
    except duckdb.IOException as error:
        if is_ours and is_damage(error):
            raise report(settings, error) from error
        if "lock" not in str(error).lower():
            raise
        raise WarehouseBusy(
            "Another process has the warehouse open.",
            where=f"{path}: {error}",
            remedy="Wait for the other run to end, or end the process named above.",
        ) from error
    try:
        con.execute("set TimeZone = 'UTC'")
        with naming_full_disk(path.parent), interruptible(con):
            yield con
    except duckdb.Error as error:
        if not is_ours or not is_damage(error):
            raise
        con.close()
        raise report(settings, error) from error
    finally:
        con.close()


@contextmanager
def writer_lease(
    settings: Settings, purpose: str, *, wait_seconds: float = LEASE_SECONDS
) -> Iterator[None]:
    """Hold the right to write the warehouse; waits for the current holder and names it.

    The operating system holds the lock and releases it with the process, so no lease outlives a
    crash.

    Args:
        settings: Whose warehouse.
        purpose: What the writer does, shown to those who wait.
        wait_seconds: How long to wait.

    Raises:
        WarehouseBusy: The holder did not finish in time; the message names it.
    """
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_lock_path(settings))
    holder = settings.build_dir / "writer.json"
    deadline = time.monotonic() + wait_seconds
    patience = 0.0
    while True:
        try:
            lock.acquire(timeout=patience)
            break
        except Timeout as error:
            if time.monotonic() >= deadline:
                raise WarehouseBusy(
                    f"The warehouse is being written by {describe_holder(settings)}.",
                    where=str(settings.warehouse_path),
                    remedy="Wait for it to end, then run again.",
                ) from error
            _log.warning("waiting for the warehouse, held by %s", describe_holder(settings))
            patience = max(0.0, min(_NOTICE_SECONDS, deadline - time.monotonic()))
    try:
        facts = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(), "purpose": purpose}
        write_at_once(holder, json.dumps(facts).encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def present_writer(settings: Settings) -> str | None:
    """Who writes the warehouse now, or ``None``; found without writing anything.

    Raises:
        OSError: The lock cannot be read.
    """
    try:
        descriptor = os.open(_lock_path(settings), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        # Closing the file gives the shared lock back; a writer who asks meanwhile tries again.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return describe_holder(settings)
    finally:
        os.close(descriptor)
    return None


def _lock_path(settings: Settings) -> Path:
    return settings.build_dir / "writer.lock"


def describe_holder(settings: Settings) -> str:
    """The holder of the lease: purpose, process and since when, or that it is unknown."""
    try:
        facts: dict[str, Any] = json.loads((settings.build_dir / "writer.json").read_text("utf-8"))
        return f"{facts['purpose']} (process {facts['pid']}, since {facts['since']})"
    except (OSError, ValueError, KeyError):
        return "a process that did not record its name"
