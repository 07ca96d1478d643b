"""Journeys generated from hashes: the same in every run, on every machine, with any thread count.

Belongs here: who touched what, when, and who converted. Does not belong here: the tables that the
project's models read (``warehouse``).

Twelve channels by Zipf(1.1); path lengths geometric with mean 4, at most 50; gaps exponential with
a mean of 5 days, one in twenty of them 0, all within a year; about 5 % of people convert 0 to 72
hours after their last touch, with a chance that depends on its channel.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

CHANNELS: tuple[tuple[str, str], ...] = (
    ("search_ad", "paid_search"),
    ("organic_listing", "organic_search"),
    ("website", "direct"),
    ("social_ad", "paid_social"),
    ("newsletter", "email"),
    ("social_post", "organic_social"),
    ("display_ad", "display"),
    ("referral_link", "referral_site"),
    ("webinar", "webinar"),
    ("video_ad", "paid_video"),
    ("chat", "direct"),
    ("partner_listing", "partner"),
)
"""Lead channel and lead source of a touch, the most frequent first."""

ZIPF = 1.1
MEAN_LENGTH = 4
LONGEST = 50
MEAN_GAP_SECONDS = 5 * 86_400
YEAR_SECONDS = 365 * 86_400
EQUAL_TIMES = 0.05
CONVERTING = 0.05
PARTS = 10

# 53 bits of a hash fit a double exactly, and engines agree on md5.
_UNIFORM = """
    create or replace temp macro uniform(what, person, step) as
        (md5_number_lower(what || ':' || person || ':' || step) >> 11) / 9007199254740992.0
"""

_PEOPLE = f"""
    create or replace temp table people as
    with drawn as (
        select
            person,
            least({LONGEST}, 1 + cast(floor(
                ln(1 - uniform('length', person, 0)) / ln(1 - 1.0 / {MEAN_LENGTH})
            ) as bigint)) as touches
        from range(? // {MEAN_LENGTH} * 105 // 100 + 1000) as numbers(person)
    ),
    placed as (
        select person, touches, sum(touches) over (order by person) - touches as before from drawn
    )
    select
        person,
        md5('person:' || person) as person_key,
        cast(least(touches, ? - before) as bigint) as touches
    from placed
    where before < ?
"""

_STEPS = f"""
    create or replace temp table touches as
    with steps as (
        select person, person_key, unnest(range(touches)) as step from people
    ),
    drawn as (
        select
            person,
            person_key,
            step,
            md5('touch:' || person || ':' || step) as touchpoint_key,
            uniform('channel', person, step) as place,
            case
                when step = 0 or uniform('equal', person, step) < {EQUAL_TIMES} then 0
                else cast(
                    round(-{MEAN_GAP_SECONDS} * ln(1 - uniform('gap', person, step))) as bigint
                )
            end as gap
        from steps
    ),
    timed as (
        select
            *,
            sum(gap) over (partition by person order by step) as since_first,
            sum(gap) over (partition by person) as span
        from drawn
    )
    select
        person,
        person_key,
        touchpoint_key,
        substr(touchpoint_key, 1, 16) as touchpoint_id,
        cast({{channel}} as integer) as channel,
        timestamp '2025-01-01' + to_seconds(cast(
            since_first
            + floor(uniform('start', person, 0) * greatest({YEAR_SECONDS} - span, 0))
            as bigint
        )) as occurred_at
    from timed
"""

_CONVERSIONS = """
    create or replace temp table conversions as
    with ends as (
        select
            person,
            person_key,
            min(occurred_at) as first_at,
            max(occurred_at) as last_at,
            arg_max(channel, (occurred_at, touchpoint_id)) as last_channel
        from touches
        group by person, person_key
    ),
    converted as (
        select
            *,
            last_at + to_seconds(cast(floor(uniform('delay', person, 0) * 72 * 3600) as bigint))
                as converted_at
        from ends
        where uniform('converts', person, 0) < {chance}
    )
    select
        person,
        person_key,
        md5('conversion:' || person) as conversion_key,
        md5('lead:' || person) as lead_key,
        cast(
            floor(1000000 * uniform('value', person, 0)) / 100 as decimal(18, 6)
        ) as value,
        first_at
        + to_seconds(cast(floor(
            uniform('lead', person, 0) * date_diff('second', first_at, converted_at)
        ) as bigint)) as created_at,
        converted_at
    from converted
"""


def shares() -> list[float]:
    """Share of each channel in the touches."""
    weights = [rank**-ZIPF for rank in range(1, len(CHANNELS) + 1)]
    return [weight / sum(weights) for weight in weights]


def chances() -> list[float]:
    """Chance to convert after a last touch by each channel; 5 % over all touches."""
    raw = [0.4 + (7 * place % len(CHANNELS)) / 10 for place in range(len(CHANNELS))]
    mean = sum(share * chance for share, chance in zip(shares(), raw, strict=True))
    return [CONVERTING * chance / mean for chance in raw]


def make_journeys(con: DuckDBPyConnection, size: int) -> None:
    """Create the temporary tables ``people``, ``touches`` and ``conversions``.

    Args:
        con: Any DuckDB connection.
        size: How many touches, exactly.
    """
    con.execute(_UNIFORM)
    con.execute(_PEOPLE, [size, size, size])
    total, limits = 0.0, []
    for place, share in enumerate(shares()[:-1]):
        total += share
        limits.append(f"when place < {total!r} then {place}")
    con.execute(_STEPS.replace("{channel}", _case(limits, str(len(CHANNELS) - 1))))
    by_channel = [
        f"when last_channel = {place} then {chance!r}" for place, chance in enumerate(chances())
    ]
    con.execute(_CONVERSIONS.replace("{chance}", _case(by_channel, "0")))


def _case(branches: list[str], otherwise: str) -> str:
    return f"case {' '.join(branches)} else {otherwise} end"


def write_for_peers(con: DuckDBPyConnection, folder: Path) -> None:
    """Write what the peers read: raw touches and conversions, and the finished table of paths.

    Args:
        con: Where ``make_journeys`` was called.
        folder: Receives ``touches.parquet`` (in order of time), ``conversions.parquet`` and
            ``paths.parquet``.
    """
    name = _case(
        [f"when channel = {place} then '{names[0]}'" for place, names in enumerate(CHANNELS)],
        "null",
    )
    queries = {
        "touches": f"""
            select person_key, occurred_at, touchpoint_id, {name} as channel
            from touches
            order by occurred_at, touchpoint_id
        """,
        "conversions": "select person_key, converted_at, value from conversions order by person",
        "paths": """
            select
                path,
                cast(sum(conversions) as bigint) as conversions,
                cast(sum(nulls) as bigint) as nulls
            from paths
            group by path
            order by path
        """,
    }
    con.execute("create temp table paths (path varchar, conversions bigint, nulls bigint)")
    # Ordered aggregates do not spill, so each part of the people has to fit into memory.
    for part in range(PARTS):
        con.execute(
            f"""
            insert into paths
            with journeys as (
                select
                    person,
                    string_agg({name}, ' > ' order by occurred_at, touchpoint_id) as path
                from touches
                where person % {PARTS} = {part}
                group by person
            )
            select
                path,
                count(conversions.person) as conversions,
                count(*) - count(conversions.person) as nulls
            from journeys
            left join conversions using (person)
            group by path
            """
        )
    for file, query in queries.items():
        con.execute(f"copy ({query}) to '{folder / file}.parquet' (format parquet)")
