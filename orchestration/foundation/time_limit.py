"""A limit of time for a step, so that what hangs ends as an error.

Belongs here: interrupting what this process does. Does not belong here: how long a step may take
(``configuration/settings.py``), or the limits of requests (``extract/patience.py``).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from orchestration.foundation.errors import TributaryError

VARIABLE = "TRIBUTARY_STEP_MINUTES"


class Interruptible(Protocol):
    """What can be told, from another thread, to end what it does."""

    def interrupt(self) -> None:
        """End it soon."""


_interrupted: list[Interruptible] = []

_AGAIN_SECONDS = 1.0
"""After which a connection is interrupted again: what it was told between two queries is lost."""


@contextmanager
def interruptible(connection: Interruptible) -> Iterator[None]:
    """Interrupt a connection, too, when the time is up meanwhile."""
    _interrupted.append(connection)
    try:
        yield
    finally:
        _interrupted.remove(connection)


class TookTooLong(TributaryError):
    """A step did not end in its time."""


@contextmanager
def time_limit(minutes: float) -> Iterator[None]:
    """End what happens inside with an error when it takes longer.

    A signal interrupts waiting for the network and for dbt. DuckDB looks for signals between its
    tasks, but not while another of its threads has the only one, so a thread interrupts it. Only a
    process's main thread gets signals, and Dagster runs steps there; other threads have no limit.

    Args:
        minutes: The longest time.

    Raises:
        TookTooLong: It took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    error = TookTooLong(
        f"The step took longer than {minutes:g} minutes and was ended.",
        remedy=f"Its log shows how far it came. If it needs more time, raise {VARIABLE}.",
    )
    ended = False
    is_over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal ended
        ended = True
        raise error

    def interrupt() -> None:
        nonlocal ended
        wait = minutes * 60
        while not is_over.wait(wait):
            ended, wait = True, _AGAIN_SECONDS
            for each in list(_interrupted):
                each.interrupt()

    interrupter = threading.Thread(target=interrupt, daemon=True)
    before = signal.signal(signal.SIGALRM, end)
    left, _ = signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    interrupter.start()
    try:
        yield
    except Exception as other:
        if ended and other is not error:
            # A library says in its own words that it was interrupted.
            raise error from None
        raise
    finally:
        is_over.set()
        signal.setitimer(signal.ITIMER_REAL, left)
        signal.signal(signal.SIGALRM, before)
