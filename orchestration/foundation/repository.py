"""Where the project's own files are, and reading its seeds.

Belongs here: the folders that ship with the code. Does not belong here: the company's own folders
(``configuration.settings``).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
"""The checkout: the folder that holds ``models``, ``seeds`` and ``dbt_project``."""

DBT_PROJECT = REPOSITORY / "dbt_project"
SEEDS = REPOSITORY / "seeds"


@cache
def read_seed(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a seed, in file order.

    Args:
        name: The file's name without ``.csv``.
    """
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def seed_columns(name: str) -> tuple[str, ...]:
    """The columns of a seed, in file order.

    Args:
        name: The file's name without ``.csv``.
    """
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(next(csv.reader(file)))
