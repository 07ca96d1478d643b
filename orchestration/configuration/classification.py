"""The classification section of ``tributary.yaml``: the company's own rules and words.

Belongs here: the shape of a rule, names of campaigns and brand terms. Does not belong here:
whether a rule can do what was meant (``rules.py``).
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from orchestration.configuration.hosts import Host
from orchestration.configuration.strict import Strict
from orchestration.foundation.codes import code
from orchestration.foundation.repository import seed_columns


def _rule(rule: dict[str, str | int | None]) -> dict[str, str | int | None]:
    """Without this check a misspelt column would be ignored, and the rule match every touch."""
    columns = seed_columns("classification_rules")
    for name in rule:
        if name not in columns:
            raise ValueError(f"a rule has no column {name!r}; known are: {', '.join(columns)}")
    if not any(rule.get(name) for name in ("lead_source", "lead_channel")):
        raise ValueError("a rule names a lead_source, a lead_channel or both")
    for part in str(rule.get("landing_parameter") or "").split("|"):
        if part.strip() and not re.match(r"[^=*]+=", part.strip()):
            raise ValueError(
                f"landing_parameter names a parameter and its value, as in ref=partner*: {part!r}"
            )
    if not isinstance(rule.get("priority", 0), int | None):
        raise ValueError(f"priority is a whole number, not {rule['priority']!r}")
    return rule


def _one_step(aliases: dict[str, str]) -> dict[str, str]:
    """A name that led to a name that leads elsewhere would depend on the order of the list."""
    meant: dict[str, str] = {}
    for alias, campaign in aliases.items():
        known, target = code(alias), code(campaign)
        if not known or not target:
            raise ValueError("an alias has a name and the name of the campaign that it means")
        if known == target:
            raise ValueError(f"{alias!r} and {campaign!r} are one name already: leave it out")
        if meant.setdefault(known, target) != target:
            raise ValueError(f"{alias!r} is listed twice, with different campaigns")
    for alias, campaign in aliases.items():
        further = meant.get(code(campaign))
        if further:
            raise ValueError(
                f"{alias!r} means {campaign!r}, which is itself an alias of {further!r}: "
                f"let {alias!r} mean that"
            )
    return aliases


class Classification(Strict):
    """The company's own classification rules, tried before the declared ones.

    Attributes:
        rules: Rows with the columns of ``seeds/classification_rules.csv``. ``rules.py`` finds those
            that cannot do what was meant.
        unwanted_referrers: Hosts that are not an origin, with everything below them: a booking
            system, a form provider. Those of ``lead_quality.internal_hosts`` are none, either.
        campaign_aliases: Other names of campaigns: what costs, files or tags call it, and the
            campaign's own name.
        brand_terms: Words by which people search for the company itself; they define a rule's
            ``keyword_kind``.
    """

    unwanted_referrers: list[Host] = []
    brand_terms: list[Annotated[str, Field(pattern=r"\S")]] = []
    campaign_aliases: Annotated[dict[str, str], AfterValidator(_one_step)] = {}
    rules: list[Annotated[dict[str, str | int | None], AfterValidator(_rule)]] = []

    @field_validator("rules")
    @classmethod
    def _names_differ(
        cls, value: list[dict[str, str | int | None]]
    ) -> list[dict[str, str | int | None]]:
        names = [str(rule["rule_id"]) for rule in value if rule.get("rule_id") is not None]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rules are called {name!r}")
        return value
