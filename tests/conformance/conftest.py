"""Outside data for conformance tests: real records and API descriptions beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.shared import outside


@pytest.fixture(scope="session")
def shared_fixtures() -> Path:
    """The folder of recorded vendor data; absent on most machines, required in CI."""
    return outside("fixtures")
