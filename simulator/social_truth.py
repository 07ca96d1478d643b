"""What a correct warehouse must show of Meta's ads, computed from the world.

Belongs here: the restated definition of ``marts.ad_performance`` for Meta. Does not belong here:
leads and deals themselves (``truth``).
"""

from __future__ import annotations

from datetime import date, datetime

from simulator.answers import AdTruth, LeadTruth, Truth
from simulator.rates import Rates, reporting_day
from simulator.world import World


def count_social_ads(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.ads``, once leads and deals are counted; clicks are those on links."""
    for account in world.social_accounts:
        for figure in account.figures(now):
            cell = _cell(truth, figure.day, figure.campaign_id, figure.ad_id)
            cell.clicks += figure.link_clicks
            cell.impressions += figure.impressions
            cell.spend += rates.convert(figure.spend, account.currency, figure.day)
    for lead in truth.leads.values():
        platform, campaign_id = lead.campaign
        if platform != "meta_ads":
            continue
        cell = _cell(truth, reporting_day(lead.created_at), campaign_id, _ad(lead))
        cell.leads += 1
        cell.customers += lead.customer_at is not None
        cell.revenue += lead.revenue


def _ad(lead: LeadTruth) -> str:
    """The ad of the touch that gave a lead its campaign: its origin, or else its tactic."""
    for touch in (lead.origin, lead.tactic):
        if touch is not None and (touch.campaign_platform, touch.campaign_id) == lead.campaign:
            return touch.utm_content
    return ""


def _cell(truth: Truth, day: date, campaign_id: str, ad_id: str) -> AdTruth:
    return truth.ads.setdefault((day.replace(day=1), campaign_id, ad_id), AdTruth())
