"""External data next to the checkout, and the consequences of its absence.

Belongs here: finding it, skipping without it, and the rule that CI does not skip. Does not belong
here: reading it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.kit.places import SHARED

NO_BROWSER = "no Chromium is installed"
"""Begins the reason of a skip that stays one in CI: a browser is no data, and not every machine has
one."""

NO_POSTGRES = "no PostgreSQL server is installed"
"""Likewise of a database server."""


def outside(*parts: str, folder: Path = SHARED) -> Path:
    """A file or folder of the outside data; skips the test where it is missing.

    Args:
        parts: Its path below the folder.
        folder: The folder of all outside data.
    """
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is missing: this test needs outside data that is not distributed")
    return path


def judge_skip(report: pytest.TestReport, environment: Mapping[str, str], folder: Path) -> None:
    """Turn a skip into a failure in CI, where the external data exists and no test may skip.

    Args:
        report: Of one phase of a test; changed in place.
        environment: Variables; ``CI`` as CI systems set it.
        folder: The folder of all outside data. A public clone has none, and may skip in CI, too.
    """
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    if environment.get("CI", "").lower() in ("", "0", "false") or not folder.is_dir():
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    if any(absent in str(reason) for absent in (NO_BROWSER, NO_POSTGRES)):
        return
    report.outcome = "failed"
    report.longrepr = f"Skipped in CI, which has all that tests need ({folder}). {reason}"
