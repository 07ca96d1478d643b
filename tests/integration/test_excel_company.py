"""A company that has nothing but Excel workbooks: from a folder of files to figures, right by hand.

Nobody writes a line of configuration: ``tributary init`` proposes it, and ``tributary run``
publishes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from tests.kit.company_run import Ran, run_company
from tests.kit.csv_company import environment

D = Decimal
Row = Sequence[Any]


def day(number: int, month: int = 2) -> dt.date:
    """A day of 2026."""
    return dt.date(2026, month, number)


CUSTOMERS: list[Row] = [
    ("Kundnr", "Skapad", "E-post", "Källa", "Säljare"),
    (1, day(2), "anna@kund.example", "event", "Ulf"),
    (2, day(3), "bo@kund.example", "paid_search", "Ulf"),
    (3, day(10), "cia@kund.example", "webinar", "Eva"),
]
DEALS: list[Row] = [
    ("Affärsnr", "Kundnr", "Skapad", "Steg", "Belopp", "Stängd"),
    (11, 1, day(20), "Vunnen", 12500.5, day(10, 3)),
    (12, 2, day(21), "Förlorad", 900, day(1, 3)),
    (13, 2, day(25), "Vunnen", 4000, day(20, 3)),
]
ADS: list[Row] = [
    ("Campaign report",),
    ("1 February 2026 - 2 February 2026",),
    ("Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks"),
    (day(1), "Brand", 701, "SEK", 1234.56, 12000, 340),
    (day(2), "Brand", 701, "SEK", 90.1, 900, 12),
    ("Total: Account", "", "", "SEK", 1324.66, 12900, 352),
]
COSTS: list[Row] = [
    ("Fakturadatum", "Leverantör", "Källa", "Belopp"),
    (day(5), "Mässan AB", "event", 10000),
    (day(9), "Video AB", "webinar", 2500.25),
]
FILES = {"kunder": CUSTOMERS, "affärer": DEALS, "google": ADS, "kostnader": COSTS}


def write_workbook(path: Path, rows: Sequence[Row]) -> None:
    """A workbook with one sheet; days are days."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(
                        at,
                        column,
                        dt.datetime.combine(cell, dt.time(), dt.UTC).replace(tzinfo=None),
                        dated,
                    )
                else:
                    sheet.write(at, column, cell)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The company, from its folder of workbooks to what it published."""
    folder = tmp_path_factory.mktemp("excel_company")
    (folder / "files").mkdir()
    for name, rows in FILES.items():
        write_workbook(folder / "files" / f"{name}.xlsx", rows)
    variables = environment(folder)
    about = ["--name", "Kalkyl AB", "--currency", "SEK", "--timezone", "Europe/Stockholm"]
    run_company(variables, "init", str(folder / "files"), *about)
    return run_company(variables)


def test_every_workbook_was_placed(company: Ran) -> None:
    """A report by its preset, the company's own lists by the names of their columns."""
    assert company.settings.config_path is not None
    written = yaml.safe_load(company.settings.config_path.read_text("utf-8"))
    assert {
        entry["path"]: entry.get("preset") or entry["stream"] for entry in written["inbox"]
    } == {
        "files/affärer.xlsx": "opportunities",
        "files/google.xlsx": "google_ads_report",
        "files/kostnader.xlsx": "costs",
        "files/kunder.xlsx": "leads",
    }


def test_leads_customers_money_and_spend_are_right_by_hand(company: Ran) -> None:
    """Two of three deals are won; the report's total of 1,324.66 counts once."""
    assert company.rows(
        "select lead_source, sum(leads), sum(customers), sum(revenue), sum(spend)"
        " from marts.lead_source_performance group by lead_source"
        " having sum(leads) + sum(spend) > 0 order by lead_source",
    ) == [
        ("event", 1, 1, D("12500.50"), D(10000)),
        ("paid_search", 1, 1, D(4000), D("1324.66")),
        ("webinar", 1, 0, D(0), D("2500.25")),
    ]


def test_no_row_is_missing(company: Ran) -> None:
    """The line of totals is left out by the preset, and counted as that."""
    assert company.rows("select count(*) from meta.losses") == [(0,)]
    assert company.rows("select sum(rows_left_out) from meta.sources") == [(1,)]
    assert "Money in rows that where leaves out; the figures do not hold it:" in company.shown
    assert "1,324.66" in company.shown
