"""Zones that a moment names by a word."""

from __future__ import annotations

import pytest

from tests.kit.inbox import Inbox

JAVASCRIPT = "%a %b %d %Y %H:%M:%S"

MOMENTS: list[tuple[str | None, str, str | None]] = [
    (None, "2026-01-10 09:00 CET", "08:00"),
    (None, "2026-06-10T09:00:00 CEST", "07:00"),
    (None, "2026-01-10 09:00 EST", "14:00"),
    (None, "2026-06-10 09:00:00 pdt", "16:00"),
    (None, "2026-01-10 09:00 UTC", "09:00"),
    (None, "2026-01-10 09:00 GMT+1", "08:00"),
    (None, "2026-01-10 09:00 UTC-05:30", "14:30"),
    (None, "2026-01-10 09:00 (CET)", "08:00"),
    (None, "2026-01-10T09:00:00+0100 (CET)", "08:00"),
    (None, "2026-06-10 09:00 Europe/Stockholm", "07:00"),
    (None, "2026-06-10 09:00 America/New_York", "13:00"),
    (None, "2026-01-10T09:00:00Z", "09:00"),
    (None, "2026-01-10 09:00 IST", None),
    (None, "2026-01-10 09:00 noon", None),
    (None, "2026-01-10 CET", None),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00 GMT+0100 (CET)", "08:00"),
    (JAVASCRIPT, "Wed Jun 10 2026 09:00:00 GMT+0200 (Central European Summer Time)", "07:00"),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00 GMT-0800 (PST)", "17:00"),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00", "08:00"),
    ("%d/%m/%Y %H:%M %Z", "10/01/2026 09:00 PST", "17:00"),
    ("%d/%m/%Y %I:%M %p", "10/01/2026 09:00 PM EST", "02:00"),
    ("%d/%m/%Y %I:%M %p", "10/01/2026 09:00 PM", "20:00"),
    ("%d %b %Y %H:%M", "10 Jan 2026 09:00 AEST", "23:00"),
]


@pytest.mark.parametrize(("pattern", "cell", "hour"), MOMENTS)
def test_a_word_for_a_zone_is_that_zone(
    inbox: Inbox, pattern: str | None, cell: str, hour: str | None
) -> None:
    """Lines with ``CET`` behind the time were quarantined; ``%Z`` read the word and dropped it."""
    inbox.load(f'lead_id,created_at\n1,"{cell}"\n', "leads", datetime_format=pattern)
    if hour is None:
        assert [(reason, cell in detail) for reason, detail in inbox.quarantine()] == [
            ("bad_type", True)
        ]
    else:
        assert inbox.rows("strftime(created_at, '%H:%M')", "leads") == [(hour,)]
