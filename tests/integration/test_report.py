"""The report of the demo company: its figures are SQL's, and a browser shows them at any width."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.report import run_report
from orchestration.publication.report_file import NAME
from tests.kit.browser import browser
from tests.kit.demo import Demo

PAPER = 718
"""Pixels of the width of A4, 210 mm, between margins of 1 cm."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """
    [...document.querySelectorAll("h1, h2, h3, p, dt, dd, .columns span")]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1)
        .map((each) => each.textContent)
"""

_UNSEEN = re.compile(r'<small.*?</small>|<span class="unseen">.*?</span>|<[^>]+>')


def cells(text: str, heading: str) -> dict[str, list[str]]:
    """The rows of a section's first table by their name."""
    section = text.split(f'<h2 id="{heading}">')[1].split("</section>")[0]
    body = section.split("<tbody>")[1].split("</tbody>")[0]
    rows = {}
    for row in body.split("<tr")[1:]:
        found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        name, *others = [
            unescape(
                re.sub(r"<small.*?</small>|<span class=\"unseen\">.*?</span>|<[^>]+>", "", each)
            )
            for each in found
        ]
        rows[name.strip()] = [other.strip() for other in others]
    return rows


@pytest.fixture(scope="module")
def text(demo: Demo) -> str:
    """The report that the publish wrote."""
    return (demo.settings.published_dir / NAME).read_text(encoding="utf-8")


def test_the_figures_are_those_of_sql(demo: Demo, text: str) -> None:
    """Asked in other words than the report asks."""
    sources = cells(text, "sources")
    expected = demo.rows(
        """
        select sources.name_en, sum(leads), sum(revenue), sum(spend)
        from marts.lead_source_performance
        inner join core.dim_lead_sources as sources using (lead_source_key)
        where month >= '2025-07-01'
        group by sources.name_en
        """
    )
    for name, leads, revenue, spend in expected:
        if name in sources:
            seen = sources[name]
            assert seen[0] == f"{leads:,}"
            assert seen[2] == f"{revenue:,.0f}"
            assert seen[3] == (f"{spend:,.0f}" if spend else "–")
    assert len({name for name, *_ in expected} & sources.keys()) >= 10
    total = sum(int(row[0].replace(",", "")) for row in sources.values())
    assert total == sum(leads for _, leads, _, _ in expected)


def test_the_funnel_and_the_months_are_those_of_the_leads(demo: Demo, text: str) -> None:
    """The mart's months are the reporting zone's; so are those of the facts counted here."""
    months = cells(text, "months")
    local = "created_at at time zone 'UTC' at time zone 'Europe/Stockholm'"
    counted = demo.rows(
        f"select strftime({local}, '%b %Y'), count(*), count(*) filter (where is_customer) "
        f"from core.fct_leads where {local} >= '2025-07-01' group by 1"
    )
    shown = {name.replace("\N{NO-BREAK SPACE}", " ").strip(): row for name, row in months.items()}
    assert {(name, row[0], row[1]) for name, row in shown.items()} == {
        (name, f"{leads:,}", f"{customers:,}") for name, leads, customers in counted
    }
    funnel = [row[0] for row in cells(text, "funnel").values()]
    assert len(funnel) == 5
    assert [int(count.replace(",", "")) for count in funnel] == sorted(
        (int(count.replace(",", "")) for count in funnel), reverse=True
    )


def test_a_lost_report_is_written_again(demo: Demo) -> None:
    """A publish that was killed between the file and its report leaves none."""
    path = demo.settings.published_dir / NAME
    before = path.read_text(encoding="utf-8")
    path.unlink()
    console = Console(record=True, width=400)
    run_report(demo.settings, console, path_only=True)
    assert console.export_text().strip() == str(path)
    assert path.read_text(encoding="utf-8") == before
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_a_browser_shows_it_without_overflow(demo: Demo, tmp_path: Path, width: int) -> None:
    """On a phone, a tablet and a screen, in light and dark, and nothing is asked of anybody."""
    address = (demo.settings.published_dir / NAME).as_uri()
    with browser(tmp_path) as shown:
        for dark in (False, True):
            shown.open(address, width, dark=dark)
            assert shown.value(OVERFLOW) == 0
            assert shown.value(CLIPPED) == []
            assert shown.requests == [address]
            assert shown.complaints == []
            background = shown.value("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 200) == dark
        assert shown.value("document.querySelectorAll('section h2').length") >= 9


def test_paper_holds_every_column(demo: Demo, tmp_path: Path) -> None:
    """Nobody scrolls on paper: the last column of the ads was cut off on A4."""
    with browser(tmp_path) as shown:
        shown.open((demo.settings.published_dir / NAME).as_uri(), PAPER)
        shown.ask("Emulation.setEmulatedMedia", media="print")
        assert shown.value(OVERFLOW) == 0
