"""Finds classification rules of a company that cannot do what their author meant.

Belongs here: checking a rule's patterns against the declared lists and against each other. Does not
belong here: matching touches, which is SQL (``first_matching_rule``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from orchestration.foundation.codes import code
from orchestration.foundation.repository import read_seed
from orchestration.foundation.wildcards import matches

PATTERNS = (
    "touch_type", "click_id_type", "platform", "campaign_type", "payment", "source_category",
    "utm_source", "source_words", "utm_medium", "medium_words", "utm_campaign", "campaign_words",
    "trace", "referrer_category", "referrer_host", "landing_parameter", "keyword", "keyword_kind",
    "content",
)  # fmt: skip
"""The columns of a rule that hold patterns."""

CODES = ("touch_type", "campaign_type")
"""Columns compared with normalised codes: lower case, underscores, no other punctuation."""

NOT_REFERRERS = {"payment_sso", "portal", "tool"}
"""Categories in the list of domains that a touch's referrer never has."""

MARKS = {"campaign", "tag", "click"}
"""Traces that no landing parameter leaves but `int_touchpoints__signed` adds."""

_REGULAR_EXPRESSION = re.compile(r"^\^|\$$|\\|^\.\*|\.\+|\[[^]]+\]|^\([^)]*$|^[^(]*\)$")
"""Signs of a regular expression: anchors, escapes, classes, a parenthesis closed after a |."""

Problem = Literal["never matches", "may never match", "is shadowed", "shadows", "infers a member"]
Rule = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One thing about one rule that its author should know.

    Attributes:
        rule_id: The rule, as the warehouse names it.
        problem: The kind of problem; ``shadows`` and ``infers a member`` may be intended.
        detail: Why.
    """

    rule_id: str
    problem: Problem
    detail: str

    @property
    def intended(self) -> bool:
        """Whether this may be exactly what the author wanted."""
        return self.problem in ("shadows", "infers a member")


def inspect_rules(rules: Sequence[Rule]) -> list[RuleFinding]:
    """Findings about the company's rules, in the order the rules are tried.

    Args:
        rules: ``classification.rules`` of the configuration.

    Returns:
        Rules that can never match, that an earlier rule leaves nothing to match, that hide declared
        rules, or whose result is not a declared member.
    """
    named: list[dict[str, str | int | None]] = []
    for number, rule in enumerate(rules, start=1):
        stated = {key: value for key, value in rule.items() if value is not None}
        named.append({"priority": number, "rule_id": f"company_{number}", **stated})
    ordered = sorted(named, key=lambda rule: (int(rule["priority"] or 0), str(rule["rule_id"])))
    findings: list[RuleFinding] = []
    for position, rule in enumerate(ordered):
        name = str(rule["rule_id"])
        findings += [RuleFinding(name, *problem) for problem in _dead(rule)]
        earlier = [other for other in ordered[:position] if covers(other, rule)]
        if earlier:
            first = earlier[0]["rule_id"]
            detail = f"{first} comes first and matches everything this rule matches"
            findings.append(RuleFinding(name, "is shadowed", detail))
        findings += _hidden(name, rule)
        findings += _inferred(name, rule)
    return findings


def covers(earlier: Rule, later: Rule) -> bool:
    """Whether the earlier rule matches whatever the later one matches.

    A rule covers another when each of its patterns covers the other's pattern of that column.
    """
    return all(
        _covers_pattern(parts, alternatives(later.get(column)))
        for column in PATTERNS
        if (parts := alternatives(earlier.get(column)))
    )


def alternatives(pattern: str | int | None) -> list[str]:
    """The alternatives of a pattern in the form in which they are compared."""
    parts = ("" if pattern is None else str(pattern)).lower().split("|")
    return [part.strip() for part in parts if part.strip()]


def _covers_pattern(wide: Iterable[str], narrow: Sequence[str]) -> bool:
    """Whether a wide alternative matches every text that the narrow ones match.

    A * in the narrow pattern is treated as an ordinary character, which only a * covers.
    """
    return bool(narrow) and all(
        any(matches(pattern, part.replace("*", "\0")) for pattern in wide) for part in narrow
    )


def _dead(rule: Rule) -> Iterable[tuple[Problem, str]]:
    for column in PATTERNS:
        written = rule.get(column)
        if written is None or not str(written).strip():
            continue
        parts = alternatives(written)
        if not parts:
            yield "never matches", f"{column} has no alternative in {written!r}"
            continue
        yield from _impossible(column, parts)
        if any(_REGULAR_EXPRESSION.search(part) for part in parts):
            yield (
                "may never match",
                f"{column} {written!r} looks like a regular expression; patterns know only | and *",
            )
    yield from _contradictory(rule)


def _impossible(column: str, parts: Sequence[str]) -> Iterable[tuple[Problem, str]]:
    """Patterns that no value of their column can have."""
    if column in CODES and all(part != code(part, keep="*_") for part in parts):
        example = code(parts[0], keep="*")
        yield "never matches", f"{column} is compared with codes: write {example}"
        return
    if column in ("utm_source", "utm_medium", "utm_campaign"):
        words = {"(direct)", "(none)", "(not set)"}
        if set(parts) <= words:
            yield "never matches", f"{column} {parts[0]} is a placeholder and counts as no tag"
        return
    known = _known(column)
    if known and not any(matches(part, value) for part in parts for value in known):
        listed = ", ".join(sorted(known))
        if column in ("touch_type", "click_id_type"):
            yield (
                "may never match",
                f"{column} {'|'.join(parts)} is not declared, so only data that states it can "
                f"match. Declared are: {listed}",
            )
        else:
            yield "never matches", f"{column} {'|'.join(parts)} does not exist; known are: {listed}"


def _contradictory(rule: Rule) -> Iterable[tuple[Problem, str]]:
    """Patterns that exclude each other: a source of another category, a click id of another."""
    sources, categories = (alternatives(rule.get(c)) for c in ("utm_source", "source_category"))
    known = {source: _domains()[source] for source in sources if source in _domains()}
    if categories and sources and len(known) == len(sources):
        wanted = [
            source
            for source, category in known.items()
            if any(matches(part, category) for part in categories)
        ]
        if not wanted:
            yield (
                "never matches",
                f"utm_source {'|'.join(sources)} is of category {'|'.join(set(known.values()))}, "
                f"not {'|'.join(categories)}",
            )
    clicks, platforms = (alternatives(rule.get(c)) for c in ("click_id_type", "platform"))
    owners = {
        owner
        for click_id_type, owner in _click_id_types().items()
        if any(matches(part, click_id_type) for part in clicks)
    }
    if platforms and owners and not any(matches(p, owner) for p in platforms for owner in owners):
        others = set(_click_id_types().values()) - owners
        if all(platform in others for platform in platforms):
            yield (
                "never matches",
                f"{'|'.join(clicks)} is a click id of {'|'.join(sorted(owners))}, not "
                f"{'|'.join(platforms)}",
            )


def _hidden(name: str, rule: Rule) -> Iterable[RuleFinding]:
    declared = [other for other in read_seed("classification_rules") if covers(rule, other)]
    if not any(alternatives(rule.get(column)) for column in PATTERNS):
        detail = "it has no pattern and matches every touch: no later rule is ever tried"
        yield RuleFinding(name, "shadows", detail)
    elif declared:
        names = [other["rule_id"] for other in declared]
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        yield RuleFinding(name, "shadows", f"replaces {len(names)} declared rule(s): {shown}")


def _inferred(name: str, rule: Rule) -> Iterable[RuleFinding]:
    for column in ("lead_source", "lead_channel"):
        stated = str(rule.get(column) or "").strip()
        member = code(stated)
        if not member:
            yield RuleFinding(name, "infers a member", f"sets no {column}, so it will be unknown")
        elif member not in {row[column] for row in read_seed(f"{column}s")}:
            detail = f"{column} {member} is not declared and becomes an inferred member"
            yield RuleFinding(name, "infers a member", detail)


def _known(column: str) -> set[str]:
    """The values that a column can have; empty when there is no list of them."""
    if column == "touch_type":
        return {row["touch_type"] for row in read_seed("touch_types")}
    if column == "click_id_type":
        return set(_click_id_types())
    categories = set(_domains().values())
    if column == "source_category":
        return categories | {"own", "unwanted"}
    if column == "payment":
        return {"paid"}
    if column == "keyword_kind":
        return {"brand", "generic"}
    if column.endswith("_words"):
        return {row["meaning"] for row in read_seed("tag_words")}
    if column == "trace":
        parameters = read_seed("landing_parameters")
        return {row["means"] for row in parameters if row["role"] == "trace"} | MARKS
    if column == "referrer_category":
        return (categories - NOT_REFERRERS) | {"other"}
    return set()


def _click_id_types() -> dict[str, str]:
    return {row["click_id_type"]: row["platform"] for row in read_seed("click_id_types")}


@cache
def _domains() -> dict[str, str]:
    return {row["domain"]: row["category"] for row in read_seed("referrer_domains")}
