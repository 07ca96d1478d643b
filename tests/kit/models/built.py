"""The input of the model tests: a company, its expectations, and its warehouse."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tests.kit.models.company import Company
from tests.kit.models.reference import Expected


@dataclass(frozen=True)
class Built:
    """A company, the models' results for it, and the expected results."""

    company: Company
    expected: Expected
    con: duckdb.DuckDBPyConnection
    log: str
