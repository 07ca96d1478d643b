"""What a correct warehouse must show of each mailing and its links, computed only from the world.

Belongs here: the restated definitions of ``marts.email_performance`` and
``marts.email_link_performance``. Does not belong here: leads, deals and credit (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from simulator.answers import LeadTruth, LinkTruth, MailingTruth, Truth
from simulator.journeys import Touch
from simulator.mail import EmailActivity
from simulator.rates import reporting_day
from simulator.world import World

BURST = timedelta(seconds=10)
"""Different links clicked with shorter pauses are opened by a scanner."""

Somebody = int | str


def count_mailings(
    world: World, truth: Truth, counting: Mapping[int, Sequence[Touch]], now: datetime
) -> None:
    """Fill in ``truth.mailings`` and ``truth.links``, once leads and credit are counted."""
    leads: dict[int, list[LeadTruth]] = defaultdict(list)
    for lead in truth.leads.values():
        leads[lead.contact.person_id].append(lead)
    owners = {member.email: member.person_id for member in world.members}

    def somebody(email: str) -> Somebody:
        """A person whom the CRM knows, or an address."""
        return owners[email] if owners[email] in leads else email.strip().lower()

    mailings = {mail.campaign_id: MailingTruth() for mail in world.email_campaigns}
    acted: dict[tuple[str, str], set[Somebody]] = defaultdict(set)
    clicks: dict[tuple[str, Somebody], list[EmailActivity]] = defaultdict(list)
    for activity in world.email_activity:
        if activity.at > now:
            continue
        person = somebody(activity.email)
        if activity.action == "sent":
            mailings[activity.campaign_id].sent += 1
        elif activity.action == "click":
            clicks[activity.campaign_id, person].append(activity)
        acted[activity.campaign_id, activity.action].add(person)
    scans: set[str] = set()
    for (mail, person), made in clicks.items():
        scans |= _count_clicks(truth, mailings[mail], mail, person, made)
    for key, mailing in mailings.items():
        mailing.opened = len(acted[key, "open"])
        mailing.bounced = len(acted[key, "bounce"])
        mailing.unsubscribed = len(acted[key, "unsubscribe"])
    _count_leads(world, truth, mailings, leads, scans, now)
    for touches in counting.values():
        for touch in touches:
            if touch.campaign_platform == "mailchimp" and truth.touch_revenue[touch.touch_id]:
                revenue = truth.touch_revenue[touch.touch_id]
                mailings[touch.campaign_id].revenue_credited += revenue
                is_click = touch.kind == "email_click"
                link = touch.landing_url if is_click else touch.landing_page
                truth.links.setdefault((touch.campaign_id, link), LinkTruth()).revenue += revenue
    truth.mailings = {key: mailing for key, mailing in mailings.items() if mailing.sent}


def _count_clicks(
    truth: Truth, mailing: MailingTruth, mail: str, person: Somebody, made: list[EmailActivity]
) -> set[str]:
    """One person's clicks in one mailing; returns the touches that are a scanner's."""
    read = False
    scans = set()
    for burst in _bursts(sorted(made, key=lambda click: click.at)):
        is_scan = len({click.url for click in burst}) > 1
        read = read or not is_scan
        for click in burst:
            link = truth.links.setdefault((mail, click.url), LinkTruth())
            if is_scan:
                link.scanned.add(person)
                scans.add(click.touch_id)
            else:
                link.clicks += 1
                link.clicked.add(person)
    if read:
        mailing.clicked += 1
    else:
        mailing.scanned += 1
    return scans


def _bursts(clicks: Iterable[EmailActivity]) -> list[list[EmailActivity]]:
    found: list[list[EmailActivity]] = []
    for click in clicks:
        if found and click.at - found[-1][-1].at <= BURST:
            found[-1].append(click)
        else:
            found.append([click])
    return found


def _count_leads(
    world: World,
    truth: Truth,
    mailings: dict[str, MailingTruth],
    leads: Mapping[int, list[LeadTruth]],
    scans: set[str],
    now: datetime,
) -> None:
    """Leads that a mailing brought, and those who reacted to it; a scanner is nobody."""
    reached: dict[tuple[str, int], date] = {}
    for touch in world.touches:
        if (
            touch.at <= now
            and touch.campaign_platform == "mailchimp"
            and touch.touch_id not in scans
        ):
            reached.setdefault((touch.campaign_id, touch.person_id), reporting_day(touch.at))
    for (mail, person), day in reached.items():
        for lead in leads.get(person, []):
            mailings[mail].touched_leads += 1
            mailings[mail].customers += (
                lead.customer_at is not None and reporting_day(lead.customer_at) >= day
            )
    for lead in truth.leads.values():
        if lead.origin is not None and lead.origin.campaign_platform == "mailchimp":
            mailings[lead.origin.campaign_id].new_leads += 1
