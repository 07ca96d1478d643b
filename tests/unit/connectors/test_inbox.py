"""The canonical streams of the inbox."""

from __future__ import annotations

import pytest

from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import find_stream


def test_the_canonical_streams_are_those_of_the_design() -> None:
    """Names and required columns are a contract with users' files."""
    required = {s.name: {f.name for f in s.fields if f.required} for s in INBOX.streams}
    assert required == {
        "leads": {"lead_id", "created_at"},
        "touchpoints": {"occurred_at"},
        "opportunities": {"opportunity_id", "created_at"},
        "conversions": {"conversion_id", "conversion_type", "occurred_at"},
        "ad_spend": {"date_day", "platform", "spend"},
        "costs": {"date_day", "amount"},
        "fx_rates": {"date_day", "currency", "rate"},
        "events": {"event_id", "starts_at"},
        "event_attendance": {"event_id"},
        "outreach": {"campaign", "contacted_at"},
        "referrals": {"referred_by", "referred_at"},
        "mailings": {"mailing_id", "sent_at"},
        "organic_search": {"date_day", "clicks"},
        "social_posts": {"network", "post_id", "posted_at"},
        "social_post_days": {"date_day", "network", "post_id"},
        "page_views": {"viewed_at", "page_url"},
        "content": {"content_id"},
        "stage_history": {"stage", "entered_at"},
    }
    assert find_stream("inbox", "touchpoints").one_of == ("lead_id", "visitor_id", "email")
    assert find_stream("inbox", "conversions").one_of == (
        "lead_id",
        "email",
        "visitor_id",
        "corrects_conversion_id",
    )
    with pytest.raises(KeyError):
        find_stream("inbox", "nothing")
