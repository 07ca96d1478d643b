"""Running a Dagster job in this process, with progress for a person to watch.

Belongs here: the instance, the log file, the progress display, the errors of failed steps. Does not
belong here: what the jobs do (``defs``), or what is said when they end (``run``).
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster import DagsterEventType, DagsterInstance, EventLogEntry
from filelock import FileLock
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.configuration.settings import Settings
from orchestration.definitions import build_definitions
from orchestration.defs.alerts.sensors import told
from orchestration.foundation.durable import write_at_once
from orchestration.foundation.repository import REPOSITORY
from orchestration.plan import RunPlan
from orchestration.runs.janitor import tidy
from orchestration.runs.turn import our_turn

OURS = {"dagster/max_retries": "0"}
"""Tags of runs in this process: Dagster's daemon can only start again what it has started."""


@dataclass(frozen=True, slots=True)
class StepFailure:
    """A step that failed.

    Attributes:
        step: The step's name.
        message: The error as a person should read it.
    """

    step: str
    message: str


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job ended.

    Attributes:
        run_id: Dagster's id of the run.
        succeeded: Whether every step succeeded.
        failures: The steps that failed, in order.
        log_path: Everything the run printed.
    """

    run_id: str
    succeeded: bool
    failures: tuple[StepFailure, ...]
    log_path: Path


def prepare_dagster_home(settings: Settings) -> Path:
    """Make ``TRIBUTARY_HOME/dagster`` the Dagster home of this process and its children.

    One process at a time: of two that create Dagster's stores at once, one fails, and what it
    leaves may be refused by every later one.
    """
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    with FileLock(settings.dagster_home / "prepare.lock"):
        instance_file = settings.dagster_home / "dagster.yaml"
        write_at_once(instance_file, (REPOSITORY / "dagster.yaml").read_bytes())
        with DagsterInstance.get() as instance:
            for store in (
                instance.run_storage,
                instance.event_log_storage,
                instance.schedule_storage,
            ):
                if store:
                    store.alembic_version()
    return settings.dagster_home


def run_job(settings: Settings, job_name: str, plan: RunPlan, console: Console) -> JobOutcome:
    """Run a job to its end.

    Args:
        settings: The settings.
        job_name: ``refresh``, ``reread`` or ``rebuild``.
        plan: What the run is to do.
        console: Where progress is shown.

    Raises:
        WarehouseBusy: Another run is under way and did not end in time.
    """
    prepare_dagster_home(settings)
    run_id = str(uuid.uuid4())
    log_path = settings.home / "logs" / f"{run_id}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with _output_to(log_path, console), DagsterInstance.get() as instance:
        if tidied := tidy(settings, instance).told():
            console.print(tidied, style="yellow")
        with console.status("Reading the definitions"):
            job = build_definitions(settings).resolve_job_def(job_name)
        display = _Display(job)
        instance.add_event_listener(run_id, display.show)
        with our_turn(settings, instance, console), display.progress(console):
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                tags=plan.tags() | OURS,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "INFO"}}}},
            )
    return JobOutcome(run_id, result.success, tuple(display.failures), log_path)


@contextmanager
def _output_to(log_path: Path, console: Console) -> Iterator[None]:
    """Send this process's output, and that of its children, to the run's log.

    The console keeps writing to where it stood before, so that progress stays readable.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    before = console.file
    with log_path.open("ab", buffering=0) as log, os.fdopen(os.dup(1), "w") as screen:
        console.file = screen
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            screen.flush()
            console.file = before
            for saved, target in zip(kept, (1, 2), strict=True):
                os.dup2(saved, target)
                os.close(saved)


class _Display:
    """The progress of one run, fed by Dagster's events."""

    def __init__(self, job: dg.JobDefinition) -> None:
        self._steps = len(job.graph.nodes)
        self.failures: list[StepFailure] = []
        self._progress: Progress | None = None
        self._task: Any = None

    @contextmanager
    def progress(self, console: Console) -> Iterator[None]:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", table_column=None),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f} steps"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as self._progress:
            self._task = self._progress.add_task("Starting", total=self._steps)
            yield

    def show(self, entry: EventLogEntry) -> None:
        """Take in one event of the run."""
        event = entry.dagster_event
        if event is None or self._progress is None:
            return
        if event.event_type == DagsterEventType.STEP_START:
            self._progress.update(self._task, description=_spoken(str(event.step_key)))
        elif event.event_type == DagsterEventType.STEP_SUCCESS:
            self._progress.advance(self._task)
        elif event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            key = event.asset_key
            if key is not None:
                self._progress.update(self._task, description="/".join(key.path))
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            message = told(event.step_failure_data.error)
            self.failures.append(StepFailure(str(event.step_key), message))


def _spoken(step: str) -> str:
    return step.replace("__", " / ")
