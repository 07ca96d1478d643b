"""Slices that are refused or set aside: the remedy that the error prints works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.connectors.field import Field, Type
from orchestration.connectors.stream import Kind
from orchestration.extract.aside import NoSuchSlice, set_aside, slices_aside, take_back
from orchestration.loading.slices import ContractBroken
from tests.kit.loader import NOW, Loader, stream

CHANGES = stream(
    Field("id", required=True), Field("amount", type=Type.DECIMAL), kind=Kind.ENTITY_CHANGES
)
BAD = [{"id": str(number), "amount": "x"} for number in range(20)]


def test_a_refused_slice_is_set_aside_as_its_error_says(tmp_path: Path) -> None:
    """A slice of changes is covered by no later one, and stopped every run for ever."""
    loader = Loader(tmp_path, CHANGES)
    loader.land(BAD)
    loader.land([{"id": "a", "amount": "1"}])
    with pytest.raises(ContractBroken) as caught:
        loader.load()
    refused = loader.con.execute("select slice_id, message from ops.refused_slices").fetchall()
    named = re.search(r"--set-aside (\w+) --reason TEXT", caught.value.remedy)
    assert named
    assert [(named[1], caught.value.what)] == refused
    set_aside(loader.landing, named[1], "a test account", NOW)
    loader.load()
    assert loader.rows("id") == [("a",)]
    assert loader.con.execute("from ops.refused_slices").fetchall() == []
    assert slices_aside(loader.landing)[named[1]]["reason"] == "a test account"
    take_back(loader.landing, named[1])
    with pytest.raises(ContractBroken):
        loader.load()


def test_a_loaded_slice_that_is_set_aside_leaves_nothing(tmp_path: Path) -> None:
    """A wrong export is taken out whole, with its quarantine; taken back, it is as before."""
    loader = Loader(tmp_path, CHANGES)
    item = loader.land([{"id": "a", "amount": "1"}, {"id": "b", "amount": "x"}])
    loader.load()
    before = (loader.rows(), loader.quarantine())
    set_aside(loader.landing, item.slice_id, "a wrong export", NOW)
    loader.load()
    assert (loader.rows(), loader.quarantine(), loader.ledger()) == ([], [], [])
    take_back(loader.landing, item.slice_id)
    loader.load()
    assert (loader.rows(), loader.quarantine()) == before


def test_only_slices_that_are_there_are_set_aside(tmp_path: Path) -> None:
    """A typo must not look like success."""
    loader = Loader(tmp_path, CHANGES)
    loader.land([{"id": "a", "amount": "1"}])
    with pytest.raises(NoSuchSlice):
        set_aside(loader.landing, "nobody", "x", NOW)
    with pytest.raises(NoSuchSlice):
        take_back(loader.landing, "nobody")
