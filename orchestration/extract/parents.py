"""The parent ids for which a child stream is requested.

Belongs here: reading a parent stream's landed records.
Does not belong here: sending requests (``client``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from orchestration.connectors.stream import Kind, Parent, Stream
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.landing import Landing, Slice
from orchestration.extract.window import Window
from orchestration.privacy.holding import TOKEN

_MILLIS_FROM = 100_000_000_000
"""Epochs above this are milliseconds: as seconds it is the year 5138."""


def moment(value: Any) -> datetime | None:
    """A time in ISO 8601 or as an epoch, as UTC without a zone; None if it is neither."""
    text = str(value or "").strip()
    try:
        if text.lstrip("-").isdigit():
            number = int(text)
            seconds = number / 1000 if abs(number) > _MILLIS_FROM else number
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        parsed = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


def parent_ids(
    landing: Landing,
    connector: str,
    parent: Parent,
    stream: Stream,
    account_id: str,
    window: Window | None,
    today: date,
) -> list[str]:
    """The distinct ids of the parent's records, in the order in which they landed.

    Args:
        landing: Where the parent's slices are.
        connector: The connector's name.
        parent: The declaration.
        stream: The parent stream itself.
        account_id: The account under which the parent landed.
        window: The child's window.
        today: For ``since_days`` when there is no window.

    Raises:
        RequestFailed: NO_PARENT, when the parent was not extracted, or not up to the window.
    """
    slices = [s for s in landing.slices(connector, stream.name) if s.account_id == account_id]
    since = datetime.combine(window.start if window else today, time())
    since -= timedelta(days=parent.since_days)
    ids: dict[str, None] = {}
    for item in _relevant(slices, stream, window):
        for record in landing.records(item):
            found = dig(record, parent.id_path)
            if str(found).startswith(TOKEN):
                continue  # somebody who was erased; the vendor knows no such id
            if not str(found).startswith(parent.begins or ""):
                continue
            if found is not None and (not parent.since_path or _recent(record, parent, since)):
                ids.setdefault(str(found))
    return list(ids)


def _recent(record: dict[str, Any], parent: Parent, since: datetime) -> bool:
    value = dig(record, parent.since_path)
    if value in (None, ""):
        return False  # it has not happened: a campaign that was never sent
    at = moment(value)
    return at is None or at >= since


def _relevant(slices: list[Slice], stream: Stream, window: Window | None) -> list[Slice]:
    """The newest snapshot; or the newest slices that reach back to the window's start."""
    newest = slices[-1] if slices else None
    if newest is None:
        raise RequestFailed(
            FailureKind.NO_PARENT, f"The parent stream {stream.name} has not been extracted."
        )
    if stream.kind is Kind.ENTITY_SNAPSHOT or window is None:
        return [newest]
    if not any(s.window_end and s.window_end >= window.end_at for s in slices):
        raise RequestFailed(
            FailureKind.NO_PARENT,
            f"The parent stream {stream.name} has not been extracted up to {window.end}.",
        )
    chosen: list[Slice] = []
    for item in reversed(slices):
        chosen.append(item)
        if item.window_start is not None and item.window_start <= window.start_at:
            break
    return chosen[::-1]
