"""What a wheel carries besides the code: the dbt project and the files that users copy.

A hook, because Hatch's own ``force-include`` would put a second copy of these files into the
environment of an editable installation, where the checkout's are used.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROJECT = "orchestration/_project"

# dbt_project/models and dbt_project/seeds are links in a checkout, and missing in an sdist.
FILES = {
    "dbt_project/dbt_project.yml": f"{PROJECT}/dbt_project/dbt_project.yml",
    "dbt_project/profiles.yml": f"{PROJECT}/dbt_project/profiles.yml",
    "dbt_project/macros": f"{PROJECT}/dbt_project/macros",
    "dbt_project/tests": f"{PROJECT}/dbt_project/tests",
    "models": f"{PROJECT}/dbt_project/models",
    "seeds": f"{PROJECT}/dbt_project/seeds",
    "dagster.yaml": f"{PROJECT}/dagster.yaml",
    "tributary.example.yaml": f"{PROJECT}/tributary.example.yaml",
}


class ProjectFiles(BuildHookInterface):
    """Adds the project's files to wheels that are not editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by Hatch before it builds."""
        if version == "standard":
            build_data["force_include"].update(FILES)
