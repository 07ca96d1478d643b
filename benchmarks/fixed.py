"""What a run costs whatever it holds: companies of 3 and of 8,000 leads, and the short commands.

``python -m benchmarks fixed`` runs each company for the first time, again, after its file was
written again, and with ``--force``, then asks a question of it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measure import machine, measure
from orchestration.configuration.settings import load_settings
from orchestration.publication.reader import query

CONFIG = """\
company: {name: Small AB, reporting_currency: EUR, reporting_timezone: Europe/Stockholm}
inbox:
  - {path: leads.csv, stream: leads}
  - {path: touchpoints.csv, stream: touchpoints}
  - {path: deals.csv, stream: opportunities}
"""
COMPANIES = {3: 5, 8_000: 20_000}
"""Leads to touches."""

_START = datetime(2025, 9, 1)  # noqa: DTZ001 (a time without a zone, as files hold it)
_TAGS = (
    "google,cpc",
    "newsletter,email",
    "linkedin,social",
    ",",
    "bing,cpc",
    "facebook,paid_social",
)
_SOURCES = ("organic_search", "paid_search", "event", "", "referral")


def main() -> None:
    """Measure and print a table."""
    print(f"\n{machine()}; each once\n")
    print("| what | wall s | CPU s | peak MiB |\n|---|---|---|---|")
    for leads, touches in COMPANIES.items():
        with tempfile.TemporaryDirectory(prefix="tributary-bench-") as name:
            _measure(Path(name), leads, touches)


def _measure(folder: Path, leads: int, touches: int) -> None:
    write_company(folder, leads, touches)
    env = {
        "TRIBUTARY_HOME": str(folder / "home"),
        "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
    }
    tributary = str(Path(sys.executable).parent / "tributary")

    def show(what: str, *arguments: str) -> None:
        taken = measure([tributary, *arguments], env)
        print(f"| {what} | {taken.wall:.1f} | {taken.cpu:.1f} | {taken.peak_mib:,.0f} |")

    show(f"{leads:,} leads, {touches:,} touches: first run", "run")
    found = query(load_settings(env), "select count(*) from core.fct_leads").rows
    if found != [(leads,)]:
        raise RuntimeError(f"leads published: {found}")
    show(f"{leads:,} leads: nothing changed", "run")
    (folder / "leads.csv").touch()
    show(f"{leads:,} leads: a file was written again, and is the same", "run")
    show(f"{leads:,} leads: nothing changed, `--force`", "run", "--force")
    show("`--help`", "--help")
    show("`sql`", "sql", "select count(*) from core.fct_leads")
    show("`explain` of a lead", "explain", "L1")


def write_company(folder: Path, leads: int, touches: int) -> None:
    """Write the configuration and three files; every third lead is a deal.

    Args:
        folder: An existing folder.
        leads: How many leads there are.
        touches: How many touches.
    """
    (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
    generator = random.Random(7)
    for name, lines in (
        ("leads", _leads(generator, leads)),
        ("touchpoints", _touches(generator, leads, touches)),
        ("deals", _deals(generator, leads)),
    ):
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def _leads(generator: random.Random, leads: int) -> Iterator[str]:
    yield "lead_id,created_at,email,lead_source"
    for number in range(leads):
        source = _SOURCES[number % len(_SOURCES)]
        yield f"L{number},{_moment(generator, 300)},person{number}@example.com,{source}"


def _touches(generator: random.Random, leads: int, touches: int) -> Iterator[str]:
    yield "touchpoint_id,occurred_at,email,landing_page,utm_campaign,utm_source,utm_medium"
    for number in range(touches):
        person, page = generator.randrange(leads), generator.randrange(50)
        yield (
            f"t{number},{_moment(generator, 330)},person{person}@example.com,"
            f"https://small.example/p{page},c{number % 30},{generator.choice(_TAGS)}"
        )


def _deals(generator: random.Random, leads: int) -> Iterator[str]:
    yield "opportunity_id,lead_id,created_at,stage,amount,currency,is_won,closed_at"
    for number in range(0, leads, 3):
        amount = generator.randrange(100, 90_000)
        yield f"O{number},L{number},{_moment(generator, 360)},won,{amount},EUR,true,2026-09-30"


def _moment(generator: random.Random, days: int) -> str:
    return (_START + timedelta(seconds=generator.randrange(days * 86_400))).isoformat()
