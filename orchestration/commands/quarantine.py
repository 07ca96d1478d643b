"""``tributary quarantine``: the records that could not be used, with their values and reasons.

Belongs here: finding and showing them. Does not belong here: which of them still count as missing
(``quality/losses.py``). Personal values were hidden when the records were refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.commands.export import write_csv
from orchestration.commands.tables import counted
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.landed import CELLS, LINE
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.terminal import shown
from orchestration.quality.losses import standing_records
from orchestration.warehouse.connection import connect

_SHOWN_VALUE = 60


class NothingToShow(TributaryError):
    """There is no warehouse yet, or no source of that name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that could not be used.

    Attributes:
        source: The file, or connector, stream and account.
        line: Its line in the file, or its position in the answer.
        reason_code: As docs/inbox.md lists them.
        detail: What is wrong.
        values: Its values by field; of a line that has no fields, ``cells``.
    """

    source: str
    line: int
    reason_code: str
    detail: str
    values: dict[str, str]


def refused_records(settings: Settings, source: str | None) -> Iterator[Refused]:
    """The refused records that no newer ones replaced, by source and line.

    Args:
        settings: The company's.
        source: A file's path or entry, or ``connector.stream``; ``None`` for all.

    Raises:
        NothingToShow: Nothing was loaded yet, or no source has that name.
    """
    if not settings.warehouse_path.exists():
        raise NothingToShow("Nothing was loaded yet.", remedy="Run: tributary run")
    entries = {entry.entry_id: entry for entry in inbox_files(settings.config.inbox)}
    paths = {
        name: {name, entry.written_path, entry.series} - {""} for name, entry in entries.items()
    }
    known = {name for names in paths.values() for name in names}
    known |= {f"{connector}.{stream.name}" for connector, stream in configured_streams(settings)}
    if source is not None and source not in known:
        raise NothingToShow(
            f"{source} is no source of this company.",
            remedy=f"Its sources are: {', '.join(sorted(known))}.",
        )
    with connect(settings.warehouse_path, read_only=True, settings=settings) as con:
        for connector, stream in configured_streams(settings):
            rows = con.execute(
                "select q.account_id, row_number, reason_code, coalesce(detail, ''), record"
                f" from {standing_records(connector, stream)} order by q.account_id, row_number",
                {"connector": connector, "stream": stream.name},
            ).fetchall()
            for account, number, reason, detail, record in rows:
                inbox = connector == INBOX.name
                if inbox and account not in entries:
                    continue
                names = {f"{connector}.{stream.name}"} | (paths[account] if inbox else set())
                if source is None or source in names:
                    name = account if inbox else f"{connector}.{stream.name}, account {account}"
                    yield _refused(name, number, reason, detail, record)


def show_quarantine(settings: Settings, source: str | None, rows: int, console: Console) -> None:
    """Print the first of them."""
    table = Table("source", "line", "reason", "detail", "values", header_style="bold")
    count = 0
    for record in refused_records(settings, source):
        count += 1
        if count <= rows:
            values = ", ".join(f"{name}: {_cut(value)}" for name, value in record.values.items())
            cells = [record.source, str(record.line), record.reason_code, record.detail, values]
            table.add_row(*(shown(cell) for cell in cells))
    if not count:
        console.print("Every record could be used.", style="green")
        return
    console.print(table)
    more = counted(count, "record")
    more = f"the first {rows} of {more}" if count > rows else more
    console.print(f"{more}; --csv FILE writes all of them for correction", style="dim")


def export_quarantine(settings: Settings, source: str | None, target: str) -> int:
    """Write them as CSV, one column for each field that any of them has.

    Returns:
        How many were written.
    """
    records = list(refused_records(settings, source))
    fields = list(dict.fromkeys(name for record in records for name in record.values))
    header = ("source", "line", "reason", "detail", *fields)
    rows = (
        (
            record.source,
            record.line,
            record.reason_code,
            record.detail,
            *(record.values.get(name) for name in fields),
        )
        for record in records
    )
    return write_csv(settings, target, header, rows)


def _refused(source: str, number: int, reason: str, detail: str, record: str | None) -> Refused:
    found = json.loads(record) if record else None
    if not isinstance(found, dict):
        found = {"record": record or ""}
    line = found.get(LINE, number)
    cells = found.get(CELLS)
    values = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in found.items()
        if not name.startswith("_") and value is not None
    }
    if cells is not None:
        values["cells"] = " | ".join(cells) if isinstance(cells, list) else str(cells)
    return Refused(source, int(line), reason, _without_line(detail), values)


def _without_line(detail: str) -> str:
    first, _, rest = detail.partition(": ")
    return rest if first.startswith("line ") and first[5:].isdigit() else detail


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + "..."
