"""The configuration that ``tributary init`` writes, as a commented text.

Belongs here: YAML and its comments. Does not belong here: finding out what it says
(``inbox/proposing.py``), or asking people (``init.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from orchestration.inbox.proposing import Proposal

_EACH = 2
"""Blanks by which YAML is indented."""


def configuration_text(
    company: Mapping[str, str], entries: Sequence[Proposal], left: Mapping[str, str], folder: Path
) -> str:
    """The whole file.

    Args:
        company: The keys of ``company``.
        entries: The files, each with its entry; those with open questions become comments.
        left: Files that nothing could be proposed for, and why.
        folder: Where the configuration will be.
    """
    lines = [
        "# Written by tributary init. Read it, correct it, then: tributary doctor",
        "# Every word is described in docs/inbox.md; no secret belongs into this file.",
        "",
        "company:",
        *(f"  {key}: {_scalar(value)}" for key, value in company.items()),
        "",
    ]
    # Also without an entry that is ready: people take the signs away below it.
    lines += ["inbox:"]
    for entry in entries:
        body = list(_entry(entry, folder))
        if entry.questions:
            body = [f"  # {line.removeprefix('  ')}".rstrip() for line in body]
            asked = [f"  # Open: {question.text}" for question in entry.questions]
            choices = [
                f"  #   {question.key}: {' or '.join(map(_scalar, question.choices))}"
                if question.choices
                else f"  #   {question.key}: ..."
                for question in entry.questions
            ]
            pairs = [line for pair in zip(asked, choices, strict=True) for line in pair]
            body = [*pairs, "  # Answer, then take the signs away in front of:", *body]
        lines += ["", *_seen(entry), *body]
    for name, why in left.items():
        lines += ["", f"  # {name}: {why}"]
    return "\n".join(lines) + "\n"


def _seen(entry: Proposal) -> Iterator[str]:
    """What was seen of a file: its columns, and which of them have no place."""
    rows = f"{entry.rows:,} row" + ("" if entry.rows == 1 else "s")
    yield f"  # {entry.path.name}: looked at {rows}"
    if entry.unplaced:
        yield f"  # columns without a place: {', '.join(entry.unplaced)}"


def _entry(entry: Proposal, folder: Path) -> Iterator[str]:
    yield f"  - path: {_scalar(_relative(entry.path, folder))}"
    if entry.preset:
        yield f"    preset: {entry.preset}"
        for ours, theirs in entry.columns.items():
            yield f"    #   {ours}: {_scalar(theirs)}"
    elif entry.stream:
        yield f"    stream: {entry.stream}"
    if entry.format:
        whys = {why: None for key, why in entry.reasons.items() if key.startswith("format")}
        yield f"    format: {_flow(entry.format)}" + (f" # {'; '.join(whys)}" if whys else "")
    if entry.columns and not entry.preset:
        yield "    columns:"
        for ours, theirs in entry.columns.items():
            yield f"      {ours}: {_scalar(theirs)} # {entry.reasons.get(ours, 'as answered')}"
    for key in ("values", "constants"):
        if stated := getattr(entry, key):
            yield f"    {key}: {_flow(stated)}"


def _relative(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _flow(value: Any) -> str:
    return _dumped(value)


def _scalar(value: Any) -> str:
    return _dumped(value).removesuffix("\n...").strip()


def _dumped(value: Any) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.strip().removesuffix("...").strip()


def shown_columns(entries: Iterable[Proposal]) -> Iterator[tuple[str, str, str]]:
    """What a person looks at: file, column of the file, and what becomes of it and why."""
    for entry in entries:
        name = entry.path.name
        kind = f"{entry.stream or '?'}" + (f" ({entry.preset})" if entry.preset else "")
        yield name, "", kind
        for ours, theirs in entry.columns.items():
            yield "", theirs, f"{ours}: {entry.reasons.get(ours, 'as answered')}"
        for theirs in entry.unplaced:
            yield "", theirs, "not placed"
