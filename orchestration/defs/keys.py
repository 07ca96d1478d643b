"""The asset keys of everything before and after dbt, and the pool of the single writer."""

from __future__ import annotations

import dagster as dg

CONFIGURATION_KEY = dg.AssetKey(["ops", "configuration"])
BOUNDARY_KEY = dg.AssetKey(["ops", "boundary"])
PUBLICATION_KEY = dg.AssetKey("publication")
POSTGRES_KEY = dg.AssetKey(["serving", "postgres"])

WRITER_POOL = "warehouse"
"""DuckDB allows one writing process at a time, so all writers share this one-slot pool."""


def raw_key(connector: str, stream: str) -> dg.AssetKey:
    """The asset key of a stream."""
    return dg.AssetKey(["raw", connector, stream])
