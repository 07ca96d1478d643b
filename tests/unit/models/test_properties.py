"""Properties of credits: what may happen around a journey without changing what touches earn."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from tests.kit.models.attribution_inputs import CHANNELS, SOURCES, START, Inputs
from tests.kit.models.dbt import compute

SEED = 20260301
JOURNEYS = 120
VARIANTS = ("base", "scaled", "renamed", "surrounded", "later")
LOOKBACK = timedelta(days=30)

Credits = dict[tuple[str, str, str], dict[str, tuple[Decimal, Decimal | None]]]
"""(variant, journey, model): {touch: credit and credited value}."""


@pytest.fixture(scope="module")
def credited(tmp_path_factory: pytest.TempPathFactory) -> Credits:
    """Random journeys, each repeated by several people, and what their touches earn."""
    warehouse = tmp_path_factory.mktemp("properties") / "warehouse.duckdb"
    rng = random.Random(SEED)
    with duckdb.connect(str(warehouse)) as con:
        Inputs(con, SEED, people=0)
        con.executemany(
            "insert into core.dim_lead_channels values (?, ?)",
            [[f"r:{name}", f"renamed {name}"] for name in CHANNELS],
        )
        rows: list[tuple[str, list[object]]] = []
        for number in range(JOURNEYS):
            rows += _told(rng, f"j{number:03}")
        # Everything arrives in any order.
        rng.shuffle(rows)
        for table, row in rows:
            marks = ", ".join("?" * len(row))
            con.execute(f"insert into core.{table} values ({marks})", row)
    compute(warehouse)
    found: Credits = defaultdict(dict)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for conversion, touch, model, *share in con.execute(
            """
            select conversion_key, touchpoint_key, attribution_model, credit, credited_value
            from core.fct_attribution_credits where attribution_model <> 'markov_path'
            """
        ).fetchall():
            variant, journey = conversion.split(":")
            found[variant, journey, model][touch.split(":")[-1]] = tuple(share)
    return found


def _told(rng: random.Random, journey: str) -> list[tuple[str, list[object]]]:
    """One random journey in each variant."""
    touches = [
        # A grid of half days: equal moments and touches exactly as old as the look-back occur.
        (rng.randrange(-70, 1), rng.choice(SOURCES), rng.choice(CHANNELS))
        for _ in range(rng.randrange(1, 9))
    ]
    at = START + timedelta(days=60)
    lead_at, deal_at = (at + timedelta(hours=12 * rng.randrange(-70, 5)) for _ in range(2))
    value = rng.choice([None, Decimal("0"), Decimal("100"), Decimal("-0.01"), Decimal("33.33")])
    rows: list[tuple[str, list[object]]] = []
    for variant in VARIANTS:
        name = f"{variant}:{journey}"
        shift = timedelta(days=3 if variant == "later" else 0)
        factor = 1_000 if variant == "scaled" else 1
        prefix = "r" if variant == "renamed" else "c"
        for place, (half_days, source, channel) in enumerate(touches):
            moment = at + shift + timedelta(hours=12 * half_days)
            rows.append(_touch(name, f"t{place}", f"s:{source}", f"{prefix}:{channel}", moment))
        if variant == "surrounded":
            microsecond = timedelta(microseconds=1)
            for place, moment in enumerate([at - LOOKBACK - microsecond, at + microsecond]):
                rows.append(_touch(name, f"a{place}", "s:email", "c:website", moment))
            rows.append(_touch(name, "opened", "s:email", "c:website", at, eligible=False))
        rows.append(
            (
                "fct_leads",
                [name, _person(name), "unknown", lead_at + shift, deal_at + shift, None],
            )
        )
        worth = None if value is None else value * factor
        rows.append(
            (
                "fct_conversions",
                [
                    name,
                    name,
                    "crm",
                    _person(name),
                    name,
                    "unknown",
                    "customer",
                    worth,
                    at + shift,
                    at + shift,
                    at + shift,
                    None,
                    None,
                    False,
                    False,
                ],
            )
        )
    return rows


def _person(name: str) -> str:
    """A key like those that the product makes: resamples draw people by its first two digits."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _touch(
    person: str, touch: str, source: str, channel: str, at: datetime, eligible: bool = True
) -> tuple[str, list[object]]:
    name = f"{person}:{touch}"
    days = LOOKBACK.days
    ids = [name, name, "web", _person(person), source, channel, "unknown"]
    return "fct_touchpoints", [*ids, days, eligible, at, at, 1]


@pytest.mark.parametrize("variant", ["renamed", "surrounded", "later"])
def test_what_is_around_a_journey_changes_nothing(credited: Credits, variant: str) -> None:
    """Other names of channels, touches that are too old, too late or never eligible, another date.

    Credits and values are the same to the last digit, for every model and touch. Half of all
    journeys have touches beyond the look-back, and equal moments.
    """
    compared = 0
    for (told, journey, model), base in credited.items():
        if told == "base":
            assert credited[variant, journey, model] == base, (journey, model)
            compared += len(base)
    assert compared > 3_000


def test_a_value_is_shared_in_the_same_way_at_every_scale(credited: Credits) -> None:
    """A thousand times the value is a thousand times each part, up to the rounding of a part."""
    for (told, journey, model), base in credited.items():
        if told != "base":
            continue
        scaled = credited["scaled", journey, model]
        assert {touch: credit for touch, (credit, _) in scaled.items()} == {
            touch: credit for touch, (credit, _) in base.items()
        }
        for touch, (_, value) in base.items():
            larger = scaled[touch][1]
            if value is None:
                assert larger is None
            else:
                assert larger is not None
                assert abs(larger - 1_000 * value) <= Decimal("0.01"), (journey, model, touch)


def test_credits_are_shares_of_one(credited: Credits) -> None:
    """No credit is negative, those of a journey and model are exactly 1, values likewise."""
    assert len({model for _, _, model in credited}) == 16
    for key, shares in credited.items():
        assert all(credit >= 0 for credit, _ in shares.values()), key
        assert sum(credit for credit, _ in shares.values()) == 1, key
