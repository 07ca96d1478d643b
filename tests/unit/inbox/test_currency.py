"""The currency of a file's money: in its header, in a column that nobody takes, or unclear."""

from __future__ import annotations

import pytest

from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox

HEADERS = [
    ("Cost (SEK)", "SEK"),
    ("Spend [EUR]", "EUR"),
    ("Amount spent (usd)", "USD"),
    ("Kostnad, SEK", "SEK"),
    ("GBP cost", "GBP"),
    ("cost_nok", "NOK"),
    ("Umsatz in €", "EUR"),
    ("Kostnad (kr)", "SEK"),
    ("All costs", None),
    ("cost_all", None),
    ("Try", None),
    ("spend", None),
]


@pytest.mark.parametrize(("header", "currency"), HEADERS)
def test_a_header_that_carries_a_currency_is_read(
    inbox: Inbox, header: str, currency: str | None
) -> None:
    """1,000 in "Amount spent (USD)" was published as 1,000 EUR; a sign of many is the company's."""
    inbox.load(
        f'date_day,"{header}"\n2026-01-01,10\n',
        columns={"amount": header},
    )
    assert inbox.rows("currency") == [(currency,)]


def test_a_header_fills_the_lines_that_state_no_currency(inbox: Inbox) -> None:
    """What a line says of itself counts first."""
    inbox.load(
        "date_day,Cost (SEK),currency\n2026-01-01,10,\n2026-01-02,20,EUR\n",
        columns={"amount": "Cost (SEK)"},
    )
    assert inbox.rows("currency") == [("SEK",), ("EUR",)]


@pytest.mark.parametrize(
    "text",
    [
        "date_day,amount,Currency\n2026-01-01,10,SEK\n",
        "date_day,amount,Valuta\n2026-01-01,10,kr\n",
        "date_day,amount,account currency code\n2026-01-01,10,USD\n",
        "date_day,amount,Unit\n2026-01-01,10,USD\n2026-01-02,10,\n2026-01-03,10,SEK\n",
    ],
)
def test_a_column_of_currencies_that_is_not_taken_stops_the_file(inbox: Inbox, text: str) -> None:
    """1,500 SEK were published as 1,500 EUR; each way of the remedy is enough."""
    with pytest.raises(InboxError, match="does not take it") as caught:
        inbox.load(text)
    assert "columns: {currency: " in caught.value.remedy
    inbox.load(text, constants={"currency": "EUR"})
    assert set(inbox.rows("currency")) == {("EUR",)}


@pytest.mark.parametrize(
    "text",
    [
        "date_day,amount,Cost (converted currency)\n2026-01-01,10,9.50\n",
        "date_day,amount,Country\n2026-01-01,10,SWE\n",
        "date_day,amount,Network\n2026-01-01,10,ALL\n",
        "date_day,amount,currency_note\n2026-01-01,10,\n",
    ],
)
def test_other_columns_do_not_stop_it(inbox: Inbox, text: str) -> None:
    """Words and amounts are no currencies."""
    inbox.load(text)
    assert inbox.rows("currency") == [(None,)]


def test_a_header_and_a_constant_may_not_disagree(inbox: Inbox) -> None:
    """One of the two is wrong, and money would be off by the rate."""
    text = "date_day,Cost (SEK)\n2026-01-01,10\n"
    with pytest.raises(InboxError, match=r"says SEK, but constants\.currency .* says EUR"):
        inbox.load(text, columns={"amount": "Cost (SEK)"}, constants={"currency": "EUR"})
    inbox.load(text, columns={"amount": "Cost (SEK)"}, constants={"currency": "SEK"})
    assert inbox.rows("currency") == [("SEK",)]


def test_a_sign_of_several_currencies_is_not_guessed(inbox: Inbox) -> None:
    """The dollar is no Swedish company's; which one it is has to be said."""
    text = "date_day,Cost ($)\n2026-01-01,10\n"
    with pytest.raises(InboxError, match="a sign of several currencies"):
        inbox.load(text, columns={"amount": "Cost ($)"})
    inbox.load(text, columns={"amount": "Cost ($)"}, constants={"currency": "CAD"})
    assert inbox.rows("currency") == [("CAD",)]
