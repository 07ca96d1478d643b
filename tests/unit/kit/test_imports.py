"""What test modules may import: the kit, and never each other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.kit.places import REPOSITORY

TESTS = REPOSITORY / "tests"
FILES = sorted(file for file in TESTS.rglob("*.py") if file != Path(__file__))
"""All but this one, whose examples are wrong on purpose."""
_IN_A_STRING = re.compile(r"(?:^|;)[ \t]*(?:from|import)\s+(tests(?:\.\w+)*)", re.MULTILINE)


def wrong_imports(code: str) -> set[str]:
    """Modules of the tests outside of the kit that code imports, also code in its strings.

    Relative imports count: they reach no module of the kit from where tests are.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                found.add("." * node.level + (node.module or ""))
            elif node.module == "tests":
                found |= {f"tests.{alias.name}" for alias in node.names}
            else:
                found.add(node.module or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(_IN_A_STRING.findall(node.value))
    return {
        name
        for name in found
        if name.startswith(".")
        or (name.split(".")[0] == "tests" and name.split(".")[:2] != ["tests", "kit"])
    }


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(TESTS)) for file in FILES])
def test_nothing_imports_a_test_module_or_a_conftest(file: Path) -> None:
    """Imported tests ran twice, and a moved test broke others that had not changed."""
    assert wrong_imports(file.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("from tests.unit.models.conftest import run_dbt", {"tests.unit.models.conftest"}),
        ("from tests.faults.test_janitor import FIRST", {"tests.faults.test_janitor"}),
        ("from tests import faults", {"tests.faults"}),
        ("def f():\n    import tests.page", {"tests.page"}),
        ("from .conftest import Built", {".conftest"}),
        ("CODE = '''\nfrom tests.faults.test_gate import Home\n'''", {"tests.faults.test_gate"}),
        ("CODE = 'import sys; from tests.faults.test_gate import *'", {"tests.faults.test_gate"}),
        ("from tests.kit.page import served\nfrom tests import kit\nimport duckdb", set()),
    ],
)
def test_a_wrong_import_is_seen(code: str, wrong: set[str]) -> None:
    """Otherwise the rule above could not fail."""
    assert wrong_imports(code) == wrong
