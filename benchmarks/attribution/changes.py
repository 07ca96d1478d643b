"""Changes one person in a hundred; a refresh must then give the same result as a rebuild.

``python -m benchmarks.attribution.changes FOLDER ROUND`` changes the tables that attribution reads;
``... FOLDER keep`` saves what attribution published, and ``... FOLDER compare`` compares that with
what it has published since.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.attribution.warehouse import settings_of

TOLERANCE = 1e-9
"""Relative, for solved figures: threads add doubles in any order."""

_CHANGED = """
    create temp table changed as
    select person_key, md5_number_upper(? || person_key) % 4 as kind
    from core.fct_touchpoints
    where md5_number_lower(? || person_key) % 100 = 0
    group by person_key
"""

_CHANGES = (
    # A touch arrives late, an hour before a known one.
    """
    insert into core.fct_touchpoints
    select touches.* replace (
        md5('late:' || touches.touchpoint_key) as touchpoint_key,
        'late:' || touches.touchpoint_id as touchpoint_id,
        touches.occurred_at - interval 1 hour as occurred_at
    )
    from core.fct_touchpoints as touches
    where touches.touchpoint_key in (
        select min(touchpoint_key)
        from core.fct_touchpoints
        inner join changed using (person_key)
        where kind = 0
        group by person_key
    )
    """,
    # A touch is deleted.
    """
    delete from core.fct_touchpoints
    where touchpoint_key in (
        select min(touchpoint_key)
        from core.fct_touchpoints
        inner join changed using (person_key)
        where kind = 1
        group by person_key
    )
    """,
    # Touches are reclassified, as the most common member other than their own.
    """
    update core.fct_touchpoints
    set
        lead_channel_key = commonest.lead_channel_key,
        lead_source_key = commonest.lead_source_key
    from (
        select lead_channel_key, lead_source_key
        from core.fct_touchpoints
        group by lead_channel_key, lead_source_key
        order by count(*) desc
        limit 1
    ) as commonest
    where fct_touchpoints.person_key in (select person_key from changed where kind = 2)
    """,
    # A conversion's value is corrected.
    """
    update core.fct_conversions
    set value = value + 1, value_native = value_native + 1
    where person_key in (select person_key from changed where kind = 3)
    """,
    # A conversion is withdrawn.
    """
    delete from core.fct_conversions
    where person_key in (select person_key from changed where kind = 1)
    """,
)

_PUBLISHED = ("fct_attribution_credits", "fct_channel_attribution")


def change(con: duckdb.DuckDBPyConnection, number: int) -> None:
    """Change one person in a hundred: other people in each round."""
    con.execute(_CHANGED, [f"kind {number}:", f"round {number}:"])
    for statement in _CHANGES:
        con.execute(statement)
    con.execute("drop table changed")


def keep(con: duckdb.DuckDBPyConnection) -> None:
    """Save what is published now."""
    con.execute("create schema if not exists kept")
    for table in _PUBLISHED:
        con.execute(f"create or replace table kept.{table} as select * from core.{table}")


def compare(con: duckdb.DuckDBPyConnection) -> None:
    """Compare what was saved with what is published now.

    Raises:
        RuntimeError: They differ.
    """
    sums = [
        con.execute(
            f"select count(*), sum(hash(credits)) from {schema}.fct_attribution_credits as credits"
        ).fetchone()
        for schema in ("kept", "core")
    ]
    if sums[0] != sums[1]:
        raise RuntimeError(f"credits of refresh and rebuild (rows, hash): {sums}")
    keys = "attribution_model, conversion_type, dimension, member_key"
    solved = ("conversions", "value", "removal_effect", "conversions_low", "conversions_high")
    distances = ", ".join(
        f"max(abs(kept.{name} - core.{name}) / greatest(abs(core.{name}), 1))" for name in solved
    )
    counted = con.execute(
        f"""
        select
            count(*),
            (select count(*) from core.fct_channel_attribution),
            (select count(*) from kept.fct_channel_attribution),
            {distances}
        from kept.fct_channel_attribution as kept
        inner join core.fct_channel_attribution as core using ({keys})
        """
    ).fetchone()
    assert counted is not None
    rows, found = set(counted[:3]), [float(value or 0) for value in counted[3:]]
    if len(rows) > 1 or max(found) > TOLERANCE:
        raise RuntimeError(f"channels of refresh and rebuild differ: {counted}")


def main() -> None:
    """Run the command line's command."""
    folder, what = sys.argv[1:]
    settings = settings_of(Path(folder))
    config = {"memory_limit": settings.memory_limit, "temp_directory": str(settings.spill_dir)}
    with duckdb.connect(str(settings.warehouse_path), config=config) as con:
        if what == "keep":
            keep(con)
        elif what == "compare":
            compare(con)
        else:
            change(con, int(what))


if __name__ == "__main__":
    main()
