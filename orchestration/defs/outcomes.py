"""Recorded outcomes of checks as results of Dagster's asset checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

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
