"""The stages of a run, as shown to a person.

Belongs here: which step belongs to which stage, and the lines and the bar that show them. Does not
belong here: running the job (``job.py``), or the final report (``commands/run.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dagster import AssetMaterialization, DagsterEventType, EventLogEntry
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from orchestration.defs.alerts.sensors import message_of
from orchestration.defs.keys import CONFIGURATION_KEY, POSTGRES_KEY

READING = "Read the definitions"
"""What is shown before the first step begins."""

_TASK = TaskID(0)
"""The display's only line: the first task it was given."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A named part of a run.

    Attributes:
        title: Its name.
        counted: What its progress counts.
    """

    title: str
    counted: str = ""


PREPARE = Stage("Prepare the warehouse")
LOAD = Stage("Extract and load", "streams")
BOUNDARY = Stage("Check what was loaded")
BUILD = Stage("Build and test the models", "tables")
MARTS = Stage("Check the marts")
PUBLISH = Stage("Publish")
SERVE = Stage("Serve by PostgreSQL")

_STAGES = {
    CONFIGURATION_KEY.to_python_identifier(): PREPARE,
    "boundary": BOUNDARY,
    "models": BUILD,
    "aggregates": MARTS,
    "publication": PUBLISH,
    POSTGRES_KEY.to_python_identifier(): SERVE,
}


def stage_of(step: str) -> Stage:
    """The stage of a step; a step that belongs to no other stage reads a stream."""
    return _STAGES.get(step, LOAD)


@dataclass(frozen=True, slots=True)
class StepFailure:
    """A step that failed.

    Attributes:
        step: The step's name.
        message: The error, as shown to a person.
    """

    step: str
    message: str


@dataclass(slots=True)
class _Seen:
    """What was seen of one stage; times are Dagster's, in seconds."""

    unfinished: set[str] = field(default_factory=set)
    began: float = 0.0
    total: int = 0
    done: int = 0
    records: int = 0
    failed: bool = False

    def amount(self, stage: Stage) -> str:
        """What the stage did, in its own unit."""
        if not stage.counted:
            return ""
        records = f", {self.records:,} new records" if stage is LOAD else ""
        return f"{self.done:,} {stage.counted}{records}"


@dataclass
class RunProgress:
    """The progress of one run, fed by Dagster's events.

    A finished stage leaves one line behind. The current stage has a bar if the console is a
    terminal that shows nothing else.

    Attributes:
        console: Where it is shown.
        bar: Whether a bar may be drawn; lines written by others would break it up.
        failures: The steps that failed, in order.
    """

    console: Console
    bar: bool = True
    failures: list[StepFailure] = field(default_factory=list)
    _seen: dict[Stage, _Seen] = field(default_factory=dict)
    _progress: Progress | None = None
    _drawn: Stage | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw the bar while the body runs."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[item]}", style="dim"),
        )
        with Progress(
            *columns,
            console=self.console,
            transient=True,
            disable=not (self.bar and self.console.is_terminal),
            # Anything written to them belongs in the log: see output_to.
            redirect_stdout=False,
            redirect_stderr=False,
        ) as self._progress:
            self._progress.add_task(READING, total=None, count="", item="")
            yield

    def expect(self, steps: Iterable[str]) -> None:
        """Register the run's steps, before the first one begins.

        Args:
            steps: The names of all steps.
        """
        for step in steps:
            seen = self._seen.setdefault(stage_of(step), _Seen())
            seen.unfinished.add(step)
            if stage_of(step) is LOAD:
                seen.total += 1

    def show(self, entry: EventLogEntry) -> None:
        """Process one event of the run."""
        event = entry.dagster_event
        if event is None or event.step_key is None:
            return
        step, stage = event.step_key, stage_of(event.step_key)
        seen = self._seen[stage]
        match event.event_type:
            case DagsterEventType.ASSET_MATERIALIZATION_PLANNED if stage is BUILD:
                seen.total += 1
            case DagsterEventType.STEP_START:
                seen.began = seen.began or entry.timestamp
                self._draw(stage, step.removeprefix("raw__").replace("__", "/"))
            case DagsterEventType.ASSET_MATERIALIZATION:
                self._take_in(stage, event.step_materialization_data.materialization)
            case DagsterEventType.STEP_FAILURE:
                seen.failed = True
                message = message_of(event.step_failure_data.error)
                self.failures.append(StepFailure(step, message))
                self._finish(stage, step, entry.timestamp)
            case DagsterEventType.STEP_SUCCESS | DagsterEventType.STEP_SKIPPED:
                self._finish(stage, step, entry.timestamp)
            case _:
                pass

    def _take_in(self, stage: Stage, made: AssetMaterialization) -> None:
        seen = self._seen[stage]
        seen.done += 1
        rows = made.metadata.get("rows_loaded")
        if rows is not None:
            seen.records += int(str(rows.value))
        if made.asset_key == POSTGRES_KEY and (replaced := made.metadata.get("replaced")):
            now = int(str(made.metadata["generation"].value))
            # One generation is what this run itself published.
            self._show_missed(int(str(replaced.value)), now, now - (stage is SERVE))
        self._draw(stage, ".".join(made.asset_key.path))

    def _show_missed(self, replaced: int, served: int, earlier: int) -> None:
        """Name a server that earlier runs could not reach: its readers had old figures."""
        if replaced < earlier:
            self.console.print(
                f"PostgreSQL lacked generation {earlier}: it has {served} now, in place of "
                f"{replaced}.",
                style="yellow",
                highlight=False,
            )

    def _draw(self, stage: Stage, item: str) -> None:
        if self._progress is None:
            return
        seen = self._seen[stage]
        if stage is not self._drawn:
            self._drawn = stage
            self._progress.reset(_TASK, description=stage.title)
        self._progress.update(
            _TASK,
            total=seen.total or None,
            completed=seen.done,
            count=f"{seen.done}/{seen.total} {stage.counted}" if seen.total else "",
            item=item,
        )

    def _finish(self, stage: Stage, step: str, moment: float) -> None:
        """Print a line when the last step of a stage ended; skipped stages print none."""
        seen = self._seen[stage]
        seen.unfinished.discard(step)
        if seen.unfinished or not seen.began:
            return
        mark, style = ("✗", "red") if seen.failed else ("✓", "green")
        line = Text.assemble((mark, style), f" {stage.title:<28}", f"{seen.amount(stage):<32}")
        line.append(f"{spoken_seconds(moment - seen.began):>12}", style="dim")
        self.console.print(line)


def spoken_seconds(seconds: float) -> str:
    """A duration as a person writes it: ``12 s``, ``1 min 37 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
