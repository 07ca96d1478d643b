"""Matomo 5's wire format: ``index.php?module=API``, its errors with status 200, and visits.

As at Matomo: the token is accepted only in a POST body; a visit belongs to the day of its last
action in the site's zone; campaign parameters are removed from the stored URLs and shown as
``campaign*`` by the plugin for campaigns; this site keeps click ids in its URLs. A visit that is
still open shows the actions so far, and no user before the log-in on its last page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import orjson

from simulator.http import Clock, Request, Response, Route
from simulator.pages import page_views
from simulator.world import Touch, World

SITE_ID = "1"
SITE_ZONE = ZoneInfo("Europe/Stockholm")
REVOKED_TOKEN = "revoked"
"""A token that Matomo does not know, or no longer knows."""

_DEFAULT_LIMIT = 100
_REFERRERS = {
    "google": ("search", "Google"),
    "bing": ("search", "Bing"),
    "duckduckgo": ("search", "DuckDuckGo"),
    "ecosia": ("search", "Ecosia"),
    "yahoo": ("search", "Yahoo!"),
    "linkedin": ("social", "LinkedIn"),
    "facebook": ("social", "Facebook"),
    "instagram": ("social", "Instagram"),
    "reddit": ("social", "reddit"),
    "youtube": ("social", "YouTube"),
    "chatgpt": ("ai_assistant", "ChatGPT"),
    "perplexity": ("ai_assistant", "Perplexity"),
}
"""Maps a label of the referring host to Matomo's type and name."""


class _Refused(Exception):
    """A call that Matomo answers with ``result`` = ``error``."""


def routes(world: World, clock: Clock) -> list[Route]:
    """The only endpoint, by POST as Matomo 5 requires and by GET, which has no token."""
    site = _Site(world, clock)
    return [Route(method, r"/(index\.php)?", site.call) for method in ("POST", "GET")]


class _Site:
    def __init__(self, world: World, clock: Clock) -> None:
        self._clock = clock
        self._touches = world.touches_via("matomo")
        self._starts = [touch.at for touch in self._touches]
        self._longest = max((touch.seconds for touch in self._touches), default=0)
        self._methods: dict[str, Callable[[dict[str, str]], Any]] = {
            "Live.getLastVisitsDetails": self._visits,
            "Live.getCounters": self._counters,
        }

    def call(self, request: Request) -> Response:
        """Answers one API call; errors also have status 200."""
        form = request.form()
        try:
            answer = self._answer(
                {**{key: request.arg(key) for key in request.query}, **form}, form
            )
        except _Refused as refused:
            answer = {"result": "error", "message": str(refused)}
        # PHP's json_encode escapes slashes.
        return Response(body=orjson.dumps(answer).replace(b"/", b"\\/"))

    def _answer(self, call: dict[str, str], form: dict[str, str]) -> Any:
        method = self._methods.get(call.get("method", ""))
        if call.get("module") != "API" or call.get("format", "").lower() != "json" or not method:
            raise _Refused(f"The method '{call.get('method', '')}' does not exist.")
        if form.get("token_auth", "") in ("", REVOKED_TOKEN):
            raise _Refused(
                "Unable to authenticate with the provided token. It is either invalid, expired "
                "or is required to be sent as a POST parameter."
            )
        if call.get("idSite") != SITE_ID:
            raise _Refused(
                "You can't access this resource as it requires 'view' access for the website "
                f"id = {call.get('idSite')}."
            )
        return method(call)

    def _counters(self, call: dict[str, str]) -> list[dict[str, int]]:
        now = self._clock.now()
        since = now - timedelta(minutes=int(call.get("lastMinutes", "0")))
        touches = self._touches[bisect_right(self._starts, since) : bisect_right(self._starts, now)]
        visitors = {touch.visitor_id for touch in touches}
        actions = sum(touch.pages for touch in touches)
        return [
            {
                "visits": len(touches),
                "actions": actions,
                "visitors": len(visitors),
                "visitsConverted": 0,
            }
        ]

    def _visits(self, call: dict[str, str]) -> list[dict[str, Any]]:
        first, last = _days(call.get("period", ""), call.get("date", ""))
        now = self._clock.now()
        found = self._ended_between(
            datetime.combine(first, time(), SITE_ZONE),
            datetime.combine(last + timedelta(days=1), time(), SITE_ZONE),
            now,
        )
        if call.get("filter_sort_order", "desc") != "asc":
            found.reverse()
        offset = int(call.get("filter_offset") or 0)
        limit = int(call.get("filter_limit") or _DEFAULT_LIMIT)
        page = found[offset:] if limit < 0 else found[offset : offset + limit]
        visits = [_visit(touch, now) for touch in page]
        _hide(visits, set(call.get("hideColumns", "").split(",")))
        return visits

    def _ended_between(self, start: datetime, end: datetime, now: datetime) -> list[Touch]:
        """Visits whose last action so far lies in [start, end), oldest last action first."""
        begin = bisect_right(self._starts, start - timedelta(seconds=self._longest + 1))
        until = bisect_right(self._starts, min(end, now))
        touches = [
            touch for touch in self._touches[begin:until] if start <= _last_action(touch, now) < end
        ]
        return sorted(touches, key=lambda touch: (_last_action(touch, now), touch.number))


def _days(period: str, text: str) -> tuple[date, date]:
    """First and last day of a call."""
    try:
        if period == "day":
            day = date.fromisoformat(text)
            return day, day
        if period == "range":
            first, last = text.split(",")
            return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise _Refused(f"Date '{text}' is not a correct date.") from None
    raise _Refused(f"The period '{period}' is not supported.")


def _hide(visits: list[dict[str, Any]], columns: set[str]) -> None:
    """``hideColumns``, which for Live also applies to the actions."""
    if not visits:
        return
    of_visits = columns & visits[0].keys()
    of_actions = columns & visits[0]["actionDetails"][0].keys()
    for visit in visits:
        for action in visit["actionDetails"]:
            for column in of_actions:
                del action[column]
        for column in of_visits:
            del visit[column]


def _last_action(touch: Touch, now: datetime) -> datetime:
    return page_views(touch, now)[-1][0]


def _visit(touch: Touch, now: datetime) -> dict[str, Any]:
    started = int(touch.at.timestamp())
    views = page_views(touch, now)
    ended = int(views[-1][0].timestamp())
    is_open = len(views) < max(touch.pages, 1)
    campaign = touch.utm_campaign or touch.utm_source or touch.utm_medium
    kind, name, keyword = (
        ("campaign", campaign, touch.utm_term) if campaign else _referrer(touch.referrer)
    )
    return {
        "idSite": int(SITE_ID),
        "idVisit": touch.number,
        "visitIp": "192.0.2.0",
        "visitorId": touch.visitor_id,
        "fingerprint": touch.visitor_id[::-1],
        "userId": None if is_open else touch.user_id or None,
        "actionDetails": _actions(touch, views),
        "goalConversions": 0,
        "siteName": "Fjordbase",
        "serverTimestamp": ended,
        "firstActionTimestamp": started,
        "lastActionTimestamp": ended,
        "visitorType": "new",
        "visitDuration": str(ended - started),
        "actions": str(len(views)),
        "referrerType": kind,
        "referrerName": name,
        "referrerKeyword": keyword,
        "referrerUrl": touch.referrer or None,
        "campaignId": touch.utm_id,
        "campaignName": touch.utm_campaign,
        "campaignSource": touch.utm_source,
        "campaignMedium": touch.utm_medium,
        "campaignKeyword": touch.utm_term,
        "campaignContent": touch.utm_content,
        "deviceType": "Desktop",
        "countryCode": "se",
        "latitude": None,
        "longitude": None,
    }


@lru_cache(maxsize=10_000)
def _referrer(referrer: str) -> tuple[str, str, str]:
    """``referrerType``, ``referrerName`` and ``referrerKeyword`` of a visit without campaign."""
    if not referrer:
        return "direct", "", ""
    host = urlsplit(referrer).hostname or ""
    for label in host.split("."):
        if label in _REFERRERS:
            kind, name = _REFERRERS[label]
            return kind, name, "Keyword not defined" if kind == "search" else ""
    return "website", host, ""


def _actions(touch: Touch, views: list[tuple[datetime, str]]) -> list[dict[str, Any]]:
    parameters = f"?{urlencode({touch.click_id_type: touch.click_id})}" if touch.click_id else ""
    return [
        {
            "type": "action",
            "url": f"{url}{'' if page else parameters}",
            "pageTitle": "Fjordbase",
            "pageId": str(touch.number * 100 + page),
            "pageviewPosition": str(page + 1),
            "icon": None,
            "timestamp": int(at.timestamp()),
        }
        for page, (at, url) in enumerate(views)
    ]
