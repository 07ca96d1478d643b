"""Which columns the columns of dbt's models derive from, over a whole manifest.

Belongs here: the columns that each relation has. Does not belong here: reading one query
(``transform/lineage.py``), or telling Dagster (``columns.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.connectors.registry import find_stream
from orchestration.foundation.repository import seed_columns
from orchestration.transform.lineage import KeptOrigins, Origins
from orchestration.warehouse.schema import ops_tables, raw_columns


class ModelOrigins:
    """The origins of the models of one manifest.

    Args:
        manifest: dbt's manifest.
        compiled: The folder of the compiled project; it holds a model's SQL once the model is
            built or compiled.
        origins: What was read before.
    """

    def __init__(self, manifest: Mapping[str, Any], compiled: Path, origins: KeptOrigins) -> None:
        self._origins = origins
        self._manifest = manifest
        self._compiled = compiled
        self._columns: dict[str, tuple[str, ...]] = {}

    def of(self, unique_id: str) -> Origins:
        """The origins of a model's columns, by column, in order; empty where they are not known.

        Of a Python model only the columns are, as its properties declare them.
        """
        node = self.node(unique_id)
        if node["language"] == "python":
            return {name: frozenset() for name in node["columns"]}
        relations = {
            relation_of(parent): self._columns_of(name)
            for name, parent in self.parents(node).items()
        }
        path = self._compiled / str(node["package_name"]) / str(node["original_file_path"])
        found = self._origins.of(path.read_text(encoding="utf-8"), relations)
        self._columns[unique_id] = tuple(found)
        return found

    def node(self, unique_id: str) -> Mapping[str, Any]:
        """A node of the manifest, or a source."""
        node: Mapping[str, Any] = self._manifest[
            "sources" if unique_id.startswith("source.") else "nodes"
        ][unique_id]
        return node

    def parents(self, node: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """What a model reads; an ephemeral model is replaced by its own parents."""
        found: dict[str, Mapping[str, Any]] = {}
        for unique_id in node["depends_on"]["nodes"]:
            parent = self.node(unique_id)
            if parent["config"].get("materialized") == "ephemeral":
                found |= self.parents(parent)
            else:
                found[unique_id] = parent
        return found

    def _columns_of(self, unique_id: str) -> tuple[str, ...]:
        if unique_id not in self._columns:
            self._columns[unique_id] = self._read_columns(unique_id)
        return self._columns[unique_id]

    def _read_columns(self, unique_id: str) -> tuple[str, ...]:
        node = self.node(unique_id)
        if node["resource_type"] == "seed":
            return seed_columns(str(node["name"]))
        if node["resource_type"] == "source":
            if node["source_name"] == "ops":
                return tuple(name for name, _ in ops_tables()[node["name"]])
            stream = find_stream(node["source_name"], node["name"])
            return tuple(name for name, _ in raw_columns(stream))
        return tuple(self.of(unique_id))


def relation_of(node: Mapping[str, Any]) -> str:
    """The relation of a node, as ``schema.name``."""
    return f"{node['schema']}.{node.get('alias') or node['identifier']}"
