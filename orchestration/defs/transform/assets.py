"""The dbt project as assets: one invocation builds and tests everything."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets

from orchestration.configuration.settings import Settings
from orchestration.defs.keys import WRITER_POOL
from orchestration.defs.transform.columns import ColumnLineage
from orchestration.defs.transform.project import prepared_project
from orchestration.defs.transform.translator import Translator
from orchestration.foundation.fault_points import fault_point
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.foundation.time_limit import TookTooLong
from orchestration.privacy.guarded import guarded
from orchestration.quality.gate import verify
from orchestration.transform.dbt import Artifacts, DbtFailed, dbt_executable, dbt_variables
from orchestration.transform.lineage import KeptOrigins
from orchestration.warehouse.connection import connect, writer_lease
from orchestration.warehouse.damage import refuse_damage

BUILD = ["build", "--exclude-resource-type", "unit_test"]
"""Unit tests check the code, not the data; ``make test`` runs them."""


class _DbtWithoutAdapter(DbtCliResource):
    """dagster-dbt's resource, which opens no adapter of dbt in Dagster's process.

    It parses all macros for one before each run, and asks it for rows and columns of tables: what
    we report of columns is read from the SQL (``columns.py``).
    """

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        return


def model_assets(settings: Settings, configured: frozenset[dg.AssetKey]) -> dg.AssetsDefinition:
    """Every seed and model as an asset, every dbt test as a check.

    Args:
        settings: Locates the warehouse.
        configured: The asset keys of the configured streams.

    Raises:
        DbtFailed: The dbt project does not parse.
    """
    project = prepared_project(settings)
    translator = Translator(configured)

    @dbt_assets(
        name="models",
        # Its contents, as dagster-dbt reads a path only once, whatever is parsed there later.
        manifest=json.loads(project.manifest_path.read_bytes()),
        project=project,
        dagster_dbt_translator=translator,
        pool=WRITER_POOL,
    )
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with guarded(settings):
            dbt = _DbtWithoutAdapter(
                project_dir=str(DBT_PROJECT), dbt_executable=str(dbt_executable())
            )
            with (
                writer_lease(settings, "build the models"),
                dbt_variables(settings, context.run_id),
            ):
                fault_point("dbt.begin")
                build = dbt.cli(
                    BUILD,
                    context=context,
                    target_path=settings.dbt_target_dir,
                    raise_on_error=False,
                )
                try:
                    yield from _with_lineage(build, translator)
                except TookTooLong:
                    build.process.terminate()
                    build.process.wait()
                    raise
                fault_point("dbt.end")
            if not build.is_successful():
                _explain_failure(settings, context.run_id)

    return models


def _with_lineage(build: DbtCliInvocation, translator: Translator) -> Iterator[Any]:
    """dbt's events; those of models carry their column lineage."""
    origins = KeptOrigins(build.target_path / "lineage.json")
    lineage = ColumnLineage(build.manifest, build.target_path / "compiled", translator, origins)
    for event in build.stream():
        if isinstance(event, dg.Output):
            unique_id = event.metadata["unique_id"].value
            yield event.with_metadata({**event.metadata, **lineage.metadata(str(unique_id))})
        else:
            yield event
    origins.keep()


def _explain_failure(settings: Settings, run_id: str) -> None:
    """Raise the error that names the models and tests that failed.

    Raises:
        GateClosed: A model or a test failed.
        WarehouseDamaged: They failed because the file is damaged; it was set aside.
        DbtFailed: dbt failed before it built or tested anything.
    """
    artifacts = [Artifacts.read(settings.dbt_target_dir)]
    results = (artifacts[0].results or {}).get("results", [])
    refuse_damage(settings, (result.get("message") for result in results))
    with connect(settings.warehouse_path, settings=settings) as con:
        verify(con, run_id=run_id, artifacts=artifacts, expected=(), now=settings.now())
    raise DbtFailed(
        "dbt ended with an error, although no model and no test failed.",
        where=str(settings.dbt_target_dir / "dbt.log"),
        remedy="Read the end of that file, then run again.",
    )
