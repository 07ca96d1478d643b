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
    ("Cost US$", "USD"),
    ("Cost (R$)", "BRL"),
    ("Cost [₽]", "RUB"),
    ("Náklady (Kč)", "CZK"),
    ("Költség Ft", "HUF"),
    ("Betrag in Euro", "EUR"),
    ("spendUSD", "USD"),
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


@pytest.mark.parametrize(
    "header",
    [
        "Kostnad (tkr)",
        "Cost (k€)",
        "Spend TEUR",
        "Cost in 1000 EUR",
        "USD thousands",
        "cost_micros",
    ],
)
def test_a_header_that_says_thousands_or_fractions_stops_the_file(
    inbox: Inbox, header: str
) -> None:
    """10.5 in "Cost (k€)" would count as 10.50, and the micros of an API as millions."""
    with pytest.raises(InboxError, match="thousands or fractions"):
        inbox.load(f"date_day,{header}\n2026-01-01,10\n", columns={"amount": header})


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


AMOUNTS = "date_day,amount\n2026-01-01,{}\n2026-01-02,{}\n"


@pytest.mark.parametrize(
    ("cells", "constants", "wrong"),
    [
        (("€10", "€20"), {}, "would count as SEK"),
        (("€10", "20 kr"), {}, "other lines say otherwise"),
        (("10 kr", "€20"), {}, "other lines say otherwise"),
        (("€10", "20"), {"currency": "SEK"}, "constants.currency says SEK"),
        (("10 kr", "20 kr"), {}, ""),
        (("€10", "20"), {"currency": "EUR"}, ""),
        (("10 kr", "20 kr"), {"currency": "NOK"}, ""),
        (("10%", "20%"), {}, ""),
    ],
)
def test_the_sign_of_an_amount_is_of_the_currency_that_counts(
    inbox: Inbox, cells: tuple[str, str], constants: dict[str, str], wrong: str
) -> None:
    """Declared signs were taken off, and euros counted as kronor."""
    text, signs = AMOUNTS.format(*cells), ["€", "kr", "%"]
    if wrong:
        with pytest.raises(InboxError, match=wrong):
            inbox.load(text, signs=signs, constants=constants)
        return
    inbox.load(text, signs=signs, constants=constants)
    assert inbox.totals("sum(amount)") == (30,)


@pytest.mark.parametrize(
    ("cells", "stops"),
    [
        (("1.234", "890"), True),
        (("12.500", "-1.000"), True),
        (("1.234", "12.5"), False),
        (("1.234", "12500"), False),
        (("0.125", "0.250"), False),
        (("1234.567", "890"), False),
    ],
)
def test_a_point_that_separates_thousands_as_far_as_one_sees_has_to_be_declared(
    inbox: Inbox, cells: tuple[str, str], stops: bool
) -> None:
    """890 and 1.234 of a German export were published as 891.23; either remedy is enough."""
    text = AMOUNTS.format(*cells)
    if not stops:
        inbox.load(text)
        return
    with pytest.raises(InboxError, match="three digits behind it"):
        inbox.load(text)
    inbox.load(text, decimal=",", thousands=".")
    inbox.load(text, decimal=".")
    inbox.load(text, constants={"currency": "KWD"})
