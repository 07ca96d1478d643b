"""The landed section of ``tributary.yaml``: tables that a loader, or anybody, has landed already.

Belongs here: what an entry says, and the entries of the inbox that it becomes. Does not belong
here: reading tables (``orchestration/inbox``), or what loaders land (``orchestration/loaders``).

An entry is read like a file of the inbox, and has the words of one. With ``loader`` and ``vendor``
it becomes one for each stream that the vendor's tables hold; with ``sql`` it is one.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from orchestration.configuration.document import Document
from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.secrets import Secret
from orchestration.connectors.inbox import INBOX, INSTRUCTIONS
from orchestration.loaders.mapping import LandedStream, mapping, vendors

At = tuple[Hashable, ...]

_NAME = re.compile(r"\w[\w-]*(?:/\w[\w-]*)*")
_PLACE = ("path", "postgres", "schema", "name")
_OF_VENDORS = ("loader", "vendor", "streams", "constants", "values", "additive", "incomplete")
_FORMAT = FileFormat(timezone="UTC", decimal=".")
"""Loaders write moments in UTC and numbers with a point; days are the account's own."""


@dataclass(frozen=True, slots=True)
class Query:
    """Where the rows of an entry come from instead of a file.

    Attributes:
        place: A DuckDB file, or a folder of Parquet files, or the address of a PostgreSQL database.
        schema: The schema, or the folder's subfolder; empty for the usual one.
        sql: A statement that reads; of a loader's tables, in terms of ``stream``.
        loader: Who wrote the tables; empty for a query of the company's own.
        stream: What the loader's tables hold; ``None`` for a query of the company's own.
    """

    place: Path | Secret
    schema: str
    sql: str
    loader: str = ""
    stream: LandedStream | None = None

    @property
    def shown(self) -> str:
        """The place in words, without what an address may hold."""
        if isinstance(self.place, Secret):
            return f"PostgreSQL at ${{env:{self.place.variable}}}"
        return str(self.place)


class Words(Protocol):
    """What the reader of the configuration knows of texts, secrets and entries of the inbox."""

    document: Document

    def text(self, value: Any, at: At) -> str:
        """A text with its references to the environment replaced."""

    def secret(self, value: Any, at: At) -> Secret:
        """A reference to the environment."""

    def entry(self, entry: Mapping[str, Any], at: At) -> dict[str, Any]:
        """The words of an inbox entry, checked against its stream."""


def landed_entries(words: Words, data: Any) -> Iterator[tuple[At, dict[str, Any]]]:
    """The inbox entries of the section, each with the key under which it is configured.

    Args:
        words: The reader of the configuration.
        data: The section.

    Raises:
        SettingsError: Something in it is wrong; names key and line.
    """
    if data is None:
        return
    if not isinstance(data, list):
        raise words.document.error(("landed",), "expected a list of tables")
    seen: set[str] = set()
    for i, entry in enumerate(data):
        at: At = ("landed", i)
        if not isinstance(entry, dict):
            raise words.document.error(at, "expected keys such as path, loader and vendor")
        given = {key: value for key, value in entry.items() if value is not None}
        name = _name(words, given, at)
        if name in seen:
            raise words.document.error(
                at, f"{name} appears twice", "Give one of them another name: name: ..."
            )
        seen.add(name)
        found = _own(words, given, at) if "sql" in given else _of_vendor(words, given, at)
        for each in found:
            yield at, {**each, "path": Path("landed") / name, "written_path": f"landed/{name}"}


def _name(words: Words, entry: dict[str, Any], at: At) -> str:
    usual = f"{entry['loader']}/{entry['vendor']}" if {"loader", "vendor"} <= entry.keys() else None
    name = entry.get("name", usual)
    if name is None:
        raise words.document.error(
            at, "the key name is missing", "Name what the query gives; it is shown and published."
        )
    if not _NAME.fullmatch(str(name)):
        raise words.document.error(
            (*at, "name"), f"{name!r} is no name", "Use letters, digits, _, - and / only."
        )
    return str(name)


def _place(words: Words, entry: dict[str, Any], at: At) -> Path | Secret:
    if ("path" in entry) == ("postgres" in entry):
        raise words.document.error(
            at,
            "say where the tables are: path or postgres",
            "Write path: for a DuckDB file or a folder of Parquet files, or postgres: ${env:NAME} "
            "for a database.",
        )
    if "postgres" in entry:
        return words.secret(entry["postgres"], (*at, "postgres"))
    path = Path(words.text(entry["path"], (*at, "path"))).expanduser()
    return words.document.path.parent / path


def _own(words: Words, entry: dict[str, Any], at: At) -> Iterator[dict[str, Any]]:
    for key in ("loader", "vendor", "streams"):
        if key in entry:
            raise words.document.error(
                (*at, key), "a query of your own has none", "Take it out, or take out sql."
            )
    query = Query(_place(words, entry, at), _schema(words, entry, at), str(entry["sql"]))
    rest = {key: value for key, value in entry.items() if key not in {*_PLACE, "sql"}}
    yield {**words.entry(rest, at), "query": query}


def _of_vendor(words: Words, entry: dict[str, Any], at: At) -> Iterator[dict[str, Any]]:
    known = vendors()
    for key, names in (("loader", list(known)), ("vendor", known.get(entry.get("loader", ""), []))):
        if entry.get(key) not in names:
            raise words.document.error(
                (*at, key),
                f"there is no {key} {entry[key]!r}"
                if key in entry
                else f"the key {key} is missing",
                f"Known are: {', '.join(names)}. Any other table can be read by sql.",
            )
    for key in entry:
        if key not in {*_PLACE, *_OF_VENDORS}:
            raise words.document.error((*at, key), "the key is not known here")
    loader, found = entry["loader"], mapping(entry["loader"], entry["vendor"])
    chosen = entry.get("streams", list(found.streams))
    place, schema = _place(words, entry, at), _schema(words, entry, at) or found.schema
    for name in chosen if isinstance(chosen, list) else [chosen]:
        if name not in found.streams:
            raise words.document.error(
                (*at, "streams"), f"there is no {name!r}; there are: {', '.join(found.streams)}"
            )
    _refuse_unknown(words, entry, chosen, at)
    for name in chosen:
        query = Query(place, schema, found.streams[name].sql, loader, found.streams[name])
        given = {"stream": name, **_taken(entry, name)}
        yield {**words.entry(given, at), "format": _FORMAT, "query": query}


def _schema(words: Words, entry: dict[str, Any], at: At) -> str:
    return words.text(entry["schema"], (*at, "schema")) if "schema" in entry else ""


def _fields(stream: str) -> set[str]:
    return {
        field.name
        for each in (*INBOX.streams, *INSTRUCTIONS)
        if each.name == stream
        for field in each.fields
    }


def _taken(entry: dict[str, Any], stream: str) -> dict[str, Any]:
    """The words of a vendor's entry that are about one of its streams."""
    fields = _fields(stream)
    found = {key: entry[key] for key in ("incomplete",) if key in entry}
    if "additive" in entry and stream in ("ad_spend", "costs"):
        found["additive"] = entry["additive"]
    for key in ("constants", "values"):
        if key in entry:
            found[key] = {name: said for name, said in entry[key].items() if name in fields}
    return found


def _refuse_unknown(words: Words, entry: dict[str, Any], streams: list[str], at: At) -> None:
    fields = set().union(*map(_fields, streams))
    for key in ("constants", "values"):
        said = entry.get(key, {})
        if not isinstance(said, dict):
            raise words.document.error((*at, key), "expected a mapping by column")
        for name in said:
            if name not in fields:
                raise words.document.error(
                    (*at, key, name), f"none of {', '.join(streams)} has a column {name!r}"
                )
