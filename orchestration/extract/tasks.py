"""One request of a stream: for which days and which parent, and the same in halves.

Belongs here: splitting a window, and which failures that may help against. Does not belong here:
sending requests (``client``), or the parents (``parents``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from orchestration.connectors.stream import Request
from orchestration.extract.failures import FailureKind
from orchestration.extract.placeholders import window_values
from orchestration.extract.window import Window


@dataclass(frozen=True, slots=True)
class Task:
    """One request.

    Attributes:
        account_id: The account it is for.
        window: The days it asks for; None for a snapshot.
        parent: The placeholders of its parent.
    """

    account_id: str
    window: Window | None
    parent: Mapping[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """The placeholders of the request."""
        return {"account_id": self.account_id, **window_values(self.window), **self.parent}

    def halves(self) -> list[Task]:
        """The task as two, each for half of its days; none when it has one day or no window."""
        days = (self.window.end - self.window.start).days if self.window else 0
        if self.window is None or days < 2:
            return []
        middle = self.window.start + timedelta(days=days // 2)
        return [
            replace(self, window=Window(self.window.start, middle)),
            replace(self, window=Window(middle, self.window.end)),
        ]


def may_halve(request: Request) -> bool:
    """Whether a part of a request's days may be asked for again, so that none lands before all."""
    return bool(request.cut_off_at) or request.report is not None


def halving_helps(request: Request, kind: FailureKind) -> bool:
    """Whether fewer days at once may pass where a request failed so."""
    if kind is FailureKind.TOO_MUCH:
        return may_halve(request)
    return (
        kind is FailureKind.REPORT_FAILED and request.report is not None and request.report.halves
    )
