"""Writes touches: one session, mail click, form or offline contact of a person.

Belongs here: the mechanics of a single touch. Does not belong here: which touches a person has
(``people``).
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from simulator.ads import CampaignType
from simulator.generation import linkedin, social
from simulator.generation.budgets import BRINGS_NOTHING
from simulator.generation.calendar import END, START, as_moment
from simulator.generation.evidence import POSTS_OF_STAFF, draw_arrival
from simulator.generation.mailings import Mailings
from simulator.generation.platforms import (
    CLICKS_KNOWN_FROM,
    CLICKS_LOST_BEFORE,
    IDLE_PLATFORM,
    INBOX_CAMPAIGNS,
    SPREADS_POSTS,
    AdPlatforms,
)
from simulator.generation.words import FORM_PAGES, LANDING_PAGES
from simulator.mail import Member
from simulator.market import PAID, UNPAID, latest
from simulator.world import DOMAIN, Person, Touch, World

GOOGLE_SOURCES: dict[str, tuple[CampaignType, str, str]] = {
    "paid_search": (CampaignType.SEARCH, "paid_search", "search_ad"),
    "cross_network": (CampaignType.PERFORMANCE_MAX, "cross_network", "other"),
    "display": (CampaignType.DISPLAY, "display", "display_ad"),
    "paid_video": (CampaignType.VIDEO, "paid_video", "video_ad"),
}
"""Sources that arrive through Google Ads: campaign type, true source, true channel."""

_EMAIL_CHANNEL = {
    "email": "email_campaign",
    "newsletter": "newsletter",
    "nurture": "nurture_email",
}

_SHOWN_AT = {linkedin.PLATFORM: linkedin.shown_at, social.PLATFORM: social.shown_at}

_TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Scribe:
    """Writes touches into the world, keeping the times of one account distinct.

    Two touches of one account never share a second unless their source, channel and page are the
    same: which was first would depend on how ids sort, and with it what is credited.
    """

    def __init__(
        self, rng: random.Random, world: World, ads: AdPlatforms, mailings: Mailings
    ) -> None:
        self.rng = rng
        self.world = world
        self.mailings = mailings
        self._ads = ads
        self._taken: dict[tuple[str, int], tuple[str, str, str]] = {}

    def write(
        self,
        person: Person,
        at: int,
        kind: str,
        via: str,
        truth: tuple[str, str],
        **evidence: Any,
    ) -> Touch:
        """One touch at a given time, or at the closest free second before it."""
        account = person.company_id or f"p{person.person_id}"
        shown = (*truth, evidence.get("landing_page", ""))
        while self._taken.setdefault((account, at), shown) != shown:
            at -= 1
        touch = Touch(
            "", 0, person.person_id, as_moment(at), kind, via, truth[0], truth[1], **evidence
        )
        self.world.touches.append(touch)
        return touch

    def visit(
        self, person: Person, at: int, source: str, visitor_id: str, user_id: str = ""
    ) -> Touch:
        """A web session that arrives from a source."""
        rng = self.rng
        evidence: dict[str, Any] = {
            "visitor_id": visitor_id,
            "user_id": user_id,
            "landing_page": f"https://{DOMAIN}{rng.choice(LANDING_PAGES)}",
            "pages": 1 + int(rng.expovariate(0.7)),
        }
        evidence["seconds"] = (
            int(rng.random() * 140 * evidence["pages"]) if evidence["pages"] > 1 else 0
        )
        if source in GOOGLE_SOURCES:
            code = self._from_google(source, at, evidence)
        else:
            arrival = draw_arrival(rng, source)
            code = (arrival.lead_source, arrival.lead_channel)
            evidence.update(arrival.evidence)
            if arrival.click_id_type:
                evidence["click_id_type"] = arrival.click_id_type
                evidence["click_id"] = "".join(rng.choices(_TOKEN, k=24))
            if arrival.platform:
                # Who never says who they are comes by the one campaign of its platform that brings
                # nobody else.
                idle = arrival.platform == IDLE_PLATFORM and not person.emails
                campaign = rng.choice(
                    [
                        row
                        for row in INBOX_CAMPAIGNS
                        if row[0] == arrival.platform and (row[2] == BRINGS_NOTHING) == idle
                    ]
                )
                evidence["campaign_platform"] = arrival.platform
                evidence["campaign_id"] = evidence["utm_id"] = campaign[2]
                evidence["utm_campaign"] = campaign[3]
                if campaign[3] == SPREADS_POSTS:
                    evidence["utm_content"] = latest(PAID, as_moment(at))
                elif shown_at := _SHOWN_AT.get(arrival.platform):
                    # Both can write the ad's id into the address.
                    shown = shown_at(campaign[2], as_moment(at))
                    evidence["utm_content"] = social.drawn(shown, evidence["click_id"]).ad_id
            elif "utm_campaign" in evidence:
                evidence["campaign_platform"] = "utm"
                evidence["campaign_id"] = evidence["utm_campaign"].replace("-", "_")
                if evidence["utm_campaign"] == POSTS_OF_STAFF:
                    evidence["utm_content"] = latest(UNPAID, as_moment(at))
        if user_id:
            evidence["landing_page"] = f"https://{DOMAIN}/login"
        return self.write(person, at, "visit", "matomo", code, **evidence)

    def _from_google(self, source: str, at: int, evidence: dict[str, Any]) -> tuple[str, str]:
        kind, lead_source, lead_channel = GOOGLE_SOURCES[source]
        moment = as_moment(at)
        campaign, ad, click, keyword = self._ads.click(kind, moment)
        evidence["click_id"], evidence["click_id_type"] = click.click_id, "gclid"
        evidence["campaign_platform"] = "google_ads"
        evidence["campaign_id"] = campaign.campaign_id
        evidence["keyword"] = keyword
        evidence["referrer"] = "https://www.google.com/" if source == "paid_search" else ""
        if ad is not None:
            evidence["landing_page"] = ad.final_url
        known = moment.date() >= CLICKS_KNOWN_FROM
        lost = moment.date() < CLICKS_LOST_BEFORE and kind is CampaignType.SEARCH
        if self.rng.random() < 0.25 and (known or lost):
            # Tagged only by the click id: the campaign is known as long as click_view answers.
            if not known:
                evidence["campaign_platform"] = evidence["campaign_id"] = evidence["keyword"] = ""
        else:
            evidence.update(
                utm_source="google",
                utm_medium=self.rng.choice(("cpc", "cpc", "cpc", "CPC", "ppc")),
                utm_campaign=campaign.slug,
                utm_id=campaign.campaign_id,
                utm_term=keyword,
            )
        return lead_source, lead_channel

    def mail_click(self, person: Person, member: Member, at: int, visitor_id: str) -> list[Touch]:
        """Clicks in an e-mail and, usually, the resulting visit; empty without an e-mail."""
        mail = self.mailings.clickable(member, at)
        if mail is None:
            return []
        code = ("email", _EMAIL_CHANNEL[mail.utm_medium])
        parameters = {
            "utm_source": "mailchimp",
            "utm_medium": mail.utm_medium,
            "utm_campaign": mail.utm_campaign,
            "utm_id": mail.campaign_id,
            "campaign_platform": "mailchimp",
            "campaign_id": mail.campaign_id,
        }
        links = [self.rng.choice(mail.links)]
        if self.rng.random() < 0.08:
            links.append(mail.links[0] if links[0] != mail.links[0] else mail.links[1])
        touches = []
        for link in links:
            # A link scanner follows all links of a mail within seconds.
            touch = self.write(
                person, at, "email_click", "mailchimp", code,
                email=member.email, landing_page=link.partition("?")[0], **parameters,
            )  # fmt: skip
            self.mailings.clicked(member, mail, touch, link)
            touches.append(touch)
        if self.rng.random() < 0.85 and visitor_id:
            visit = self.write(
                person, at + 30, "visit", "matomo", code,
                visitor_id=visitor_id, landing_page=links[0].partition("?")[0],
                pages=2, seconds=self.rng.randint(10, 400), **parameters,
            )  # fmt: skip
            touches.append(visit)
        return touches

    def form(self, person: Person, session: Touch, at: int, email: str) -> Touch:
        """A form sent in a session; its hidden fields repeat the session's evidence."""
        form_id, _, page = self.rng.choice(FORM_PAGES)
        return self.write(
            person, at, "form", "hubspot_form", (session.lead_source, session.lead_channel),
            email=email, visitor_id=session.visitor_id, form_id=form_id,
            landing_page=f"https://{DOMAIN}{page}", referrer=session.referrer,
            utm_source=session.utm_source, utm_medium=session.utm_medium,
            utm_campaign=session.utm_campaign, utm_term=session.utm_term,
            utm_content=session.utm_content,
            click_id=session.click_id, click_id_type=session.click_id_type,
            campaign_platform=session.campaign_platform, campaign_id=session.campaign_id,
        )  # fmt: skip

    def offline(self, person: Person, at: int, file: str, email: str, **evidence: Any) -> Touch:
        """A touch that a CSV file shows."""
        kind, code = OFFLINE[file]
        if file == "events":
            code, evidence["code"], evidence["label"] = self.rng.choice(EVENTS)
        elif file == "webinars":
            evidence["label"] = self.rng.choice(WEBINARS)
        elif file == "direct_mail":
            evidence["code"] = f"FB-{self.rng.randint(1000, 9999)}"
            evidence["cost"], evidence["currency"] = Decimal("14.50"), "SEK"
        elif file == "calls":
            evidence["cost"] = Decimal(self.rng.randint(40, 900)) / 100
            evidence["currency"] = "SEK"
        return self.write(person, at, kind, f"inbox:{file}", code, email=email, **evidence)


OFFLINE: dict[str, tuple[str, tuple[str, str]]] = {
    "events": ("event", ("event", "conference")),
    "webinars": ("webinar", ("webinar", "webinar")),
    "calls": ("call", ("phone", "phone_call")),
    "direct_mail": ("direct_mail", ("direct_mail", "direct_mail_piece")),
    "referrals": ("referral", ("customer_referral", "referral_link")),
}
"""Touch type and true codes by CSV file."""

EVENTS = (
    (("event", "trade_show"), "MASSA-KISTA", "Kistamässan"),
    (("event", "trade_show"), "HMI", "Hannover Messe"),
    (("event", "conference"), "NDC", "Nordic Data Conference"),
    (("event", "meetup"), "MEETUP", "Meetup: data på svenska"),
)

WEBINARS = ("Attribution that adds up", "From CSV to warehouse", "Lead source or lead channel?")


def inside_history(at: int) -> bool:
    """Whether a time lies within the generated history."""
    return START <= at <= END
