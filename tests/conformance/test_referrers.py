"""Our list of referrers against the facts it was made from, and how it is rebuilt from them."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.foundation.repository import SEEDS
from seeds.referrers import rebuild
from tests.kit.referrers import category, seed_categories
from tests.kit.shared import outside

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


def test_every_known_domain_has_its_category() -> None:
    """The facts' paths (google.com/cse) are not compared."""
    ours = seed_categories()
    with outside("facts", "referrer_domains.csv").open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if "/" not in row["domain_or_source"]]
    assert len(facts) > 1_700
    differing = {}
    for fact in facts:
        host = _host(fact["domain_or_source"])
        found = category(host, ours)
        # A portal is a search engine that has other pages, too.
        expected = DECIDED.get(host, fact["category"])
        if found != expected and (found, expected) != ("portal", "search"):
            differing[host] = (found, expected)
    assert differing == {}


def test_the_list_is_what_the_facts_and_our_decisions_make(tmp_path: Path) -> None:
    """`make referrers` with the list that the seed was made from changes nothing."""
    ours = SEEDS / "referrer_domains.csv"
    seed = tmp_path / "referrer_domains.csv"
    seed.write_bytes(ours.read_bytes())
    assert rebuild(outside("facts", "referrer_domains.csv"), seed) > 2_000
    assert seed.read_bytes() == ours.read_bytes()
