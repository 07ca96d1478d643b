"""Files that are no delimited text: workbooks, Parquet, JSON lines, and what is packed."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from orchestration.connectors.inbox import INBOX
from orchestration.inbox import workbooks
from orchestration.inbox.files import InboxError
from orchestration.inbox.opening import texts_of
from orchestration.inbox.reader import columns_of
from tests.kit.inbox import Inbox

D = Decimal
HEADER = ("date_day", "platform", "campaign_id", "campaign_name", "spend", "currency")
ROWS: list[tuple[Any, ...]] = [
    (dt.date(2026, 3, 1), "meta_ads", 17, "Mässa", 1041.6, "SEK"),
    (dt.date(2026, 3, 2), "meta_ads", 18, 'a, "b"\nc', -1.234, "SEK"),
    (dt.date(2026, 3, 3), "meta_ads", 19, None, 20.0, "SEK"),
]
EXPECTED = [
    (dt.date(2026, 3, 1), "17", "Mässa", D("1041.6")),
    (dt.date(2026, 3, 2), "18", 'a, "b" c', D("-1.234")),
    (dt.date(2026, 3, 3), "19", None, D(20)),
]


def workbook(
    *sheets: tuple[str, Sequence[Sequence[Any]]], fill: Callable[[Any], None] | None = None
) -> bytes:
    """A workbook with these sheets, days in a format of days."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "d mmm yyyy"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
        if fill:
            fill(sheet)
    book.close()
    return file.getvalue()


def as_parquet(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows with their types."""
    file = io.BytesIO()
    parquet.write_table(pa.table(dict(zip(HEADER, zip(*rows, strict=True), strict=True))), file)
    return file.getvalue()


def as_json(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows as objects, one per line; what they do not say is left out."""
    objects = [
        {name: value for name, value in zip(HEADER, row, strict=True) if value is not None}
        for row in rows
    ]
    return "".join(f"{json.dumps(each, default=str)}\n" for each in objects).encode()


def zipped(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


KINDS = {
    "workbook": workbook(("Data", [HEADER, *ROWS])),
    "parquet": as_parquet(ROWS),
    "json": as_json(ROWS),
    "packed json": gzip.compress(as_json(ROWS)),
    "archived json": zipped(**{"spend.jsonl": as_json(ROWS), "__MACOSX/._spend.jsonl": b"x"}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "format_", [{}, {"decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"}]
)
def test_a_table_says_the_same_in_every_kind_of_file(
    inbox: Inbox, kind: str, format_: dict[str, Any]
) -> None:
    """Numbers and days keep their types, so how the entry says that texts write them is no matter.

    JSON has days as texts alone.
    """
    if "json" in kind:
        format_ = {name: sign for name, sign in format_.items() if name != "date_format"}
    inbox.load(KINDS[kind], "ad_spend", **format_)
    assert inbox.rows("date_day, campaign_id, campaign_name, spend", "ad_spend") == EXPECTED
    assert inbox.quarantine() == []
    ((money,),) = inbox.con.execute("select money_in from ops.ledger").fetchall()
    assert money == D("1062.834")


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_an_entry_hold_for_every_kind_of_file(inbox: Inbox, kind: str) -> None:
    """Columns, maps and ``where`` do not ask what a file is; a bad cell costs its row."""
    words = {"where": {"skip": {"campaign_id": ["18"]}}}
    values = {"campaign_name": {"mässa": "Trade show"}, "platform": {"meta_ads": None}}
    entry = inbox.entry(KINDS[kind], "ad_spend", words=words)
    taken, left = columns_of(entry, INBOX.stream("ad_spend"), inbox.company)
    assert (sorted(taken), left) == (sorted(HEADER), [])
    inbox.load(KINDS[kind], "ad_spend", values=values, words=words)
    assert inbox.rows("campaign_name", "ad_spend") == []
    assert [reason for reason, _ in inbox.quarantine()] == ["missing_key"] * 2
    inbox.load(KINDS[kind], "ad_spend", values={"campaign_name": values["campaign_name"]})
    assert inbox.rows("campaign_name", "ad_spend")[0] == ("Trade show",)


@pytest.mark.parametrize("kind", KINDS)
def test_people_are_looked_for_in_every_kind_of_file(inbox: Inbox, kind: str) -> None:
    """A certificate of erasure names the company's own files that still name somebody."""
    entry = inbox.entry(KINDS[kind], "ad_spend")
    assert sum("ssa" in text for text in texts_of(entry)) == 1


def test_people_are_looked_for_on_every_sheet_of_a_workbook(inbox: Inbox) -> None:
    """Above the table and on sheets that are not read, they are in the file as well."""
    book = workbook(("Spend", [("by Eva",), (), HEADER, *ROWS]), ("Notes", [("Eva", 46701234567)]))
    texts = list(texts_of(inbox.entry(book, "ad_spend", header_row=3)))
    assert len(texts) == 6
    assert [text for text in texts if "Eva" in text] == ["by Eva", "Eva,46701234567"]


def test_moments_keep_their_zone(inbox: Inbox) -> None:
    """A moment with a zone is that moment; one without is in the file's zone."""
    moments = [dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, 12, 30)]  # noqa: DTZ001
    found = []
    for moment in moments:
        file = io.BytesIO()
        parquet.write_table(pa.table({"lead_id": ["a"], "created_at": [moment]}), file)
        inbox.load(file.getvalue(), "leads", timezone="America/New_York")
        found += inbox.rows("created_at", "leads")
    inbox.load(
        workbook(("S", [("lead_id", "created_at"), ("a", moments[1])])),
        "leads",
        timezone="America/New_York",
        datetime_format="%m/%d/%Y %H:%M",
    )
    found += inbox.rows("created_at", "leads")
    file = io.BytesIO()
    parquet.write_table(pa.table({"lead_id": ["a"], "created_at": moments[:1]}), file)
    inbox.load(file.getvalue(), "leads", datetime_format="%m/%d/%Y %I:%M %p")
    found += inbox.rows("created_at", "leads")
    hours = [moment.hour for (moment,) in found]
    assert hours == [12, 17, 17, 12]


def test_the_sheet_and_the_line_of_a_workbook_are_the_declared_ones(inbox: Inbox) -> None:
    """Reports have a title above the names, and notes on a sheet of their own."""
    table = [("Report",), (), HEADER, ROWS[0], (), ROWS[1], ("Total", "", "", "", 1040.366)]
    book = workbook(("Spend", table), ("Notes", [("by Eva",)]))
    with pytest.raises(InboxError, match="several sheets") as caught:
        inbox.load(book, "ad_spend")
    assert "'Spend', 'Notes'" in caught.value.remedy
    with pytest.raises(InboxError, match="no sheet 'Costs'"):
        inbox.load(book, "ad_spend", sheet="Costs")
    with pytest.raises(InboxError) as caught:
        inbox.load(book, "ad_spend", sheet="Spend")
    assert "Line 3 has it" in caught.value.remedy
    choices: list[dict[str, Any]] = [{"sheet": "Spend", "header_row": 3}, {"sheet": 1}]
    for words in choices:
        inbox.load(book, "ad_spend", **{"header_row": {"has": ["platform"]}, **words})
        assert inbox.rows("_row_number, spend", "ad_spend") == [(1, D("1041.6")), (2, D("-1.234"))]
        assert [detail[:6] for _, detail in inbox.quarantine()][-1:] == ["line 7"]


def test_cells_that_a_workbook_has_of_its_own(inbox: Inbox) -> None:
    """Percents are numbers, ids keep their digits or are refused, errors are texts."""

    def fill(sheet: Any) -> None:
        sheet.write_row(0, 0, ("date_day", "platform", "campaign_id", "spend", "clicks", "ad_id"))
        sheet.write_row(1, 0, ("2026-03-01", "x", "00123"))
        sheet.write_formula(1, 3, "=1+1", None, 2)
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
        sheet.write_number(2, 5, 12345678901234567)
        sheet.write_row(2, 0, ("2026-03-02", "x", True, 3))

    inbox.load(workbook(("S", []), fill=fill), "ad_spend")
    assert inbox.rows("campaign_id, spend, clicks", "ad_spend") == [
        ("00123", D(2), None),
        ("true", D(3), None),
    ]
    shortened, divided = [found.split(" is not an id")[0] for _, found in inbox.cleared()]
    assert shortened == "line 3: ad_id: '1.23456789012346E+16'"
    assert divided == "line 2: clicks: '#DIV/0!'"


def test_a_note_beside_the_table_costs_no_row(inbox: Inbox) -> None:
    """Saved as CSV, the sheet says the same: the names' line has empty cells there."""
    notes = [(*ROWS[0], None, "by Eva"), ROWS[1], (), (None,) * 7 + ("Legend",), ROWS[2]]
    inbox.load(workbook(("S", [HEADER, *notes])), "ad_spend")
    assert inbox.rows("date_day, campaign_id, campaign_name, spend", "ad_spend") == EXPECTED
    assert inbox.quarantine() == []


def test_a_formula_that_was_never_worked_out_stops_the_file(inbox: Inbox) -> None:
    """Scripts write formulas without results; read as nothing, the money would be gone."""
    book = workbook(
        ("S", [HEADER, ROWS[0]]), fill=lambda sheet: sheet.write_formula(1, 4, "=5", None, 987)
    )
    book = altered(book, "xl/worksheets/sheet1.xml", ("<v>987</v>", ""))
    with pytest.raises(InboxError, match="The cell E2 of the sheet 'S' holds a formula") as caught:
        inbox.load(book, "ad_spend")
    assert caught.value.where.endswith("line 2")


def test_a_line_that_is_no_object_is_refused_alone(inbox: Inbox) -> None:
    """The others count; names within objects are written with points, lists stay lists."""
    lines = (
        b'{"id": "1", "at": "2026-03-01", "who": {"mail": "a@kund.example"}, "tags": [1, "x"]}\n'
        b"\n"
        b"[1, 2]\n"
        b'{"id": "2", "at": "2026-03-02", "who": {}}\n'
        b'{"id": "\xff", "at": "2026-03-02"}\n'
        b'{"id": "3", "at": "2026-0'
    )
    columns = {"lead_id": "id", "created_at": "at", "email": "who.mail", "segment": "tags"}
    inbox.load(lines, "leads", columns=columns)
    assert inbox.rows("lead_id, email_hash is null, segment", "leads") == [
        ("1", False, '["1","x"]'),
        ("2", True, None),
    ]
    assert inbox.quarantine() == [
        ("unparsable", "line 3: the line is not one JSON object"),
        ("undecodable", "line 5: the line is not text in utf-8"),
        ("unparsable", "line 6: the line is not one JSON object"),
    ]
    ((is_cut_off,),) = [(item.is_cut_off,) for item in inbox.landing.slices("inbox", "leads")]
    assert is_cut_off


def altered(book: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """The workbook with other texts in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for old, new in changes:
        assert old.encode() in members[part]
        members[part] = members[part].replace(old.encode(), new.encode())
    return zipped(**members)


def test_days_of_a_workbook_may_count_from_1904(inbox: Inbox) -> None:
    """So do those that began on an old Mac; read as others they would be four years early."""
    book = workbook(("S", [HEADER, (dt.date(2020, 3, 1), *ROWS[0][1:])]))
    mac = altered(book, "xl/workbook.xml", ("<workbookPr ", '<workbookPr date1904="1" '))
    inbox.load(mac, "ad_spend")
    assert inbox.rows("date_day", "ad_spend") == [(dt.date(2024, 3, 2),)]


def test_only_the_format_of_a_cell_makes_its_number_a_day(inbox: Inbox) -> None:
    """A colour is no month, and formats of conditions have numbers of their own."""
    row = ("2026-03-01", "x", 1, None, dt.date(2026, 3, 1), "SEK")
    condition = '<dxfs count="1"><dxf><numFmt numFmtId="164" formatCode="yyyy"/></dxf></dxfs>'
    book = altered(
        workbook(("S", [HEADER, row])),
        "xl/styles.xml",
        ('formatCode="d mmm yyyy"', 'formatCode="[Magenta]0.00"'),
        ('<dxfs count="0"/>', condition),
    )
    inbox.load(book, "ad_spend")
    assert inbox.rows("spend", "ad_spend") == [(D(46082),)]


def test_a_day_beyond_the_calendar_costs_its_row(inbox: Inbox) -> None:
    """Excel shows such a number as ####; the other rows count."""
    part = "xl/worksheets/sheet1.xml"
    book = altered(workbook(("S", [HEADER, *ROWS])), part, ("<v>46082</v>", "<v>4608200000</v>"))
    inbox.load(book, "ad_spend")
    assert inbox.rows("campaign_id", "ad_spend") == [("18",), ("19",)]
    assert [reason for reason, _ in inbox.quarantine()] == ["bad_type"]


def test_cells_out_of_their_order_stop_the_file(inbox: Inbox) -> None:
    """One after another they would come into each other's columns."""
    part = "xl/worksheets/sheet1.xml"
    with pytest.raises(InboxError, match="cells of row 2 are not in their order"):
        inbox.load(altered(workbook(("S", [HEADER, ROWS[0]])), part, ('"E2"', '"A2"')), "ad_spend")


@pytest.mark.parametrize(
    ("part", "after"), [("worksheets/sheet1", "<sheetData>"), ("styles", "<cellXfs")]
)
def test_a_row_that_does_not_end_stops_the_file(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, part: str, after: str
) -> None:
    """Of 16 KB it may unpack to four million cells, and to as much memory as there is."""
    monkeypatch.setattr(workbooks, "_MOST_ELEMENTS", 1000)
    rows = [HEADER, *(ROWS[:1] * 500)]
    inbox.load(workbook(("S", rows)), "ad_spend")
    assert inbox.totals("count(*)", "ad_spend") == (500,)
    bomb = (
        after,
        f"<row>{'<c/>' * 1000}</row>{after}"
        if part == "styles"
        else f"{after}<row>{'<c/>' * 1000}</row>",
    )
    with pytest.raises(InboxError, match="has no end in sight"):
        inbox.load(altered(workbook(("S", rows)), f"xl/{part}.xml", bomb), "ad_spend")


def test_a_text_of_a_workbook_has_no_signs_of_excel(inbox: Inbox) -> None:
    """Exports end lines with a return, which Excel writes as _x000D_; an address would differ."""
    part, change = "xl/sharedStrings.xml", ("Mässa", "Mässa_x000D_")
    inbox.load(altered(workbook(("S", [HEADER, *ROWS])), part, change), "ad_spend")
    assert inbox.rows("date_day, campaign_id, campaign_name, spend", "ad_spend") == EXPECTED


CSV = b"date_day,amount\n2026-01-01,5\n"
STOPPED = [
    (zipped(a=CSV, b=CSV), "holds 2 files"),
    (zipped(**{"mimetype": b"application/x", "content.xml": b"<x/>"}), "no Excel workbook"),
    (b'{\n "date_day": "2026-01-01",\n "amount": 5\n}\n', "No line of the file is one JSON"),
    (
        '{"date_day": "2026-01-01", "amount": 5, "campaign": "Mässa"}'.encode(),
        "is UTF-8, not cp1252",
    ),
    ("".join(f'{{"{n}": 1}}\n' for n in range(5001)).encode(), "more than 5,000 different names"),
    (zipped(a=CSV)[:-9], "damaged, or locked"),
    (zipped(zipfile.ZIP_LZMA, a=CSV), "in a way that has no limit"),
    (zipped(zipfile.ZIP_BZIP2, **{"xl/workbook.xml": b"<workbook/>"}), "way that has no limit"),
    (gzip.compress(workbook(("S", [HEADER]))), "packs a workbook"),
    (zipped(a=as_parquet(ROWS)), "packs a workbook, a Parquet file"),
    (as_parquet(ROWS)[:-9], "The Parquet file cannot be read"),
    (b'[{"date_day": "2026-01-01"}]', "one JSON list"),
    (zipped(**{"xl/workbook.xml": b"<workbook"}), "The workbook cannot be read"),
    (zipped(**{"xl/workbook.xml": b"<workbook/>"}), "The workbook cannot be read"),
]


@pytest.mark.parametrize(("content", "what"), STOPPED, ids=[what for _, what in STOPPED])
def test_a_file_of_another_kind_that_cannot_be_used_says_why(
    inbox: Inbox, content: bytes, what: str
) -> None:
    """Nothing of it is taken, and the error says what to do with the file."""
    with pytest.raises(InboxError, match=what) as caught:
        inbox.load(content, encoding="cp1252" if "cp1252" in what else "utf-8")
    assert caught.value.remedy
    assert inbox.con.execute("select count(*) from ops.ledger").fetchall() == [(0,)]


def test_a_file_in_an_archive_is_read_as_text(inbox: Inbox) -> None:
    """Reports come packed; what is in them is read as the entry declares it."""
    inbox.load(zipped(**{"report/costs.csv": CSV.replace(b",", b";")}), delimiter=";")
    assert inbox.rows("amount") == [(D(5),)]


@pytest.mark.parametrize("name", ["[Date].[Day]", "{day}"])
def test_a_name_in_brackets_is_no_json(inbox: Inbox, name: str) -> None:
    """Databases and templates write column names so."""
    inbox.load(f"{name},amount\n2026-01-01,5\n", columns={"date_day": name})
    assert inbox.rows("amount") == [(D(5),)]
