"""The records behind LinkedIn's answers about ads.

Belongs here: what LinkedIn would know at a given time, from the world. Does not belong here:
tokens, queries and pages (``linkedin_api``, ``linkedin_ads``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from simulator.social import SocialAccount, SocialAd, SocialCampaign, SocialFigure
from simulator.world import World

Node = dict[str, Any]

FIGURES = (
    "approximateMemberReach", "clicks", "comments", "companyPageClicks",
    "conversionValueInLocalCurrency", "costInLocalCurrency", "costInUsd",
    "externalWebsiteConversions", "externalWebsitePostClickConversions",
    "externalWebsitePostViewConversions", "follows", "impressions", "landingPageClicks", "likes",
    "oneClickLeads", "oneClickLeadFormOpens", "qualifiedLeads", "reactions", "shares",
    "validWorkEmailLeads", "videoCompletions", "videoStarts", "videoViews",
)  # fmt: skip
"""The figures that can be asked for."""

_ORGANIZATION = "urn:li:organization:64265083"
_STARTED = datetime(2025, 1, 1, 8, tzinfo=UTC)
_FORMATS = {"ENGAGEMENT": "STANDARD_UPDATE", "WEBSITE_VISIT": "SINGLE_VIDEO"}
_TITLES_OF = "urn:li:adTargetingFacet:titles"


class Rows:
    """The records of every account."""

    def __init__(self, world: World) -> None:
        self.accounts = {
            account.account_id: account for account in world.social_accounts_of("linkedin_ads")
        }

    def account(self, account: SocialAccount) -> Node:
        """The account itself."""
        return {
            "id": int(account.account_id),
            "name": account.name,
            "currency": account.currency,
            "status": "ACTIVE",
            "type": "BUSINESS",
            "reference": _ORGANIZATION,
            "servingStatuses": ["RUNNABLE"],
            "test": False,
            "version": {"versionTag": "6"},
            "changeAuditStamps": _stamps(_STARTED),
        }

    def groups(self, account: SocialAccount) -> list[Node]:
        """Its campaign groups."""
        return [
            {
                "id": int(group_id),
                "name": name,
                "account": urn("Account", account.account_id),
                "status": "ACTIVE",
                "runSchedule": {"start": _millis(_STARTED)},
                "totalBudget": {"currencyCode": account.currency, "amount": "250000"},
                "servingStatuses": ["RUNNABLE"],
                "test": False,
                "changeAuditStamps": _stamps(_STARTED),
            }
            for group_id, name in account.groups.items()
        ]

    def campaigns(self, account: SocialAccount) -> list[Node]:
        """Its campaigns."""
        return [_campaign(each, account) for each in account.campaigns]

    def creatives(self, account: SocialAccount, now: datetime) -> list[Node]:
        """Its creatives; of one that was replaced by a newer post, the intent is a pause."""
        known = [ad for ad in account.ads if ad.is_known(now)]
        newest = {ad.campaign_id: ad for ad in known if ad.created_at}
        return [_creative(ad, account, newest.get(ad.campaign_id, ad) is ad) for ad in known]

    def post(self, post_urn: str, now: datetime) -> Node | None:
        """A post that some creative shows."""
        for account in self.accounts.values():
            for ad in account.ads:
                if ad.creative_id == post_urn and ad.is_known(now):
                    return _post(ad, account)
        return None

    def analytics(
        self,
        account: SocialAccount,
        pivots: list[str],
        start: date,
        end: date,
        fields: list[str],
        now: datetime,
    ) -> list[Node]:
        """Figures per day and pivots; without rows of which every figure asked for is zero."""
        kinds = {ad.ad_id: ad.kind for ad in account.ads}
        sums: dict[tuple[date, tuple[str, ...]], Node] = {}
        for figure in account.figures(now):
            if start <= figure.day <= end:
                key = tuple(_pivot(pivot, figure, account) for pivot in pivots)
                total = sums.setdefault((figure.day, key), {})
                for name, value in _figures(figure, kinds[figure.ad_id]).items():
                    total[name] = total.get(name, 0) + value
        return [
            {
                **{name: _written(total[name]) for name in fields if name in FIGURES},
                **({"dateRange": {"start": _day(day), "end": _day(day)}}
                   if "dateRange" in fields else {}),
                **({"pivotValues": list(key)} if "pivotValues" in fields else {}),
            }
            for (day, key), total in sums.items()
            if any(total[name] for name in fields if name in FIGURES)
        ]  # fmt: skip


def urn(kind: str, number: str) -> str:
    """The URN of an object of the ads' product."""
    return f"urn:li:sponsored{kind}:{number}"


def _campaign(campaign: SocialCampaign, account: SocialAccount) -> Node:
    return {
        "id": int(campaign.campaign_id),
        "name": campaign.name,
        "account": urn("Account", account.account_id),
        "campaignGroup": urn("CampaignGroup", campaign.group_id),
        "associatedEntity": _ORGANIZATION,
        "status": "ACTIVE",
        "type": "SPONSORED_UPDATES",
        "format": _FORMATS[campaign.objective],
        "objectiveType": campaign.objective,
        "optimizationTargetType": "NONE",
        "costType": "CPM",
        "dailyBudget": {"currencyCode": account.currency, "amount": "150"},
        "unitCost": {"currencyCode": account.currency, "amount": "62.73"},
        "locale": {"country": "SE", "language": "sv"},
        "runSchedule": {"start": _millis(_STARTED)},
        "targetingCriteria": {
            "include": {"and": [{"or": {_TITLES_OF: ["urn:li:title:100", "urn:li:title:675"]}}]}
        },
        "servingStatuses": ["RUNNABLE"],
        "test": False,
        "version": {"versionTag": "7"},
        "changeAuditStamps": _stamps(_STARTED),
    }


def _creative(ad: SocialAd, account: SocialAccount, is_shown: bool) -> Node:
    created = _millis(ad.created_at or _STARTED)
    return {
        "id": urn("Creative", ad.ad_id),
        "name": ad.name,
        "account": urn("Account", account.account_id),
        "campaign": urn("Campaign", ad.campaign_id),
        "content": {"reference": ad.creative_id},
        "intendedStatus": "ACTIVE" if is_shown else "PAUSED",
        "isServing": is_shown,
        "isTest": False,
        "review": {"status": "APPROVED"},
        "createdAt": created,
        "createdBy": "urn:li:system:0",
        "lastModifiedAt": created,
        "lastModifiedBy": "urn:li:system:0",
    }


def _post(ad: SocialAd, account: SocialAccount) -> Node:
    created = _millis(ad.created_at or _STARTED)
    post: Node = {
        "id": ad.creative_id,
        "author": _ORGANIZATION,
        "commentary": ad.bodies[0],
        "contentCallToActionLabel": ad.call_to_action,
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        "createdAt": created,
        "publishedAt": created,
        "lastModifiedAt": created,
        "distribution": {"feedDistribution": "NONE"},
        "adContext": {"isDsc": True, "dscAdAccount": urn("Account", account.account_id)},
    }
    if ad.kind == "image":
        # A link with a picture keeps its address in the article.
        post["content"] = {
            "article": {
                "source": ad.final_url, "title": ad.titles[0], "thumbnail": ad.media_id,
            }
        }  # fmt: skip
        return post
    post["contentLandingPage"] = ad.final_url
    if ad.titles:
        post["content"] = {"media": {"id": ad.media_id, "title": ad.titles[0]}}
    return post


def _pivot(pivot: str, figure: SocialFigure, account: SocialAccount) -> str:
    match pivot:
        case "ACCOUNT":
            return urn("Account", account.account_id)
        case "CAMPAIGN":
            return urn("Campaign", figure.campaign_id)
        case _:
            return urn("Creative", figure.ad_id)


def _figures(figure: SocialFigure, kind: str) -> dict[str, int | Decimal]:
    """Every figure of an ad's day; what is not told from the world follows from what is."""
    liked = figure.clicks - figure.link_clicks
    seen = figure.impressions if kind == "video" else 0
    zero: dict[str, int | Decimal] = dict.fromkeys(FIGURES, 0)
    return zero | {
        "conversionValueInLocalCurrency": Decimal(0),
        "impressions": figure.impressions,
        "clicks": figure.link_clicks,
        "landingPageClicks": figure.link_clicks - figure.link_clicks // 10,
        "costInLocalCurrency": figure.spend,
        "costInUsd": figure.spend,
        "externalWebsiteConversions": figure.leads,
        "externalWebsitePostClickConversions": figure.leads - figure.leads // 4,
        "externalWebsitePostViewConversions": figure.leads // 4,
        "approximateMemberReach": figure.impressions - figure.impressions // 4,
        "likes": liked,
        "reactions": liked,
        "comments": liked // 3,
        "companyPageClicks": liked // 2,
        "videoStarts": seen // 2,
        "videoViews": seen // 3,
        "videoCompletions": seen // 9,
    }


def _written(value: int | Decimal) -> int | str:
    """Counts are numbers, money is text."""
    return str(value) if isinstance(value, Decimal) else value


def _day(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _stamps(moment: datetime) -> Node:
    stamp = {"actor": "urn:li:unknown:0", "time": _millis(moment)}
    return {"created": stamp, "lastModified": stamp}
