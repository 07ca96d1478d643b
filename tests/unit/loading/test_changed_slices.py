"""A file that changed lands and loads as what changed, and is then as if it were read whole."""

from __future__ import annotations

import datetime as dt
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.connectors.inbox import INBOX
from orchestration.connectors.landed import CELLS, LINE, REJECT, WITHOUT
from orchestration.connectors.stream import Stream
from orchestration.extract import landing as landing_module
from orchestration.extract.aside import set_aside, take_back
from orchestration.extract.changes import Changes
from orchestration.extract.landing import Slice
from orchestration.extract.rewriting import rewrite
from orchestration.loading import slices as slices_module
from orchestration.loading.slices import load_pending
from orchestration.loading.statements import Statements
from orchestration.quality.accounting import account
from orchestration.quality.profiles import stream_profile
from tests.kit.inbox import NOW, Inbox

KEY = b"0" * 32
HEADERS = {
    "touchpoints": "touchpoint_id,occurred_at,lead_id,email,cost,currency",
    "leads": "lead_id,created_at,email,phone,is_qualified,value,currency",
    "costs": "date_day,amount,description,currency",
}
LINES = {
    "touchpoints": (
        "t1,2025-01-01T10:00:00,L1,,,",
        "t2,2025-01-02T10:00:00Z,,a@example.com,1.5,EUR",
        "t3,2025-01-03 10:00:00,L3,,2,",
        "t4,2026-07-04T00:00:00,L4,,,",  # ahead of the clock on the first days
        "t5,2025-02-30T10:00:00,L5,,,",
        "t6,2025-01-06T10:00:00,,,,",
        "t7,2025-01-06T10:00:00,L7,not an address,,",
        "t8,2025-01-06T10:00:00",
        "t9,2025-01-06T10:00:00,L9,,0.30000000000000004,EUR",
    ),
    "leads": (
        "L1,2025-01-01,a@example.com,,yes,10,EUR",
        "L2,2025-01-01,b@example.com,call me,no,,",
        "L3,2026-07-04T00:00:00,,,maybe,5,EUR",
        ",2025-01-01,nobody@example.com,,,,",
        "L4,2025-01-05,,+46 70 123 45 67,,7,",
        'L5,2025-01-05,"open,,,,',
    ),
    "costs": (
        "2025-01-01,10,fair,EUR",
        "2025-01-02,20,print,EUR",
        "2025-01-03,30,Total,EUR",
        "2025-01-03,5,stamps,",
        "never,1,x,EUR",
    ),
}


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A stream, and the lines of its file on some days."""
    stream = draw(st.sampled_from(sorted(HEADERS)))
    line = st.sampled_from(LINES[stream])
    lines = draw(st.lists(line, min_size=1, max_size=8))
    days = [lines]
    for _ in range(draw(st.integers(1, 4))):
        lines = list(lines)
        match draw(st.sampled_from(["append", "insert", "delete", "edit", "shuffle", "replace"])):
            case "append":
                lines += draw(st.lists(line, min_size=1, max_size=3))
            case "insert":
                lines.insert(draw(st.integers(0, len(lines))), draw(line))
            case "delete" if lines:
                del lines[draw(st.integers(0, len(lines) - 1))]
            case "edit" if lines:
                lines[draw(st.integers(0, len(lines) - 1))] = draw(line)
            case "shuffle":
                lines = draw(st.permutations(lines))
            case _:
                lines = draw(st.lists(line, max_size=4))
        days.append(lines)
    return stream, days


@contextmanager
def as_changes(*, yes: bool) -> Iterator[None]:
    """Land every file that changed as changes, or none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing_module, "LEAST_ROWS", 0 if yes else sys.maxsize)
        yield


class Days:
    """A file that is read day by day, as changes or whole."""

    def __init__(self, folder: Path, stream: str, *, changes: bool) -> None:
        self.inbox, self.stream, self._changes = Inbox(folder), stream, changes
        self._day = 0

    def read(self, lines: list[str]) -> None:
        """Land and load the file with these lines on the next day."""
        content = "\n".join([HEADERS[self.stream], *lines, ""])
        with as_changes(yes=self._changes):
            now = NOW + dt.timedelta(days=self._day)
            self.inbox.load(content, self.stream, now=now)
        self._day += 1

    def slices(self) -> list[Slice]:
        """The slices that were landed."""
        return self.inbox.landing.slices()

    def rebuilt(self) -> duckdb.DuckDBPyConnection:
        """Everything, loaded again into another warehouse."""
        other = Inbox(self.inbox.folder)
        load(other)
        return other.con


def load(inbox: Inbox) -> None:
    """Load what is pending of all streams."""
    streams = [(INBOX.name, stream) for stream in INBOX.streams]
    load_pending(inbox.con, inbox.landing, streams, identity_key=KEY)


def state(con: duckdb.DuckDBPyConnection, stream: str, slice_id: str = "") -> dict[str, Any]:
    """What loading wrote, of one slice or of all."""
    found = {}
    for table, column, but in (
        (f"raw.inbox__{stream}", "_slice_id", ""),
        ("ops.quarantine", "slice_id", ""),
        ("ops.cells_cleared", "slice_id", ""),
        ("ops.ledger", "slice_id", "exclude (sha256, loaded_at)"),
    ):
        found[table] = con.execute(
            f"select * {but} from {table} where {column} = ? or ? = '' order by all",
            [slice_id, slice_id],
        ).fetchall()
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
@example(
    ("touchpoints", [["t1,2025-01-01T10:00:00,L1,,2,"] * 2, ["t2,2025-01-02,L2,,1.5,EUR"] * 2])
)
def test_any_history_of_a_file_gives_what_its_last_day_gives(
    history: tuple[str, list[list[str]]],
) -> None:
    """A million touches and one per cent more were stored and read as two millions."""
    stream, days = history
    with TemporaryDirectory() as folder:
        changed = Days(Path(folder) / "changed", stream, changes=True)
        whole = Days(Path(folder) / "whole", stream, changes=False)
        for lines in days:
            changed.read(lines)
            whole.read(lines)
            newest, expected = changed.slices()[-1], whole.slices()[-1]
            assert newest.slice_id == expected.slice_id
            of_newest = state(changed.inbox.con, stream, newest.slice_id)
            assert of_newest == state(whole.inbox.con, stream, newest.slice_id)
            records = list(whole.inbox.landing.records(expected))
            assert list(changed.inbox.landing.records(newest)) == records
        every = [(INBOX.name, INBOX.stream(stream))]
        (check,) = account(changed.inbox.con, every, changed.slices(), NOW)
        assert check.status == "pass", check.observed
        assert state(changed.rebuilt(), stream) == state(changed.inbox.con, stream)


def grown(folder: Path, days: int = 3) -> Days:
    """A file of touches that grew by a line a day."""
    found = Days(folder, "touchpoints", changes=True)
    for day in range(1, days + 1):
        found.read([f"t{n},2025-01-01T10:00:00,L{n},,," for n in range(200 + day)])
    return found


def test_raw_and_landing_grow_by_the_change(tmp_path: Path) -> None:
    """Two runs stored a million touches twice, in landing and in the warehouse."""
    days = grown(tmp_path / "inbox")
    first, *later = days.slices()
    assert [len(list(days.inbox.landing.own(item))) for item in later] == [1, 1]
    assert all(item.size < first.size for item in later)
    count = "select count(*) from raw.inbox__touchpoints"
    assert days.inbox.con.execute(count).fetchall() == [(203,)]


def test_only_what_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests and hashes of rows that stay were repeated every day."""
    read = []
    inner = slices_module._load_rows
    monkeypatch.setattr(
        slices_module,
        "_load_rows",
        lambda con, sql, values, item, stream: (
            read.append(item.row_count),
            inner(con, sql, values, item, stream),
        )[1],
    )
    grown(tmp_path / "inbox")
    assert read == [201, 1, 1]


def test_a_slice_of_changes_can_be_set_aside_and_taken_back(tmp_path: Path) -> None:
    """The file is then what it was before, and later what it is now."""
    days = grown(tmp_path / "inbox")
    inbox, newest = days.inbox, days.slices()[-1]
    before = state(inbox.con, "touchpoints")
    set_aside(inbox.landing, newest.slice_id, "an export of yesterday", NOW)
    load(inbox)
    assert len(inbox.rows("lead_id", "touchpoints")) == 202
    take_back(inbox.landing, newest.slice_id)
    load(inbox)
    assert state(inbox.con, "touchpoints") == before


@pytest.mark.parametrize("step", ["_count", "take_over", "forget_earlier", "ledger_values"])
def test_a_run_killed_half_way_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Rows that stay move in the transaction that reads the new ones, or not at all."""
    days = grown(tmp_path / "inbox")
    before = state(days.inbox.con, "touchpoints")
    real = getattr(slices_module, step)

    def killed(*arguments: Any) -> Any:
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(slices_module, step, killed)
    with pytest.raises(KeyboardInterrupt):
        days.read(["t1,2025-01-01T10:00:00,L1,,,"])
    assert state(days.inbox.con, "touchpoints") == before
    monkeypatch.undo()
    load(days.inbox)
    assert len(days.inbox.rows("lead_id", "touchpoints")) == 1


def test_after_many_changes_a_file_lands_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading one file must not take a year of others."""
    monkeypatch.setattr(landing_module, "MOST_CHANGES", 2)
    days = grown(tmp_path / "inbox", days=5)
    assert [item.depth for item in days.slices()] == [0, 1, 2, 0, 1]
    assert len(days.inbox.rows("lead_id", "touchpoints")) == 205


def test_who_is_taken_out_of_a_slice_is_gone_from_what_continues_it(tmp_path: Path) -> None:
    """Records that stay are kept once, so they are changed once."""
    days = grown(tmp_path / "inbox")

    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "lead_id": None} if record["lead_id"] in ("L5", "L202") else record

    landing = days.inbox.landing
    changed = [rewrite(landing, item, change, {"reason": "asked"}) for item in landing.slices()]
    assert changed == [1, 0, 1]
    newest = landing.slices()[-1]
    landing.verify(newest)
    named = [record["lead_id"] for record in landing.records(newest)]
    assert len(named) == 203
    assert not {"L5", "L202"}.intersection(named)
    assert len(days.rebuilt().execute("from raw.inbox__touchpoints").fetchall()) == 201


def test_a_record_that_loses_its_person_moves_with_its_line(tmp_path: Path) -> None:
    """Why it names nobody is said behind its line: nothing could be loaded any more."""
    days = Days(tmp_path / "inbox", "touchpoints", changes=True)
    lines = [f"t{n},2025-01-01T10:00:00,L{n},,," for n in range(20)]
    days.read(lines)
    days.read(["t99,2025-01-01T10:00:00,L99,,,", *lines])
    landing = days.inbox.landing
    first, newest = landing.slices()

    def change(record: dict[str, Any]) -> dict[str, Any]:
        is_meant = record["lead_id"] == "L5"
        return {**record, "lead_id": None, WITHOUT: "consent"} if is_meant else record

    assert rewrite(landing, first, change, {"reason": "consent"}) == 1
    (record,) = [record for record in landing.records(newest) if WITHOUT in record]
    assert (record["touchpoint_id"], record[LINE]) == ("t5", 8)
    assert [record[LINE] for record in landing.records(newest)] == list(range(2, 23))


def test_a_file_is_landed_again_when_what_it_continues_was_rewritten(tmp_path: Path) -> None:
    """Its hash is of the records before: money in a row that came of age was missing no more."""
    days = Days(tmp_path / "inbox", "touchpoints", changes=True)
    lines = ["t1,2025-01-01T10:00:00,L1,,,", "t2,2025-02-30T10:00:00,L2,,2,EUR"]
    days.read(lines)
    lines.append("t3,2025-01-01T10:00:00,L3,,,")
    days.read(lines)
    landing = days.inbox.landing

    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {REJECT: record[REJECT], CELLS: ["(erased)"]} if REJECT in record else record

    assert rewrite(landing, landing.slices()[0], change, {"reason": "keep_days"}) == 1
    days.read(lines)
    days.read(lines)
    assert len(days.slices()) == 3
    costs = [record.get("cost") for record in landing.records(days.slices()[-1])]
    assert costs == [None, "2", None]


def test_rows_that_stay_are_read_again_by_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that two versions spelled differently was two people in one file."""
    days = grown(tmp_path / "inbox", days=2)
    inner = slices_module.statements

    def newer(connector: str, stream: Stream) -> Statements:
        sql = inner(connector, stream)
        return replace(sql, insert=sql.insert.replace("where _sound", "where _sound and true"))

    monkeypatch.setattr(slices_module, "statements", newer)
    streams = [(INBOX.name, INBOX.stream("touchpoints"))]
    inbox = days.inbox
    again = [load_pending(inbox.con, inbox.landing, streams, identity_key=KEY) for _ in range(2)]
    assert [len(loaded) for loaded in again] == [2, 0]
    assert len(inbox.rows("lead_id", "touchpoints")) == 202


def test_a_file_is_landed_again_when_what_it_continues_is_lost(tmp_path: Path) -> None:
    """The company's file is still there, and was never read again while it did not change."""
    days = grown(tmp_path / "inbox", days=2)
    landing = days.inbox.landing
    landing.file(days.slices()[0]).unlink()
    days.read([f"t{n},2025-01-01T10:00:00,L{n},,," for n in range(202)])
    newest = days.slices()[-1]
    assert (len(days.slices()), newest.base, newest.row_count) == (3, "", 202)
    landing.verify(newest)


def test_a_column_that_empties_is_noticed_in_a_file_that_landed_as_changes(tmp_path: Path) -> None:
    """The rows that it is compared with are those of the newer slice by then."""
    days = grown(tmp_path / "inbox", days=4)
    touches = INBOX.stream("touchpoints")
    profile = stream_profile(days.inbox.con, INBOX.name, touches)
    assert profile["emptied_fields"].tolist() == [0]
    days.read([f"t{n},2025-01-01T10:00:00,,a{n}@example.com,," for n in range(40)])
    profile = stream_profile(days.inbox.con, INBOX.name, touches)
    assert profile["emptied_fields_named"].tolist() == ["lead_id"]
    assert profile["volume"].tolist() == [pytest.approx(40 / 202.5)]


def test_looking_lines_up_wherever_they_were_takes_little_memory() -> None:
    """A file whose newest line is its first took 1.2 GB for a million lines."""
    lines = [b'{"touchpoint_id":"t%d","_line":%d}\n' % (n, n) for n in range(20_000)]
    changes = Changes(iter(lines))
    tracemalloc.start()
    try:
        changes.write([b'{"touchpoint_id":"new","_line":1}\n', lines[0]])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300 * len(lines)
    assert changes.end() == b'{"_kept":[0,1,0]}\n'


def test_damage_is_not_built_upon(tmp_path: Path) -> None:
    """A slice that refers to a damaged one would be damaged, too."""
    days = grown(tmp_path / "inbox", days=1)
    days.inbox.landing.file(days.slices()[0]).write_bytes(b"damaged")
    days.read(["t1,2025-01-01T10:00:00,L1,,,"] * 300)
    assert [item.base for item in days.slices()] == ["", ""]
