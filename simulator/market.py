"""What the demo company posted on social networks.

Belongs here: the posts, and the figures that networks report. Does not belong here: drawing the
figures (``generation/market``), or what became of who came (``market_truth``).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from simulator.journeys import DOMAIN


@dataclass(frozen=True, slots=True)
class Post:
    """One post.

    Attributes:
        post_id: The network's id; links of the post carry it as ``utm_content``.
        is_paid: Money made more people see it.
    """

    post_id: str
    network: str
    posted_at: datetime
    title: str
    format: str
    topic: str
    page: str
    is_paid: bool = False

    @property
    def url(self) -> str:
        """The page that the post points to."""
        return f"https://{DOMAIN}{self.page}"


@dataclass(slots=True)
class PostDay:
    """How a post did on one day; by its total alone where a network reports no days.

    Attributes:
        day: Null for a total.
    """

    post_id: str
    day: date | None
    impressions: int
    engagements: int
    clicks: int


_FORMATS = ("document", "text", "video", "picture")
_TOPICS = (
    ("attribution", "/guides/attribution", "Where do your leads come from?"),
    ("data_warehouse", "/blog/what-is-a-data-warehouse", "One number, three systems"),
    ("customers", "/customers", "How a customer found its best channel"),
    ("privacy", "/blog/gdpr-for-marketers", "Consent in two minutes"),
    ("attribution", "/blog/lead-source-or-lead-channel", "Source or channel?"),
)
_FIRST = datetime(2025, 1, 2, 8, tzinfo=UTC)
_WEEKS = 78


def _post(number: int, network: str, at: datetime, *, is_paid: bool = False) -> Post:
    topic, page, title = _TOPICS[number % len(_TOPICS)]
    prefix = {"LinkedIn": "li", "X": "x"}[network] + ("-ad" if is_paid else "")
    kind = "text" if network == "X" else _FORMATS[number % len(_FORMATS)]
    title = f"{title} ({number + 1})"
    return Post(f"{prefix}-{number + 1:03d}", network, at, title, kind, topic, page, is_paid)


UNPAID = tuple(
    _post(week, "LinkedIn", _FIRST + timedelta(weeks=week)) for week in range(_WEEKS)
)  # fmt: skip
"""One a week, whose links carry its id."""

PAID = tuple(
    _post(month, "LinkedIn", _FIRST + timedelta(weeks=4 * month, hours=3), is_paid=True)
    for month in range(_WEEKS // 4 + 1)
)
"""Posts that money spreads, one every four weeks; their links carry its id as well."""

UNTAGGED = tuple(_post(month, "X", _FIRST + timedelta(weeks=4 * month)) for month in range(19))
"""Posts on a network that reports totals only, without tags: nobody knows whom they brought."""

POSTS = (*UNPAID, *PAID, *UNTAGGED)


def latest(posts: tuple[Post, ...], moment: datetime) -> str:
    """The id of the newest of some posts at a moment, which is the one people come from.

    Args:
        posts: In order of time.
        moment: Before the first post there is none.
    """
    number = bisect_right(posts, moment, key=lambda post: post.posted_at)
    return posts[number - 1].post_id if number else ""
