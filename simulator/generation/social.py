"""Meta Ads: what is advertised there; and what each ad's share of a campaign's day was."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from simulator.generation.budgets import BRINGS_NOTHING
from simulator.money import InboxSpend
from simulator.social import AdSet, SocialAccount, SocialAd, SocialCampaign, SocialFigure
from simulator.world import DOMAIN, World

PLATFORM = "meta_ads"
_CAMPAIGN = "120330000000001"
_VISITORS, _LOOKALIKE, _EVERYBODY = "120331000000001", "120331000000002", "120331000000005"

_ADS = (
    SocialAd(
        "120332000000000001", _VISITORS, _CAMPAIGN, "120333000000000001",
        "Demo, bild", "image",
        ("Se varifrån era leads kommer",), ("Tre klick till svaret. Boka en demo.",),
        "LEARN_MORE", f"https://{DOMAIN}/demo", "9f2c61a47d0b4e6c8a51c3f07be2d911",
    ),
    SocialAd(
        "120332000000000002", _VISITORS, _CAMPAIGN, "120333000000000002",
        "Produktfilm 30 s", "video",
        ("Numbers that add up",), ('Kunder säger: "äntligen" & byter ark mot svar.',),
        "WATCH_MORE", f"https://{DOMAIN}/product", "1048576000000017",
        deleted_at=datetime(2026, 4, 20, 9, tzinfo=UTC),
    ),
    SocialAd(
        "120332000000000003", _LOOKALIKE, _CAMPAIGN, "120333000000000003",
        "Dynamisk | priser", "dynamic",
        ("Prova gratis", "30 dagar utan kort"), ("Ett pris. Inga moduler.", "Räkna själv."),
        "SIGN_UP", f"https://{DOMAIN}/pricing",
    ),
    SocialAd(
        "120332000000000005", _EVERYBODY, BRINGS_NOTHING, "120333000000000005",
        "Kännedom, film", "video",
        ("Fjordbase",), ("Siffror som går ihop.",),
        "LEARN_MORE", f"https://{DOMAIN}/", "1048576000000023",
    ),
)  # fmt: skip
"""Ids exceed 2^53, so that whoever reads them as a double finds another ad."""


def drawn(shown: Sequence[SocialAd], click_id: str) -> SocialAd:
    """The ad that a click came from, of those that were shown: always the same."""
    return shown[hashlib.sha256(click_id.encode()).digest()[0] % len(shown)]


def shown_at(campaign_id: str, at: datetime) -> list[SocialAd]:
    """The ads of a campaign at a time, none that is deleted."""
    return [ad for ad in _ADS if ad.campaign_id == campaign_id and not ad.is_deleted(at)]


def write_social(rng: random.Random, world: World, days: Iterable[InboxSpend]) -> None:
    """The account, and its campaigns' days divided among their ads.

    Args:
        rng: Draws the shares.
        world: Gets the account.
        days: Totals of the account's campaigns by day.
    """
    rows = list(days)
    account = SocialAccount(
        platform=PLATFORM,
        account_id=rows[0].account_id,
        name="Fjordbase social",
        currency=rows[0].currency,
        timezone="Europe/Stockholm",
        campaigns=[
            SocialCampaign(campaign_id, name, "OUTCOME_TRAFFIC", name)
            for campaign_id, name in sorted({(row.campaign_id, row.campaign_name) for row in rows})
        ],
        ad_sets=[
            AdSet(_VISITORS, _CAMPAIGN, "Besökare 90 dagar", (("120334000000001", "Besökare"),)),
            AdSet(_EVERYBODY, BRINGS_NOTHING, "Norden 25-54", countries=("SE", "NO", "DK", "FI")),
            AdSet(
                _LOOKALIKE, _CAMPAIGN, "Liknande kunder | Norden",
                (("120334000000002", "Lookalike (SE, 1%)"),),
                (("6003127206524", "Business intelligence"),), ("SE", "NO"),
            ),
        ],
        ads=list(_ADS),
    )  # fmt: skip
    divide(rng, account, rows, shown_at)
    world.social_accounts.append(account)


def divide(
    rng: random.Random,
    account: SocialAccount,
    rows: Iterable[InboxSpend],
    shown_at: Callable[[str, datetime], Sequence[SocialAd]],
) -> None:
    """Divide the days of campaigns among the ads that were shown at noon.

    Args:
        rng: Draws the shares.
        account: Gets the figures.
        rows: Totals of the account's campaigns by day.
        shown_at: The ads of a campaign at a time.
    """
    for row in rows:
        shown = shown_at(
            row.campaign_id, datetime(row.day.year, row.day.month, row.day.day, 12, tzinfo=UTC)
        )
        weights = [rng.randint(1, 5) for _ in shown]
        for number, ad in enumerate(shown):
            account.days.append(_share(rng, row, ad, number, weights))


def _share(
    rng: random.Random, row: InboxSpend, ad: SocialAd, number: int, weights: list[int]
) -> SocialFigure:
    """One ad's part of a day; the first also has what does not divide."""
    cents, impressions, clicks = (
        _part(total, number, weights)
        for total in (int(row.spend * 100), row.impressions, row.clicks)
    )
    return SocialFigure(
        ad_id=ad.ad_id,
        campaign_id=ad.campaign_id,
        day=row.day,
        spend=Decimal(cents) / 100,
        impressions=impressions,
        clicks=clicks + rng.randint(0, 4),
        link_clicks=clicks,
        leads=rng.randint(0, clicks // 3),
    )


def _part(total: int, number: int, weights: list[int]) -> int:
    parts = [total * weight // sum(weights) for weight in weights]
    return parts[number] + (total - sum(parts) if number == 0 else 0)
