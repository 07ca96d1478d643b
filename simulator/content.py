"""What the demo company published.

Belongs here: its pieces of content, listed or known by their pages alone. Does not belong here: who
met them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from simulator.journeys import DOMAIN


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of content.

    Attributes:
        content_id: The number in the company's list; its page where no list has it.
        published: Null where no list has it.
    """

    content_id: str
    page: str
    topic: str
    format: str
    title: str = ""
    published: date | None = None


_SITE = DOMAIN.removeprefix("www.")

LISTED = (
    Piece("B01", "/blog/what-is-a-data-warehouse", "data_warehouse", "blog_post",
          "What is a data warehouse?", date(2024, 11, 4)),
    Piece("B02", "/blog/lead-source-or-lead-channel", "attribution", "blog_post",
          "Lead source or lead channel?", date(2025, 1, 20)),
    Piece("B03", "/blog/gdpr-for-marketers", "privacy", "blog_post",
          "GDPR for marketers", date(2025, 3, 3)),
    Piece("G01", "/guides/attribution", "attribution", "guide",
          "Guide: attribution", date(2024, 12, 2)),
    Piece("V01", "/videos/dashboards-in-five-minutes", "dashboards", "video",
          "Dashboards in five minutes", date(2026, 6, 25)),
)  # fmt: skip
"""What the file of content has; nobody has met the last one yet."""

BY_PAGE = (
    Piece(f"{_SITE}/customers", "/customers", "customers", "case_study"),
    Piece(f"{_SITE}/integrations/hubspot", "/integrations/hubspot", "integrations", "unknown"),
)
"""What the configuration calls content."""

_PIECES = {piece.page: piece for piece in (*LISTED, *BY_PAGE)}


def piece_of(url: str) -> Piece | None:
    """The piece of content that a page of the site is."""
    return _PIECES.get(urlsplit(url).path.rstrip("/"))
