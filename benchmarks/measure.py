"""Wall time, CPU time and peak memory of a command and everything that it starts."""

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
    """What a command took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of user and system time, children included.
        peak_mib: The most resident memory of the whole process tree at one sample, MiB.
    """

    wall: float
    cpu: float
    peak_mib: float


def measure(command: Sequence[str], env: Mapping[str, str] | None = None) -> Measure:
    """Run a command to its end.

    Args:
        command: The program and its arguments.
        env: Added to the environment.

    Raises:
        RuntimeError: It ended with another status than 0; holds the end of its output.
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
        # A child ended between the listing and the look.
        return total
    return total


def machine() -> str:
    """The machine that a figure was measured on, in one line."""
    cores = os.cpu_count()
    memory = psutil.virtual_memory().total / 1024**3
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )
