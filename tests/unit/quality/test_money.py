"""The money that came in is the money loaded and the money refused, for every source."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector
from orchestration.quality.money import keep_money
from orchestration.warehouse.schema import OPS_TABLES
from tests.kit.inbox import Inbox

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
