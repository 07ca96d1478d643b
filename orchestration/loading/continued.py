"""Remembers of the slices that a newer one continues what it will be compared with.

Belongs here: how many rows they had and how full their columns were; their rows are the newer
slice's. Does not belong here: the comparison (``quality/profiles.py``).
"""

from __future__ import annotations

import json

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.sql import quoted
from orchestration.loading.ledger import ledger_ids
from orchestration.warehouse.schema import raw_columns, table_name

TRAILING_SLICES = 10
"""With how many earlier slices a newest one is compared."""


def remember_earlier(
    con: DuckDBPyConnection, landing: Landing, item: Slice, stream: Stream
) -> None:
    """Note what the slices were that this one continues; part of its transaction.

    To be called while their rows are still theirs.
    """
    earlier = sorted(landing.earlier(item) & ledger_ids(con, item.connector, stream))
    if not earlier:
        return
    names = [name for name, _ in raw_columns(stream)]
    counts = ", ".join(f"count({quoted(name)})" for name in names)
    table = f"raw.{quoted(table_name(item.connector, stream))}"
    for slice_id in earlier:
        (filled,) = con.execute(
            f"select {counts} from {table} where _slice_id = ?", [slice_id]
        ).fetchall()
        con.execute(
            "insert into ops.continued select slice_id, connector, stream, account_id, slice_id,"
            " sequence, rows_in, rows_loaded, ? from ops.ledger where slice_id = ?",
            [json.dumps(dict(zip(names, filled, strict=True))), slice_id],
        )
        con.execute(
            "update ops.continued set slice_id = ? where slice_id = ?", [item.slice_id, slice_id]
        )
    con.execute(
        "delete from ops.continued where slice_id = $slice_id and sequence not in (select sequence"
        " from ops.continued where slice_id = $slice_id order by sequence desc limit $most)",
        {"slice_id": item.slice_id, "most": TRAILING_SLICES},
    )
