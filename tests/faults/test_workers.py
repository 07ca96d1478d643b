"""Promise 5: a killed worker leaves no writer behind, and the next one gets the warehouse."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.warehouse.connection import WarehouseBusy, connect, writer_lease
from tests.kit.faults import roads
from tests.kit.faults.lengths import long
from tests.kit.faults.report import Table
from tests.kit.faults.workshop import Workshop, workshop
from tests.kit.models.attribution_inputs import Inputs
from tests.kit.places import REPOSITORY

PROMISE = "5 workers"
PROMISED_SECONDS = 2.0

# A run's step that builds models: it holds the lease while its dbt child writes.
WORKER = """
import sys
from pathlib import Path
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.warehouse.connection import writer_lease
from orchestration.transform.dbt import run_dbt

settings = Settings(Path(sys.argv[1]), None, Config(), "500MB", 1)
with writer_lease(settings, "build the models"):
    done = run_dbt(settings, ["run", "--select", "path:models/attribution", "int_attribution__*"])
    print(done.stdout)
    sys.exit(done.returncode)
"""

# A command that holds the lease until its input ends.
HOLDER = """
import sys
from pathlib import Path
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.warehouse.connection import writer_lease

with writer_lease(Settings(Path(sys.argv[1]), None, Config()), "load shop/orders"):
    print("held", flush=True)
    sys.stdin.read()
"""


def writers(path: Path, among: list[psutil.Process]) -> list[psutil.Process]:
    """Which of these processes have the file open."""
    found = []
    for process in among:
        try:
            if any(file.path == str(path) for file in process.open_files()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def lives(process: psutil.Process) -> bool:
    """Whether a process can still write. A container's init may take seconds to bury the dead."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("kills", long(short=2, long=40))
def test_dbt_dies_with_a_killed_worker_and_the_retry_gets_the_lock(
    tmp_path: Path, rng: random.Random, table: Table, kills: int
) -> None:
    """Killing a Dagster run left its dbt child writing: the retry met a locked file."""
    settings = Settings(tmp_path / "home", None, Config(), "500MB", 1)
    settings.build_dir.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        Inputs(con, seed=3)
    slowest = 0.0
    for _ in range(kills):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(settings.home)],
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
        )
        family: list[psutil.Process] = []
        while not writers(settings.warehouse_path, family):
            assert worker.poll() is None, "it ended before dbt opened the warehouse"
            family = psutil.Process(worker.pid).children(recursive=True)
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.5))
        worker.kill()
        begun = time.monotonic()
        worker.wait()
        while (alive := [process for process in family if lives(process)]) and (
            time.monotonic() - begun < 10
        ):
            time.sleep(0.01)
        slowest = max(slowest, time.monotonic() - begun)
        assert not alive
        with (
            writer_lease(settings, "the retry", wait_seconds=1),
            connect(settings.warehouse_path, settings=settings) as con,
        ):
            assert con.execute("select count(*) > 0 from core.fct_conversions").fetchall()[0][0]
    # The promise is two seconds; a machine that is busy with other things gets more here.
    assert slowest < PROMISED_SECONDS * 3
    table.add(
        PROMISE,
        "kill -9 of a worker while its dbt child has the warehouse open",
        f"{kills} kills",
        f"no process left after {slowest:.2f} s at the latest (promised: "
        f"{PROMISED_SECONDS:.0f} s); "
        "the retry got lease and file every time",
        ".venv/bin/pytest tests/faults/test_workers.py -k dbt -m slow",
    )


@pytest.mark.parametrize("rounds", long(short=2, long=40))
def test_two_loads_at_once_wait_for_each_other(tmp_path: Path, table: Table, rounds: int) -> None:
    """A schedule and a person start a run at the same time: one waits, nothing is loaded twice."""
    home = tmp_path / "home"
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with workshop(roads.__name__, first) as one, workshop(roads.__name__, second) as other:
        for day in range(1, rounds + 1):
            roads.write_file(tmp_path / "t.csv", day)
            today = roads.company(home, day)
            for entry in today.config.inbox:
                landing = roads.Landing(today.landing_dir)
                roads.land_entry(entry, landing, today.config.company, today.now())
            at_once = [
                threading.Thread(target=Workshop.done, args=(each, "load", str(home), day))
                for each in (one, other)
            ]
            for thread in at_once:
                thread.start()
            for thread in at_once:
                thread.join()
            for each in (one, other):
                assert "Traceback" not in each.log.read_text("utf-8")
            roads.loaded_whole(today)
            with connect(today.warehouse_path, settings=today) as con:
                assert con.execute("select count(*) from ops.ledger").fetchall() == [(day,)]
    table.add(
        PROMISE,
        "two loads started at once",
        f"{rounds} pairs",
        "one waited; every slice loaded once",
        ".venv/bin/pytest tests/faults/test_workers.py -k two_loads -m slow",
    )


def test_who_waits_too_long_is_told_who_holds_the_warehouse(tmp_path: Path) -> None:
    """A second command must say which process to wait for or to end, and its start time."""
    settings = Settings(tmp_path / "home", None, Config())
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(settings.home)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        told = rf"load shop/orders \(process {holder.pid}, since 20\d\d-"
        with (
            pytest.raises(WarehouseBusy, match=told),
            writer_lease(settings, "another", wait_seconds=0.1),
        ):
            pass
        holder.kill()
        holder.wait()
    with writer_lease(settings, "another", wait_seconds=5):
        pass
