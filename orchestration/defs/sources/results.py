"""What Dagster records about one run of a stream: metadata and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from orchestration.extract.failures import AccountFailure
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded
from orchestration.privacy.messages import looks_like_a_name


def stream_result(
    loaded: Sequence[Loaded],
    failures: Sequence[AccountFailure],
    window: Window | None,
    seconds: float,
) -> dg.MaterializeResult[None]:
    """Rows, quarantine, window and time as metadata; accounting, accounts and fields as checks.

    Args:
        loaded: The slices that this run loaded.
        failures: Accounts that could not be read.
        window: The requested days; ``None`` for the stream's default.
        seconds: How long it took.
    """
    rows_in = sum(item.rows_in for item in loaded)
    kept = sum(item.rows_loaded for item in loaded)
    quarantined = sum(item.rows_quarantined for item in loaded)
    reasons = sum((Counter(item.reasons) for item in loaded), Counter())
    unknown = {name for item in loaded for name in item.unknown_fields}
    # A vendor may send an object whose keys are data.
    named = sorted(filter(looks_like_a_name, unknown))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": kept,
            "rows_in": rows_in,
            "rows_loaded": kept,
            "rows_quarantined": quarantined,
            "quarantine_reasons": dict(reasons),
            "slices": len(loaded),
            "window": "default" if window is None else f"[{window.start}, {window.end})",
            "seconds": round(seconds, 3),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="rows_accounted_for",
                passed=rows_in == kept + quarantined,
                metadata={"rows_in": rows_in, "loaded": kept, "quarantined": quarantined},
            ),
            dg.AssetCheckResult(
                check_name="accounts_complete",
                passed=not failures,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={failure.account_id: failure.message for failure in failures},
            ),
            dg.AssetCheckResult(
                check_name="fields_known",
                passed=not unknown,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"unknown_fields": named},
            ),
        ],
    )
