"""Column lineage of dbt's models as Dagster metadata, added as dbt builds each model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.connectors.registry import find_stream
from orchestration.defs.transform.translator import Translator
from orchestration.foundation.repository import seed_columns
from orchestration.transform.lineage import KeptOrigins
from orchestration.warehouse.schema import ops_tables, raw_columns


class ColumnLineage:
    """The lineage of the models of one manifest.

    Args:
        manifest: dbt's manifest.
        compiled: The folder of the compiled project; it holds a model's SQL once the model is
            built.
        translator: Provides the asset keys.
        origins: What was read before.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        compiled: Path,
        translator: Translator,
        origins: KeptOrigins,
    ) -> None:
        self._origins = origins
        self._manifest = manifest
        self._compiled = compiled
        self._translator = translator
        self._columns: dict[str, tuple[str, ...]] = {}

    def metadata(self, unique_id: str) -> dict[str, Any]:
        """The metadata entry of a built model; none for a seed."""
        node = self._node(unique_id)
        if node["resource_type"] != "model":
            return {}
        parents = self._parents(node)
        relations = {_relation(parent): self._columns_of(name) for name, parent in parents.items()}
        keys = {
            _relation(parent): self._translator.get_asset_key(parent) for parent in parents.values()
        }
        origins = self._origins.of(self._sql(node), relations)
        self._columns[unique_id] = tuple(origins)
        deps = {
            column: [
                dg.TableColumnDep(keys[relation], name)
                for relation, name in sorted(sources)
                if relation in keys
            ]
            for column, sources in origins.items()
        }
        return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}

    def _node(self, unique_id: str) -> Mapping[str, Any]:
        node: Mapping[str, Any] = self._manifest[
            "sources" if unique_id.startswith("source.") else "nodes"
        ][unique_id]
        return node

    def _sql(self, node: Mapping[str, Any]) -> str:
        path = self._compiled / str(node["package_name"]) / str(node["original_file_path"])
        return path.read_text(encoding="utf-8")

    def _parents(self, node: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """What a model reads; an ephemeral model is replaced by its own parents."""
        found: dict[str, Mapping[str, Any]] = {}
        for unique_id in node["depends_on"]["nodes"]:
            parent = self._node(unique_id)
            if parent["config"].get("materialized") == "ephemeral":
                found |= self._parents(parent)
            else:
                found[unique_id] = parent
        return found

    def _columns_of(self, unique_id: str) -> tuple[str, ...]:
        if unique_id not in self._columns:
            self._columns[unique_id] = self._read_columns(unique_id)
        return self._columns[unique_id]

    def _read_columns(self, unique_id: str) -> tuple[str, ...]:
        node = self._node(unique_id)
        if node["resource_type"] == "seed":
            return seed_columns(str(node["name"]))
        if node["resource_type"] == "source":
            if node["source_name"] == "ops":
                return tuple(name for name, _ in ops_tables()[node["name"]])
            stream = find_stream(node["source_name"], node["name"])
            return tuple(name for name, _ in raw_columns(stream))
        relations = {
            _relation(parent): self._columns_of(name)
            for name, parent in self._parents(node).items()
        }
        return tuple(self._origins.of(self._sql(node), relations))


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['identifier']}"
