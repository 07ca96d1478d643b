"""Losses: what the streams delivered and the figures will not hold, in rows and in money.

Belongs here: counting refused records that no newer one replaced, and the limit beyond which a run
fails. Does not belong here: refusing a record (``loading``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.model import Config
from orchestration.connectors.field import Field
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Stream
from orchestration.foundation.amounts import plain_amount, stated_money
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import json_path, quoted
from orchestration.loading.naming import record_name
from orchestration.loading.whole_files import TOTALS_ROW
from orchestration.privacy.messages import without_values
from orchestration.quality.hints import declaration_hint
from orchestration.warehouse.schema import table_name


class TooMuchLost(TributaryError):
    """More of a source cannot be used than the limit allows; nothing was published."""


@dataclass(slots=True)
class Loss:
    """Refused records of a source with one reason.

    Attributes:
        rows: How many.
        line: The first one's line in its file, or its position in the answer.
        name: Its id, where it can be read and shown.
        example: What is wrong with it, without its value.
        money: What they hold, as far as it can be read.
    """

    reason_code: str
    rows: int
    line: int
    name: str
    example: str
    money: Decimal


@dataclass(slots=True)
class Source:
    """What one account or file delivered.

    Attributes:
        rows: Rows that count and rows that were refused.
        money: Likewise, in absolute amounts.
        losses: What was refused, by reason.
        hint: What is wrong with the declaration, if that explains most of it.
    """

    connector: str
    stream: str
    account_id: str
    rows: int = 0
    money: Decimal = Decimal(0)
    losses: list[Loss] = field(default_factory=list)
    hint: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Connector, stream and account."""
        return self.connector, self.stream, self.account_id

    @property
    def name(self) -> str:
        """As messages and the configuration call it."""
        stream = f"{self.connector}.{self.stream}"
        inbox = self.connector == INBOX.name
        return self.account_id if inbox else f"{stream}, account {self.account_id}"

    @property
    def rows_lost(self) -> int:
        """Rows that were refused."""
        return sum(loss.rows for loss in self.losses)

    @property
    def money_lost(self) -> Decimal:
        """The money in them, as far as it can be read."""
        return sum((loss.money for loss in self.losses), Decimal(0))

    @property
    def share(self) -> float:
        """What was refused, of its rows or of its money, whichever is more."""
        of_rows = self.rows_lost / self.rows if self.rows else 0.0
        of_money = float(self.money_lost / self.money) if self.money else 0.0
        return max(of_rows, of_money)


def find_losses(
    con: DuckDBPyConnection, streams: Iterable[tuple[str, Stream]], config: Config
) -> list[Source]:
    """The sources of which something was refused and not replaced since.

    Args:
        con: The warehouse, after every stream was loaded.
        streams: The configured streams.
        config: The configuration; files that left it do not count.
    """
    entries = {entry.entry_id: entry for entry in inbox_files(config.inbox)}
    found = []
    for connector, stream in streams:
        for source in _sources(con, connector, stream):
            entry = entries.get(source.account_id)
            if connector == INBOX.name:
                if entry is None:
                    continue
                source.hint = declaration_hint(con, source.key, source.rows, stream, entry.format)
            found.append(source)
    return found


def keep_losses(
    con: DuckDBPyConnection, sources: Sequence[Source], accepted: Sequence[Source], now: datetime
) -> None:
    """Replace the rows of ``ops.losses`` and ``ops.accepted_losses``; part of a transaction."""
    con.execute("delete from ops.losses")
    con.execute("delete from ops.accepted_losses")
    for source in sources:
        for loss in source.losses:
            con.execute(
                "insert into ops.losses values (?, ?, ?, ?, ?, ?, ?, ?)",
                [*source.key, loss.reason_code, loss.rows, loss.line, loss.example, loss.money],
            )
    for source in accepted:
        con.execute(
            "insert into ops.accepted_losses values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *source.key,
                source.rows_lost,
                source.rows,
                source.money_lost,
                source.money,
                now.replace(tzinfo=None),
            ],
        )


def beyond_limit(sources: Iterable[Source], config: Config) -> list[Source]:
    """The sources that lost more than ``quality`` allows."""
    return [source for source in sources if source.share > config.quality.loss_limit(*source.key)]


def too_much_lost(sources: Sequence[Source], config: Config) -> TooMuchLost:
    """The error that names every source beyond its limit, with reasons and examples."""
    lines = []
    for source in sources:
        limit = config.quality.loss_limit(*source.key)
        money = f", with {source.money_lost:,.2f} of money" if source.money_lost else ""
        lines.append(
            f"  {source.name}: {source.rows_lost} of {source.rows} rows{money} "
            f"({source.share:.2%}; at most {limit:.2%})"
        )
        for loss in sorted(source.losses, key=lambda loss: -loss.rows):
            named = f" ({loss.name})" if loss.name else ""
            lines.append(
                f"    {loss.reason_code}: {loss.rows} rows, the first in line {loss.line}{named}: "
                f"{loss.example}"
            )
        if source.hint:
            lines.append(f"    {source.hint}")
    return TooMuchLost(
        "Too much would be missing from the figures:\n" + "\n".join(lines),
        where=", ".join(source.name for source in sources),
        remedy="See the lines with: tributary quarantine\nCorrect them, or the declaration of the "
        "file. To publish without them once: tributary run --accept-losses. To allow more for a "
        "source: quality.max_loss_of in tributary.yaml.",
    )


def _sources(con: DuckDBPyConnection, connector: str, stream: Stream) -> Iterator[Source]:
    """The accounts or files of a stream of which something was refused."""
    sources: dict[str, Source] = {}
    losses: dict[tuple[str, str], Loss] = {}
    refused = _refused(con, connector, stream)
    for account, reason, rows, number, detail, record, money, text in refused:
        source = sources.setdefault(account, Source(connector, stream.name, account))
        amount = (money or Decimal(0)) + rows * (stated_money(text or "") or Decimal(0))
        line, example = line_of(detail, number)
        loss = losses.get((account, reason))
        if loss is None:
            losses[account, reason] = loss = Loss(reason, 0, line, "", example, Decimal(0))
            source.losses.append(loss)
        if line <= loss.line:
            loss.line, loss.example = line, example
            loss.name = record_name(connector, stream, record)
        loss.rows += rows
        loss.money += amount
    if sources:
        for account, rows, money in _counted(con, connector, stream):
            if account in sources:
                sources[account].rows, sources[account].money = rows, money or Decimal(0)
    for source in sources.values():
        source.rows += source.rows_lost
        source.money += source.money_lost
        yield source


def line_of(detail: str, number: int) -> tuple[int, str]:
    """The line of a refused record, or its position, and what is wrong with it, without values."""
    found = re.match(r"line (\d+): (.*)", detail, re.DOTALL)
    line, said = (int(found[1]), found[2]) if found else (number, detail)
    return line, without_values(said)


def _refused(con: DuckDBPyConnection, connector: str, stream: Stream) -> list[tuple[Any, ...]]:
    """Refused records that no newer slice replaced, by account, reason and unreadable amount."""
    money = next((item for item in stream.fields if item.name == stream.money), None)
    text = f"json_extract_string(q.record, {json_path(money.keys)})" if money else "null"
    return con.execute(
        f"""
        select account_id, reason_code, count(*), min(row_number), arg_min(detail, row_number),
            arg_min(record, row_number), sum(abs(amount)){_scale(stream)}, unread
        from (
            select q.account_id, q.reason_code, q.row_number, coalesce(q.detail, '') as detail,
                coalesce(q.record, '') as record,
                {plain_amount(text)} as amount,
                case when amount is null then {text} end as unread
            from {standing_records(connector, stream)}
                and q.reason_code <> '{TOTALS_ROW}'
        )
        group by account_id, reason_code, unread
        """,
        {"connector": connector, "stream": stream.name},
    ).fetchall()


def standing_records(connector: str, stream: Stream) -> str:
    """The refused records that no newer slice replaced, ``q``, as the end of a query.

    Its parameters are ``$connector`` and ``$stream``.
    """
    return (
        "ops.quarantine as q inner join ops.ledger as l using (slice_id)"
        " where q.connector = $connector and q.stream = $stream"
        f" and {stands(connector, stream)}"
    )


def _scale(stream: Stream) -> str:
    return " / 1000000" if stream.money.endswith("_micros") else ""


def _newer(condition: str) -> str:
    return (
        "not exists (select 1 from ops.ledger as n where n.connector = l.connector"
        " and n.stream = l.stream and n.account_id = l.account_id and n.sequence > l.sequence"
        f" and {condition})"
    )


def _of_record(field: Field) -> str:
    return f"json_extract_string(q.record, {json_path(field.keys)})"


def stands(connector: str, stream: Stream, text: Callable[[Field], str] = _of_record) -> str:
    """Whether a record, which slice ``l`` holds, was not read again since, as SQL.

    Args:
        connector: Its connector.
        stream: Its stream.
        text: SQL for the text of a field in the record; default: in the refused record ``q``.
    """
    if stream.kind is Kind.ENTITY_SNAPSHOT:
        return _newer("true")
    fields = {item.name: item for item in stream.fields}
    if stream.kind is Kind.REPORT:
        day = f"try_cast(left({text(fields[stream.day_field])}, 10) as timestamp)"
        return _newer(
            f"n.window_start <= coalesce({day}, l.window_start)"
            f" and n.window_end >= coalesce({day} + interval 1 day, l.window_end)"
        )
    # A changed record is a new version of the same id.
    of_id = stream.kind is Kind.ENTITY_CHANGES
    names = stream.natural_key[:1] if of_id else stream.natural_key
    keys = [fields[name] for name in names if name in fields]
    if not keys or len(keys) < len(names):
        return "true"
    same = " and ".join(f"cast(r.{quoted(key.column)} as varchar) = {text(key)}" for key in keys)
    table = f"raw.{quoted(table_name(connector, stream))}"
    return f"not exists (select 1 from {table} as r where r._sequence > l.sequence and {same})"


def _counted(
    con: DuckDBPyConnection, connector: str, stream: Stream
) -> list[tuple[str, int, Decimal | None]]:
    """Rows and money by account: of the newest slice of a snapshot, else of all."""
    money = f"sum(abs({quoted(stream.money)})){_scale(stream)}" if stream.money else "null"
    table = f"raw.{quoted(table_name(connector, stream))}"
    counted = (
        "_sequence = (select max(sequence) from ops.ledger"
        " where connector = ? and stream = ? and account_id = rows._account_id)"
    )
    snapshot = stream.kind is Kind.ENTITY_SNAPSHOT
    return con.execute(
        f"select _account_id, count(*), cast({money} as decimal(38, 6)) from {table} as rows"
        f" where {counted if snapshot else 'true'} group by _account_id",
        [connector, stream.name] if snapshot else [],
    ).fetchall()
