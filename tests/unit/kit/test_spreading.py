"""A parallel run of the suite ends, whatever its workers do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.places import REPOSITORY


@pytest.mark.timeout(120)
def test_a_worker_that_dies_costs_the_test_that_killed_it(tmp_path: Path) -> None:
    """One worker's end lost what it had left, and the session waited for ever for the rest."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    for name in "acdef":
        (tmp_path / f"test_{name}.py").write_text("def test_x(): ...\ndef test_y(): ...\n", "utf-8")
    (tmp_path / "test_b.py").write_text(
        "import os\ndef test_x(): ...\ndef test_dies(): os._exit(3)\ndef test_y(): ...\n", "utf-8"
    )
    command = "-m pytest -q -p tests.conftest -p no:cacheprovider -n 2 --dist loadgroup"
    ended = subprocess.run(
        [sys.executable, *command.split()],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "FAILED test_b.py::test_dies - worker" in ended.stdout, ended.stdout + ended.stderr
    assert "1 failed, 12 passed" in ended.stdout
