"""Files that people drop, from bytes to ``raw``: nothing guessed, nothing dropped."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import land_entry
from tests.kit.inbox import NOW, STOCKHOLM, Inbox

COSTS = "date_day,amount,description\n"


def test_a_ragged_row_is_quarantined_with_its_line(inbox: Inbox) -> None:
    """33 of 91 rows of a real file had one field fewer; DuckDB's sniffer folded them all."""
    inbox.load(COSTS + "2025-01-01,10,a\n2025-01-02,20\n2025-01-03,30,c,d\n\n2025-01-04,40,e\n")
    assert inbox.rows("amount, description") == [(Decimal(10), "a"), (Decimal(40), "e")]
    assert inbox.quarantine() == [
        ("malformed_record", "line 3: the row has 2 cells, the header has 3"),
        ("malformed_record", "line 4: the row has 4 cells, the header has 3"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        COSTS + "2025-01-01,10,a,,\n2025-01-02,20,b, \n",
        COSTS.replace("\n", ",,\n") + "2025-01-01,10,a\n2025-01-02,20,b,,\n",
        COSTS + ",,\n2025-01-01,10,a\n,,\r\n2025-01-02,20,b\n,,\n,,",
    ],
)
def test_cells_that_hold_nothing_beside_the_header_cost_no_row(inbox: Inbox, text: str) -> None:
    """Spreadsheets write empty cells behind the last column; all rows of such files were lost."""
    inbox.load(text)
    assert inbox.rows("amount, description") == [(Decimal(10), "a"), (Decimal(20), "b")]
    assert inbox.quarantine() == []


def test_bytes_of_another_encoding_are_quarantined_row_by_row(inbox: Inbox) -> None:
    """Rows that are plain ASCII are right in either encoding."""
    inbox.load(COSTS.encode() + b"2025-01-01,10,M\xe4ssa\n2025-01-02,20,Expo\n")
    assert inbox.rows("description") == [("Expo",)]
    assert inbox.quarantine() == [
        (
            "undecodable",
            "line 2: 0xe4 is not utf-8; is format.encoding of this inbox entry right?",
        )
    ]


def test_the_declared_encoding_is_used(inbox: Inbox) -> None:
    """Swedish exports are often in cp1252."""
    inbox.load((COSTS + "2025-01-01,10,Mässa – höst\n").encode("cp1252"), encoding="cp1252")
    assert inbox.rows("description") == [("Mässa – höst",)]


def test_utf16_is_read_when_declared(inbox: Inbox) -> None:
    """Excel's 'Unicode text' has tabs and a byte order mark."""
    content = (COSTS + "2025-01-01,10,Mässa\r\n").replace(",", "\t").encode("utf-16")
    inbox.load(content, encoding="utf-16", delimiter="\t")
    assert inbox.rows("amount, description") == [(Decimal(10), "Mässa")]


def test_a_byte_order_mark_is_not_part_of_the_first_name(inbox: Inbox) -> None:
    """Excel writes one, and the first column was then 'missing'."""
    inbox.load(b"\xef\xbb\xbf" + COSTS.encode() + b"2025-01-01,10,a\n")
    assert inbox.rows("description") == [("a",)]


def test_quoted_newlines_delimiters_and_quotes_are_one_cell(inbox: Inbox) -> None:
    """Line numbers after such a cell must still be the file's."""
    inbox.load(COSTS + '2025-01-01,10,"a, ""b""\nc"\n2025-01-02,x,d\n')
    assert inbox.rows("description") == [('a, "b" c',)]
    assert inbox.quarantine() == [("bad_type", "line 4: amount: 'x' (bad_type)")]


def test_an_open_quote_costs_its_own_line_only(inbox: Inbox) -> None:
    """A quote that is never closed swallows every row after it in other readers."""
    good = "".join(f"2025-01-0{day},{day},row {day}\n" for day in range(2, 8))
    inbox.load(COSTS + '2025-01-01,10,"19 inch\n' + good)
    assert inbox.rows("amount") == [(Decimal(day),) for day in range(2, 8)]
    assert [reason for reason, _ in inbox.quarantine()] == ["unparsable"]
    assert inbox.quarantine()[0][1].startswith("line 2: the quotes of the row do not match")


def test_text_after_a_closing_quote_is_refused(inbox: Inbox) -> None:
    """A lenient reader would glue the two together."""
    inbox.load(COSTS + '2025-01-01,10,"a"b\n2025-01-02,20,c\n')
    assert inbox.rows("description") == [("c",)]
    assert [reason for reason, _ in inbox.quarantine()] == ["unparsable"]


def test_semicolons_and_decimal_commas_are_read_as_declared(inbox: Inbox) -> None:
    """Swedish headers, a decimal comma, day before month."""
    inbox.load(
        "Datum;Belopp;Text\n01.02.2025;1234,50;a\n2025-02-01;10,00;b\n03.02.2025;1.234,50;c\n"
        "04.02.2025;12.5;d\n",
        columns={"date_day": "Datum", "amount": "Belopp", "description": "Text"},
        delimiter=";",
        decimal=",",
        date_format="%d.%m.%Y",
    )
    assert inbox.rows("date_day, amount") == [(dt.date(2025, 2, 1), Decimal("1234.5"))]
    assert inbox.quarantine() == [
        ("bad_type", "line 3: date_day: '2025-02-01' is not a date written as %d.%m.%Y"),
        (
            "bad_type",
            "line 4: amount: '1.234,50' is not a number with a decimal comma (is format.thousands "
            "of this inbox entry missing?)",
        ),
        ("bad_type", "line 5: amount: '12.5' is not a number with a decimal comma"),
    ]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("$12", "bad_type"),
        ("12 kr", "bad_type"),
        ("€12", "bad_type"),
        ("1e3", "bad_type"),
        ('"12,50"', "bad_type"),
        ('"1 234"', "bad_type"),
        ("NaN", "not_finite"),
        ("inf", "not_finite"),
        ("0.1234567", "scale_exceeded"),
        ("12345678901234", "out_of_range"),
        ("", "missing_key"),
    ],
)
def test_an_amount_that_is_no_plain_number_is_quarantined(
    inbox: Inbox, amount: str, reason: str
) -> None:
    """The contents of real spreadsheets: signs, spaces, abbreviations, errors."""
    inbox.load(COSTS + f"2025-01-01,{amount},a\n2025-01-02,-0.00,b\n")
    assert [found for found, _ in inbox.quarantine()] == [reason]
    assert inbox.rows("amount") == [(Decimal(0),)]


@pytest.mark.parametrize(
    ("written", "utc", "zone", "reason"),
    [
        ("2025-07-01T12:00:00", "2025-07-01 10:00:00", "Europe/Stockholm", "summer"),
        ("2025-01-01 12:00", "2025-01-01 11:00:00", "Europe/Stockholm", "winter"),
        ("2025-01-01", "2024-12-31 23:00:00", "Europe/Stockholm", "a bare date is its midnight"),
        ("2025-03-30T02:30:00", "2025-03-30 01:30:00", "Europe/Stockholm", "gap: an hour forward"),
        ("2025-10-26T02:30:00", "2025-10-26 00:30:00", "Europe/Stockholm", "overlap: the first"),
        ("2025-10-26T02:30:00+01:00", "2025-10-26 01:30:00", "+01:00", "overlap: stated"),
        ("2025-07-01T12:00:00Z", "2025-07-01 12:00:00", "+00:00", "UTC stated"),
        ("2025-07-01T12:00:00-0800", "2025-07-01 20:00:00", "-08:00", "no colon"),
        ("20250701T120000", "2025-07-01 10:00:00", "Europe/Stockholm", "ISO without separators"),
    ],
)
def test_a_time_without_a_zone_is_in_the_files_zone(
    inbox: Inbox, written: str, utc: str, zone: str, reason: str
) -> None:
    """UTC in raw, the zone kept, and the two hours of a year that are not clear are decided."""
    inbox.load(f"lead_id,created_at\n1,{written}\n", "leads")
    assert inbox.quarantine() == []
    assert inbox.rows("cast(created_at as varchar), created_at_zone", "leads") == [(utc, zone)], (
        reason
    )


@pytest.mark.parametrize(
    ("written", "until", "formats"),
    [
        ("2025-07-01", "2025-07-01 21:59:59.999999", {}),
        ("20250701", "2025-07-01 21:59:59.999999", {}),
        ("2025-03-30", "2025-03-30 21:59:59.999999", {}),
        ("2025-10-26", "2025-10-26 22:59:59.999999", {}),
        ("2025-07-01T00:00", None, {}),
        ("2025-07-01T00:00:00Z", None, {}),
        ("1.7.2025", "2025-07-01 21:59:59.999999", {"date_format": "%d.%m.%Y"}),
        ("1.7.2025", "2025-07-01 21:59:59.999999", {"datetime_format": "%d.%m.%Y"}),
        ("1.7.2025 09:00", None, {"datetime_format": "%d.%m.%Y %H:%M"}),
        ("2025-07-01", "2025-07-02 03:59:59.999999", {"timezone": "America/New_York"}),
    ],
)
def test_a_date_without_a_time_is_its_whole_day_in_the_files_zone(
    inbox: Inbox, written: str, until: str | None, formats: dict[str, str]
) -> None:
    """A lead of a date counted as midnight and lost the touches of its own day.

    The two days of a year that are not 24 hours long end where they end.
    """
    inbox.load(f"lead_id,created_at\n1,{written}\n", "leads", **formats)
    assert inbox.quarantine() == []
    assert inbox.rows("cast(created_until as varchar)", "leads") == [(until,)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("01/02/2025", "bad_type"),
        ("1717236000", "bad_type"),
        ("1612011010101", "bad_type"),
        ("2025-02-30", "bad_type"),
        ("2025-01-01x10:00:00", "bad_type"),
        ("2025-01-01T10:00:00.1234567", "scale_exceeded"),
        ("1970-01-01", "placeholder_timestamp"),
        ("2037-12-30", "future_timestamp"),
        ("0001-01-01T00:00:00", "bad_type"),
        ("", "missing_key"),
    ],
)
def test_a_time_that_is_not_as_declared_is_never_guessed(
    inbox: Inbox, written: str, reason: str
) -> None:
    """Day or month first, epochs, placeholders: no row is loaded with a wrong time."""
    inbox.load(f"lead_id,created_at\n1,{written}\n", "leads")
    assert [found for found, _ in inbox.quarantine()] == [reason]


def test_declared_formats_are_the_only_ones(inbox: Inbox) -> None:
    """With a format, ISO is as wrong as any other."""
    inbox.load(
        "lead_id,created_at\n1,31.12.2025 23:30\n2,31.12.2025\n"
        "3,2025-12-31T23:30:00\n4,2025-12-31\n",
        "leads",
        datetime_format="%d.%m.%Y %H:%M",
        date_format="%d.%m.%Y",
        timezone="America/New_York",
    )
    assert inbox.rows("lead_id, cast(created_at as varchar), created_at_zone", "leads") == [
        ("1", "2026-01-01 04:30:00", "America/New_York"),
        ("2", "2025-12-31 05:00:00", "America/New_York"),
    ]
    assert [reason for reason, _ in inbox.quarantine()] == ["bad_type", "bad_type"]


def test_values_are_mapped_exactly_then_without_case_and_to_null(inbox: Inbox) -> None:
    """``Select`` meant "not chosen" in a real export; blank may be mapped too."""
    inbox.load(
        "lead_id,created_at,lead_source,is_customer,value\n"
        + "".join(
            f"{i},2025-01-01,{source},{customer},{value}\n"
            for i, (source, customer, value) in enumerate(
                [
                    ("Google", "Ja", "1"),
                    ("google", " JA ", "okänt"),
                    ("GOOGLE", "nej", "2"),
                    ("Select", "yes", "3"),
                    ("", "0", "4"),
                    (" Olark Chat ", "", "5"),
                ]
            )
        ),
        "leads",
        values={
            "lead_source": {"Google": "paid_search", "google": "organic_search", "Select": None}
            | {"": "unknown"},
            "is_customer": {"Ja": "true", "Nej": "false"},
            "value": {"okänt": None},
        },
    )
    assert inbox.quarantine() == []
    assert inbox.rows("lead_source, is_customer, cast(value as integer)", "leads") == [
        ("paid_search", True, 1),
        ("organic_search", True, None),
        ("paid_search", False, 2),
        (None, True, 3),
        ("unknown", False, 4),
        ("Olark Chat", None, 5),
    ]


def test_constants_fill_every_row(inbox: Inbox) -> None:
    """A constant wins over a column of the same name."""
    inbox.load(
        COSTS + "2025-01-01,10,a\n2025-01-02,20,b\n",
        constants={"lead_source": "event", "currency": "SEK", "description": "fair"},
    )
    assert inbox.rows("lead_source, currency, description") == [("event", "SEK", "fair")] * 2


def test_currencies_are_read_in_any_case_and_known(inbox: Inbox) -> None:
    """``sek`` is SEK; ``kr`` is nothing."""
    inbox.load("date_day,amount,currency\n2025-01-01,1,sek\n2025-01-01,1,kr\n")
    assert inbox.rows("currency") == [("SEK",)]
    assert [reason for reason, _ in inbox.quarantine()] == ["unknown_currency"]


def test_a_million_characters_are_kept_and_nul_bytes_are_not(inbox: Inbox) -> None:
    """Ugly, but the user's data; what nobody sees is not."""
    inbox.load(COSTS + f"2025-01-01,10,{'å' * 1_000_000}\n2025-01-01,10,a\x00b\n")
    assert inbox.quarantine() == []
    assert inbox.rows("description") == [("å" * 1_000_000,), ("ab",)]


def test_formulas_quotes_and_unicode_are_texts(inbox: Inbox) -> None:
    """Names of real campaigns."""
    names = [
        "'); drop table x; --",
        "=HYPERLINK(1)",
        "A > B",
        "🎯",
        "e\u0301",
        "\u00e9",
        "a\u200bb",
    ]
    file = io.StringIO()
    csv.writer(file).writerows([["date_day", "amount", "campaign"]])
    csv.writer(file).writerows([["2025-01-01", "1", name] for name in names])
    inbox.load(file.getvalue())
    names[4] = "\u00e9"  # a letter and its accent are one letter
    assert inbox.rows("campaign") == [(name.replace("\u200b", ""),) for name in names]


def test_a_header_without_rows_is_an_empty_table(inbox: Inbox) -> None:
    """A complete export in which nothing happened."""
    inbox.load(COSTS)
    assert inbox.con.execute("select rows_in from ops.ledger").fetchall() == [(0,)]


def test_a_line_above_the_header_is_skipped_when_declared(inbox: Inbox) -> None:
    """Many exports start with a title; line numbers stay the file's."""
    inbox.load("Report, 2025\n\n" + COSTS + "2025-01-01,x,a\n", header_row=3)
    assert inbox.quarantine() == [("bad_type", "line 4: amount: 'x' (bad_type)")]


def test_a_gzip_file_is_read(inbox: Inbox) -> None:
    """Large exports come compressed; the name does not matter."""
    inbox.load(gzip.compress((COSTS + "2025-01-01,10,a\n").encode()), name="file.csv.gz")
    assert inbox.rows("description") == [("a",)]


REFUSED: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("empty", b"", {}, "The file is empty"),
    ("broken archive", b"PK\x03\x04\x14\x00", {}, "damaged"),
    ("old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "Excel workbook"),
    ("UTF-16 as UTF-8", COSTS.encode("utf-16"), {}, "The file is in utf-16"),
    ("BOM against encoding", b"\xef\xbb\xbfa", {"encoding": "cp1252"}, "The file is in utf-8"),
    ("another delimiter", COSTS.replace(",", ";").encode(), {}, "format.delimiter"),
    ("required column", b"date_day,description\n", {}, "costs needs amount"),
    ("duplicate header", b"date_day,amount,amount\n", {}, "appears 2 times"),
    ("mapped header", COSTS.encode(), {"columns": {"currency": "Valuta"}}, "'Valuta'"),
    ("unknown column", COSTS.encode(), {"columns": {"colour": "x"}}, "no column 'colour'"),
    ("header too low", COSTS.encode(), {"header_row": 5}, "no line with column names"),
    ("open quote in header", b'date_day,"amount\n', {}, "cannot be read"),
    (
        "wrong constant",
        b"lead_id\n",
        {"stream": "leads", "constants": {"created_at": "1/2/25"}},
        "A constant cannot be used",
    ),
    (
        "wrong mapped value",
        b"lead_id,created_at,is_customer\n",
        {"stream": "leads", "values": {"is_customer": {"J": "Ja"}}},
        "A mapped value cannot be used",
    ),
    ("torn gzip", gzip.compress(COSTS.encode() * 99)[:-9], {}, "compressed file is damaged"),
]


@pytest.mark.parametrize(
    ("content", "options", "message"), [x[1:] for x in REFUSED], ids=[x[0] for x in REFUSED]
)
def test_a_file_that_cannot_be_used_as_a_whole_is_an_error(
    inbox: Inbox, content: bytes, options: dict[str, Any], message: str
) -> None:
    """The error names the file, and nothing is landed in its place."""
    with pytest.raises(InboxError) as caught:
        inbox.load(content, **options)
    assert message in str(caught.value)
    assert "file.csv" in str(caught.value)
    assert inbox.landing.slices() == []


def test_a_missing_file_names_its_path(inbox: Inbox) -> None:
    """The path as the configuration resolves it."""
    entry = inbox.entry(COSTS)
    entry.path.unlink()
    with pytest.raises(InboxError, match="cannot be read") as caught:
        land_entry(entry, inbox.landing, STOCKHOLM, NOW)
    assert str(entry.path) in str(caught.value)


def test_a_file_that_unpacks_without_end_is_refused(inbox: Inbox) -> None:
    """120 MB of long lines in half a megabyte."""
    bomb = gzip.compress(COSTS.encode() + (b"x" * 10**6 + b"\n") * 120, compresslevel=1)
    with pytest.raises(InboxError, match="unpacks to more than"):
        inbox.load(bomb)


def test_the_same_file_twice_is_one_slice(inbox: Inbox) -> None:
    """Replays are harmless, also a day later."""
    inbox.load(COSTS + "2025-01-01,10,a\n")
    inbox.load(COSTS + "2025-01-01,10,a\n", now=NOW + dt.timedelta(days=1))
    assert len(inbox.landing.slices()) == 1
    assert inbox.con.execute("select count(*) from raw.inbox__costs").fetchall() == [(1,)]


def test_a_replaced_file_is_the_entrys_newest_slice(inbox: Inbox) -> None:
    """Superseding is by entry: the account of a slice is the entry's id."""
    for hours, content in enumerate(["10,a", "20,b", "10,a"]):
        inbox.load(f"{COSTS}2025-01-01,{content}\n", now=NOW + dt.timedelta(hours=hours))
    slices = inbox.landing.slices()
    assert [item.sequence for item in slices] == [1, 2, 3]
    assert {item.account_id for item in slices} == {"costs:file.csv"}
    assert inbox.rows("amount") == [(Decimal(10),)]


def test_quarantine_keeps_no_address_of_a_ragged_row(inbox: Inbox) -> None:
    """A row that cannot be cut into columns may hold an address anywhere."""
    inbox.load("lead_id,created_at,email\n1,2025-01-01,eva@example.se,extra\n", "leads")
    records = inbox.con.execute("select record from ops.quarantine").fetchall()
    assert "eva@" not in str(records)


_CELLS = st.text(alphabet=st.sampled_from("a,;\"'\n\r\t\x00 é1.-"), max_size=6) | st.sampled_from(
    ["2025-01-01", "10", "1,5"]
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(_CELLS, min_size=1, max_size=4), max_size=8))
def test_every_row_of_a_well_formed_file_is_loaded_or_quarantined(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """Python's csv writer defines the number of rows; none may be lost or doubled."""
    inbox = Inbox(tmp_path_factory.mktemp("any"))
    file = io.StringIO()
    csv.writer(file).writerow(["date_day", "amount", "description"])
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    inbox.load(file.getvalue())
    counts = "rows_in, rows_loaded + rows_quarantined"
    assert inbox.con.execute(f"select {counts} from ops.ledger").fetchall() == [
        (len(rows), len(rows))
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.text(alphabet='a,"\n\r1', max_size=60).map(str.encode) | st.binary(max_size=60))
def test_any_bytes_after_the_header_are_landed_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever the contents, each line that holds more than delimiters ends up in some row."""
    inbox = Inbox(tmp_path_factory.mktemp("any"))
    inbox.load(COSTS.encode() + content)
    ledger = inbox.con.execute("select rows_in, rows_loaded, rows_quarantined from ops.ledger")
    rows_in, loaded, quarantined = ledger.fetchall()[0]
    assert rows_in == loaded + quarantined
    if not content.strip(b"\r\n,"):
        assert rows_in == 0
    elif content.strip(b'\r\n,"'):
        assert rows_in > 0
