"""Every query that docs/marts.md prints is answered by the demo company's file."""

from __future__ import annotations

import re

import pytest

from tests.kit.demo import Demo
from tests.kit.printed_queries import QUERIES, WITHOUT_DEMO, table

DIFFERENCES = "meta.reconciliation"
"""Empty where all is well."""


@pytest.mark.parametrize(
    "sql", [each for each in QUERIES if table(each) not in WITHOUT_DEMO], ids=table
)
def test_a_printed_query_is_answered(demo: Demo, sql: str) -> None:
    """Readers copy it, and take no answer for none."""
    ((has_rows,),) = demo.rows(f"select count(*) > 0 from {table(sql)}")
    assert bool(demo.rows(sql)) == has_rows or table(sql) == DIFFERENCES


@pytest.mark.parametrize("sql", QUERIES, ids=table)
def test_no_printed_query_shows_missing_cost_as_free(sql: str) -> None:
    """One printed 0.00 for 17 of 30 sources: what divides spend takes 0 for nothing first."""
    assert not re.search(r"(?<!nullif\()sum\(spend\)\s*/", sql)
