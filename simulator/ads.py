"""The demo company's Google Ads: accounts, campaigns, ads, keywords, clicks and daily figures.

Belongs here: what the ad platform knows, and its answer about a day at a given time. Does not
belong here: Google's wire format (``vendors/google_ads``) or people (``world``).

Money is in micros of the account's currency and always a multiple of 10,000, so that it has two
decimals. Days are days of the account's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo


class CampaignType(StrEnum):
    """Google's ``advertising_channel_type``."""

    SEARCH = "SEARCH"
    PERFORMANCE_MAX = "PERFORMANCE_MAX"
    """Has no ad groups, ads or keywords: its spend exists at campaign level only."""
    DISPLAY = "DISPLAY"
    VIDEO = "VIDEO"


@dataclass(slots=True)
class AdAccount:
    """One customer account. ``account_id`` is ten digits without dashes."""

    account_id: str
    currency: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(slots=True)
class Campaign:
    """One campaign and every name it has had.

    Attributes:
        names: (from when, name) in order of time; the first starts with the campaign.
        status: ENABLED, PAUSED or REMOVED.
        start_date: First day with figures.
        end_date: Last day with figures, or Google's 2037-12-30 for "never".
        slug: The value its ads write into ``utm_campaign``; renames do not change it.
    """

    campaign_id: str
    account_id: str
    campaign_type: CampaignType
    names: list[tuple[datetime, str]]
    start_date: date
    end_date: date
    slug: str
    status: str = "ENABLED"

    def name_at(self, moment: datetime) -> str:
        """The name at a given time; before the first name, the first."""
        current = self.names[0][1]
        for since, name in self.names:
            if since <= moment:
                current = name
        return current


@dataclass(slots=True)
class AdGroup:
    """One ad group of a campaign that is not Performance Max."""

    ad_group_id: str
    campaign_id: str
    account_id: str
    name: str


@dataclass(slots=True)
class Keyword:
    """One keyword (ad group criterion); ``match_type`` is EXACT, PHRASE or BROAD."""

    criterion_id: str
    ad_group_id: str
    campaign_id: str
    account_id: str
    text: str
    match_type: str


@dataclass(slots=True)
class Ad:
    """One ad.

    Attributes:
        final_url: The landing page, without parameters.
        vanishes_at: From this time on the platform no longer reports the ad at ad level, for any
            day; its ad group, campaign and account keep the figures. ``None`` if it stays.
    """

    ad_id: str
    ad_group_id: str
    campaign_id: str
    account_id: str
    name: str
    final_url: str
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]
    vanishes_at: datetime | None = None


@dataclass(slots=True)
class AdClick:
    """One click with a click id, as ``click_view`` reports it.

    Attributes:
        day: The click's day in the account's zone.
        ad_group_id: Empty for Performance Max, like ``ad_id`` and ``criterion_id``.
    """

    click_id: str
    account_id: str
    campaign_id: str
    ad_group_id: str
    ad_id: str
    criterion_id: str
    clicked_at: datetime
    day: date


@dataclass(slots=True)
class AdDay:
    """Final figures of one ad (or one Performance Max campaign) on one day.

    Attributes:
        ad_id: Empty for Performance Max, like ``ad_group_id``.
        cost_micros: Before any credit.
        conversions: The number once the day is 30 days old and all have arrived.
        credits: (from when, clicks taken back, micros taken back): invalid clicks.
    """

    account_id: str
    campaign_id: str
    ad_group_id: str
    ad_id: str
    day: date
    impressions: int
    clicks: int
    cost_micros: int
    conversions: Decimal
    credits: list[tuple[datetime, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class AdFigure:
    """The platform's answer about one ad and day at the time of the request.

    Attributes:
        in_ad_reports: False when reports by ad leave this row out although reports by ad group,
            campaign and account hold it: the ad has vanished, or the campaign has no ads.
    """

    account_id: str
    campaign_id: str
    ad_group_id: str
    ad_id: str
    day: date
    impressions: int
    clicks: int
    cost_micros: int
    conversions: Decimal
    in_ad_reports: bool


CONVERSION_DAYS = 30
"""Age until which a day's conversions grow."""

_SIX = Decimal("0.000001")


def figure_at(row: AdDay, ad: Ad | None, zone: ZoneInfo, asked_at: datetime) -> AdFigure | None:
    """The platform's answer at ``asked_at`` about a day; ``None`` for a row without figures.

    A pure function: the same request at the same time gets the same answer. The current day shows
    the share of it that has passed, conversions grow with the day's age (40 % on the day itself,
    all of them after 30 days), and credits for invalid clicks count from their time on.
    """
    start = datetime.combine(row.day, time(), zone)
    end = datetime.combine(row.day + timedelta(days=1), time(), zone)
    if asked_at <= start:
        return None
    clicks, cost, impressions = row.clicks, row.cost_micros, row.impressions
    for since, fewer_clicks, fewer_micros in row.credits:
        if since <= asked_at:
            clicks -= fewer_clicks
            cost -= fewer_micros
    if asked_at < end:
        hours = int((asked_at - start).total_seconds() // 3600)
        clicks, impressions = clicks * hours // 24, impressions * hours // 24
        cost = cost * hours // 24 // 10_000 * 10_000
    if not (clicks or cost or impressions):
        return None
    age = min(max((asked_at - end).days, 0), CONVERSION_DAYS)
    share = Decimal(40 * CONVERSION_DAYS + 60 * age) / Decimal(100 * CONVERSION_DAYS)
    return AdFigure(
        account_id=row.account_id,
        campaign_id=row.campaign_id,
        ad_group_id=row.ad_group_id,
        ad_id=row.ad_id,
        day=row.day,
        impressions=max(impressions, clicks),
        clicks=clicks,
        cost_micros=cost,
        conversions=(row.conversions * share).quantize(_SIX, ROUND_HALF_EVEN),
        in_ad_reports=ad is not None and (ad.vanishes_at is None or asked_at < ad.vanishes_at),
    )
