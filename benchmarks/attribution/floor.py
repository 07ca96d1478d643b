"""The lower bound: reading the touches once, and sorting each person's.

``python -m benchmarks.attribution.floor FOLDER MEMORY_LIMIT ANSWER`` reads the same table as the
project's models, with the same limit and as many threads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from benchmarks.attribution.taken import Stopwatch, peak_mib

# DuckDB answers counts and extremes from statistics without reading; a hash needs the values.
_SCAN = "select bit_xor(hash(person_key, occurred_at, lead_channel_key)) from core.fct_touchpoints"

_SORT = """
    select sum(position)
    from (
        select
            row_number() over (
                partition by person_key order by occurred_at, touchpoint_id
            ) as position
        from core.fct_touchpoints
    )
"""


def main() -> None:
    """Run once, using the command line's arguments."""
    folder, memory_limit, answer = sys.argv[1:]
    config = {"memory_limit": memory_limit, "threads": 2, "preserve_insertion_order": False}
    warehouse = Path(folder) / "build" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True, config=config) as con:
        con.execute("set temp_directory = ?", [str(Path(folder) / "build" / "spill")])
        stopwatch = Stopwatch()
        con.execute(_SCAN).fetchall()
        scan = stopwatch.read()
        stopwatch = Stopwatch()
        con.execute(_SORT).fetchall()
        sort = stopwatch.read()
    taken = {**sort, "scan": scan, "peak_mib": peak_mib()}
    Path(answer).write_text(json.dumps(taken), encoding="utf-8")


if __name__ == "__main__":
    main()
