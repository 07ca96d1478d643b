"""Cells from real exports, and what each must become: its text in ``raw``, or a reason.

Belongs here: the table. Does not belong here: running it (``test_hostile_input``).
"""

from __future__ import annotations

from typing import NamedTuple


class Refused(str):
    """The reason the row must have in quarantine."""


class Cleared(str):
    """The reason for which the cell must become null, counted, while its row is loaded."""


class Cell(NamedTuple):
    """A cell in an otherwise good row.

    Attributes:
        stream: The canonical stream.
        column: The canonical column.
        cell: What the file holds.
        becomes: The text of the column in ``raw``, ``None`` for null, or the reason why the row
            is refused or the cell cleared.
        why: Where it comes from, or what would go wrong.
    """

    stream: str
    column: str
    cell: str
    becomes: str | None
    why: str


GOOD: dict[str, dict[str, str]] = {
    "leads": {
        "lead_id": "L",
        "created_at": "2026-01-10T09:00:00Z",
        "email": "",
        "phone": "",
        "campaign": "",
        "lead_source": "",
        "account_id": "",
        "is_customer": "",
        "value": "",
        "currency": "",
    },
    "events": {"event_id": "E", "starts_at": "2026-01-10", "cost": "", "currency": ""},
    "outreach": {"campaign": "C", "contacted_at": "2026-01-10", "lead_id": "L", "cost": ""},
    "referrals": {"referred_by": "L", "referred_at": "2026-01-10", "lead_id": "M", "cost": ""},
    "mailings": {"mailing_id": "M", "sent_at": "2026-01-10", "subject_line": "", "clicked": ""},
    "organic_search": {"date_day": "2026-01-10", "search_term": "", "page": "", "clicks": "1"},
    "social_posts": {"network": "N", "post_id": "P", "posted_at": "2026-01-10", "title": ""},
    "social_post_days": {"date_day": "2026-01-10", "network": "N", "post_id": "P", "clicks": ""},
    "page_views": {"viewed_at": "2026-01-10", "page_url": "/", "lead_id": "L", "seconds": ""},
    "content": {"content_id": "C", "published_at": "", "title": ""},
    "stage_history": {"lead_id": "L", "stage": "Demo", "entered_at": "2026-01-10"},
    "event_attendance": {"event_id": "E", "lead_id": "L", "status": "", "attended_at": ""},
    "costs": {"date_day": "2026-01-10", "amount": "1", "currency": "EUR", "description": ""},
    "ad_spend": {
        "date_day": "2026-01-10",
        "platform": "meta_ads",
        "spend": "1",
        "currency": "EUR",
        "campaign_id": "",
        "campaign_name": "",
        "clicks": "",
        "conversions": "",
    },
    "conversions": {
        "conversion_id": "C",
        "lead_id": "L",
        "conversion_type": "trial",
        "occurred_at": "2026-01-10T09:00:00Z",
        "value": "",
        "currency": "",
    },
    "opportunities": {
        "opportunity_id": "O",
        "lead_id": "L",
        "created_at": "2026-01-10T09:00:00Z",
        "closed_at": "",
        "amount": "",
        "is_won": "",
    },
    "touchpoints": {
        "occurred_at": "2026-01-10T09:00:00Z",
        "lead_id": "L",
        "utm_source": "",
        "utm_medium": "",
        "click_id": "",
        "cost": "",
    },
    "fx_rates": {"date_day": "2026-01-10", "currency": "SEK", "rate": "0.1"},
}
"""A good row of each stream."""

_MILLION = "x" * 1_000_000

_NAMES = [
    ("A > B", "a separator of paths"),
    ("'); drop table x; --", "an injection"),
    ('=HYPERLINK("http://x.example","y")', "a formula"),
    ("@SUM(A1:A9)", "another formula"),
    ("🎯 Höst 👩‍👩‍👧", "emoji, joined ones too"),
    ("a\x00b", "a NUL byte"),
    ("zero\u200bwidth", "a zero-width space inside"),
    ("\u200b", "nothing but a zero-width space"),
    ("Caf\u00e9", "NFC"),
    ("Cafe\u0301", "NFD: the same text, composed otherwise"),
    ("a\u2028b\u0085c\x0bd\x0ce", "characters that Python takes for line ends"),
    ("\u202eevil", "right to left override"),
    (_MILLION, "a million characters"),
    ('5" tall, "quoted"', "quotes and a delimiter"),
    ("two\nlines\r\nthree", "line ends inside a cell"),
    ("\\N", "MySQL's null is a text"),
    ("NULL", "so is this"),
    ("None", "and this"),
    ("N/A", "and this"),
    ("[Brand] Search", "starts like a list"),
    ('{"a": 1}', "looks like an object"),
    ('"', "one quote"),
    ("{{ lead.name }}", "an unfilled template"),
    ("%s {0} $1", "placeholders of three languages"),
]

_SEEN = {
    "🎯 Höst 👩‍👩‍👧": "🎯 Höst 👩👩👧",
    "a\x00b": "ab",
    "Cafe\u0301": "Caf\u00e9",
    "zero\u200bwidth": "zerowidth",
    "\u200b": None,
    "a\u2028b\u0085c\x0bd\x0ce": "a b c d e",
    "\u202eevil": "evil",
    "two\nlines\r\nthree": "two lines three",
}
"""What is loaded of names with characters that nobody sees, or with letters composed otherwise."""

_AMOUNTS = [
    ("12,50", Refused("bad_type"), "a decimal comma is not guessed"),
    ("1,234.50", Refused("bad_type"), "nor are thousands"),
    ("1 234", Refused("bad_type"), "nor with a space"),
    ("1\u00a0234", Refused("bad_type"), "nor with the space of a spreadsheet"),
    ("$12", Refused("bad_type"), "a currency sign is not dropped"),
    ("12 SEK", Refused("bad_type"), "nor a code"),
    ("(12)", Refused("bad_type"), "an accountant's minus"),
    ("12-", Refused("bad_type"), "a mainframe's minus"),
    ("\u221212", "-12.000000", "a typographer's minus is a minus"),
    ("1e3", Refused("bad_type"), "a spreadsheet's abbreviation"),
    ("1_000", Refused("bad_type"), "DuckDB alone would read 1000"),
    ("0x10", Refused("bad_type"), "hexadecimal"),
    ("\u0661\u0662", Refused("bad_type"), "Arabic digits"),
    ("\uff11\uff12", Refused("bad_type"), "full-width digits"),
    ("#REF!", Refused("bad_type"), "a formula that failed"),
    ("-", Refused("bad_type"), "a dash for nothing"),
    ("NaN", Refused("not_finite"), "passes >= 0 in SQL"),
    ("inf", Refused("not_finite"), "infinity"),
    ("-Infinity", Refused("not_finite"), "and the other one"),
    ("0.1234567", Refused("scale_exceeded"), "would be rounded"),
    ("1041.60000000001", Refused("scale_exceeded"), "further off than a double"),
    ("99999999999.99999999", Refused("scale_exceeded"), "a double that blurs its last digit"),
    ("1E-05", Refused("scale_exceeded"), "what a spreadsheet shows of 0.0000104, too"),
    ("-2e-18", "0.000000", "LinkedIn's costInUsd beside one impression"),
    ("0.30000000000000004", "0.300000", "a sum of doubles"),
    ("1041.6000000000001", "1041.600000", "what a spreadsheet keeps of 1041.6"),
    ("1234567890123", Refused("out_of_range"), "thirteen digits before the point"),
    ("-0.00", "0.000000", "negative zero is zero"),
    ("1.2300000000", "1.230000", "zeros beyond the scale hold nothing"),
    ("999999999999.999999", "999999999999.999999", "the longest that fits"),
    ("0.000001", "0.000001", "the smallest that fits"),
    ("-20", "-20.000000", "a refund"),
    ("007", "7.000000", "leading zeros of a number hold nothing"),
    (".5", "0.500000", "no digit before the point"),
    ("+5.", "5.000000", "a sign, and none after it"),
]

_MOMENTS = [
    ("2026-03-29 02:30", "2026-03-29 01:30:00", "the hour that Stockholm skips: moved on"),
    ("2025-10-26 02:30", "2025-10-26 00:30:00", "the hour that comes twice: the first"),
    ("2025-10-26T02:30:00+01:00", "2025-10-26 01:30:00", "the second, said by its offset"),
    ("2026-01-10", "2026-01-09 23:00:00", "a bare date is its midnight in the file's zone"),
    ("2026-01-10 09:00", "2026-01-10 08:00:00", "without a zone: the file's"),
    ("2026-01-10T09:00:00-0800", "2026-01-10 17:00:00", "an offset without a colon"),
    ("2026-01-10T09:00:00.123456Z", "2026-01-10 09:00:00.123456", "microseconds"),
    ("2026-01-10T09:00:00.1234567Z", Refused("scale_exceeded"), "finer than the column"),
    ("1969-12-31T15:59:59-0800", Refused("placeholder_timestamp"), "Meta's start_time"),
    ("1970-01-01", Refused("placeholder_timestamp"), "an empty clock"),
    ("2037-12-30", Refused("future_timestamp"), "Google's 'never'"),
    ("1717236000", Refused("bad_type"), "an epoch in seconds is not guessed"),
    ("1717236000000", Refused("bad_type"), "nor in milliseconds"),
    ("1717236000000000", Refused("bad_type"), "nor in microseconds"),
    ("2026-02-30", Refused("bad_type"), "no such day"),
    ("2026-01-10T24:00:00Z", Refused("bad_type"), "no such hour"),
    ("2016-12-31T23:59:60Z", Refused("bad_type"), "a leap second"),
    ("01/02/2026", Refused("bad_type"), "the order is not guessed"),
    ("2026-1-2", Refused("bad_type"), "digits are not padded"),
    ("26-01-02", Refused("bad_type"), "nor is the century"),
    ("2026-01-10 9 AM", Refused("bad_type"), "words"),
    ("0001-01-01T00:00:00Z", Refused("bad_type"), "C#'s empty clock"),
    ("0000-00-00 00:00:00", Refused("bad_type"), "MySQL's"),
    ("46032.375", Refused("bad_type"), "Excel's count of days"),
    ("", Refused("missing_key"), "required and empty"),
]

CELLS: tuple[Cell, ...] = (
    *(Cell("leads", "campaign", text, _SEEN.get(text, text), why) for text, why in _NAMES),
    *(Cell("costs", "amount", *case) for case in _AMOUNTS),
    *(Cell("leads", "created_at", *case) for case in _MOMENTS),
    # Keys and ids
    Cell("leads", "lead_id", "0012", "0012", "leading zeros of an id"),
    Cell("leads", "lead_id", "12345678901234567890", "12345678901234567890", "a long id"),
    Cell("leads", "lead_id", "1.0", "1", "what a script makes of the id 1"),
    Cell("leads", "lead_id", "9e99", "9e99", "an id is no number"),
    Cell("leads", "lead_id", "9.82E+14", Refused("bad_type"), "what it was is lost"),
    Cell("leads", "lead_id", '="007"', "007", "how a spreadsheet keeps an id"),
    Cell("leads", "lead_id", "TRUE", "TRUE", "nor a truth"),
    Cell("leads", "lead_id", "", Refused("missing_key"), "required and empty"),
    Cell("leads", "lead_id", " \u00a0\t", Refused("missing_key"), "required and blank"),
    Cell("touchpoints", "lead_id", "", Refused("missing_key"), "nobody's touch"),
    Cell("touchpoints", "click_id", "Cj0KaBc", "Cj0KaBc", "click ids keep their case"),
    Cell("touchpoints", "cost", "-1", Refused("negative_amount"), "no cost"),
    # 60 null origins beside 1,099 literal ones are not the same thing
    Cell("leads", "lead_source", "", None, "nothing was said"),
    Cell("leads", "lead_source", "unknown", "unknown", "something was said"),
    Cell("leads", "lead_source", "Select", "Select", "not chosen: what it means is configured"),
    Cell("leads", "lead_source", "Google", "Google", "two spellings"),
    Cell("leads", "lead_source", "google", "google", "stay two texts in raw"),
    # People
    Cell("leads", "email", "not given", Cleared("bad_type"), "all of them would be one person"),
    Cell("leads", "phone", "n/a", Cleared("bad_type"), "likewise"),
    Cell("leads", "email", "", None, "no address"),
    # Truths
    Cell("leads", "is_customer", "TRUE", "true", "any case"),
    Cell("leads", "is_customer", "0", "false", "a digit"),
    Cell("leads", "is_customer", "ja", Refused("bad_type"), "another language is configured"),
    Cell("leads", "is_customer", "2", Refused("bad_type"), "neither"),
    # Money of other streams
    Cell("ad_spend", "spend", "-0.00", "0.000000", "nothing"),
    Cell("ad_spend", "spend", "-0.01", "-0.010000", "a credit of the platform"),
    Cell("ad_spend", "spend", "", Refused("missing_key"), "required and empty"),
    Cell("ad_spend", "clicks", "5.5", "5.500000", "a figure is not cut"),
    Cell("ad_spend", "conversions", "6.623899", "6.623899", "fractional conversions"),
    Cell("ad_spend", "campaign_id", "", None, "spend without a campaign keeps its row"),
    Cell("ad_spend", "date_day", "20230424", "2023-04-24", "GA4's compact day"),
    Cell("ad_spend", "date_day", "2026-01-10 13:00:00", Refused("bad_type"), "a time would go"),
    Cell("ad_spend", "date_day", "2037-12-30", Refused("future_timestamp"), "no spend yet"),
    Cell("ad_spend", "currency", "XXQ", Refused("unknown_currency"), "no such currency"),
    Cell("ad_spend", "currency", "kr", Refused("unknown_currency"), "a sign"),
    Cell("ad_spend", "currency", "sek", "SEK", "codes are read in any case"),
    Cell("ad_spend", "currency", "\u017fek", Refused("unknown_currency"), "a long s is no S"),
    Cell("conversions", "value", "-20", "-20.000000", "a refund after the close"),
    Cell("conversions", "value", "", None, "a conversion need not have a value"),
    Cell("opportunities", "amount", "-5", "-5.000000", "a credit"),
    Cell("opportunities", "closed_at", "2037-12-30T00:00:00Z", "2037-12-30 00:00:00", "expected"),
    Cell("opportunities", "is_won", "maybe", None, "neither: the stage may say it"),
    Cell("fx_rates", "rate", "0.000037912", "0.000037912", "a dong in euro"),
    Cell("fx_rates", "rate", "0.0000379123", Refused("scale_exceeded"), "would be rounded"),
    Cell("fx_rates", "rate", "0", Refused("not_positive"), "spend would vanish"),
    Cell("fx_rates", "rate", "-1", Refused("not_positive"), "spend would turn around"),
    Cell("fx_rates", "rate", "NaN", Refused("not_finite"), "spend would be NaN"),
    Cell("fx_rates", "currency", "", Refused("missing_key"), "of what?"),
)
