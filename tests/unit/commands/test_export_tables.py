"""Tables leave as typed cells: numbers count, names are text, notes travel along."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

import duckdb
import pytest

from orchestration.commands.export import ExportFailed
from orchestration.commands.export_tables import export_folder, export_workbook
from orchestration.commands.workbook import Column, Sheet, write_workbook
from orchestration.configuration.model import Company, Config
from orchestration.configuration.settings import Settings
from tests.kit.reported import published

FORMULA = '=HYPERLINK("https://x.example","offer")'
SQL = f"""
    insert into marts.campaign_performance values
        ('2026-02-01', 'c1', '{FORMULA}', 'google_ads', 3, 1, 1234.5, 99.25, 0, 0);
    create table marts.rates as select
        0.125::double as conversion_rate, 7.5::double as roi, date '2026-02-01' as month,
        timestamp '2026-02-01 05:30' as seen_at, true as is_paid, 2026::integer as calendar_year,
        9007199254740993::bigint as odd, 'nan'::double as roas,
        '{"x" * 40_000}' as text, null::varchar as nothing;
    comment on column marts.rates.conversion_rate is 'Share of leads. Not additive.';
    comment on table marts.rates is 'One row.';
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a published file."""
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    published(home / "published" / "tributary.duckdb", sql=SQL)
    return Settings(home=home, config_path=None, config=Config(company=Company(name="A & B")))


def parts(path: Path) -> dict[str, str]:
    """The files inside of a workbook."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def cells(sheet: str) -> dict[str, tuple[str, str]]:
    """Type and text of each cell of a sheet; numbers have no type."""
    found = re.findall(r'<c r="(\w+)"([^>]*?)>(.*?)</c>', sheet, re.S)
    return {
        place: (
            (re.search(r't="(\w+)"', attributes) or ["", ""])[1],
            unescape(re.sub(r"<[^>]+>", "", content)),
        )
        for place, attributes, content in found
    }


def test_a_workbook_has_a_sheet_per_mart(settings: Settings, tmp_path: Path) -> None:
    """Names are text, whatever they begin with; figures are numbers that Excel adds up."""
    target = tmp_path / "marts.xlsx"
    tables, rows = export_workbook(settings, target, [])
    assert (tables, rows) == (7, 2)
    found = parts(target)
    names = re.findall(r'<sheet name="([^"]+)"', found["xl/workbook.xml"])
    assert names[0] == "About"
    assert "attribution_model_comparison" in names
    assert not any("<f>" in text for name, text in found.items() if "sheet" in name)
    campaigns = found[f"xl/worksheets/sheet{names.index('campaign_performance') + 1}.xml"]
    row = cells(campaigns)
    assert row["C2"] == ("inlineStr", FORMULA)
    assert (row["E2"], row["G2"], row["H2"]) == (("", "3"), ("", "1234.5"), ("", "99.25"))
    assert "autoFilter" in campaigns
    about = cells(found["xl/worksheets/sheet1.xml"])
    assert about["B1"][1] == "A & B"
    said = {text for _, text in about.values()}
    assert {"NOK", "Europe/Oslo", "7, published 2026-03-02 05:00 UTC"} <= said


def test_cells_have_the_format_of_their_meaning(settings: Settings, tmp_path: Path) -> None:
    """Per cent, days and years; what Excel would round or drop is text, cut where it must be."""
    target = tmp_path / "rates.xlsx"
    assert export_workbook(settings, target, ["rates"]) == (1, 1)
    found = parts(target)
    sheet = found["xl/worksheets/sheet2.xml"]
    styles = re.findall(r'formatCode="([^"]+)"', found["xl/styles.xml"])
    assert {"0.0%", "#,##0.00", "yyyy\\-mm\\-dd", "yyyy-mm-dd"} & set(styles)
    row = cells(sheet)
    assert row["A2"] == ("", "0.125")
    assert row["C2"] == ("", "46054")
    assert row["E2"] == ("b", "1")
    assert row["G2"] == ("inlineStr", "9007199254740993")
    assert row["I2"][1].endswith("… (40,000 characters)")
    assert row["H2"] == ("inlineStr", "nan")
    assert "J2" not in row
    assert ">Share of leads. Not additive.<" in found["xl/comments1.xml"]
    formats = re.findall(r'<c r="[AB]2" s="(\d+)"', sheet)
    assert len(set(formats)) == 2, "a rate is per cent, a return is not"


def test_csv_files_of_a_folder(settings: Settings, tmp_path: Path) -> None:
    """With their schema, so that two tables of one name do not replace each other."""
    target = tmp_path / "out"
    assert export_folder(settings, target, ["campaign_performance", "meta.sources"]) == (2, 2)
    assert sorted(path.name for path in target.iterdir()) == [
        "marts.campaign_performance.csv",
        "meta.sources.csv",
    ]
    text = (target / "marts.campaign_performance.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in text


def test_what_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    """A table that does not exist, and a place inside of the home; nothing is left behind."""
    with pytest.raises(ExportFailed, match=r"no table marts\.nope"):
        export_workbook(settings, tmp_path / "x.xlsx", ["nope"])
    with pytest.raises(ExportFailed, match="inside TRIBUTARY_HOME"):
        export_workbook(settings, settings.home / "x.xlsx", [])
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_table_that_no_sheet_holds_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Excel would show the first million rows as if they were all."""
    with duckdb.connect(str(settings.published_path)) as con:
        con.execute("create table core.fct_long as select range as n from range(1048576)")
    with pytest.raises(ExportFailed, match="1,048,576 rows"):
        export_workbook(settings, tmp_path / "x.xlsx", ["core.fct_long"])
    assert not (tmp_path / "x.xlsx").exists()


def test_long_names_of_sheets_stay_apart(tmp_path: Path) -> None:
    """Excel allows 31 characters, and takes A and a for one name."""
    names = ["marts." + "a" * 40, "marts." + "a" * 39, "marts.About"]
    sheets = (Sheet(name, "", [Column("n", "count", "")], [(1,)]) for name in names)
    path = tmp_path / "x.xlsx"
    assert write_workbook(path, [], sheets) == 3
    found = re.findall(r'<sheet name="([^"]+)"', parts(path)["xl/workbook.xml"])
    assert found == ["About", "a" * 31, "a" * 28 + "_2", "About_2"]
