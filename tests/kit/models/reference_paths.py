"""Every path of a built company, one by one, and the results of re-solving chains over them.

Belongs here: a plain reading of docs/attribution.md from the published facts, without counts by SQL
and without the formula that saves re-solving.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from duckdb import DuckDBPyConnection

ACCOUNT_SCOPE = ("opportunity", "customer", "repeat_customer")
State = tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """The members on a person's path, and its outcome."""

    key: str
    touchpoints: tuple[str, ...]
    members: tuple[str, ...]
    converted: bool
    value: Decimal


@dataclass(frozen=True)
class _Touch:
    at: datetime
    until: datetime
    sequence: int
    touchpoint_id: str
    key: str
    lookback: timedelta
    members: dict[str, str]


def paths(con: DuckDBPyConnection, conversion_type: str, dimension: str) -> list[Path]:
    """Journeys of the conversions of a type, and of the people who have none."""
    touches = defaultdict(list)
    for person, *touch, days, source, channel in con.execute(
        """
        select person_key, occurred_at, occurred_until, sequence_number, touchpoint_id,
            touchpoint_key, lookback_days, lead_source_key, lead_channel_key
        from core.fct_touchpoints where is_eligible
        """
    ).fetchall():
        members = {"lead_source": source, "lead_channel": channel}
        touches[person].append(_Touch(*touch, timedelta(days=days), members))
    people = defaultdict(set)
    for account, person in con.execute(
        "select account_key, person_key from core.fct_leads where account_key <> 'unknown'"
    ).fetchall():
        people[account].add(person)
    found, converted = [], set()
    for key, person, account, at, until, value, is_correction, record in con.execute(
        """
        select
            conversions.conversion_key, conversions.person_key, conversions.account_key,
            conversions.journey_at, conversions.journey_until,
            coalesce(conversions.value, 0) + (
                select coalesce(sum(corrections.value), 0)
                from core.fct_conversions as corrections
                where corrections.corrects_conversion_key = conversions.conversion_key
            ),
            conversions.is_correction, 'crm:' || leads.lead_id
        from core.fct_conversions as conversions
        left join core.fct_leads as leads using (lead_key)
        where conversions.conversion_type = ?
        """,
        [conversion_type],
    ).fetchall():
        audience = {person} - {"unknown"}
        if conversion_type in ACCOUNT_SCOPE:
            audience |= people[account]
        converted |= audience
        if is_correction:
            # It took its value from what it corrects, and has no path of its own.
            continue
        met = (touch for name in audience for touch in touches[name])
        journey = _until(at, until, met, record)
        found.append(_path(key, journey, dimension, True, value))
    for person, own in touches.items():
        if person not in converted:
            last = max(touch.at for touch in own)
            journey = _until(last, last, own)
            found.append(_path(person, journey, dimension, False, Decimal(0)))
    return [path for path in found if path.members]


def _until(
    at: datetime, until: datetime, touches: Iterable[_Touch], record: str | None = None
) -> list[_Touch]:
    """Touches at or before a moment; what is recorded of the lead itself may be younger."""
    return sorted(
        (
            touch
            for touch in touches
            if (touch.at <= until or touch.touchpoint_id == record)
            and at - touch.until <= touch.lookback
        ),
        key=lambda touch: (
            touch.at if touch.at <= until else at,
            touch.sequence,
            touch.touchpoint_id,
        ),
    )


def _path(
    key: str, journey: Sequence[_Touch], dimension: str, converted: bool, value: Decimal
) -> Path:
    members = tuple(touch.members[dimension] for touch in journey)
    return Path(key, tuple(touch.key for touch in journey), members, converted, value)


@dataclass(frozen=True)
class Chain:
    """A chain that remembers `order` members: its transitions and their value."""

    moves: dict[State, Counter[State]]
    exits: dict[State, tuple[int, Decimal]]
    visits: Counter[State]
    starts: Counter[State]


def chain(found: Sequence[Path], order: int) -> Chain:
    """Counted step by step."""
    moves: dict[State, Counter[State]] = defaultdict(Counter)
    exits: dict[State, tuple[int, Decimal]] = {}
    visits: Counter[State] = Counter()
    starts: Counter[State] = Counter()
    for path in found:
        states = [
            path.members[max(place - order + 1, 0) : place + 1]
            for place in range(len(path.members))
        ]
        # The first state of second order is a single member, with nothing before it.
        starts[states[0]] += 1
        for place, state in enumerate(states):
            visits[state] += 1
            if place + 1 < len(states):
                moves[state][states[place + 1]] += 1
        if path.converted:
            count, value = exits.get(states[-1], (0, Decimal(0)))
            exits[states[-1]] = (count + 1, value + path.value)
    return Chain(moves, exits, visits, starts)


def worth(given: Chain, without: str | None) -> tuple[float, float]:
    """Conversions and value per path when a member leads nowhere, by re-solving the chain."""
    states = sorted(state for state in given.visits if state[-1] != without)
    number = {state: place for place, state in enumerate(states)}
    matrix = np.eye(len(states))
    reward = np.zeros((len(states), 2))
    for state, place in number.items():
        for target, count in given.moves.get(state, Counter()).items():
            if target in number:
                matrix[place, number[target]] -= count / given.visits[state]
        count, value = given.exits.get(state, (0, Decimal(0)))
        reward[place] = [count / given.visits[state], float(value) / given.visits[state]]
    solved = np.linalg.solve(matrix, reward)
    start = np.zeros(len(states))
    for state, count in given.starts.items():
        if state in number:
            start[number[state]] = count / given.starts.total()
    conversions, value = start @ solved
    return float(conversions), float(value)


def removal_effects(found: Sequence[Path], order: int) -> dict[str, tuple[float, float]]:
    """Member: the shares of conversions and of value that are lost without it."""
    given = chain(found, order)
    conversions, value = worth(given, None)
    effects = {}
    for member in sorted({member for path in found for member in path.members}):
        left, value_left = worth(given, member)
        effects[member] = (
            1 - left / conversions if conversions else 0.0,
            1 - value_left / value if value else 0.0,
        )
    return effects
