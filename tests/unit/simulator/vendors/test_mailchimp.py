"""The Mailchimp renderer against a hand-made list: paging, windows, and the shape of activity."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from simulator.http import Clock, Request, Response
from simulator.mail import LIST_ID, EmailActivity, EmailCampaign, Member
from simulator.vendors import mailchimp
from simulator.world import World

SENT = datetime(2026, 3, 2, 8, tzinfo=UTC)
AUTHORIZED = {"authorization": f"Basic {base64.b64encode(b'any:key').decode()}"}


def mail(campaign_id: str, **more: Any) -> EmailCampaign:
    """A mail-out of 2 March."""
    values: dict[str, Any] = {"campaign_type": "regular", "sent_at": SENT, **more}
    return EmailCampaign(
        campaign_id=campaign_id,
        web_id=1,
        title=f"Title {campaign_id}",
        subject_line="Subject",
        preview_text="",
        utm_medium="email",
        utm_campaign="spring",
        links=(),
        **values,
    )


def happened(action: str, minutes: int, email: str = "Ada@kund.example", **more: Any) -> Any:
    """An action on the first mail-out."""
    return EmailActivity("c1", email, action, SENT + timedelta(minutes=minutes), **more)


class Account:
    """The renderer's routes, called without a socket."""

    def __init__(self, now: datetime = SENT + timedelta(days=9), **lists: Any) -> None:
        world = World(0, 0, date(2026, 3, 1), date(2026, 3, 31), **lists)
        self.clock = Clock(now)
        self.routes = mailchimp.routes(world, self.clock)

    def send(self, path: str, headers: Any = None, **query: str) -> Response:
        """The answer to a request."""
        for route in self.routes:
            params = route.match("GET", path)
            if params is not None:
                asked = {name: [value] for name, value in query.items()}
                authorized = AUTHORIZED if headers is None else headers
                return route.handler(Request("GET", path, asked, authorized, b"", params))
        raise AssertionError(f"no route for {path}")

    def ask(self, path: str, **query: str) -> Any:
        """The JSON of an answer that must be good."""
        response = self.send(path, **query)
        assert response.status == 200, response.body
        return json.loads(response.body)


@pytest.fixture
def account() -> Account:
    """Three recipients: one reads and clicks, one bounces, one leaves."""
    return Account(
        email_campaigns=[
            mail("c1"),
            mail("c2", sent_at=SENT + timedelta(days=11)),
            mail(
                "a1",
                campaign_type="automation",
                automation_id="w1",
                automation_title="Welcome",
                position=1,
            ),
        ],
        members=[
            Member("Ada@kund.example", 1, "Ada", "Ek", SENT, "subscribed", SENT),
            Member(
                "bo@kund.example",
                2,
                "Bo",
                "Ek",
                SENT - timedelta(days=5),
                "unsubscribed",
                SENT + timedelta(days=1),
            ),
        ],
        email_activity=[
            happened("sent", 0),
            happened("sent", 0, "bo@kund.example"),
            happened("sent", 0, "cy@kund.example"),
            happened("bounce", 1, "cy@kund.example", bounce_type="hard"),
            happened("open", 10),
            happened("click", 11, url="https://fjordbase.example/?utm_source=mailchimp"),
            happened("click", 11, url="https://fjordbase.example/?utm_source=mailchimp"),
            happened("open", 60 * 24 * 20),
            happened("unsubscribe", 60, "bo@kund.example"),
        ],
    )


def test_activity_is_one_entry_per_recipient_with_a_list(account: Account) -> None:
    """Future events are not shown; a click has its link, a bounce its type."""
    answer = account.ask("/reports/c1/email-activity")
    assert answer["total_items"] == 2
    by_email = {entry["email_address"]: entry for entry in answer["emails"]}
    ada = by_email["Ada@kund.example"]
    assert [action["action"] for action in ada["activity"]] == ["open", "click", "click"]
    assert ada["activity"][1]["url"].endswith("utm_source=mailchimp")
    assert by_email["cy@kund.example"]["activity"][0]["type"] == "hard"
    assert len(ada["email_id"]) == 32


def test_activity_since_a_moment_leaves_out_what_came_before(account: Account) -> None:
    """The connector's window cuts by the action, not by the campaign."""
    since = (SENT + timedelta(minutes=10)).isoformat()
    emails = account.ask("/reports/c1/email-activity", since=since)["emails"]
    assert [len(entry["activity"]) for entry in emails] == [2]
    assert account.send("/reports/c1/email-activity", since="yesterday").status == 400


def test_recipients_show_how_delivery_went(account: Account) -> None:
    """A bounce is in the recipient's status."""
    rows = account.ask("/reports/c1/sent-to")["sent_to"]
    assert [row["status"] for row in rows] == ["sent", "sent", "hard"]
    assert rows[0]["open_count"] == 1


def test_reports_count_every_action(account: Account) -> None:
    """The totals against which activity is reconciled."""
    (report,) = account.ask("/reports")["reports"]
    assert report["clicks"]["clicks_total"] == 2
    assert report["clicks"]["unique_subscriber_clicks"] == 1
    assert (report["emails_sent"], report["unsubscribed"]) == (3, 1)
    assert report["bounces"]["hard_bounces"] == 1


def test_scheduled_campaigns_are_listed_and_have_no_report(account: Account) -> None:
    """A campaign that waits is a 404 as a report, which means "nothing yet"."""
    campaigns = {each["id"]: each["status"] for each in account.ask("/campaigns")["campaigns"]}
    assert campaigns == {"c1": "sent", "c2": "schedule"}
    response = account.send("/reports/c2/email-activity")
    assert response.status == 404
    assert response.content_type.startswith("application/problem+json")
    account.clock.advance(timedelta(days=5))
    assert account.send("/reports/c2/email-activity").status == 200


def test_automations_are_no_campaigns_but_have_reports(account: Account) -> None:
    """Without the automations their e-mails' activity would have no name."""
    assert [each["id"] for each in account.ask("/automations")["automations"]] == ["w1"]
    (email,) = account.ask("/automations/w1/emails")["emails"]
    assert (email["id"], email["workflow_id"], email["position"]) == ("a1", "w1", 1)
    assert account.ask("/reports/a1/email-activity")["emails"] == []
    assert account.send("/automations/nowhere/emails").status == 404


def test_members_show_by_their_last_change(account: Account) -> None:
    """A member who left yesterday changed yesterday; before, the opt-in was the last change."""
    path = f"/lists/{LIST_ID}/members"
    since = (SENT + timedelta(hours=1)).isoformat()
    (changed,) = account.ask(path, since_last_changed=since)["members"]
    assert changed["status"] == "unsubscribed"
    assert account.ask(path)["total_items"] == 2
    account.clock.set(SENT + timedelta(hours=2))
    statuses = {each["email_address"]: each["status"] for each in account.ask(path)["members"]}
    assert statuses["bo@kund.example"] == "subscribed"


def test_pages_are_cut_and_counted(account: Account) -> None:
    """Ten unless more are asked for, a thousand at most, and the total on every page."""
    page = account.ask("/reports/c1/sent-to", count="2", offset="2")
    assert len(page["sent_to"]) == 1
    assert page["total_items"] == 3
    assert account.send("/lists", count="1001").status == 400


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer key"}])
def test_a_request_without_a_key_is_refused(account: Account, headers: dict[str, str]) -> None:
    """Mailchimp takes the key as the password of HTTP Basic."""
    response = account.send("/ping", headers=headers)
    assert response.status == 401
    assert json.loads(response.body)["title"] == "API Key Invalid"
