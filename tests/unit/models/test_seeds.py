"""The declared rules and members agree with each other and with the macros that quote them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from orchestration.foundation.repository import SEEDS, read_seed, seed_columns
from tests.kit.places import FIXTURES, REPOSITORY
from tests.kit.referrers import category, seed_categories

SOURCES = [
    "organic_search",
    "paid_search",
    "organic_social",
    "paid_social",
    "organic_video",
    "paid_video",
    "organic_shopping",
    "paid_shopping",
    "display",
    "cross_network",
    "paid_other",
    "email",
    "ai_assistant",
    "referral_site",
    "customer_referral",
    "partner",
    "affiliate",
    "event",
    "webinar",
    "direct_mail",
    "phone",
    "sms",
    "push",
    "audio",
    "outbound_sales",
    "content_syndication",
    "direct",
    "offline_other",
    "other",
    "unknown",
    "website_visits",
]
CHANNELS = [
    "search_ad",
    "social_ad",
    "display_ad",
    "video_ad",
    "shopping_ad",
    "audio_ad",
    "organic_listing",
    "social_post",
    "video",
    "blog_post",
    "ebook",
    "content_asset",
    "landing_page",
    "website",
    "newsletter",
    "email_campaign",
    "nurture_email",
    "sms_message",
    "push_message",
    "webinar",
    "conference",
    "trade_show",
    "meetup",
    "phone_call",
    "chat",
    "direct_mail_piece",
    "qr_code",
    "referral_link",
    "partner_listing",
    "affiliate_link",
    "review_site",
    "form",
    "ai_answer",
    "sales_outreach",
    "other",
    "unknown",
    "seo",
    "ppc",
    "social",
]
CATEGORIES = {
    "organic search", "paid advertising", "social media", "referrals", "email campaigns",
    "events and webinars", "website and direct", "offline", "other",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.csv")), ids=lambda path: path.stem)
def test_every_seed_declares_the_columns_of_its_file(path: Path) -> None:
    """A declared column that the file lacks would be empty, and a promise about it would hold."""
    (seed,) = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
    declared = list(seed["config"]["column_types"])
    assert (seed["name"], declared) == (path.stem, list(seed_columns(path.stem)))
    promised = {column["name"] for column in seed.get("columns", [])}
    assert promised | set(seed["config"].get("meta", {}).get("primary_key", [])) <= set(declared)


def test_declared_members_are_complete_and_named_in_both_languages() -> None:
    """The lists that published codes are a contract about: none missing, none added unnoticed."""
    sources, channels = read_seed("lead_sources"), read_seed("lead_channels")
    assert [row["lead_source"] for row in sources] == SOURCES
    assert [row["lead_channel"] for row in channels] == CHANNELS
    assert {row["source_category"] for row in sources} <= CATEGORIES
    assert all(value for row in [*sources, *channels] for value in row.values())


@pytest.mark.parametrize("member", ["lead_source", "lead_channel"])
def test_the_broad_vocabulary_is_closed(member: str) -> None:
    """What a code becomes must itself be declared there, and nothing detailed may be left over."""
    rows = read_seed(f"{member}s")
    broad = {row[member] for row in rows if row["vocabulary"] in ("both", "broad")}
    assert {row["broad"] for row in rows} == broad
    assert all(row["broad"] == row[member] for row in rows if row["vocabulary"] != "detailed")
    assert all(row["broad"] != row[member] for row in rows if row["vocabulary"] == "detailed")
    assert {row["vocabulary"] for row in rows} == {"detailed", "broad", "both"}


@pytest.mark.parametrize("seed", ["classification_rules", "ad_platform_rules"])
def test_rules_lead_to_declared_members(seed: str) -> None:
    """A misspelt code in a rule would silently become an undeclared member."""
    for row in read_seed(seed):
        assert row["lead_source"] in SOURCES, row["rule_id"]
        assert row["lead_channel"] in CHANNELS, row["rule_id"]


@pytest.mark.parametrize("seed", ["classification_rules", "ad_platform_rules", "ga4_channel_rules"])
def test_rules_are_ordered_and_end_in_one_that_matches_everything(seed: str) -> None:
    """Without a last resort a touch would vanish in the join with its signature."""
    rows = read_seed(seed)
    priorities = [int(row["priority"]) for row in rows]
    assert priorities == sorted(set(priorities))
    results = ("priority", "rule_id", "lead_source", "lead_channel", "ga4_channel_group")
    patterns = [
        [value for name, value in row.items() if name not in (*results, "description") and value]
        for row in rows
    ]
    assert [not pattern for pattern in patterns] == [False] * (len(rows) - 1) + [True]


def test_the_parameter_macro_knows_every_landing_parameter() -> None:
    """The query has the regular expression as a constant; the seed defines what it must contain."""
    macro = REPOSITORY / "dbt_project" / "macros" / "classification" / "parameters.sql"
    (names,) = re.findall(
        r"^    (utm_source\|\S+)$", macro.read_text(encoding="utf-8"), re.MULTILINE
    )
    rows = read_seed("landing_parameters")
    assert set(names.split("|")) == {row["parameter"] for row in rows}
    assert all(re.fullmatch(r"[a-z0-9_]+", row["parameter"]) for row in rows)


def test_every_parameter_leads_somewhere() -> None:
    """A click id type that no rule knows, or a trace that none looks at, would end as direct."""
    rules = read_seed("classification_rules")
    types = {part for row in rules for part in row["click_id_type"].split("|")}
    traces = {part for row in rules for part in row["trace"].split("|")}
    declared = {row["click_id_type"] for row in read_seed("click_id_types")}
    for row in read_seed("landing_parameters"):
        if row["role"] in ("click_id", "ad_trace"):
            assert row["means"] in declared, row
            assert row["means"] in types, row
        elif row["role"] == "trace":
            assert row["means"] in traces, row
        elif row["role"] == "tag":
            assert row["means"].startswith("utm_"), row


def test_rules_look_for_meanings_that_words_have() -> None:
    """A misspelt meaning would match nothing, and nobody would see it."""
    meanings = {row["meaning"] for row in read_seed("tag_words")}
    for row in read_seed("classification_rules"):
        for column in ("source_words", "medium_words", "campaign_words"):
            assert set(row[column].split("|")) - {""} <= meanings, row["rule_id"]
    assert all(row["word"] == row["word"].lower().strip() for row in read_seed("tag_words"))


def test_paid_click_ids_say_how_their_links_should_be_tagged() -> None:
    """The audit suggests this medium; one that does not mean paid would mend nothing."""
    paid = {
        row["word"] for row in read_seed("tag_words") if row["meaning"] in ("paid", "affiliate")
    }
    for row in read_seed("click_id_types"):
        words = set(row["utm_medium"].split("_"))
        matched = {
            word for word in words for known in paid
            if re.fullmatch(known.replace("*", "[a-z]*"), word)
        }  # fmt: skip
        assert bool(matched) == (row["is_paid"] == "true"), row


def test_referrer_domains_are_hosts_without_www() -> None:
    """Hosts are looked up in lower case without www; an entry with it would never match."""
    rows = read_seed("referrer_domains")
    assert len(rows) > 1_500
    for row in rows:
        assert re.fullmatch(r"[^\s/A-Z][^/A-Z]*(/[^A-Z]+)?", row["domain"]), row
        assert not row["domain"].startswith("www."), row
        assert "*" not in row["domain"].partition("/")[0].removesuffix(".*"), row


def test_search_engines_say_where_their_terms_stand() -> None:
    """A parameter is compared in lower case; a portal without one could never be a search."""
    rows = read_seed("referrer_domains")
    with_terms = [row for row in rows if row["keyword_parameters"]]
    assert len(with_terms) > 500
    for row in with_terms:
        assert row["category"] in {"search", "portal"}, row
        assert re.fullmatch(r"[a-z0-9_.]+(\|[a-z0-9_.]+)*", row["keyword_parameters"]), row
    assert all(row["keyword_parameters"] for row in rows if row["category"] == "portal")


def test_the_best_known_sites_have_their_category() -> None:
    """Facebook was once a search engine here, because someone's list has its search page."""
    entries = seed_categories()
    with (FIXTURES / "referrers.csv").open(encoding="utf-8", newline="") as file:
        facts = {row["host"]: row["category"] for row in csv.DictReader(file)}
    found = {host: category(host, entries) for host in facts}
    portals = {host for host in found if found[host] == "portal" and facts[host] == "search"}
    assert found == facts | dict.fromkeys(portals, "portal")


def test_every_attribution_model_of_the_seed_is_computed() -> None:
    """A model that can be enabled but that no macro implements would credit nothing."""
    macros = (REPOSITORY / "dbt_project/macros/attribution/models.sql").read_text(encoding="utf-8")
    lists = re.findall(r"\{\{ return\((?:\w+\(\) \+ )?\[(.*?)\]\) \}\}", macros, re.DOTALL)
    named = set(re.findall(r"'(\w+)'", " ".join(lists)))
    declared = {row["attribution_model"] for row in read_seed("attribution_models")}
    roles = {"first", "lead", "opportunity", "customer", "last"}
    assert named - roles == declared
