"""How dbt's nodes appear in Dagster: keys, groups by layer, and links to their code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.defs.freshness import DAILY
from orchestration.defs.keys import BOUNDARY_KEY, CONFIGURATION_KEY, raw_key


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes in Dagster: the schema they are built in, then their own name.

    Args:
        configured: The asset keys of the configured streams. A model's dependency on any other
            stream is left out, because its table is empty.
    """

    def __init__(self, configured: frozenset[dg.AssetKey]) -> None:
        # All tables of ops are one asset, so their keys are equal on purpose.
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_code_references=True, enable_duplicate_source_asset_keys=True
            )
        )
        self._configured = configured

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """``raw/<connector>/<stream>`` for sources, ``<layer>/<model>`` for models and seeds."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            source = dbt_resource_props["source_name"]
            return CONFIGURATION_KEY if source == "ops" else raw_key(source, name)
        return dg.AssetKey([_layer(dbt_resource_props), name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer: seeds, staging, intermediate, core, marts or meta."""
        return _layer(dbt_resource_props)

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The spec without unconfigured streams; models that read streams wait for the boundary.

        Marts have a freshness policy.
        """
        spec = super().get_asset_spec(manifest, unique_id, project)
        kept = [
            dep
            for dep in spec.deps
            if dep.asset_key.path[0] != "raw" or dep.asset_key in self._configured
        ]
        if any(dep.asset_key.path[0] in ("raw", "ops") for dep in spec.deps):
            kept.append(dg.AssetDep(BOUNDARY_KEY))
        policy = DAILY if spec.key.path[0] == "marts" else None
        return spec.replace_attributes(deps=kept, freshness_policy=policy)


def _layer(props: Mapping[str, Any]) -> str:
    """The schema, not the folder: moving a file must not cost an asset its history."""
    return "seeds" if props["resource_type"] == "seed" else str(props["schema"])
