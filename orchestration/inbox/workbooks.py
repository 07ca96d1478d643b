"""Reads the rows of a sheet of an Excel workbook (.xlsx).

Belongs here: the parts of such a file, and its cells. Does not belong here: which row holds the
names (``tables``), or writing values as texts (``typed``).

A number is what the cell holds, not what it shows: 12 % is 0.12. A formula is its last result.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree import ElementTree

from orchestration.configuration.file_format import FileFormat
from orchestration.inbox.files import InboxError, capped, member
from orchestration.inbox.rows import Row
from orchestration.inbox.tables import TableRows
from orchestration.inbox.typed import cell_writer

WORKBOOK = "xl/workbook.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_BUILT_IN_DAYS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of formats of days and times that every workbook knows."""
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.IGNORECASE)
_DAY_SIGNS = re.compile("[dmyhs]", re.IGNORECASE)
_MOST_COLUMNS = 16_384
_MOST_ELEMENTS = 1_000_000
"""Elements of a part that are kept at once, such as those of a row or of all styles."""
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff])_")
"""How Excel writes a control character within a text, and an underscore that would begin one."""


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    texts: list[str]
    days: list[bool]
    begins: date


def workbook_rows(path: Path, format_: FileFormat, most: int | None) -> TableRows:
    """The rows of the sheet that an entry means, with their numbers in the sheet.

    Raises:
        InboxError: The workbook is damaged or locked, has no such sheet, or several and the entry
            names none; or a formula of it was never worked out.
    """
    return TableRows(sheet_rows(path, format_), format_, most)


def sheet_rows(path: Path, format_: FileFormat) -> Iterator[tuple[int, Row]]:
    """All rows of that sheet, those before the names among them."""
    with _unpacked(path) as file:
        book, sheet = _book(path, file), _sheet(path, file, format_.sheet)
        write = cell_writer(format_)
        yield from _rows(path, file, *sheet, lambda cell: write(_value(cell, book)))


def workbook_texts(path: Path, format_: FileFormat) -> Iterator[str]:
    """What the rows of all sheets say, whichever of them is meant."""
    write = cell_writer(format_)
    with _unpacked(path) as file:
        book = _book(path, file)

        def read(cell: ElementTree.Element) -> str:
            try:
                return write(_value(cell, book))
            except LookupError:
                return ""

        for sheet in _sheets(path, file):
            for _, row in _rows(path, file, *sheet, read):
                yield ",".join(row)


@contextmanager
def _unpacked(path: Path) -> Iterator[zipfile.ZipFile]:
    """The parts of the workbook; errors that reading them raises name it."""
    try:
        with zipfile.ZipFile(path) as file:
            yield file
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, RuntimeError, EOFError) as error:
        raise _unreadable(path, str(error)) from error
    except ValueError:
        # What it says is the cell's, which may be a person.
        raise _unreadable(path, "it has a text where a number belongs") from None


def _unreadable(path: Path, why: str) -> InboxError:
    return InboxError(
        f"The workbook cannot be read: {why}.",
        where=str(path),
        remedy="Open it in Excel and save it again, without a password.",
    )


def _part(path: Path, file: zipfile.ZipFile, name: str) -> IO[bytes]:
    return capped(path, member(path, file, name), file.getinfo(name).compress_size)


def _elements(
    path: Path, file: zipfile.ZipFile, name: str, wanted: str
) -> Iterator[ElementTree.Element]:
    """The elements of one name in a part, one at a time, whatever its namespace."""
    with _part(path, file, name) as part:
        events = ElementTree.iterparse(part, ("start", "end"))
        within = list[ElementTree.Element]()
        kept = 0
        for event, element in events:
            if event == "start":
                within.append(element)
                kept += 1
                if kept > _MOST_ELEMENTS:
                    raise _unreadable(path, f"a row or list of {name} has no end in sight")
                continue
            within.pop()
            if _name(element) == wanted:
                yield element
                element.clear()
                within[-1].clear()
                kept = len(within)


def _whole(path: Path, file: zipfile.ZipFile, name: str, root: str) -> ElementTree.Element:
    """A part that is not long, as a tree."""
    found = next(_elements(path, file, name, root), None)
    if found is None:
        raise KeyError(f"{name} is no {root}")
    return found


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _book(path: Path, file: zipfile.ZipFile) -> _Book:
    return _Book(_texts(path, file), _days(path, file), _begins(path, file))


def _texts(path: Path, file: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in file.namelist():
        return []
    return [_text(element) for element in _elements(path, file, name, "si")]


def _text(element: ElementTree.Element) -> str:
    """The runs of a text, without how it is spoken."""
    return "".join(
        _unescaped(child.text or "") if _name(child) == "t" else _text(child)
        for child in element
        if _name(child) in ("t", "r")
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _days(path: Path, file: zipfile.ZipFile) -> list[bool]:
    """For every style of cells, whether numbers are days or moments in it."""
    name = "xl/styles.xml"
    if name not in file.namelist():
        return []
    root = _whole(path, file, name, "styleSheet")
    # Those of conditional formats have numbers of their own.
    formats = next((element for element in root if _name(element) == "numFmts"), ())
    own = {
        int(element.get("numFmtId", -1)): _is_of_days(element.get("formatCode", ""))
        for element in formats
    }
    styles = next((element for element in root if _name(element) == "cellXfs"), ())
    numbers = [int(element.get("numFmtId", 0)) for element in styles]
    return [own.get(number, number in _BUILT_IN_DAYS) for number in numbers]


def _is_of_days(code: str) -> bool:
    return bool(_DAY_SIGNS.search(_NO_SIGNS.sub("", code.partition(";")[0])))


def _begins(path: Path, file: zipfile.ZipFile) -> date:
    found = _elements(path, file, WORKBOOK, "workbookPr")
    if any(element.get("date1904") in ("1", "true") for element in found):
        return date(1904, 1, 1)
    return date(1899, 12, 30)


def _sheets(path: Path, file: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The names of all sheets, and the parts that hold them."""
    book = _whole(path, file, WORKBOOK, "workbook")
    relations = _whole(path, file, "xl/_rels/workbook.xml.rels", "Relationships")
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    sheets = []
    for element in book.iter():
        if _name(element) == "sheet":
            target = targets[element.get(_RELATION) or element.get(_STRICT)]
            part_name = str(PurePosixPath("xl") / target).removeprefix("/")
            sheets.append((element.get("name", ""), part_name))
    return sheets


def _sheet(path: Path, file: zipfile.ZipFile, wanted: str | int | None) -> tuple[str, str]:
    """The one that is meant."""
    sheets = _sheets(path, file)
    if isinstance(wanted, int) and wanted <= len(sheets):
        return sheets[wanted - 1]
    if wanted is None:
        filled = [
            sheet
            for sheet in sheets
            if any(any(map(len, row)) for row in _elements(path, file, sheet[1], "row"))
        ]
        if len(filled) == 1 or (sheets and not filled):
            return (filled or sheets)[0]
    for sheet in sheets:
        if sheet[0] == wanted:
            return sheet
    names = ", ".join(repr(name) for name, _ in sheets)
    raise InboxError(
        "The workbook has several sheets with cells."
        if wanted is None
        else f"The workbook has no sheet {wanted!r}.",
        where=str(path),
        remedy=f"Set format.sheet of this inbox entry to one of: {names}.",
    )


def _rows(
    path: Path,
    file: zipfile.ZipFile,
    sheet: str,
    part: str,
    read: Callable[[ElementTree.Element], str],
) -> Iterator[tuple[int, Row]]:
    number = 0
    for row in _elements(path, file, part, "row"):
        number = int(row.get("r") or number + 1)
        cells: Row = []
        for cell in row:
            if _name(cell) != "c":
                continue
            at = _column(cell.get("r", "")) if cell.get("r") else len(cells)
            if at < len(cells):
                raise KeyError(f"the cells of row {number} are not in their order")
            cells += [""] * (at - len(cells))
            try:
                cells.append(read(cell))
            except LookupError as error:
                raise InboxError(
                    f"The cell {cell.get('r')} of the sheet {sheet!r} {error.args[0]}.",
                    where=f"{path}, line {number}",
                    remedy="Open the workbook in Excel and save it: then every formula has its "
                    "result.",
                ) from error
        if any(cells):
            yield number, cells


def _column(reference: str) -> int:
    at = 0
    for letter in reference.rstrip("0123456789"):
        at = at * 26 + ord(letter.upper()) - ord("A") + 1
    if not 0 < at <= _MOST_COLUMNS:
        raise KeyError(f"no cell is called {reference[:20]!r}")
    return at - 1


def _value(cell: ElementTree.Element, book: _Book) -> Any:
    parts = {_name(child): child for child in cell}
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(parts["is"]) if "is" in parts else None
    text = parts["v"].text if "v" in parts else None
    if text is None:
        if "f" in parts and kind != "str":
            raise LookupError("holds a formula that was never worked out")
        return None
    match kind:
        case "s":
            at = int(text)
            if at >= len(book.texts):
                raise LookupError("means a text that the workbook does not hold")
            return book.texts[at]
        case "b":
            return text.strip() == "1"
        case "n":
            return _of_number(text, int(cell.get("s", 0)), book)
        case _:  # a formula's text, an error, a day in ISO 8601
            return text.strip() if kind in ("d", "e") else _unescaped(text)


def _of_number(text: str, style: int, book: _Book) -> Any:
    """The number, or the moment; the text itself where it is none of Excel's."""
    try:
        if not (style < len(book.days) and book.days[style]):
            return int(text) if text.isdecimal() and len(text) <= 15 else float(text)
        # A double keeps a moment of our time to less than a millisecond.
        since = timedelta(milliseconds=round(float(text) * 86_400_000))
        return datetime.combine(book.begins, datetime.min.time()) + since
    except (ValueError, OverflowError):
        return text
