"""The money that came in is the money loaded and the money refused, for every source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector, Kind, Request, Stream
from orchestration.inbox import reader
from orchestration.loading import slices
from orchestration.loading.statements import Statements, statements
from orchestration.quality.money import keep_money
from orchestration.warehouse.schema import OPS_TABLES
from tests.kit.inbox import Inbox
from tests.kit.loader import Loader

D = Decimal
SPEND = "date_day;platform;campaign_name;spend\n"
FILES = [
    ("2026-01-01;g;A;10\n2026-01-02;g;B;-2,50\n", (D("12.5"), D("12.5"), 0, 0)),
    ("2026-01-01;g;A;10\nno day;g;B;1 234,50\n", (D("1244.5"), 10, D("1234.5"), 0)),
    ("2026-01-01;g;A;10\n2026-01-02;g;B;1.234,50\n", (D("1244.5"), 10, D("1234.5"), 0)),
    ("2026-01-01;g;A;10\n2026-01-02;g;B;20\n;;;30\n", (60, 30, 30, 30)),
    ("2026-01-01;g;A;10\n2026-01-02;g;B;20;x\n", (30, 10, 20, 0)),
]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An inbox without files, and the table that says where money is."""
    found = Inbox(tmp_path)
    columns = ", ".join(f"{name} {kind}" for name, kind in OPS_TABLES["money"])
    found.con.execute(f"create table ops.money ({columns})")
    return found


def kept(inbox: Inbox, connector: Connector = INBOX) -> tuple[Decimal, ...]:
    """Money in, loaded, refused, and that of totals among it."""
    keep_money(inbox.con, [(connector.name, connector.stream("ad_spend"))])
    (row,) = inbox.con.execute(
        "select (select sum(money_in) from ops.ledger), loaded, refused, in_totals from ops.money"
    ).fetchall()
    return tuple(row)


@pytest.mark.parametrize(("lines", "money"), FILES)
def test_money_in_is_what_was_loaded_and_what_was_refused(
    inbox: Inbox, lines: str, money: tuple[Decimal, ...]
) -> None:
    """A refused amount is counted as it is written, however that is."""
    inbox.load(SPEND + lines, "ad_spend", delimiter=";", decimal=",")
    assert kept(inbox) == money
    assert money[0] == money[1] + money[2]


ODD = ("1 234", "1e3", "NaN", "1e40", "1_000", "n/a", "0x10", "5.68e-14", "1041.6000000000001")
ODD += ("1.23456789", "\u22125", "+5", ".5", "5.", "9" * 30, "1,5", "", '"1,234.50"', "12;x")


@pytest.mark.parametrize(
    ("header", "before", "words"),
    [
        (SPEND, "", {}),
        (SPEND, "", {"thousands": "'"}),
        (SPEND, "", {"values": {"spend": {"n/a": "7", "": None}}}),
        ("last_day;" + SPEND, "2026-01-07;", {}),
    ],
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_the_cells_of_a_file_add_up_to_what_became_of_them(
    inbox: Inbox, header: str, before: str, words: dict[str, Any], decimal: str
) -> None:
    """The sum is of the cells, not of what was made of them, and whatever they say it agrees."""
    lines = "".join(f"{before}2026-01-01;g;C{n};{cell}\n" for n, cell in enumerate(ODD))
    inbox.load(header + lines, "ad_spend", delimiter=";", decimal=decimal, **words)
    money_in, loaded, refused, _ = kept(inbox)
    assert money_in == loaded + refused > 1_000


def test_a_block_that_is_read_at_once_adds_up_like_its_rows(inbox: Inbox) -> None:
    """What is read as blocks is summed as blocks, odd cells and left out rows too."""
    lines = [f"2026-01-{n % 28 + 1:02};g;C{n};{n / 100}\n" for n in range(20_000)]
    odd = "2026-01-01;g;D;1 000\n2026-01-02;g;E;\n2026-01-02;g;Test;7.5\n"
    inbox.load(
        SPEND + "".join(lines) + odd,
        "ad_spend",
        delimiter=";",
        words={"where": {"skip": {"campaign_name": ["Test"]}}},
    )
    money_in, loaded, refused, _ = kept(inbox)
    assert (money_in, loaded, refused) == (D("2000900"), D("1999900"), 1000)
    ((left_out,),) = inbox.con.execute("select money_left_out from ops.ledger").fetchall()
    assert left_out == D("7.5")


def test_a_row_that_the_reader_loses_does_not_add_up(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a refused row the sum was that of what was loaded, and proved nothing."""
    read = reader._canonical

    def losing(*given: Any) -> Iterator[dict[str, Any]]:
        return islice(read(*given), 1)

    monkeypatch.setattr(reader, "_canonical", losing)
    inbox.load(SPEND + FILES[0][0], "ad_spend", delimiter=";", decimal=",")
    money_in, loaded, refused, _ = kept(inbox)
    assert (money_in, loaded + refused) == (D("12.5"), 10)


def test_money_that_loading_a_vendors_record_loses_does_not_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a refused record the sum was that of what was loaded, of vendors' slices, too."""
    deals = Stream(
        "ad_spend", "Deals.", Kind.ENTITY_CHANGES, Request(path=""),
        (Field("id", required=True), Field("amount", type=Type.DECIMAL)), ("id",), money="amount",
    )  # fmt: skip
    loader = Loader(tmp_path, deals)

    def losing(*given: Any) -> Statements:
        sql = statements(*given)
        return replace(sql, insert=sql.insert.replace('as "amount"', '* 0 as "amount"'))

    monkeypatch.setattr(slices, "statements", losing)
    loader.land([{"id": "1", "amount": "10"}, {"id": "2", "amount": -2.5}])
    loader.load()
    assert loader.ledger("money_in") == [(D("12.5"),)]
    assert loader.rows("amount") == [(0,), (0,)]


def test_money_that_is_nowhere_does_not_add_up(inbox: Inbox) -> None:
    """What was landed is counted before it is loaded, so that a row that vanishes shows."""
    inbox.load(SPEND + FILES[1][0], "ad_spend", delimiter=";", decimal=",")
    inbox.con.execute("delete from raw.inbox__ad_spend")
    money_in, loaded, refused, _ = kept(inbox)
    assert money_in == loaded + refused + 10


def test_the_money_that_where_leaves_out_is_counted(inbox: Inbox) -> None:
    """Test campaigns are no loss, and no secret either; what they cost may change alone."""
    for money in ("20,50", "40,50"):
        inbox.load(
            SPEND + f"2026-01-01;g;A;10\n2026-01-02;g;Test 1;{money}\n2026-01-03;g;Test 2;n/a\n",
            "ad_spend",
            delimiter=";",
            decimal=",",
            words={"where": {"skip": {"campaign_name": ["Test*"]}}},
        )
    found = inbox.con.execute("select money_in, money_left_out from ops.ledger order by sequence")
    assert found.fetchall() == [(D(10), D("20.5")), (D(10), D("40.5"))]
