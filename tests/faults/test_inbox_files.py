"""Promise 15: the inbox reads regular files in bounded pieces, and each file once."""

from __future__ import annotations

import gzip
import os
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.inbox import FileFormat, InboxEntry, Where
from orchestration.configuration.model import Company
from orchestration.configuration.settings import load_settings
from orchestration.extract.landing import Landing
from orchestration.extract.slices import Slice
from orchestration.inbox.files import InboxError, open_lines
from orchestration.inbox.reader import land_entry
from orchestration.inbox.rows import Rows
from tests.kit.faults.report import Result

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(60)]
ROW = Result(
    "15 files",
    "pipes, devices, sockets, folders, links to themselves, lines without end, files that grow or "
    "vanish while they are read, quotes that never end, and one file under two spellings",
    "cases",
    "refused at once with the file's name, or read to the length that they had; one file is one",
    ".venv/bin/pytest tests/faults/test_inbox_files.py -m exhaustive",
)
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
HEADER = "date_day,amount,currency,lead_source,lead_channel,description\n"
LINE = "2026-01-08,300,EUR,event,trade_show,x\n"
ENDLESS = 17_000_000


def land(path: Path, root: Path) -> Slice:
    """Land a file of costs."""
    entry = InboxEntry(path=path, written_path=path.name, stream="costs")
    return land_entry(entry, Landing(root / "landing"), Company(), NOW)


def pipe(folder: Path) -> Path:
    """A named pipe that nobody writes."""
    os.mkfifo(folder / "costs.csv")
    return folder / "costs.csv"


def plug(folder: Path) -> Path:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))
    return folder / "s"


def itself(folder: Path) -> Path:
    """A link that names itself."""
    (folder / "costs.csv").symlink_to("costs.csv")
    return folder / "costs.csv"


def linked_pipe(folder: Path) -> Path:
    """A link to a named pipe."""
    (folder / "link.csv").symlink_to(pipe(folder))
    return folder / "link.csv"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (pipe, "it is a named pipe"),
        (linked_pipe, "it is a named pipe"),
        (plug, "cannot be read"),
        (itself, "Too many levels of symbolic links"),
        (lambda folder: Path("/dev/zero"), "it is a device"),
        (lambda folder: Path("/dev/urandom"), "it is a device"),
        (lambda folder: Path("/dev/null"), "it is a device"),
        (lambda folder: Path("/dev/tty"), "cannot be read"),
        (lambda folder: folder, "it is a folder"),
        (lambda folder: Path("/proc/self/environ"), "empty"),
    ],
    ids=["pipe", "link", "socket", "itself", "zero", "urandom", "null", "tty", "folder", "proc"],
)
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    """A pipe waited for its writer for ever; a device filled memory."""
    path = make(tmp_path)
    with pytest.raises(InboxError, match=said) as caught:
        land(path, tmp_path)
    assert str(path) in caught.value.where


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_without_end_is_refused(tmp_path: Path, packed: bool) -> None:
    """A line of 1.5 GB was read into memory whole; packed, it is a megabyte on the disk."""
    content = (HEADER + LINE).encode() + b"w" * ENDLESS
    path = tmp_path / "costs.csv"
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    with pytest.raises(InboxError, match="a line that does not end") as caught:
        land(path, tmp_path)
    assert caught.value.where.endswith("costs.csv, line 3")


def test_a_file_without_any_line_is_refused(tmp_path: Path) -> None:
    """Also where the line with the column names is the one that does not end."""
    (tmp_path / "costs.csv").write_bytes(b"w" * ENDLESS)
    with pytest.raises(InboxError, match="a line that does not end"):
        land(tmp_path / "costs.csv", tmp_path)


def test_a_file_that_grows_is_read_to_the_length_that_it_had(tmp_path: Path) -> None:
    """A program that appends faster than we read must not keep the run for ever."""
    path = tmp_path / "costs.csv"
    path.write_text(HEADER + LINE)
    read: list[str] = []

    def read_on(text: Iterable[str]) -> None:
        for line in text:
            read.append(line)
            with path.open("a") as more:
                more.write(LINE * 100)

    with pytest.raises(InboxError, match="changed while"), open_lines(path, "utf-8") as text:
        read_on(text)
    assert "".join(read) == HEADER + LINE


def test_a_file_that_vanishes_while_it_is_read_is_named(tmp_path: Path) -> None:
    """The system's own error ended the run with a traceback."""
    path = tmp_path / "costs.csv"
    path.write_text(HEADER + LINE)
    with (
        pytest.raises(InboxError, match="removed or lost") as caught,
        open_lines(path, "utf-8"),
    ):
        path.unlink()
    assert str(path) in caught.value.where


@pytest.mark.parametrize(
    "line",
    [
        '2026-01-08,3,EUR,event,trade_show,"never closed\n',
        '2026-01-08,3,EUR,event,trade_show,"' + "never closed " * 500 + "\n",
        '2026-01-08,3,EUR,event,trade_show,"""\n',
        '"\n',
        '"",""\n"a\n',
    ],
    ids=["short", "long", "three", "alone", "pairs"],
)
def test_quotes_that_never_end_cost_their_lines_alone(tmp_path: Path, line: str) -> None:
    """Each line opens a quote; reading on from each to the end would take the square."""
    path = tmp_path / "costs.csv"
    path.write_text(HEADER + line * (4000 if len(line) > 1000 else 30_000))
    with open_lines(path, "utf-8") as text:
        assert sum(1 for _ in Rows(text, FileFormat())) > 0


def test_patterns_of_where_take_no_longer_than_the_cells(tmp_path: Path) -> None:
    """A pattern with several * and a long cell that nearly matches took hours, row by row."""
    path = tmp_path / "costs.csv"
    path.write_text(HEADER + LINE + LINE.replace(",x", "," + "a" * 10_000))
    where = Where(skip={"description": ["*a" * 20 + "*b", "*x*"]})
    entry = InboxEntry(path=path, written_path=path.name, stream="costs", where=where)
    assert land_entry(entry, Landing(tmp_path / "landing"), Company(), NOW).row_count == 1


def spellings(folder: Path) -> list[str]:
    """The ways to write one file."""
    (folder / "sub").mkdir()
    (folder / "costs.csv").write_text(HEADER + LINE)
    (folder / "link.csv").symlink_to("costs.csv")
    os.link(folder / "costs.csv", folder / "hard.csv")
    return ["costs.csv", "./costs.csv", "sub/../costs.csv", "link.csv", "hard.csv"]


def test_one_file_under_two_spellings_is_one_file(tmp_path: Path) -> None:
    """Its spend counted twice, and every check was green."""
    first, *others = spellings(tmp_path)
    for other in [*others, str(tmp_path / first)]:
        with pytest.raises(SettingsError, match=r"listed twice as costs"):
            configured(tmp_path, (first, "costs"), (other, "costs"))
    configured(tmp_path, (first, "costs"), (others[0], "ad_spend"))


def test_a_file_that_is_not_there_yet_is_one_too(tmp_path: Path) -> None:
    """The configuration is read before the first export arrives."""
    with pytest.raises(SettingsError, match=r"./new.csv is listed twice as costs, also as new.csv"):
        configured(tmp_path, ("new.csv", "costs"), ("./new.csv", "costs"))


def configured(folder: Path, *entries: tuple[str, str]) -> None:
    """Load a configuration with these files."""
    listed = "".join(f"  - {{path: {path}, stream: {stream}}}\n" for path, stream in entries)
    (folder / "tributary.yaml").write_text(f"inbox:\n{listed}")
    load_settings(
        {
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
            "TRIBUTARY_HOME": str(folder / "home"),
        }
    )
