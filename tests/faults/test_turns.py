"""Promise 5: two commands at once wait for each other as whole runs, and say for which.

Steps have a lease each. Two runs whose steps alternated did no harm, but the gate refused one of
them, because it found the other's results.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from orchestration.configuration.settings import Settings
from orchestration.runs.turn import our_turn
from orchestration.warehouse.connection import WarehouseBusy
from tests.kit.csv_company import write_company
from tests.kit.faults.dagster_runs import FIRST, start, status
from tests.kit.faults.report import Table
from tests.kit.faults.whole_runs import Company
from tests.kit.places import REPOSITORY

HOLD = """
import sys
from pathlib import Path
import dagster as dg
from rich.console import Console
from orchestration.runs.turn import our_turn
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings

settings = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())
with dg.DagsterInstance.get() as instance, our_turn(settings, instance, Console()):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_run_under_way_is_named_and_waited_for(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """Its process and since when; when that process is killed, the next run begins."""
    console = Console(record=True, width=200)
    process = start(settings, FIRST)
    named = rf"the run {FIRST} \(refresh, process {process.pid}, since 20\d\d-\d\d-\d\d \d\d:\d\d"
    with (
        pytest.raises(WarehouseBusy, match=named) as caught,
        our_turn(settings, instance, console, wait_seconds=0.1),
    ):
        pass
    assert "end that process" in caught.value.remedy
    assert status(instance, FIRST) is dg.DagsterRunStatus.STARTED
    threading.Timer(2, process.kill).start()
    # The child must be reaped for its process to be gone.
    reaper = threading.Thread(target=process.wait)
    reaper.start()
    with our_turn(settings, instance, console, wait_seconds=120):
        assert process.poll() is not None
    reaper.join()
    assert status(instance, FIRST) is dg.DagsterRunStatus.FAILURE
    assert re.search(f"Waiting for {named}", console.export_text())


def test_a_command_that_is_about_to_start_is_waited_for_and_its_kill_frees_the_turn(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """Between checking and starting, two commands would otherwise both see an idle home."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.home)],
        cwd=REPOSITORY,
        env=os.environ | {"DAGSTER_HOME": str(settings.dagster_home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(WarehouseBusy, match="another command"),
            our_turn(settings, instance, Console(record=True), wait_seconds=0.1),
        ):
            pass
        holder.kill()
        holder.wait()
    with our_turn(settings, instance, Console(record=True), wait_seconds=5):
        pass


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_of_two_whole_runs_at_once_one_publishes(tmp_path: Path, table: Table) -> None:
    """A person types the command while cron's is running: one says which it waits for."""
    write_company(tmp_path)
    spared, both = Company(tmp_path, "spared"), Company(tmp_path, "both")
    right = spared.run()
    first, second = both.start(), both.start()
    assert (first.wait(), second.wait()) == (0, 0), both.log.read_text("utf-8")[-4000:]
    said = both.log.read_text("utf-8")
    assert re.search(r"Waiting for (the run|another command)", said)
    assert "Published generation 1" in said
    assert "Nothing changed: generation 1 stands" in said
    assert both.run() == right
    table.add(
        "5 workers",
        "tributary run started twice at once",
        "1 pair",
        "the second waited, said for whom, and found nothing changed; all rows as of one run",
        ".venv/bin/pytest tests/faults/test_turns.py -m slow",
    )
