"""What the tests of models read: a company, its expectations, and its warehouse."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tests.kit.models.company import Company
from tests.kit.models.reference import Expected


@dataclass(frozen=True)
class Built:
    """A company, what the models made of it, and what they should have."""

    company: Company
    expected: Expected
    con: duckdb.DuckDBPyConnection
    log: str
