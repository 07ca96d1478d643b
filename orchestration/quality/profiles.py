"""Measures what the suites judge: exact aggregates in DuckDB, returned as small pandas frames.

Belongs here: the SQL that condenses a stream's newest slices, or a mart, to a few rows. Does not
belong here: thresholds (``suites.py``). Aggregating instead of sampling keeps every count exact
and the memory independent of the volume.

Great Expectations treats NaN and null as missing and lets both pass, so every measure here is a
number: an average over no rows gets the value that means "nothing wrong".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd

from orchestration.connectors.field import Type
from orchestration.connectors.stream import Stream
from orchestration.foundation.sql import quoted
from orchestration.loading.continued import TRAILING_SLICES
from orchestration.quality.suites import figures, required_key, row_key
from orchestration.warehouse.schema import raw_columns, table_name

MIN_SLICES = 3
"""Fewer earlier slices than this do not show what is usual."""
MIN_ROWS = 20
"""Fewer rows than this do not show how often a field is filled."""
NEARLY_ALWAYS = 0.9
MOSTLY_EMPTY = 0.5

_SLICES = f"""
with known as (
    select account_id, slice_id, sequence, rows_in, window_start, window_end
    from ops.ledger
    where connector = $connector and stream = $stream
    union all
    select account_id, earlier_id as slice_id, sequence, rows_in, null, null
    from ops.continued
    where connector = $connector and stream = $stream
),

aged as (
    select
        *,
        row_number() over (partition by account_id order by sequence desc) as age,
        greatest(coalesce(date_diff('hour', window_start, window_end) / 24.0, 1), 1) as days
    from known
),

newest as (
    select * from aged where age = 1
),

before as (
    -- Slices of about the same length: a first run of 18 months does not compare with a daily one.
    select
        newest.account_id,
        count(*) as slices,
        median(aged.rows_in / aged.days) as rows_per_day,
        max(case when aged.age = 2 then aged.slice_id end) as slice_id
    from newest
    inner join aged
        on
            newest.account_id = aged.account_id
            and aged.age between 2 and {TRAILING_SLICES + 1}
            and aged.days between newest.days / 2 and newest.days * 2
    group by newest.account_id
)

select
    coalesce(nullif(newest.account_id, ''), 'all') as label,
    newest.slice_id as newest,
    before.slice_id as previous,
    case
        when before.slices >= {MIN_SLICES} and before.rows_per_day > 0
            then newest.rows_in / newest.days / before.rows_per_day
        else 1
    end as volume
from newest
left join before on newest.account_id = before.account_id
order by newest.account_id
"""


def stream_profile(con: duckdb.DuckDBPyConnection, connector: str, stream: Stream) -> pd.DataFrame:
    """Measures of the newest slice of each account.

    Returns:
        One row per account, or a single row without findings when nothing was landed yet: ``label``
        (the account), ``volume`` (rows per day over the median of earlier slices), ``null_keys``,
        ``duplicate_keys``, ``not_finite`` (rows), ``emptied_fields``, ``missing_columns`` (columns,
        named in ``..._named``) and ``scale`` (the largest factor between the typical figures of
        this slice and the one before).
    """
    present = _present_columns(con, connector, stream)
    declared = [name for name, _ in raw_columns(stream)]
    missing = [name for name in declared if name not in present]
    columns = [name for name in declared if name in present]

    slices = con.execute(_SLICES, {"connector": connector, "stream": stream.name}).fetchall()
    ids = [value for row in slices for value in row[1:3] if value]
    measured = _continued(con, ids) | _measure(con, connector, stream, columns, ids)

    rows = []
    for label, newest, previous, volume in slices or [("nothing landed yet", "", "", 1)]:
        now, then = measured.get(newest, {}), measured.get(previous, {})
        comparable = min(now.get("rows", 0), then.get("rows", 0)) >= MIN_ROWS
        emptied = _emptied(now, then, columns) if comparable else []
        rows.append(
            {
                "label": label,
                "volume": float(volume),
                "null_keys": now.get("null_keys", 0),
                "duplicate_keys": now.get("duplicate_keys", 0),
                "not_finite": now.get("not_finite", 0),
                "emptied_fields": len(emptied),
                "emptied_fields_named": ", ".join(emptied),
                "missing_columns": len(missing),
                "missing_columns_named": ", ".join(missing),
                "scale": _scale(now, then, figures(stream)) if comparable else 1.0,
            }
        )
    return pd.DataFrame(rows)


def _present_columns(con: duckdb.DuckDBPyConnection, connector: str, stream: Stream) -> list[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where schema_name = 'raw' and table_name = ? "
        "and database_name = current_database() order by column_index",
        [table_name(connector, stream)],
    ).fetchall()
    return [row[0] for row in rows]


def _measure(
    con: duckdb.DuckDBPyConnection,
    connector: str,
    stream: Stream,
    columns: Sequence[str],
    slice_ids: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """Exact aggregates of some slices, by slice; a slice without rows has none."""
    fields = [field for field in stream.fields if field.column in columns]
    key = [quoted(name) for name in row_key(connector, stream) if name in columns]
    null_key = [f"{quoted(name)} is null" for name in required_key(stream) if name in columns]
    not_finite = [
        f"not isfinite({quoted(field.column)})" for field in fields if field.type is Type.DOUBLE
    ]
    # Rows whose whole key is empty cannot be duplicates.
    keyed = " or ".join(f"{name} is not null" for name in key)
    duplicates = (
        f"count(*) filter (where {keyed}) "
        f"- count(distinct row({', '.join(key)})) filter (where {keyed})"
    )
    measures = [
        "count(*) as rows",
        f"count(*) filter (where {' or '.join(null_key) or 'false'}) as null_keys",
        f"count(*) filter (where {' or '.join(not_finite) or 'false'}) as not_finite",
        f"{duplicates if key else '0'} as duplicate_keys",
        *(f'count({quoted(name)}) / count(*) as "filled:{name}"' for name in columns),
        *(
            f"median(abs(cast({quoted(name)} as double))) filter (where {quoted(name)} <> 0 "
            f'and isfinite(cast({quoted(name)} as double))) as "typical:{name}"'
            for name in figures(stream)
            if name in columns
        ),
    ]
    cursor = con.execute(
        f"""
        select _slice_id, {", ".join(measures)}
        from raw.{quoted(table_name(connector, stream))}
        where _slice_id in (select unnest($slice_ids))
        group by _slice_id
        """,
        {"slice_ids": list(slice_ids)},
    )
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _continued(
    con: duckdb.DuckDBPyConnection, slice_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What is remembered of slices whose rows are those of newer ones."""
    found = con.execute(
        "select earlier_id, rows_loaded, filled from ops.continued"
        " where rows_loaded > 0 and earlier_id in (select unnest($slice_ids))",
        {"slice_ids": list(slice_ids)},
    ).fetchall()
    return {
        slice_id: {
            "rows": rows,
            **{f"filled:{name}": count / rows for name, count in json.loads(filled).items()},
        }
        for slice_id, rows, filled in found
    }


def _emptied(now: Mapping[str, Any], then: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    return [
        name
        for name in columns
        if then[f"filled:{name}"] >= NEARLY_ALWAYS and now[f"filled:{name}"] < MOSTLY_EMPTY
    ]


def _scale(now: Mapping[str, Any], then: Mapping[str, Any], names: Sequence[str]) -> float:
    factors = [1.0]
    for name in names:
        new, old = now.get(f"typical:{name}"), then.get(f"typical:{name}")
        if new and old:
            factors.append(max(new / old, old / new))
    return max(factors)
