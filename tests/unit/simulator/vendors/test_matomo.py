"""The Matomo renderer against a handful of visits around midnight in Stockholm."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from simulator.http import Clock, Request
from simulator.vendors import matomo
from simulator.world import Touch, World

PAGE = "https://www.fjordbase.example/pris"
# 23:30 on 9 March in Stockholm
LATE = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)


def touch(number: int, at: datetime, **more: Any) -> Touch:
    """A visit of one page without evidence."""
    values: dict[str, Any] = {
        "person_id": 1,
        "kind": "visit",
        "via": "matomo",
        "lead_source": "direct",
        "lead_channel": "website",
        "visitor_id": "0123456789abcdef",
        "landing_page": PAGE,
    }
    return Touch(touch_id=f"t{number}", number=number, at=at, **{**values, **more})


class Site:
    """The renderer's route, called without a socket."""

    def __init__(self, touches: list[Touch], now: datetime = LATE + timedelta(days=3)) -> None:
        world = World(0, 0, date(2026, 3, 1), date(2026, 3, 31), touches=touches)
        self.clock = Clock(now)
        (self.post, self.get) = matomo.routes(world, self.clock)

    def ask(self, query: dict[str, str] | None = None, **form: str) -> Any:
        """The JSON of a call for visits; ``query`` goes into the address."""
        call = {
            "module": "API",
            "method": "Live.getLastVisitsDetails",
            "format": "json",
            "idSite": matomo.SITE_ID,
            "period": "day",
            "date": "2026-03-10",
            "filter_sort_order": "asc",
            "token_auth": "t",
            **form,
        }
        body = urlencode({key: value for key, value in call.items() if value}).encode()
        asked = {key: [value] for key, value in (query or {}).items()}
        response = self.post.handler(Request("POST", "/index.php", asked, {}, body))
        assert response.status == 200
        return json.loads(response.body)


def test_a_visit_stands_on_the_day_of_its_last_action_in_the_sites_zone() -> None:
    """A visit over midnight is asked for under another day than the one it began on."""
    site = Site([touch(1, LATE, pages=3, seconds=3600), touch(2, LATE)])
    (over_midnight,) = site.ask(date="2026-03-10")
    assert over_midnight["idVisit"] == 1
    assert over_midnight["firstActionTimestamp"] == int(LATE.timestamp())
    assert over_midnight["serverTimestamp"] == int(LATE.timestamp()) + 3600
    assert [visit["idVisit"] for visit in site.ask(date="2026-03-09")] == [2]


def test_pages_are_cut_by_offset_and_limit() -> None:
    """A hundred visits without a limit, each exactly once with one."""
    site = Site([touch(number, LATE + timedelta(hours=2)) for number in range(1, 251)])
    assert len(site.ask()) == 100
    pages = [site.ask(filter_limit="120", filter_offset=str(start)) for start in (0, 120, 240)]
    assert [len(page) for page in pages] == [120, 120, 10]
    assert [visit["idVisit"] for page in pages for visit in page] == list(range(1, 251))
    assert site.ask(filter_sort_order="desc")[0]["idVisit"] == 250


def test_campaign_parameters_leave_the_url_and_click_ids_stay() -> None:
    """Where a landing page is the only evidence, a Matomo site has lost the campaign."""
    (visit,) = Site(
        [
            touch(
                1,
                LATE + timedelta(hours=2),
                utm_source="google",
                utm_medium="cpc",
                utm_campaign="sök",
                utm_term="crm",
                utm_id="11",
                click_id="AbC",
                click_id_type="gclid",
            )
        ]
    ).ask()
    assert visit["actionDetails"][0]["url"] == f"{PAGE}?gclid=AbC"
    assert (visit["referrerType"], visit["referrerName"]) == ("campaign", "sök")
    assert (visit["campaignSource"], visit["campaignMedium"]) == ("google", "cpc")
    assert (visit["campaignKeyword"], visit["campaignId"]) == ("crm", "11")


def test_referrers_are_typed_as_matomo_does() -> None:
    """Search engines report no keyword, and say so in words."""
    start = LATE + timedelta(hours=2)
    visits = Site(
        [
            touch(1, start, referrer="https://www.google.com/"),
            touch(2, start, referrer="https://www.linkedin.com/feed/"),
            touch(3, start, referrer="https://notgoogle.example/x"),
            touch(4, start),
        ]
    ).ask()
    assert [(visit["referrerType"], visit["referrerName"]) for visit in visits] == [
        ("search", "Google"),
        ("social", "LinkedIn"),
        ("website", "notgoogle.example"),
        ("direct", ""),
    ]
    assert visits[0]["referrerKeyword"] == "Keyword not defined"


def test_an_open_visit_is_shown_so_far() -> None:
    """Read midway, it has fewer actions, an earlier end and no logged-in user yet."""
    start = LATE + timedelta(hours=2)
    site = Site(
        [touch(1, start, pages=3, seconds=600, user_id="u-1")], start + timedelta(minutes=6)
    )
    (open_visit,) = site.ask()
    site.clock.advance(timedelta(hours=1))
    (ended,) = site.ask()
    assert (open_visit["actions"], ended["actions"]) == ("2", "3")
    assert (open_visit["userId"], ended["userId"]) == (None, "u-1")
    assert open_visit["firstActionTimestamp"] == ended["firstActionTimestamp"]


def test_errors_have_status_200() -> None:
    """A wrong token, a token in the address, a foreign site and an unknown method."""
    site = Site([])
    for answer in (
        site.ask(token_auth=matomo.REVOKED_TOKEN),
        site.ask(token_auth="", query={"token_auth": "t"}),
        site.ask(idSite="2"),
        site.ask(method="Live.getVisits"),
        site.ask(date="yesterdayish"),
    ):
        assert answer["result"] == "error"
    assert site.ask() == []


def test_hidden_columns_are_not_sent() -> None:
    """What the connector asks to hide must not reach it, in visits and in their actions."""
    (visit,) = Site([touch(1, LATE + timedelta(hours=2))]).ask(hideColumns="visitIp,icon")
    assert "visitIp" not in visit
    assert "icon" not in visit["actionDetails"][0]
    assert visit["visitorId"] == "0123456789abcdef"
