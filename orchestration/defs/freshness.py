"""How old sources and what is published may grow before Dagster says so."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

DAILY = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=30), fail_window=timedelta(hours=54)
)
"""Read or published every day: late after one missed run, stale after two."""
