"""What each hostile value becomes: the value in ``raw``, or a reason in ``ops.quarantine``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.field import Field, TimeFormat, Type
from orchestration.privacy.hashes import email_hash
from tests.kit.loader import KEY as KEY_BYTES
from tests.kit.loader import Loader, stream

DECIMAL = Field("x", type=Type.DECIMAL)
RATE = Field("x", type=Type.DECIMAL, scale=9, positive=True)
AMOUNT = Field("x", type=Type.DECIMAL, non_negative=True)
INTEGER = Field("x", type=Type.INTEGER)
DOUBLE = Field("x", type=Type.DOUBLE)
BOOLEAN = Field("x", type=Type.BOOLEAN)
STRING = Field("x")
KEY = Field("x", required=True)
JSON = Field("x", type=Type.JSON)
DAY = Field("x", type=Type.DATE)
COMPACT = Field("x", type=Type.DATE, time_format=TimeFormat.COMPACT_DATE)
TIME = Field("x", type=Type.TIMESTAMP)
PAST = Field("x", type=Type.TIMESTAMP, not_future=True)
ROUNDED = Field("x", type=Type.DECIMAL, rounded=True)
HOPED = Field("x", type=Type.TIMESTAMP, foreseeable=True)
ESCAPED = Field("x", entities=True)
PAST_DAY = Field("x", type=Type.DATE, not_future=True)
SECONDS = Field("x", type=Type.TIMESTAMP, time_format=TimeFormat.EPOCH_SECONDS)
MILLIS = Field("x", type=Type.TIMESTAMP, time_format=TimeFormat.EPOCH_MILLIS)
MIXED = Field("x", type=Type.TIMESTAMP, time_format=TimeFormat.ISO_OR_EPOCH_MILLIS)
CURRENCY = Field("x", currency=True)
DASHED = Field("x", type=Type.DECIMAL, null_values=("-",))
EMAIL = Field("x", type=Type.EMAIL)
PHONE = Field("x", type=Type.PHONE)


moment = dt.datetime.fromisoformat


class Bad(str):
    """The reason code that a value must get; its record is quarantined or loses the cell."""


CASES: list[tuple[Field, Any, Any, str]] = [
    # money
    (DECIMAL, "12.50", Decimal("12.500000"), "text from TikTok and Meta"),
    (DECIMAL, 12.5, Decimal("12.500000"), "number"),
    (DECIMAL, 0, Decimal(0), "zero"),
    (DECIMAL, "-0.00", Decimal(0), "negative zero is zero"),
    (AMOUNT, "-0.00", Decimal(0), "negative zero is not negative"),
    (DECIMAL, "1.2300000000", Decimal("1.230000"), "zeros beyond the scale hold nothing"),
    (DECIMAL, "0.1234567", Bad("scale_exceeded"), "would be rounded"),
    (DECIMAL, 0.1 + 0.2, Decimal("0.300000"), "a sum of doubles is the decimal it means"),
    (DECIMAL, "1041.6000000000001", Decimal("1041.600000"), "what a spreadsheet keeps of 1041.6"),
    (DECIMAL, "0.7999999999999999", Decimal("0.800000"), "a double below what it means"),
    (DECIMAL, "-1041.6000000000001", Decimal("-1041.600000"), "a refund"),
    (DECIMAL, "0.1000000000000000055511151231257827", Decimal("0.100000"), "all digits of 0.1"),
    (DECIMAL, -2e-18, Decimal(0), "LinkedIn's costInUsd beside one impression"),
    (AMOUNT, -2e-18, Decimal(0), "a residue below zero is zero, not negative"),
    (DECIMAL, "5.68e-14", Decimal(0), "what is left where doubles cancel"),
    (DECIMAL, "0.0000000000001", Decimal(0), "the same without an exponent"),
    (DECIMAL, "1e-05", Decimal("0.000010"), "what scripts write for 0.00001"),
    (DECIMAL, "1E-05", Bad("scale_exceeded"), "what a spreadsheet shows of 0.0000104, too"),
    (DECIMAL, "1.5e-3", Bad("scale_exceeded"), "an abbreviation that no script writes"),
    (DECIMAL, "5.68e-12", Bad("scale_exceeded"), "more than what is left where doubles cancel"),
    (DECIMAL, "1041.60000000001", Bad("scale_exceeded"), "ten units off where a double is one"),
    (DECIMAL, "1.0416000000000001e3", Bad("bad_type"), "no script writes an exponent above one"),
    (
        DECIMAL,
        "99999999999.99999999",
        Bad("scale_exceeded"),
        "a double that reaches the last digit",
    ),
    (RATE, "1e-09", Decimal("0.000000001"), "the smallest rate"),
    (RATE, "1e-18", Bad("not_positive"), "a residue is zero, which is no rate"),
    (DECIMAL, "123456789012.123456", Decimal("123456789012.123456"), "the longest that fits"),
    (DECIMAL, 123456789012.123456, Bad("scale_exceeded"), "a JSON double of 17 digits is rounded"),
    (DECIMAL, "1234567890123", Bad("out_of_range"), "thirteen digits before the point"),
    (DECIMAL, "12,50", Bad("bad_type"), "a decimal comma is not guessed"),
    (DECIMAL, "1,234.50", Bad("bad_type"), "thousands are not guessed"),
    (DECIMAL, "$12", Bad("bad_type"), "a currency sign is not dropped"),
    (DECIMAL, "1e3", Bad("bad_type"), "a spreadsheet's abbreviation"),
    (DECIMAL, 1e3, Decimal(1000), "a JSON number, however it is written"),
    (DECIMAL, "1_000", Bad("bad_type"), "DuckDB alone would read 1000"),
    (DECIMAL, "0x10", Bad("bad_type"), "hexadecimal"),
    (DECIMAL, " 12 ", Bad("bad_type"), "DuckDB alone would trim"),
    (DECIMAL, "NaN", Bad("not_finite"), "NaN passes >= 0 in SQL"),
    (DECIMAL, "-Infinity", Bad("not_finite"), "infinity"),
    (DECIMAL, "", None, "an empty text is no amount"),
    (DECIMAL, None, None, "null"),
    (DECIMAL, True, Bad("bad_type"), "a boolean is no number"),
    (ROUNDED, "3333.3333333333335", Decimal("3333.333333"), "a third, calculated by the vendor"),
    (ROUNDED, 3333.3333333333335, Decimal("3333.333333"), "the same as a number"),
    (ROUNDED, "-0.0000005", Decimal("-0.000001"), "half away from zero"),
    (ROUNDED, "12,50", Bad("bad_type"), "rounding guesses no decimal comma"),
    (ROUNDED, "1e3", Bad("bad_type"), "nor what an abbreviation was"),
    (ROUNDED, "1234567890123.5", Bad("out_of_range"), "too many digits before the point"),
    (DECIMAL, {"value": 1}, Bad("bad_type"), "an object is no number"),
    (DECIMAL, [1], Bad("bad_type"), "a list is no number"),
    (AMOUNT, "-0.01", Bad("negative_amount"), "declared as not negative"),
    (RATE, "0.000037912", Decimal("0.000037912"), "a dong in euro needs nine decimals"),
    (RATE, "0", Bad("not_positive"), "a rate of zero would make spend vanish"),
    (DASHED, "-", None, "TikTok writes - for nothing"),
    # whole numbers
    (INTEGER, "9223372036854775807", 9223372036854775807, "64-bit ids"),
    (INTEGER, "9223372036854775808", Bad("out_of_range"), "one more"),
    (INTEGER, 760000.0, 760000, "a whole number written as a fraction"),
    (INTEGER, "5.7", Bad("bad_type"), "DuckDB alone would read 6"),
    (INTEGER, "1e3", Bad("bad_type"), "DuckDB alone would read 1000"),
    # floating point
    (DOUBLE, -2e-18, -2e-18, "floating point at the source"),
    (DOUBLE, "6.623899", 6.623899, "fractional conversions"),
    (DOUBLE, "NaN", Bad("not_finite"), "not a number"),
    (DOUBLE, "1e999", Bad("out_of_range"), "larger than any double"),
    # booleans
    (BOOLEAN, True, True, "JSON"),
    (BOOLEAN, "False", False, "text"),
    (BOOLEAN, 1, True, "number"),
    (BOOLEAN, "maybe", Bad("bad_type"), "neither"),
    # texts
    (STRING, "'); drop table raw.x; --", "'); drop table raw.x; --", "a campaign's name"),
    (STRING, '=HYPERLINK("http://x")', '=HYPERLINK("http://x")', "a formula stays a text"),
    (STRING, "A > B", "A > B", "a separator of paths"),
    (STRING, "a\x00b", "ab", "a NUL byte"),
    (STRING, "a\x1e\x1fb\x7f\x9b", "ab", "separators, DEL and a terminal's CSI"),
    (STRING, "\x1b[2Ja", "[2Ja", "an escape sequence is a text without its escape"),
    (STRING, "zero\u200bwidth\ufeff", "zerowidth", "a zero-width space, a byte order mark"),
    (STRING, "\u202egnp.exe\u2069", "gnp.exe", "signs that turn a line's direction"),
    (STRING, "soft\u00adhyphen\U000e0041", "softhyphen", "a soft hyphen, a tag"),
    (STRING, "\n\tone\r\n two\u2028\n", "one  two", "a break is a space, but none at the ends"),
    (STRING, "C:\\new\\u001e\\", "C:\\new\\u001e\\", "backslashes are not escapes"),
    (STRING, 'a"\n"b\\\n', 'a" "b\\', "quotes and backslashes beside a break"),
    (KEY, "\x1e", Bad("missing_key"), "required, and nothing that anybody sees"),
    (JSON, {"a\x1e": ["b\u200b\n"]}, '{"a":["b"]}', "within a nested value"),
    (DECIMAL, "12.5\u200b", Decimal("12.5"), "copied from a page"),
    (STRING, "e\u0301", "e\u0301", "NFD stays NFD"),
    (STRING, "\u00e9", "\u00e9", "NFC stays NFC"),
    (STRING, "🎯 Höst", "🎯 Höst", "emoji"),
    (STRING, "x" * 1_000_000, "x" * 1_000_000, "a million characters"),
    (STRING, "", "", "an empty text is a text"),
    (STRING, "Mother&#039;s day", "Mother&#039;s day", "a vendor that does not escape means it"),
    (ESCAPED, "Mother&#039;s day &amp; more", "Mother's day & more", "Matomo's campaign names"),
    (ESCAPED, "a &amp;lt; b & c", "a &lt; b & c", "decoded once"),
    (STRING, "[Brand] Search", "[Brand] Search", "starts like a list and is none"),
    (STRING, "{keyword}", "{keyword}", "starts like an object and is none"),
    (STRING, ["a"], Bad("bad_type"), "a list is no text"),
    (STRING, {"a": 1}, Bad("bad_type"), "an object is no text"),
    (STRING, 12345678901234567890, "12345678901234567890", "an id sent as a number"),
    (KEY, "", Bad("missing_key"), "required and empty"),
    (KEY, "   ", Bad("missing_key"), "required and blank"),
    (KEY, None, Bad("missing_key"), "required and null"),
    (KEY, "0", "0", "zero is a value"),
    (JSON, {"b": [1, None]}, '{"b":[1,null]}', "kept as JSON"),
    (JSON, "text", '"text"', "a JSON text is JSON"),
    (CURRENCY, "SEK", "SEK", "ISO 4217"),
    (CURRENCY, "XXQ", Bad("unknown_currency"), "no such currency"),
    (CURRENCY, "kr", Bad("unknown_currency"), "a sign, not a code"),
    (CURRENCY, "EK ", Bad("unknown_currency"), "part of the list of codes, not a code"),
    # days
    (DAY, "2025-02-28", dt.date(2025, 2, 28), "a day"),
    (DAY, "2025-02-30", Bad("bad_type"), "no such day"),
    (DAY, "2025-02-28 00:00:00", dt.date(2025, 2, 28), "TikTok's midnight"),
    (DAY, "2025-02-28T13:00:00", Bad("bad_type"), "the time would be lost"),
    (DAY, "28/02/2025", Bad("bad_type"), "the order is not guessed"),
    (DAY, "20250228", Bad("bad_type"), "declared as ISO"),
    (DAY, "2037-12-30", dt.date(2037, 12, 30), "Google's 'never'"),
    (COMPACT, "20230424", dt.date(2023, 4, 24), "GA4"),
    (COMPACT, "20230231", Bad("bad_type"), "no such day"),
    (PAST_DAY, "2037-12-30", Bad("future_timestamp"), "declared as past"),
    (PAST_DAY, "2026-07-02", dt.date(2026, 7, 2), "tomorrow's date exists east of here"),
    # moments
    (TIME, "2025-06-01T10:00:00Z", moment("2025-06-01T10:00:00"), "UTC"),
    (
        TIME,
        "2025-06-01T10:00:00+02:00",
        moment("2025-06-01T08:00:00"),
        "a cast would drop the offset",
    ),
    (TIME, "1969-12-31T15:59:59-0800", moment("1969-12-31T23:59:59"), "Meta's start_time"),
    (TIME, "2025-06-01 10:00:00", moment("2025-06-01T10:00:00"), "without an offset: UTC"),
    (TIME, "2025-06-01", moment("2025-06-01T00:00:00"), "a bare date is its midnight"),
    (TIME, "2025-06-01T10:00:00.123456Z", moment("2025-06-01T10:00:00.123456"), "micros"),
    (TIME, "2025-06-01T10:00:00.1234567Z", Bad("bad_type"), "finer than the column"),
    (TIME, "2025-06-01T25:00:00Z", Bad("bad_type"), "no such hour"),
    (TIME, "2025-06-01T10:00:00+99:00", Bad("bad_type"), "no such offset"),
    (TIME, "1717236000", Bad("bad_type"), "an epoch is not guessed"),
    (SECONDS, 1717236000, moment("2024-06-01T10:00:00"), "seconds"),
    (SECONDS, 1717236000000, Bad("bad_type"), "milliseconds where seconds are declared"),
    (MILLIS, "1717236000123", moment("2024-06-01T10:00:00.123000"), "milliseconds"),
    (MILLIS, "-9223372036854775808", Bad("bad_type"), "must not overflow"),
    (MILLIS, "2024-06-01", Bad("bad_type"), "declared as an epoch"),
    (MIXED, "1717236000123", moment("2024-06-01T10:00:00.123000"), "HubSpot, one way"),
    (MIXED, "2024-06-01T10:00:00.123Z", moment("2024-06-01T10:00:00.123000"), "the other"),
    (PAST, "2026-07-02T06:00:00Z", moment("2026-07-02T06:00:00"), "a day ahead: a wrong clock"),
    (PAST, "2026-07-02T06:00:01Z", Bad("future_timestamp"), "more than a day ahead"),
    (HOPED, "2030-01-01", moment("2030-01-01T00:00:00"), "an expected close"),
    (HOPED, "2062-11-25", Bad("future_timestamp"), "a mistyped year"),
    (PAST, "1970-01-01T00:00:00Z", Bad("placeholder_timestamp"), "an empty clock"),
    # personal values
    (EMAIL, "not given", Bad("bad_type"), "all who are 'not given' would be one person"),
    (EMAIL, "  ", None, "blank is no address"),
    (EMAIL, "\u200banna@kund.example\r", email_hash(KEY_BYTES, "anna@kund.example"), "a paste"),
    (PHONE, "n/a", Bad("bad_type"), "likewise"),
]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [case[:3] for case in CASES],
    ids=[f"{case[0].type}: {case[3]}" for case in CASES],
)
def test_a_value_is_loaded_as_it_is_or_gets_its_reason(
    tmp_path: Path, field: Field, value: Any, expected: Any
) -> None:
    """Nothing is silently rounded, padded, retyped or nulled; each row met real data once."""
    loader = Loader(tmp_path, stream(Field("id"), field), connector="inbox")
    loader.land([{"id": "1", "x": value}])
    loader.load()
    if isinstance(expected, Bad):
        refused = [(str(expected),)]
        if field.costs_its_cell:
            assert loader.cleared("reason_code") == refused
            assert loader.rows(f"id, {field.column}") == [("1", None)]
        else:
            assert loader.quarantine() == refused
            assert loader.rows("id") == []
    else:
        assert loader.quarantine("reason_code, detail") == []
        assert loader.cleared() == []
        assert loader.rows(field.column) == [(expected,)]


@pytest.mark.parametrize("connector", ["inbox", "vendor"])
def test_no_source_brings_characters_that_nobody_sees(tmp_path: Path, connector: str) -> None:
    """A visit's tag of one separator is no tag, whoever says it: a file or a vendor's tracker."""
    loader = Loader(tmp_path, stream(KEY, Field("tags", type=Type.JSON)), connector=connector)
    loader.land([{"x": "a\x1eb\u200b", "tags": [{"utm_source": "\x1e"}]}])
    loader.load()
    assert loader.rows("x, tags") == [("ab", '[{"utm_source":""}]')]


ZONES: list[tuple[Field, Any, str | None]] = [
    (TIME, "2025-06-01T10:00:00Z", "UTC"),
    (TIME, "2025-06-01T10:00:00+02:00", "+02:00"),
    (TIME, "2025-06-01T10:00:00.5-0800", "-0800"),
    (TIME, "2025-06-01T10:00:00", "Europe/Stockholm"),
    (TIME, "2025-06-01T10:00:00.500000", "Europe/Stockholm"),
    (TIME, None, None),
    (MILLIS, 1717236000123, "UTC"),
    (MIXED, 1717236000123, "UTC"),
    (MIXED, "2025-06-01", "Europe/Stockholm"),
]


@pytest.mark.parametrize(("field", "value", "zone"), ZONES)
def test_the_zone_at_the_source_stands_beside_the_moment(
    tmp_path: Path, field: Field, value: Any, zone: str | None
) -> None:
    """UTC alone cannot say on which local day something happened."""
    loader = Loader(tmp_path, stream(Field("id"), field))
    loader.land([{"id": "1", "x": value}], source_zone="Europe/Stockholm")
    loader.load()
    assert loader.rows("x_zone") == [(zone,)]


def test_a_parent_that_is_no_object_is_a_wrong_type_not_a_null(tmp_path: Path) -> None:
    """``metrics: "n/a"`` must not turn every figure below it into NULL."""
    nested = stream(
        Field("id"),
        Field("spend", "metrics.spend", Type.DECIMAL),
        Field("clicks", "metrics.extra.clicks", Type.INTEGER),
    )
    loader = Loader(tmp_path, nested)
    loader.land(
        [
            {"id": "1", "metrics": {"spend": "1.5", "extra": {"clicks": 2}}},
            {"id": "2", "metrics": "n/a"},
            {"id": "3", "metrics": {"spend": "1", "extra": [1]}},
            {"id": "4", "metrics": {}},
            {"id": "5", "metrics": None},
            {"id": "6"},
        ]
    )
    loader.load()
    assert loader.quarantine("row_number, reason_code, detail") == [
        (2, "bad_type", "metrics: not an object (bad_type)"),
        (3, "bad_type", "metrics.extra: not an object (bad_type)"),
    ]
    assert loader.rows("id, spend, clicks") == [
        ("1", Decimal("1.5"), 2),
        ("4", None, None),
        ("5", None, None),
        ("6", None, None),
    ]


def test_paths_that_collide_are_each_read(tmp_path: Path) -> None:
    """One object kept whole and taken apart; keys that differ only in case."""
    colliding = stream(
        Field("whole", "properties", Type.JSON),
        Field("nested", "properties.name"),
        Field("same", "properties.name"),
        Field("upper", "Id"),
        Field("lower", "id"),
    )
    loader = Loader(tmp_path, colliding)
    loader.land([{"properties": {"name": "a"}, "Id": "U", "id": "l"}])
    loader.load()
    assert loader.rows("whole, nested, same, upper, lower") == [
        ('{"name":"a"}', "a", "a", "U", "l"),
    ]


def test_one_of_several_fields_is_enough(tmp_path: Path) -> None:
    """A touchpoint needs a lead, a visitor or an address, no matter which."""
    either = stream(Field("lead_id"), Field("email", type=Type.EMAIL), one_of=("lead_id", "email"))
    loader = Loader(tmp_path, either)
    loader.land([{"lead_id": "1"}, {"email": "a@b.se"}, {"lead_id": " "}, {}])
    loader.load()
    assert loader.quarantine("row_number, reason_code") == [(3, "missing_key"), (4, "missing_key")]


def test_a_won_deal_was_not_won_tomorrow(tmp_path: Path) -> None:
    """A close date in 2062 needed a rate of 2062; one in January was January's revenue."""
    deals = stream(
        Field("id"),
        Field("won", type=Type.BOOLEAN),
        Field("closed", type=Type.TIMESTAMP, not_future_if="won"),
    )
    loader = Loader(tmp_path, deals, connector="inbox")
    loader.land(
        [
            {"id": "1", "won": True, "closed": "2026-07-01"},
            {"id": "2", "won": True, "closed": "2027-01-15"},
            {"id": "3", "won": False, "closed": "2027-01-15"},
            {"id": "4", "won": None, "closed": "2027-01-15"},
            {"id": "5", "won": True, "closed": None},
        ]
    )
    loader.load()
    assert loader.quarantine("row_number, reason_code") == [(2, "future_timestamp")]
