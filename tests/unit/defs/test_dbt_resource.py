"""How Dagster calls dbt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster_dbt import DbtCliInvocation, DbtCliResource

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.transform import assets
from orchestration.defs.transform.translator import Translator
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform.dbt import dbt_executable, dbt_variables


def test_dagsters_process_makes_no_adapter_of_dbt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dagster-dbt makes one before each run, from all macros of the project: one CPU second."""

    def started(**given: object) -> object:
        return given["adapter"]

    assert hasattr(DbtCliResource, "_initialize_dbt_core_adapter")
    monkeypatch.setattr(DbtCliInvocation, "run", started)
    resource = assets._DbtWithoutAdapter(
        project_dir=str(DBT_PROJECT), dbt_executable=str(dbt_executable())
    )
    with dbt_variables(Settings(home=tmp_path, config_path=None, config=Config())):
        assert resource.cli(["parse"], target_path=tmp_path) is None


def node(name: str, schema: str, *reads: str) -> dict[str, Any]:
    """A model as dbt's manifest has it."""
    return {
        "resource_type": "model",
        "language": "sql",
        "name": name,
        "alias": name,
        "schema": schema,
        "config": {},
        "package_name": "shop",
        "original_file_path": f"{name}.sql",
        "depends_on": {"nodes": [f"model.{each}" for each in reads]},
    }


def test_models_carry_their_lineage_whether_it_was_kept_or_not(tmp_path: Path) -> None:
    """What a run read from the SQL is what the next one shows."""
    compiled = tmp_path / "compiled" / "shop"
    compiled.mkdir(parents=True)
    (compiled / "orders.sql").write_text("select 1 as id, 2 as cents")
    (compiled / "sales.sql").write_text("select cents / 100 as euros from core.orders")
    nodes = {
        "model.orders": node("orders", "core"),
        "model.sales": node("sales", "marts", "orders"),
    }

    def stream() -> Iterator[dg.Output[None]]:
        for name in nodes:
            yield dg.Output(None, metadata={"unique_id": dg.TextMetadataValue(name)})

    build: Any = SimpleNamespace(
        manifest={"nodes": nodes, "sources": {}}, target_path=tmp_path, stream=stream
    )

    def lineage() -> list[object]:
        outputs = assets._with_lineage(build, Translator(frozenset()))
        return [output.metadata["dagster/column_lineage"].value for output in outputs]

    first = lineage()
    assert (tmp_path / "lineage.json").exists()
    assert lineage() == first
    orders = dg.TableColumnDep(dg.AssetKey(["core", "orders"]), "cents")
    (_, sales) = first
    assert sales == dg.TableColumnLineage({"euros": [orders]})
