"""What tests of carrying a publication over publish, also in a process of their own.

Belongs here: the moment and the verdict. Does not belong here: rows.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.quality.checks import Verdict

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
TOUCHES = ("core", "fct_touchpoints")
CREDITS = ("core", "fct_attribution_credits_wide")
VERDICT = Verdict(
    "run", (), (TOUCHES, CREDITS, ("core", "fct_attribution_credits"), ("meta", "sources"))
)
