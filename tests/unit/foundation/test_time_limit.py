"""A step that hangs ends as an error, whatever it waits for."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import load_settings
from orchestration.foundation.sql import transaction
from orchestration.foundation.time_limit import TookTooLong, interruptible, time_limit

pytestmark = pytest.mark.timeout(60, method="thread")


def count_for_ever() -> None:
    """A query that takes years."""
    with duckdb.connect() as con, interruptible(con), transaction(con):
        con.execute(
            "select count(*) from range(10000000) a(i), range(10000000) b(j) where i * j = 7"
        )


def wait_for_a_child() -> None:
    """A child that does not end."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        try:
            child.wait()
        finally:
            child.kill()


@pytest.mark.parametrize("hang", [lambda: time.sleep(600), count_for_ever, wait_for_a_child])
def test_what_hangs_is_ended(hang: Callable[[], None]) -> None:
    """A classification that never ended held the writer's lease, and every later run waited."""
    with pytest.raises(TookTooLong, match="took longer") as caught, time_limit(0.005):
        hang()
    assert "TRIBUTARY_STEP_MINUTES" in caught.value.remedy


@pytest.mark.parametrize("milliseconds", [6, 18, 30, 60, 120] * 8)
def test_a_query_is_ended_wherever_it_is(milliseconds: int) -> None:
    """Some queries never looked for the signal: one of 40 ended early went on for ever."""
    with pytest.raises(TookTooLong), time_limit(milliseconds / 60_000):
        count_for_ever()


def test_what_ends_in_time_is_left_alone() -> None:
    """Also afterwards: the next step has its own time."""
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(0.005):
        pass
    time.sleep(0.4)
    assert signal.getsignal(signal.SIGALRM) is before


def test_an_earlier_timer_goes_on() -> None:
    """The limit of a whole test, for one, is such a timer."""
    rang: list[int] = []
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rang.append(number))
    before, _ = signal.setitimer(signal.ITIMER_REAL, 0.3)
    with time_limit(1):
        pass
    time.sleep(0.5)
    signal.setitimer(signal.ITIMER_REAL, before)
    signal.signal(signal.SIGALRM, handler)
    assert rang == [signal.SIGALRM]


def test_another_thread_has_no_limit_and_no_error() -> None:
    """Python hands signals to the main thread alone."""
    ended: list[bool] = []

    def work() -> None:
        with time_limit(0.005):
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]


def test_the_time_is_configured_in_minutes(tmp_path: Path) -> None:
    """Four hours, unless the environment says otherwise."""
    env = {"TRIBUTARY_HOME": str(tmp_path)}
    assert load_settings(env).step_minutes == 240
    assert load_settings(env | {"TRIBUTARY_STEP_MINUTES": "15"}).step_minutes == 15
    for wrong in ("0", "-1", "soon", "1e9"):
        with pytest.raises(SettingsError, match="TRIBUTARY_STEP_MINUTES"):
            load_settings(env | {"TRIBUTARY_STEP_MINUTES": wrong})
