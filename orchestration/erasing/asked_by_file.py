"""Requests that come as a file: the inbox stream ``erasures``.

Belongs here: which rows are new. Does not belong here: carrying them out (``carrying_out.py``).

The file names people, so it is never landed. A person of whom anything is held back was asked for
before: the file may list everybody who ever asked, and is read at the start of every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import ERASURES
from orchestration.connectors.landed import LINE, REJECT
from orchestration.erasing.carrying_out import request
from orchestration.erasing.finding import NobodyLanded, WhoIsMeant, possible, resolve
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import read_entry
from orchestration.privacy.erasures import Erasure, held_back
from orchestration.privacy.people import Identifier


def ask_from_files(settings: Settings) -> list[Erasure]:
    """Write down a request for every person who is listed and was not before.

    Raises:
        WhoIsMeant: A row does not say whom to erase. Nobody may be left out unnoticed, so the run
            ends there.
        InboxError: The file as a whole cannot be used.
    """
    asked = []
    for entry in inbox_files(settings.config.inbox):
        if entry.stream == ERASURES.name:
            for start, reason in _new(settings, entry):
                asked.append(request(settings, start, reason))
    return asked


def _new(settings: Settings, entry: InboxEntry) -> Iterator[tuple[set[Identifier], str]]:
    landing = Landing(settings.landing_dir)
    for record, who in listed(settings, entry):
        kind = str(record.get("kind") or "").strip()
        try:
            meant = possible(landing, who, kind)
            held = held_back(settings)
            if held and any(map(held.holds, meant)):
                continue
            found = resolve(landing, who, kind)
        except NobodyLanded:
            found = meant
        except WhoIsMeant as error:
            raise _unclear(entry, record, error.what, error.remedy) from error
        yield found, str(record.get("reason") or entry.written_path)


def listed(settings: Settings, entry: InboxEntry) -> Iterator[tuple[dict[str, Any], str]]:
    """The rows of a file of erasures, and whom each names.

    Raises:
        WhoIsMeant: A row names nobody.
        InboxError: The file as a whole cannot be used.
    """
    for record in read_entry(entry, ERASURES, settings.config.company):
        who = str(record.get("person") or "").strip()
        if REJECT in record or not who:
            raise _unclear(entry, record, "names nobody", "Correct the line.")
        yield record, who


def _unclear(entry: InboxEntry, record: dict[str, Any], what: str, remedy: str) -> WhoIsMeant:
    return WhoIsMeant(
        f"A row does not say whom to erase: {what}",
        where=f"{entry.path}, line {record.get(LINE)}",
        remedy=remedy.replace("--kind", "in the column kind:"),
    )
