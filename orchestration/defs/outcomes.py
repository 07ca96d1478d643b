"""What a run found, as Dagster records it: results of checks, and assets that stand unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.defs.keys import PUBLICATION_KEY
from orchestration.quality.checks import Check
from orchestration.quality.gate import GateClosed

_SHOWN = 20


def check_results(
    specs: Sequence[dg.AssetCheckSpec], checks: Sequence[Check], run_id: str
) -> Iterator[dg.AssetCheckResult]:
    """One result per spec, combining every outcome that guards its asset.

    Args:
        specs: One per guarded asset, each with ``metadata["guards"]`` naming it as the checks do.
        checks: The outcomes of this run.
        run_id: The run.

    Raises:
        GateClosed: An outcome closes the gate; raised after the last result.
    """
    for spec in specs:
        own = [check for check in checks if check.asset == spec.metadata["guards"]]
        unsound = [check for check in own if check.status != "pass"]
        closing = any(check.closes_gate for check in own)
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=not unsound,
            severity=dg.AssetCheckSeverity.ERROR if closing else dg.AssetCheckSeverity.WARN,
            metadata={
                "expectations": len(own),
                **{
                    check.name: f"{check.status}: saw {check.observed}; expected {check.expected}"
                    for check in unsound[:_SHOWN]
                },
            },
        )
    closed = [check for check in checks if check.closes_gate]
    if closed:
        raise GateClosed(run_id, closed, len(checks))


def looked_at(
    instance: dg.DagsterInstance, generation: int, also: Sequence[dg.AssetKey] = ()
) -> Iterator[dg.AssetMaterialization]:
    """What is published and must be fresh, recorded where a run found that nothing changed.

    Without it Dagster would call a company stale whose files did not change for three days,
    although every run looked at them.

    Args:
        instance: Knows which marts there are.
        generation: The generation that stands.
        also: Other assets that were looked at.
    """
    marts = [key for key in instance.all_asset_keys() if key.path[0] == "marts"]
    for key in (*also, *sorted(marts), PUBLICATION_KEY):
        yield dg.AssetMaterialization(
            key,
            description=f"Nothing changed; generation {generation} stands.",
            metadata={"generation": generation, "unchanged": True},
        )
