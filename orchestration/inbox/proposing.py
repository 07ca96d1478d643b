"""Proposes an entry of the inbox for a file that nobody has declared yet, with reasons.

Belongs here: which stream and columns a file probably has, and what only people can say. Does not
belong here: how it is written (``sniffing``), or asking and writing (``commands/init.py``).

Nothing of a proposal is read before people have it in their configuration, and what could be meant
in two ways becomes a question, never a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.presets import named, presets
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream
from orchestration.inbox.sniffing import Sniffed
from orchestration.inbox.suggestions import number_readings, readings
from orchestration.privacy.messages import looks_like_a_name, names_of

_WORDS = Path(__file__).parents[1] / "configuration" / "header_words.yaml"
_NO_LETTER = re.compile(r"[\W_]+")
_YES_NO = {"true", "false", "yes", "no", "1", "0"}
_OTHER_YES_NO = {"ja": "true", "nej": "false", "nein": "false", "oui": "true", "non": "false"}
_ASKED = ("platform", "currency")
"""Required columns that a whole file may share, so that people can state them once."""


@dataclass(frozen=True, slots=True)
class Question:
    """What only people can say about a file.

    Attributes:
        key: The word of the entry that the answer is, as ``format.date_format``.
        text: The question.
        choices: The answers that fit the file; empty where any text does.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Proposal:
    """An entry that a file could have.

    Attributes:
        path: The file.
        stream: The canonical stream; empty where none fits.
        rows: How many of its rows were looked at.
        preset: The export that it looks like; empty where none.
        format: Words of ``format``.
        columns: Canonical column: name in the file.
        values: As in an entry.
        constants: As in an entry.
        reasons: Canonical column: why its column was chosen.
        unplaced: The names of all other columns, as far as they are names.
        questions: What is open.
        numbers: The words of ``format`` of which one reads the numbers, where that is asked.
    """

    path: Path
    stream: str
    rows: int
    preset: str = ""
    format: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, question: Question, said: str) -> None:
        """Take the answer of a question into the entry."""
        key, word = question.key.split(".", 1)
        getattr(self, key)[word] = said
        if question.key == "format.decimal":
            # With a decimal point, 1,234 has a thousands separator.
            self.format |= next((way for way in self.numbers if _mark(way) == said), {})
        self.questions.remove(question)


def proposed(found: Sniffed, stream: str = "") -> Proposal:
    """The entry that a file probably has.

    Args:
        found: The file.
        stream: What its rows are, if people have said so.
    """
    return _of_export(found) if found.presets and not stream else _by_words(found, stream)


def _of_export(found: Sniffed) -> Proposal:
    name = found.presets[0]
    preset = presets()[name]
    proposal = Proposal(found.path, preset.stream, len(found.rows), name, dict(found.words))
    for column, offered in preset.columns.items():
        header = named(offered, found.header)
        if header is not None and header not in proposal.columns.values():
            proposal.columns[column] = header
            proposal.reasons[column] = f"the preset {name}"
    for asked, why in preset.asks.items():
        cells = _dated(found, proposal.columns, INBOX.stream(preset.stream))
        fitting = readings(cells, has_time=False)
        if len(fitting) == 1:
            proposal.format[asked.split(".")[1]] = fitting[0]
            proposal.reasons[asked] = "the only pattern that reads every day"
        else:
            proposal.questions.append(Question(asked, f"{preset.title}: {why}", tuple(fitting)))
    _list_unplaced(proposal, found)
    return proposal


def _by_words(found: Sniffed, said: str) -> Proposal:
    best: list[tuple[int, Stream, dict[str, str]]] = []
    for stream in [INBOX.stream(said)] if said else INBOX.streams:
        placed = dict(_placed(stream, found))
        if said or not _lacking(stream, {*placed, *_ASKED}):
            best.append((len(placed), stream, placed))
    most = max((count for count, _, _ in best), default=0)
    likely = [(stream, placed) for count, stream, placed in best if count == most]
    if len(likely) != 1:
        proposal = Proposal(found.path, "", len(found.rows), format=dict(found.words))
        names = tuple(stream.name for stream, _ in likely)
        why = f"may be {' or '.join(names)}" if names else "has not the columns of any stream"
        proposal.questions.append(Question("stream", f"The file {why}: what is a row?", names))
        _list_unplaced(proposal, found)
        return proposal
    ((stream, placed),) = likely
    proposal = Proposal(found.path, stream.name, len(found.rows), format=dict(found.words))
    for name, header in placed.items():
        proposal.columns[name] = header
        proposal.reasons[name] = "its own name" if header == name else "a usual name of it"
    _format_days(proposal, found, stream)
    _format_numbers(proposal, found, stream)
    _map_flags(proposal, found, stream)
    for name in _lacking(stream, {*proposal.columns}):
        key = f"constants.{name}" if name in _ASKED else f"columns.{name}"
        choices = () if name in _ASKED else tuple(_open(found, proposal))
        said = f"No column says by its name that it is the {name} of the rows: which is it?"
        proposal.questions.append(Question(key, said, choices))
    _list_unplaced(proposal, found)
    return proposal


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(_WORDS.read_text("utf-8"))
    return data


def _plain(name: str) -> str:
    """A name without what people write in several ways, and without a unit in brackets."""
    return _NO_LETTER.sub("", re.sub(r"[(\[][^)\]]*[)\]]", "", name).casefold())


def _placed(stream: Stream, found: Sniffed) -> Iterator[tuple[str, str]]:
    """The canonical columns that a file has by their names, each with its header."""
    usual, taken = _names().get(stream.name, {}), set[str]()
    for item in stream.fields:
        for name in map(_plain, [item.name, *usual.get(item.name, [])]):
            fitting = [
                header
                for header in found.header
                if _plain(header) == name
                and header not in taken
                and found.header.count(header) == 1
                and _fits(item, found.cells(header))
            ]
            if len(fitting) == 1:
                taken.update(fitting)
                yield item.name, fitting[0]
                break


def _fits(item: Field, cells: Sequence[str]) -> bool:
    """Whether cells can be of a field, as far as their kind tells."""
    said = {cell.casefold() for cell in cells}
    answers = said <= {*_YES_NO, *_OTHER_YES_NO}
    if item.type is Type.BOOLEAN:
        return answers
    if item.type in (Type.DATE, Type.TIMESTAMP, Type.DECIMAL, Type.INTEGER):
        return not cells or any(sign.isdigit() for cell in cells for sign in cell)
    return not cells or not answers or any(map(str.isdigit, said))


def _lacking(stream: Stream, given: Iterable[str]) -> list[str]:
    """The required columns that are not given; of several of which one is enough, the first."""
    there = set(given)
    lacking = [item.name for item in stream.fields if item.required and item.name not in there]
    one = stream.one_of or stream.one_column_of
    return lacking + ([one[0]] if one and not there.intersection(one) else [])


def _dated(found: Sniffed, columns: Mapping[str, str], stream: Stream) -> list[str]:
    """The days of a file that have no time."""
    return [
        cell
        for item in _of_types(stream, columns, Type.DATE, Type.TIMESTAMP)
        for cell in found.cells(columns[item.name])
        if not re.search(r"\d:\d", cell) and any(map(str.isdigit, cell))
    ]


def _of_types(stream: Stream, columns: Mapping[str, str], *types: Type) -> list[Field]:
    return [item for item in stream.fields if item.name in columns and item.type in types]


def _format_days(proposal: Proposal, found: Sniffed, stream: Stream) -> None:
    for item in _of_types(stream, proposal.columns, Type.DATE, Type.TIMESTAMP):
        header = proposal.columns[item.name]
        cells = found.cells(header)
        if all(map(_is_iso, cells)):
            continue
        fitting = readings(cells, has_time=item.type is Type.TIMESTAMP)
        has_time = any("%H" in pattern or "%I" in pattern for pattern in fitting)
        word = "datetime_format" if has_time else "date_format"
        key = f"format.{word}"
        stated = proposal.format.get(word)
        if stated in fitting:
            continue
        if stated is None and len(fitting) == 1:
            proposal.format[word] = fitting[0]
            proposal.reasons[key] = f"the only usual pattern that reads every cell of {header}"
        elif all(question.key != key for question in proposal.questions):
            said = "may be several days" if len(fitting) > 1 else "are days as few write them"
            proposal.questions.append(
                Question(
                    key, f"The cells of {header} {said}: how are they written?", tuple(fitting)
                )
            )
    asked = {question.key: question for question in proposal.questions}
    for word in ("date_format", "datetime_format"):
        # Another column of the file may say what one leaves open.
        question = asked.get(f"format.{word}")
        if question and proposal.format.get(word) in question.choices:
            proposal.questions.remove(question)


def _is_iso(cell: str) -> bool:
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return "-" in cell


def _format_numbers(proposal: Proposal, found: Sniffed, stream: Stream) -> None:
    numbers = _of_types(stream, proposal.columns, Type.DECIMAL, Type.INTEGER)
    cells = [cell for item in numbers for cell in found.cells(proposal.columns[item.name])]
    ways = number_readings(cells)
    if len(ways) == 1:
        proposal.format.update(ways[0])
        if ways[0]:
            proposal.reasons["format"] = "the only usual way to write numbers that reads them all"
    elif cells:
        said = "may be read in two ways" if ways else "cannot be read"
        example = next(filter(lambda cell: not cell.isdecimal(), cells), cells[0])
        text = (
            f"Numbers such as {re.sub('[0-9]', '9', example)!r} {said}: what is the decimal mark?"
        )
        marks = set(map(_mark, ways))
        proposal.numbers = ways
        proposal.questions.append(Question("format.decimal", text, tuple(sorted(marks))))


def _mark(way: Mapping[str, Any]) -> str:
    """The decimal mark of a way to write numbers."""
    return str(way.get("decimal", FileFormat.model_fields["decimal"].get_default()))


def _map_flags(proposal: Proposal, found: Sniffed, stream: Stream) -> None:
    for item in _of_types(stream, proposal.columns, Type.BOOLEAN):
        said = {cell.casefold() for cell in found.cells(proposal.columns[item.name])}
        if others := sorted(said - _YES_NO):
            proposal.values[item.name] = {word: _OTHER_YES_NO[word] for word in others}


def _list_unplaced(proposal: Proposal, found: Sniffed) -> None:
    proposal.unplaced = list(_open(found, proposal))


def _open(found: Sniffed, proposal: Proposal) -> Iterator[str]:
    """The names of the columns that have no place, as far as they are names and no data."""
    taken = {*proposal.columns.values()}
    usual = {
        _plain(name)
        for columns in _names().values()
        for names in columns.values()
        for name in names
    }
    is_header = bool(proposal.preset) or any(_plain(name) in usual for name in found.header)
    names = found.header if is_header else names_of(found.header, found.rows)
    for name in names:
        if name and name not in taken and looks_like_a_name(name):
            yield name
