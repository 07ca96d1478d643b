"""Landing: slices are whole or invisible, immutable, and provably all there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.extract.landing import DamagedSlice, Landing, Slice
from orchestration.extract.manifest import DamagedManifest
from orchestration.extract.window import Window
from tests.kit.extract.acme import NOW, a_stream
from tests.kit.places import REPOSITORY

Land = Callable[..., Slice]
DAY = Window(date(2026, 3, 1), date(2026, 3, 2))


def files(landing: Landing) -> set[str]:
    """Every file with records, finished or not."""
    return {path.name for path in landing.root.rglob("*.zst")}


def test_what_a_slice_says_of_itself(landing: Landing, land: Land) -> None:
    """The manifest alone answers which window, how many rows, and what is new at the vendor."""
    landed = land([{"id": 1, "new": {"deep": 1}}, {"id": 2}], window=DAY, account_id="12-3/../4")
    (item,) = Landing(landing.root).slices("acme", "things")
    assert item == landed
    assert (item.sequence, item.row_count, item.account_id) == (1, 2, "12-3/../4")
    assert (item.window_start, item.window_end) == (DAY.start_at, DAY.end_at)
    assert item.extracted_at == NOW
    assert item.unknown_fields == ("new",)
    assert landing.file(item).resolve().is_relative_to(landing.root.resolve())
    landing.verify(item)
    assert landing.newest("acme", "things", "12-3/../4") == item
    assert landing.newest("acme", "things", "1") is None
    assert landing.slices("other") == []


def test_duckdb_reads_what_python_wrote(landing: Landing, land: Land) -> None:
    """DuckDB needs no extension to be downloaded for it; an empty slice has no rows."""
    many = [{"id": n, "text": "åäö 😀" * 60 * (n % 7)} for n in range(2_000)]
    for records in (many, []):
        item = land(records)
        query = "select count(*), count(distinct json->>'id') from read_ndjson_objects(?)"
        found = duckdb.connect().execute(query, [str(landing.file(item))]).fetchone()
        assert found == (len(records), len(records))
        assert list(landing.records(item)) == records


def test_an_unfinished_slice_is_invisible(landing: Landing) -> None:
    """Half a page must never be taken for a day."""
    with landing.begin("acme", a_stream(), "1", extracted_at=NOW) as writer:
        writer.append({"id": 1})
        assert landing.slices() == []
    assert landing.slices() == []
    assert files(landing) == set()


def test_unchanged_answers_land_once_and_changes_land_always(landing: Landing, land: Land) -> None:
    """Replaying is harmless; A, then B, then A again are three slices, for the newest must win.

    Also with a stopped clock like the demo's: with the first one's id, the third would count as
    already loaded, and B would stay the newest in the warehouse.
    """
    first, later = [{"id": 1}], NOW + timedelta(hours=1)
    assert land(first) == land(first, at=later)
    land([{"id": 2}])
    land(first)
    assert len({item.slice_id for item in landing.slices()}) == 3
    assert [list(landing.records(item)) for item in landing.slices()] == [
        first,
        [{"id": 2}],
        first,
    ]
    assert len(files(landing)) == 3
    land(first, at=later, account_id="2")
    land(first, at=later, window=DAY)
    assert [item.sequence for item in landing.slices()] == [1, 2, 3, 4, 5]


def test_a_lost_file_is_landed_again(landing: Landing, land: Land) -> None:
    """The newest slice has the same content, but its file is gone: the new answer replaces it."""
    lost = land([{"id": 1}])
    landing.file(lost).unlink()
    with pytest.raises(DamagedSlice, match="missing"):
        landing.verify(lost)
    found = land([{"id": 1}], at=NOW + timedelta(hours=1))
    assert found.sequence == 2
    landing.verify(found)


def test_two_writers_at_once(landing: Landing) -> None:
    """Slices that finish in another order than they began get their own lines and numbers."""
    other = Landing(landing.root)
    first = landing.begin("acme", a_stream(), "1", extracted_at=NOW)
    second = other.begin("acme", a_stream(), "2", extracted_at=NOW)
    first.append({"id": 1})
    second.append({"id": 2})
    assert second.commit().sequence == 1
    assert first.commit().sequence == 2
    assert [item.account_id for item in landing.slices()] == ["2", "1"]
    assert landing.slices() == other.slices() == Landing(landing.root).slices()


def crash(root: Path, where: str) -> None:
    """Land a slice in another process that is killed at a line of the way."""
    code = f"""
        import os, pathlib, signal
        from datetime import UTC, datetime
        from orchestration.extract import landing, manifest, writer
        from orchestration.foundation import durable
        from tests.kit.extract.acme import a_stream
        die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
        {where}
        land = landing.Landing(pathlib.Path({str(root)!r}))
        with land.begin("acme", a_stream(), "1", extracted_at=datetime.now(UTC)) as w:
            w.append({{"id": "crashed"}})
            w.commit()
    """
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    arguments = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(arguments, env=environment, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    "where",
    [
        "writer.SliceWriter.commit = die",
        "landing.Landing._publish = die",
        "durable.sync_directory = die",
        "manifest.Manifest.append = die",
    ],
)
def test_what_a_crash_leaves_is_invisible_and_cleaned(
    landing: Landing, land: Land, where: str
) -> None:
    """Killed anywhere before its manifest line, a slice never was; what was there stays."""
    before = land([{"id": 1}])
    crash(landing.root, where)
    assert len(files(landing)) == 2
    assert landing.slices() == Landing(landing.root).slices() == [before]
    removed = landing.clean()
    assert len(removed) == 1
    assert files(landing) == {landing.file(before).name}
    assert landing.clean() == []
    assert land([{"id": 2}], at=NOW + timedelta(hours=1)).sequence == 2


def test_cleaning_leaves_a_slice_that_is_being_written(landing: Landing) -> None:
    """The janitor of one run must not take another run's unfinished file."""
    with landing.begin("acme", a_stream(), "1", extracted_at=NOW) as writer:
        writer.append({"id": 1})
        assert landing.clean() == []
        item = writer.commit()
    landing.verify(item)


def test_what_another_process_of_the_same_number_left_is_removed(landing: Landing) -> None:
    """Numbers come again after a restart: people stayed in such a file while one of them ran."""
    landing.root.mkdir(exist_ok=True)
    left = landing.root / f".unfinished-{os.getpid()}-left.ndjson.zst"
    left.write_bytes(b"somebody")
    assert landing.clean() == []
    os.utime(left, (0, 0))
    assert landing.clean() == [left]


def test_a_crash_between_the_line_and_the_head(landing: Landing, land: Land) -> None:
    """The head may be behind, or empty after a power loss: the slices are whole and stay."""
    land([{"id": 1}])
    head = (landing.root / "manifest.head").read_bytes()
    land([{"id": 2}])
    for left in (head, b""):
        (landing.root / "manifest.head").write_bytes(left)
        assert len(Landing(landing.root).slices()) == 2


Whole = tuple[Landing, dict[Path, bytes]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A landing folder with five slices, and its bytes."""
    landing = Landing(tmp_path_factory.mktemp("landing"))
    for number in range(5):
        with landing.begin("acme", a_stream(), "1", extracted_at=NOW) as writer:
            writer.append({"id": number})
            writer.commit()
    paths = [path for path in landing.root.rglob("*") if path.is_file()]
    return landing, {path: path.read_bytes() for path in paths}


def restored(whole: Whole) -> tuple[Landing, Path]:
    """The folder as it was, and its manifest."""
    landing, contents = whole
    for path, content in contents.items():
        path.write_bytes(content)
    return Landing(landing.root), landing.root / "manifest.jsonl"


@settings(deadline=None)
@given(data=st.data())
def test_an_edited_manifest_is_found(whole: Whole, data: Any) -> None:
    """A byte changed anywhere, the last line included, is noticed before anything is read."""
    landing, path = restored(whole)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(DamagedManifest):
        landing.slices()


@settings(deadline=None)
@given(data=st.data())
def test_a_removed_repeated_or_moved_line_is_found(whole: Whole, data: Any) -> None:
    """Also when it is the last one: a slice that is gone from the list is data that is lost."""
    landing, path = restored(whole)
    lines = path.read_bytes().splitlines(keepends=True)
    number = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["remove", "repeat", "move", "all"])):
        case "remove":
            del lines[number]
        case "repeat":
            lines.insert(number, lines[number])
        case "move":
            lines[number], lines[number - 1] = lines[number - 1], lines[number]
        case "all":
            lines = []
    path.write_bytes(b"".join(lines))
    with pytest.raises(DamagedManifest):
        landing.slices()


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_a_torn_last_line_never_was(whole: Whole, data: Any) -> None:
    """A crash while appending leaves a part of a line; the next append cuts it off."""
    landing, path = restored(whole)
    line = orjson.dumps({"previous": "0" * 64, "sequence": 6, "path": "long" * 500})
    torn = line[: data.draw(st.integers(1, len(line)))]
    path.write_bytes(path.read_bytes() + torn)
    assert [item.sequence for item in landing.slices()] == [1, 2, 3, 4, 5]
    with landing.begin("acme", a_stream(), "1", extracted_at=NOW) as writer:
        writer.append({"id": "next"})
        assert writer.commit().sequence == 6
    assert path.read_bytes().endswith(b"}\n")
    assert [item.sequence for item in Landing(landing.root).slices()] == [1, 2, 3, 4, 5, 6]


@settings(deadline=None)
@given(data=st.data())
def test_a_flipped_byte_in_a_slice_is_found(whole: Whole, data: Any) -> None:
    """Disks rot; the error names the file, what was expected and what was found."""
    landing, _ = restored(whole)
    item = data.draw(st.sampled_from(landing.slices()))
    path = landing.file(item)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(DamagedSlice) as caught:
        landing.verify(item)
    assert item.sha256 in str(caught.value)
    assert str(path) in str(caught.value)


def test_damage_is_noticed_by_a_landing_that_read_before(landing: Landing, land: Land) -> None:
    """What was verified once is not trusted for ever: the file is read again when it changes."""
    land([{"id": 1}])
    land([{"id": 2}])
    path = landing.root / "manifest.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"row_count":1', b'"row_count":9', 1))
    with pytest.raises(DamagedManifest, match="line 2"):
        landing.slices()
    with pytest.raises(DamagedManifest):
        land([{"id": 3}])
    with pytest.raises(DamagedManifest):
        landing.clean()
    assert len(files(landing)) == 2
