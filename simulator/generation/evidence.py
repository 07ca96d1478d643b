"""The evidence left by visits from each true source: referrers, parameters and click ids.

Each row is one way of arriving: its weight within the source, the true channel, and the evidence.
The true source and channel are stated here, not computed, so that a wrong classification is
visible.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import accumulate

POSTS_OF_STAFF = "employee-posts"
"""The campaign of links in posts."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One way in which people of a source arrive.

    Attributes:
        weight: Relative to the other ways of the same source.
        lead_source: True source.
        lead_channel: True channel.
        evidence: Fields of ``Touch`` to set.
        click_id_type: The name of the click id parameter, if the arrival carries one.
        platform: The ad platform whose campaigns it belongs to, where that is not Google.
    """

    weight: int
    lead_source: str
    lead_channel: str
    evidence: dict[str, str] = field(default_factory=dict)
    click_id_type: str = ""
    platform: str = ""


def _seen(weight: int, source: str, channel: str, referrer: str) -> Arrival:
    return Arrival(weight, source, channel, {"referrer": referrer} if referrer else {})


def _tagged(
    weight: int, source: str, channel: str, utm_source: str, utm_medium: str, campaign: str = ""
) -> Arrival:
    evidence = {"utm_source": utm_source, "utm_medium": utm_medium, "utm_campaign": campaign}
    return Arrival(weight, source, channel, {k: v for k, v in evidence.items() if v})


ARRIVALS: dict[str, tuple[Arrival, ...]] = {
    "organic_search": (
        _seen(60, "organic_search", "organic_listing", "https://www.google.com/"),
        _seen(22, "organic_search", "organic_listing", "https://www.google.se/"),
        _seen(9, "organic_search", "organic_listing", "https://www.bing.com/search?q=fjordbase"),
        _seen(6, "organic_search", "organic_listing", "https://duckduckgo.com/"),
        _seen(3, "organic_search", "organic_listing", "https://www.ecosia.org/search?q=datalager"),
    ),
    "organic_social": (
        _seen(48, "organic_social", "social_post", "https://www.linkedin.com/"),
        _seen(14, "organic_social", "social_post", "https://lnkd.in/eXk92"),
        _seen(8, "organic_social", "social_post", "https://t.co/9fPq2"),
        _tagged(13, "organic_social", "social_post", "linkedin", "social", POSTS_OF_STAFF),
        # Misspelt in one of fourteen links: the medium is still enough, and the audit reports it.
        _tagged(1, "organic_social", "social_post", "Linkeding", "social", POSTS_OF_STAFF),
        # A Facebook click id alone does not prove a paid click.
        Arrival(
            16, "organic_social", "social_post", {"referrer": "https://m.facebook.com/"}, "fbclid"
        ),
    ),
    "organic_video": (
        _seen(80, "organic_video", "video", "https://www.youtube.com/"),
        _tagged(20, "organic_video", "video", "youtube", "video", "product-film"),
    ),
    "referral_site": (
        _seen(30, "referral_site", "review_site", "https://www.g2.com/products/fjordbase/reviews"),
        _seen(20, "referral_site", "review_site", "https://www.capterra.com/p/219/Fjordbase/"),
        _seen(24, "referral_site", "referral_link", "https://branschnytt.example/verktyg"),
        _seen(14, "referral_site", "referral_link", "https://dataforum.example/thread/88"),
        _tagged(8, "referral_site", "referral_link", "nordic-saas-list", "referral"),
        # Ends like a search engine but is not one: hosts match on label boundaries.
        _seen(4, "referral_site", "referral_link", "https://notgoogle.com/links"),
    ),
    "ai_assistant": (
        _seen(40, "ai_assistant", "ai_answer", "https://chatgpt.com/"),
        _tagged(20, "ai_assistant", "ai_answer", "chatgpt.com", ""),
        _seen(18, "ai_assistant", "ai_answer", "https://www.perplexity.ai/"),
        _seen(8, "ai_assistant", "ai_answer", "https://gemini.google.com/"),
        _seen(8, "ai_assistant", "ai_answer", "https://copilot.microsoft.com/"),
        _seen(6, "ai_assistant", "ai_answer", "https://claude.ai/"),
    ),
    "direct": (
        _seen(84, "direct", "website", ""),
        # Not referrals: our own site, a payment page, a sign-in page.
        _seen(8, "direct", "website", "https://www.fjordbase.example/docs/start"),
        _seen(4, "direct", "website", "https://checkout.stripe.com/c/pay"),
        _seen(4, "direct", "website", "https://login.microsoftonline.com/"),
    ),
    "email": (_seen(1, "email", "email_campaign", "https://mail.google.com/"),),
    "paid_social": (
        Arrival(
            70, "paid_social", "social_ad",
            {"utm_source": "linkedin", "utm_medium": "paid_social"}, "li_fat_id", "linkedin_ads",
        ),
        Arrival(
            30, "paid_social", "social_ad",
            {"utm_source": "facebook", "utm_medium": "Paid_Social"}, "fbclid", "meta_ads",
        ),
    ),
    "microsoft_search": (
        Arrival(
            1, "paid_search", "search_ad",
            {"utm_source": "Bing", "utm_medium": "CPC"}, "msclkid", "microsoft_ads",
        ),
    ),
    "paid_other": (_tagged(1, "paid_other", "other", "softwarelistan", "ppc", "category-page"),),
    "programmatic": (_tagged(1, "display", "display_ad", "adform", "display", "nordic-b2b"),),
    "partner": (
        _tagged(70, "partner", "partner_listing", "nordpartner", "partner", "co-sell"),
        _tagged(30, "partner", "partner_listing", "molnbolaget", "Partner", "marketplace"),
    ),
    "affiliate": (_tagged(1, "affiliate", "affiliate_link", "tipset", "affiliate", "q-list"),),
    "content_syndication": (
        _tagged(1, "content_syndication", "content_asset", "branschnytt", "syndication", "guide"),
    ),
    "audio": (_tagged(1, "audio", "audio_ad", "datapodden", "audio", "host-read"),),
    "mail_qr": (
        _tagged(1, "direct_mail", "qr_code", "direct_mail", "qr", "postcard"),
    ),
    "event_link": (_tagged(1, "event", "conference", "stand", "event", "badge-scan"),),
    "webinar_link": (_tagged(1, "webinar", "webinar", "zoom", "webinar", "replay"),),
}  # fmt: skip
"""Ways of arriving, by the source they are drawn for."""

_CUMULATED = {
    source: tuple(accumulate(arrival.weight for arrival in arrivals))
    for source, arrivals in ARRIVALS.items()
}


def draw_arrival(rng: random.Random, source: str) -> Arrival:
    """Draws one way of arriving, by weight."""
    return rng.choices(ARRIVALS[source], cum_weights=_CUMULATED[source])[0]


CRM_CATEGORY = {
    "organic_search": "ORGANIC_SEARCH",
    "paid_search": "PAID_SEARCH",
    "cross_network": "PAID_SEARCH",
    "display": "PAID_SEARCH",
    "paid_video": "PAID_SEARCH",
    "paid_social": "PAID_SOCIAL",
    "organic_social": "SOCIAL_MEDIA",
    "organic_video": "SOCIAL_MEDIA",
    "referral_site": "REFERRALS",
    "email": "EMAIL_MARKETING",
    "direct": "DIRECT_TRAFFIC",
    "ai_assistant": "AI_REFERRALS",
}
"""HubSpot's own tracked source of a contact that arrived on the web; else OTHER_CAMPAIGNS."""
