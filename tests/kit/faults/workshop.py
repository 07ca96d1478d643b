"""Processes to kill, forked from one that has everything imported, so that the kill hits the work.

Belongs here: starting, killing and waiting. Does not belong here: the work (``roads``).
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kit.places import REPOSITORY

VARIABLE = "TRIBUTARY_FAULTS_WORKSHOP"
"""Set in a workshop process, so that modules prepare there what their forks need."""
_TICK = 0.002


@dataclass(frozen=True)
class Ended:
    """How a worker ended.

    Attributes:
        status: 0, 1 after an error, or -9 when it was killed.
        seconds: How long it lived.
    """

    status: int
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it was killed before it was done."""
        return self.status == -signal.SIGKILL


@dataclass(frozen=True)
class Workshop:
    """A process that has imported a module and forks a worker per order.

    Attributes:
        process: The workshop process.
        log: What its workers print.
    """

    process: subprocess.Popen[str]
    log: Path

    def work(
        self, stage: str, *arguments: Any, after: float | None = None, point: str = ""
    ) -> Ended:
        """Let a worker do one stage.

        Args:
            stage: A function of the module.
            arguments: For it, as JSON.
            after: Kill it after so many seconds; ``None``: never.
            point: The fault point where it kills itself; empty: none.
        """
        order = {"stage": stage, "arguments": arguments, "after": after, "point": point}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))

    def done(self, stage: str, *arguments: Any) -> float:
        """Let a worker do one stage undisturbed; returns the seconds."""
        ended = self.work(stage, *arguments)
        assert ended.status == 0, self.log.read_text("utf-8")[-4000:]
        return ended.seconds


@contextmanager
def workshop(module: str, folder: Path) -> Iterator[Workshop]:
    """A workshop for the functions of that module, with its log in that folder."""
    log = folder / "workers.log"
    with (
        log.open("a", encoding="utf-8") as said,
        subprocess.Popen(
            [sys.executable, "-m", __name__, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=REPOSITORY,
            env=os.environ | {VARIABLE: "1"},
        ) as process,
    ):
        try:
            yield Workshop(process, log)
        finally:
            process.kill()


def main() -> None:
    """Take orders until the input closes."""
    from orchestration.foundation.fault_points import arm

    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        order = json.loads(line)
        begun = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.dup2(2, 1)
            status = 1
            try:
                arm(order["point"])
                getattr(module, order["stage"])(*order["arguments"])
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        status = _waited(pid, begun, order["after"])
        ended = {"status": status, "seconds": time.monotonic() - begun}
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


def _waited(pid: int, begun: float, after: float | None) -> int:
    """The worker's exit status, after killing it when its time is up."""
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if after is not None and time.monotonic() - begun >= after:
            os.kill(pid, signal.SIGKILL)
            after = None
        time.sleep(_TICK)


if __name__ == "__main__":
    main()
