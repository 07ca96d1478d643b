"""The facts that attribution starts from, as tables that a test may change between runs.

Belongs here: writing them and changing them at random. Does not belong here: running the models.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from duckdb import DuckDBPyConnection

from orchestration.configuration.attribution import known_attribution_models
from tests.kit.places import REPOSITORY

SEEDS = REPOSITORY / "seeds"
START = datetime(2026, 1, 1)  # noqa: DTZ001 - moments are UTC without a zone
SOURCES = ("direct", "paid_search", "email", "event", "partner")
CHANNELS = ("website", "search_ad", "newsletter", "conference")

_TABLES = """
create schema core; create schema intermediate; create schema staging; create schema seeds;
create table core.fct_touchpoints (
    touchpoint_key varchar, touchpoint_id varchar, source_system varchar, person_key varchar,
    lead_source_key varchar, lead_channel_key varchar, campaign_key varchar,
    lookback_days double, is_eligible boolean, occurred_at timestamp, occurred_until timestamp,
    sequence_number bigint, touch_type varchar as ('visit')
);
create table core.fct_conversions (
    conversion_key varchar, conversion_id varchar, source_system varchar, person_key varchar,
    lead_key varchar, account_key varchar, conversion_type varchar, value decimal(18, 6),
    occurred_at timestamp, journey_at timestamp, journey_until timestamp, journey_after timestamp,
    corrects_conversion_key varchar, is_correction boolean default false,
    is_stated boolean default false, occurred_until timestamp as (occurred_at)
);
create table core.fct_leads (
    lead_key varchar, person_key varchar, account_key varchar, created_at timestamp,
    opportunity_at timestamp, customer_at timestamp,
    lead_id varchar as (lead_key), source_system varchar as ('crm'),
    created_until timestamp as (created_at), opportunity_until timestamp as (opportunity_at),
    customer_until timestamp as (customer_at)
);
create view intermediate.int_leads__identified as select * from core.fct_leads;
create table intermediate.int_lead_ids__resolved (
    source_system varchar, lead_id varchar, lead_key varchar
);
create table intermediate.int_opportunities__resolved (
    source_system varchar, opportunity_id varchar, lead_key varchar, is_won boolean
);
create table intermediate.int_opportunity_contacts__unioned (
    source_system varchar, opportunity_id varchar, lead_id varchar
);
create table core.dim_lead_sources (lead_source_key varchar, lead_source varchar, is_paid boolean);
create table core.dim_lead_channels (lead_channel_key varchar, lead_channel varchar);
create table staging.stg_ops__attribution as
    select 7.0::double as half_life_days, true as account_scope, 0 as resamples, 1 as seed;
create table staging.stg_ops__identity as select 3 as max_people_per_account;
create table staging.stg_ops__custom_weights as
    select 'first' as role, 0.5::double as weight union all select 'middle', 0.5;
create table staging.stg_ops__enabled_models (attribution_model varchar);
"""

_TOUCH = """
insert into core.fct_touchpoints values ($1, $1, 'web', $2, $3, $4, 'unknown', $5, true, $6, $6, 1)
"""


class Inputs:
    """The inputs in one file, and random changes to them.

    Args:
        con: An empty database.
        seed: The seed of everything random.
        people: How many people there are at first.
    """

    def __init__(self, con: DuckDBPyConnection, seed: int, people: int = 60) -> None:
        self.con = con
        self.rng = random.Random(seed)
        self.people = people
        self._next = 0
        con.execute(_TABLES)
        con.execute(
            "create table seeds.attribution_models as select * from read_csv(?, types={'version': "
            "'INTEGER'})",
            [str(SEEDS / "attribution_models.csv")],
        )
        con.executemany(
            "insert into staging.stg_ops__enabled_models values (?)",
            [[model] for model in known_attribution_models()],
        )
        con.executemany(
            "insert into core.dim_lead_sources values (?, ?, ?)",
            [[f"s:{name}", name, name == "paid_search"] for name in (*SOURCES, "unattributed")],
        )
        con.executemany(
            "insert into core.dim_lead_channels values (?, ?)",
            [[f"c:{name}", name] for name in (*CHANNELS, "unattributed")],
        )
        for number in range(people):
            self._lead(number)
        for _ in range(people * 4):
            self.late_touch()
        for _ in range(people // 2):
            self.late_conversion()

    @property
    def changes(self) -> list[Callable[[], None]]:
        """Everything that can happen to a company between two refreshes."""
        return [
            self.late_touch,
            self.late_conversion,
            self.refund,
            self.restart_lookback,
            self.delete_touch,
            self.fold_touch,
            self.reorder_touch,
            self.forget_time,
            self.forget_time_of_conversion,
            self.delete_conversion,
            self.merge_people,
            self.reclassify,
            self.new_member,
            self.restate_value,
            self.move_account,
            self.move_milestone,
            self.change_half_life,
        ]

    def late_touch(self) -> None:
        """A new touch, at any time."""
        name = self._name("t")
        source, channel = self.rng.choice(SOURCES), self.rng.choice(CHANNELS)
        days = self.rng.choice([1.0, 30.0, 90.0])
        self.con.execute(
            _TOUCH, [name, self._person(), f"s:{source}", f"c:{channel}", days, self._at()]
        )

    def late_conversion(self) -> None:
        """A conversion of a lead, with or without a value."""
        name, kind = self._name("v"), self.rng.choice(["lead", "opportunity", "customer"])
        self.con.execute(
            """
            insert into core.fct_conversions (
                conversion_key, conversion_id, source_system, person_key, lead_key, account_key,
                conversion_type, value, occurred_at, journey_at, journey_until
            )
            select $1, $1, 'crm', person_key, lead_key, account_key, $2, $3, $4, $4, $4
            from core.fct_leads where lead_key = $5
            """,
            [name, kind, self.rng.choice([None, 100, -5.01]), self._at(), self._lead_key()],
        )

    def refund(self) -> None:
        """A conversion is taken back, in part, days later."""
        name = self._name("r")
        self._one(
            "core.fct_conversions where not is_correction",
            "conversion_key",
            f"""
            insert into core.fct_conversions
            select
                '{name}', '{name}', source_system, person_key, lead_key, account_key,
                conversion_type, -7.07, occurred_at + interval 5 day, journey_at, journey_until,
                journey_after, conversion_key, true, true
            from core.fct_conversions where {{row}}
            """,
        )

    def restart_lookback(self) -> None:
        """An earlier conversion turns up, after which the look-back restarts."""
        self._one(
            "core.fct_conversions",
            "conversion_key",
            "update {table} set journey_after = journey_at - interval 20 day "
            "where {row} or corrects_{row}",
        )

    def delete_touch(self) -> None:
        """A touch that the source no longer has."""
        self._one("core.fct_touchpoints", "touchpoint_key", "delete from {table} where {row}")

    def fold_touch(self) -> None:
        """A hit before it was delivered late: the touch belongs to a visit that had begun."""
        self._one(
            "core.fct_touchpoints",
            "touchpoint_key",
            "update {table} set is_eligible = not is_eligible where {row}",
        )

    def reorder_touch(self) -> None:
        """Another file puts it behind the touches of its moment."""
        self._one(
            "core.fct_touchpoints",
            "touchpoint_key",
            "update {table} set sequence_number = sequence_number + 1 where {row}",
        )

    def forget_time(self) -> None:
        """A newer file knows the day alone."""
        self._one(
            "core.fct_touchpoints",
            "touchpoint_key",
            "update {table} set occurred_until = occurred_at + interval 1 day where {row}",
        )

    def forget_time_of_conversion(self) -> None:
        """The same for a conversion, and for what corrects it."""
        self._one(
            "core.fct_conversions",
            "conversion_key",
            "update {table} set journey_until = journey_at + interval 1 day "
            "where {row} or corrects_{row}",
        )

    def delete_conversion(self) -> None:
        """A conversion that the source no longer has, and what corrected it."""
        self._one(
            "core.fct_conversions",
            "conversion_key",
            "delete from {table} where {row} or corrects_{row}",
        )

    def merge_people(self) -> None:
        """Two people turn out to be one."""
        gone, kept = self._person(), self._person()
        for table in ("fct_touchpoints", "fct_conversions", "fct_leads"):
            self.con.execute(
                f"update core.{table} set person_key = ? where person_key = ?", [kept, gone]
            )

    def reclassify(self) -> None:
        """A rule changes: the touches of a channel have another source."""
        self.con.execute(
            "update core.fct_touchpoints set lead_source_key = ? where lead_channel_key = ?",
            [f"s:{self.rng.choice(SOURCES)}", f"c:{self.rng.choice(CHANNELS)}"],
        )

    def new_member(self) -> None:
        """A new code, which sorts before the others."""
        name = self._name("a_new_")
        self.con.execute("insert into core.dim_lead_channels values (?, ?)", [f"a:{name}", name])
        self._one(
            "core.fct_touchpoints",
            "touchpoint_key",
            f"update {{table}} set lead_channel_key = 'a:{name}' where {{row}}",
        )

    def restate_value(self) -> None:
        """An amount is corrected."""
        self._one(
            "core.fct_conversions", "conversion_key", "update {table} set value = 33.33 where {row}"
        )

    def move_account(self) -> None:
        """A contact turns out to belong to another company."""
        account = f"a{self.rng.randrange(self.people // 3)}"
        lead = self._lead_key()
        for table in ("fct_leads", "fct_conversions"):
            self.con.execute(
                f"update core.{table} set account_key = ? where lead_key = ?", [account, lead]
            )

    def move_milestone(self) -> None:
        """A stage was reached at another time."""
        self.con.execute(
            "update core.fct_leads set opportunity_at = ? where lead_key = ?",
            [self._at(), self._lead_key()],
        )

    def change_half_life(self) -> None:
        """The configuration changes."""
        self.con.execute(
            "update staging.stg_ops__attribution set half_life_days = half_life_days + 1"
        )

    def _lead(self, number: int) -> None:
        account = f"a{number // 3}" if self.rng.random() < 0.7 else "unknown"
        self.con.execute(
            "insert into core.fct_leads values (?, ?, ?, ?, null, null)",
            [f"l{number}", f"{number % 256:02x}p{number}", account, self._at()],
        )

    def _person(self) -> str:
        number = self.rng.randrange(self.people)
        return f"{number % 256:02x}p{number}"

    def _lead_key(self) -> str:
        return f"l{self.rng.randrange(self.people)}"

    def _at(self) -> datetime:
        return START + timedelta(hours=12 * self.rng.randrange(200))

    def _name(self, prefix: str) -> str:
        self._next += 1
        return f"{prefix}{self._next:05}"

    def _one(self, table: str, key: str, statement: str) -> None:
        keys = [
            row[0]
            for row in self.con.execute(f"select {key} from {table} order by {key}").fetchall()
        ]
        row = f"{key} = '{self.rng.choice(keys)}'"
        self.con.execute(statement.format(table=table, row=row))
