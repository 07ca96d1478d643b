"""The boundary: accounting and a Great Expectations suite for every stream that was loaded.

This is a separate asset rather than a check per stream. Some streams are requested per record of
another, so a blocking check that covers all streams at once would wait for itself. Checking all of
them at once takes 0.3 s instead of 4.7 s.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.configuration.settings import Settings
from orchestration.connectors.stream import Stream
from orchestration.defs.keys import (
    BOUNDARY_KEY,
    CONFIGURATION_KEY,
    POSTGRES_KEY,
    WRITER_POOL,
    raw_key,
)
from orchestration.defs.outcomes import check_results, looked_at
from orchestration.defs.serving.assets import serve_published
from orchestration.plan import RunPlan
from orchestration.privacy.guarded import guarded
from orchestration.publication import report_file, standing
from orchestration.quality.run import check_boundary, judge_losses
from orchestration.serving import postgres
from orchestration.warehouse.connection import connect, writer_lease


def boundary_asset(
    settings: Settings, streams: Sequence[tuple[str, Stream]]
) -> dg.AssetsDefinition:
    """The step between loading and dbt that checks every stream's newest slices.

    Where nothing changed since the published generation it ends the run: everything after it is
    skipped, and what stands is recorded as looked at, because it is as fresh as after a run. Where
    a configured server does not have what stands, it gets it here.

    Args:
        settings: The company's.
        streams: The configured streams.
    """
    specs = [
        dg.AssetCheckSpec(
            f"{connector}__{stream.name}",
            asset=BOUNDARY_KEY,
            blocking=True,
            description="Every landed record is accounted for, and the newest slices look like "
            "this stream's usual ones.",
            metadata={"guards": f"{connector}.{stream.name}"},
        )
        for connector, stream in streams
    ]

    @dg.multi_asset(
        name="boundary",
        specs=[
            dg.AssetSpec(
                BOUNDARY_KEY,
                deps=[CONFIGURATION_KEY, *(raw_key(name, stream.name) for name, stream in streams)],
                group_name="ops",
                kinds={"greatexpectations"},
                description="Checks what vendors and files delivered, before dbt reads it. "
                "One check per stream.",
            )
        ],
        check_specs=specs,
        # It may yield nothing.
        can_subset=True,
        pool=WRITER_POOL,
    )
    def boundary(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        plan = RunPlan.from_tags(context.run.tags)
        with guarded(settings):
            with (
                writer_lease(settings, "check the streams"),
                connect(settings.warehouse_path, settings=settings) as con,
            ):
                stands = standing.loaded(settings, context.run_id, con)
                if stands is None or plan.whatever_changed:
                    checks = check_boundary(con, settings, context.run_id)
                    judge_losses(con, settings, accept=plan.accept_losses)
                    stands = None
            if stands is not None:
                standing.note(settings, context.run_id, stands.generation)
                if problem := report_file.renew(settings):
                    context.log.warning(problem)
                for event in looked_at(context.instance, stands.generation):
                    context.log_event(event)
                if not postgres.is_current(settings):
                    facts = serve_published(settings)
                    context.log_event(dg.AssetMaterialization(POSTGRES_KEY, metadata=facts))
                return
            yield dg.MaterializeResult(BOUNDARY_KEY, metadata={"expectations": len(checks)})
            yield from check_results(specs, checks, context.run_id)

    return boundary
