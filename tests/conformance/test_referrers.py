"""Our list of referrers against the facts it was made from."""

from __future__ import annotations

import csv
import os

import pytest

from orchestration.foundation.repository import REPOSITORY, read_seed

FACTS = REPOSITORY.parent / "shared" / "facts" / "referrer_domains.csv"

DECIDED = {
    # An assistant, a payment page and a sign-in page are that, whatever else they are.
    "chat.openai.com": "ai_assistant",
    "chatgpt.com": "ai_assistant",
    "you.com": "ai_assistant",
    "perplexity.ai": "ai_assistant",
    "checkout.stripe.com": "payment_sso",
    "login.live.com": "payment_sso",
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
    if f"app:{host}" in ours:
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
    ours = {row["domain"]: row["category"] for row in read_seed("referrer_domains")}
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
