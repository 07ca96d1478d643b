"""The planted truth's own reading of visits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.journeys import Touch
from simulator.visits import counting_touches

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def did(minute: int, source: str, kind: str = "visit", **evidence: Any) -> Touch:
    """One touch."""
    at = START + timedelta(minutes=minute)
    return Touch(f"t{minute}", minute, 1, at, kind, "matomo", source, "website", **evidence)


def test_what_shows_no_new_origin_within_the_pause_does_not_count() -> None:
    """Restated from docs/attribution.md; the warehouse must come to the same touches."""
    touches = [
        did(0, "paid_search", click_id="a"),
        did(5, "direct"),
        did(10, "paid_search", kind="form", campaign_platform="google_ads", campaign_id="7"),
        did(12, "paid_search", click_id="b"),
        did(13, "event", kind="event"),
        did(42, "direct"),
        did(73, "direct"),
    ]
    counting = counting_touches(touches)
    assert [touch.number for touch in counting] == [0, 12, 13, 73]
    assert [touch.campaign_id for touch in counting] == ["7", "", "", ""]
