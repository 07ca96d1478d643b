"""Connections to the warehouse, and the writers' lease."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.warehouse.connection import WarehouseBusy, connect, present_writer, writer_lease
from tests.kit.places import REPOSITORY


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    return Settings(home=tmp_path, config_path=None, config=Config())


def test_a_connection_is_limited_spills_at_home_and_thinks_in_utc(home: Settings) -> None:
    """Without limits DuckDB takes 80 % of the machine and spills beside the file."""
    with connect(home.warehouse_path, settings=home) as con:
        names = ("TimeZone", "threads", "temp_directory")
        values = [con.execute(f"select current_setting('{name}')").fetchall() for name in names]
        assert values == [[("UTC",)], [(home.threads,)], [(str(home.spill_dir),)]]
        con.execute("create table t as select 1 as x")
    with connect(home.warehouse_path, read_only=True, settings=home) as con:
        assert con.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException):
            con.execute("insert into t values (2)")


def test_a_file_that_another_process_holds_is_named(home: Settings) -> None:
    """DuckDB's own message names the process; ours says what to do."""
    with connect(home.warehouse_path, settings=home):
        script = (
            "import sys\nfrom pathlib import Path\n"
            "from orchestration.configuration.model import Config\n"
            "from orchestration.configuration.settings import Settings\n"
            "from orchestration.warehouse.connection import WarehouseBusy, connect\n"
            "home = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())\n"
            "try:\n    connect(home.warehouse_path, settings=home).__enter__()\n"
            "except WarehouseBusy as error:\n    print(error)\n"
        )
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(
            [sys.executable, "-c", script, str(home.home)],
            capture_output=True,
            text=True,
            env=environment,
        )
    assert "Another process has the warehouse open" in done.stdout, done.stderr


def test_a_second_writer_waits_and_then_says_who_holds_the_lease(home: Settings) -> None:
    """Two runs at once would build on each other's half-written tables."""
    with (
        writer_lease(home, "a refresh"),
        pytest.raises(WarehouseBusy, match=f"a refresh .process {os.getpid()}"),
        writer_lease(home, "another", wait_seconds=0.05),
    ):
        pass
    with writer_lease(home, "another", wait_seconds=0.05):
        pass


def test_who_writes_is_found_without_writing(home: Settings) -> None:
    """The doctor took the lease to see whether somebody had it."""
    assert present_writer(home) is None
    assert not home.build_dir.exists()
    with writer_lease(home, "a refresh"):
        assert str(present_writer(home)).startswith(f"a refresh (process {os.getpid()}, since ")
    assert present_writer(home) is None


def test_a_waiting_writer_goes_on_when_the_first_one_ends(home: Settings) -> None:
    """Waiting is the normal case: the run before is nearly done."""
    order: list[str] = []

    def second() -> None:
        with writer_lease(home, "second", wait_seconds=30):
            order.append("second")

    with writer_lease(home, "first"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_a_lease_ends_with_its_process(home: Settings) -> None:
    """A killed run must not lock the company out."""
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from orchestration.configuration.model import Config\n"
        "from orchestration.configuration.settings import Settings\n"
        "from orchestration.warehouse.connection import writer_lease\n"
        "home = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())\n"
        "writer_lease(home, 'killed').__enter__()\nos._exit(9)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", script, str(home.home)], env=environment)
    assert done.returncode == 9
    with writer_lease(home, "the next one", wait_seconds=5):
        pass
