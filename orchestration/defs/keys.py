"""The asset keys of what stands before dbt, and the pool of the one writer."""

from __future__ import annotations

import dagster as dg

CONFIGURATION_KEY = dg.AssetKey(["ops", "configuration"])
BOUNDARY_KEY = dg.AssetKey(["ops", "boundary"])

WRITER_POOL = "warehouse"
"""DuckDB takes one writing process at a time, so everything that writes shares one place."""


def raw_key(connector: str, stream: str) -> dg.AssetKey:
    """The asset key of a stream."""
    return dg.AssetKey(["raw", connector, stream])
