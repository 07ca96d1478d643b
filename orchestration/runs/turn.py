"""Lets one run at a time work on a home; the others wait.

Belongs here: what a command waits for before its run begins. Does not belong here: the lease of
each step that writes (``warehouse/connection``).

Two runs with interleaved steps would each find the other's results at the gate, and one would be
refused. Runs that Dagster's daemon starts wait in its queue, for each other and for ours:
``dagster.yaml`` allows one run, and the queue counts every run in progress. Runs that a command
starts are not queued, so they wait here: for another command through an operating-system lock,
which ends with its process, and for the daemon's run by reading Dagster's store.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from filelock import FileLock, Timeout
from rich.console import Console

from orchestration.configuration.settings import Settings
from orchestration.foundation.terminal import plain
from orchestration.runs.janitor import fail_dead_runs, process_of
from orchestration.warehouse.connection import LEASE_SECONDS, WarehouseBusy

_WORKING = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
_POLL_SECONDS = 1.0


@contextmanager
def our_turn(
    settings: Settings,
    instance: DagsterInstance,
    console: Console,
    *,
    wait_seconds: float = LEASE_SECONDS,
) -> Iterator[None]:
    """Wait until no other run is in progress, then keep other commands from starting one.

    Args:
        settings: Whose home.
        instance: Dagster's instance in it.
        console: Where to show which run it waits for.
        wait_seconds: How long to wait.

    Raises:
        WarehouseBusy: The other run did not end in time; the message names its process and start
            time.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    # Not in build/, which may be deleted at any time.
    lock = FileLock(settings.home / "run.lock")
    deadline = time.monotonic() + wait_seconds
    shown = ""
    try:
        while holder := _holder(lock, instance):
            if time.monotonic() >= deadline:
                raise WarehouseBusy(
                    f"Another run is in progress: {holder}.",
                    where=str(settings.home),
                    remedy="Wait for it to end, or end that process; then run again.",
                )
            if holder != shown:
                console.print(f"Waiting for {plain(holder)}.", style="yellow", highlight=False)
                shown = holder
            time.sleep(min(_POLL_SECONDS, wait_seconds))
        yield
    finally:
        lock.release()


def _holder(lock: FileLock, instance: DagsterInstance) -> str:
    """What to wait for; empty when we hold the lock and no run is in progress."""
    try:
        if not lock.is_locked:
            lock.acquire(timeout=0)
    except Timeout:
        return _under_way(instance) or "another command that is about to start its run"
    return _under_way(instance)


def _under_way(instance: DagsterInstance) -> str:
    """The run in progress, if any; one whose process is gone is marked as failed."""
    fail_dead_runs(instance)
    for record in instance.get_run_records(RunsFilter(statuses=_WORKING), limit=1):
        run = record.dagster_run
        process = process_of(instance, run.run_id)
        named = f"process {process[0]}" if process else "its process is about to start"
        since = record.create_timestamp.astimezone(UTC)
        return f"the run {run.run_id} ({run.job_name}, {named}, since {since:%Y-%m-%d %H:%M} UTC)"
    return ""
