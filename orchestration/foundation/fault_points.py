"""Named points at which a test kills the process, as a power cut or the kernel would.

Belongs here: the names and the kill itself. Does not belong here: the tests (``tests/faults``).

With ``TRIBUTARY_FAULT_POINT=landing.rename`` a process kills itself at the point of that name; with
``landing.rename:3``, the third time it reaches the point. Without the variable a point costs one
string comparison.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "TRIBUTARY_FAULT_POINT"

POINTS = (
    "erase.request",  # who is meant is known, but nothing is written
    "erase.requested",  # the request is on the disk, nothing else was done
    "erase.slice",  # a slice was rewritten under a temporary name
    "erase.rename",  # before it gets its name
    "erase.tombstone",  # it has its name, but no line in the manifest yet
    "erase.unlink",  # the line is there, and so is the file of before
    "erase.landed",  # landing is done, logs and stores are not
    "erase.stores",  # these are done too, the build folder is not
    "erase.build",  # before the warehouse is discarded
    "erase.discarded",  # after it
    "extract.page",  # a page of an answer, or a whole file, was written
    "landing.rename",  # the slice's file is whole and on the disk, under its temporary name
    "landing.line",  # the file has its name, but no line in the manifest yet
    "landing.head",  # the line is on the disk, but not yet counted in manifest.head
    "build.discarded",  # a rebuild has removed the warehouse and not yet created a new one
    "load.rows",  # inside a slice's transaction, before its rows
    "load.ledger",  # after its rows, before its line in the ledger
    "load.commit",  # before the transaction ends
    "load.committed",  # after it
    "dbt.begin",  # before dbt starts
    "dbt.end",  # dbt has built and tested everything, but Dagster has not recorded it yet
    "checks.record",  # before check results are written
    "gate.passed",  # every check passed, nothing is published yet
    "publish.copy",  # before the new file is filled
    "publish.seal",  # it is filled, but not synced
    "publish.install",  # it is synced, under its temporary name
    "publish.report",  # readers see it, its report is not there yet
    "publish.keep",  # readers see it, but it is not yet kept as a generation
    "erase.generations",  # published without them, earlier generations are still there
    "erase.certificate",  # these are gone, the certificate is not written
    "erase.done",  # it is
    "serve.load",  # before a table is loaded into the server's new schemas
    "serve.swap",  # all are loaded, readers see none of them
    "serve.commit",  # they are in place, in a transaction that has not ended
)
"""In the order a run reaches them."""

_armed, _, _nth = os.environ.get(VARIABLE, "").partition(":")
_left = int(_nth or 1)


def fault_point(name: str) -> None:
    """Kill this process at once with SIGKILL, if it was started to die at this point.

    Args:
        name: One of ``POINTS``.
    """
    if _armed and _armed == name:
        _strike()


def arm(point: str) -> None:
    """Choose where this process dies, for processes that are forked rather than started.

    Args:
        point: Same format as the environment variable; empty means nowhere.
    """
    global _armed, _left
    _armed, _, nth = point.partition(":")
    _left = int(nth or 1)


def _strike() -> None:
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
