"""What a process need not hold."""

from __future__ import annotations

import subprocess
import sys

ASKING = """
import sys
from orchestration.foundation.memory import without_pandas
without_pandas()
import duckdb
print(duckdb.execute("select $1 || 'b', cast($2 as date)", ["a", "2026-01-01"]).fetchall())
assert sys.modules["pandas"] is None
assert not [name for name in sys.modules if name.startswith("pandas.")]
"""


def test_a_question_needs_no_pandas() -> None:
    """DuckDB imported it for every parameter: most of what `sql` and `explain` took."""
    done = subprocess.run(
        [sys.executable, "-c", ASKING], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[('ab', datetime.date(2026, 1, 1))]", "")
