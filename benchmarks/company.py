"""A full run for a company of CSV files: 100,000 leads and 1,000,000 touches.

``python -m benchmarks company`` writes the files, runs ``tributary run`` in a separate home,
compares what it published with the files, and prints time and memory. The goal: the run's processes
together stay within 4 GiB.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.loading import NOW, ROWS, write_touches
from benchmarks.measure import machine, measure
from orchestration.configuration.settings import load_settings
from orchestration.publication.reader import query

LEADS = 100_000
HOSTILE = 1_000
LIMIT_MIB = 4096

CONFIG = """\
company: {name: Million AB, reporting_currency: EUR, reporting_timezone: Europe/Stockholm}
inbox:
  - {path: leads.csv, stream: leads}
  - {path: touchpoints.csv, stream: touchpoints}
  - {path: spend.csv, stream: ad_spend}
"""

_START = datetime(2025, 1, 1)  # noqa: DTZ001 (a time without a zone, as files hold it)
_SECONDS = 45_000_000
_SOURCES = ("organic_search", "paid_search", "event", "Olark Chat", "", "Select", "referral")


def main() -> None:
    """Run once and print a row of the table.

    Raises:
        RuntimeError: The run failed, published other counts than the files hold, or took more
            memory than the goal allows.
    """
    with tempfile.TemporaryDirectory(prefix="tributary-bench-") as name:
        folder = Path(name)
        write_company(folder)
        env = {
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
            "TRIBUTARY_NOW": NOW.isoformat(),
        }
        tributary = str(Path(sys.executable).parent / "tributary")
        taken = measure([tributary, "run"], env)
        found = query(load_settings(env), _COUNTS).rows[0]
    print(f"\n{machine()}; {ROWS:,} touches and {LEADS:,} leads by CSV, published\n")
    print("| what | wall s | CPU s | peak MiB |\n|---|---|---|---|")
    print(f"| tributary run | {taken.wall:.0f} | {taken.cpu:.0f} | {taken.peak_mib:,.0f} |")
    if found != (LEADS, ROWS, 2 * HOSTILE):
        raise RuntimeError(f"leads, touches and quarantined rows published: {found}")
    if taken.peak_mib > LIMIT_MIB:
        raise RuntimeError(f"{taken.peak_mib:,.0f} MiB exceed the limit of {LIMIT_MIB:,}")


_COUNTS = """
    select
        (select count(*) from core.fct_leads),
        (
            select count(*) from core.fct_touchpoints
            where touch_type <> 'crm_record' and touchpoint_key <> 'unattributed'
        ),
        (select cast(sum(rows) as bigint) from meta.quarantine_summary)
"""


def write_company(folder: Path) -> None:
    """Write the configuration and the files, each of the large ones with hostile rows at its end.

    Args:
        folder: An existing folder.
    """
    (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
    write_touches(folder / "touchpoints.csv")
    with (folder / "touchpoints.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"h{i},2025-02-30T00:00:00,,v{i},visit,,,,,,,\r\n" for i in range(HOSTILE))
    _write_leads(folder / "leads.csv")
    _write_spend(folder / "spend.csv")


def _write_leads(path: Path) -> None:
    """Person ``i`` of the touches; one of eight is a customer 30 days later."""
    generator = random.Random(11)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            (
                "lead_id",
                "created_at",
                "email",
                "lead_source",
                "is_customer",
                "customer_at",
                "value",
                "currency",
            )
        )
        for i in range(LEADS):
            created = _START + timedelta(seconds=generator.randrange(_SECONDS - 30 * 86_400))
            won = i % 8 == 0
            writer.writerow(
                (
                    f"L{i}",
                    created.isoformat(),
                    f"person{i}@example.com",
                    _SOURCES[i % len(_SOURCES)],
                    "yes" if won else "no",
                    (created + timedelta(days=30)).isoformat() if won else "",
                    f"{generator.randrange(100, 90_000)}.50" if won else "",
                    "EUR" if won else "",
                )
            )
        for _ in range(HOSTILE):
            writer.writerow(("", "2025-02-01", "nobody@example.com", "", "", "", "", ""))


def _write_spend(path: Path) -> None:
    """One row a day for each campaign that the touches name."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date_day", "platform", "campaign_id", "campaign_name", "spend"))
        for day in range(520):
            for campaign in range(50):
                date_day = (_START + timedelta(days=day)).date().isoformat()
                name = f"Campaign {campaign}"
                writer.writerow((date_day, "google_ads", campaign, name, f"{day % 90}.25"))
