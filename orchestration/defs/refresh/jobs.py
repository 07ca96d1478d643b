"""The three jobs: the daily refresh, the weekly re-read, and the rebuild from landing."""

from __future__ import annotations

import dagster as dg

from orchestration.plan import RunPlan

REREAD_DAYS = 90
"""Google, LinkedIn and Microsoft count a conversion on the day of its click, up to 90 days back."""


def jobs(executor: dg.ExecutorDefinition) -> list[dg.UnresolvedAssetJobDefinition]:
    """The jobs; each contains the whole graph, and they differ in what the sources read.

    Args:
        executor: In process by default: a process per step costs about 4 s each.
    """
    everything = dg.AssetSelection.all()
    return [
        dg.define_asset_job(
            "refresh",
            everything,
            description="Read what is new and what vendors restate, build, check and publish.",
            executor_def=executor,
        ),
        dg.define_asset_job(
            "reread",
            everything,
            description=f"Read the last {REREAD_DAYS} days again, build, check and publish.",
            executor_def=executor,
            tags=RunPlan(reread_days=REREAD_DAYS).tags(),
        ),
        dg.define_asset_job(
            "rebuild",
            everything,
            description="Rebuild everything from landing, check and publish.",
            executor_def=executor,
            tags=RunPlan(rebuild=True).tags(),
        ),
    ]
