"""Filling a new generation from the build warehouse.

Belongs here: what a generation holds. Does not belong here: installing it (``publish.py``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import literal, quoted, transaction
from orchestration.privacy.free_text import TAGS, click_parameters
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.text import hide
from orchestration.publication import carrying
from orchestration.publication.hiding import Hiding, known_ids
from orchestration.publication.people import fill_people
from orchestration.quality.checks import Verdict, insert_checks
from orchestration.warehouse.connection import connect

PUBLISHED_SCHEMAS = ("core", "marts", "meta")
"""What readers see; every other schema is private to the warehouse."""

VIEWS = (("core", "fct_attribution_credits"),)
"""What stays a view: it reads published tables alone and names no database."""

ORDERED = {
    ("core", "fct_attribution_credits_wide"): "conversion_key",
    ("core", "fct_attribution_removal_credits"): "conversion_key",
}
"""In which order a table is stored: one conversion is then found in a third of the time."""

PACKAGES = ("tributary-warehouse", "duckdb", "dbt-core", "dbt-duckdb", "dagster")

META_TABLES = """
create table meta.publication (
    generation bigint not null,
    published_at timestamp not null,
    data_through timestamp,
    first_complete_day date,
    last_complete_day date,
    reporting_currency varchar not null,
    reporting_timezone varchar not null,
    code_version varchar not null,
    run_id varchar not null,
    versions varchar not null
);
comment on table meta.publication is 'Describes this file. One row.';
comment on column meta.publication.generation is 'Number of this version; it only grows.';
comment on column meta.publication.published_at is 'When it was published, UTC.';
comment on column meta.publication.data_through is
    'The latest moment that any loaded slice reaches, UTC. meta.sources has it per stream.';
comment on column meta.publication.first_complete_day is
    'The day from which all vendors were read, in the reporting time zone; null with files alone.';
comment on column meta.publication.last_complete_day is
    'The last day to whose end every vendor was read, in the reporting time zone; with files '
    'alone, the day before the newest was read. Null without data.';
comment on column meta.publication.reporting_currency is
    'ISO 4217 code of every amount whose column does not end in _native.';
comment on column meta.publication.reporting_timezone is
    'IANA name of the zone whose days and months the marts and all columns of days have.';
comment on column meta.publication.code_version is 'Version of Tributary that wrote it.';
comment on column meta.publication.run_id is 'The run that built and verified it.';
comment on column meta.publication.versions is 'Versions of the software that wrote it, as JSON.';
create table meta.checks (
    name varchar not null,
    kind varchar not null,
    asset varchar not null,
    severity varchar not null,
    status varchar not null,
    observed varchar not null,
    expected varchar not null,
    checked_at timestamp not null
);
comment on table meta.checks is
    'Every check that guarded this version, with what it saw. One row per check.';
comment on column meta.checks.name is
    'A dbt test, build <model>, <suite>.<expectation>, or accounting.<connector>.<stream>; unique.';
comment on column meta.checks.kind is
    'Who ran it: dbt, gx (Great Expectations) or accounting (the loader''s own count of rows).';
comment on column meta.checks.asset is
    'What it guards: a stream as <connector>.<stream>, or a table or view as <schema>.<name>.';
comment on column meta.checks.severity is
    'error when a failure stops publishing, warn when it is only shown.';
comment on column meta.checks.status is
    'pass, or warn when a check of severity warn does not hold; nothing else is ever published.';
comment on column meta.checks.observed is
    'What was seen, in words. Addresses and telephone numbers of people in it are hidden.';
comment on column meta.checks.expected is 'What must hold, in words.';
comment on column meta.checks.checked_at is 'When it was checked, UTC.';
"""


READERS_MACROS = """
create macro wilson_low(successes, trials) as case when trials > 0 then (
    successes + 2.705543454095404 / 2 - sqrt(2.705543454095404 * (
        cast(successes as double) * (trials - successes) / trials + 2.705543454095404 / 4
    ))
) / (trials + 2.705543454095404) end;
create macro wilson_high(successes, trials) as case when trials > 0 then (
    successes + 2.705543454095404 / 2 + sqrt(2.705543454095404 * (
        cast(successes as double) * (trials - successes) / trials + 2.705543454095404 / 4
    ))
) / (trials + 2.705543454095404) end;
comment on macro wilson_low is
    'Lower end of the 90 % interval (Wilson score) of successes among trials, for any grouping.';
comment on macro wilson_high is
    'Upper end of the 90 % interval (Wilson score) of successes among trials, for any grouping.';
"""
"""Functions that readers have in the file: the intervals of the marts, for groups of their own."""


class PublishFailed(TributaryError):
    """The new generation could not be written; the earlier one stays."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A generation that readers now see.

    Attributes:
        generation: Its number.
        path: The file.
        published_at: UTC.
        data_through: The latest moment that any loaded slice reaches, UTC; ``None`` without data.
        rows: Rows by ``<schema>.<table>``.
        bytes: The file's size.
        basis: What its rows were hidden by (``carrying.basis_of``).
        times: How many generations in a row were carried over (``carrying.begin``).
        report_problem: Why the report could not be written, if it could not.
    """

    generation: int
    path: Path
    published_at: datetime
    data_through: datetime | None
    rows: dict[str, int]
    bytes: int
    basis: str = ""
    times: int = 0
    report_problem: str | None = None


def fill(settings: Settings, verdict: Verdict, path: Path, number: int) -> Publication:
    """Fill a new file, which no reader sees yet."""
    if not settings.warehouse_path.exists():
        raise PublishFailed(
            "There is no warehouse to publish from.",
            where=str(settings.warehouse_path),
            remedy="Run: tributary run",
        )
    published_at = settings.now()
    relations = {each for each in verdict.relations if each[0] in PUBLISHED_SCHEMAS}
    hiding, carries = _hiding(settings)
    basis = carrying.basis_of(settings, hiding) if carries else ""
    times = carrying.begin(settings, path, basis) if carries else 0
    carrying.forget(settings)
    with connect(path, settings=settings) as con:
        con.execute(f"attach {literal(str(settings.warehouse_path))} as build (read_only)")
        if carries:
            carrying.attach(con, settings, times)
            carrying.clear(con, relations)
        rows: dict[str, int] = {}
        for schema in PUBLISHED_SCHEMAS:
            con.execute(f"create schema if not exists {quoted(schema)}")
        # Views read tables, so those come first.
        for relation in sorted(relations, key=lambda each: (each in VIEWS, each)):
            if not (carries and carrying.carry(con, relation, hiding)):
                _fill_relation(con, settings, *relation, hiding)
            count = f"select count(*) from {quoted(relation[0])}.{quoted(relation[1])}"
            ((rows[".".join(relation)],),) = con.execute(count).fetchall()
        # By itself each comment would be a transaction, and there are hundreds.
        with transaction(con):
            _copy_comments(con)
            con.execute(META_TABLES)
            con.execute(READERS_MACROS)
        data_through = _data_through(con)
        versions = {package: _version(package) for package in PACKAGES}
        con.execute(
            "insert into meta.publication "
            "select ?, ?, ?, first_complete_day, last_complete_day, ?, ?, ?, ?, ? "
            "from build.staging.stg_ops__complete_days",
            [
                number,
                published_at.replace(tzinfo=None),
                data_through,
                settings.config.company.reporting_currency,
                settings.config.company.reporting_timezone,
                versions[PACKAGES[0]],
                verdict.run_id,
                json.dumps(versions),
            ],
        )
        checks = [replace(check, observed=hide(check.observed)) for check in verdict.checks]
        insert_checks(con, "insert into meta.checks", checks)
        rows |= {"meta.publication": 1, "meta.checks": len(verdict.checks)}
        rows |= fill_people(con, settings)
        con.execute("detach build")
        if carries:
            con.execute("detach carried")
        con.execute("force checkpoint")
    return Publication(
        generation=number,
        path=settings.published_path,
        basis=basis,
        times=times,
        published_at=published_at,
        data_through=data_through and data_through.replace(tzinfo=UTC),
        rows=rows,
        bytes=path.stat().st_size,
    )


def _hiding(settings: Settings) -> tuple[Hiding, bool]:
    """How the company's people are hidden, and whether carrying over what is hidden saves time."""
    shown = TAGS + (click_parameters() if settings.config.privacy.click_ids else ())
    # An account that could not be read has no figures, and its failure names it.
    listed = [name for each in settings.config.connectors.values() for name in each.accounts]
    digits = ("".join(filter(str.isdigit, name)) for name in listed)
    with duckdb.connect() as con:
        con.execute(f"attach {literal(str(settings.warehouse_path))} as build (read_only)")
        known = known_ids(con, "build").union(listed, digits) - {""}
        carries = carrying.is_worthwhile(con)
    return Hiding(identity_key(settings), known, shown), carries


def _fill_relation(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    schema: str,
    name: str,
    hiding: Hiding,
) -> None:
    relation = f"{quoted(schema)}.{quoted(name)}"
    try:
        if (schema, name) in VIEWS:
            con.execute(_view(con, schema, name))
        else:
            select, hides = hiding.select(con, f"build.{relation}")
            if (schema, name) in ORDERED:
                select = f"select * from ({select}) order by {ORDERED[schema, name]}"
            create = f"create table {relation} as {select}"
            con.execute(create, hiding.parameters if hides else None)
    except duckdb.CatalogException as error:
        raise PublishFailed(
            f"{schema}.{name} was verified but is not in the warehouse.",
            where=str(settings.warehouse_path),
            remedy="The earlier generation is unchanged. Rebuild everything: "
            "tributary run --rebuild",
        ) from error


def _view(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    """The statement that creates a view of the warehouse.

    Raises:
        duckdb.CatalogException: There is no such view.
    """
    found = con.execute(
        "select sql from duckdb_views() "
        "where database_name = 'build' and schema_name = ? and view_name = ?",
        [schema, name],
    ).fetchone()
    if found is None:
        raise duckdb.CatalogException(f"There is no view {schema}.{name}.")
    return str(found[0])


def _copy_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Copy the descriptions of tables, views and columns, which creating them anew drops."""
    relations = con.execute(
        """
        with new as (
            select 'table' as kind, database_name, schema_name, table_name from duckdb_tables()
            union all
            select 'view', database_name, schema_name, view_name from duckdb_views()
        )
        select new.kind, new.schema_name, new.table_name, coalesce(old.comment, views.comment)
        from new
        left join duckdb_tables() as old
            on old.database_name = 'build'
            and old.schema_name = new.schema_name and old.table_name = new.table_name
        left join duckdb_views() as views
            on views.database_name = 'build'
            and views.schema_name = new.schema_name and views.view_name = new.table_name
        where new.database_name = current_database()
        """
    ).fetchall()
    for kind, schema, table, comment in relations:
        if comment:
            target = f"{quoted(schema)}.{quoted(table)}"
            con.execute(f"comment on {kind} {target} is {literal(comment)}")
    columns = con.execute(
        """
        select old.schema_name, old.table_name, old.column_name, old.comment
        from duckdb_columns() as old
        inner join duckdb_columns() as new
            on new.database_name = current_database() and new.schema_name = old.schema_name
            and new.table_name = old.table_name and new.column_name = old.column_name
        where old.database_name = 'build' and old.comment is not null
        """
    ).fetchall()
    for schema, table, column, comment in columns:
        target = f"{quoted(schema)}.{quoted(table)}.{quoted(column)}"
        con.execute(f"comment on column {target} is {literal(comment)}")


def _data_through(con: duckdb.DuckDBPyConnection) -> datetime | None:
    rows: list[tuple[datetime | None]] = con.execute(
        "select max(least(coalesce(window_end, extracted_at), extracted_at)) from build.ops.ledger"
    ).fetchall()
    return rows[0][0]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
