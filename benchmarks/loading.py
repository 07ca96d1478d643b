"""Loading: API records and CSV rows, from landing or the file into ``raw``.

``python -m benchmarks loading`` prints wall and CPU seconds, rows a CPU second and peak memory.
The target is 500,000 API records of 10 fields a CPU second, and 1,000,000 touches by CSV
within 4 GiB.
"""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company, Config
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX, TOUCHPOINTS
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_slice
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema, raw_columns, table_name

ROUNDS = 5
ROWS = 1_000_000
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
KEY = b"benchmark" * 4

REPORT = Stream(
    name="ad_daily",
    description="A day of an ad. One row per day and ad.",
    kind=Kind.REPORT,
    request=Request(path=""),
    day_field="date_day",
    natural_key=("date_day", "ad_id"),
    fields=(
        Field("date_day", "segments.date", Type.DATE, required=True),
        Field("campaign_id", "campaign.id", required=True),
        Field("campaign_name", "campaign.name"),
        Field("ad_group_id", "adGroup.id", required=True),
        Field("ad_id", "ad.id", required=True),
        Field("cost_micros", "metrics.costMicros", Type.INTEGER),
        Field("impressions", "metrics.impressions", Type.INTEGER, non_negative=True),
        Field("clicks", "metrics.clicks", Type.INTEGER, non_negative=True),
        Field("conversions", "metrics.conversions", Type.DECIMAL, non_negative=True),
        Field("updated_at", "updatedAt", Type.TIMESTAMP),
    ),
)


def main() -> None:
    """Measure each kind of source in its own process, and print a table."""
    print(f"\n{machine()}; {ROWS:,} rows; best of {ROUNDS} where a step can be repeated\n")
    print("| step | wall s | CPU s | rows a CPU second | peak MiB of the process |")
    print("|---|---|---|---|---|", flush=True)
    for name in SOURCES:
        subprocess.run([sys.executable, "-m", "benchmarks.loading", name], check=True)


def _api(home: Path) -> None:
    landing = Landing(home / "landing")
    with landing.begin("bench", REPORT, "a", extracted_at=NOW) as writer:
        for record in _records():
            writer.append(record)
        item = writer.commit()
    _load(home, "API records of 10 fields, landing to raw", landing, item, REPORT)


def _csv(home: Path) -> None:
    path = home / "touchpoints.csv"
    write_touches(path)
    entry = InboxEntry(path=path, written_path="touchpoints.csv", stream="touchpoints")
    company = Company(reporting_timezone="Europe/Stockholm")
    landing = Landing(home / "landing")
    taken = _Taken()
    item = land_entry(entry, landing, company, NOW)
    taken.show("CSV touches of 12 columns, file to landing")
    _load(home, "CSV touches of 12 columns, landing to raw", landing, item, TOUCHPOINTS)


def _load(home: Path, what: str, landing: Landing, item: Slice, stream: Stream) -> None:
    """Load a slice into a new file in each round: verify, insert, commit and checkpoint."""
    rounds = []
    for number in range(ROUNDS):
        settings = Settings(home=home / str(number), config_path=None, config=Config())
        with connect(settings.warehouse_path, settings=settings) as con:
            ensure_schema(con)
            if item.connector != INBOX.name:
                body = ", ".join(f"{quoted(name)} {kind}" for name, kind in raw_columns(stream))
                con.execute(f"create table raw.{table_name(item.connector, stream)} ({body})")
            con.execute("checkpoint")
            taken = _Taken()
            loaded = load_slice(con, landing, item, stream, identity_key=KEY)
            con.execute("checkpoint")
            rounds.append(taken.stopped())
        if loaded.rows_loaded != ROWS:
            raise RuntimeError(f"{loaded.rows_loaded:,} of {ROWS:,} rows were loaded")
    min(rounds, key=lambda each: each.cpu).show(what)


class _Taken:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()
        self.wall = self.cpu = 0.0

    def stopped(self) -> _Taken:
        """Stop counting."""
        self.wall = time.perf_counter() - self._begun[0]
        self.cpu = time.process_time() - self._begun[1]
        return self

    def show(self, what: str) -> None:
        """Print a row of the table."""
        if not self.cpu:
            self.stopped()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        mib = peak / 1024 if sys.platform != "darwin" else peak / 1024**2
        rate = ROWS / self.cpu
        print(
            f"| {what} | {self.wall:.2f} | {self.cpu:.2f} | {rate:,.0f} | {mib:,.0f} |", flush=True
        )


def _records() -> Iterator[dict[str, Any]]:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for i in range(ROWS):
        yield {
            "segments": {"date": (start + timedelta(days=i % 540)).strftime("%Y-%m-%d")},
            "campaign": {"id": str(10_000_000_000 + i % 97), "name": f"Search | Campaign {i % 97}"},
            "adGroup": {"id": str(150_000_000_000 + i % 997)},
            "ad": {"id": str(650_000_000_000 + i % 4999)},
            "metrics": {
                "costMicros": str(i % 100_000 * 10_000),
                "impressions": str(i % 9973),
                "clicks": str(i % 499),
                "conversions": i % 7 / 4,
            },
            "updatedAt": f"2026-06-{i % 30 + 1:02}T{i % 24:02}:{i % 60:02}:00Z",
        }


def write_touches(path: Path) -> None:
    """Write a file of touches: 100,000 people with an address, 300,000 visitors."""
    generator = random.Random(7)
    start = datetime(2025, 1, 1)  # noqa: DTZ001 (a time without a zone, as files hold it)
    columns = [
        "touchpoint_id",
        "occurred_at",
        "email",
        "visitor_id",
        "touch_type",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "referrer",
        "landing_page",
        "cost",
        "currency",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for i in range(ROWS):
            moment = start + timedelta(seconds=generator.randrange(47_000_000))
            writer.writerow(
                (
                    f"t{i}",
                    moment.isoformat(),
                    f"person{i % 100_000}@example.com" if i % 3 == 0 else "",
                    f"{i % 300_000:016x}",
                    "visit",
                    "google" if i % 2 else "newsletter",
                    "cpc" if i % 2 else "email",
                    f"Campaign {i % 50}",
                    "https://www.google.com/" if i % 2 else "",
                    f"https://example.com/pages/{i % 40}?x={i % 9}",
                    "12.50" if i % 10 == 0 else "",
                    "EUR" if i % 10 == 0 else "",
                )
            )


SOURCES = {"api": _api, "csv": _csv}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tributary-bench-") as folder:
        SOURCES[sys.argv[1]](Path(folder))
