"""A person sees the command's own lines; output of libraries and child processes is in the log."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import logging, subprocess, sys, warnings
from pathlib import Path
from orchestration.foundation.terminal import Screen
from orchestration.runs.output import output_to
from orchestration.runs.progress import RunProgress

console = Screen(width=80)
verbose = sys.argv[2] == "verbose"
console.print("before")
with output_to(Path(sys.argv[1]), console, verbose=verbose):
    with RunProgress(console, bar=not verbose).shown():
        print("noise of print")
        sys.stderr.write("noise of stderr\\n")
        warnings.warn("noise of a warning")
        logging.basicConfig()
        logging.error("noise of logging")
        subprocess.run(["sh", "-c", "echo noise of a child; echo noise of its stderr >&2"])
        console.print("progress")
console.print("after")
print("at the end")
"""
NOISE = 6


def seen_in_terminal(*arguments: str) -> str:
    """What a terminal shows of the script."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # how Linux says that the other side is closed
    finally:
        os.close(ours)
    assert process.wait() == 0, shown
    return shown.decode()


def seen_in_pipe(*arguments: str) -> str:
    """What a pipe gets of the script."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def test_a_terminal_shows_no_noise_above_the_bar(tmp_path: Path) -> None:
    """Rich's bar had put itself in the place of stdout, and 600 lines of dbt came back."""
    log = tmp_path / "logs" / "run.log"
    shown = seen_in_terminal(str(log), "quiet")
    assert "Read the definitions" in shown, "the bar was drawn"
    for line in ("before", "progress", "after", "at the end"):
        assert line in shown
    assert "noise" not in shown
    assert log.read_text().count("noise of") == NOISE
    assert "progress" not in log.read_text()


def test_a_pipe_gets_the_commands_lines_alone(tmp_path: Path) -> None:
    """What cron mails is readable: lines, and no control characters of a bar."""
    shown = seen_in_pipe(str(tmp_path / "run.log"), "quiet")
    assert shown.splitlines() == ["before", "progress", "after", "at the end"]


@pytest.mark.parametrize("seen", [seen_in_terminal, seen_in_pipe])
def test_verbose_shows_the_log_too(tmp_path: Path, seen: object) -> None:
    """Everything that the log holds reaches the screen before the command ends, and no bar."""
    assert callable(seen)
    log = tmp_path / "run.log"
    shown = seen(str(log), "verbose")
    assert "Read the definitions" not in shown
    for line in log.read_text().splitlines():
        assert line in shown
    assert shown.count("noise of") == NOISE


def test_a_reader_that_leaves_does_not_end_a_run(tmp_path: Path) -> None:
    """``tributary run | head -3`` ended the run at its fourth line, with nothing published."""
    reading, writing = os.pipe()
    os.close(reading)
    log = tmp_path / "run.log"
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(log), "quiet"], stdout=writing, check=False
    )
    os.close(writing)
    assert ended.returncode == 0
    assert log.read_text("utf-8").count("noise") == NOISE
