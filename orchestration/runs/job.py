"""Running a Dagster job in this process.

Belongs here: the instance, the run and its outcome. Does not belong here: what the jobs do
(``defs``), what a person sees meanwhile (``progress.py``, ``output.py``), or the report when they
end (``commands/run.py``).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from dagster import DagsterInstance
from rich.console import Console

from orchestration.configuration.settings import Settings
from orchestration.definitions import build_definitions
from orchestration.foundation.terminal import plain
from orchestration.plan import RunPlan
from orchestration.runs.home import prepare_dagster_home
from orchestration.runs.janitor import tidy
from orchestration.runs.output import output_to
from orchestration.runs.progress import RunProgress, StepFailure
from orchestration.runs.turn import our_turn

OURS = {"dagster/max_retries": "0"}
"""Tags of runs in this process: Dagster's daemon can only restart runs it started."""


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


def run_job(
    settings: Settings, job_name: str, plan: RunPlan, console: Console, *, verbose: bool = False
) -> JobOutcome:
    """Run a job to its end.

    Args:
        settings: The settings.
        job_name: ``refresh``, ``reread`` or ``rebuild``.
        plan: What the run should do.
        console: Where progress is shown.
        verbose: Also show the output of Dagster and dbt, which otherwise goes only to the log.

    Raises:
        WarehouseBusy: Another run is in progress and did not end in time.
    """
    settings.prepare_home()
    run_id = str(uuid.uuid4())
    log_path = settings.home / "logs" / f"{run_id}.log"
    progress = RunProgress(console, bar=not verbose)
    with output_to(log_path, console, verbose=verbose), progress.shown():
        prepare_dagster_home(settings)
        with DagsterInstance.get() as instance:
            if tidied := tidy(settings, instance).summary():
                console.print(plain(tidied), style="yellow")
            job = build_definitions(settings).resolve_job_def(job_name)
            progress.expect(node.name for node in job.graph.nodes)
            instance.add_event_listener(run_id, progress.show)
            with our_turn(settings, instance, console):
                result = job.execute_in_process(
                    instance=instance,
                    run_id=run_id,
                    tags=plan.tags() | OURS,
                    raise_on_error=False,
                    run_config={"loggers": {"console": {"config": {"log_level": "INFO"}}}},
                )
    return JobOutcome(run_id, result.success, tuple(progress.failures), log_path)
