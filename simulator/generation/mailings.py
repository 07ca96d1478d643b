"""E-mail marketing: what was sent, to whom, and how they reacted."""

from __future__ import annotations

import random
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from simulator.generation.calendar import DAY, END, as_moment
from simulator.mail import EmailActivity, EmailCampaign, Member
from simulator.world import DOMAIN, Touch, World

_MAX_AGE = 12 * DAY
"""The latest click after a mail-out."""

_PAGES = ("/blog/lead-source-or-lead-channel", "/guides/attribution", "/pricing")

_OFFERS = ("Spring offer > 20 %", "Vårens kunskap 🌱", "Customer story", "Boka en demo")

_SERIES = (
    ("aa01f7c2d9", "Welcome series", (1, 4, 9)),
    ("aa02b3e4f8", "Nurture: attribution", (15, 24, 36)),
)
"""Automations: id, name, and the days after signing up on which their e-mails go out."""


class Mailings:
    """Knows during generation who could click what, and writes all activity afterwards."""

    def __init__(self, rng: random.Random, world: World) -> None:
        self._rng = rng
        self._world = world
        self._clicks: list[tuple[EmailActivity, Touch]] = []
        self._members: dict[str, Member] = {}
        self._last_click: dict[str, int] = {}
        self._received: set[tuple[str, str]] = set()
        self._build()
        self._regular = [mail for mail in world.email_campaigns if not mail.automation_id]
        self._sent = [int(mail.sent_at.timestamp()) for mail in self._regular]

    def _build(self) -> None:
        month = datetime(2025, 1, 1, tzinfo=UTC)
        number = 0
        while month.timestamp() < END:
            for day, medium in ((7, "newsletter"), (14, "email"), (22, "newsletter")):
                number += 1
                title = (
                    f"Newsletter {month:%Y-%m}-{day}"
                    if medium == "newsletter"
                    else f"{_OFFERS[number % len(_OFFERS)]} {month:%Y-%m}"
                )
                sent_at = month + timedelta(days=day, hours=7, minutes=number % 50)
                self._add(number, title, medium, sent_at)
            month = (month + timedelta(days=32)).replace(day=1)
        for automation_id, series, delays in _SERIES:
            for position, _ in enumerate(delays, 1):
                number += 1
                mail = self._add(
                    number, f"{series} {position}", "nurture", datetime(2025, 1, 1, 8, tzinfo=UTC)
                )
                mail.automation_id, mail.automation_title = automation_id, series
                mail.position = position
        self._world.email_campaigns.sort(key=lambda mail: (mail.sent_at, mail.campaign_id))

    def _add(self, number: int, title: str, medium: str, sent_at: datetime) -> EmailCampaign:
        campaign_id = f"{0xB41F0000 + number * 7919:08x}{number:02x}"[:10]
        slug = f"{campaign_id[:6]}-{medium}"
        parameters = {
            "utm_source": "mailchimp",
            "utm_medium": medium,
            "utm_campaign": slug,
            "utm_id": campaign_id,
        }
        mail = EmailCampaign(
            campaign_id=campaign_id,
            web_id=9_100_000 + number,
            campaign_type="automation" if medium == "nurture" else "regular",
            title=title,
            subject_line=title,
            preview_text="Marketing numbers that add up",
            utm_medium=medium,
            utm_campaign=slug,
            links=tuple(f"https://{DOMAIN}{page}?{urlencode(parameters)}" for page in _PAGES),
            sent_at=sent_at,
        )
        self._world.email_campaigns.append(mail)
        return mail

    def join(self, person_id: int, email: str, names: tuple[str, str], opted_in: int) -> Member:
        """Adds an address to the list, or finds it there."""
        known = self._members.get(email)
        if known is not None:
            return known
        moment = as_moment(opted_in)
        member = Member(email, person_id, names[0], names[1], moment, "subscribed", moment)
        self._members[email] = member
        return member

    def clickable(self, member: Member, at: int) -> EmailCampaign | None:
        """The mail-out that a member would click at a given time, if any."""
        opted_in = int(member.opted_in_at.timestamp())
        for automation_id, _, delays in _SERIES:
            for position, delay in enumerate(delays, 1):
                age = at - opted_in - delay * DAY
                if 600 < age < 2 * DAY:
                    return self._series_mail(automation_id, position)
        place = bisect_right(self._sent, at - 60) - 1
        if place < 0 or self._sent[place] <= opted_in or at - self._sent[place] > _MAX_AGE:
            return None
        return self._regular[place]

    def _series_mail(self, automation_id: str, position: int) -> EmailCampaign:
        for mail in self._world.email_campaigns:
            if mail.automation_id == automation_id and mail.position == position:
                return mail
        raise KeyError(automation_id)

    def clicked(self, member: Member, mail: EmailCampaign, touch: Touch, url: str) -> None:
        """Records a click that is a touch."""
        activity = EmailActivity(mail.campaign_id, member.email, "click", touch.at, url)
        self._clicks.append((activity, touch))
        at = int(touch.at.timestamp())
        self._last_click[member.email] = max(at, self._last_click.get(member.email, 0))
        self._received.add((mail.campaign_id, member.email))

    def write_activity(self) -> None:
        """Everything sent, opened, bounced and unsubscribed, with the clicks; sorted by time."""
        world, rng = self._world, self._rng
        activity = world.email_activity
        world.members = sorted(
            self._members.values(), key=lambda member: (member.opted_in_at, member.email)
        )
        opened: dict[tuple[str, str], datetime] = {}
        for click, touch in self._clicks:
            click.touch_id = touch.touch_id
            activity.append(click)
            key = (click.campaign_id, click.email)
            first = click.at - timedelta(seconds=20)
            opened[key] = min(first, opened.get(key, first))
        share = min(1.0, 1100 * world.scale / max(len(world.members), 1))
        for member in world.members:
            for automation_id, _, delays in _SERIES:
                for position, delay in enumerate(delays, 1):
                    mail = self._series_mail(automation_id, position)
                    sent_at = member.opted_in_at + timedelta(days=delay)
                    key = (mail.campaign_id, member.email)
                    wanted = key in self._received
                    if not wanted and (
                        rng.random() > 0.35 or member.status_at(sent_at) != "subscribed"
                    ):
                        continue
                    if sent_at.timestamp() < END:
                        self._deliver(mail, member, sent_at, opened.get(key), wanted)
        for mail in self._regular:
            for member in world.members:
                if member.opted_in_at >= mail.sent_at:
                    break
                key = (mail.campaign_id, member.email)
                wanted = key in self._received
                if not wanted and (
                    rng.random() > share or member.status_at(mail.sent_at) != "subscribed"
                ):
                    continue
                self._deliver(mail, member, mail.sent_at, opened.get(key), wanted)
        activity.sort(key=lambda item: (item.at, item.campaign_id, item.email, item.action))

    def _deliver(
        self,
        mail: EmailCampaign,
        member: Member,
        sent_at: datetime,
        opened_at: datetime | None,
        keeps: bool,
    ) -> None:
        """One e-mail to one member: sent, perhaps bounced, opened, the list left."""
        rng, activity = self._rng, self._world.email_activity
        ids = (mail.campaign_id, member.email)
        activity.append(EmailActivity(*ids, "sent", sent_at))
        chance = rng.random()
        if opened_at is None and chance < 0.012:
            kind = "hard" if chance < 0.004 else "soft"
            moment = sent_at + timedelta(seconds=40)
            activity.append(EmailActivity(*ids, "bounce", moment, bounce_type=kind))
            return
        if opened_at is None and chance < 0.38:
            opened_at = sent_at + timedelta(seconds=int(rng.expovariate(1 / 40_000)) + 30)
        if opened_at is not None:
            # Image proxies open repeatedly; one reader's proxy never stops.
            times = 1 + int(rng.random() * 1.6) + (40 if member.person_id % 997 == 5 else 0)
            for repeat in range(times):
                moment = opened_at + timedelta(seconds=repeat * 4211)
                if moment.timestamp() <= END:
                    activity.append(EmailActivity(*ids, "open", moment, ip="66.249.84.10"))
        if not keeps and rng.random() < 0.004:
            self._unsubscribe(ids, member, sent_at)

    def _unsubscribe(self, ids: tuple[str, str], member: Member, sent_at: datetime) -> None:
        moment = sent_at + timedelta(hours=3)
        if member.status != "subscribed":
            return
        if self._last_click.get(member.email, 0) < moment.timestamp() <= END:
            member.status, member.changed_at = "unsubscribed", moment
            self._world.email_activity.append(EmailActivity(*ids, "unsubscribe", moment))
