"""Where the project's own files are, and reading its seeds and variables.

Belongs here: the folders that ship with the code, in a checkout and in an installed package. Does
not belong here: the company's own folders (``configuration.settings``).

In a wheel, ``orchestration/_project`` holds what a checkout has at its root; ``hatch_build.py``
copies it there.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).resolve().parents[1]

REPOSITORY = _PACKAGE.parent
"""The folder from which ``orchestration`` is imported: the checkout, or ``site-packages``."""

INSTALLED = (_PACKAGE / "_project").is_dir()
"""Whether this is an installed package, whose folders the user must not write to."""

PROJECT_FILES = _PACKAGE / "_project" if INSTALLED else REPOSITORY
"""The folder that holds ``dbt_project``, ``dagster.yaml`` and the example configuration."""

DBT_PROJECT = PROJECT_FILES / "dbt_project"
MODELS = DBT_PROJECT / "models"
SEEDS = DBT_PROJECT / "seeds"

EXAMPLE_CONFIGURATION = PROJECT_FILES / "tributary.example.yaml"

INSTALL_AGAIN = "pip install --force-reinstall WHEEL" if INSTALLED else "make setup"
"""What a person types when a part of the installation is missing."""


def working_folder() -> Path:
    """Where to look for the configuration and the home unless the environment names them.

    A checkout uses its own root, so its commands behave the same from every folder. An installed
    package has no such root and uses the current folder.
    """
    return Path.cwd() if INSTALLED else REPOSITORY


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


@cache
def project_variables() -> dict[str, Any]:
    """The variables that ``dbt_project.yml`` declares."""
    text = (DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    variables: dict[str, Any] = yaml.safe_load(text)["vars"]
    return variables
