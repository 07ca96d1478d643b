"""Every query that docs/marts.md prints is answered by the demo company's file."""

from __future__ import annotations

import re

import pytest

from tests.kit.demo import Demo
from tests.kit.places import REPOSITORY

PAGE = (REPOSITORY / "docs" / "marts.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?);\n```", PAGE, re.DOTALL)
DIFFERENCES = "meta.reconciliation"
"""Empty where all is well."""


@pytest.mark.parametrize("sql", QUERIES, ids=lambda sql: re.search(r"from (\S+)", sql)[1])
def test_a_printed_query_is_answered(demo: Demo, sql: str) -> None:
    """Readers copy it; one printed 0.00 for sources without recorded cost, as if they were free."""
    table = re.search(r"from (\S+)", sql)[1]
    ((has_rows,),) = demo.rows(f"select count(*) > 0 from {table}")
    assert bool(demo.rows(sql)) == has_rows or table == DIFFERENCES


@pytest.mark.parametrize("sql", QUERIES, ids=lambda sql: re.search(r"from (\S+)", sql)[1])
def test_no_printed_query_divides_spend_that_may_be_missing(sql: str) -> None:
    """Undefined cost is null: what divides spend takes 0 for nothing first."""
    assert not re.search(r"(?<!nullif\()sum\(spend\)\s*/", sql)
