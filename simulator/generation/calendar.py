"""Times in the demo company: where history begins and ends, and when things happen."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 6, 30)
DEMO_NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
"""The demo's clock: the morning after the last complete day."""

START = int(datetime(2025, 1, 1, 6, tzinfo=UTC).timestamp())
"""First moment of any touch; late enough to be January in New York too."""

END = int(datetime(2026, 6, 30, 21, 50, tzinfo=UTC).timestamp())
"""Last moment of anything; still June in Stockholm."""

DAY = 86_400

NIGHTS = tuple(
    int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    for text in (
        # The hours that Stockholm skips or repeats, as UTC.
        "2025-03-30T00:59:59", "2025-03-30T01:00:00", "2025-10-26T00:30:00", "2025-10-26T01:30:00",
        "2026-03-29T00:59:59", "2026-03-29T01:00:00",
        # The same for New York.
        "2025-03-09T06:59:59", "2025-03-09T07:00:00", "2025-11-02T05:30:00", "2025-11-02T06:30:00",
        # Months and years that begin in Stockholm before they do in UTC.
        "2025-03-31T21:59:59", "2025-03-31T22:00:00", "2025-06-30T22:00:01", "2025-12-31T22:59:59",
        "2025-12-31T23:00:00", "2026-01-31T23:30:00", "2026-03-31T22:15:00", "2026-05-31T22:00:00",
    )
)  # fmt: skip
"""Times at which the zone decides the day or the month; some leads are created then."""

_HOURS = (1, 1, 1, 1, 2, 4, 9, 14, 15, 15, 13, 14, 15, 14, 12, 9, 6, 5, 5, 4, 3, 2, 1, 1)
_CUMULATED_HOURS = tuple(accumulate(_HOURS))
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_CUMULATED_DAYS = tuple(
    accumulate(
        (1 + 0.9 * offset / _DAYS)
        * (1.0 if (FIRST_DAY + timedelta(days=offset)).weekday() < 5 else 0.3)
        * (0.6 if (FIRST_DAY + timedelta(days=offset)).month == 7 else 1.0)
        for offset in range(_DAYS)
    )
)
_OFFSETS = range(_DAYS)
_ALL_HOURS = range(24)
_MIDNIGHT = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())


def draw_moment(rng: random.Random) -> int:
    """A random business time: more of them later in history, on weekdays and in office hours."""
    offset = rng.choices(_OFFSETS, cum_weights=_CUMULATED_DAYS)[0]
    hour = rng.choices(_ALL_HOURS, cum_weights=_CUMULATED_HOURS)[0]
    moment = _MIDNIGHT + offset * DAY + hour * 3600 + int(rng.random() * 3600)
    return min(max(moment, START + 3600), END)


def office_hour(rng: random.Random, moment: int) -> int:
    """A time between 8 and 15 UTC on the same day: daytime in Stockholm, winter and summer."""
    return moment - moment % DAY + 8 * 3600 + int(rng.random() * 7 * 3600)


def as_moment(seconds: int) -> datetime:
    """Seconds since 1970 as an aware time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
