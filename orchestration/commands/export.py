"""``tributary sql --csv``: an answer as CSV whose cells no spreadsheet runs as formulas.

Belongs here: the file and the text of its cells. Does not belong here: the query itself
(``publication/reader.py``).
"""

from __future__ import annotations

import csv
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import replace_durably, sync_file
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.modes import given_mode
from orchestration.foundation.unseen import BRAILLE_BLANK, IGNORED
from orchestration.publication.reader import ask, open_published

EXPORTED_ROWS = 1_000_000
"""The most rows of an export by default; a spreadsheet holds 1,048,576."""

_UNFINISHED = ".export-"
"""Prefix of the folder of an unfinished export; the process id follows."""
_PARTS = re.compile(r"([;\t\r\n])")
"""Where a spreadsheet may begin a new cell: it splits at semicolons where commas are decimal marks.
"""
_SKIPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"})
"""Categories of characters that a spreadsheet skips, or that nobody sees, before a formula sign."""
_BLANK = re.compile(f"[{IGNORED}{BRAILLE_BLANK}]")
"""What is drawn as nothing."""
_SIGNS = frozenset("=+-@\N{MINUS SIGN}")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


class ExportFailed(TributaryError):
    """The answer could not be written to a file."""


def export_csv(settings: Settings, question: str, target: str, most: int) -> int:
    """Write the answer to one question as CSV: UTF-8, commas, a header.

    Lines end as RFC 4180 says. A file appears whole or not at all. On standard output, rows already
    written stay when an error follows; the exit status shows it.

    Args:
        settings: Locates the published file.
        question: One statement that reads.
        target: A path, or ``-`` for standard output.
        most: The most rows to write.

    Returns:
        How many rows were written.

    Raises:
        ExportFailed: There are too many rows, or the file cannot be written.
        QueryRefused: The query cannot be answered.
    """
    if target != "-":
        _refuse_target(settings, Path(target))
    with open_published(settings) as con:
        columns, batches = ask(con, question)
        rows = _bounded((row for batch in batches for row in batch), most)
        return write_csv(settings, target, columns, rows)


def write_csv(
    settings: Settings, target: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write rows as CSV, to a file that appears whole or not at all, or to standard output.

    Args:
        settings: The home, in which no file is written.
        target: A path, or ``-`` for standard output.
        columns: The header.
        rows: The cells; texts that start like a formula are made harmless.

    Returns:
        How many rows were written.

    Raises:
        ExportFailed: The file cannot be written.
    """
    if target == "-":
        return _write(sys.stdout, columns, rows)
    with (
        whole_file(settings, Path(target)) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        return _write(file, columns, rows)


@contextmanager
def whole_file(settings: Settings, path: Path) -> Iterator[Path]:
    """A path to write to; the target appears when all of it was written, or not at all.

    Args:
        settings: The home, in which no file is written.
        path: The target.

    Raises:
        ExportFailed: The file cannot be written.
    """
    _refuse_target(settings, path)
    try:
        with tempfile.TemporaryDirectory(
            dir=path.parent, prefix=f"{_UNFINISHED}{os.getpid()}-"
        ) as folder:
            unfinished = Path(folder) / "answer"
            yield unfinished
            unfinished.chmod(given_mode())
            sync_file(unfinished)
            replace_durably(unfinished, path)
    except OSError as error:
        raise ExportFailed(
            f"The file cannot be written: {error.strerror}.",
            where=str(path),
            remedy="Check the folder, its permissions and free space.",
        ) from error


def unfinished_exports(target: str, process: int) -> list[Path]:
    """What a process that was killed left beside its target."""
    return list(Path(target).parent.glob(f"{_UNFINISHED}{process}-*"))


def _refuse_target(settings: Settings, path: Path) -> None:
    """An export must not replace the published file, landing or a device.

    Raises:
        ExportFailed: The path is in the home, by whatever spelling, or no regular file.
    """
    folder = path.resolve().parent if not path.is_symlink() else path.parent.resolve()
    above = [each for each in (folder, *folder.parents) if each.exists()]
    if settings.home.exists() and any(each.samefile(settings.home) for each in above):
        raise ExportFailed(
            "The file would be inside TRIBUTARY_HOME, where it could replace Tributary's own.",
            where=str(path),
            remedy="Choose a file outside of it.",
        )
    if path.exists() and not path.is_file():
        raise ExportFailed(
            "There is something else than a file.", where=str(path), remedy="Choose a file's name."
        )


def _bounded(rows: Iterable[tuple[Any, ...]], most: int) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        if number == most:
            raise ExportFailed(
                f"The answer has more than {most:,} rows.",
                remedy="Ask for fewer, or allow more with --rows.",
            )
        yield row


def _write(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        count += 1
    return count


def harmless(value: Any) -> Any:
    """A value in a form that a spreadsheet shows and does not run.

    Texts that start like a formula get a leading apostrophe, which spreadsheets take for "this
    is text"; a campaign's name comes from whoever typed it into a vendor's page. So do the parts
    after a semicolon, tab or line end. Numbers, and texts that are only a number, stay unchanged.
    """
    if value is None or isinstance(value, int | float | Decimal):
        return value
    text = str(value)
    if _NUMBER.fullmatch(text):
        return value
    parts = _PARTS.split(text)
    shown = "".join(f"'{part}" if _runs(part) else part for part in parts)
    # After a tab or a line end at the very beginning Excel looks for a sign.
    return f"'{shown}" if parts[0] == "" and len(parts) > 1 and parts[1] != ";" else shown


def _runs(part: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, by its first sign that counts."""
    if _NUMBER.fullmatch(part):
        return False
    for sign in part:
        if unicodedata.category(sign) in _SKIPPED or _BLANK.match(sign) or sign == '"':
            continue
        # Full-width, small and raised signs are formula signs in some locales.
        return unicodedata.normalize("NFKC", sign)[:1] in _SIGNS
    return False
