"""What the product imports is declared: an installation must not depend on a dependency's own."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata

from orchestration.foundation.repository import REPOSITORY

PRODUCT = ("orchestration", "simulator")


def imported() -> Iterator[str]:
    """The packages that the product's modules import, also late and for types."""
    for room in PRODUCT:
        for path in (REPOSITORY / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0]


def test_every_import_is_declared() -> None:
    """A package that only a dependency brings is gone with that dependency's next version."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    offered = [each for name in extras if name != "dev" for each in extras[name]]
    declared = {
        re.split(r"[\[<>=!~ ;]", each)[0].lower().replace("_", "-")
        for each in [*project["dependencies"], *offered]
    }
    providers = metadata.packages_distributions()
    missing = {}
    for name in sorted(set(imported()) - set(sys.stdlib_module_names) - set(PRODUCT)):
        names = {each.lower().replace("_", "-") for each in providers.get(name, [name])}
        if not names & declared:
            missing[name] = sorted(names)
    assert missing == {}
