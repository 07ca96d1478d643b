"""The boundary: accounting and a Great Expectations suite for every stream that was loaded."""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.connectors.stream import Stream
from orchestration.defs.outcomes import check_results
from orchestration.defs.sources.keys import WRITER_POOL, raw_key
from orchestration.quality.run import check_boundary
from orchestration.settings import Settings
from orchestration.warehouse.connection import connect, writer_lease


def boundary_checks(
    settings: Settings, streams: Sequence[tuple[str, Stream]]
) -> list[dg.AssetChecksDefinition]:
    """One step that judges every stream's newest slices before dbt reads them.

    Args:
        settings: The company's.
        streams: The configured streams; without any there is nothing to judge.
    """
    specs = [
        dg.AssetCheckSpec(
            "boundary",
            asset=raw_key(connector, stream.name),
            blocking=True,
            description="Every landed record is accounted for, and the newest slices look as "
            "slices of this stream do.",
            metadata={"guards": f"{connector}.{stream.name}"},
        )
        for connector, stream in streams
    ]
    if not specs:
        return []

    @dg.multi_asset_check(name="boundary", specs=specs, pool=WRITER_POOL)
    def boundary(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with (
            writer_lease(settings, "check the streams"),
            connect(settings.warehouse_path, settings=settings) as con,
        ):
            checks = check_boundary(con, settings, context.run.run_id)
        yield from check_results(specs, checks, context.run.run_id)

    return [boundary]
