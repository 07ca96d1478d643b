"""Our list of referrers against the facts it was made from, and how it is rebuilt from them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from maintenance.referrers import rebuild

REPOSITORY = Path(__file__).parents[2]
FACTS = REPOSITORY.parent / "shared" / "facts" / "referrer_domains.csv"
OURS = REPOSITORY / "seeds" / "referrer_domains.csv"

DECIDED = {
    # An assistant, a payment page and a sign-in page are that, whatever else they are.
    "chat.openai.com": "ai_assistant",
    "chatgpt.com": "ai_assistant",
    "you.com": "ai_assistant",
    "perplexity.ai": "ai_assistant",
    "checkout.stripe.com": "payment_sso",
    "login.live.com": "payment_sso",
    # A checkout, and tools of a company's own people.
    "checkout.shopify.com": "payment_sso",
    "business.facebook.com": "tool",
    "search.google.com": "tool",
    # Google's other tools, and sites of other kinds, are no search.
    "play.google.com": "site",
    "google-play": "site",
    "translate.google.com": "site",
    "video.google.com": "video",
    "googlesyndicatedsearch.com": "search_ad",
    # Facebook, Digg and FriendFeed are networks that can be searched.
    "facebook.com": "social",
    "digg.com": "social",
    "friendfeed.com": "social",
    # Sites below a search engine, reviews, films, and mail in a browser.
    "groups.google.com": "site",
    "sites.google.com": "site",
    "sourceforge.net": "review",
    "trustpilot": "review",
    "vimeo.com": "video",
    "youtube.com": "video",
    "youtu.be": "video",
    "mail.rambler.ru": "mail",
    "mail.yandex.ru": "mail",
    "email.seznam.cz": "mail",
}
"""Where the facts give two categories or one that is not ours."""


def _host(name: str) -> str:
    return name.lower().replace("{}", "*").removeprefix("www.")


def _category(host: str, ours: dict[str, str]) -> str | None:
    """The longest entry that a host falls under, on label boundaries; an app as a whole."""
    if host.startswith("com.") and f"app:{host}" in ours:
        return ours[f"app:{host}"]
    labels = host.split(".")
    for start in range(len(labels)):
        parent = labels[start:]
        if start and len(parent) < 2:
            break
        for name in (
            ".".join(parent),
            ".".join([*parent[:-1], "*"]),
            ".".join([*parent[:-2], "*"]),
        ):
            if name in ours:
                return ours[name]
    return None


def test_every_known_domain_has_its_category() -> None:
    """The facts' paths (google.com/cse) are not compared."""
    if not FACTS.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"{FACTS} is missing: CI must have the facts")
        pytest.skip(f"{FACTS} is not on this machine")
    with OURS.open(encoding="utf-8", newline="") as file:
        ours = {row["domain"]: row["category"] for row in csv.DictReader(file)}
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if "/" not in row["domain_or_source"]]
    assert len(facts) > 1_700
    differing = {}
    for fact in facts:
        host = _host(fact["domain_or_source"])
        category = _category(host, ours)
        # A portal is a search engine that has other pages, too.
        expected = DECIDED.get(host, fact["category"])
        if category != expected and (category, expected) != ("portal", "search"):
            differing[host] = (category, expected)
    assert differing == {}


def test_the_list_is_what_the_facts_and_our_decisions_make(tmp_path: Path) -> None:
    """`make referrers` with the list that the seed was made from changes nothing."""
    if not FACTS.is_file():
        pytest.skip(f"{FACTS} is not on this machine")
    seed = tmp_path / "referrer_domains.csv"
    seed.write_bytes(OURS.read_bytes())
    assert rebuild(FACTS, seed) > 2_000
    assert seed.read_bytes() == OURS.read_bytes()
