"""Cleans up at the start of a command what killed processes left behind.

Belongs here: Dagster's runs and slots, the writers' note, spill files, unfinished publishes.
Does not belong here: landing, which the configuration's asset tidies at the start of every run
(``Landing.clean``), or anything that a living process may still use.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.storage.dagster_run import FINISHED_STATUSES, RunRecord
from filelock import FileLock, Timeout

from orchestration.configuration.settings import Settings
from orchestration.foundation.reading import READER
from orchestration.publication import generations
from orchestration.warehouse.connection import WarehouseBusy, describe_holder, writer_lease

_UNDER_WAY = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
_NAMELESS = timedelta(minutes=15)
"""How long a run may go without naming its process; after that it never began."""


@dataclass(slots=True)
class Tidied:
    """What was found and fixed.

    Attributes:
        runs: Runs that were marked as failed because their process is gone.
        slots: Runs that ended but still held Dagster's slot for the single writer.
        files: Files and folders that are no longer in use.
        expired: Files and runs beyond ``privacy.keep_days``.
        lease: The writer named in the writers' note, when its process is gone.
    """

    runs: list[str] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    lease: str = ""

    def summary(self) -> str:
        """One sentence for a person; empty when there was nothing to do."""
        parts = [
            f"{len(self.runs)} run(s) marked as failed because the process is gone"
            if self.runs
            else "",
            f"{len(self.slots)} slot(s) freed" if self.slots else "",
            f"the lease of {self.lease} cleared" if self.lease else "",
            f"{len(self.files)} leftover file(s) removed" if self.files else "",
            f"{len(self.expired)} file(s) and run(s) beyond privacy.keep_days removed"
            if self.expired
            else "",
        ]
        said = ", ".join(part for part in parts if part)
        return f"Tidied up: {said}." if said else ""


def tidy(settings: Settings, instance: DagsterInstance) -> Tidied:
    """Clean up after killed processes; whatever a living process holds is left alone.

    Args:
        settings: Whose home.
        instance: Dagster's instance in it.
    """
    found = Tidied()
    found.runs += fail_dead_runs(instance)
    _free_slots(instance, found)
    _clear_lease(settings, found)
    _remove_publish_leftovers(settings, found)
    _remove_reader_folders(found)
    _remove_expired(settings, instance, found)
    return found


def is_gone(pid: int, seen_at: float) -> bool:
    """Whether the process that had this id at that moment no longer runs.

    Args:
        pid: Its id; the system reuses ids.
        seen_at: When it was known to run, in seconds since the epoch.
    """
    try:
        process = psutil.Process(pid)
        # The clock may have been adjusted slightly in between.
        return process.status() == psutil.STATUS_ZOMBIE or process.create_time() > seen_at + 2
    except psutil.NoSuchProcess:
        return True


def fail_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark runs whose process is gone as failed; returns their ids."""
    failed = []
    for record in instance.get_run_records(RunsFilter(statuses=_UNDER_WAY)):
        why = _why_dead(instance, record)
        if why:
            run = record.dagster_run
            instance.report_run_failed(run, f"{why} Marked as failed by the start-up janitor.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            failed.append(run.run_id)
    return failed


def _why_dead(instance: DagsterInstance, record: RunRecord) -> str:
    """Why a run cannot go on; empty when it may."""
    process = process_of(instance, record.dagster_run.run_id)
    if process:
        return f"The run's process {process[0]} is gone." if is_gone(*process) else ""
    nameless = datetime.now(UTC) - record.create_timestamp.astimezone(UTC)
    return "The run never recorded its process." if nameless > _NAMELESS else ""


def process_of(instance: DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The process of a run, and when it was recorded, in epoch seconds; empty if unknown."""
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        pid = event and event.engine_event_data.metadata.get("pid")
        if pid:
            # The first is the run's own process; steps may have their own.
            return int(str(pid.value)), entry.timestamp
    return None


def _free_slots(instance: DagsterInstance, found: Tidied) -> None:
    storage = instance.event_log_storage
    holders = list(storage.get_concurrency_run_ids())
    if not holders:
        return
    for record in instance.get_run_records(
        RunsFilter(run_ids=holders, statuses=list(FINISHED_STATUSES))
    ):
        storage.free_concurrency_slots_for_run(record.dagster_run.run_id)
        found.slots.append(record.dagster_run.run_id)


def _clear_lease(settings: Settings, found: Tidied) -> None:
    """Taking the lock proves that no process writes, so note and spill files are stale."""
    if not settings.build_dir.is_dir():
        return
    note = settings.build_dir / "writer.json"
    left = describe_holder(settings) if note.exists() else ""
    try:
        with writer_lease(settings, "tidy up", wait_seconds=0):
            found.lease = left
            for path in sorted(settings.spill_dir.glob("duckdb_temp*")):
                path.unlink()
                found.files.append(path)
    except WarehouseBusy:
        return


def _remove_publish_leftovers(settings: Settings, found: Tidied) -> None:
    folder = settings.published_dir
    if not folder.is_dir():
        return
    try:
        with FileLock(folder / ".publish.lock", timeout=0):
            found.files += generations.remove_leftovers(folder)
    except Timeout:
        return


def _remove_reader_folders(found: Tidied) -> None:
    """Spill folders of killed readers; each name contains its reader's process id."""
    for path in sorted(Path(tempfile.gettempdir()).glob(f"{READER}*")):
        pid = path.name.removeprefix(READER).partition("-")[0]
        # A reader that ends in the meantime removes its folder itself.
        with contextlib.suppress(FileNotFoundError):
            if pid.isdigit() and is_gone(int(pid), path.stat().st_mtime):
                shutil.rmtree(path, ignore_errors=True)
                found.files.append(path)


def _remove_expired(settings: Settings, instance: DagsterInstance, found: Tidied) -> None:
    """Earlier generations, logs and Dagster's finished runs beyond ``privacy.keep_days``."""
    keep, now = settings.config.privacy.keep_days, settings.now()
    if keep.generations is not None:
        earlier = list(generations.kept_generations(settings.published_dir).values())[:-1]
        found.expired += _remove_older(earlier, now - timedelta(days=keep.generations))
    if keep.logs is not None:
        before = now - timedelta(days=keep.logs)
        found.expired += _remove_older((settings.home / "logs").glob("*.log"), before)
        over = RunsFilter(statuses=list(FINISHED_STATUSES), created_before=before)
        for record in instance.get_run_records(over):
            instance.delete_run(record.dagster_run.run_id)
            found.expired.append(record.dagster_run.run_id)


def _remove_older(paths: Iterable[Path], before: datetime) -> list[str]:
    removed = []
    for path in paths:
        if path.stat().st_mtime < before.timestamp():
            path.unlink()
            removed.append(path.name)
    return removed
