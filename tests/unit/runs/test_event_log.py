"""Dagster's event log with kept connections: the same events, whatever happens to its files."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from dagster import AssetKey, AssetMaterialization
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.runs.event_log import MOST_OPEN, KeptEventLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[KeptEventLog]:
    """An event log in a folder of its own."""
    result = KeptEventLog.from_config_value(None, {"dagster_home": str(tmp_path)})
    yield result
    result.dispose()


def event(run_id: str, asset: str = "leads", at: float = 1.0) -> EventLogEntry:
    """The event that an asset was built."""
    return EventLogEntry(
        error_info=None,
        level=20,
        user_message="",
        run_id=run_id,
        timestamp=at,
        job_name="refresh",
        dagster_event=DagsterEvent(
            DagsterEventType.ASSET_MATERIALIZATION.value,
            "refresh",
            event_specific_data=StepMaterializationData(AssetMaterialization(AssetKey(asset)), []),
        ),
    )


def times(log: SqliteEventLogStorage, run_id: str) -> list[float]:
    """When the events of a run happened, as the log has them."""
    return [entry.timestamp for entry in log.get_logs_for_run(run_id)]


def test_dagsters_own_log_reads_what_is_kept_open(log: KeptEventLog, tmp_path: Path) -> None:
    """A page in another process sees each event at once, and an older home stays readable."""
    own = SqliteEventLogStorage(str(tmp_path / "history" / "runs"))
    own.store_event(event("old", at=1.0))
    log.store_event(event("new", at=2.0))
    log.store_event(event("new", at=3.0))
    assert times(own, "new") == [2.0, 3.0]
    assert times(log, "old") == [1.0]
    assert log.has_asset_key(AssetKey("leads"))
    own.dispose()


def test_a_run_opens_its_file_once(log: KeptEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection per event was more than half of Dagster's time."""
    log.store_event(event("run"))
    opened: list[object] = []
    real = sqlalchemy.create_engine
    monkeypatch.setattr(
        "orchestration.runs.event_log.create_engine",
        lambda *words, **more: opened.append(words) or real(*words, **more),
    )
    for number in range(20):
        log.store_event(event("run", at=float(number)))
    assert opened == []


def test_few_files_stay_open(log: KeptEventLog) -> None:
    """A page that lists a year of runs must not run out of file descriptors."""
    for number in range(3 * MOST_OPEN):
        log.store_event(event(f"run{number}"))
    assert len(log._kept) == MOST_OPEN
    assert times(log, "run0") == [1.0]


def test_a_removed_file_is_made_again(log: KeptEventLog) -> None:
    """The janitor removes runs; a kept connection would write into a file that nobody sees."""
    log.store_event(event("run", at=1.0))
    for path in Path(log.path_for_shard("run")).parent.glob("run.db*"):
        path.unlink()
    log.store_event(event("run", at=2.0))
    assert times(log, "run") == [2.0]


def test_an_error_costs_its_own_event_only(log: KeptEventLog) -> None:
    """What fails is rolled back, and the next event is written."""
    log.store_event(event("run", at=1.0))

    def fail() -> None:
        with log.run_connection("run") as connection:
            connection.execute(sqlalchemy.text("delete from event_logs"))
            connection.execute(sqlalchemy.text("select * from nothing"))

    with pytest.raises(sqlalchemy.exc.OperationalError):
        fail()
    log.store_event(event("run", at=2.0))
    assert times(log, "run") == [1.0, 2.0]


def test_threads_take_turns(log: KeptEventLog) -> None:
    """dagster-dbt, the progress bar and a watcher use the log from threads of their own."""

    def write(first: int) -> None:
        for number in range(25):
            log.store_event(event("run", at=float(first + number)))

    threads = [threading.Thread(target=write, args=(100 * part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times(log, "run")) == 100


def test_a_forked_process_opens_its_own(log: KeptEventLog) -> None:
    """SQLite's connections do not survive a fork: both would write over each other."""
    log.store_event(event("run", at=1.0))
    child = multiprocessing.get_context("fork").Process(
        target=lambda: log.store_event(event("run", at=2.0))
    )
    child.start()
    child.join()
    log.store_event(event("run", at=3.0))
    assert child.exitcode == 0
    assert times(log, "run") == [1.0, 2.0, 3.0]


def test_no_commit_waits_for_the_disk(log: KeptEventLog) -> None:
    """Three commits an event, each waiting, were a third of the time in which models are built."""
    log.store_event(event("new"))
    with log.run_connection("new") as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 1
