"""Lines that only the rest of their file shows to be totals, or money of an unknown currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.kit.inbox import Inbox

D = Decimal
SPEND = "date_day,platform,account_id,campaign_name,spend,currency\n"
DAYS = "2026-01-01,p,,Alpha,100.00,EUR\n2026-01-01,p,,Beta,50.00,EUR\n2026-01-02,p,,Alpha,110,EUR\n"


def spent(inbox: Inbox) -> Decimal:
    """What the file's loaded lines add up to."""
    return sum((money for (money,) in inbox.rows("spend", "ad_spend")), D(0))


@pytest.mark.parametrize(
    "lines",
    [
        "2026-01-01,p,,,260.00,EUR\n" + DAYS,
        DAYS + "2026-01-01,p,,,260.00,EUR\n",
        DAYS + "2026-01-01,p,,,260.00,\n",
        DAYS + ",p,,,260.00,EUR\n",
        DAYS + ",,,,260.00,\n",
        DAYS + "Total,,,,260.00,\n",
        DAYS + "2026-01-02,p,,Total,260.00,EUR\n",
        DAYS + "2026-01-02,p,,Gesamtsumme,265.00,EUR\n",
        DAYS + ",,,Results from 2 campaigns,260.00,\n",
        DAYS + "Total: Account,,260.00\n",
        DAYS + "2026-01-01,p,,,150.00,EUR\n2026-01-02,p,,,110.00,EUR\n",
        DAYS + "2026-01-01,p,,,150.00,EUR\n2026-01-02,p,,,110.00,EUR\n2026-01-02,p,,,260,EUR\n",
        (DAYS + "2026-01-01,p,,,260.00,EUR\n").replace(",p,,", ",p,55,"),
        DAYS + "2026-01-01,p,,,260.01,EUR\n",
        DAYS + "2026-01-02,p,,Gesamtergebnis,260,EUR\n",
        DAYS + "2026-01-02,p,,Total général,260,EUR\n",
        DAYS + "2026-01-02,p,,Genel Toplam,260,EUR\n",
        DAYS + "2026-01-02,p,,Общий итог,260,EUR\n",
        DAYS + "2026-01-02,p,,總計,260,EUR\n",
        DAYS + "2026-01-02,p,,Totale kosten,260,EUR\n",
        DAYS + "2026-01-02,p, --, --,260,EUR\n",
        DAYS + "2026-01-02,p,,—,260,EUR\n",
        DAYS + "2026-01-02,p,,Subtotal,260,EUR\n2026-01-02,p,,Total,260,EUR\n",
        "Subtotal,,,,260,\n" + DAYS,
        DAYS.replace("2026-01-02", "2026-01-02,p,,Zwischensumme,150,EUR\n2026-01-02")
        + "2026-01-02,p,,Zwischensumme,110,EUR\n2026-01-02,p,,Summe,260,EUR\n",
        DAYS.replace("2026-01-02", ",,,,150,\n2026-01-02") + "Total,,,,260,\n",
        "2026-01-01,p,,Alpha,260,EUR\n2026-01-01,p,,,260,EUR\n",
        "2026-01-01,p,,Alpha,150,EUR\n2026-01-02,p,,Alpha,110,EUR\n,p,,,260,EUR\n",
        "2026-01-01,p,,Alpha,150,EUR\n2026-01-02,p,,Alpha,110,EUR\n,p,, --,260,EUR\n",
    ],
)
def test_a_total_is_named_and_not_counted(inbox: Inbox, lines: str) -> None:
    """520 of spend were published for 260, because the total had a date."""
    inbox.load(SPEND + lines, "ad_spend")
    assert spent(inbox) == D(260)
    found = inbox.quarantine()
    assert found
    assert {reason for reason, _ in found} == {"totals_row"}
    assert all(detail.startswith("line ") and "a total of" in detail for _, detail in found)


PERIODS = "date_day,last_day,platform,account_id,campaign_name,spend,currency\n"
WEEK = "2026-01-05,2026-01-11,p,,Alpha,70.01,EUR\n2026-01-05,2026-01-06,p,,Beta,30.00,EUR\n"


@pytest.mark.parametrize(
    "total",
    [
        "2026-01-05,2026-01-11,p,,,100.01,EUR\n",
        "2026-01-05,2026-01-11,p,,Total,100.01,EUR\n",
        "2026-01-05,2026-01-11,p,55,,100.01,EUR\n",
        "2026-01-05,,p,,,100.01,EUR\n",
        "2026-01-05,2026-01-11,p,,,100.01,EUR\n2026-01-12,2026-01-18,p,,,100.01,EUR\n",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_total_of_a_period_is_one_line(inbox: Inbox, total: str, first: bool) -> None:
    """Its figures were spread over the days before anybody compared them with the sum."""
    week = WEEK.replace("p,,", "p,55,") if ",55," in total else WEEK
    inbox.load(PERIODS + (total + week if first else week + total), "ad_spend")
    assert spent(inbox) == D("100.01")
    assert {reason for reason, _ in inbox.quarantine()} == {"totals_row"}


def test_a_periods_money_without_a_campaign_counts(inbox: Inbox) -> None:
    """It is no total unless it is the sum."""
    inbox.load(PERIODS + WEEK + "2026-01-05,2026-01-11,p,,,7.00,EUR\n", "ad_spend")
    assert (spent(inbox), inbox.quarantine()) == (D("107.01"), [])


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        (DAYS + "2026-01-01,p,,,5.00,EUR\n", 265),
        (DAYS + "2026-01-01,p,,,150.00,EUR\n2026-01-02,p,,,7.00,EUR\n", 417),
        (DAYS + "2026-01-01,q,,,260.00,EUR\n", 520),
        ("2026-01-01,p,,,5.00,EUR\n2026-01-02,p,,,5.00,EUR\n", 10),
        ("2026-01-01,p,,Alpha,5.00,EUR\n2026-01-02,p,,,5.00,EUR\n", 10),
        ("2026-01-01,p,a,,9.00,EUR\n2026-01-01,p,a,Alpha,4.00,EUR\n2026-01-01,p,a,B,5,EUR\n", 18),
        (DAYS + "2026-01-01,p,,Total Wellness,300.00,EUR\n", 560),
    ],
)
def test_money_that_names_nothing_is_no_total(inbox: Inbox, lines: str, total: int) -> None:
    """Money without a campaign counts, and an account's row of a day is completed by finer ones."""
    inbox.load(SPEND + lines, "ad_spend")
    assert (spent(inbox), inbox.quarantine()) == (D(total), [])


def test_totals_of_costs_and_deals_are_named(inbox: Inbox) -> None:
    """Sums at the end of a list have no day or no id; costs of equal words stay."""
    inbox.load(
        "date_day,amount,description\n2026-01-01,10,a\n2026-01-02,20,b\n,30,\n2026-01-02,30,Summa\n"
    )
    assert inbox.rows("amount") == [(D(10),), (D(20),)]
    assert [reason for reason, _ in inbox.quarantine()] == ["totals_row"] * 2
    inbox.load(
        "opportunity_id,lead_id,created_at,amount\n1,a,2026-01-01,10\n2,b,2026-01-01,7\n,,,17\n,,,9\n",
        "opportunities",
        name="deals.csv",
    )
    assert [reason for reason, _ in inbox.quarantine()][2:] == ["totals_row", "missing_key"]


def test_money_without_a_currency_among_others_is_refused(inbox: Inbox) -> None:
    """A blank cell below SEK was 1,000 EUR; money of nothing needs no currency."""
    inbox.load(
        SPEND + "2026-01-01,p,,Alpha,100,SEK\n2026-01-02,p,,Alpha,100,\n2026-01-03,p,,Alpha,0,\n",
        "ad_spend",
    )
    assert inbox.rows("spend", "ad_spend") == [(D(100),), (D(0),)]
    assert inbox.quarantine() == [
        ("missing_currency", "line 3: currency: missing, although other lines state one")
    ]
    inbox.load(SPEND + "2026-01-01,p,,Alpha,100,\n", "ad_spend", name="none.csv")
    assert inbox.rows("currency", "ad_spend") == [(None,)]
