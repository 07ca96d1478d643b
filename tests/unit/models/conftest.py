"""One warehouse for all model tests: a random company, built by the real dbt project."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from .classification_cases import (
    BRAND_TERMS,
    COMPANY_RULES,
    OWN_DOMAINS,
    UNWANTED_REFERRERS,
    case_touches,
)
from .company import START, Company, random_company, write_company
from .reference import Expected, Reference

REPOSITORY = Path(__file__).parents[3]
CASES = (
    REPOSITORY.parent / "shared" / "fixtures" / "channel_cases" / "ga4_default_channel_group.csv"
)


@dataclass(frozen=True)
class Built:
    """A company, what the models made of it, and what they should have."""

    company: Company
    expected: Expected
    con: duckdb.DuckDBPyConnection
    log: str


_PARSED: list[bytes] = []
"""The project as dbt parsed it in this process; dbt itself sees what no longer holds of it."""


def run_dbt(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's dbt on that warehouse, with everything it writes beside the warehouse.

    A parsed project holds for the very values of the environment, so the warehouse is told by its
    name alone: one in another folder need not parse all again, which takes twice as long as dbt's
    start itself.
    """
    project = str(REPOSITORY / "dbt_project")
    parsed = warehouse.parent / "target" / "partial_parse.msgpack"
    if _PARSED and not parsed.exists():
        parsed.parent.mkdir(exist_ok=True)
        parsed.write_bytes(_PARSED[0])
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "dbt"), *arguments,
            "--project-dir", project, "--profiles-dir", project,
            "--target-path", str(warehouse.parent / "target"),
            "--log-path", str(warehouse.parent / "logs"),
        ],
        cwd=warehouse.parent,
        env=os.environ | {"TRIBUTARY_WAREHOUSE": warehouse.name, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )  # fmt: skip
    if not _PARSED and parsed.exists():
        _PARSED.append(parsed.read_bytes())
    return done


def channel_case_touches() -> list[dict[str, object]]:
    """GA4's cases as tagged visits of people who are nobody else; none where they are missing."""
    if not CASES.is_file():
        return []
    with CASES.open(encoding="utf-8") as file:
        return [
            {
                "touchpoint_id": f"ga4:{row['case_id']}",
                "occurred_at": START - timedelta(days=365),
                "touch_type": "visit",
                "visitor_id": f"ga4:{row['case_id']}",
                "utm_source": row["source"] or None,
                "utm_medium": row["medium"] or None,
                "utm_campaign": row["campaign"] or None,
            }
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One ``dbt build`` of core, of identity's numbers and of the tags' audit, with all tests."""
    warehouse = tmp_path_factory.mktemp("models") / "warehouse.duckdb"
    company = random_company(seed=20260701)
    expected = Reference(company).work_out()
    company.touchpoints.extend(channel_case_touches())
    company.touchpoints.extend(case_touches(START - timedelta(days=365)))
    with duckdb.connect(str(warehouse)) as con:
        write_company(con, company)
        con.executemany(
            "insert into ops.company_domains values (?)",
            [[domain] for domain in OWN_DOMAINS],
        )
        con.executemany(
            "insert into ops.unwanted_referrers values (?)",
            [[domain] for domain in UNWANTED_REFERRERS],
        )
        con.executemany("insert into ops.brand_terms values (?)", [[term] for term in BRAND_TERMS])
        for number, rule in enumerate(COMPANY_RULES, start=1):
            names = ", ".join(rule)
            marks = ", ".join("?" * len(rule))
            con.execute(
                f"insert into ops.classification_rules (priority, {names}) values ({number}, {marks})",
                list(rule.values()),
            )
    selected = ("+path:models/core", "+path:models/attribution", "path:models/meta/identity*", "+utm_audit")
    outcome = run_dbt(warehouse, "build", "--select", *selected)
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    con = duckdb.connect(str(warehouse), read_only=True)
    yield Built(company, expected, con, outcome.stdout)
    con.close()
