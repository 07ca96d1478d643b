"""Mailchimp's wire format: the list, campaigns, automations, and reports on recipients.

Belongs here: Mailchimp's paths, paging and shapes. Does not belong here: what happened (``world``).

As at Mailchimp: pages are cut by ``offset`` and ``count`` (at most 1,000) and state
``total_items``; HTTP Basic with any user; errors are ``problem+json``; activity is one entry per
recipient with a list of actions; an automation e-mail is not a campaign but has reports; it is
known who was sent one, but not when.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.http import Clock, Request, Response, Route, json_response
from simulator.mail import LIST_ID, LIST_NAME, EmailActivity, EmailCampaign, Member
from simulator.world import World

MOST = 1_000
"""The longest page."""
DRAFTED = timedelta(days=3)
"""How long before sending a campaign is drafted and scheduled."""

Item = dict[str, Any]
_ACTIONS = ("open", "click", "bounce")


class _Refused(Exception):
    """A request that Mailchimp answers with a problem."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title

    def response(self) -> Response:
        problem = {
            "type": "https://mailchimp.com/developer/marketing/docs/errors/",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
            "instance": "00000000-0000-4000-8000-000000000000",
        }
        return Response(
            status=self.status,
            body=json.dumps(problem).encode(),
            content_type="application/problem+json; charset=utf-8",
        )


class _Mailchimp:
    def __init__(self, world: World, clock: Clock) -> None:
        self._clock = clock
        self._first_day = datetime(
            world.first_day.year, world.first_day.month, world.first_day.day, tzinfo=UTC
        )
        self._mailings = {mailing.campaign_id: mailing for mailing in world.email_campaigns}
        self._members = sorted(world.members, key=lambda member: member.opted_in_at)
        self._activity: dict[str, list[EmailActivity]] = defaultdict(list)
        for activity in sorted(world.email_activity, key=lambda activity: activity.at):
            self._activity[activity.campaign_id].append(activity)

    def ping(self, request: Request) -> Response:
        """Whether the key is valid."""
        return json_response({"health_status": "Everything's Chimpy!"})

    def lists(self, request: Request) -> Response:
        """The one list."""
        now = self._clock.now()
        known = [member for member in self._members if member.opted_in_at <= now]
        left = [member for member in known if member.status_at(now) == "unsubscribed"]
        item = {
            "id": LIST_ID,
            "web_id": 903380,
            "name": LIST_NAME,
            "date_created": _iso(self._first_day),
            "double_optin": True,
            "visibility": "prv",
            "stats": {
                "member_count": len(known) - len(left),
                "unsubscribe_count": len(left),
                "cleaned_count": 0,
            },
        }
        constraints = {"may_create": False, "max_instances": 1, "current_total_instances": 1}
        return _paged(request, "lists", [item], {"constraints": constraints})

    def members(self, request: Request) -> Response:
        """Members of the list, by time of opt-in."""
        if request.params["list_id"] != LIST_ID:
            raise _not_found()
        now = self._clock.now()
        since = _since(request, "since_last_changed")
        found = [
            member
            for member in self._members
            if member.opted_in_at <= now and _changed_at(member, now) >= since
        ]
        return _paged(request, "members", found, {"list_id": LIST_ID}, lambda m: _member(m, now))

    def campaigns(self, request: Request) -> Response:
        """Campaigns, scheduled ones included."""
        now = self._clock.now()
        found = [
            mailing
            for mailing in self._mailings.values()
            if not mailing.automation_id and mailing.sent_at - DRAFTED <= now
        ]
        found.sort(key=lambda mailing: mailing.sent_at)
        return _paged(request, "campaigns", found, {}, self._campaign)

    def automations(self, request: Request) -> Response:
        """The nurture series."""
        return _paged(request, "automations", list(self._series().values()), {}, self._automation)

    def automation_emails(self, request: Request) -> Response:
        """The e-mails of one series; Mailchimp does not page here."""
        series = self._series().get(request.params["automation_id"])
        if series is None:
            raise _not_found()
        emails = [self._automation_email(mailing) for mailing in series]
        return json_response({"emails": emails, "total_items": len(emails), "_links": []})

    def reports(self, request: Request) -> Response:
        """Totals of the campaigns that were sent."""
        now = self._clock.now()
        found = [
            mailing
            for mailing in self._mailings.values()
            if not mailing.automation_id and mailing.sent_at <= now
        ]
        return _paged(request, "reports", found, {}, self._report)

    def sent_to(self, request: Request) -> Response:
        """A mailing's recipients, with their delivery status."""
        mailing = self._reported(request)
        events = self._happened(mailing)
        bounced = {event.email: event.bounce_type for event in events if event.action == "bounce"}
        opened: dict[str, list[EmailActivity]] = defaultdict(list)
        for event in events:
            if event.action == "open":
                opened[event.email].append(event)
        recipients = [
            {
                **self._recipient(event.email, mailing),
                "status": bounced.get(event.email, "sent"),
                "open_count": len(opened[event.email]),
                **({"last_open": _iso(opened[event.email][-1].at)} if opened[event.email] else {}),
            }
            for event in events
            if event.action == "sent"
        ]
        return _paged(request, "sent_to", recipients, {"campaign_id": mailing.campaign_id})

    def email_activity(self, request: Request) -> Response:
        """What recipients did since a given time: one entry each, with a list."""
        mailing = self._reported(request)
        since = _since(request, "since")
        by_email: dict[str, list[Item]] = {}
        for event in self._happened(mailing):
            if event.action in _ACTIONS and event.at > since:
                by_email.setdefault(event.email, []).append(_action(event))
        emails = [
            {**self._recipient(email, mailing), "activity": activity}
            for email, activity in by_email.items()
        ]
        return _paged(request, "emails", emails, {"campaign_id": mailing.campaign_id})

    def unsubscribed(self, request: Request) -> Response:
        """Who left the list through a mailing."""
        mailing = self._reported(request)
        leavers = [
            {
                **self._recipient(event.email, mailing),
                "timestamp": _iso(event.at),
                "reason": "No longer interested",
            }
            for event in self._happened(mailing)
            if event.action == "unsubscribe"
        ]
        return _paged(request, "unsubscribes", leavers, {"campaign_id": mailing.campaign_id})

    def _series(self) -> dict[str, list[EmailCampaign]]:
        now = self._clock.now()
        series: dict[str, list[EmailCampaign]] = defaultdict(list)
        for mailing in self._mailings.values():
            if mailing.automation_id and mailing.sent_at <= now:
                series[mailing.automation_id].append(mailing)
        for mailings in series.values():
            mailings.sort(key=lambda mailing: mailing.position)
        return dict(series)

    def _reported(self, request: Request) -> EmailCampaign:
        mailing = self._mailings.get(request.params["campaign_id"])
        if mailing is None or mailing.sent_at > self._clock.now():
            raise _not_found()
        return mailing

    def _happened(self, mailing: EmailCampaign) -> list[EmailActivity]:
        now = self._clock.now()
        return [event for event in self._activity[mailing.campaign_id] if event.at <= now]

    def _sent(self, mailing: EmailCampaign) -> int:
        return sum(event.action == "sent" for event in self._happened(mailing))

    def _recipient(self, email: str, mailing: EmailCampaign) -> Item:
        return {
            "campaign_id": mailing.campaign_id,
            "list_id": LIST_ID,
            "list_is_active": True,
            "email_id": _email_id(email),
            "email_address": email,
        }

    def _campaign(self, mailing: EmailCampaign) -> Item:
        is_sent = mailing.sent_at <= self._clock.now()
        return {
            "id": mailing.campaign_id,
            "web_id": mailing.web_id,
            "type": mailing.campaign_type,
            "create_time": _iso(mailing.sent_at - DRAFTED),
            "status": "sent" if is_sent else "schedule",
            "emails_sent": self._sent(mailing),
            "send_time": _iso(mailing.sent_at),
            "content_type": "template",
            "recipients": {"list_id": LIST_ID, "list_is_active": True, "list_name": LIST_NAME},
            "settings": {
                "subject_line": mailing.subject_line,
                "preview_text": mailing.preview_text,
                "title": mailing.title,
                "from_name": "Fjordbase",
            },
            "tracking": {
                "opens": True,
                "html_clicks": True,
                "google_analytics": mailing.utm_campaign,
            },
        }

    def _automation(self, mailings: list[EmailCampaign]) -> Item:
        first = mailings[0]
        started_at = min(mailing.sent_at for mailing in mailings)
        return {
            "id": first.automation_id,
            "create_time": _iso(started_at - DRAFTED),
            "start_time": _iso(started_at),
            "status": "sending",
            "emails_sent": sum(self._sent(mailing) for mailing in mailings),
            "recipients": {"list_id": LIST_ID, "list_is_active": True, "list_name": LIST_NAME},
            "settings": {"title": first.automation_title, "from_name": "Fjordbase"},
        }

    def _automation_email(self, mailing: EmailCampaign) -> Item:
        return {
            "id": mailing.campaign_id,
            "web_id": mailing.web_id,
            "workflow_id": mailing.automation_id,
            "position": mailing.position,
            "create_time": _iso(mailing.sent_at - DRAFTED),
            "start_time": _iso(mailing.sent_at),
            "status": "sending",
            "emails_sent": self._sent(mailing),
            "content_type": "template",
            "settings": {
                "subject_line": mailing.subject_line,
                "preview_text": mailing.preview_text,
                "title": mailing.title,
                "from_name": "Fjordbase",
            },
        }

    def _report(self, mailing: EmailCampaign) -> Item:
        events = self._happened(mailing)
        opens = [event for event in events if event.action == "open"]
        clicks = [event for event in events if event.action == "click"]
        bounces = [event.bounce_type for event in events if event.action == "bounce"]
        sent = sum(event.action == "sent" for event in events)
        readers = {event.email for event in opens}
        clickers = {event.email for event in clicks}
        return {
            "id": mailing.campaign_id,
            "campaign_title": mailing.title,
            "type": mailing.campaign_type,
            "list_id": LIST_ID,
            "list_is_active": True,
            "list_name": LIST_NAME,
            "subject_line": mailing.subject_line,
            "preview_text": mailing.preview_text,
            "emails_sent": sent,
            "abuse_reports": 0,
            "unsubscribed": sum(event.action == "unsubscribe" for event in events),
            "send_time": _iso(mailing.sent_at),
            "bounces": {
                "hard_bounces": bounces.count("hard"),
                "soft_bounces": bounces.count("soft"),
                "syntax_errors": 0,
            },
            "opens": {
                "opens_total": len(opens),
                "unique_opens": len(readers),
                "open_rate": len(readers) / sent if sent else 0,
            },
            "clicks": {
                "clicks_total": len(clicks),
                "unique_clicks": len({(event.email, event.url) for event in clicks}),
                "unique_subscriber_clicks": len(clickers),
                "click_rate": len(clickers) / sent if sent else 0,
            },
        }


def _email_id(email: str) -> str:
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


def _action(event: EmailActivity) -> Item:
    action = {"action": event.action, "timestamp": _iso(event.at)}
    if event.action == "click":
        action["url"] = event.url
    if event.action == "bounce":
        action["type"] = event.bounce_type
    elif event.ip:
        action["ip"] = event.ip
    return action


def _changed_at(member: Member, now: datetime) -> datetime:
    return member.changed_at if member.changed_at <= now else member.opted_in_at


def _member(member: Member, now: datetime) -> Item:
    return {
        "id": member.member_id,
        "email_address": member.email,
        "unique_email_id": member.member_id[:10],
        "contact_id": member.member_id,
        "full_name": f"{member.first_name} {member.last_name}",
        "web_id": int(member.member_id[:7], 16),
        "email_type": "html",
        "status": member.status_at(now),
        "merge_fields": {"FNAME": member.first_name, "LNAME": member.last_name},
        "timestamp_opt": _iso(member.opted_in_at),
        "last_changed": _iso(_changed_at(member, now)),
        "source": "Hosted Signup Form",
        "vip": False,
        "tags_count": 0,
        "tags": [],
        "list_id": LIST_ID,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _since(request: Request, name: str) -> datetime:
    text = request.arg(name)
    if not text:
        return datetime(1970, 1, 1, tzinfo=UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _Refused(400, "Invalid Resource", f"{name} is not a moment: {text}") from error


def _paged(
    request: Request,
    name: str,
    items: list[Any],
    around: Item,
    render: Callable[[Any], Item] | None = None,
) -> Response:
    try:
        count, offset = int(request.arg("count", "10")), int(request.arg("offset", "0"))
    except ValueError as error:
        raise _Refused(400, "Invalid Resource", "count and offset are numbers") from error
    if not 0 <= count <= MOST or offset < 0:
        raise _Refused(400, "Invalid Resource", f"count is at most {MOST}")
    page = items[offset : offset + count]
    rendered = [render(item) for item in page] if render else page
    return json_response({**around, name: rendered, "total_items": len(items)})


def _not_found() -> _Refused:
    return _Refused(404, "Resource Not Found", "The requested resource could not be found.")


def _guarded(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The handler behind HTTP Basic, where any user will do and the key is the password."""

    def guarded(request: Request) -> Response:
        try:
            scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
            try:
                decoded = base64.b64decode(credentials).decode()
            except ValueError:
                decoded = ""
            if scheme.lower() != "basic" or not decoded.partition(":")[2]:
                raise _Refused(401, "API Key Invalid", "Your API key may be invalid.")
            return handler(request)
        except _Refused as refused:
            return refused.response()

    return guarded


def routes(world: World, clock: Clock) -> list[Route]:
    """What Mailchimp answers."""
    mailchimp = _Mailchimp(world, clock)
    report = r"/reports/(?P<campaign_id>[^/]+)"
    return [
        Route("GET", pattern, _guarded(handler))
        for pattern, handler in (
            (r"/ping", mailchimp.ping),
            (r"/lists", mailchimp.lists),
            (r"/lists/(?P<list_id>[^/]+)/members", mailchimp.members),
            (r"/campaigns", mailchimp.campaigns),
            (r"/automations", mailchimp.automations),
            (r"/automations/(?P<automation_id>[^/]+)/emails", mailchimp.automation_emails),
            (r"/reports", mailchimp.reports),
            (rf"{report}/sent-to", mailchimp.sent_to),
            (rf"{report}/email-activity", mailchimp.email_activity),
            (rf"{report}/unsubscribed", mailchimp.unsubscribed),
        )
    ]
