"""How old sources and published data may become before Dagster reports it."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

LATE = timedelta(hours=30)
STALE = timedelta(hours=54)

DAILY = dg.FreshnessPolicy.time_window(warn_window=LATE, fail_window=STALE)
"""Read or published every day: late after one missed run, stale after two."""
