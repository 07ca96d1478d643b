"""The project, compiled twice: for DuckDB with the engine's functions marked, and for Spark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.places import REPOSITORY

_COMPILE = REPOSITORY / "tests" / "kit" / "portability" / "compile.py"


def _compiled(folder: Path, engine: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(_COMPILE), engine, str(folder / "target")],
        cwd=folder,
        env=os.environ | {"TRIBUTARY_WAREHOUSE": "warehouse.duckdb", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    return {
        node["unique_id"]: node["compiled_code"]
        for node in manifest["nodes"].values()
        if node.get("compiled_code") and node["language"] == "sql"
    }


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """DuckDB's statement of every model and data test; functions of macros are marked."""
    return _compiled(tmp_path_factory.mktemp("marked"), "marked")


@pytest.fixture(scope="session")
def for_spark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every model and data test as Spark would be given it."""
    return _compiled(tmp_path_factory.mktemp("spark"), "spark")
