"""Which layer reads which: the dbt project's counterpart of the import contracts.

Belongs here: the layers, and the exceptions in ``layer_exceptions.txt`` that may only shrink. Does
not belong here: the models' results.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

Manifest = Mapping[str, Any]

EXCEPTIONS = Path(__file__).with_name("layer_exceptions.txt")
AGREED = Path(__file__).parents[2] / "integration" / "definitions.json"

READABLE: dict[str, frozenset[str]] = {
    "ops": frozenset({"source"}),
    "staging": frozenset({"source", "own bases"}),
    "intermediate": frozenset({"staging", "intermediate"}),
    "core": frozenset({"intermediate", "core"}),
    "attribution": frozenset({"core", "attribution"}),
    "marts": frozenset({"core", "attribution", "own bases"}),
    "meta": frozenset(
        {"source", "staging", "intermediate", "core", "attribution", "marts", "meta"}
    ),
}
"""What a model may read, by the folder that it is in. Seeds and ``ops`` may be read from anywhere.

``own bases`` are the models in the ``bases`` folder beside the reader, or in the reader's own.
"""


def layer(node: Mapping[str, Any]) -> str:
    """The layer of a node: the first folder, with the settings and the ledger (``ops``) apart."""
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    first, second, *_ = Path(node["path"]).parts
    return "ops" if (first, second) == ("staging", "ops") else first


def may_read(reader: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    """Whether a model may read a node.

    Raises:
        KeyError: The reader is in a folder that is not a layer.
    """
    allowed = READABLE[layer(reader)]
    if layer(read) in allowed | {"seed", "ops"}:
        return True
    if layer(read) != layer(reader) or "own bases" not in allowed:
        return False
    here, there = Path(reader["path"]).parent, Path(read["path"]).parent
    return there.name == "bases" and there in (here, here / "bases")


def exceptions(manifest: Manifest) -> set[str]:
    """Every dependency that its reader's layer does not allow."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    return {
        f"{node['name']} reads {nodes[parent]['name']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
        if not may_read(node, nodes[parent])
    }


def disagreements(found: set[str], listed: set[str]) -> list[str]:
    """What must be fixed: new exceptions, and lines of the list that are no longer true."""
    return sorted(f"new: {line}" for line in found - listed) + sorted(
        f"gone, delete the line: {line}" for line in listed - found
    )


def listed_exceptions() -> set[str]:
    """The lines of the list."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def a_manifest(**reads: str) -> dict[str, Any]:
    """Models by path (``__`` between folders) and the path that each reads."""
    paths = {name: name.replace("__", "/") + ".sql" for name in {*reads, *reads.values()}}
    return {
        "sources": {},
        "nodes": {
            name: {
                "name": name.rpartition("__")[2],
                "resource_type": "model",
                "path": path,
                "depends_on": {"nodes": [reads[name]] if name in reads else []},
            }
            for name, path in paths.items()
        },
    }


def test_no_model_reads_what_its_layer_may_not(manifest: Manifest) -> None:
    """A mart on a staging table breaks when a vendor changes, far from where anybody looks."""
    assert disagreements(exceptions(manifest), listed_exceptions()) == []


@pytest.mark.parametrize(
    ("reader", "read", "allowed"),
    [
        ("marts__a", "staging__shop__b", False),
        ("marts__a", "intermediate__leads__b", False),
        ("marts__a", "marts__b", False),
        ("marts__a", "marts__bases__b", True),
        ("core__a", "attribution__b", False),
        ("core__a", "staging__shop__b", False),
        ("attribution__a", "intermediate__leads__b", False),
        ("intermediate__leads__a", "core__b", False),
        ("intermediate__leads__a", "staging__shop__bases__b", True),
        ("staging__shop__a", "staging__shop__b", False),
        ("staging__shop__a", "staging__shop__bases__b", True),
        ("staging__shop__bases__a", "staging__shop__bases__b", True),
        ("staging__shop__a", "staging__other__bases__b", False),
        ("staging__shop__a", "intermediate__leads__b", False),
        ("core__a", "staging__ops__b", True),
        ("meta__a", "staging__shop__b", True),
    ],
)
def test_a_planted_exception_is_named(reader: str, read: str, allowed: bool) -> None:
    """The rule itself: one dependency of every kind, so that the check above can fail."""
    expected = set() if allowed else {"a reads b"}
    assert exceptions(a_manifest(**{reader: read})) == expected


def test_the_list_can_only_shrink() -> None:
    """A line that stays after its exception went would let the exception come back unseen."""
    assert disagreements({"a reads b"}, set()) == ["new: a reads b"]
    assert disagreements(set(), {"a reads b"}) == ["gone, delete the line: a reads b"]
    assert disagreements({"a reads b"}, {"a reads b"}) == []


def test_an_unknown_folder_is_not_a_layer() -> None:
    """A new folder beside the layers would otherwise be free of every rule."""
    with pytest.raises(KeyError):
        exceptions(a_manifest(reports__a="core__b"))


def test_asset_keys_and_groups_follow_the_schema_and_stay(manifest: Manifest) -> None:
    """A model that moves to another folder keeps its key, or Dagster loses its history."""
    agreed = json.loads(AGREED.read_text(encoding="utf-8"))["assets"]
    groups = {
        f"{node['schema']}/{node['name']}": str(node["schema"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }
    assert {
        key: asset["group"] for key, asset in agreed.items() if asset["group"] in groups.values()
    } == groups
