"""Faults that a test can switch on in the simulator.

Belongs here: what can go wrong, and on which request. Does not belong here: carrying it out on a
socket (``server``).
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    UNAUTHORIZED = "unauthorized"
    """401."""
    FORBIDDEN = "forbidden"
    """403; with ``path`` or ``body`` naming an account, for that account only."""
    THROTTLED = "throttled"
    """429 with ``Retry-After``."""
    THROTTLED_SILENTLY = "throttled_silently"
    """429 without ``Retry-After``."""
    SERVER_ERROR = "server_error"
    """500."""
    TIMEOUT = "timeout"
    """No answer for ``seconds``, then the connection closes."""
    RESET = "reset"
    """The connection is reset before any answer."""
    TRUNCATED = "truncated"
    """Half of the body that ``Content-Length`` promises, then the connection closes."""
    HALF_JSON = "half_json"
    """Half of the body with a ``Content-Length`` that fits it: complete HTTP, broken JSON."""
    HTML = "html"
    """A login page with status 200."""
    REPEATED_CURSOR = "repeated_cursor"
    """The last good answer to the same path again: the cursor does not advance."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and the requests it applies to.

    Attributes:
        kind: What goes wrong.
        path: Regular expression searched in ``/<vendor>/<path>?<query>``.
        body: Regular expression searched in the request's body, percent-decoding not applied.
        first: The first matching request that it applies to, from 1.
        times: How many matching requests it applies to; 0 means all from ``first`` on.
        seconds: Of silence for TIMEOUT; the ``Retry-After`` of THROTTLED.
    """

    kind: FaultKind
    path: str = ""
    body: str = ""
    first: int = 1
    times: int = 1
    seconds: float = 1.0

    def matches(self, target: str, body: bytes) -> bool:
        """Whether a request is one that this fault counts."""
        found = re.search(self.path, target) is not None
        return found and (not self.body or re.search(self.body.encode(), body) is not None)


class Switchboard:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Switches a fault on; its requests are counted from now."""
        with self._lock:
            self._faults.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Switches every fault off."""
        with self._lock:
            self._faults.clear()
            self._seen.clear()

    def next(self, target: str, body: bytes) -> Fault | None:
        """Counts a request and returns the fault that applies to it, oldest first."""
        met: Fault | None = None
        with self._lock:
            for place, fault in enumerate(self._faults):
                if not fault.matches(target, body):
                    continue
                self._seen[place] += 1
                number = self._seen[place] - fault.first
                if met is None and number >= 0 and (fault.times == 0 or number < fault.times):
                    met = fault
        return met
