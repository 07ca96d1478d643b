"""What code and documents point to exists."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from orchestration.foundation.repository import REPOSITORY

ROOMS = "orchestration|simulator|models|seeds|dbt_project|docs|tests|benchmarks"
PATH = re.compile(rf"(?<![\w./-])((?:{ROOMS})(?:/\w[\w-]*)+\.(?:py|sql|md|yml|csv|yaml))\b")
FILE = re.compile(r"``((?:\w+/)*\w+\.(?:py|sql))``")


def tracked() -> list[Path]:
    """The repository's text files, as git lists them."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.sql", "*.yml", "*.toml"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (REPOSITORY / line for line in listed.stdout.splitlines())
    return [path for path in paths if path.is_file()]


def lost(text: str, names: frozenset[str]) -> list[str]:
    """The files that a text names and that do not exist.

    Args:
        text: The text.
        names: The paths of all files of the repository.
    """
    endings = _endings(names)
    return [path for path in PATH.findall(text) if path not in names] + [
        name for name in FILE.findall(text) if name not in endings
    ]


@cache
def _endings(names: frozenset[str]) -> frozenset[str]:
    return frozenset("/".join(name.split("/")[-n:]) for name in names for n in range(1, 7))


def test_no_text_names_a_file_that_does_not_exist() -> None:
    """Whole paths anywhere, and files in double backticks by the end of their path.

    After files had moved, a dozen docstrings sent their readers to the old names.
    """
    files = tracked()
    known = [*files, *(REPOSITORY / "seeds").glob("*.csv")]
    names = frozenset(path.relative_to(REPOSITORY).as_posix() for path in known)
    # The changelog and the decisions also mention files that are gone.
    history = {REPOSITORY / "CHANGELOG.md", REPOSITORY / "docs" / "decisions.md"}
    found = {
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in files
        # Tests invent files.
        if path not in history and path.relative_to(REPOSITORY).parts[0] != "tests"
        for name in lost(path.read_text("utf-8"), names)
    }
    assert found == set()


def test_a_pointer_to_nothing_is_found() -> None:
    """Else the test above could not fail."""
    names = frozenset({"orchestration/loading/fields.py", "docs/inbox.md"})
    text = "see docs/inbox.md, ``fields.py``, ``field_sql.py`` and orchestration/warehouse/room.py."
    assert lost(text, names) == ["orchestration/warehouse/room.py", "field_sql.py"]
