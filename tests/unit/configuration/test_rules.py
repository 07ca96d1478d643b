"""What ``tributary doctor`` reports about rules that cannot do what their author meant."""

from __future__ import annotations

import pytest

from orchestration.configuration.classification import Classification
from orchestration.configuration.rules import Rule, covers, inspect_rules, matches

CALL: Rule = {"lead_source": "phone", "lead_channel": "phone_call"}


def problems(*rules: Rule) -> list[tuple[str, str]]:
    """Rule and problem of every finding that cannot be intended."""
    return [(f.rule_id, f.problem) for f in inspect_rules(rules) if not f.intended]


@pytest.mark.parametrize(
    ("patterns", "reason"),
    [
        ({"source_category": "serch"}, "does not exist"),
        ({"referrer_category": "payment_sso"}, "does not exist"),
        ({"medium_words": "payed"}, "does not exist"),
        ({"payment": "yes"}, "does not exist"),
        ({"trace": "mail"}, "does not exist"),
        ({"keyword_kind": "branded"}, "does not exist"),
        ({"utm_medium": "(none)"}, "is a placeholder"),
        ({"touch_type": "Ad Click"}, "write ad_click"),
        ({"touch_type": "på mässa"}, "write på_mässa"),
        ({"campaign_type": "Performance Max"}, "write performance_max"),
        ({"utm_source": " | "}, "no alternative"),
        ({"utm_source": "facebook|linkedin", "source_category": "search"}, "of category social"),
        ({"click_id_type": "gclid", "platform": "linkedin_ads"}, "is a click id of google_ads"),
    ],
)
def test_a_rule_that_can_never_match_is_named_with_the_reason(patterns: Rule, reason: str) -> None:
    """It would stay in the file for years, and everybody would rely on it."""
    (finding,) = [f for f in inspect_rules([{**CALL, **patterns}]) if not f.intended]
    assert finding.problem == "never matches"
    assert reason in finding.detail


@pytest.mark.parametrize(
    "patterns",
    [
        {"touch_type": "vist"},
        {"touch_type": "mässa|*_выставка"},
        {"click_id_type": "glcid"},
        {"utm_source": "^google.*"},
        {"utm_source": ".*google"},
        {"utm_medium": "(cpc|ppc)"},
    ],
)
def test_a_rule_that_only_odd_data_can_match_is_doubted(patterns: Rule) -> None:
    """Touch types and click ids of one's own are allowed; a regular expression is a literal."""
    assert problems({**CALL, **patterns}) == [("company_1", "may never match")]


@pytest.mark.parametrize(
    "patterns",
    [
        {"touch_type": "call|vist"},
        {"utm_source": "acme podcast", "utm_medium": "Audio"},
        {"utm_source": "facebook|molnbolaget", "source_category": "search"},
        {"click_id_type": "gclid", "platform": "google_ads"},
        {"click_id_type": "gclid", "platform": "our_own_platform"},
        {"referrer_category": "other"},
        {"source_category": "unwanted"},
        {"landing_parameter": "ref=partner*|PartnerId=*", "keyword": "*crm*"},
        {"source_words": "social", "payment": "paid"},
        {"campaign_type": "performance*"},
        {"trace": "tag|click"},
        {"utm_campaign": "spring (nordics)"},
        {"utm_source": "google.*"},
    ],
)
def test_a_rule_that_can_match_is_left_alone(patterns: Rule) -> None:
    """A false alarm costs more than a missed one."""
    assert problems({**CALL, **patterns}) == []


def test_a_rule_behind_a_wider_one_is_shadowed() -> None:
    """By priority, else by position in the file; * covers patterns written with *."""
    wide: Rule = {**CALL, "utm_source": "pod*", "utm_medium": "audio|radio"}
    narrow: Rule = {**CALL, "utm_source": "podcast_*|podden", "utm_medium": "AUDIO "}
    assert problems(wide, narrow) == [("company_2", "is shadowed")]
    assert problems(narrow, wide) == []
    assert problems({**narrow, "priority": 9}, {**wide, "priority": 1}) == [
        ("company_1", "is shadowed")
    ]


def test_only_what_is_wholly_covered_is_shadowed() -> None:
    """A rule that looks at more, or at another column, keeps something to match."""
    assert not covers({"utm_source": "google"}, {"utm_source": "google|bing"})
    assert not covers({"utm_source": "google", "utm_medium": "cpc"}, {"utm_source": "google"})
    assert not covers({"utm_source": "a*c"}, {"utm_source": "a*"})
    assert covers({"utm_source": "a*"}, {"utm_source": "a*c", "utm_medium": "cpc"})
    assert covers({}, {"utm_source": "a"})


def test_a_pattern_matches_the_whole_value() -> None:
    """The same language as the SQL macro speaks."""
    assert matches("*push", "web push")
    assert not matches("push", "web push")
    assert not matches("a.c", "abc")


def test_hidden_declared_rules_and_inferred_members_are_told_not_blamed() -> None:
    """Replacing our rules and naming own members is what own rules are for."""
    rule: Rule = {
        "utm_medium": "referral|referrer|link|app|backlink|bio|linkinbio|readme",
        "lead_source": "Our Friends",
    }
    found = {finding.problem: finding.detail for finding in inspect_rules([rule])}
    assert found["shadows"] == "replaces 1 declared rule(s): utm_referral"
    assert all(finding.intended for finding in inspect_rules([rule]))
    details = [f.detail for f in inspect_rules([rule]) if f.problem == "infers a member"]
    assert details == [
        "lead_source our_friends is not declared and becomes an inferred member",
        "sets no lead_channel, so it will be unknown",
    ]


def test_a_rule_without_patterns_is_told_to_end_everything() -> None:
    """Everything behind it is dead."""
    (first,) = [f for f in inspect_rules([CALL]) if f.problem == "shadows"]
    assert "matches every touch" in first.detail
    assert problems(CALL, {**CALL, "utm_source": "x"}) == [("company_2", "is shadowed")]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([{**CALL, "utm_sorce": "google"}], "no column 'utm_sorce'"),
        ([{"utm_source": "google"}], "names a lead_source"),
        ([{**CALL, "priority": "first"}], "whole number"),
        ([{**CALL, "landing_parameter": "ref"}], "ref=partner"),
        ([{**CALL, "rule_id": "a"}, {**CALL, "rule_id": "a"}], "two rules are called 'a'"),
    ],
)
def test_a_malformed_rule_is_an_error(
    rules: list[dict[str, str | int | None]], message: str
) -> None:
    """A misspelt column was ignored once, and the rule then matched every touch."""
    with pytest.raises(ValueError, match=message):
        Classification(rules=rules)


@pytest.mark.parametrize(
    "host", ["https://booking.example.com", "booking.example.com/x", "booking"]
)
def test_an_unwanted_referrer_is_a_host(host: str) -> None:
    """A whole URL would never match a referrer's host, and nobody would see why."""
    with pytest.raises(ValueError, match="is not a host"):
        Classification(unwanted_referrers=[host])
