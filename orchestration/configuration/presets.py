"""Presets: how the common exports of other systems are read, under a name.

Belongs here: what a preset adds to an entry of the inbox, and recognising an export by its column
names. Does not belong here: the presets themselves, which are data (``exports/``), or reading files
(``orchestration/inbox``).

A preset takes the place of words that an entry does not state; every word that it states counts
instead. Which of a preset's columns are taken depends on the file, so they are chosen with its
header at hand (``applied``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.configuration.file_format import Text
from orchestration.configuration.inbox import InboxEntry, Where
from orchestration.configuration.strict import Strict
from orchestration.foundation.wildcards import matches

_FOLDER = Path(__file__).parent / "exports"
_MERGED = ("format", "values", "constants", "ids")


class Preset(Strict):
    """How one export is read.

    Attributes:
        title: What it is, for people.
        export: How to get it from the vendor.
        stream: The canonical stream of its rows.
        known_by: Names of columns that tell it from others: each has to be in the header, or one
            of those between which a bar stands; ``*`` is any text.
        format: Words of ``format``.
        columns: Canonical column: its names in such files, the first that is there counts.
        values: As in an entry.
        constants: As in an entry.
        ids: As in an entry.
        where: As in an entry; a condition on a column that a file lacks is none.
        asks: Words that the export does not decide, as ``format.date_format``, and why.
    """

    title: Text
    export: Text
    stream: str
    known_by: list[Text]
    format: dict[str, Any] = {}
    columns: dict[str, list[Text]]
    values: dict[str, dict[str, str | None]] = {}
    constants: dict[str, str] = {}
    ids: dict[str, str] = {}
    where: Where | None = None
    asks: dict[str, str] = {}


@cache
def presets() -> dict[str, Preset]:
    """All presets by name."""
    found: dict[str, Preset] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for name, data in yaml.safe_load(path.read_text("utf-8")).items():
            found[name] = Preset.model_validate(data)
    return found


def with_preset(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with what its preset says and it does not, columns and ``where`` aside.

    Args:
        entry: The entry as written.

    Raises:
        ValueError: There is no such preset, or it asks for a word that the entry does not state.
    """
    name = entry.get("preset")
    if name is None:
        return dict(entry)
    preset = presets().get(name) if isinstance(name, str) else None
    if preset is None:
        raise ValueError(f"there is no preset {name!r}; known are: {', '.join(presets())}")
    result = {"stream": preset.stream, **entry}
    if result["stream"] != preset.stream:
        raise ValueError(f"the preset {name} is of {preset.stream}, not of {result['stream']}")
    for asked, why in preset.asks.items():
        key, word = asked.split(".")
        if word not in (entry.get(key) or {}):
            raise ValueError(f"the preset {name} needs {asked}: {why}")
    taken = entry.get("columns") or {}
    for key in _MERGED:
        stated, given = getattr(preset, key), entry.get(key)
        if given is not None and not isinstance(given, Mapping):
            continue
        if key == "constants":
            stated = {column: value for column, value in stated.items() if column not in taken}
        if merged := {**stated, **(given or {})}:
            result[key] = merged
    return result


def applied(entry: InboxEntry, header: Sequence[str]) -> InboxEntry:
    """An entry with the columns and conditions of its preset that fit a file.

    Args:
        entry: The entry.
        header: The names of the file's columns.
    """
    if not entry.preset:
        return entry
    preset = presets()[entry.preset]
    columns = dict(entry.columns)
    for name, offered in preset.columns.items():
        found = None if name in {*columns, *entry.constants} else named(offered, header)
        if found is not None and found not in columns.values():
            columns[name] = found
    where = entry.where or (preset.where and _fitting(preset.where, columns, header))
    return entry.model_copy(update={"columns": columns, "where": where})


def named(offered: Sequence[str], header: Sequence[str]) -> str | None:
    """The first of some names that is in a header, as it is written there; ``*`` is any text."""
    for name in offered:
        for column in header:
            if column and matches(name.casefold(), column.casefold()):
                return column
    return None


def recognised(header: Sequence[str]) -> list[str]:
    """The presets of which a file may be, by the names of its columns; the most telling first."""
    found = [
        name
        for name, preset in presets().items()
        if all(named(sign.split("|"), header) for sign in preset.known_by)
    ]
    return sorted(found, key=lambda name: -len(presets()[name].known_by))


def _fitting(where: Where, columns: Mapping[str, str], header: Sequence[str]) -> Where | None:
    """The conditions on columns that are there."""

    def there(conditions: Mapping[str, list[str]]) -> dict[str, list[str]]:
        return {
            name: texts
            for name, texts in conditions.items()
            if name in header or columns.get(name) in header
        }

    only, skip = there(where.only), there(where.skip)
    return Where(only=only, skip=skip) if only or skip else None
