"""Exchange rates, costs outside ad platforms, and ad spend that comes as files."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from simulator.generation import linkedin, social
from simulator.generation.budgets import CURVES, monday_of, spend_by_week
from simulator.generation.platforms import INBOX_CAMPAIGNS
from simulator.world import Cost, FxRate, InboxSpend, World

_RATES = {"SEK": 0.0888, "USD": 0.9135}

_CLOSED = frozenset({(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (1, 6), (5, 1), (6, 6)})
"""Days without a rate besides weekends."""

_MONTHLY = (
    ("38500.00", "SEK", "paid_search", "search_ad", "agency fee"),
    ("410.00", "EUR", "email", "email_campaign", "e-mail platform"),
    ("690.00", "USD", "webinar", "webinar", "webinar platform"),
    ("18000.00", "SEK", "organic_search", "organic_listing", "articles"),
    ("240.00", "EUR", "", "", "analytics tools"),
)
"""Booked on the first of each month; the last one without a source."""

_WORKING_DAYS = 5


def write_money(rng: random.Random, world: World) -> None:
    """Rates, costs and platform spend for the whole history."""
    _rates(rng, world)
    _costs(rng, world)
    spend = _platform_spend(rng, world)
    by_api: dict[str, list[InboxSpend]] = {social.PLATFORM: [], linkedin.PLATFORM: []}
    for row in spend:
        by_api.get(row.platform, world.inbox_spend).append(row)
    social.write_social(random.Random(f"{world.seed}:social"), world, by_api[social.PLATFORM])
    linkedin.write_linkedin(
        random.Random(f"{world.seed}:linkedin"), world, by_api[linkedin.PLATFORM]
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _rates(rng: random.Random, world: World) -> None:
    level = dict(_RATES)
    for day in _days(world.first_day - timedelta(days=6), world.last_day + timedelta(days=1)):
        for currency in level:
            level[currency] *= 1 + rng.gauss(0, 0.003)
            level[currency] += (_RATES[currency] - level[currency]) * 0.02
            if day.weekday() < 5 and (day.month, day.day) not in _CLOSED:
                world.fx_rates.append(FxRate(day, currency, Decimal(f"{level[currency]:.4f}")))


def _costs(rng: random.Random, world: World) -> None:
    for day in _days(world.first_day, world.last_day):
        if day.day == 1:
            for amount, currency, source, channel, text in _MONTHLY:
                world.costs.append(Cost(day, Decimal(amount), currency, source, channel, "", text))
            if day.month % 3 == 0:
                printed = Decimal(rng.randint(40_000, 90_000)) / 100
                world.costs.append(
                    Cost(day, printed, "EUR", "direct_mail", "direct_mail_piece",
                         f"Utskick {day:%Y-%m}", "print and postage")
                )  # fmt: skip
            if day.month == 8:
                # The printer sends money back.
                world.costs.append(
                    Cost(day, Decimal("-120.00"), "EUR", "direct_mail", "direct_mail_piece",
                         "", "print credit")
                )  # fmt: skip
        if day.day == 20:
            gifts = Decimal(rng.randint(600, 1400))
            world.costs.append(
                Cost(day, gifts, "EUR", "customer_referral", "referral_link", "", "referral gifts")
            )
    world.costs.sort(key=lambda cost: (cost.day, cost.description))


def _platform_spend(rng: random.Random, world: World) -> list[InboxSpend]:
    """A campaign's day each, in order of days; two platforms' come by their APIs."""
    by_week = spend_by_week(world)
    spend = []
    for platform, account, campaign_id, name, currency, usual in INBOX_CAMPAIGNS:
        for day in _days(world.first_day, world.last_day):
            if day.weekday() >= 5 and platform == linkedin.PLATFORM:
                continue
            if curve := CURVES.get(campaign_id):
                of_week = by_week.get((campaign_id, monday_of(day)), curve.least * world.scale)
                usual = of_week / world.scale / _WORKING_DAYS
            cents = int(usual * rng.uniform(0.4, 1.6) * 100 * world.scale) + 1
            clicks = max(1, int(cents / (usual * 4)))
            spend.append(
                InboxSpend(
                    day=day,
                    platform=platform,
                    account_id=account,
                    campaign_id=campaign_id,
                    campaign_name=name,
                    spend=Decimal(cents) / 100,
                    currency=currency,
                    impressions=clicks * rng.randint(60, 180),
                    clicks=clicks,
                )
            )
    return sorted(spend, key=lambda row: (row.day, row.platform, row.campaign_id))
