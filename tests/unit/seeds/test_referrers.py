"""Rebuilding the list of referrers from newer public lists."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from seeds.referrers import COLUMNS, Entry, entry_name, merge, parents, read_lists, rebuild


def listed(domain: str, category: str, source: str = "web", terms: str = "") -> dict[str, str]:
    """A row of a public list."""
    return {
        "domain_or_source": domain,
        "list": source,
        "category": category,
        "name": domain,
        "keyword_parameters": terms,
    }


@pytest.mark.parametrize(
    ("written", "entry"),
    [
        ("www.Example.com", "example.com"),
        ("google.{}", "google.*"),
        ("google.{}/cse", "google.*/cse"),
        ("android-app//com.linkedin.android", "app:com.linkedin.android"),
        ("android-app//com.google.search/https/www.google.com", "app:com.google.search"),
        ("com.snapchat.android", "app:com.snapchat.android"),
    ],
)
def test_spellings_of_lists_become_ours(written: str, entry: str) -> None:
    """An entry in a list's own spelling would never match a host."""
    assert entry_name(written) == entry


def test_ga4_decides_where_lists_differ() -> None:
    """The published GA4 group is compared with GA4; a network that can be searched is one."""
    entries = read_lists(
        [listed("digg.com", "search", terms="s"), listed("digg.com", "social", "ga4")]
    )
    assert entries["digg.com"] == Entry("digg.com", "social", "social", "", "digg.com")


def test_a_search_host_has_its_parents_terms_and_says_nothing_twice() -> None:
    """Two thousand hosts of one engine that say what it says would hide what differs."""
    entries = read_lists(
        [
            listed("search.example", "search", terms="Q query"),
            listed("uk.search.example", "search", "ga4"),
            listed("fr.search.example", "search", terms="q query"),
            listed("mail.search.example", "social"),
        ]
    )
    assert [(e.domain, e.keyword_parameters) for e in merge(entries, {})] == [
        ("mail.search.example", ""),
        ("search.example", "q|query"),
        ("uk.search.example", "q|query"),
    ]


def test_a_network_has_one_name() -> None:
    """GA4 repeats the domain: leads of linkedin.com and lnkd.in were those of two networks."""
    entries = read_lists(
        [
            listed("net.example", "social", "ga4"),
            listed("net.example", "search") | {"name": "Net%2B"},
            listed("nt.example", "social") | {"name": "Net%2B"},
            listed("nt.example", "social", "ga4"),
            listed("m.net.example", "social", "ga4"),
            listed("shop.net.example", "shopping", "ga4"),
        ]
    )
    assert [(e.domain, e.name) for e in merge(entries, {})] == [
        ("m.net.example", "Net+"),
        ("net.example", "Net+"),
        ("nt.example", "Net+"),
        ("shop.net.example", "shop.net.example"),
    ]


def test_parents_stop_before_the_top_level_domain() -> None:
    """`co.uk` and `com` are nobody's."""
    assert parents("a.b.co.uk") == ["a.b.co.*", "b.co.uk", "b.co.*", "b.*", "co.uk", "co.*"]
    assert parents("app:com.example") == []
    assert parents("x.com/i/grok") == []


def test_what_we_decided_stays_and_the_rest_is_the_new_list(tmp_path: Path) -> None:
    """A rebuild that lost a payment page would make it an origin again."""
    seed, newer = tmp_path / "seed.csv", tmp_path / "newer.csv"
    seed.write_text(
        ",".join(COLUMNS)
        + "\npay.example,payment_sso,,,Pay,true\nold.example,social,,,Old,false\n",
        encoding="utf-8",
    )
    rows = [listed("pay.example", "shopping", "ga4"), listed("new.example", "social")]
    with newer.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert rebuild(newer, seed) == 2
    assert seed.read_text(encoding="utf-8").splitlines() == [
        ",".join(COLUMNS),
        "new.example,social,,,new.example,false",
        "pay.example,payment_sso,,,Pay,true",
    ]
