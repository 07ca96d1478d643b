"""LinkedIn Ads: what is advertised there. One campaign spreads posts, one advertises a demo."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from simulator.generation.platforms import INBOX_CAMPAIGNS, SPREADS_POSTS
from simulator.generation.social import divide
from simulator.market import PAID, Post, latest
from simulator.money import InboxSpend
from simulator.social import SocialAccount, SocialAd, SocialCampaign
from simulator.world import DOMAIN, World

PLATFORM = "linkedin_ads"
_IDS = {name: campaign_id for platform, _, campaign_id, name, *_ in INBOX_CAMPAIGNS
        if platform == PLATFORM}  # fmt: skip
_SPREADS, _DEMO = _IDS[SPREADS_POSTS], _IDS["demo-request"]
_GROUPS = {"725100001": "Räckvidd", "725100002": "Leads | Norden"}
_OBJECTIVES = {_SPREADS: ("ENGAGEMENT", "725100001"), _DEMO: ("WEBSITE_VISIT", "725100002")}
_KINDS = {"picture": "image"}
"""LinkedIn's formats where the list of posts has another word."""


def _spread(number: int, post: Post) -> SocialAd:
    """The creative of a post, which has the post's id as its name."""
    kind = _KINDS.get(post.format, post.format)
    return SocialAd(
        ad_id=f"28751{number:04d}",
        adset_id="",
        campaign_id=_SPREADS,
        creative_id=f"urn:li:share:71500000000000{number:05d}",
        name=post.post_id,
        kind=kind,
        titles=() if kind == "text" else (post.title,),
        bodies=(f"{post.title} – läs mer (2 min)",),
        call_to_action="LEARN_MORE",
        final_url=post.url,
        media_id="" if kind == "text" else f"urn:li:{kind}:D4D10AQ{number:05d}",
        created_at=post.posted_at,
    )


_POSTS = {post.post_id: _spread(number, post) for number, post in enumerate(PAID, 1)}
_DEMOS = (
    SocialAd(
        "287520001", "", _DEMO, "urn:li:share:7150000000000020001",
        "Boka demo | bild", "image",
        ("Se varifrån era leads kommer",), ('Vi frågade 200 chefer: "vad gav affären?"',),
        "REQUEST_DEMO", f"https://{DOMAIN}/demo", "urn:li:image:D4D10AQ20001",
    ),
    SocialAd(
        "287520002", "", _DEMO, "urn:li:ugcPost:7150000000000020002",
        "Boka demo | film 45 s", "video",
        ("Tre klick till svaret",), ("Ingen installation & inga moduler. #marknad",),
        "LEARN_MORE", f"https://{DOMAIN}/product", "urn:li:video:D4D10AQ20002",
    ),
    SocialAd(
        "287520003", "", _DEMO, "urn:li:share:7150000000000020003",
        "Boka demo | guide", "document",
        ("Guiden om källor",), ("Elva sidor om att räkna leads en gång.",),
        "DOWNLOAD", f"https://{DOMAIN}/guides/attribution", "urn:li:document:D4D10AQ20003",
    ),
)  # fmt: skip


def shown_at(campaign_id: str, at: datetime) -> Sequence[SocialAd]:
    """The ads of a campaign at a time: the newest post alone, or all that advertise the demo."""
    if campaign_id == _DEMO:
        return _DEMOS
    return [_POSTS[latest(PAID, at) or PAID[0].post_id]]


def write_linkedin(rng: random.Random, world: World, rows: Sequence[InboxSpend]) -> None:
    """The account, and its campaigns' days divided among their ads.

    Args:
        rng: Draws the shares.
        world: Gets the account.
        rows: Totals of the account's campaigns by day.
    """
    account = SocialAccount(
        platform=PLATFORM,
        account_id=rows[0].account_id,
        name="Fjordbase på LinkedIn",
        currency=rows[0].currency,
        timezone="UTC",
        campaigns=[
            SocialCampaign(campaign_id, name, objective, name, group_id)
            for name, campaign_id in _IDS.items()
            for objective, group_id in (_OBJECTIVES[campaign_id],)
        ],
        groups=dict(_GROUPS),
        ads=[*_POSTS.values(), *_DEMOS],
    )
    divide(rng, account, rows, shown_at)
    world.social_accounts.append(account)
