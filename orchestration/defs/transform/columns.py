"""Column lineage of dbt's models as Dagster metadata, added as dbt builds each model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.defs.transform.origins import ModelOrigins, relation_of
from orchestration.defs.transform.translator import Translator
from orchestration.transform.lineage import KeptOrigins


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
        self._models = ModelOrigins(manifest, compiled, origins)
        self._translator = translator

    def metadata(self, unique_id: str) -> dict[str, Any]:
        """The metadata entry of a built model; none for a seed."""
        node = self._models.node(unique_id)
        if node["resource_type"] != "model":
            return {}
        keys = {
            relation_of(parent): self._translator.get_asset_key(parent)
            for parent in self._models.parents(node).values()
        }
        deps = {
            column: [
                dg.TableColumnDep(keys[relation], name)
                for relation, name in sorted(sources)
                if relation in keys
            ]
            for column, sources in self._models.of(unique_id).items()
        }
        return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}
