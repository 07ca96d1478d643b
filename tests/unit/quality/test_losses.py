"""What sources delivered and the figures do not hold: counted, named, and limited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.configuration.model import Config
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.foundation.amounts import readable_money
from orchestration.quality.losses import (
    Source,
    beyond_limit,
    find_losses,
    keep_losses,
    too_much_lost,
)
from orchestration.warehouse.schema import ensure_schema
from tests.kit.inbox import Inbox
from tests.kit.loader import Loader

D = Decimal


def losses(inbox: Inbox, stream: str, **settings: Mapping[str, object]) -> list[Source]:
    """What the newest file lost."""
    return find_losses(inbox.con, [(INBOX.name, INBOX.stream(stream))], config(stream, **settings))


def config(
    stream: str,
    quality: Mapping[str, object] | None = None,
    format_: Mapping[str, object] | None = None,
) -> Config:
    """A configuration that lists the file."""
    entry = {"path": "/file.csv", "written_path": "file.csv", "stream": stream}
    settings = {"inbox": [entry | {"format": format_ or {}}], "quality": quality or {}}
    return Config.model_validate(settings)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An inbox without files."""
    return Inbox(tmp_path)


def test_rows_and_money_are_counted_by_reason(inbox: Inbox) -> None:
    """Nothing but a yellow number said that 1,234.50 of spend was missing."""
    inbox.load(
        'date_day,amount,description\n2026-01-01,100,a\n2026-01-32,50,b\n2026-01-03,"1.234,50",c\n'
        "2026-01-04,x\n2026-01-05,-20,d\n2026-02-30,7,e\n"
    )
    (source,) = losses(inbox, "costs")
    assert [(loss.reason_code, loss.rows, loss.line, loss.money) for loss in source.losses] == [
        ("bad_type", 3, 3, D("1291.50")),
        ("malformed_record", 1, 5, D(0)),
    ]
    assert (source.rows, source.rows_lost) == (6, 4)
    assert source.money == D("1411.50")


@pytest.mark.parametrize(
    ("line", "reason", "missing"),
    [
        (b"2026-01-02;1\xa0234,50;Br\xf8d", "undecodable", "1234.50"),
        (b"2026-01-02;12,5\xe9;x", "undecodable", "12.5"),
        (b"2026-01-02;99,90", "malformed_record", "99.90"),
        (b"2026-01-02;99,90;a;b", "malformed_record", "99.90"),
        (b"2026-01-02;7;8;b", "malformed_record", "0"),
        (b'2026-01-02;"5"0,25;x', "unparsable", "50.25"),
        (b"Br\xf8d;;", "undecodable", "0"),
    ],
)
def test_the_money_of_a_line_without_cells_is_named(
    inbox: Inbox, line: bytes, reason: str, missing: str
) -> None:
    """Lines that could not be decoded counted as rows, and their money as none."""
    content = b"date_day;amount;description\n2026-01-01;1 000,00;a\n" + line + b"\n"
    inbox.load(content, delimiter=";", decimal=",", thousands=" ")
    (source,) = losses(inbox, "costs")
    assert [(loss.reason_code, loss.money) for loss in source.losses] == [(reason, D(missing))]
    assert source.money == D(1000) + D(missing)


def test_a_total_is_no_loss(inbox: Inbox) -> None:
    """Its money counts in the lines that it sums up."""
    inbox.load("date_day,amount,description\n2026-01-01,10,a\n2026-01-02,20,b\n,30,\n")
    assert losses(inbox, "costs") == []


def test_a_corrected_file_has_no_losses(inbox: Inbox) -> None:
    """What an earlier content of the file lost is not missing any more."""
    inbox.load("date_day,amount\n2026-01-01,10\n2026-01-02,x\n")
    assert len(losses(inbox, "costs")) == 1
    inbox.load("date_day,amount\n2026-01-01,10\n2026-01-02,20\n")
    assert losses(inbox, "costs") == []


def test_a_file_that_left_the_configuration_loses_nothing(inbox: Inbox) -> None:
    """Its figures are not published either."""
    inbox.load("date_day,amount\n2026-01-01,x\n", name="other.csv")
    assert losses(inbox, "costs") == []


def test_the_files_of_a_pattern_lose_rows_like_others(inbox: Inbox, tmp_path: Path) -> None:
    """They were in no list of entries, so all rows of such a file could be refused in silence."""
    for name in ("costs-1.csv", "costs-2.csv"):
        inbox.load("date_day,amount\n2026-01-01,10\nx,1\n", name=name)
    entry = {"path": tmp_path / "costs-*.csv", "written_path": "costs-*.csv", "stream": "costs"}
    for limits, stopped in (({}, 2), ({"costs-*.csv": 1}, 0), ({"costs:costs-*.csv": 1}, 0)):
        configured = Config.model_validate({"inbox": [entry], "quality": {"max_loss_of": limits}})
        found = find_losses(inbox.con, [(INBOX.name, INBOX.stream("costs"))], configured)
        assert [source.name for source in found] == ["costs:costs-1.csv", "costs:costs-2.csv"]
        assert len(beyond_limit(found, configured)) == stopped


@pytest.mark.parametrize(
    ("quality", "stops"),
    [
        ({}, True),
        ({"max_loss": 0.03}, False),
        ({"max_loss_of": {"file.csv": 0.03}}, False),
        ({"max_loss_of": {"costs:file.csv": 0.03}}, False),
        ({"max_loss_of": {"inbox.costs": 0.03}}, False),
        ({"max_loss_of": {"inbox": 0.03}}, False),
        ({"max_loss": 0.03, "max_loss_of": {"file.csv": 0}}, True),
        ({"max_loss_of": {"inbox": 1, "inbox.costs": 0.01}}, True),
    ],
)
def test_more_than_a_share_stops(inbox: Inbox, quality: Mapping[str, object], stops: bool) -> None:
    """One row of forty is 2.5 percent; the most exact limit counts."""
    rows = "".join(f"2026-01-01,1,{n}\n" for n in range(39))
    inbox.load("date_day,amount,description\n" + rows + "x,1,last\n")
    found = losses(inbox, "costs", quality=quality)
    assert bool(beyond_limit(found, config("costs", quality))) is stops


def test_much_money_in_few_rows_stops(inbox: Inbox) -> None:
    """One deal of two hundred may be most of the revenue."""
    rows = "".join(f"2026-01-01,1,{n}\n" for n in range(199))
    inbox.load("date_day,amount,description\n" + rows + "x,1000,last\n")
    (source,) = beyond_limit(losses(inbox, "costs"), config("costs"))
    assert 0.8 < source.share < 0.9


def test_the_error_names_lines_money_and_what_to_do(inbox: Inbox) -> None:
    """Without values, which may be people's."""
    inbox.load("date_day,amount,description\n2026-01-01,1,a\nyesterday,1000,b\n")
    found = losses(inbox, "costs")
    text = str(too_much_lost(found, config("costs")))
    assert "costs:file.csv: 1 of 2 rows, with 1,000.00 of money" in text
    assert "bad_type: 1 rows, the first in line 3: date_day: '***'" in text
    assert "tributary run --accept-losses" in text
    assert "yesterday" not in text


@pytest.mark.parametrize(
    ("cells", "format_", "hint"),
    [
        (
            "{day:02}/09/2026",
            {"datetime_format": "%m/%d/%Y"},
            "Day and month are exchanged. This would read them: "
            'format: {datetime_format: "%d/%m/%Y"}',
        ),
        ("{day:02}.09.2026", {}, 'format: {datetime_format: "%d.%m.%Y"}'),
        ("{day} Sep 2026", {}, 'format: {datetime_format: "%d %b %Y"}'),
        ("09/{day:02}/2026 8:05 PM", {}, 'format: {datetime_format: "%m/%d/%Y %I:%M %p"}'),
        ("{day} mars 2026", {}, "Months and weekdays by name are read in English alone"),
        ("460{day:02}.5", {}, "export the column as dates"),
        ("2026:09:{day:02}", {}, "Set format.datetime_format to how the file writes them"),
    ],
)
def test_a_wrong_declaration_of_days_is_named_with_the_one_that_fits(
    inbox: Inbox, cells: str, format_: dict[str, str], hint: str
) -> None:
    """Thirty leads of September became eleven, one in each month."""
    rows = "".join(f"{day},{cells.format(day=day)}\n" for day in range(1, 31))
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    inbox.load("lead_id,created_at\n" + rows, "leads", now=now, **format_)
    (source,) = beyond_limit(losses(inbox, "leads", format_=format_), config("leads"))
    assert hint in source.hint
    assert source.hint in str(too_much_lost([source], config("leads")))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("1,234.56", "890.10"), '{thousands: ","}'),
        (("1.234,56", "1.002,00"), '{decimal: ",", thousands: "."}'),
        (("12,50", "890,10"), '{decimal: ","}'),
        (("1 234", "2 000"), '{thousands: " "}'),
        (("1\u00a0234,50", "2\u00a0000,00"), '{decimal: ",", thousands: " "}'),
        (("12 kr", "13 kr"), '{signs: ["kr"]}'),
        (("(12.50)", "(3.00)"), '{negatives: ["parentheses"]}'),
        (("12.50-", "3-"), '{negatives: ["trailing"]}'),
        (("n/a", "12,50"), None),
    ],
)
def test_a_wrong_declaration_of_numbers_is_named_with_the_one_that_fits(
    inbox: Inbox, cells: tuple[str, str], words: str | None
) -> None:
    """The error said that 1,234.56 is no number, and not what to write so that it is one."""
    lines = "".join(f"2026-01-01\t{cell}\n" for cell in cells)
    inbox.load("date_day\tamount\n" + lines, delimiter="\t")
    (source,) = losses(inbox, "costs")
    assert (f"This would read them: format: {words}." in source.hint) == (words is not None)
    if words:
        inbox.load("date_day\tamount\n" + lines, delimiter="\t", **yaml.safe_load(words))
        assert inbox.quarantine()[2:] == []


def test_a_record_that_was_read_again_is_not_missing(tmp_path: Path) -> None:
    """A deal that the vendor corrected, and a day that a later report covers."""
    id_ = Field("id", required=True)
    amount = Field("amount", type=Type.DECIMAL)
    day = Field("day", type=Type.DATE, required=True)
    changes = Stream(
        "deals", "Deals.", Kind.ENTITY_CHANGES, Request(path=""), (id_, amount), ("id",),
        money="amount",
    )  # fmt: skip
    loader = Loader(tmp_path / "a", changes)
    loader.land([{"id": "1", "amount": "x"}, {"id": "2", "amount": "y"}])
    loader.load()
    loader.land([{"id": "1", "amount": "5"}])
    loader.load()
    (source,) = find_losses(loader.con, [("vendor", changes)], Config())
    assert (source.rows_lost, source.rows) == (1, 2)

    report = Stream(
        "days", "Days.", Kind.REPORT, Request(path=""), (day, amount), ("day",), day_field="day",
        money="amount",
    )  # fmt: skip
    loader = Loader(tmp_path / "b", report)

    def window(first: int, last: int) -> dict[str, dt.datetime]:
        return {
            "window_start": dt.datetime(2026, 6, first, tzinfo=dt.UTC),
            "window_end": dt.datetime(2026, 6, last, tzinfo=dt.UTC),
        }

    loader.land(
        [{"day": "2026-06-01", "amount": "x"}, {"day": "2026-06-02", "amount": "x"}], **window(1, 4)
    )
    loader.load()
    loader.land([{"day": "2026-06-02", "amount": "1"}], **window(2, 5))
    loader.load()
    (source,) = find_losses(loader.con, [("vendor", report)], Config())
    assert source.rows_lost == 1


def test_losses_and_what_was_accepted_are_kept(inbox: Inbox) -> None:
    """Both are of the last run alone."""
    con = duckdb.connect()
    ensure_schema(con)
    inbox.load("date_day,amount\n2026-01-01,1\nx,1000\n")
    found = losses(inbox, "costs")
    for _ in range(2):
        keep_losses(con, found, found, dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    assert con.execute("select rows, first_line, example, money from ops.losses").fetchall() == [
        (1, 3, "date_day: '***' (bad_type)", D(1000))
    ]
    assert con.execute(
        "select account_id, rows_lost, rows_in, money_lost, money_in from ops.accepted_losses"
    ).fetchall() == [("costs:file.csv", 1, 2, D(1000), D(1001))]
    keep_losses(con, [], [], dt.datetime(2026, 7, 2, tzinfo=dt.UTC))
    assert con.execute("select count(*) from ops.losses").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,5 kr", "1234.5"),
        ("12,50", "12.50"),
        ("1.234", "1234"),
        ("1,234,567", "1234567"),
        ("-12.5-", "12.5"),
        ("n/a", None),
        ("", None),
    ],
)
def test_an_amount_is_read_as_far_as_it_can_be(text: str, amount: str | None) -> None:
    """Only to say how much is missing; no figure is made of it."""
    assert readable_money(text) == (None if amount is None else D(amount))


def test_a_suggestion_keeps_what_reads_the_other_cells(inbox: Inbox) -> None:
    """Whoever followed it lost ``1 234,50`` for a cell with a sign that was not declared."""
    lines = "date_day\tamount\n2026-01-01\t1 234,50\n2026-01-01\t12 %\n"
    format_: dict[str, Any] = {"delimiter": "\t", "decimal": ",", "thousands": " "}
    inbox.load(lines, **format_)
    (source,) = losses(inbox, "costs", format_=format_)
    assert 'format: {signs: ["%"]}.' in source.hint
