"""The demo company's ads at Meta and LinkedIn, with their creatives and the figures of every day.

Belongs here: what a platform knows, and its answer about a day at a given time. Does not belong
here: wire formats (``vendors/meta_ads``, ``vendors/linkedin_ads``), or who clicked (``journeys``).

Money has two decimals. Days are days of the account's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class SocialCampaign:
    """One campaign; ``slug`` is what its ads write into ``utm_campaign``.

    Attributes:
        group_id: LinkedIn's campaign group.
    """

    campaign_id: str
    name: str
    objective: str
    slug: str
    group_id: str = ""


@dataclass(slots=True)
class AdSet:
    """One ad set at Meta: whom it reaches.

    Attributes:
        audiences: Custom audiences by id and name.
        interests: By id and name.
        countries: Two letters each.
    """

    adset_id: str
    campaign_id: str
    name: str
    audiences: tuple[tuple[str, str], ...] = ()
    interests: tuple[tuple[str, str], ...] = ()
    countries: tuple[str, ...] = ("SE",)


@dataclass(slots=True)
class SocialAd:
    """One ad with its creative.

    Attributes:
        kind: ``image``, ``video``, ``dynamic``: combined by the platform from several texts;
            at LinkedIn also ``document`` or ``text``.
        titles: Headlines; several only where they are combined, none in a text.
        bodies: Longer texts, likewise.
        media_id: The picture's hash or the video's id; at LinkedIn the URN of either; empty where
            it is combined.
        created_at: Before it, nobody sees the ad.
        deleted_at: From then on only those who ask for deleted ads see it.
    """

    ad_id: str
    adset_id: str
    campaign_id: str
    creative_id: str
    name: str
    kind: str
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    call_to_action: str
    final_url: str
    media_id: str = ""
    created_at: datetime | None = None
    deleted_at: datetime | None = None

    def is_known(self, now: datetime) -> bool:
        """Whether it was made by a given time."""
        return self.created_at is None or self.created_at <= now

    def is_deleted(self, now: datetime) -> bool:
        """Whether it is gone at a given time."""
        return self.deleted_at is not None and self.deleted_at <= now


@dataclass(slots=True)
class SocialFigure:
    """Figures of one ad on one day: final ones in the world, those of a moment in an answer.

    Attributes:
        clicks: Clicks of every kind; ``link_clicks`` are those that count: at Meta those that lead
            to the site, at LinkedIn those that are charged.
        leads: What the platform claims for itself.
    """

    ad_id: str
    campaign_id: str
    day: date
    spend: Decimal
    impressions: int
    clicks: int
    link_clicks: int
    leads: int


CONVERSION_DAYS = 28
"""Age until which a day's conversions grow."""


@dataclass(slots=True)
class SocialAccount:
    """One ad account. ``account_id`` has no ``act_`` before it.

    Attributes:
        groups: LinkedIn's campaign groups, their names by id.
    """

    platform: str
    account_id: str
    name: str
    currency: str
    timezone: str
    campaigns: list[SocialCampaign] = field(default_factory=list)
    ad_sets: list[AdSet] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    ads: list[SocialAd] = field(default_factory=list)
    days: list[SocialFigure] = field(default_factory=list)

    def figures(self, now: datetime) -> list[SocialFigure]:
        """The platform's answer about every day at a given time, in order of days."""
        zone = ZoneInfo(self.timezone)
        return [seen for row in self.days if (seen := _seen(row, zone, now)) is not None]


def _seen(row: SocialFigure, zone: ZoneInfo, now: datetime) -> SocialFigure | None:
    """A day as it looks at a given time; None while it has no impressions.

    The current day shows the share of it that has passed, and conversions grow with the day's age.
    """
    start = datetime.combine(row.day, time(), zone)
    end = datetime.combine(row.day + timedelta(days=1), time(), zone)
    if now <= start:
        return None
    age = min(max((now - end).days, 0), CONVERSION_DAYS)
    leads = row.leads * (12 + age) // (12 + CONVERSION_DAYS)
    if now >= end:
        return SocialFigure(
            row.ad_id, row.campaign_id, row.day, row.spend, row.impressions, row.clicks,
            row.link_clicks, leads,
        )  # fmt: skip
    hours = int((now - start).total_seconds() // 3600)
    cents = int(row.spend * 100) * hours // 24
    impressions = row.impressions * hours // 24
    if not impressions:
        return None
    return SocialFigure(
        row.ad_id, row.campaign_id, row.day, Decimal(cents) / 100, impressions,
        row.clicks * hours // 24, row.link_clicks * hours // 24, leads,
    )  # fmt: skip
