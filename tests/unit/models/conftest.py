"""Companies that several files of model tests read, built once by the real dbt project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from tests.kit.models.built import Built
from tests.kit.models.channel_cases import channel_cases
from tests.kit.models.classification_cases import (
    BRAND_TERMS,
    COMPANY_RULES,
    OWN_DOMAINS,
    UNWANTED_REFERRERS,
    case_touches,
)
from tests.kit.models.company import START, random_company, write_company
from tests.kit.models.dbt import parsed_project, run_dbt
from tests.kit.models.evidence_company import write_evidence_company
from tests.kit.models.reference import Reference
from tests.kit.models.visit_cases import visit_touches


def channel_case_touches() -> list[dict[str, object]]:
    """GA4's cases as tagged visits of people who do nothing else."""
    return [
        {
            "touchpoint_id": f"ga4:{case.name}",
            "occurred_at": START - timedelta(days=365),
            "touch_type": "visit",
            "visitor_id": f"ga4:{case.name}",
            "utm_source": case.source or None,
            "utm_medium": case.medium or None,
            "utm_campaign": case.campaign or None,
        }
        for case in channel_cases()
    ]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One ``dbt build`` of core, of identity's numbers and of the tags' audit, with all tests."""
    warehouse = tmp_path_factory.mktemp("models") / "warehouse.duckdb"
    company = random_company(seed=20260701)
    expected = Reference(company).work_out()
    company.touchpoints.extend(channel_case_touches())
    company.touchpoints.extend(case_touches(START - timedelta(days=365)))
    company.touchpoints.extend(visit_touches(START - timedelta(days=365)))
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
                f"insert into ops.classification_rules (priority, {names})"
                f" values ({number}, {marks})",
                list(rule.values()),
            )
    selected = (
        "+path:models/core",
        "+path:models/attribution",
        "+path:models/meta/identity*",
        "day_precision",
        "+utm_audit",
        # What these marts work out by hand needs their inputs alone.
        "nurture_performance,test_type:unit",
        "keyword_performance,test_type:unit",
        "cohort_maturity,test_type:unit",
    )
    # Not the tests that also read marts, which are not built here.
    only = ("--indirect-selection", "buildable")
    outcome = run_dbt(warehouse, "build", *only, "--select", *selected)
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    con = duckdb.connect(str(warehouse), read_only=True)
    yield Built(company, expected, con, outcome.stdout)
    con.close()


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The company with events, outreach, referrals, pages and stages: all models and data tests."""
    warehouse = tmp_path_factory.mktemp("evidence") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        write_evidence_company(con)
    outcome = run_dbt(warehouse, "build", "--exclude-resource-type", "unit_test")
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The dbt project as dbt parses it."""
    return parsed_project(tmp_path_factory.mktemp("parsed"))
