"""The locations of the checkout and of the facts that tests need.

Belongs here: folders. Does not belong here: reading what is in them.
"""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "tests" / "fixtures"
"""Facts and figures of the project's own."""

SHARED = REPOSITORY.parent / "shared"
"""Outside data (recorded vendor answers, API descriptions); absent on most machines."""
