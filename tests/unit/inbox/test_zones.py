"""Zones that a moment names by a word."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from orchestration.configuration.file_format import FileFormat
from orchestration.inbox.suggestions import suggested_format
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
    (None, "2026-06-10 09:00 W. Europe Standard Time", "07:00"),
    (None, "2026-01-10 09:00:00 (Eastern Standard Time)", "14:00"),
    (None, "2026-06-10 09:00 Pacific Standard Time (Mexico)", "16:00"),
    (None, "2026-01-10 09:00+02:00 (Central European Standard Time)", "07:00"),
    (None, "2026-01-10 09:00 Moon Standard Time", None),
    (None, "2026-01-10 09:00 IST", None),
    (None, "2026-01-10 09:00 noon", None),
    (None, "2026-01-10 CET", None),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00 GMT+0100 (CET)", "08:00"),
    (JAVASCRIPT, "Wed Jun 10 2026 09:00:00 GMT+0200 (Central European Summer Time)", "07:00"),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00 GMT-0800 (PST)", "17:00"),
    (JAVASCRIPT, "Sat Jan 10 2026 09:00:00 GMT+0100 (W. Europe Standard Time)", "08:00"),
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


def test_the_name_that_windows_gives_a_zone_is_told_its_own() -> None:
    """An entry said ``W. Europe Standard Time``, and the error said only that it is no zone."""
    with pytest.raises(ValidationError, match="not an IANA time zone; Europe/Berlin is"):
        FileFormat(timezone="W. Europe Standard Time")


@pytest.mark.parametrize(
    ("cell", "pattern"),
    [
        ("Sat Jan 10 2026 09:00:00 GMT+0100 (Central European Standard Time)", JAVASCRIPT),
        ("10/01/2026 09:00 CET", "%d/%m/%Y %H:%M"),
        ("Sat, 10 Jan 2026 09:00:00 +0100", "%a, %d %b %Y %H:%M:%S %z"),
        ("10.1.2026 kl. 09.00", "%d.%m.%Y kl. %H.%M"),
        ("the tenth", None),
    ],
)
def test_a_moment_with_a_zone_has_a_format_that_reads_it(
    inbox: Inbox, cell: str, pattern: str | None
) -> None:
    """Nothing was suggested for cells that name their zone; what is suggested reads them."""
    assert suggested_format([cell], None, has_time=True) == pattern
    if pattern:
        inbox.load(f'lead_id,created_at\n1,"{cell}"\n', "leads", datetime_format=pattern)
        assert inbox.rows("strftime(created_at, '%H:%M')", "leads") == [("08:00",)]
