"""Puts loaded schemas in the place of those of before, without a reader who sees some of both.

Belongs here: locks, dropping and renaming. Does not belong here: loading (``postgres.py``).

All tables of before are locked before one is dropped: else a query that looks up its names one
after another could find one in the old generation and the next in the new one. PostgreSQL does it
by itself, because the driver ends a transaction at the first lock that it does not get.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.foundation.sql import literal, quoted
from orchestration.serving.connection import Session

PATIENCE_SECONDS = 300
"""How long a swap waits for queries that read the present generation."""

_SWAP = """
declare
    attempt_ms constant integer := 500;
    over constant timestamptz := clock_timestamp() + interval '{patience} seconds';
    begun timestamptz;
    relation record;
    blockers text;
begin
    loop
        begin
            begun := clock_timestamp();
            for relation in
                select oid::regclass as name from pg_class
                where relnamespace in (select oid from pg_namespace where nspname in ({names}))
                    and relkind in ('r', 'v') and relowner = current_user::regrole
            loop
                -- All attempts at one lock after another end before a reader that waits for the
                -- first would look for a deadlock and be chosen as its victim.
                perform set_config('lock_timeout', greatest(1, attempt_ms - 1000 * extract(
                    epoch from clock_timestamp() - begun))::integer || 'ms', true);
                execute 'lock table ' || relation.name || ' in access exclusive mode';
            end loop;
            exit;
        exception when lock_not_available then
            if clock_timestamp() > over then
                select string_agg(distinct coalesce(usename, '?') || ' ' || application_name
                    || ' (pid ' || pid || ')', ', ')
                into blockers
                from pg_stat_activity
                where pid in (
                    select held.pid from pg_locks as held
                    inner join pg_class on pg_class.oid = held.relation
                    where held.granted and held.pid <> pg_backend_pid() and relnamespace in (
                        select oid from pg_namespace where nspname in ({names})));
                raise exception using errcode = 'lock_not_available', message =
                    'the present generation is being read without a pause by '
                    || coalesce(blockers, 'somebody');
            end if;
            perform pg_sleep(1);
        end;
    end loop;
    for relation in
        select oid::regclass as name, relkind from pg_class
        where relnamespace in (select oid from pg_namespace where nspname in ({names}))
            and relkind in ('r', 'v') and relowner = current_user::regrole
        order by relkind desc
    loop
        execute 'drop ' || case relation.relkind when 'v' then 'view ' else 'table ' end
            || relation.name;
    end loop;
    {renames};
end
"""


def swap(server: Session, names: Mapping[str, str]) -> None:
    """Replace schemas by others, within the session's transaction.

    Nothing is dropped that is not ours: a view that somebody defined on our tables, or a table of
    theirs in our schemas, ends the swap with an error that names it.

    Args:
        server: The session.
        names: The new schemas, each with the name that it gets; those of that name are replaced.
    """
    renames = []
    for loaded, name in names.items():
        renames.append(f"drop schema if exists {quoted(name)}")
        renames.append(f"alter schema {quoted(loaded)} rename to {quoted(name)}")
    replaced = ", ".join(map(literal, names.values()))
    body = _SWAP.format(patience=PATIENCE_SECONDS, names=replaced, renames="; ".join(renames))
    server.run(f"do {literal(body)}")
