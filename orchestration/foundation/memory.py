"""How often Python looks for garbage, and what it need not hold."""

from __future__ import annotations

import gc
import sys

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def collect_rarely() -> None:
    """Raise the threshold of Python's collector for this process.

    At its default of 700 objects it walks again and again through all that Dagster and dbt import
    and keep: 5 of the 42 CPU seconds of a small company's run.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def keep_imports() -> None:
    """Leave what is there by now, which a process keeps to its end, out of the collector's walks.

    After dbt's imports that is a tenth of the CPU time of its process.
    """
    gc.freeze()


def without_pandas() -> None:
    """Keep pandas out of a process that only asks and shows.

    DuckDB imports it to compare a parameter with pandas' own nulls, which takes 1.1 CPU seconds of
    the 1.8 of a question; where the import fails, it does without.
    """
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
