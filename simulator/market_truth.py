"""What a correct warehouse must show of posts and unpaid search, computed only from the world.

Belongs here: the restated definitions of ``marts.post_performance`` and, for unpaid terms, of
``marts.search_term_performance``. Does not belong here: leads, deals and credit (``truth``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction
from urllib.parse import urlsplit

from simulator.answers import LeadTruth, PostTruth, Truth
from simulator.market import POSTS
from simulator.rates import reporting_day
from simulator.search import Search, shown
from simulator.world import World


def count_market(world: World, truth: Truth, now: datetime) -> None:
    """Fill in ``truth.posts`` and ``truth.searches``, once leads and credit are counted."""
    _count_posts(world, truth, now)
    _count_searches(world, truth, now)


def _count_posts(world: World, truth: Truth, now: datetime) -> None:
    posts = {post.post_id: PostTruth() for post in POSTS if post.posted_at <= now}
    for line in world.post_days:
        if line.post_id in posts and (line.day is None or line.day <= reporting_day(now)):
            posts[line.post_id].impressions += line.impressions
            posts[line.post_id].engagements += line.engagements
            posts[line.post_id].clicks += line.clicks
    reached: dict[tuple[str, int], date] = {}
    for touch in world.touches:
        if touch.at > now or touch.utm_content not in posts:
            continue
        post = posts[touch.utm_content]
        post.visits += 1
        post.revenue_credited += truth.touch_revenue.get(touch.touch_id, Fraction(0))
        reached.setdefault((touch.utm_content, touch.person_id), reporting_day(touch.at))
    leads: dict[int, list[LeadTruth]] = defaultdict(list)
    for lead in truth.leads.values():
        leads[lead.contact.person_id].append(lead)
        if lead.origin is not None and lead.origin.utm_content in posts:
            posts[lead.origin.utm_content].new_leads += 1
    for (post_id, person), day in reached.items():
        for lead in leads.get(person, []):
            posts[post_id].touched_leads += 1
            posts[post_id].customers += (
                lead.customer_at is not None and reporting_day(lead.customer_at) >= day
            )
    truth.posts = posts


def _count_searches(world: World, truth: Truth, now: datetime) -> None:
    """Leads of a page are shared out by the clicks of its terms.

    A search that showed two pages is one impression of its term, at the place of the upper one.
    """
    came: Counter[tuple[date, str]] = Counter()
    for lead in truth.leads.values():
        if lead.lead_source == "organic_search" and lead.origin and lead.origin.landing_page:
            month = reporting_day(lead.created_at).replace(day=1)
            came[month, _path(lead.origin.landing_page)] += 1
    lines = shown(world.searches, now)
    clicks: Counter[tuple[date, str]] = Counter()
    for line in lines:
        clicks[_page(line)] += line.clicks
    for line in lines:
        if line.is_rare or line.is_second:
            continue
        cell = truth.searches[line.day.replace(day=1), line.term]
        cell.impressions += line.impressions
        cell.clicks += line.clicks
        cell.positions += line.position * line.impressions
        cell.leads += Fraction(came[_page(line)] * line.clicks, clicks[_page(line)])


def _page(line: Search) -> tuple[date, str]:
    return line.day.replace(day=1), _path(line.page)


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/").lower()
