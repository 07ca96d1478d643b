"""The day after: a company's first run, a second one after its files grew by 1 %, and a rebuild.

``python -m benchmarks daily`` writes the files of ``company``, runs, appends 10,000 touches and
1,000 leads, runs again and compares what is published with a rebuild, row hash by row hash. The
goals: the second run takes a quarter of the first's CPU time, and landing and ``raw`` grow by the
change.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.company import LEADS, write_company
from benchmarks.loading import NOW, ROWS
from benchmarks.measure import machine, measure
from orchestration.configuration.settings import load_settings
from orchestration.publication.reader import query
from orchestration.warehouse.connection import connect

SHARE = 100
"""The files grow by one part in so many."""

_START = datetime(2026, 3, 1)  # noqa: DTZ001 (a time without a zone, as files hold it)


def main() -> None:
    """Run three times and print a table.

    Raises:
        RuntimeError: A run failed, or the second one published something else than the rebuild.
    """
    with tempfile.TemporaryDirectory(prefix="tributary-bench-") as name:
        folder = Path(name)
        write_company(folder)
        env = {
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
            "TRIBUTARY_NOW": NOW.isoformat(),
        }
        print(f"\n{machine()}; {ROWS:,} touches and {LEADS:,} leads by CSV, then 1 % more\n")
        print("| run | wall s | CPU s | peak MiB | landing MiB | touches in raw |")
        print("|---|---|---|---|---|---|", flush=True)
        _run("first", folder, env)
        grow(folder)
        _run("1 % more", folder, env)
        refreshed = published(env)
        _run("rebuild", folder, env, "--rebuild")
        differing = sorted(
            table for table, found in published(env).items() if found != refreshed.get(table)
        )
    if differing:
        raise RuntimeError(f"a rebuild publishes other rows: {', '.join(differing)}")


def grow(folder: Path) -> None:
    """Append touches of known people and new leads to the files."""
    with (folder / "touchpoints.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for i in range(ROWS // SHARE):
            moment = (_START + timedelta(seconds=137 * i)).isoformat()
            person = f"person{i * 7 % LEADS}@example.com"
            page = f"https://example.com/pages/{i % 40}"
            tags = ("google", "cpc", f"Campaign {i % 50}")
            writer.writerow((f"n{i}", moment, person, "", "visit", *tags, "", page, "", ""))
    with (folder / "leads.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for i in range(LEADS // SHARE):
            moment = (_START + timedelta(seconds=1371 * i)).isoformat()
            writer.writerow((f"N{i}", moment, f"new{i}@example.com", "", "no", "", "", ""))


def published(env: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Rows and their hash of every published table of facts."""
    settings = load_settings(env)
    tables = query(
        settings,
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_schema in ('core', 'marts') order by all",
    ).rows
    return {
        table: query(settings, f"select count(*), bit_xor(hash(t)) from {table} as t").rows[0]
        for (table,) in tables
    }


def _run(what: str, folder: Path, env: Mapping[str, str], *options: str) -> None:
    tributary = str(Path(sys.executable).parent / "tributary")
    taken = measure([tributary, "run", *options], env)
    landing = sum(path.stat().st_size for path in (folder / "home" / "landing").rglob("*.zst"))
    settings = load_settings(env)
    with connect(settings.warehouse_path, read_only=True, settings=settings) as con:
        ((touches,),) = con.execute("select count(*) from raw.inbox__touchpoints").fetchall()
    print(
        f"| {what} | {taken.wall:.0f} | {taken.cpu:.0f} | {taken.peak_mib:,.0f} "
        f"| {landing / 2**20:.1f} | {touches:,} |",
        flush=True,
    )
