"""The time and memory of one step of a process, as numbers that a parent process can read.

Only the standard library: peers run it in a separate environment.
"""

from __future__ import annotations

import resource
import sys
import time


def peak_mib() -> float:
    """The peak memory of this process, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2


class Stopwatch:
    """Wall and CPU seconds of this process, including all its threads."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Seconds since it was created."""
        return {
            "wall": time.perf_counter() - self._begun[0],
            "cpu": time.process_time() - self._begun[1],
        }
