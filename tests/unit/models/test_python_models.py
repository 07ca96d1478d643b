"""Python models have the columns that their properties declare, because lineage goes by these."""

from __future__ import annotations

from typing import Any

import duckdb


def test_a_python_model_has_the_columns_that_it_declares(
    evidence: duckdb.DuckDBPyConnection, manifest: dict[str, Any]
) -> None:
    """Without them 18 models, all of attribution and of events, derived from nothing."""
    declared = {
        node["name"]: list(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["language"] == "python"
    }
    assert len(declared) == 2
    built = {
        name: [
            column
            for (column,) in evidence.execute(
                "select column_name from duckdb_columns() where table_name = $1 "
                "order by column_index",
                [name],
            ).fetchall()
        ]
        for name in declared
    }
    assert built == declared
