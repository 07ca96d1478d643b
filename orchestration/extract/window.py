"""Windows of days, and the default window of a stream.

All windows are half open. Days are the account's own; ``today`` is the day at UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from orchestration.connectors.stream import Kind, Stream
from orchestration.extract.slices import Slice


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``start`` up to, but not including, ``end``.

    Raises:
        ValueError: ``end`` is not after ``start``.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"An empty window: {self.start} up to {self.end}")

    @property
    def last_day(self) -> date:
        """The last day in the window."""
        return self.end - timedelta(days=1)

    @property
    def start_at(self) -> datetime:
        """Midnight at the start, without a zone."""
        return datetime.combine(self.start, time())

    @property
    def end_at(self) -> datetime:
        """Midnight at the end, excluded, without a zone."""
        return datetime.combine(self.end, time())

    def parts(self, max_days: int) -> Iterator[Window]:
        """The window in consecutive parts of at most ``max_days`` days (0: itself)."""
        start = self.start
        while start < self.end:
            end = min(self.end, start + timedelta(days=max_days)) if max_days else self.end
            yield Window(start, end)
            start = end


def covered_until(slices: Iterable[Slice], history_start: date | None) -> datetime | None:
    """The time up to which slices leave no gap, as UTC without a zone.

    A slice covers its window up to the time it was requested. A window that leaves a gap before it
    (someone extracted one month by hand) does not move the mark, so the gap is still read.

    Args:
        slices: Of one account's stream.
        history_start: Where coverage must begin; None for the earliest window.

    Returns:
        The end of unbroken coverage; None when nothing is covered.
    """
    covered = sorted(
        (item.window_start, min(item.window_end, item.extracted_at.replace(tzinfo=None)))
        for item in slices
        if item.window_start is not None and item.window_end is not None
    )
    mark = datetime.combine(history_start, time()) if history_start else None
    begun = False
    for start, end in covered:
        if mark is not None and start > mark:
            break
        begun = True
        mark = max(mark, end) if mark else end
    return mark if begun else None


def default_window(
    stream: Stream, slices: Iterable[Slice], today: date, history_start: date | None
) -> Window | None:
    """The window of a run that was given none.

    A first run reads from ``history_start``. Later, a report reads its look-back again, extended by
    the days without a run, so that every day is read once more when it is ``lookback_days`` old.
    Events and changes continue from where coverage ends, less the overlap.

    Args:
        stream: The stream.
        slices: Its earlier slices of the same account.
        today: The day of this run.
        history_start: The first day the company wants; None for only the look-back.

    Returns:
        The window; None for a snapshot, which has none.
    """
    if stream.kind is Kind.ENTITY_SNAPSHOT:
        return None
    recent = today - timedelta(days=stream.lookback_days)
    until = covered_until(slices, _reachable(stream, today, history_start))
    if until is None:
        start = history_start or recent
    elif stream.kind is Kind.REPORT:
        start = min(recent, until.date() + timedelta(days=1 - stream.lookback_days))
        if history_start:
            start = max(start, history_start)
    else:
        start = (until - timedelta(hours=stream.overlap_hours)).date()
    return answerable(stream, Window(min(start, today), today + timedelta(days=1)), today)


def answerable(stream: Stream, window: Window, today: date) -> Window | None:
    """The part of a window that the vendor still answers; None when that is nothing."""
    start = _reachable(stream, today, window.start) or window.start
    return Window(start, window.end) if start < window.end else None


def _reachable(stream: Stream, today: date, start: date | None) -> date | None:
    if start is None or not stream.max_history_days:
        return start
    return max(start, today - timedelta(days=stream.max_history_days))
