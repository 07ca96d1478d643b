"""The records behind Meta's answers, with every field that the double knows.

Belongs here: what Meta would know at a given time, from the world. Does not belong here: tokens,
pages and reports (``meta_ads``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from simulator.social import AdSet, SocialAccount, SocialAd, SocialCampaign, SocialFigure
from simulator.world import World

Node = dict[str, Any]

ENTITIES = {
    kind: frozenset(names.split())
    for kind, names in {
        "account": "id account_id name currency timezone_name timezone_offset_hours_utc "
        "account_status amount_spent",
        "campaign": "id account_id name objective status effective_status configured_status "
        "buying_type daily_budget start_time stop_time created_time updated_time",
        "adset": "id account_id campaign_id name status effective_status configured_status "
        "optimization_goal billing_event attribution_spec targeting start_time end_time",
        "ad": "id account_id campaign_id adset_id name status effective_status configured_status "
        "creative",
        "creative": "id account_id name object_type title body call_to_action_type image_hash "
        "video_id link_url template_url url_tags object_story_spec asset_feed_spec "
        "effective_object_story_id",
        "insights": "account_id account_name account_currency campaign_id campaign_name adset_id "
        "adset_name ad_id ad_name objective spend impressions clicks inline_link_clicks reach "
        "actions action_values date_start date_stop",
    }.items()
}
"""The fields of each kind that can be asked for."""

_PAGE = "104857600000001"
_OBJECT_TYPES = {"image": "SHARE", "video": "VIDEO", "dynamic": "SHARE"}
_URL_TAGS = (
    "utm_source=facebook&utm_medium=Paid_Social&utm_campaign={{campaign.name}}"
    "&utm_id={{campaign.id}}&utm_content={{ad.id}}"
)
_NEVER = "1969-12-31T15:59:59-0800"


class Rows:
    """The records of every account."""

    def __init__(self, world: World) -> None:
        self.accounts = {
            account.account_id: account for account in world.social_accounts_of("meta_ads")
        }

    def account_node(self, account: SocialAccount) -> Node:
        """The account itself."""
        return {
            "id": f"act_{account.account_id}",
            "account_id": account.account_id,
            "name": account.name,
            "currency": account.currency,
            "timezone_name": account.timezone,
            "timezone_offset_hours_utc": 1,
            "account_status": 1,
            "amount_spent": str(int(sum(row.spend for row in account.days) * 100)),
        }

    def nodes(self, kind: str, account: SocialAccount, now: datetime) -> list[Node]:
        """Every record of a kind, deleted ones too."""
        match kind:
            case "campaign":
                return [_campaign(each, account) for each in account.campaigns]
            case "adset":
                return [_ad_set(each, account) for each in account.ad_sets]
            case "ad":
                return [_ad(each, account, now) for each in account.ads]
            case _:
                return [_creative(each, account) for each in account.ads]

    def insights(
        self,
        level: str,
        account: SocialAccount,
        start: date,
        end: date,
        statuses: set[str],
        now: datetime,
    ) -> list[Node]:
        """Figures per day; of ads, without a filter, only those that are not deleted."""
        ads = {ad.ad_id: ad for ad in account.ads}
        sums: dict[tuple[date, str], list[SocialFigure]] = {}
        for figure in account.figures(now):
            if not start <= figure.day <= end:
                continue
            if level == "ad" and not _shown(ads[figure.ad_id], statuses, now):
                continue
            key = {"account": "", "campaign": figure.campaign_id, "ad": figure.ad_id}[level]
            sums.setdefault((figure.day, key), []).append(figure)
        return [
            {**_about(level, key, account), **_figures(figures), **_day(day)}
            for (day, key), figures in sums.items()
        ]


def _shown(ad: SocialAd, statuses: set[str], now: datetime) -> bool:
    status = _status(ad, now)
    return status in statuses if statuses else status != "DELETED"


def _status(ad: SocialAd, now: datetime) -> str:
    return "DELETED" if ad.is_deleted(now) else "ACTIVE"


def _state(status: str) -> Node:
    return {"status": status, "effective_status": status, "configured_status": status}


def _campaign(campaign: SocialCampaign, account: SocialAccount) -> Node:
    return {
        "id": campaign.campaign_id,
        "account_id": account.account_id,
        "name": campaign.name,
        "objective": campaign.objective,
        "buying_type": "AUCTION",
        "daily_budget": "50000",
        "start_time": "2025-01-01T00:00:00+0100",
        "stop_time": _NEVER,
        "created_time": "2024-12-20T10:15:00+0100",
        "updated_time": "2025-06-01T10:15:00+0200",
        **_state("ACTIVE"),
    }


def _ad_set(ad_set: AdSet, account: SocialAccount) -> Node:
    targeting: Node = {
        "age_min": 25,
        "geo_locations": {"countries": list(ad_set.countries)},
        "custom_audiences": [{"id": key, "name": name} for key, name in ad_set.audiences],
    }
    if ad_set.interests:
        targeting["flexible_spec"] = [
            {"interests": [{"id": key, "name": name} for key, name in ad_set.interests]}
        ]
    return {
        "id": ad_set.adset_id,
        "account_id": account.account_id,
        "campaign_id": ad_set.campaign_id,
        "name": ad_set.name,
        "optimization_goal": "LINK_CLICKS",
        "billing_event": "IMPRESSIONS",
        "attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 7}],
        "targeting": targeting,
        "start_time": "2025-01-01T00:00:00+0100",
        **_state("ACTIVE"),
    }


def _ad(ad: SocialAd, account: SocialAccount, now: datetime) -> Node:
    return {
        "id": ad.ad_id,
        "account_id": account.account_id,
        "campaign_id": ad.campaign_id,
        "adset_id": ad.adset_id,
        "name": ad.name,
        "creative": {"id": ad.creative_id},
        **_state(_status(ad, now)),
    }


def _creative(ad: SocialAd, account: SocialAccount) -> Node:
    action = {"type": ad.call_to_action, "value": {"link": ad.final_url}}
    node: Node = {
        "id": ad.creative_id,
        "account_id": account.account_id,
        "name": f"{ad.name} 2025-01-01-{ad.creative_id[-6:]}",
        "object_type": _OBJECT_TYPES[ad.kind],
        "url_tags": _URL_TAGS,
        "effective_object_story_id": f"{_PAGE}_{ad.creative_id}",
    }
    if ad.kind == "image":
        node |= {"call_to_action_type": ad.call_to_action, "image_hash": ad.media_id}
        node["object_story_spec"] = {
            "page_id": _PAGE,
            "link_data": {
                "link": ad.final_url, "message": ad.bodies[0], "name": ad.titles[0],
                "image_hash": ad.media_id, "call_to_action": action,
            },
        }  # fmt: skip
    elif ad.kind == "video":
        node |= {"call_to_action_type": ad.call_to_action, "video_id": ad.media_id}
        node |= {"title": ad.titles[0], "body": ad.bodies[0]}
        node["object_story_spec"] = {
            "page_id": _PAGE,
            "video_data": {
                "video_id": ad.media_id, "title": ad.titles[0], "message": ad.bodies[0],
                "call_to_action": action,
            },
        }  # fmt: skip
    else:
        node["object_story_spec"] = {"page_id": _PAGE}
        node["asset_feed_spec"] = {
            "titles": [{"text": text} for text in ad.titles],
            "bodies": [{"text": text} for text in ad.bodies],
            "link_urls": [{"website_url": ad.final_url}],
            "call_to_action_types": [ad.call_to_action],
            "images": [{"hash": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}],
            "ad_formats": ["SINGLE_IMAGE"],
        }
    return node


def _about(level: str, key: str, account: SocialAccount) -> Node:
    """Whose figures they are."""
    about: Node = {
        "account_id": account.account_id,
        "account_name": account.name,
        "account_currency": account.currency,
    }
    ad = next((ad for ad in account.ads if ad.ad_id == key), None)
    campaign_id = ad.campaign_id if ad else key
    for campaign in account.campaigns:
        if level != "account" and campaign.campaign_id == campaign_id:
            about |= {"campaign_id": campaign_id, "campaign_name": campaign.name}
            about["objective"] = campaign.objective
    if ad:
        ad_set = next(each for each in account.ad_sets if each.adset_id == ad.adset_id)
        about |= {"adset_id": ad_set.adset_id, "adset_name": ad_set.name}
        about |= {"ad_id": ad.ad_id, "ad_name": ad.name}
    return about


def _figures(figures: Iterable[SocialFigure]) -> Node:
    spend, impressions, clicks, links, leads = Decimal(0), 0, 0, 0, 0
    for figure in figures:
        spend += figure.spend
        impressions += figure.impressions
        clicks += figure.clicks
        links += figure.link_clicks
        leads += figure.leads
    node: Node = {
        "spend": f"{spend:.2f}",
        "impressions": str(impressions),
        "clicks": str(clicks),
        "reach": str(impressions - impressions // 4),
    }
    actions = []
    if links:
        node["inline_link_clicks"] = str(links)
        actions.append(_action("link_click", links))
    if leads:
        # One lead under two names: the roll-up of all, and its part.
        actions += [_action("lead", leads), _action("offsite_conversion.fb_pixel_lead", leads)]
    if actions:
        node["actions"] = actions
    return node


def _action(name: str, count: int) -> Node:
    """A count in the account's window, and in windows that overlap."""
    action = {"action_type": name, "value": str(count), "7d_click": str(count)}
    action["28d_click"] = str(count)
    if count > 1:
        action["1d_click"] = str(count - 1)
    return action


def _day(day: date) -> Node:
    return {"date_start": day.isoformat(), "date_stop": day.isoformat()}
