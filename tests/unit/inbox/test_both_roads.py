"""A large file is read by blocks, a small one row by row: both land the same bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing
from orchestration.foundation.errors import TributaryError
from orchestration.inbox import rows
from orchestration.inbox.bulk import Bulk
from orchestration.inbox.reader import land_entry
from orchestration.privacy.holding import Change, Guard
from tests.kit.inbox import NOW, STOCKHOLM, Inbox

HEADERS = {
    "touchpoints": "occurred_at,lead_id,email,utm_campaign,landing_page,cost,currency,extra",
    "costs": "date_day,amount,currency,campaign,description",
    "leads": "lead_id,created_at,email,phone,is_qualified,mql_at,value,currency",
    "opportunities": "opportunity_id,lead_id,created_at,amount,currency,is_won,closed_at",
}
TIMES = (
    "2025-03-30T02:30:00",  # the hour that spring skips
    "2025-10-26 02:30:00",  # the hour that autumn repeats
    "2025-06-01 10:00:00",
    "2025-06-01T10:00:00Z",
    "2025-06-01T10:00:00+05:30",
    "2025-06-01T10:00:00-00:00",
    "2025-06-01T10:00:00+24:00",
    "2025-06-01T24:00:00",
    "2025-02-30T10:00:00",
    "2024-02-29T23:59:59",
    "2025-13-01T10:00:00",
    "1970-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "2025-06-01T10:00:00.123456",
    "2025-06-01 10:00:00 CET",
    "2025-06-01T1０:00:00",
    "2025-06-01",
    "20250601",
    "1717236000",
)
TEXTS = (
    "", " ", "L1", "l1 ", "a@example.com", "A+b@Example.com", "+46 70 123", "12.50", "-3", "1e3",
    "1,5", "nan", "EUR", "sek", "XXX", "yes", "Sommar &amp; Sol", "https://a.se/?x=1&amp;y=2",
    '="00123"', "1.20E+05", "17.0", "Mässa", "a\u0308", "zero\u200bwidth", "tab\there",
    "\ufeffmark", "\x7f", "\u2028",
    "back\\slash", "000123456789ABCDEF", "Campaign 7",
)  # fmt: skip
RAW = (
    '"a"', '"a,b"', '"a ""b"" c"', '""', '""""', '"never closed', 'a"b', '5" screen', '"a"b',
    '"two\nlines"', '"two\r\nlines"', 'x"', ' "a"', '"\\"', "\r", "\0", "a\rb", "'a'",
)  # fmt: skip
CELLS = st.sampled_from(TIMES + TEXTS) | st.sampled_from(RAW)
SOUND = st.sampled_from(TIMES[:5] + TEXTS[:3])
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\n", "\n\r\n", ""])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """A stream, and a file for it: mostly sound lines, with whatever breaks one in between."""
    stream = draw(st.sampled_from(sorted(HEADERS)))
    width = HEADERS[stream].count(",") + 1
    end = draw(st.sampled_from(["\n", "\r\n"]))
    cells = draw(st.sampled_from([SOUND, st.sampled_from(TIMES + TEXTS), CELLS]))
    lines = []
    for _ in range(draw(st.integers(0, 12))):
        size = width if draw(st.integers(0, 9)) else draw(st.integers(0, width + 1))
        ends = draw(ENDS) if not draw(st.integers(0, 5)) else end
        lines.append(",".join(draw(cells) for _ in range(size)) + ends)
    return stream, HEADERS[stream] + end + "".join(lines)


@contextmanager
def blocks(size: int) -> Iterator[None]:
    """Read by blocks of so many characters; none for 0."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LEAST", 0 if size else sys.maxsize)
        patch.setattr(rows, "BLOCK", size)
        patch.setattr(rows, "SMALL", max(size // 4, 1))
        yield


class WithoutL1:
    """Keeps one person out of landing."""

    def change(self, connector: str, stream: Stream) -> Change:
        """What may land of a record."""
        return lambda record: (
            {**record, "lead_id": "erased"} if record.get("lead_id") == "L1" else record
        )

    def before_landing(self) -> None:
        """Nothing is to be written down."""


def landed(
    content: bytes, stream: str, size: int, guard: Guard | None = None, **options: Any
) -> object:
    """What a file lands as, or why it does not."""
    with TemporaryDirectory() as folder, blocks(size):
        inbox = Inbox(Path(folder) / "inbox", tables=False)
        inbox.landing = Landing(Path(folder) / "landing", guard)
        entry = inbox.entry(content, stream, **options)
        try:
            item = land_entry(entry, inbox.landing, STOCKHOLM, NOW)
        except TributaryError as error:
            return error.what, error.where.replace(folder, ""), error.remedy
        records = list(inbox.landing.records(item))
        of_slice = (
            item.row_count,
            item.rows_left_out,
            item.columns,
            item.is_cut_off,
            item.missing_fields,
        )
        return item.content_sha256, records, of_slice


def check(content: bytes, stream: str, **options: Any) -> None:
    """Compare the roads, in blocks that hold all of a file and in some that hold a few lines."""
    row_by_row = landed(content, stream, 0, **options)
    for size in (1 << 20, max(len(content) // 8, 40)):
        assert landed(content, stream, size, **options) == row_by_row


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files())
@example(("costs", 'date_day,amount,description\n2025-01-01,1,"open\n2025-01-02,2,b\n'))
@example(("costs", "date_day,amount\n2025-01-01,1\n\n2025-01-02,2\n2025-01-03,3"))
@example(("costs", "date_day,amount\r2025-01-01,1\r2025-01-02,2\r"))
@example(("costs", "date_day,amount,description\n2025-01-01,1,a\n2025-01-02,2,b\n,,"))
def test_any_file_lands_the_same_bytes_by_blocks_and_row_by_row(file: tuple[str, str]) -> None:
    """A quote that is never closed swallowed the rest of the file in a faster reader."""
    stream, content = file
    check(content.encode(), stream)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16", "utf-8-sig"])
def test_other_encodings_land_the_same(encoding: str) -> None:
    """Blocks are of text, not of bytes."""
    lines = [f"2025-01-{day:02},{day},SEK,Mässa {day},höst" for day in range(1, 29)]
    content = "\n".join([HEADERS["costs"], *lines, ""])
    check(content.encode(encoding), "costs", encoding=encoding)


@pytest.mark.parametrize("last", ["SEK", "k"])
def test_a_column_of_currencies_that_is_not_taken_stops_a_file_of_any_size(last: str) -> None:
    """Its money would count as the reporting currency."""
    lines = [f"2025-01-{day:02},{day},{'EUR' if day < 28 else last}" for day in range(1, 29)]
    check("\n".join(["date_day,amount,unit", *lines, ""]).encode(), "costs")


def test_utf8_that_is_declared_as_latin_1_is_refused_the_same() -> None:
    """Every byte is a letter there, so only all lines together show it."""
    lines = "".join(f"2025-01-{day:02},{day},SEK,Mässa,\n" for day in range(1, 29))
    check((HEADERS["costs"] + "\n" + lines).encode(), "costs", encoding="latin-1")


def test_bytes_of_another_encoding_cost_their_rows_alone() -> None:
    """The block around them is read row by row."""
    lines = [b"2025-01-%02d,1,SEK,%s,\n" % (day, b"M\xe4ssa" if day == 9 else b"a") for day in
             range(1, 29)]  # fmt: skip
    check(HEADERS["costs"].encode() + b"\n" + b"".join(lines), "costs")


@pytest.mark.parametrize(
    "options",
    [
        {"values": {"utm_campaign": {"Campaign 7": "seven", "*": "other"}}},
        {"values": {"utm_campaign": {"": "none"}}},
        {"where": {"only": {"utm_campaign": ["campaign *"]}, "skip": {"lead_id": ["L1", ""]}}},
        {"ids": {"lead_id": "salesforce"}},
        {"ids": {"lead_id": "as_written"}},
        {"decimal": ",", "delimiter": ";"},
        {"datetime_format": "%Y-%m-%d %H:%M:%S"},
        {"quote": "'"},
        {"escape": "\\"},
        {"delimiter": "\t"},
        {"constants": {"touch_type": 'a "quoted" one', "currency": "EUR"}, "skip": "currency"},
        {"timezone": "America/St_Johns"},
    ],
)
def test_every_word_of_an_entry_means_the_same(options: dict[str, Any]) -> None:
    """What an entry declares does not depend on the size of its file."""
    options = dict(options)
    mark = options.get("delimiter", ",")
    header = HEADERS["touchpoints"].replace(options.pop("skip", "-"), "left_out")
    words = {name: options.pop(name) for name in ("ids", "where") if name in options}
    lines = [
        f"{time},{text},a@example.com,{text if at % 2 else 'Campaign 7'},https://a.se/?a&b,1.5,,"
        for at, (time, text) in enumerate(
            (time, text) for time in TIMES for text in TEXTS if '"' not in text and "," not in text
        )
    ]
    content = "\n".join([header, *lines, ""]).replace(",", mark)
    check(content.encode(), "touchpoints", words=words, **options)


def test_who_may_not_land_does_not_land_by_blocks_either() -> None:
    """Lines that are written already are looked at as records."""
    lines = [f"2025-06-01T10:00:00,L{at % 3},,,,,,\n" for at in range(30)]
    content = (HEADERS["touchpoints"] + "\n" + "".join(lines)).encode()
    check(content, "touchpoints", guard=WithoutL1())
    found = landed(content, "touchpoints", 1 << 20, guard=WithoutL1())
    assert "'L1'" not in str(found)
    assert str(found).count("'erased'") == 10


def test_plain_rows_are_read_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of two equal roads would say nothing if one of them was never taken."""
    seen = []
    lines = Bulk.lines
    monkeypatch.setattr(
        Bulk, "lines", lambda self, plain: (seen.append(len(plain)), lines(self, plain))[1]
    )
    content = HEADERS["costs"] + "\n" + "2025-01-01,1,SEK,a,b\n" * 20 + "x\n" + "2,2,,,\n" * 9
    landed(content.encode(), "costs", 80)
    assert sum(seen) > 20
