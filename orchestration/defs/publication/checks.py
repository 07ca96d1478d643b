"""Great Expectations suites over the marts' aggregates, run before anyone sees them."""

from collections.abc import Iterator

import dagster as dg

from orchestration.configuration.settings import Settings
from orchestration.defs.keys import WRITER_POOL
from orchestration.defs.outcomes import check_results
from orchestration.privacy.guarded import guarded
from orchestration.quality.run import check_marts
from orchestration.quality.suites import mart_suites
from orchestration.warehouse.connection import connect, writer_lease


def mart_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """One step that judges the aggregates of the marts after dbt built them.

    Args:
        settings: The company's.
    """
    specs = [
        dg.AssetCheckSpec(
            "aggregates",
            asset=dg.AssetKey(suite.asset.split(".")),
            blocking=True,
            description="The aggregates are complete, finite and equal under every model.",
            metadata={"guards": suite.asset},
        )
        for suite in mart_suites(settings.config.quality)
    ]

    @dg.multi_asset_check(name="aggregates", specs=specs, pool=WRITER_POOL)
    def aggregates(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with guarded(settings):
            with (
                writer_lease(settings, "check the marts"),
                connect(settings.warehouse_path, settings=settings) as con,
            ):
                checks = check_marts(con, settings, context.run.run_id)
            yield from check_results(specs, checks, context.run.run_id)

    return aggregates
