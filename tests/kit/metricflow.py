"""MetricFlow itself, on the project's metrics: what our answers are compared with.

Belongs here: reading the project as MetricFlow does, and its query of a question. Does not belong
here: what the answers must be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration.metrics.definitions import FILE, GRAINS, Table, catalogue
from tests.kit.models.dbt import run_dbt


@dataclass(frozen=True)
class _DuckDB:
    """As much of a client as MetricFlow needs to write SQL."""

    sql_engine_type: SqlEngine = SqlEngine.DUCKDB
    sql_plan_renderer: SqlPlanRenderer = field(default_factory=DuckDbSqlPlanRenderer)


@dataclass(frozen=True)
class MetricFlow:
    """MetricFlow with the project's definitions.

    Attributes:
        engine: Its engine.
        issues: What it finds wrong in them, warnings included.
    """

    engine: MetricFlowEngine
    issues: Sequence[str]

    def query(self, metrics: Sequence[str], by: Sequence[str], where: str | None = None) -> str:
        """Its SQL of a question, over a file that is called ``tributary``.

        Args:
            metrics: Their names.
            by: MetricFlow's names of columns (``names_of``).
            where: A condition in MetricFlow's syntax.
        """
        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=by,
            where_constraints=[where] if where else None,
        )
        sql = self.engine.explain(request).sql_statement.sql
        # MetricFlow has its own order of columns.
        return f"select {', '.join([*by, *metrics])} from ({sql}\n)"


def metricflow(folder: Path) -> MetricFlow:
    """The project's definitions as dbt hands them to MetricFlow.

    Args:
        folder: Where dbt writes.
    """
    # MetricFlow names the file in every table's name.
    done = run_dbt(folder / "tributary.duckdb", "parse", "--vars", "{with_metrics: true}")
    assert done.returncode == 0, done.stdout[-4000:]
    text = (folder / "target" / "semantic_manifest.json").read_text("utf-8")
    manifest = parse_manifest_from_dbt_generated_manifest(text)
    found = SemanticManifestValidator[Any]().validate_semantic_manifest(manifest)
    client: Any = _DuckDB()
    return MetricFlow(
        MetricFlowEngine(SemanticManifestLookup(manifest), client),
        [issue.message for issue in found.all_issues],
    )


def names_of(table: Table) -> Iterator[tuple[str, str]]:
    """By what a table can be grouped: our name, and MetricFlow's."""
    document = yaml.safe_load(FILE.read_text("utf-8"))
    (found,) = [each for each in document["semantic_models"] if each["name"] == table.name]
    entities: Mapping[str, str] = {each["name"]: each["type"] for each in found["entities"]}
    own = found.get("primary_entity") or table.key
    for name in catalogue().groups_of(table):
        joined = catalogue().joined(table, name)
        if name in GRAINS:
            yield name, f"metric_time__{name}"
        elif name in entities:
            yield name, name
        elif name in table.columns:
            yield name, f"{own}__{name}"
        elif joined is not None:
            yield name, f"{joined.key}__{name}"
