"""The digest says what happened in the week, and calls nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestration.publication.reader import open_generation
from orchestration.reporting.about import About
from orchestration.reporting.digest import digest
from orchestration.reporting.report import gather
from tests.kit.reported import every_day, reported

MONDAY = date(2026, 2, 23)


def said(path: Path, language: str = "en") -> list[str]:
    """The lines of the digest of a file."""
    with open_generation(path) as con:
        report = gather(con, About("Handel AB", "SEK", language))
    return digest(report, "https://x.example/r").replace("\N{NO-BREAK SPACE}", " ").splitlines()


def test_a_week_in_lines(tmp_path: Path) -> None:
    """Every line by hand: 42 leads against 14, one source tripled, 75 spent without a lead."""
    leads = [
        *every_day(date(2025, 12, 1), 91, "s1", 1),
        *every_day(date(2025, 12, 1), 84, "s3", 1),
        *every_day(MONDAY, 7, "s3", 5),
    ]
    sql = """
        insert into core.fct_ad_spend values ('2026-02-20', 'c2', 70), ('2026-02-24', 'c1', 84);
        insert into core.fct_conversions values
            ('customer', false, 900, '2026-02-25'), ('customer', true, -100, '2026-02-26');
        update core.dim_campaigns set campaign_name = '<!channel> @all [x](//y)'
            where campaign_key = 'c2';
        insert into marts.utm_audit values
            ('misspelt', 'utm_source', 'Linkeding', 'linkedin', 4, '2026-02-25');
    """
    assert said(reported(tmp_path / "p.duckdb", leads, sql)) == [
        "Handel AB: the week 23 Feb – 1 Mar 2026",
        "Leads: 42 (usually 14 to 14)",
        "New customers: 1 (usually 0 to 0)",
        "Revenue: 800 SEK (usually 0 to 0)",
        "Spend: 84 SEK (usually 0 to 70)",
        "Cost per lead: 2.00 SEK (usually 5.00 to 5.00)",
        "Beyond chance:",
        "  ▲ Lead source Direct: 35 leads, usually 7.0",
        "  ▲ Lead channel Direct: 35 leads, usually 7.0",
        "No lead for 30 days, and money spent:",
        "  ‹!channel› ＠all ［x］(//y) (utm): 70 SEK",
        "New errors in tags:",
        "  utm_source Linkeding: misspelt, 4 touches; probably linkedin",
        "Figures through 1 Mar 2026; 1 of 2 checks hold.",
        "Report: https://x.example/r",
    ]


def test_nothing_happened_in_swedish(tmp_path: Path) -> None:
    """The same week after week, and a source that could not be read."""
    sql = "update meta.sources set accounts_failed = 1"
    lines = said(
        reported(tmp_path / "p.duckdb", every_day(date(2025, 12, 1), 91, "s1", 1), sql), "sv"
    )
    assert lines[0] == "Handel AB: veckan 23 feb. – 1 mars 2026"
    assert "Leads: 7 (vanligen 7 till 7)" in lines
    assert "Inget har ändrats mer än slumpen förklarar." in lines
    assert "Kostnader: –" in lines, "none is recorded"
    assert "Lästes inte vid senaste körningen: leads." in lines


def test_a_company_without_facts(tmp_path: Path) -> None:
    """A digest before the first data is no error."""
    assert len(said(reported(tmp_path / "p.duckdb"))) == 2
