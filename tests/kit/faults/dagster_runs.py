"""Dagster runs in separate processes, in the middle of writing.

Belongs here: starting one and asking for its state. Does not belong here: killing it
(``test_janitor``, ``test_turns``).
"""

from __future__ import annotations

import subprocess
import sys
import time

import dagster as dg

from orchestration.configuration.settings import Settings
from tests.kit.places import REPOSITORY

# A run as `tributary run` makes it: in process, its step in the writer's pool, holding the lease.
RUN = """
import sys, time
from pathlib import Path
import dagster as dg
from orchestration.configuration.model import Config
from orchestration.defs.keys import WRITER_POOL
from orchestration.configuration.settings import Settings
from orchestration.warehouse.connection import writer_lease

settings = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())

@dg.op(pool=WRITER_POOL)
def load():
    with writer_lease(settings, "load"):
        (settings.home / sys.argv[2]).write_text("in")
        time.sleep(300)

@dg.job(executor_def=dg.in_process_executor)
def refresh():
    load()

with dg.DagsterInstance.get() as instance:
    refresh.execute_in_process(instance=instance, run_id=sys.argv[2])
"""
FIRST = "11111111-1111-1111-1111-111111111111"


def start(settings: Settings, run_id: str) -> subprocess.Popen[bytes]:
    """A run that is in the middle of writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(settings.home), run_id],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(1200):
        if (settings.home / run_id).exists():
            return process
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError("the run did not start")


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    """A run's status."""
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status
