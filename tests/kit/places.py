"""Where the checkout is, and where the facts that tests need are.

Belongs here: folders. Does not belong here: reading what is in them.
"""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "tests" / "fixtures"
"""Facts and figures of the project's own."""

SHARED = REPOSITORY.parent / "shared"
"""Outside data (recorded vendor answers, API descriptions); absent on most machines."""
