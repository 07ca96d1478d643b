"""Serves the published generation by PostgreSQL: all of it becomes visible at once, or nothing.

Belongs here: the steps and their order, and whose schemas they are. Does not belong here: what is
served (``relations.py``), how it takes the place of the last one (``swap.py``), or the connection
(``connection.py``).

Everything but the role that reads is one transaction. A publisher that is killed leaves nothing
behind, and no reader waits while rows are loaded.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from orchestration.configuration.secrets import MissingSecret
from orchestration.configuration.serving import Postgres
from orchestration.configuration.settings import Settings
from orchestration.foundation.fault_points import fault_point
from orchestration.foundation.sql import literal, quoted
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Held
from orchestration.publication.contents import PUBLISHED_SCHEMAS
from orchestration.publication.reader import NotPublished, open_published
from orchestration.serving.connection import ServingFailed, Session, session
from orchestration.serving.relations import Relation, relations_of
from orchestration.serving.swap import swap

BATCH = 50_000
"""Rows that are in memory at once."""

_MARK = "Published by Tributary, replaced as a whole; home "
_LOCK = 7_471_103
"""Of all advisory locks, that of publishers to one database."""
PATIENCE_SECONDS = 900
"""How long a publisher waits for another one, which may itself wait for readers."""

_READER = (
    "default_transaction_read_only = on",
    "statement_timeout = '60s'",
    "idle_in_transaction_session_timeout = '60s'",
)
"""Settings of a reader that is created; they also end what would keep a swap waiting."""


@dataclass(frozen=True, slots=True)
class Served:
    """A generation that the server has.

    Attributes:
        generation: Its number.
        run_id: The run that made it.
    """

    generation: int
    run_id: str


def postgres_of(settings: Settings) -> Postgres:
    """The configured server; only for companies that have one."""
    config = settings.config.serving.postgres
    assert config is not None
    return config


def serve(settings: Settings) -> tuple[Served, int]:
    """Replace what the server has by the published generation.

    Args:
        settings: The company's, with ``serving.postgres``.

    Returns:
        The generation, and its number of rows without views.

    Raises:
        NotPublished: Nothing was published yet.
        ServingFailed: The server keeps what it had.
        MissingSecret: The connection's variable is not set.
    """
    config = postgres_of(settings)
    with open_published(settings) as con, session(settings) as server:
        ((generation, run_id),) = con.execute(
            "select generation, run_id from meta.publication"
        ).fetchall()
        relations = relations_of(con)
        _reader(config, server)
        _prepare(server)
        _require_ours(settings, server)
        stage = f"tributary_{uuid.uuid4().hex[:12]}_"
        staged = {schema: stage + schema for schema in PUBLISHED_SCHEMAS}
        server.run_all([f"create schema {quoted(name)}" for name in staged.values()])
        rows = 0
        for relation in relations:
            fault_point("serve.load")
            server.run(relation.create(staged))
            if relation.view is None:
                batches = con.execute(relation.source).to_arrow_reader(BATCH)
                rows += server.load(staged[relation.schema], relation.name, batches)
            server.run_all(list(relation.finish(staged)))
        _describe(settings, server, relations, staged)
        fault_point("serve.swap")
        swap(server, {staged[schema]: name for schema, name in schemas_of(config).items()})
        fault_point("serve.commit")
        server.commit()
    return Served(int(generation), str(run_id)), rows


def served(settings: Settings) -> Served | None:
    """The generation that the server has; ``None`` if it has none of this home.

    Raises:
        ServingFailed: The server does not answer, or has schemas of these names that are not ours.
    """
    with session(settings) as server:
        _require_ours(settings, server)
        publication = f"{quoted(schemas_of(postgres_of(settings))['meta'])}.publication"
        if server.rows(f"select to_regclass({literal(publication)})::text") == [(None,)]:
            return None
        ((generation, run_id),) = server.rows(f"select generation, run_id from {publication}")
    return Served(int(generation), str(run_id))


def is_current(settings: Settings) -> bool:
    """Whether the server has what is published, if one is configured; not if it does not answer."""
    if settings.config.serving.postgres is None:
        return True
    try:
        with open_published(settings) as con:
            published = con.execute("select generation, run_id from meta.publication").fetchall()
    except NotPublished:
        return True
    try:
        found = served(settings)
    except (ServingFailed, MissingSecret):
        return False
    return found is not None and [(found.generation, found.run_id)] == published


def examine(settings: Settings) -> str:
    """Look whether the next generation can be served, and say what the server has.

    Raises:
        ServingFailed: It cannot. MissingSecret: The connection's variable is not set.
    """
    config = postgres_of(settings)
    with session(settings) as server:
        ((version, encoding, database, may_create, may_have_role),) = server.rows(
            "select current_setting('server_version'), current_setting('server_encoding'), "
            "current_database()::text, "
            "has_database_privilege(current_database(), 'create'), exists ("
            f"select from pg_roles where rolname = {literal(config.reader)} "
            "or rolname = current_user and (rolcreaterole or rolsuper))"
        )
    where = f"database {database}"
    if not may_create:
        raise ServingFailed(
            "PostgreSQL: the connection's user may not create schemas.",
            where=where,
            remedy=f"Let the server's administrator run: grant create on database "
            f"{quoted(database)} to that user",
        )
    if not may_have_role:
        raise ServingFailed(
            f"PostgreSQL: the role {config.reader} is missing, and the connection's user may "
            "create none.",
            where=where,
            remedy=f"Let the server's administrator run: create role {config.reader} login",
        )
    if encoding != "UTF8":
        raise ServingFailed(
            f"PostgreSQL: the database stores texts as {encoding}, which lacks characters.",
            where=where,
            remedy="Create a database with encoding UTF8.",
        )
    found = served(settings)
    has = "nothing of ours yet" if found is None else f"generation {found.generation}"
    return f"PostgreSQL {version}, {where}: {has}"


def schemas_of(config: Postgres) -> dict[str, str]:
    """The name on the server of each published schema."""
    prefix = f"{config.prefix}_" if config.prefix else ""
    return {schema: prefix + schema for schema in PUBLISHED_SCHEMAS}


def _prepare(server: Session) -> None:
    """What the server's own defaults must not decide, and whose turn it is."""
    server.run("set local statement_timeout = 0")
    server.run("set local idle_in_transaction_session_timeout = 0")
    server.run("set local standard_conforming_strings = on")
    server.run("set local search_path = pg_catalog")
    server.run("set local client_min_messages = warning")
    _wait_for_turn(server)


def _wait_for_turn(server: Session) -> None:
    """Wait until no other publisher, such as that of another company, works in this database."""
    over = time.monotonic() + PATIENCE_SECONDS
    while server.rows(f"select pg_try_advisory_xact_lock({_LOCK})") != [(True,)]:
        if time.monotonic() > over:
            at_work = server.rows(
                "select coalesce(usename, '?') || ' (pid ' || pid || ')' from pg_stat_activity "
                f"where pid in (select pid from pg_locks where locktype = 'advisory' "
                f"and objid = {_LOCK} and granted)"
            )
            raise ServingFailed(
                "PostgreSQL: another publisher is at work in this database: "
                f"{', '.join(name for (name,) in at_work)}.",
                remedy="Wait until it ended, or end it, then run again: tributary run",
            )
        time.sleep(1)


def _require_ours(settings: Settings, server: Session) -> None:
    """Refuse to replace schemas that something else made.

    Raises:
        ServingFailed: A schema of that name exists without this home's mark.
    """
    config = postgres_of(settings)
    names = ", ".join(map(literal, schemas_of(config).values()))
    found = server.rows(
        "select nspname, obj_description(oid, 'pg_namespace') from pg_namespace "
        f"where nspname in ({names}) order by nspname"
    )
    # A home without a key has marked nothing.
    own = _mark(settings, keep=False)
    foreign = [name for name, comment in found if comment != own]
    if foreign:
        raise ServingFailed(
            f"PostgreSQL has schemas that this home did not publish: {', '.join(foreign)}.",
            where="configuration key serving.postgres",
            remedy="Set serving.postgres.prefix, so that ours have other names. If they were "
            "published under an earlier identity.key, drop them.",
        )


def _mark(settings: Settings, *, keep: bool = True) -> str:
    return _MARK + Held.fingerprint(identity_key(settings, keep=keep))


def _reader(config: Postgres, server: Session) -> None:
    """Create the role that reads, where it is missing, for good.

    Roles are of the whole server, and the turn is of one database: a publisher to another one that
    creates the same role must not wait for our rows, nor fail when we were first.
    """
    reader = config.reader
    ((exists, is_publisher),) = server.rows(
        f"select exists (select from pg_roles where rolname = {literal(reader)}), "
        f"current_user = {literal(reader)}"
    )
    if is_publisher:
        raise ServingFailed(
            f"PostgreSQL: the connection's user {reader} is the role that may only read.",
            where="configuration key serving.postgres",
            remedy="Connect as another user, or name another role: serving.postgres.reader.",
        )
    if not exists:
        statements = [f"create role {quoted(reader)} login"]
        statements += [f"alter role {quoted(reader)} set {each}" for each in _READER]
        made_meanwhile = "exception when duplicate_object or unique_violation then null"
        body = f"begin {'; '.join(statements)}; {made_meanwhile}; end"
        server.run(f"do {literal(body)}")
        server.commit()


def _describe(
    settings: Settings, server: Session, relations: list[Relation], staged: dict[str, str]
) -> None:
    """Marks, permissions and statistics."""
    reader = quoted(postgres_of(settings).reader)
    for name in staged.values():
        server.run(f"comment on schema {quoted(name)} is {literal(_mark(settings))}")
        server.run(f"grant usage on schema {quoted(name)} to {reader}")
        server.run(f"grant select on all tables in schema {quoted(name)} to {reader}")
    for each in relations:
        if each.view is None:
            server.run(f"analyze {quoted(staged[each.schema])}.{quoted(each.name)}")
