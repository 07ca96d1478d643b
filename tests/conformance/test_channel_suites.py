"""Whole suites of traffic classification, of other products and of our own, on one build.

They are facts beside the checkout, on some machines only; our own cases, which run everywhere, are
``tests/kit/models/classification_cases.py``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tests.kit.models.company import START, Company, write_company
from tests.kit.models.dbt import run_dbt
from tests.kit.places import REPOSITORY, SHARED
from tests.kit.shared import outside

FOLDER = SHARED / "cases"
SUITES = FOLDER / "channel_suites"
COMPANIES = tuple(
    FOLDER / "web_and_attribution" / name
    for name in (
        "campaign_tag_alone",
        "landing_page_parameters",
        "medium_with_referrer",
        "paid_medium_spellings",
        "referrer_hosts",
        "source_referral_rows",
        "unknown_touch_types",
    )
)
SHARED_DOMAINS = ("acme.example", "acme.co.uk")


@dataclass(frozen=True)
class SharedCase:
    """One touch of a suite.

    Attributes:
        name: The touchpoint's id in the warehouse.
        sources: Lead sources that are right.
        is_contested: Whether the suite follows a rule of its own.
    """

    name: str
    sources: tuple[str, ...]
    is_contested: bool


def shared_cases() -> Iterator[SharedCase]:
    """What each touch must be called."""
    with (SUITES / "channels_results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"suite:{row['suite']}:{row['id']}"
            contested = row["verdict"] == "contested"
            yield SharedCase(name, tuple(row["our_words"].split("|")), contested)
    for folder in COMPANIES:
        text = (folder / "expected.md").read_text(encoding="utf-8")
        for touch, right in re.findall(
            r"^\| touch (\w+): .* \| ([a-z_ ]+) \|$", text, re.MULTILINE
        ):
            yield SharedCase(f"suite:web:{touch}", tuple(right.split(" or ")), False)


def shared_touches() -> list[dict[str, Any]]:
    """The suites as touches of people who are nobody else."""
    files = [(SUITES / "channels_touches.csv", "suite:")]
    files += [(folder / "touches.csv", "suite:web:") for folder in COMPANIES]
    touches = []
    for path, prefix in files:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = prefix + row["touchpoint_id"]
                stated = {key: value for key, value in row.items() if value}
                touches.append(
                    {**stated, "touchpoint_id": name, "occurred_at": START, "visitor_id": name}
                )
    return touches


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The lead source of every touch."""
    outside("cases", "channel_suites")
    warehouse = tmp_path_factory.mktemp("suites") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        write_company(con, Company(touchpoints=shared_touches()))
        con.executemany(
            "insert into ops.company_domains values (?)", [[domain] for domain in SHARED_DOMAINS]
        )
    selected = ("+fct_touchpoints", "+dim_lead_sources")
    excluded = ("test_type:data", "test_type:unit")
    outcome = run_dbt(warehouse, "build", "--select", *selected, "--exclude", *excluded)
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return dict(
            con.execute(
                "select touchpoint_id, lead_source from core.fct_touchpoints "
                "inner join core.dim_lead_sources using (lead_source_key)"
            ).fetchall()
        )


def test_whole_suites_are_right_but_for_contested_cases(sources: dict[str, str]) -> None:
    """What the suites hold and common sense needs."""
    cases = list(shared_cases())
    assert len(cases) > 600
    assert [
        (case.name, case.sources, sources[case.name])
        for case in cases
        if sources[case.name] not in case.sources and not case.is_contested
    ] == []


def test_every_contested_case_is_decided_in_writing(sources: dict[str, str]) -> None:
    """One that we call otherwise is a row of the table in docs/classification.md."""
    document = (REPOSITORY / "docs" / "classification.md").read_text(encoding="utf-8")
    decided = {
        f"suite:{suite}:{name}": ours
        for suite, name, ours in re.findall(
            r"^\| (\w+) (\w+) \| [\w ]+ \| (\w+) \|", document, re.MULTILINE
        )
    }
    assert decided == {
        case.name: sources[case.name]
        for case in shared_cases()
        if case.is_contested and sources[case.name] not in case.sources
    }
