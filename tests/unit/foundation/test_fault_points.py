"""The named moments at which tests kill a process, and the table of what was tried."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter

import pytest

from orchestration.foundation.fault_points import POINTS, VARIABLE
from tests.kit.places import REPOSITORY


def test_every_named_point_stands_in_the_code() -> None:
    """A point that was renamed would never strike, and its test would prove nothing."""
    found = Counter(
        name
        for path in (REPOSITORY / "orchestration").rglob("*.py")
        for name in re.findall(r'fault_point\("([a-z.]+)"\)', path.read_text("utf-8"))
    )
    assert set(found) == set(POINTS)
    assert {name for name, count in found.items() if count > 1} == {"extract.page"}


@pytest.mark.parametrize(
    ("chosen", "passed"), [("", 3), ("load.rows", 0), ("load.rows:3", 2), ("load.commit", 3)]
)
def test_a_process_dies_at_its_point_and_nowhere_else(chosen: str, passed: int) -> None:
    """Without the variable nothing may ever strike: this code runs at customers."""
    code = (
        "from orchestration.foundation.fault_points import fault_point\n"
        "for _ in range(3):\n"
        "    fault_point('load.rows')\n"
        "    print('passed', flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {VARIABLE: chosen},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if passed == 3 else -signal.SIGKILL)
    assert done.stdout.split() == ["passed"] * passed
