"""Windows: half open, overlapping where vendors restate, and never with a hole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connectors.stream import Kind
from orchestration.extract.landing import Landing, Slice
from orchestration.extract.window import Window, answerable, covered_until, default_window
from tests.kit.extract.acme import a_stream

START = date(2026, 1, 1)
TODAY = date(2026, 3, 10)
REPORT = a_stream(kind=Kind.REPORT, lookback_days=30)
EVENT = a_stream(kind=Kind.EVENT, overlap_hours=72)

Land = Callable[..., Slice]


def at(day: date, hour: int = 6) -> datetime:
    """That hour of a day, UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@given(st.integers(1, 400), st.integers(0, 40))
def test_parts_make_the_whole(days: int, max_days: int) -> None:
    """Parts meet without overlap or gap, and none is longer than allowed."""
    window = Window(START, START + timedelta(days=days))
    parts = list(window.parts(max_days))
    assert parts[0].start == window.start
    assert parts[-1].end == window.end
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert all(1 <= (part.end - part.start).days <= (max_days or days) for part in parts)
    assert parts[-1].last_day == window.end - timedelta(days=1)


def test_an_empty_window_is_a_mistake() -> None:
    """An end used inclusively shows up as a window without days."""
    with pytest.raises(ValueError, match="empty"):
        Window(START, START)


def test_snapshots_have_no_window() -> None:
    """The full list each time."""
    assert default_window(a_stream(), [], TODAY, START) is None


@pytest.mark.parametrize("stream", [REPORT, EVENT])
def test_a_first_run_reads_history(stream: object) -> None:
    """From where the company wants it; without that, the look-back."""
    assert default_window(stream, [], TODAY, START) == Window(START, date(2026, 3, 11))  # type: ignore[arg-type]
    assert default_window(stream, [], TODAY, None) == Window(date(2026, 2, 8), date(2026, 3, 11))  # type: ignore[arg-type]


def test_a_daily_report_reads_its_look_back(land: Land, landing: Landing) -> None:
    """Google restates conversions for weeks: yesterday's run does not make February final."""
    yesterday = TODAY - timedelta(days=1)
    land([], REPORT, at=at(yesterday), window=Window(START, TODAY))
    window = default_window(REPORT, landing.slices(), TODAY, START)
    assert window == Window(TODAY - timedelta(days=30), TODAY + timedelta(days=1))


def test_a_report_after_a_pause_reads_further_back(land: Land, landing: Landing) -> None:
    """After ten days without a run, each day is still read once more at the age of 30 days."""
    last = TODAY - timedelta(days=10)
    land([], REPORT, at=at(last), window=Window(START, last + timedelta(days=1)))
    window = default_window(REPORT, landing.slices(), TODAY, START)
    assert window == Window(last - timedelta(days=29), TODAY + timedelta(days=1))


def test_events_read_on_with_overlap(land: Land, landing: Landing) -> None:
    """From the moment of the last run, not from the end of its window: it was not over then."""
    last = TODAY - timedelta(days=1)
    land([], EVENT, at=at(last), window=Window(START, TODAY))
    window = default_window(EVENT, landing.slices(), TODAY, START)
    assert window == Window(last - timedelta(days=3), TODAY + timedelta(days=1))


def test_a_month_read_by_hand_leaves_no_hole(land: Land, landing: Landing) -> None:
    """Someone extracts February alone; January's end must still be read by the next run."""
    stop = date(2026, 1, 20)
    land([], EVENT, at=at(stop), window=Window(START, stop))
    land([], EVENT, at=at(TODAY), window=Window(date(2026, 2, 1), date(2026, 3, 1)))
    window = default_window(EVENT, landing.slices(), TODAY, START)
    assert window == Window(stop - timedelta(days=3), TODAY + timedelta(days=1))


def test_history_that_starts_earlier_than_before_is_read(land: Land, landing: Landing) -> None:
    """``history_start`` was moved back: coverage begins with a hole."""
    land([], EVENT, at=at(TODAY), window=Window(START, TODAY))
    earlier = date(2025, 6, 1)
    assert covered_until(landing.slices(), earlier) is None
    assert default_window(EVENT, landing.slices(), TODAY, earlier).start == earlier  # type: ignore[union-attr]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 90)), max_size=12))
def test_coverage_never_claims_an_unread_day(windows: list[tuple[int, int, int]]) -> None:
    """Against brute force over days: every day before the mark was over when it was asked for."""
    slices, read = [], set()
    for number, (start, days, asked) in enumerate(windows):
        first = START + timedelta(days=start)
        window = Window(first, first + timedelta(days=days))
        moment = START + timedelta(days=asked)
        slices.append(a_slice(number, window, at(moment, 0)))
        read |= {first + timedelta(days=n) for n in range(days) if start + n < asked}
    until = covered_until(slices, START)
    day = START
    while day in read:
        day += timedelta(days=1)
    assert (until.date() if until else START) <= day
    if day > START:
        assert until is not None
        assert until.date() == day


def a_slice(number: int, window: Window, asked: datetime) -> Slice:
    """A slice that was never written."""
    return Slice(
        str(number), number, "acme", "things", "1", window.start_at, window.end_at, asked,
        0, "", "", "", (), (), "UTC", "", 0, 0,
    )  # fmt: skip


def test_what_the_vendor_no_longer_answers_is_cut() -> None:
    """click_view goes back 90 days; asking for more is an error there, not an empty answer."""
    stream = a_stream(kind=Kind.REPORT, max_history_days=90)
    far = TODAY - timedelta(days=90)
    assert answerable(stream, Window(date(2025, 1, 1), TODAY), TODAY) == Window(far, TODAY)
    assert answerable(stream, Window(date(2025, 1, 1), far), TODAY) is None
    assert default_window(stream, [], TODAY, date(2025, 1, 1)) == Window(
        far, TODAY + timedelta(days=1)
    )
