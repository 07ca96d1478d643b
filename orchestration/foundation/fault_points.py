"""Named moments at which a test kills the process, as a power cut or the kernel would.

Belongs here: the names and the blow. Does not belong here: what is tested (``tests/faults``).

With ``TRIBUTARY_FAULT_POINT=landing.rename`` a process kills itself where that name stands in the
code; with ``landing.rename:3`` when it comes by for the third time. Without the variable a point
is one comparison of a string.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "TRIBUTARY_FAULT_POINT"

POINTS = (
    "extract.page",  # a page of an answer, or all of a file, was written
    "landing.rename",  # the slice's file is whole and on the disk, under its temporary name
    "landing.line",  # the file has its name and no line in the manifest
    "landing.head",  # the line is on the disk, manifest.head does not know it
    "build.discarded",  # a rebuild has removed the warehouse and made no new one
    "load.rows",  # inside a slice's transaction, before its rows
    "load.ledger",  # after its rows, before its line in the ledger
    "load.commit",  # before the transaction ends
    "load.committed",  # after it
    "dbt.begin",  # before dbt is started
    "dbt.end",  # dbt has built and tested everything; Dagster does not know yet
    "checks.record",  # before outcomes of checks are written
    "gate.passed",  # every check passed, nothing is published
    "publish.copy",  # before the new file is filled
    "publish.seal",  # it is full, and not synced
    "publish.install",  # it is synced, under its temporary name
    "publish.keep",  # readers see it; it is not kept as a generation
)
"""In the order in which a run comes by."""

_armed, _, _nth = os.environ.get(VARIABLE, "").partition(":")
_left = int(_nth or 1)


def fault_point(name: str) -> None:
    """End this process at once, with SIGKILL, when it was started to die here.

    Args:
        name: One of ``POINTS``.
    """
    if _armed and _armed == name:
        _strike()


def arm(point: str) -> None:
    """Choose where this process dies; for processes that are forked and not started.

    Args:
        point: As in the environment variable; empty: nowhere.
    """
    global _armed, _left
    _armed, _, nth = point.partition(":")
    _left = int(nth or 1)


def _strike() -> None:
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
