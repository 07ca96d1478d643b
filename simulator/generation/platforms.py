"""The ad platforms: what is advertised, who clicked, and the cost of every day.

Belongs here: building accounts and campaigns, issuing clicks, the daily figures with those clicks.
"""

from __future__ import annotations

import random
import string
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from simulator.ads import (
    Ad,
    AdAccount,
    AdClick,
    AdDay,
    AdGroup,
    Campaign,
    CampaignType,
    Keyword,
)
from simulator.generation.budgets import (
    BRINGS_NOTHING,
    CURVES,
    Weeks,
    monday_of,
    spend_by_week,
)
from simulator.generation.words import KEYWORDS
from simulator.world import DOMAIN, World

NEVER = date(2037, 12, 30)
"""Google's end date of a campaign without one."""

CLICKS_KNOWN_FROM = date(2026, 4, 10)
"""Clicks since then can be looked up at the demo's clock: ``click_view`` goes back 90 days."""

CLICKS_LOST_BEFORE = date(2026, 3, 30)
"""Clicks before then cannot. In between, every click names its campaign itself, so that the result
depends neither on a zone nor on how 90 days are counted.
"""

ACCOUNT_SEK = "4821093377"
ACCOUNT_USD = "7730562914"

_LETTERS = string.ascii_letters + string.digits + "-_"

_SEARCH, _PMAX = CampaignType.SEARCH, CampaignType.PERFORMANCE_MAX
_DISPLAY, _VIDEO = CampaignType.DISPLAY, CampaignType.VIDEO

# id, account, type, slug, share of clicks, cost per click (units), untracked clicks a day, theme,
# (month from which, name) ...
_CAMPAIGNS: tuple[
    tuple[str, str, CampaignType, str, int, float, float, str, tuple[tuple[str, str], ...]], ...
] = (
    ("20110000001", ACCOUNT_SEK, _SEARCH, "brand-se", 24, 9.0, 5.0, "brand", (
        ("2025-01-01T00:00", "Brand | SE"), ("2025-09-15T11:20", "Varumärke | Sök"))),
    ("20110000002", ACCOUNT_SEK, _SEARCH, "attribution", 22, 46.0, 4.0, "attribution", (
        ("2025-01-01T00:00", "Search > Attribution"),)),
    ("20110000003", ACCOUNT_SEK, _SEARCH, "datalager", 16, 39.0, 3.0, "warehouse", (
        ("2025-01-01T00:00", "🚀 Datalager – generiskt"),)),
    ("20110000004", ACCOUNT_SEK, _SEARCH, "crm-offer", 10, 34.0, 2.0, "crm", (
        ("2025-01-01T00:00", '=HYPERLINK("https://fjordbase.example","CRM offer")'),)),
    ("20110000005", ACCOUNT_SEK, _PMAX, "pmax-nordics", 70, 21.0, 9.0, "", (
        ("2025-01-01T00:00", "PMax Nordics"), ("2026-02-10T08:05", "PMax Norden | leads"))),
    ("20110000006", ACCOUNT_SEK, _DISPLAY, "remarketing", 100, 6.5, 6.0, "", (
        ("2025-01-01T00:00", "Display remarketing"),)),
    ("20110000007", ACCOUNT_SEK, _VIDEO, "product-tour", 100, 5.0, 4.0, "", (
        ("2025-01-01T00:00", "YouTube; produkttur 'kort'"),)),
    ("20110000008", ACCOUNT_USD, _SEARCH, "brand-us", 10, 1.9, 2.0, "brand", (
        ("2025-01-01T00:00", "Brand US"),)),
    ("20110000009", ACCOUNT_USD, _SEARCH, "dashboards-us", 18, 6.4, 3.0, "dashboard", (
        ("2025-01-01T00:00", "Generic US"), ("2025-11-03T15:00", "Generic US | dashboards"),
        ("2026-05-18T09:30", "Dashboards"))),
    ("20110000010", ACCOUNT_USD, _PMAX, "pmax-us", 30, 3.2, 4.0, "", (
        ("2025-01-01T00:00", "PMax US"),)),
)  # fmt: skip

INBOX_CAMPAIGNS: tuple[tuple[str, str, str, str, str, float], ...] = (
    ("linkedin_ads", "512001", "636100001", "thought-leadership", "EUR", 92.0),
    ("linkedin_ads", "512001", "636100002", "demo-request", "EUR", 118.0),
    ("meta_ads", "90210077", "120330000000001", "retargeting-se", "SEK", 410.0),
    ("microsoft_ads", "1480022", "340000001", "bing-attribution", "EUR", 34.0),
    ("meta_ads", "90210077", BRINGS_NOTHING, "awareness-norden", "SEK", 1990.0),
)
"""(platform, account, campaign id, name and slug, currency, spend on a usual working day)."""

IDLE_PLATFORM = "meta_ads"
"""Where the campaign that brings nothing runs."""

SPREADS_POSTS = "thought-leadership"
"""The campaign that spreads posts."""

_USUAL_DAYS = 5.7
"""A week's days, weekends for a third each."""

_PROMISES = ("Numbers that add up", "One report that everybody trusts")
"""What sets the two ads of an ad group apart."""


class AdPlatforms:
    """Issues clicks during generation and writes the daily figures afterwards."""

    def __init__(self, rng: random.Random, world: World) -> None:
        self._rng = rng
        self._world = world
        self._by_type: dict[CampaignType, tuple[list[Campaign], list[int]]] = {}
        self._ads: dict[str, list[Ad]] = {}
        self._keywords: dict[str, list[Keyword]] = {}
        self._tracked: dict[tuple[str, str, date], int] = {}
        self._zones: dict[str, ZoneInfo] = {}
        self._click_number = 0
        self._tail = ""
        self._build()

    def _build(self) -> None:
        world = self._world
        world.ad_accounts += [
            AdAccount(ACCOUNT_SEK, "SEK", "Europe/Stockholm"),
            AdAccount(ACCOUNT_USD, "USD", "America/New_York"),
        ]
        self._zones = {account.account_id: account.zone for account in world.ad_accounts}
        for number, row in enumerate(_CAMPAIGNS, 1):
            campaign_id, account_id, kind, slug, share, _, _, theme, names = row
            campaign = Campaign(
                campaign_id=campaign_id,
                account_id=account_id,
                campaign_type=kind,
                names=[
                    (datetime.fromisoformat(at).replace(tzinfo=UTC), name) for at, name in names
                ],
                start_date=world.first_day,
                end_date=NEVER,
                slug=slug,
            )
            world.campaigns.append(campaign)
            campaigns, shares = self._by_type.setdefault(kind, ([], []))
            campaigns.append(campaign)
            shares.append(share)
            self._ads[campaign_id] = []
            if kind is not CampaignType.PERFORMANCE_MAX:
                for group in range(2 if kind is CampaignType.SEARCH else 1):
                    self._build_ad_group(campaign, number, group, theme)
        self._ads[_CAMPAIGNS[1][0]][1].vanishes_at = datetime(2026, 6, 10, 9, tzinfo=UTC)
        self._ads[_CAMPAIGNS[8][0]][0].vanishes_at = datetime(2026, 7, 10, 9, tzinfo=UTC)

    def _build_ad_group(self, campaign: Campaign, number: int, group: int, theme: str) -> None:
        campaign_id, account_id = campaign.campaign_id, campaign.account_id
        ad_group_id = f"1500{number:03d}{group:04d}"
        label = theme or campaign.slug
        suffix = ("core", "long tail")[group]
        self._world.ad_groups.append(
            AdGroup(ad_group_id, campaign_id, account_id, f"{label} {suffix}")
        )
        for position in range(2):
            ad = Ad(
                ad_id=f"6900{number:03d}{group:02d}{position:03d}",
                ad_group_id=ad_group_id,
                name=f"{label} {suffix} {'AB'[position]}",
                final_url=f"https://{DOMAIN}/{('product', 'pricing')[position]}",
                headlines=(_PROMISES[position], f"{label.title()}, explained", "Boka demo"),
                descriptions=("See where leads come from.", "Prova gratis i 30 dagar."),
                campaign_id=campaign_id,
                account_id=account_id,
            )
            self._ads[campaign.campaign_id].append(ad)
            self._world.ads.append(ad)
        for position, text in enumerate(KEYWORDS.get(theme, ())):
            keyword = Keyword(
                criterion_id=f"3100{number:03d}{group:02d}{position:02d}",
                ad_group_id=ad_group_id,
                text=text,
                match_type=("EXACT", "PHRASE", "BROAD")[position],
                campaign_id=campaign_id,
                account_id=account_id,
            )
            self._keywords.setdefault(ad_group_id, []).append(keyword)
            self._world.keywords.append(keyword)

    def click(self, kind: CampaignType, at: datetime) -> tuple[Campaign, Ad | None, AdClick, str]:
        """A click at a given time: its campaign, its ad, the click itself, the keyword's text."""
        rng = self._rng
        campaigns, shares = self._by_type[kind]
        campaign = rng.choices(campaigns, shares)[0]
        ads = self._ads[campaign.campaign_id]
        ad = rng.choice(ads) if ads else None
        keywords = self._keywords.get(ad.ad_group_id, []) if ad else []
        keyword = rng.choice(keywords) if keywords else None
        day = at.astimezone(self._zones[campaign.account_id]).date()
        click = AdClick(
            click_id=self._click_id(),
            account_id=campaign.account_id,
            campaign_id=campaign.campaign_id,
            ad_group_id=ad.ad_group_id if ad else "",
            ad_id=ad.ad_id if ad else "",
            criterion_id=keyword.criterion_id if keyword else "",
            clicked_at=at,
            day=day,
        )
        key = (campaign.campaign_id, click.ad_id, day)
        self._tracked[key] = self._tracked.get(key, 0) + 1
        self._world.ad_clicks.append(click)
        return campaign, ad, click, keyword.text if keyword else ""

    def _click_id(self) -> str:
        number, self._click_number = self._click_number, self._click_number + 1
        if number % 500 == 499:
            # Click ids are case-sensitive: this one differs from the last only by case.
            return f"Cj0KCQ{self._tail.swapcase()}{number - 1:06d}_wcB"
        self._tail = "".join(self._rng.choices(_LETTERS, k=20))
        return f"Cj0KCQ{self._tail}{number:06d}_wcB"

    def write_days(self) -> None:
        """The daily figures: at least the issued clicks, with their cost."""
        world, rng = self._world, self._rng
        world.ad_clicks.sort(key=lambda click: (click.clicked_at, click.click_id))
        days = [
            world.first_day + timedelta(days=offset)
            for offset in range((world.last_day - world.first_day).days + 1)
        ]
        spend = spend_by_week(world)
        for row in _CAMPAIGNS:
            campaign_id, account_id, kind, _, _, usual, base, _, _ = row
            prices = self._prices(campaign_id, base, spend)
            ads: list[Ad | None] = [*self._ads[campaign_id]]
            for day in days:
                rhythm = (1.0 if day.weekday() < 5 else 0.35) * world.scale / max(len(ads), 1)
                for ad in ads or [None]:
                    tracked = self._tracked.get((campaign_id, ad.ad_id if ad else "", day), 0)
                    untracked = int(rng.gauss(base, base / 2) * rhythm + rng.random())
                    # Both accounts have a Performance Max campaign that never pauses, so no day is
                    # without figures, however small the company.
                    least = 0 if ads else 1
                    price = prices.get(monday_of(day), usual)
                    self._write_day(account_id, campaign_id, ad, day, kind, price,
                                    max(tracked + untracked, tracked, least))  # fmt: skip

    def _prices(self, campaign_id: str, base: float, spend: Weeks) -> dict[date, float]:
        """The price of a click by Monday, where the campaign's spend follows a curve."""
        if campaign_id not in CURVES:
            return {}
        world = self._world
        clicks: dict[date, float] = {}
        monday = monday_of(world.first_day)
        while monday <= world.last_day:
            clicks[monday] = base * _USUAL_DAYS * world.scale
            monday += timedelta(days=7)
        for (of_campaign, _, day), count in self._tracked.items():
            if of_campaign == campaign_id:
                clicks[monday_of(day)] += count
        least = CURVES[campaign_id].least * world.scale
        return {
            monday: spend.get((campaign_id, monday), least) / count
            for monday, count in clicks.items()
        }

    def _write_day(
        self,
        account_id: str,
        campaign_id: str,
        ad: Ad | None,
        day: date,
        kind: CampaignType,
        price: float,
        clicks: int,
    ) -> None:
        rng = self._rng
        seen = rng.randint(8, 30) if kind is CampaignType.SEARCH else rng.randint(60, 240)
        impressions = clicks * seen + rng.randint(0, seen)
        cost = sum(round(price * rng.uniform(0.55, 1.5) * 100) for _ in range(clicks)) * 10_000
        if not impressions:
            return
        row = AdDay(
            account_id=account_id,
            campaign_id=campaign_id,
            ad_group_id=ad.ad_group_id if ad else "",
            ad_id=ad.ad_id if ad else "",
            day=day,
            impressions=impressions,
            clicks=clicks,
            cost_micros=cost,
            conversions=Decimal(f"{clicks * rng.random() * 0.12:.6f}"),
        )
        if clicks > 1 and rng.random() < 0.03:
            since = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            since += timedelta(days=rng.randint(3, 45), minutes=rng.randint(0, 600))
            fewer = rng.randint(1, clicks - 1)
            row.credits.append((since, fewer, cost * fewer // clicks // 10_000 * 10_000))
        self._world.ad_days.append(row)
