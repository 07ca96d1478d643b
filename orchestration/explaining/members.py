"""What every model says about one lead source or lead channel.

Belongs here: reading it from the published file. Does not belong here: showing it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb


@dataclass(frozen=True, slots=True)
class Member:
    """A lead source or a lead channel.

    Attributes:
        dimension: ``lead_source`` or ``lead_channel``.
        member_key: Its key.
        code: Its normalised code.
        name: In English.
        facts: Its attributes in the dimension, in words.
    """

    dimension: str
    member_key: str
    code: str
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 90 % interval from resampling people.

    Attributes:
        point: ``None`` when the model or the conversions have none.
        low: ``None`` when no interval was computed.
        high: As ``low``.
    """

    point: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one model says about a member for one conversion type.

    Attributes:
        model: Its name.
        of_members: Whether the model credits whole members instead of touches.
        conversions: Credited to the member.
        of: All conversions of the type.
        value: Credited to the member, in the reporting currency.
        removal_effect: The share of conversions that would be lost without the member.
        standard_error: Of ``conversions`` where the model is estimated by sampling; else 0.
    """

    model: str
    of_members: bool
    conversions: Figure
    of: int
    value: Figure
    removal_effect: Figure
    standard_error: float


_MEMBERS = """
    select 'lead_source', lead_source_key, lead_source, name_en,
        source_category || case when is_paid then ', paid' else ', not paid' end
            || case when is_digital then ', digital' else '' end
    from core.dim_lead_sources
    where lead_source = $id or lead_source_key = $id
    union all
    select 'lead_channel', lead_channel_key, lead_channel, name_en,
        channel_family || case when is_paid then ', paid' else ', not paid' end
            || case when is_digital then ', digital' else '' end
    from core.dim_lead_channels
    where lead_channel = $id or lead_channel_key = $id
"""

_MODELS = """
    select attribution_model, family = 'channel', definition, parameters
    from core.dim_attribution_models
    where is_enabled
    order by
        list_position(['role', 'decay', 'choice', 'coverage', 'removal', 'channel'], family),
        attribution_model
"""

_TOTALS = """
    select conversion_type, count(*), count(value) > 0
    from core.fct_conversions
    group by conversion_type
    order by conversion_type
"""

_COMPARISON = """
    select * from marts.attribution_model_comparison
    where dimension = $dimension and member_key = $key and conversion_type = $type
"""

_ESTIMATES = """
    select
        attribution_model, conversions_low, conversions_high, value_low, value_high,
        removal_effect, removal_effect_low, removal_effect_high, standard_error
    from core.fct_channel_attribution
    where dimension = $dimension and member_key = $key and conversion_type = $type
"""


def find_members(con: duckdb.DuckDBPyConnection, identifier: str) -> list[Member]:
    """The lead source and the lead channel that have this code or key."""
    found = con.execute(_MEMBERS, {"id": identifier}).fetchall()
    return [Member(*(text or "" for text in row)) for row in found]


def definitions(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Every enabled model and its meaning, with its parameters."""
    return [
        (model, f"{definition} ({parameters})" if parameters else definition)
        for model, _, definition, parameters in con.execute(_MODELS).fetchall()
    ]


def read_member(con: duckdb.DuckDBPyConnection, member: Member) -> dict[str, list[Finding]]:
    """What every enabled model says about a member, by conversion type.

    Args:
        con: The published file.
        member: From ``find_members``.

    Returns:
        Conversion types for which the member has touches, in alphabetical order.
    """
    models = [(row[0], row[1]) for row in con.execute(_MODELS).fetchall()]
    found = {}
    for conversion_type, conversions, valued in con.execute(_TOTALS).fetchall():
        asked = {
            "dimension": member.dimension,
            "key": member.member_key,
            "type": conversion_type,
        }
        answer = con.execute(_COMPARISON, asked)
        names = [column[0] for column in answer.description or ()]
        row = answer.fetchone()
        if row is None:
            continue
        compared = dict(zip(names, row, strict=True))
        estimates: defaultdict[str, Sequence[Any]] = defaultdict(lambda: [None] * 8)
        estimates |= {row[0]: row[1:] for row in con.execute(_ESTIMATES, asked).fetchall()}
        found[conversion_type] = [
            Finding(
                model,
                of_members,
                _figure(compared[f"{model}_conversions"], *estimates[model][:2]),
                conversions,
                _figure(compared[f"{model}_value"] if valued else None, *estimates[model][2:4]),
                _figure(*estimates[model][4:7]),
                _number(estimates[model][7]) or 0.0,
            )
            for model, of_members in models
            # A member that occurs in no path of this type has no estimate.
            if not of_members or model in estimates
        ]
    return found


def _figure(*figures: Decimal | float | None) -> Figure:
    return Figure(*map(_number, figures))


def _number(value: Decimal | float | None) -> float | None:
    """As a float; NaN, which a double may be, becomes None."""
    return None if value is None or value != value else float(value)
