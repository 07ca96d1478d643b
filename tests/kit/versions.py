"""Warehouses in which every table carries the same version, so that a mixture is visible.

Belongs here: creating one and reading what was published from it. Does not belong here: publishing,
and the lighter ones for eight readers at once (``faults.shelf``).
"""

from __future__ import annotations

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.publication.reader import open_published


def build(settings: Settings, version: int) -> None:
    """Write a warehouse in which every table carries the same version."""
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("begin")
        for schema in ("ops", "staging", "core", "marts", "meta"):
            con.execute(f"create schema if not exists {schema}")
        con.execute(
            "create or replace table ops.ledger as select timestamp '2026-07-01' as window_end, "
            "timestamp '2026-06-30 22:00:00' as extracted_at"
        )
        con.execute(
            "create or replace table staging.stg_ops__complete_days as "
            "select date '2025-01-01' as first_complete_day, date '2026-06-30' as last_complete_day"
        )
        con.execute("create or replace table staging.stg_secret as select 1 as raw_value")
        con.execute("create or replace table core.left_over as select 1 as stale")
        con.execute(
            f"""
            create or replace table core.fct_leads as
            select
                i as lead_key,
                cast({version} as bigint) as version,
                cast(i as decimal(18, 6)) as revenue
            from range(5000) as t(i)
            """
        )
        con.execute("comment on table core.fct_leads is 'It''s all leads. One row per lead.'")
        con.execute("comment on column core.fct_leads.revenue is 'In reporting currency.'")
        con.execute(
            "create or replace view marts.totals as "
            "select version, count(*) as leads from core.fct_leads group by version"
        )
        con.execute("comment on view marts.totals is 'One row per version.'")
        con.execute(f"create or replace table meta.sources as select {version} as version")
        con.execute("commit")


def state(settings: Settings) -> tuple[int, int]:
    """Generation and version of the published file; fails when its tables disagree."""
    with open_published(settings) as con:
        rows = con.execute(
            """
            select distinct generation, leads.version, totals.version, sources.version, leads
            from meta.publication, core.fct_leads as leads, marts.totals, meta.sources
            """
        ).fetchall()
    assert len(rows) == 1
    generation, version, *others = rows[0]
    assert others == [version, version, 5000]
    return generation, version
