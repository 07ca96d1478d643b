"""What ``tributary doctor`` says about the files of the inbox, and what is in them.

Belongs here: findings and tables in words. Does not belong here: reading the files
(``quality/looking.py``). No cell is repeated; names of columns and of platforms are, where they
look like names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from orchestration.commands.finding import Finding, trouble
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.model import Config
from orchestration.configuration.presets import presets
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import CONSENTS, ERASURES
from orchestration.connectors.stream import Stream
from orchestration.erasing import asked_by_file, consents
from orchestration.foundation.errors import TributaryError
from orchestration.inbox.reader import columns_of
from orchestration.inbox.sniffing import sniffed
from orchestration.privacy.messages import looks_like_a_name
from orchestration.quality.looking import Looked, looking

_MOST_NAMES = 40
_LISTED: dict[str, tuple[Stream, Callable[[Settings, InboxEntry], Iterator[object]]]] = {
    ERASURES.name: (ERASURES, asked_by_file.listed),
    CONSENTS.name: (CONSENTS, consents.listed),
}
"""Files that list people, and the function that reads the rows of one."""


def file_findings(settings: Settings) -> Iterator[Finding]:
    """Whether each file of the inbox is there, and what a run would make of its first lines."""
    files = inbox_files(settings.config.inbox)
    if not files:
        return
    try:
        with looking(settings) as look:
            for entry in files:
                yield from _file(settings, entry, look)
    except TributaryError as error:
        yield trouble("inbox", error)


def _file(
    settings: Settings, entry: InboxEntry, look: Callable[[InboxEntry], Looked]
) -> Iterator[Finding]:
    config = settings.config
    subject = f"inbox {entry.stream}"
    if entry.query is None and not entry.path.is_file():
        yield Finding(
            subject,
            False,
            f"no file at {entry.path}",
            "Put it there, or correct the entry's path.",
        )
        return
    if entry.query is None and not os.access(entry.path, os.R_OK):
        yield Finding(subject, False, f"{entry.path} cannot be read", "Correct its permissions.")
        return
    size = (
        f"{entry.written_path} in {entry.query.shown}"
        if entry.query is not None
        else f"{entry.path}, {entry.path.stat().st_size:,} bytes"
    )
    try:
        if entry.stream in _LISTED:
            yield Finding(subject, True, size, inside=_instructions(settings, entry))
            return
        looked = look(entry)
    except TributaryError as error:
        yield trouble(subject, error)
        yield from _recognised(entry)
        return
    title = f"{entry.entry_id}: {_extent(looked)}"
    inside = (title, tuple(_inside(config, looked)))
    if looked.lost is not None:
        limit = config.quality.loss_limit(*looked.lost.key)
        yield Finding(
            subject,
            False,
            f"{size}; of {_extent(looked)}, {looked.rows_lost:,} cannot be used "
            f"({looked.lost.share:.2%} of rows or money; at most {limit:.2%})",
            looked.lost.hint or "Correct the lines below, or the entry in the configuration.",
            inside=inside,
        )
    else:
        yield Finding(subject, True, size, inside=inside)
    yield from _recognised(entry)
    for saw, remedy in _doubts(config, looked):
        yield Finding(subject, True, f"{entry.written_path}: {saw}", remedy, doubtful=True)


def _recognised(entry: InboxEntry) -> Iterator[Finding]:
    """That a file looks like an export that is known, where its entry says nothing of columns."""
    if entry.preset or entry.columns:
        return
    try:
        names = sniffed(entry.path).presets
    except (TributaryError, OSError):
        return
    fitting = [name for name in names if presets()[name].stream == entry.stream]
    if fitting:
        preset = presets()[fitting[0]]
        asked = "".join(f"; it also needs {word}: {why}" for word, why in preset.asks.items())
        yield Finding(
            f"inbox {entry.stream}",
            True,
            f"{entry.written_path}: looks like this export: {preset.title}",
            f"If it is one, set preset: {fitting[0]} in its entry{asked}.",
            doubtful=True,
        )


def _instructions(settings: Settings, entry: InboxEntry) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The table of a file that lists people; one row that names nobody would end the run."""
    stream, listed = _LISTED[entry.stream]
    rows = sum(1 for _ in listed(settings, entry))
    taken, unused = columns_of(entry, stream, settings.config.company)
    return f"{entry.entry_id}: all {_count(rows, 'row')}", tuple(_columns(taken, unused))


def _extent(looked: Looked) -> str:
    rows = _count(looked.rows, "row")
    return f"the first {rows}" if looked.is_cut else f"all {rows}"


def _inside(config: Config, looked: Looked) -> Iterator[tuple[str, str]]:
    """What there is to say about a file, by subject."""
    if looked.is_cut:
        yield "not looked at", f"all rows after the first {looked.rows:,}; a run reads them, too"
    yield from _columns(looked.columns, looked.unused)
    if looked.left_out:
        money = f", with {looked.money_left_out:,.2f} of money" if looked.money_left_out else ""
        yield "rows left out", f"{looked.left_out:,}, by the entry's where{money}"
    yield "records that count", f"{looked.loaded:,}"
    for refused in looked.refused:
        lines = ", ".join(map(str, refused.lines))
        more = ", ..." if refused.rows > len(refused.lines) else ""
        word = "line" if refused.rows == 1 else "lines"
        yield (
            f"refused: {refused.reason_code}",
            f"{_count(refused.rows, 'row')}, {word} {lines}{more}: {refused.example}",
        )
    for cleared in looked.cleared:
        yield (
            f"cleared: {cleared.column}",
            f"{_count(cleared.cells, 'cell')}, the first in line {cleared.line}: {cleared.example}",
        )
    if looked.money:
        unstated = f"{config.company.reporting_currency} (the reporting currency; none is stated)"
        yield (
            "money",
            "; ".join(
                f"{amount:,.2f} {currency or unstated}" for currency, amount in looked.money.items()
            ),
        )
    if looked.days:
        first, last = looked.days
        yield "days", f"{first} to {last}"


def _columns(taken: dict[str, str], unused: list[str]) -> Iterator[tuple[str, str]]:
    yield (
        "columns taken",
        ", ".join(
            ours if ours == theirs or not looks_like_a_name(theirs) else f"{ours} ({theirs})"
            for ours, theirs in taken.items()
        ),
    )
    yield "columns not taken", _names(unused)


def _doubts(config: Config, looked: Looked) -> Iterator[tuple[str, str]]:
    """What a run accepts although it may be wrong, and what to do."""
    if looked.rows_lost and looked.lost is None:
        yield (
            f"{_count(looked.rows_lost, 'row')} cannot be used",
            "Correct them, or leave them out; the table below names lines.",
        )
    if cells := sum(cleared.cells for cleared in looked.cleared):
        yield (
            f"{_count(cells, 'cell')} cannot be read and would be empty",
            "Correct them, or leave them: their rows count.",
        )
    if looked.platforms:
        yield (
            f"ad platforms that are not known: {_names(looked.platforms)}",
            "Map each to one of docs/inbox.md under values.platform of the entry, or to itself "
            "where it is a platform of its own.",
        )
    if looked.without_zone:
        columns = ", ".join(f"{name} ({count:,})" for name, count in looked.without_zone.items())
        yield (
            f"moments without a time zone, read in {config.company.reporting_timezone}: {columns}",
            "State the zone of the file: format.timezone of the entry.",
        )
    if looked.either_order and looked.lost is None:
        yield (
            f"day and month could be exchanged in every row of {', '.join(looked.either_order)}",
            "Compare some days with the source; the entry's format says which comes first.",
        )


def _names(names: Iterable[str]) -> str:
    """Names from a file, without those that may be data."""
    listed = list(names)
    fit = [name for name in listed if looks_like_a_name(name)][:_MOST_NAMES]
    if len(fit) < len(listed):
        fit.append(f"{len(listed) - len(fit):,} not shown")
    return ", ".join(fit) or "none"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
