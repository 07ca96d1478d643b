"""What a correct warehouse must show of ads at Meta and LinkedIn, computed from the world.

Belongs here: the restated definition of ``marts.ad_performance`` for both. Does not belong here:
leads and deals themselves (``truth``).
"""

from __future__ import annotations

from datetime import date, datetime

from simulator.answers import AdTruth, LeadTruth, Truth
from simulator.rates import Rates, reporting_day
from simulator.world import World


def count_social_ads(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.ads``, once leads and deals are counted; clicks are those that count."""
    ads = {
        (account.platform, name): ad.ad_id
        for account in world.social_accounts
        for ad in account.ads
        if ad.is_known(now)
        for name in (ad.name, ad.ad_id)
    }
    platforms = {account.platform for account in world.social_accounts}
    for account in world.social_accounts:
        for figure in account.figures(now):
            cell = _cell(truth, figure.day, figure.campaign_id, figure.ad_id)
            cell.clicks += figure.link_clicks
            cell.impressions += figure.impressions
            cell.spend += rates.convert(figure.spend, account.currency, figure.day)
    for lead in truth.leads.values():
        platform, campaign_id = lead.campaign
        if platform not in platforms:
            continue
        ad_id = ads.get((platform, _content(lead)), "")
        cell = _cell(truth, reporting_day(lead.created_at), campaign_id, ad_id)
        cell.leads += 1
        cell.customers += lead.customer_at is not None
        cell.revenue += lead.revenue


def _content(lead: LeadTruth) -> str:
    """What the touch that gave a lead its campaign says of its ad: its origin, or its tactic."""
    for touch in (lead.origin, lead.tactic):
        if touch is not None and (touch.campaign_platform, touch.campaign_id) == lead.campaign:
            return touch.utm_content
    return ""


def _cell(truth: Truth, day: date, campaign_id: str, ad_id: str) -> AdTruth:
    return truth.ads.setdefault((day.replace(day=1), campaign_id, ad_id), AdTruth())
