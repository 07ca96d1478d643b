"""The start-up janitor: what killed processes left is put right, what lives is left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.events import EngineEventData
from filelock import FileLock

from orchestration.configuration.settings import Settings
from orchestration.runs.janitor import is_gone, tidy
from orchestration.warehouse.connection import writer_lease
from tests.kit.faults.dagster_runs import FIRST, start, status
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "5 workers",
    "what killed runs, commands and publishers left",
    "cases",
    "put right at the next start; what lives is left alone",
    ".venv/bin/pytest tests/faults/test_janitor.py -m 'slow or exhaustive'",
)

SECOND = "22222222-2222-2222-2222-222222222222"


def held_slots(instance: dg.DagsterInstance) -> int:
    """How many runs hold or wait for a slot of a pool."""
    storage = instance.event_log_storage
    infos = [storage.get_concurrency_info(key) for key in storage.get_concurrency_keys()]
    return sum(len(info.claimed_slots) + len(info.pending_steps) for info in infos)


def test_a_killed_runs_traces_are_cleared_and_a_living_ones_kept(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """After kill -9 the page showed a run that never ends, and its slot blocked the next one."""
    process = start(settings, FIRST)
    spilled = settings.spill_dir / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir(parents=True, exist_ok=True)
    spilled.write_bytes(b"x")

    assert tidy(settings, instance).summary() == "", "the run lives"
    assert status(instance, FIRST) is dg.DagsterRunStatus.STARTED
    assert spilled.exists()

    process.kill()
    process.wait()
    assert (settings.build_dir / "writer.json").exists()
    assert held_slots(instance) > 0
    found = tidy(settings, instance)
    assert found.runs == [FIRST]
    assert f"process {process.pid}" in found.lease
    assert found.files == [spilled]
    assert "1 run(s) marked as failed" in found.summary()
    assert status(instance, FIRST) is dg.DagsterRunStatus.FAILURE
    assert held_slots(instance) == 0
    assert not (settings.build_dir / "writer.json").exists()
    assert tidy(settings, instance).summary() == "", "twice is once"

    again = start(settings, SECOND)
    try:
        assert status(instance, SECOND) is dg.DagsterRunStatus.STARTED
    finally:
        again.kill()
        again.wait()


def test_a_process_id_that_was_given_again_is_another_process() -> None:
    """After a reboot, or in a new container, some other program has the old run's id."""
    own = psutil.Process()
    assert not is_gone(own.pid, time.time())
    assert is_gone(own.pid, own.create_time() - 60)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_gone(ended.pid, time.time())


def test_a_run_that_never_said_where_it_runs(
    instance: dg.DagsterInstance, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new run may be about to record its process; an old one never began."""

    @dg.job
    def refresh() -> None:
        pass

    new = instance.create_run_for_job(refresh, status=dg.DagsterRunStatus.STARTING)
    assert tidy(settings, instance).runs == []
    monkeypatch.setattr("orchestration.runs.janitor._NAMELESS", -timedelta(hours=1))
    assert tidy(settings, instance).runs == [new.run_id]
    living = instance.create_run_for_job(refresh, status=dg.DagsterRunStatus.STARTED)
    instance.report_engine_event("in", living, EngineEventData.in_process(os.getpid()))
    assert tidy(settings, instance).runs == []


def test_leftovers_of_publishes_and_readers_go(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """Unfinished generations, a client's log beside the published file, folders of dead readers."""
    settings.published_dir.mkdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    spills = Path(tempfile.gettempdir())
    gone = [
        settings.published_dir / ".publishing-7-ab.duckdb",
        settings.published_dir / ".publishing-7-ab.duckdb.wal",
        settings.published_dir / "tributary.duckdb.wal",
        spills / f"tributary-reader-{ended.pid}-x",
    ]
    kept = [
        settings.published_dir / "tributary.duckdb",
        spills / f"tributary-reader-{os.getpid()}-x",
        spills / "tributary-reader-other",
        spills / "of-another-program",
    ]
    for path in gone + kept:
        path.mkdir() if path.parent == spills else path.write_bytes(b"x")
    with FileLock(settings.published_dir / ".publish.lock"):
        assert tidy(settings, instance).files == gone[3:], "a publish is under way"
    assert tidy(settings, instance).files == sorted(gone[:3])
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_a_note_of_a_living_writer_stays(settings: Settings, instance: dg.DagsterInstance) -> None:
    """A waiting command must still see who holds the warehouse."""
    note = settings.build_dir / "writer.json"
    with writer_lease(settings, "load"):
        written = note.read_text()
        assert tidy(settings, instance).summary() == ""
        assert note.read_text() == written
        assert json.loads(written)["pid"] == os.getpid()


def test_dagster_watches_and_retries_what_crashed(instance: dg.DagsterInstance) -> None:
    """dagster.yaml as it is read: crashes are retried, failed checks are not, slots are freed."""
    assert instance.run_monitoring_enabled
    assert instance.run_retries_enabled
    assert instance.run_retries_max_retries == 2
    assert instance.run_retries_retry_on_asset_or_op_failure is False
    assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] > 0
    assert not instance.telemetry_enabled
