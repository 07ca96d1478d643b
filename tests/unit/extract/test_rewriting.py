"""A rewritten slice is proven by the manifest like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from orchestration.extract.landing import DamagedSlice, Landing, Slice
from orchestration.extract.manifest import DamagedManifest
from orchestration.extract.rewriting import rewrite
from orchestration.privacy.holding import Held
from orchestration.privacy.people import ADDRESS, Identifier
from tests.kit.extract.acme import NOW, a_stream

Land = Callable[..., Slice]
WHY = {"reason": "asked", "at": "2026-03-01", "requests": ["r1"]}
KEY = b"0123456789abcdef0123456789abcdef"


def without_two(record: dict[str, Any]) -> dict[str, Any]:
    """The record, or what is left of number 2."""
    return {"id": 0} if record["id"] == 2 else record


def test_a_tombstone_says_what_changed(landing: Landing, land: Land) -> None:
    """An auditor sees old and new hash, and that no other slice was touched."""
    first, other = land([{"id": 1}, {"id": 2}]), land([{"id": 3}])
    assert [rewrite(landing, item, without_two, WHY) for item in (first, other)] == [1, 0]
    again = Landing(landing.root)
    changed, same = again.slices()
    assert same == other
    assert (changed.slice_id, changed.sequence) == (first.slice_id, first.sequence)
    assert [list(again.records(item)) for item in again.slices()] == [
        [{"id": 1}, {"id": 0}],
        [{"id": 3}],
    ]
    for item in again.slices():
        again.verify(item)
    assert not landing.file(first).exists()
    (tombstone,) = again.tombstones()
    assert tombstone["old_sha256"] == first.sha256
    assert tombstone["sha256"] == changed.sha256
    assert (tombstone["rewritten"], tombstone["records"]) == (first.slice_id, 1)
    assert (tombstone["reason"], tombstone["requests"]) == ("asked", ["r1"])
    assert again.clean() == []


def test_slices_after_a_tombstone(landing: Landing, land: Land) -> None:
    """The numbers of later slices go on; a second rewrite continues the first."""
    first = land([{"id": 1}, {"id": 2}])
    rewrite(landing, first, without_two, WHY)
    later = land([{"id": 4}])
    rewrite(landing, landing.slices()[0], lambda record: {"id": 9}, WHY)
    assert [item.slice_id for item in landing.slices()] == [first.slice_id, later.slice_id]
    assert landing.newest("acme", "things", "1") == later
    assert len({item.sequence for item in Landing(landing.root).slices()}) == 2
    assert list(landing.records(landing.slices()[0])) == [{"id": 9}, {"id": 9}]


def test_a_damaged_slice_is_not_rewritten(landing: Landing, land: Land) -> None:
    """A new hash would hide that the old file was not what was landed."""
    item = land([{"id": 2}])
    landing.file(item).write_bytes(b"else")
    with pytest.raises(DamagedSlice):
        rewrite(landing, item, without_two, WHY)


def test_a_removed_tombstone_is_found(landing: Landing, land: Land) -> None:
    """The chain covers tombstones: nobody can undo one by editing the manifest."""
    item = land([{"id": 2}])
    rewrite(landing, item, without_two, WHY)
    land([{"id": 3}])
    path = landing.root / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    assert b"rewritten" in lines[1]
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(DamagedManifest):
        Landing(landing.root).slices()


def test_an_unchanged_answer_after_a_rewrite_is_not_landed_again(
    landing: Landing, land: Land
) -> None:
    """The vendor still has the person: reading them again must change nothing here."""
    records = [{"id": 1, "note": "to a@x.example"}, {"id": 2}]
    item = land(records)
    found = {Identifier(ADDRESS, "a@x.example")}
    held = Held(KEY, Held(KEY, ()).hashes(found))
    assert rewrite(landing, item, held.change("acme", a_stream()), WHY) == 1
    guarded = Landing(landing.root, held)
    with guarded.begin("acme", a_stream(), "1", extracted_at=NOW) as writer:
        for record in records:
            writer.append(record)
        writer.commit()
    assert len(guarded.slices()) == 1
    assert b"a@x.example" not in orjson.dumps(list(guarded.records(guarded.slices()[0])))
