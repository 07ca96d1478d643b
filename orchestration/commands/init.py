"""``tributary init``: a first configuration from a folder of files.

Belongs here: which files, what is asked and what is shown. Does not belong here: what a file
probably is (``inbox/proposing.py``), or the text that is written (``init_text.py``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.commands.init_text import configuration_text, shown_columns
from orchestration.configuration.document import SettingsError
from orchestration.configuration.inbox import names_file
from orchestration.configuration.settings import new_configuration
from orchestration.configuration.strict import known_currency, known_zone
from orchestration.connectors.inbox import INBOX
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.terminal import plain, shown, visible
from orchestration.inbox.proposing import Proposal, Question, proposed
from orchestration.inbox.sniffing import Sniffed, sniffed

_KINDS = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet", ".json",
    ".jsonl", ".ndjson", ".gz", ".zip",
)  # fmt: skip
"""Files of tables, also those that cannot be read: what to do about one is said."""
_BESIDE = ("~$", ".")
_UNFIT = re.compile(r"[*?]|\$\{")
"""What a path of the configuration does not mean as it is written."""
_DIGITS = re.compile("[0-9]+")

Ask = Callable[[Question], str | None]
"""Asks people; ``None`` where they do not know, or nobody is there."""

COMPANY = {
    "name": "The name of the company",
    "reporting_currency": "The currency of all figures, such as EUR",
    "reporting_timezone": "The time zone of all days, such as Europe/Stockholm",
}


def run_init(
    folder: Path, company: Mapping[str, str], console: Console, ask: Ask | None = None
) -> int:
    """Propose a configuration for the files of a folder, and write it.

    Args:
        folder: Where the files are; folders within it are not looked at.
        company: The keys of ``company`` that are known already.
        console: Where to show what was seen.
        ask: Asks what only people can say; without it, that stays open in the file.

    Returns:
        0.

    Raises:
        SettingsError: There is a configuration already, no such folder, no file in it, or an
            answer about the company is not possible.
    """
    target = new_configuration(os.environ)
    if target.exists():
        raise SettingsError(
            "There is a configuration already, and it is not written over.",
            where=str(target),
            remedy="Move it away, or set TRIBUTARY_CONFIG to the file to write.",
        )
    if not folder.is_dir():
        raise SettingsError(
            "There is no such folder.", where=str(folder), remedy="Name the one with your files."
        )
    about = _company(company, ask)
    entries, left = list[Proposal](), dict[str, str]()
    for path in _files(folder):
        if visible(path.name) != path.name or _UNFIT.search(path.name):
            left[visible(path.name)] = (
                "no entry can name it (signs that no text shows, *, ? or ${): rename it."
            )
            continue
        if path.suffix.lower() not in _KINDS:
            left[path.name] = "not looked at, since its name is not that of a table."
            continue
        try:
            entries.append(_answered(sniffed(path), ask))
        except TributaryError as error:
            left[path.name] = f"{error.what} {error.remedy}"
    if not entries and not left:
        raise SettingsError(
            "There is no file in the folder.",
            where=str(folder),
            remedy="Name the one with your files; folders within it are not looked at.",
        )
    entries = _as_patterns(entries)
    text = configuration_text(about, entries, left, target.parent.resolve())
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    _show(entries, left, target, console)
    return 0


def _company(known: Mapping[str, str], ask: Ask | None) -> dict[str, str]:
    checks = {"reporting_currency": known_currency, "reporting_timezone": known_zone}
    about = {}
    for key, text in COMPANY.items():
        said = known.get(key) or (ask(Question(f"company.{key}", text)) if ask else None)
        if not said:
            continue
        if key == "reporting_currency":
            said = said.upper()
        try:
            about[key] = checks.get(key, str)(said)
        except ValueError as error:
            raise SettingsError(
                f"{error}.", where=f"company.{key}", remedy=f"Give another one: {text}."
            ) from error
    missing = [key for key in COMPANY if key not in about]
    if missing:
        raise SettingsError(
            f"Not known: {', '.join(missing)}.",
            remedy="State them: tributary init FOLDER --name NAME --currency EUR --timezone ZONE",
        )
    return about


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.resolve().iterdir()):
        if path.is_file() and not path.name.startswith(_BESIDE):
            yield path


def _answered(found: Sniffed, ask: Ask | None) -> Proposal:
    """The entry of a file, with what people say about it."""
    proposal = proposed(found)
    open_ = list(proposal.questions) if ask else []
    while ask and open_:
        question = open_.pop(0)
        said = ask(question)
        if not said or (question.choices and said not in question.choices):
            continue
        if question.key == "stream":
            if said in {stream.name for stream in INBOX.streams}:
                proposal = proposed(found, said)
                open_ = list(proposal.questions)
        else:
            proposal.answer(question, said)
    return proposal


def _as_patterns(entries: list[Proposal]) -> list[Proposal]:
    """One entry for files whose names differ in their numbers alone and that are read alike."""
    found = list[Proposal]()
    groups: dict[str, list[Proposal]] = {}
    for entry in entries:
        groups.setdefault(_DIGITS.sub("*", entry.path.name), []).append(entry)
    for pattern, group in groups.items():
        first = group[0]
        alike = all(_reading(entry) == _reading(first) for entry in group)
        others = (e.path.name for e in entries if e not in group)
        if len(group) > 1 and alike and not any(names_file(pattern, name) for name in others):
            first.path = first.path.with_name(pattern)
            first.rows = sum(entry.rows for entry in group)
            group = [first]
        found += group
    return found


def _reading(entry: Proposal) -> tuple[object, ...]:
    return entry.stream, entry.preset, entry.format, entry.columns, entry.values, entry.constants


def _show(entries: list[Proposal], left: Mapping[str, str], target: Path, console: Console) -> None:
    table = Table("file", "its column", "what becomes of it", show_lines=False)
    for row in shown_columns(entries):
        table.add_row(*map(shown, row))
    console.print(table)
    for entry in entries:
        for question in entry.questions:
            console.print(f"Open, {plain(entry.path.name)}: {plain(question.text)}", style="yellow")
    for name, why in left.items():
        console.print(f"Not read, {plain(name)}: {plain(why)}", style="yellow")
    ready = sum(not entry.questions for entry in entries)
    console.print(
        f"Wrote {plain(str(target))}: {ready} of {len(entries) + len(left)} files are ready; the "
        "others are comments in it. Read it, then run: tributary doctor"
    )
