"""The words by which an entry says how its file is written, and what each of them reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import Where
from orchestration.configuration.model import Company
from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox

COSTS = "date_day;amount;description\n"
AMOUNTS = COSTS + "2026-01-01;{};a\n"


NUMBERS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"thousands": ","}, "1,234.56", "1234.56"),
    ({"thousands": ","}, "12,345,678", "12345678"),
    ({"thousands": ","}, "890.10", "890.10"),
    ({"thousands": ","}, "1,23,456.50", "123456.50"),
    ({"thousands": ","}, "1,5", None),
    ({"thousands": ","}, "1,2345", None),
    ({"thousands": ","}, "1234,567", None),
    ({"thousands": ".", "decimal": ","}, "1.234,56", "1234.56"),
    ({"thousands": ".", "decimal": ","}, "1.234", "1234"),
    ({"thousands": ".", "decimal": ","}, "1.5", None),
    ({"thousands": ".", "decimal": ","}, "-1.234,5", "-1234.5"),
    ({"thousands": " ", "decimal": ","}, "1 234,56", "1234.56"),
    ({"thousands": " ", "decimal": ","}, "1\u00a0234,56", "1234.56"),
    ({"thousands": " ", "decimal": ","}, "1\u202f234\u202f567", "1234567"),
    ({"thousands": " ", "decimal": ","}, "1.234", None),
    ({"thousands": "'"}, "1\u2019234.50", "1234.50"),
    ({}, "1,234.56", None),
    ({"decimal": ","}, "1 234,56", None),
    ({"signs": ["kr"], "decimal": ","}, "12,50 kr", "12.50"),
    ({"signs": ["kr", "%"]}, "12 %", "12"),
    ({"signs": ["€"]}, "€12", "12"),
    ({"signs": ["€"]}, "-€12", "-12"),
    ({"signs": ["€"]}, "€ -12", "-12"),
    ({"signs": ["US$", "$"]}, "US$ 7", "7"),
    ({"signs": ["€"]}, "$12", None),
    ({"negatives": ["trailing"]}, "12.50-", "-12.50"),
    ({"negatives": ["parentheses"]}, "(12.50)", "-12.50"),
    ({"negatives": ["parentheses"], "signs": ["$"]}, "($12.50)", "-12.50"),
    ({"negatives": ["parentheses"], "signs": ["$"]}, "$(12.50)", "-12.50"),
    ({"negatives": ["trailing"]}, "-12-", None),
    ({}, "12-", None),
    ({}, "(12)", None),
    ({"signs": ["kr"]}, "\u221212", "-12"),
    ({"round": 2}, "3333.3333333333335", "3333.33"),
    ({"round": 6}, "20.200000000000003", "20.2"),
    ({"round": 0}, "-0.5", "-1"),
    ({}, "0.1234567", None),
]


def constants(words: dict[str, Any]) -> dict[str, str]:
    """The currency of the signs that a format declares; without it they contradict kronor."""
    meant = {"€": "EUR", "$": "USD", "US$": "USD"}
    found = [meant[sign] for sign in words.get("signs", []) if sign in meant]
    return {"currency": found[0]} if found else {}


@pytest.mark.parametrize(("words", "cell", "amount"), NUMBERS)
def test_a_number_is_read_as_declared_and_no_other_way(
    inbox: Inbox, words: dict[str, Any], cell: str, amount: str | None
) -> None:
    """Every line from 1,000 up went to quarantine, and the small ones were published."""
    inbox.load(AMOUNTS.format(cell), delimiter=";", constants=constants(words), **words)
    if amount is None:
        assert inbox.rows("amount") == []
        ((_, detail),) = inbox.quarantine()
        assert cell in detail
    else:
        assert inbox.rows("amount") == [(Decimal(amount),)]


FORMATS = st.fixed_dictionaries(
    {
        "decimal": st.sampled_from([".", ","]),
        "thousands": st.sampled_from([None, ".", ",", "'", " "]),
        "signs": st.sampled_from([[], ["kr"], ["€", "%"]]),
        "negatives": st.sampled_from([[], ["trailing"], ["parentheses"]]),
    }
).filter(lambda words: words["decimal"] != words["thousands"])


def written(amount: Decimal, words: dict[str, Any]) -> str:
    """An amount as a program with these settings writes it."""
    text = f"{abs(amount):,f}".replace(",", "T").replace(".", words["decimal"])
    text = text.replace("T", words["thousands"] or "")
    if words["signs"]:
        text = f"{text} {words['signs'][0]}"
    if amount >= 0:
        return text
    return {"trailing": f"{text}-", "parentheses": f"({text})"}.get(
        "".join(words["negatives"]), f"-{text}"
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=FORMATS,
    amounts=st.lists(
        st.decimals(-999_999_999, 999_999_999, places=2, allow_nan=False), min_size=1, max_size=8
    ),
)
def test_money_in_the_file_is_the_money_that_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, words: dict[str, Any], amounts: list[Decimal]
) -> None:
    """In whatever format a file is written, its sum arrives to the cent once it is declared."""
    lines = "".join(f"2026-01-01;{written(amount, words)};a\n" for amount in amounts)
    inbox = Inbox(tmp_path_factory.mktemp("numbers"))
    inbox.load(COSTS + lines, delimiter=";", constants=constants(words), **words)
    assert inbox.quarantine() == []
    assert inbox.totals("sum(amount)") == (sum(amounts),)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"thousands": ",", "decimal": ","}, "already is the decimal mark"),
        ({"thousands": "x"}, "thousands"),
        ({"signs": ["-"]}, "what a number is written with"),
        ({"negatives": ["red"]}, "negatives"),
        ({"escape": '"'}, "already is the delimiter or the quote"),
        ({"round": -1}, "round"),
        ({"header_row": {}}, "starts_with, or has"),
        ({"header_row": 0}, "header_row"),
    ],
)
def test_words_that_contradict_each_other_are_refused(words: dict[str, Any], says: str) -> None:
    """A declaration that cannot be meant is found when it is read, not in the figures."""
    with pytest.raises(ValidationError, match=says):
        FileFormat.model_validate(words)


def test_quotes_behind_a_backslash_are_read_with_escape(inbox: Inbox) -> None:
    """Databases and mailing tools export them; the line was quarantined as unparsable."""
    lines = '2026-01-01;70;"Big \\"Sale\\"; autumn"\n2026-01-02;30;Plain\n'
    inbox.load(COSTS + lines, delimiter=";", escape="\\")
    assert inbox.rows("amount, description") == [
        (Decimal(70), 'Big "Sale"; autumn'),
        (Decimal(30), "Plain"),
    ]
    without = Inbox(inbox.folder / "without")
    without.load(COSTS + lines, delimiter=";")
    ((_, detail),) = without.quarantine()
    assert "format.escape" in detail


PREAMBLE = 'Report\n"1 Oct 2026; 3 Oct 2026"\nAdvertiser;One\n'


@pytest.mark.parametrize("header", [{"starts_with": "date_day"}, {"has": ["amount", "date_day"]}])
def test_the_names_are_found_by_their_text_wherever_they_are(inbox: Inbox, header: Any) -> None:
    """A preamble has one line more for every advertiser."""
    for preamble in (PREAMBLE, PREAMBLE + "Advertiser;Two\n", ""):
        inbox.load(preamble + AMOUNTS.format(10), delimiter=";", header_row=header)
        assert inbox.rows("amount") == [(Decimal(10),)]


def test_a_line_with_names_elsewhere_is_named(inbox: Inbox) -> None:
    """The advice was to correct the map, which was right."""
    with pytest.raises(InboxError, match="Line 4 has it") as caught:
        inbox.load(
            PREAMBLE + "Dag;amount\n2026-01-01;1\n",
            delimiter=";",
            header_row=3,
            columns={"date_day": "Dag"},
        )
    assert "starts_with: 'Dag'" in caught.value.remedy
    with pytest.raises(InboxError, match="None of the first 1,000 lines"):
        inbox.load(PREAMBLE, delimiter=";", header_row={"starts_with": "Dag"})


ATTENDEES = (
    "occurred_at,email,Status,Ticket\n"
    "2026-06-01,a@x.se,Checked In,VIP\n"
    "2026-06-01,b@x.se,Not Attending,VIP\n"
    "2026-06-01,test@meta.com,checked in ,VIP\n"
    "2026-06-01,c@x.se,,VIP\n"
)


@pytest.mark.parametrize(
    ("where", "kept", "left_out"),
    [
        ({"only": {"Status": ["Checked In"]}}, 2, 2),
        ({"only": {"Status": ["Checked In"]}, "skip": {"email": ["test@*"]}}, 1, 3),
        ({"skip": {"Status": ["Not*", ""]}}, 2, 2),
        ({"only": {"content": ["vip"]}}, 4, 0),
    ],
)
def test_rows_that_are_not_meant_are_left_out_and_counted(
    inbox: Inbox, where: dict[str, Any], kept: int, left_out: int
) -> None:
    """Cancelled tickets counted as visits, and a platform's test leads as leads."""
    inbox.load(ATTENDEES, "touchpoints", columns={"content": "Ticket"}, words={"where": where})
    assert inbox.totals("count(*)", "touchpoints") == (kept,)
    assert inbox.quarantine() == []
    counts = inbox.con.execute("select rows_in, rows_left_out from ops.ledger").fetchall()
    assert counts == [(kept, left_out)]


def test_a_condition_on_a_column_that_is_not_there_stops_the_file(inbox: Inbox) -> None:
    """A renamed column must not let every cancelled ticket in."""
    with pytest.raises(InboxError, match="'State', which where names, is not in the file"):
        inbox.load(ATTENDEES, "touchpoints", words={"where": {"only": {"State": ["x"]}}})
    with pytest.raises(ValidationError, match="lists no text"):
        Where.model_validate({"only": {"Status": []}})
    with pytest.raises(ValidationError, match="only or skip"):
        Where.model_validate({})


def test_a_map_can_name_everything_else(inbox: Inbox) -> None:
    """A map of forty stages needs the two that count, and a word for the others."""
    inbox.load(
        "lead_id,created_at,lead_source,is_customer\n1,2026-01-01,Fair,Won\n2,2026-01-01,Radio,\n"
        "3,2026-01-01,,Open\n4,2026-01-01,Google,Lost\n",
        "leads",
        values={
            "lead_source": {"Fair": "event", "*": "other"},
            "is_customer": {"won": "true", "*": "false"},
        },
    )
    assert inbox.rows("lead_source, is_customer", "leads") == [
        ("event", True),
        ("other", None),
        (None, False),
        ("other", False),
    ]


SPEND = "Campaign;Reporting starts;Reporting ends;spend;clicks\n"
MAPPED = {"campaign_name": "Campaign", "date_day": "Reporting starts"}


def test_the_figures_of_a_period_are_spread_over_its_days(inbox: Inbox) -> None:
    """Three weeks of spend were published on one day, and October had none."""
    inbox.load(
        SPEND + "A;2026-05-30;2026-06-01;100.00;10\nB;2026-06-01;2026-06-01;5;1\n"
        "C;2026-06-01;;7;\nD;2026-06-02;2026-06-01;7;\n",
        "ad_spend",
        delimiter=";",
        columns={**MAPPED, "last_day": "Reporting ends"},
        constants={"platform": "meta_ads", "currency": "EUR"},
    )
    assert inbox.rows("campaign_name, date_day, spend, clicks", "ad_spend") == [
        ("A", dt.date(2026, 5, 30), Decimal("33.34"), 4),
        ("A", dt.date(2026, 5, 31), Decimal("33.33"), 3),
        ("A", dt.date(2026, 6, 1), Decimal("33.33"), 3),
        ("B", dt.date(2026, 6, 1), Decimal(5), 1),
        ("C", dt.date(2026, 6, 1), Decimal(7), None),
    ]
    ((reason, detail),) = inbox.quarantine()
    assert reason == "bad_type"
    assert "'2026-06-01' is not a day from '2026-06-02' on" in detail


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amount=st.decimals(0, 9_999_999, places=4, allow_nan=False),
    clicks=st.integers(0, 10**6),
    days=st.integers(1, 400),
)
def test_the_days_of_a_period_add_up_to_its_figures(
    tmp_path_factory: pytest.TempPathFactory, amount: Decimal, clicks: int, days: int
) -> None:
    """Not a cent more or less, however the days divide it."""
    inbox = Inbox(tmp_path_factory.mktemp("period"))
    first = dt.date(2025, 1, 1)
    last = first + dt.timedelta(days=days - 1)
    inbox.load(
        f"date_day,last_day,platform,spend,clicks,currency\n{first},{last},x,{amount},{clicks},EUR\n",
        "ad_spend",
    )
    assert inbox.totals("sum(spend), sum(clicks), count(distinct date_day)", "ad_spend") == (
        amount,
        clicks,
        days,
    )


@pytest.mark.parametrize("amount", ["1 234", "7e2", "1.2345678", "9" * 30])
def test_a_period_whose_money_is_no_amount_is_refused_once(inbox: Inbox, amount: str) -> None:
    """It was refused on every day: seven times the money was missing, and 7e2 was read."""
    inbox.load(f"date_day,last_day,platform,spend\n2026-01-01,2026-01-07,x,{amount}\n", "ad_spend")
    assert len(inbox.quarantine()) == 1
    assert inbox.rows("spend", "ad_spend") == []


def test_a_period_whose_last_day_is_not_mapped_stops_the_file(inbox: Inbox) -> None:
    """Nothing said that the figures of a line were of three weeks."""
    constants = {"platform": "meta_ads", "currency": "EUR"}
    options: dict[str, Any] = {"delimiter": ";", "columns": MAPPED, "constants": constants}
    inbox.load(SPEND + "A;2026-06-01;2026-06-01;5;1\n", "ad_spend", **options)
    assert inbox.rows("spend", "ad_spend") == [(Decimal(5),)]
    with pytest.raises(InboxError, match="days from 2026-05-30 to 2026-06-01") as caught:
        inbox.load(SPEND + "A;2026-05-30;2026-06-01;100;10\n", "ad_spend", **options)
    assert "last_day: 'Reporting ends'" in caught.value.remedy
    assert caught.value.where.endswith("file.csv, line 2")


RATES = "date_day,currency,rate\n"


def test_rates_can_be_stated_the_other_way_round(inbox: Inbox) -> None:
    """A central bank's list says units for one euro; 1,120 SEK were published as 12,544 EUR."""
    inbox.load(RATES + "2026-01-01,SEK,11.2\n", "fx_rates", words={"inverse": True})
    assert inbox.rows("rate", "fx_rates") == [(Decimal("0.089285714"),)]


def test_rates_that_look_inverted_stop_the_file(inbox: Inbox) -> None:
    """1 SEK is not 11 EUR; who says so must say it in the configuration."""
    inbox.company = Company(reporting_currency="EUR")
    with pytest.raises(InboxError, match=r"1 SEK is not 11\.2 EUR") as caught:
        inbox.load(RATES + "2026-01-01,SEK,11.2\n", "fx_rates")
    assert "inverse: true" in caught.value.remedy
    inbox.load(RATES + "2026-01-01,SEK,11.2\n", "fx_rates", words={"inverse": False})
    assert inbox.rows("rate", "fx_rates") == [(Decimal("11.2"),)]
    for line in ("SEK,0.089", "USD,1.1", "GBP,1.16", "JPY,0.0059", "XAU,3000", "SEK,0", "SEK,x"):
        inbox.load(RATES + f"2026-01-01,{line}\n", "fx_rates")


@pytest.mark.parametrize("line", ["JPY,0.59", "HUF,0.25", "NOK,8.6"])
def test_rates_of_a_hundred_units_stop_the_file(inbox: Inbox, line: str) -> None:
    """Central banks state yen and forints by the hundred; money would be a hundredfold."""
    inbox.company = Company(reporting_currency="EUR")
    with pytest.raises(InboxError, match="looks like that of 100"):
        inbox.load(RATES + f"2026-01-01,{line}\n", "fx_rates")
    inbox.load(RATES + f"2026-01-01,{line}\n", "fx_rates", words={"inverse": False})


def test_a_cell_may_list_several_people(inbox: Inbox) -> None:
    """A list of attendees has one line for each company; all but the first were nobody."""
    inbox.load(
        "occurred_at,email,lead_id,cost,currency\n"
        "2026-06-01,a@x.se; b@x.se;,,30,SEK\n2026-06-01,c@x.se,,10,SEK\n2026-06-01,,7,,\n",
        "touchpoints",
        words={"several": {"email": ";"}},
    )
    assert inbox.quarantine() == []
    assert inbox.totals(
        "count(*), count(distinct email_hash), sum(cost), count(lead_id)", "touchpoints"
    ) == (4, 3, Decimal(40), 1)
    with pytest.raises(ValidationError, match="counted twice"):
        inbox.entry("", "opportunities", words={"several": {"lead_id": ";"}})
