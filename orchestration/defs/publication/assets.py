"""The last asset: when the gate opens, the build becomes the published file."""

from collections.abc import Sequence

import dagster as dg

from orchestration.configuration.settings import Settings
from orchestration.defs.freshness import DAILY
from orchestration.defs.keys import PUBLICATION_KEY, WRITER_POOL
from orchestration.erasing.carrying_out import complete
from orchestration.foundation.fault_points import fault_point
from orchestration.plan import RunPlan
from orchestration.privacy.guarded import guarded
from orchestration.publication import standing
from orchestration.publication.contents import PUBLISHED_SCHEMAS, Publication
from orchestration.publication.publish import publish
from orchestration.publication.report_file import NAME as REPORT
from orchestration.quality.checks import Expected, Verdict
from orchestration.quality.expected import expected_checks
from orchestration.quality.gate import verify
from orchestration.transform.dbt import Artifacts
from orchestration.warehouse.connection import connect, writer_lease


def publication_asset(settings: Settings, models: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The published file.

    Args:
        settings: Where it is.
        models: The dbt models; it consists of those in the published layers.
    """

    @dg.asset(
        key=PUBLICATION_KEY,
        group_name="publication",
        deps=sorted(key for key in models.keys if key.path[0] in PUBLISHED_SCHEMAS),
        pool=WRITER_POOL,
        freshness_policy=DAILY,
        kinds={"duckdb"},
        description="The file that analysts and BI tools read: core, marts and meta of one run, "
        "put in place as a whole, and only when every expected check passed. "
        "One generation per materialization.",
    )
    @guarded(settings)
    def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it
        verdict, published = publish_run(settings, context.run_id, expected_checks(settings))
        if RunPlan.from_tags(context.run.tags).accept_losses:
            # What was accepted once is asked again.
            standing.forget(settings)
        else:
            standing.note(settings, context.run_id, published.generation)
        if published.report_problem:
            context.log.warning(published.report_problem)
        return dg.MaterializeResult(
            metadata={
                "generation": published.generation,
                "path": dg.MetadataValue.path(str(published.path)),
                "rows": sum(published.rows.values()),
                "bytes": published.bytes,
                "checks": len(verdict.checks),
                "report": published.report_problem
                or dg.MetadataValue.path(str(published.path.with_name(REPORT))),
            }
        )

    return publication


def publish_run(
    settings: Settings, run_id: str, expected: Sequence[Expected]
) -> tuple[Verdict, Publication]:
    """Take a run through the gate and publish what it built, or keep the last generation.

    Args:
        settings: The company's settings.
        run_id: The run.
        expected: The checks beyond dbt's that it must have.

    Raises:
        GateClosed: A check is missing or did not pass.
        PublishFailed: The new generation could not be written.
    """
    with writer_lease(settings, "publish"):
        with connect(settings.warehouse_path, settings=settings) as con:
            verdict = verify(
                con,
                run_id=run_id,
                artifacts=[Artifacts.read(settings.dbt_target_dir)],
                expected=expected,
                now=settings.now(),
            )
        fault_point("gate.passed")
        published = publish(settings, verdict)
        complete(settings, published.generation)
        return verdict, published
