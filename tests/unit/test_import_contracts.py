"""The contracts of ``make lint`` fail where a room imports one above it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from orchestration.foundation.repository import REPOSITORY

CONTRACTS: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))[
    "tool"
]["importlinter"]
LAYERS, PRODUCT, VENDORS = (contract["name"] for contract in CONTRACTS["contracts"])
EXECUTABLE = Path(sys.executable).with_name("lint-imports")


def rooms() -> Iterable[str]:
    """Every room that the layers name, from top to bottom."""
    for layer in CONTRACTS["contracts"][0]["layers"]:
        yield from layer.split(" | ")


def skeleton(folder: Path) -> None:
    """The project's contracts, and empty packages of the names that they know."""
    names = [f"orchestration.{room}" for room in rooms()]
    names += [f"orchestration.connectors.{vendor}" for vendor in ("hubspot", "matomo")]
    names.append("simulator.world")
    for name in names:
        path = folder.joinpath(*name.split("."))
        path.mkdir(parents=True, exist_ok=True)
        for package in (path, *path.relative_to(folder).parents):
            if package != Path():
                (folder / package / "__init__.py").touch()
    shutil.copyfile(REPOSITORY / "pyproject.toml", folder / "pyproject.toml")


def linted(folder: Path) -> str:
    """What the linter prints about a folder; its status must agree."""
    done = subprocess.run(
        [str(EXECUTABLE), "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == (1 if "BROKEN" in said else 0), said
    return said


def test_a_tree_without_imports_keeps_every_contract(tmp_path: Path) -> None:
    """Else the planted violations below would prove nothing."""
    skeleton(tmp_path)
    assert "3 kept, 0 broken" in linted(tmp_path)


@pytest.mark.parametrize(
    ("module", "imported", "broken"),
    [
        ("orchestration.warehouse", "orchestration.publication", LAYERS),
        ("orchestration.foundation", "orchestration.configuration", LAYERS),
        ("orchestration.loading", "orchestration.inbox", LAYERS),
        ("orchestration.commands", "simulator.world", PRODUCT),
        ("simulator.world", "orchestration.foundation", PRODUCT),
        ("orchestration.connectors.hubspot", "orchestration.connectors.matomo", VENDORS),
    ],
)
def test_a_planted_violation_is_found(
    tmp_path: Path, module: str, imported: str, broken: str
) -> None:
    """Upwards, sideways, between product and demo, and from one vendor to another."""
    skeleton(tmp_path)
    tmp_path.joinpath(*module.split("."), "__init__.py").write_text(f"import {imported}\n")
    said = linted(tmp_path)
    assert "2 kept, 1 broken" in said
    assert f"{broken} BROKEN" in said


def test_a_room_that_no_layer_names_is_found(tmp_path: Path) -> None:
    """A new folder must be given its layer."""
    skeleton(tmp_path)
    (tmp_path / "orchestration" / "attic").mkdir()
    (tmp_path / "orchestration" / "attic" / "__init__.py").touch()
    assert "attic" in linted(tmp_path)
