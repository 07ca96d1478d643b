"""The demo's server as a process: it prints its address, and never outlives its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.kit.places import REPOSITORY

COMMAND = [sys.executable, "-m", "simulator", "--scale", "0.025", "--inbox"]


def gone(pid: int) -> bool:
    """Whether a process has ended, within a few seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            status = Path(f"/proc/{pid}/stat")
            if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


def test_it_prints_its_address_serves_and_stops(tmp_path: Path) -> None:
    """``tributary demo`` reads one line of JSON and ends the process with SIGTERM."""
    with subprocess.Popen(
        [*COMMAND, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as process:
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            ping = httpx.get(f"{said['url']}/mailchimp/ping", auth=("any", "key"))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert said["url"] == f"http://127.0.0.1:{said['port']}"
    assert ping.status_code == 200
    assert len(list(tmp_path.glob("*.csv"))) == 15


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """A killed demo must not leave a server behind."""
    parent_code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent_code, *COMMAND, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        assert gone(child)
