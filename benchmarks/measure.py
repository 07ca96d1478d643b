"""Wall time, CPU time and peak memory of a command and all its child processes."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Measure:
    """The time and memory that a command took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of user and system time, children included.
        peak_mib: The most resident memory of the whole process tree at one sample, MiB.
    """

    wall: float
    cpu: float
    peak_mib: float


def measure(command: Sequence[str], env: Mapping[str, str] | None = None) -> Measure:
    """Run a command to completion.

    Args:
        command: The program and its arguments.
        env: Added to the environment.

    Raises:
        RuntimeError: Its exit status was not 0; the message holds the end of its output.
    """
    before = os.times()
    begun = time.perf_counter()
    process = psutil.Popen(
        command,
        env=os.environ | dict(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0
    while True:
        peak = max(peak, _resident(process))
        try:
            output, _ = process.communicate(timeout=SAMPLE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    wall = time.perf_counter() - begun
    after = os.times()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{output[-4000:]}")
    cpu = after.children_user + after.children_system
    return Measure(
        wall=wall,
        cpu=cpu - before.children_user - before.children_system,
        peak_mib=peak / 1024**2,
    )


def _resident(process: psutil.Popen) -> int:
    total = 0
    try:
        for member in [process, *process.children(recursive=True)]:
            total += member.memory_info().rss
    except psutil.NoSuchProcess:
        # A child ended after it was listed.
        return total
    return total


def machine() -> str:
    """The machine that took a measurement, in one line."""
    cores = os.cpu_count()
    memory = psutil.virtual_memory().total / 1024**3
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )
