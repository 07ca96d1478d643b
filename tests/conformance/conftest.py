"""Outside data for conformance tests: real records and API descriptions beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_fixtures() -> Path:
    """The folder of recorded vendor data; absent on most machines, required in CI."""
    folder = Path(__file__).parents[2].parent / "shared" / "fixtures"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing: CI must have the recorded vendor data")
        pytest.skip(f"{folder} is not on this machine: conformance needs recorded vendor data")
    return folder
