"""A company that buys leads through four campaigns whose effect is known.

Belongs here: its files and the curves behind them. Does not belong here: the expected advice.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

WEEKS = 72
FIRST_MONDAY = date(2025, 1, 6)
WORTH = 4000
"""What a customer is worth on average; one lead of eight becomes one."""

CURVES: dict[str, tuple[str, float, Callable[[float], float]]] = {
    "room": ("google_ads", 1500, lambda spend: 1 + spend / 100),
    "full": ("meta_ads", 9000, lambda spend: 5 * math.log1p(spend / 150)),
    "crowded": ("linkedin_ads", 6000, lambda spend: 6 * math.log1p(spend / 200)),
    "idle": ("microsoft_ads", 2500, lambda spend: 0.05),
}
"""Platform, usual spend and leads of a week by what was spent in it, by campaign."""

CONFIG = """
company: {name: Fyra AB, reporting_currency: EUR, history_start: 2025-01-01}
attribution: {models: [linear], account_scope: false}
inbox:
  - {path: leads.csv, stream: leads, constants: {currency: EUR}}
  - {path: spend.csv, stream: ad_spend, constants: {currency: EUR}}
"""


def write_budget_company(folder: Path) -> None:
    """Write the configuration and both files."""
    rng = random.Random(11)
    spend: list[tuple[object, ...]] = []
    leads: list[tuple[object, ...]] = []
    for campaign, (platform, usual, curve) in CURVES.items():
        for week in range(WEEKS):
            monday = FIRST_MONDAY + timedelta(weeks=week)
            spent = round(usual * math.exp(rng.gauss(-0.18, 0.6)), 2)
            spend.append((monday, monday + timedelta(days=6), platform, campaign, spent))
            for _ in range(_poisson(rng, curve(spent))):
                leads.append(_lead(rng, len(leads), monday, platform, campaign))
    last = FIRST_MONDAY + timedelta(weeks=WEEKS)
    leads.append(_lead(rng, len(leads), last, "", ""))
    (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
    header = ("date_day", "last_day", "platform", "campaign_name", "spend")
    _write(folder / "spend.csv", header, spend)
    header = ("lead_id", "created_at", "utm_source", "utm_medium", "utm_campaign", "customer_at",
              "value")  # fmt: skip
    _write(folder / "leads.csv", header, leads)


def _lead(
    rng: random.Random, number: int, monday: date, platform: str, campaign: str
) -> tuple[object, ...]:
    created = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    created += timedelta(seconds=rng.randrange(6 * 86400))
    medium = "cpc" if campaign else ""
    bought, value = "", ""
    if rng.random() < 0.125:
        bought = (created + timedelta(days=rng.uniform(1, 40))).isoformat()
        value = f"{WORTH * math.exp(rng.gauss(-0.28, 0.75)):.2f}"
    source = platform.removesuffix("_ads")
    return (f"L{number}", created.isoformat(), source, medium, campaign, bought, value)


def _poisson(rng: random.Random, mean: float) -> int:
    count, product = 0, rng.random()
    while product > math.exp(-mean):
        count += 1
        product *= rng.random()
    return count


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
