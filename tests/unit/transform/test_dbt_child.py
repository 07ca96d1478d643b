"""The dbt child: a killed run leaves no process behind that keeps writing the warehouse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from orchestration.transform import dbt_child
from tests.kit.places import REPOSITORY

PROMISED_SECONDS = 2.0

SUPERVISED = """
import os, sys, time
from pathlib import Path
from orchestration.transform.dbt_child import supervise
def work():
    Path(sys.argv[1]).write_text(str(os.getpid()))
    {body}
sys.exit(supervise(work))
"""

# Starts the supervisor as Dagster does: with Popen, from a thread that may end early.
PARENT = """
import subprocess, sys, threading, time
def start():
    subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
thread = threading.Thread(target=start)
thread.start()
thread.join()
time.sleep(60)
"""


def script(body: str) -> str:
    """A supervisor whose child does ``body``."""
    return SUPERVISED.format(body=body)


def wait_for_pid(path: Path) -> psutil.Process:
    """The worker, once it has said who it is."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return psutil.Process(int(path.read_text()))
        time.sleep(0.02)
    raise AssertionError("the child did not start")


def is_gone(process: psutil.Process, seconds: float = PROMISED_SECONDS) -> bool:
    """Whether a process ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)",
        # Holds the interpreter's lock: no Python thread in the child can look after the parent.
        "sum(range(10**11))",
    ],
)
def test_the_child_dies_with_the_parent(tmp_path: Path, body: str) -> None:
    """kill -9 of the Dagster run: its dbt must be gone before the retry wants the lock."""
    pid = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, script(body), str(pid)])
    child = wait_for_pid(pid)
    supervisor = child.parent()
    assert supervisor is not None
    parent.kill()
    parent.wait()
    assert is_gone(child)
    assert is_gone(supervisor)


def test_the_child_dies_with_the_supervisor(tmp_path: Path) -> None:
    """The supervisor itself can be killed."""
    pid = tmp_path / "pid"
    supervisor = subprocess.Popen([sys.executable, "-c", script("time.sleep(60)"), str(pid)])
    child = wait_for_pid(pid)
    supervisor.kill()
    supervisor.wait()
    assert is_gone(child)


def test_the_child_lives_on_when_only_the_starting_thread_ends(tmp_path: Path) -> None:
    """The kernel's death signal is tied to a thread; dbt must not die with one of Dagster's."""
    pid = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, script("time.sleep(60)"), str(pid)])
    child = wait_for_pid(pid)
    try:
        assert not is_gone(child, 1.0)
    finally:
        parent.kill()
        parent.wait()
    assert is_gone(child)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return", 0),
        ("sys.exit(2)", 2),
        ("os.kill(os.getpid(), 9)", 137),
    ],
)
def test_the_exit_status_is_the_childs(tmp_path: Path, body: str, code: int) -> None:
    """dagster-dbt and scripts judge dbt by its exit status; 137 is what a shell reports."""
    done = subprocess.run(
        [sys.executable, "-c", script(body), str(tmp_path / "pid")], check=False, timeout=30
    )
    assert done.returncode == code


@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN])
def test_an_interrupt_reaches_the_child_once(tmp_path: Path, before: signal.Handlers) -> None:
    """Dagster stops dbt with SIGINT, and dbt then cancels its queries and reports what it did.

    Also where a shell started the run in the background, with interrupts ignored.
    """
    body = """
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        time.sleep(0.5)
        sys.exit(3)
"""
    pid = tmp_path / "pid"
    inherited = signal.signal(signal.SIGINT, before)
    try:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", script(body.strip()), str(pid)],
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, inherited)
    wait_for_pid(pid)
    supervisor.send_signal(signal.SIGINT)
    out, _ = supervisor.communicate(timeout=20)
    assert (out, supervisor.returncode) == ("interrupted\n", 3)


EARLY = """
import os, signal, sys, time
from orchestration.transform import dbt_child
first, real = os.getpid(), os.{call}
def interrupted(*given):
    os.killpg(0, signal.SIGINT)
    return real(*given)
os.{call} = interrupted
try:
    sys.exit(dbt_child.supervise(lambda: time.sleep(20)))
except KeyboardInterrupt:
    print("child" if os.getpid() != first else "supervisor", flush=True)
    time.sleep(0.5)
    sys.exit(3)
"""


@pytest.mark.parametrize("call", ["fork", "setpgid"])
def test_an_interrupt_before_both_are_ready_reaches_the_child_once(call: str) -> None:
    """Ctrl-C while dbt starts ended the supervisor alone, or was lost where it was ignored.

    At ``setpgid`` the terminal's signal reaches both, as the child has no group of its own yet.
    """
    done = subprocess.run(
        [sys.executable, "-c", EARLY.format(call=call)],
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
        start_new_session=True,
    )
    assert (done.stdout, done.returncode) == ("child\n", 3)


def test_the_version_is_told_without_importing_dbt() -> None:
    """dagster-dbt asks for it before every run; the import would take two seconds each time."""
    code = (
        "import sys; from orchestration.transform.dbt_child import main;"
        "sys.argv[1:] = ['--version']; main(); assert 'dbt' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "installed: 1.11" in done.stdout


def test_a_parent_that_died_before_the_start_starts_nothing(tmp_path: Path) -> None:
    """An interpreter takes a moment to start; a parent killed meanwhile leaves an orphan."""
    done = subprocess.run(
        [sys.executable, "-c", script("time.sleep(60)"), str(tmp_path / "pid")],
        env=os.environ | {dbt_child.PARENT: "1"},
        check=False,
        timeout=20,
    )
    assert done.returncode == 137
    assert not (tmp_path / "pid").exists()


def test_dbt_itself_runs_below_the_supervisor(tmp_path: Path) -> None:
    """By the module's path, without an activated environment; dbt's failure is passed on."""
    folder = str(tmp_path)
    arguments = ["parse", "--project-dir", folder, "--profiles-dir", folder]
    done = subprocess.run(
        [sys.executable, "-m", dbt_child.__name__, *arguments],
        env={"PATH": "/usr/bin:/bin", "HOME": folder, "DO_NOT_TRACK": "1"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "dbt_project.yml" in done.stdout
