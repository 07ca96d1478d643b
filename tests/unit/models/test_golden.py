"""Every model on journeys that were worked out by hand: ``golden/<model>.csv``.

The journeys (day: source/channel; look-back 90 days, half-life 7 days, custom weights 0.5 for the
first touch and 0.5 for the middle):

``deal``, a customer of 100 on day 28. d1 day 0: direct/website, d2 day 7: paid_search/search_ad,
d3 day 7: email/newsletter, d4 day 14: event/conference, d5 day 21: paid_search/search_ad, d6 day
28: direct/website. Lead on day 7 and opportunity on day 19, so their touches are d3 (d2 has the
same moment and the smaller id) and d4; the customer's is d6.
    linear: 1/6 = 0.166666666667, five times 0.833333333335, and d6 takes the rest.
    w_shaped: d1, d3, d4 0.3; d2, d5, d6 0.1/3. full_path: d1, d3, d4, d6 0.225; d2, d5 0.1/2.
    time_decay: 4, 3, 3, 2, 1, 0 half-lives before the last touch weigh 1/16, 1/8, 1/8, 1/4, 1/2,
    1; sum 33/16, so 1/33, 2/33, 2/33, 4/33, 8/33, 16/33.
    shapley_coverage: four channels, a quarter each; website and search_ad have two touches.

``pair``, a customer of 10 on day 7. p1 day 0 and p2 day 7, both email/newsletter. Its lead is older
than both touches, and it has no opportunity.
    j_shaped: nothing lies between, so 0.2 and 0.6 of 0.8. u_lead: no touch for the lead, so p1 has
    all. w_shaped: p1 0.3, p2 is the rest with 0.1: 3/4 and 1/4. full_path: p1 0.225, p2 is the
    customer's with 0.225, nothing else: halves. time_decay: 1/2 and 1.
    No paid touch: last_paid and first_paid leave it unattributed.

``lone``, a lead without a value on day 0, with one touch at that very moment: direct/website. All
roles are its, and where all is direct the non-direct models take the end.

``refund``, a customer of -0.01 on day 14 of whom no lead is known. r1, r2, r3 on days 0, 7, 14, all
direct/website.
    w_shaped: r1 0.3, r2 and r3 0.05: /0.4. full_path: r1 0.225, r2 0.1, r3 0.225: /0.55.
    time_decay: 1/4, 1/2, 1: 1/7, 2/7, 4/7 of -0.01, and r3 takes what rounding leaves: -0.005714.

``team``, an opportunity of 60 on day 7 in account scope. t1 day 0: a colleague's event/conference,
t2 day 7: email/newsletter, which is also the touch of the lead and of the opportunity.
    w_shaped: 0.3 and 0.3 + 0.3. full_path: 0.225 and 0.225 + 0.225.

``none``, a customer of 5 with a touch that is a microsecond too old and one that comes after.

``chain``, three paths of which one converts, for 100, of which 10 are taken back later: 90 are left
to share where paths are counted, and a touch's share of each is of its own. The paths are
a > b > c; a > nothing; b > c > nothing. Two paths of three start at a, one at b; a leads on to b
in 1 of 2, b to c always, c to the conversion in 1 of 2: 2/3 * 1/2 * 1/2 + 1/3 * 1/2 = 1/3.
    markov: without a 1/3 * 1/2 = 1/6, half of it; without b or c nothing. 0.5, 1, 1 of 2.5.
    markov_2: the same, as no state depends on what came before. markov_path: 0.2, 0.4, 0.4.
    shapley_rate: only all three together hold a path that converts, v = 1/3: 1/9 each, of 3 paths.

``order``, two paths of which one converts, for 40: a > b; c > b > nothing. b converts in 1 of 2.
    markov: 1/2; without a 1/4, without c 1/4, without b 0: effects 0.5, 1, 0.5 of 2.
    markov_2 knows that b converts after a only: without a 0, without b 0, without c still 1/2.
    markov_path: a 0.5, b 1 of 1.5.
    shapley_rate: v(ab) = 1, v(bc) = 0, v(abc) = 1/2, all others 0. a: 1/6 (v(ab) - v(b)) + 1/3
    (v(abc) - v(bc)) = 1/3; b the same; c: 1/3 (v(abc) - v(ab)) = -1/6. Of 2 paths: 2/3, 2/3, -1/3;
    a takes the residue of rounding.

Whoever is not part of ``chain`` has a conversion of that type before any touch, and likewise for
``order``: it has no path, and its person does not count as one who never converted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.attribution import known_attribution_models
from tests.kit.models.attribution_inputs import START, Inputs
from tests.kit.models.dbt import compute

GOLDEN = Path(__file__).parent / "golden"
CHANNEL_LEVEL = ("markov", "markov_2", "shapley_rate")
TEXTBOOKS = ("chain", "order")
LOOKBACK_DAYS = 90

TOUCHES = {
    # person: touch, day, source, channel
    "deal": [
        ("d1", 0, "direct", "website"),
        ("d2", 7, "paid_search", "search_ad"),
        ("d3", 7, "email", "newsletter"),
        ("d4", 14, "event", "conference"),
        ("d5", 21, "paid_search", "search_ad"),
        ("d6", 28, "direct", "website"),
    ],
    "pair": [("p1", 0, "email", "newsletter"), ("p2", 7, "email", "newsletter")],
    "lone": [("l1", 0, "direct", "website")],
    "refund": [(f"r{place + 1}", 7 * place, "direct", "website") for place in range(3)],
    "team": [("t2", 7, "email", "newsletter")],
    "colleague": [("t1", 0, "event", "conference")],
    "none": [("n1", 0, "email", "newsletter"), ("n2", 91, "email", "newsletter")],
    "chain": [("x1", 0, "a", "a"), ("x2", 1, "b", "b"), ("x3", 2, "c", "c")],
    "chain_2": [("x4", 0, "a", "a")],
    "chain_3": [("x5", 0, "b", "b"), ("x6", 1, "c", "c")],
    "order": [("y1", 0, "a", "a"), ("y2", 1, "b", "b")],
    "order_2": [("y3", 0, "c", "c"), ("y4", 1, "b", "b")],
}
CONVERSIONS = [
    # person and conversion, type, day, value
    ("deal", "customer", 28, 100),
    ("pair", "customer", 7, 10),
    ("lone", "lead", 0, None),
    ("refund", "customer", 14, "-0.01"),
    ("team", "opportunity", 7, 60),
    ("none", "customer", 90, 5),
    ("chain", "chain", 2, 100),
    ("order", "order", 1, 40),
]
CORRECTIONS = [
    # name, conversion, day, value
    ("deal_back", "deal", 400, -100),
    ("pair_back", "pair", 8, -3),
    ("none_back", "none", 95, -5),
    ("chain_back", "chain", 40, -10),
]
LEADS = [
    # person, account, days of lead and opportunity
    ("deal", "unknown", 7, 19),
    ("pair", "unknown", -30, None),
    ("lone", "unknown", 0, None),
    ("team", "account", 7, 7),
    ("colleague", "account", 7, None),
]


def at(day: int | None) -> datetime | None:
    """Noon of a day."""
    return None if day is None else START + timedelta(days=100 + day, hours=12)


def write(con: duckdb.DuckDBPyConnection) -> None:
    """The journeys above."""
    Inputs(con, seed=0, people=0)
    for dimension, prefix in (("source", "s"), ("channel", "c")):
        con.executemany(
            f"insert into core.dim_lead_{dimension}s (lead_{dimension}_key, lead_{dimension}) "
            "values (?, ?)",
            [[f"{prefix}:{name}", name] for name in "abc"],
        )
    con.execute("update core.dim_lead_sources set is_paid = coalesce(is_paid, false)")
    con.executemany(
        """
        insert into core.fct_touchpoints (
            touchpoint_key, touchpoint_id, source_system, person_key, lead_source_key,
            lead_channel_key, campaign_key, lookback_days, is_eligible, occurred_at,
            occurred_until, sequence_number
        )
        values ($1, $1, 'web', md5($2), 's:' || $3, 'c:' || $4, 'unknown', $5, true, $6, $6, 1)
        """,
        [
            [name, person, source, channel, LOOKBACK_DAYS, at(day)]
            for person, touches in TOUCHES.items()
            for name, day, source, channel in touches
        ],
    )
    con.execute(
        "update core.fct_touchpoints set occurred_at = occurred_at - to_microseconds(1), "
        "occurred_until = occurred_until - to_microseconds(1) where touchpoint_key = 'n1'"
    )
    con.executemany(
        """
        insert into core.fct_leads (lead_key, person_key, account_key, created_at, opportunity_at)
        values ($1, md5($1), $2, $3, $4)
        """,
        [[person, account, at(lead), at(deal)] for person, account, lead, deal in LEADS],
    )
    beside = [
        (f"{person}:{kind}", person, kind, -50, None)
        for person in TOUCHES
        for kind in TEXTBOOKS
        if not person.startswith(kind)
    ]
    real = [(person, person, kind, day, value) for person, kind, day, value in CONVERSIONS]
    con.executemany(
        """
        insert into core.fct_conversions (
            conversion_key, conversion_id, source_system, person_key, lead_key, account_key,
            conversion_type, value, occurred_at, journey_at, journey_until
        )
        select $1, $1, 'crm', md5($2), coalesce(max(lead_key), 'unknown'),
            coalesce(max(account_key), 'unknown'), $3, $4, $5, $5, $5
        from core.fct_leads where lead_key = $2
        """,
        [[name, person, kind, value, at(day)] for name, person, kind, day, value in real + beside],
    )
    con.executemany(
        """
        insert into core.fct_conversions
        select $1, $1, source_system, person_key, lead_key, account_key, conversion_type, $2, $3,
            journey_at, journey_until, journey_after, conversion_key, true, true
        from core.fct_conversions where conversion_key = $4
        """,
        [[name, value, at(day), corrected] for name, corrected, day, value in CORRECTIONS],
    )


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the models make of the journeys, in one run of dbt."""
    warehouse = tmp_path_factory.mktemp("golden") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        write(con)
    compute(warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        yield con


def golden(model: str) -> list[dict[str, str]]:
    """The expected rows of a model."""
    with (GOLDEN / f"{model}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text: str) -> Decimal | None:
    """A figure of a golden file; nothing: None."""
    return Decimal(text) if text else None


def test_every_model_has_a_golden_file() -> None:
    """A model without hand-computed results cannot be trusted."""
    assert {path.stem for path in GOLDEN.glob("*.csv")} == set(known_attribution_models())


@pytest.mark.parametrize("model", sorted(set(known_attribution_models()) - set(CHANNEL_LEVEL)))
def test_touches_are_credited_as_worked_out_by_hand(
    computed: duckdb.DuckDBPyConnection, model: str
) -> None:
    """To the last digit, rounding and its residue included; a touch without credit has no row."""
    expected = {
        (row["journey"], row["touch"]): (number(row["credit"]), number(row["value"]))
        for row in golden(model)
    }
    rows = computed.execute(
        """
        select conversion_key, touchpoint_key, credit, credited_value
        from core.fct_attribution_credits
        where attribution_model = ? and list_contains(?, conversion_key)
        """,
        [model, sorted({journey for journey, _ in expected})],
    ).fetchall()
    assert {row[:2]: row[2:] for row in rows} == expected
    assert len(rows) == len(expected)


def test_a_refund_takes_back_the_credits_of_what_it_corrects(
    computed: duckdb.DuckDBPyConnection,
) -> None:
    """The same touches and shares under every model, however much later; its value on its own day.

    A mail about the return a year later must not lose what an ad had sold.
    """
    for name, corrected, day, value in CORRECTIONS:
        shares, back = (
            {
                row[:2]: row[2:]
                for row in computed.execute(
                    """
                    select attribution_model, touchpoint_key, credit, credited_value, converted_at,
                        is_correction
                    from core.fct_attribution_credits where conversion_key = ?
                    """,
                    [key],
                ).fetchall()
            }
            for key in (corrected, name)
        )
        assert {key: row[0] for key, row in back.items()} == {
            key: row[0] for key, row in shares.items()
        }
        assert {row[2:] for row in back.values()} == {(at(day), True)}
        assert {row[3] for row in shares.values()} == {False}
        for model in {model for model, _ in back}:
            assert sum(row[1] for key, row in back.items() if key[0] == model) == value


def test_corrections_are_counted_by_no_channel_level_model(
    computed: duckdb.DuckDBPyConnection,
) -> None:
    """A refund is not a conversion, and what it took back is missing from the value."""
    rows = computed.execute(
        """
        select distinct conversion_type, sum(conversions), sum(value)
        from core.fct_channel_attribution
        where list_contains(['chain', 'customer'], conversion_type)
        group by attribution_model, dimension, conversion_type
        """
    ).fetchall()
    sold = Decimal(100 + 10 + 5 - 100 - 3 - 5) + Decimal("-0.01")
    assert set(rows) == {
        ("customer", 4, sold),
        ("chain", len(TOUCHES) - 2, Decimal(90)),
    }


@pytest.mark.parametrize("dimension", ["lead_source", "lead_channel"])
@pytest.mark.parametrize("model", CHANNEL_LEVEL)
def test_members_are_credited_as_worked_out_by_hand(
    computed: duckdb.DuckDBPyConnection, model: str, dimension: str
) -> None:
    """Textbook chains and games; sources and channels of these journeys have the same names."""
    rows = computed.execute(
        """
        select conversion_type, split_part(member_key, ':', 2), conversions, value, removal_effect
        from core.fct_channel_attribution
        where attribution_model = ? and dimension = ? and list_contains(?, conversion_type)
            and member_key <> 'unattributed'
        """,
        [model, dimension, list(TEXTBOOKS)],
    ).fetchall()
    found = {row[:2]: row[2:] for row in rows}
    expected = {
        (row["conversion_type"], row["member"]): [
            number(row[name]) for name in ("conversions", "value", "removal_effect")
        ]
        for row in golden(model)
    }
    assert found.keys() == expected.keys()
    for member, figures in expected.items():
        for actual, figure in zip(found[member], figures, strict=True):
            if figure is None:
                assert actual is None or actual != actual, member
            else:
                assert float(actual) == pytest.approx(float(figure), abs=1e-9), member
