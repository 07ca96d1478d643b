"""The documentation as a site: every link leads somewhere, and nothing comes from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from benchmarks.site.__main__ import build
from tests.kit.browser import browser

_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""What a browser fetches without being asked; links of a page to itself or its edition are none."""
_ONLY_NAMED = ("canonical", "alternate", "next", "prev")


@dataclass
class Page(HTMLParser):
    """What a page links to, what it loads, and where one can be led on it."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin to read."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what matters of a tag."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in _LOADED and found.get("rel") not in _ONLY_NAMED and _LOADED[tag] in found:
            self.loaded.append(found[_LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site's folder."""
    return build(tmp_path_factory.mktemp("site")).parent


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Page]:
    """Every page of ours; dbt's is its own, in one file."""
    found = {}
    for path in site.rglob("*.html"):
        if path.name != "dbt.html":
            found[path] = Page()
            found[path].feed(path.read_text("utf-8"))
    return found


def test_every_link_leads_somewhere(site: Path, read: dict[Path, Page]) -> None:
    """To a page that is there, and to a heading that is on it."""
    assert len(read) > 150
    broken = []
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            start = site if parts.path.startswith("/") else path.parent
            target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchor = unquote(parts.fragment)
            missing = bool(anchor) and target in read and anchor not in read[target].anchors
            if missing or not target.exists():
                broken.append((path.name, link))
    assert not broken


def test_a_column_says_what_it_derives_from(site: Path) -> None:
    """Month of a lead is that of the day on which it was created."""
    text = (site / "catalogue" / "marts.leads.html").read_text("utf-8")
    row = text.partition("<code>created_on</code>")[2].partition("</tr>")[0]
    assert 'href="core.fct_leads.html"><code>core.fct_leads.created_on</code>' in row


def test_no_published_table_derives_from_nothing(site: Path) -> None:
    """One model whose columns nobody knew took the lineage of all that read it."""
    derived = re.compile(
        r"<td><a href=\"[\w.]+\.html\"><code>|<td><code>[\w.]+</code></td>\s*</tr>"
    )
    pages = [
        path
        for layer in ("marts", "core", "meta")
        for path in (site / "catalogue").glob(f"{layer}.*.html")
    ]
    assert len(pages) > 70
    assert [path.name for path in pages if not derived.search(path.read_text("utf-8"))] == []


def test_nothing_is_loaded_from_outside(read: dict[Path, Page]) -> None:
    """No font, script or picture of another server."""
    outside = {
        (path.name, address)
        for path, page in read.items()
        for address in page.loaded
        if urlsplit(address).netloc
    }
    assert not outside


@pytest.mark.parametrize("name", ["index.html", "catalogue/marts.leads.html", "dbt.html"])
def test_a_browser_asks_for_nothing_outside(site: Path, tmp_path: Path, name: str) -> None:
    """What scripts load shows only in a browser: fonts, telemetry, search."""
    with browser(tmp_path) as page:
        page.open((site / name).as_uri(), 1200)
        assert not [each for each in page.requests if not each.startswith(("file:", "data:"))]
