"""Slices that somebody set aside: landed, but loaded no more, each with a reason.

Belongs here: ``landing/set_aside.json``. Does not belong here: which slices the loader refuses
(``loading/refusals.py``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock

from orchestration.extract.landing import Landing
from orchestration.foundation.durable import write_at_once
from orchestration.foundation.errors import TributaryError


class NoSuchSlice(TributaryError):
    """No slice has that id."""


def slices_aside(landing: Landing) -> dict[str, dict[str, str]]:
    """Reason and moment of every slice that was set aside, by its id."""
    path = _path(landing)
    if not path.exists():
        return {}
    found: dict[str, dict[str, str]] = orjson.loads(path.read_bytes())
    return found


def set_aside(landing: Landing, slice_id: str, reason: str, now: datetime) -> None:
    """Leave a slice out from the next run on.

    Raises:
        NoSuchSlice: No slice was landed under that id.
    """
    if slice_id not in {item.slice_id for item in landing.slices()}:
        raise NoSuchSlice(f"No slice {slice_id} was landed.", remedy="See: tributary slices")
    with _lock(landing):
        at = now.astimezone(UTC).isoformat()
        _write(landing, slices_aside(landing) | {slice_id: {"reason": reason, "at": at}})


def take_back(landing: Landing, slice_id: str) -> None:
    """Load a slice again from the next run on.

    Raises:
        NoSuchSlice: No slice of that id was set aside.
    """
    with _lock(landing):
        aside = slices_aside(landing)
        if aside.pop(slice_id, None) is None:
            raise NoSuchSlice(
                f"Slice {slice_id} was not set aside.", remedy="See: tributary slices"
            )
        _write(landing, aside)


def _write(landing: Landing, aside: dict[str, dict[str, str]]) -> None:
    write_at_once(_path(landing), orjson.dumps(aside, option=orjson.OPT_INDENT_2))


def _path(landing: Landing) -> Path:
    return landing.root / "set_aside.json"


def _lock(landing: Landing) -> FileLock:
    return FileLock(landing.root / "set_aside.lock")
