"""Which pages the configuration calls content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from orchestration.configuration.content import ContentPages


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ("/blog/*", "/blog/*"),
        ("https://www.Acme.example/Guides/", "acme.example/Guides"),
        ("acme.example", "acme.example/"),
        ("/", "/"),
    ],
)
def test_a_page_is_written_as_it_is_published(written: str, page: str) -> None:
    """People copy addresses from their browser; a pattern that fits nothing says nothing."""
    assert ContentPages(url=written, topic="x").url == page


@pytest.mark.parametrize("written", ["blog", "/blog?x=*", " ", "/a b"])
def test_what_is_no_page_is_refused(written: str) -> None:
    """It would never match, and content would be missing without a word."""
    with pytest.raises(ValidationError):
        ContentPages(url=written, topic="x")


def test_a_pattern_says_something() -> None:
    """Without topic and format it would only hide the patterns behind it."""
    with pytest.raises(ValidationError, match="topic"):
        ContentPages(url="/blog/*")
