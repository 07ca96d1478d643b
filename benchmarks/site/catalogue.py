"""Pages of the models: what each is, its columns, and which columns these derive from.

Belongs here: Markdown of one model, and lists of all. Does not belong here: reading the lineage
(``orchestration/defs/transform/origins.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration.defs.transform.origins import ModelOrigins, relation_of
from orchestration.transform.lineage import KeptOrigins, Origins

LAYERS = ("marts", "core", "meta", "intermediate", "staging")
"""Schemas, those that are published first."""

_MARKUP = re.compile(r"([\\*_\[\]<>|])")
_CODE = re.compile(r"(`[^`]*`)")

Node = Mapping[str, Any]


def pages(manifest: Mapping[str, Any], compiled: Path, kept: Path) -> Iterator[tuple[str, str]]:
    """Every page of the catalogue: its path and its text.

    Args:
        manifest: dbt's manifest.
        compiled: The folder of the compiled project.
        kept: Where origins that an earlier call read are kept.
    """
    read = KeptOrigins(kept)
    origins = ModelOrigins(manifest, compiled, read)
    models = {
        relation_of(node): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    of = {relation: origins.of(node["unique_id"]) for relation, node in models.items()}
    read.keep()
    readers: dict[str, list[str]] = {}
    for relation, node in models.items():
        for parent in origins.parents(node).values():
            readers.setdefault(relation_of(parent), []).append(relation)
    for relation, node in models.items():
        yield f"{relation}.md", _page(relation, node, of, sorted(readers.get(relation, ())))
    yield "index.md", _index(models)


def _page(relation: str, node: Node, of: Mapping[str, Origins], readers: list[str]) -> str:
    columns: Mapping[str, Any] = node["columns"]
    names = list(of[relation]) or list(columns)
    lines = [
        f"# {relation}",
        "",
        _text(node["description"]),
        "",
        "| column | type | meaning | derives from |",
        "|---|---|---|---|",
    ]
    for name in names:
        column = columns.get(name, {})
        sources = sorted(of[relation].get(name, ()))
        derived = ", ".join(_link(other, column_of, of) for other, column_of in sources)
        cells = (f"`{name}`", column.get("data_type") or "", _text(column.get("description", "")))
        lines.append(f"| {' | '.join([*cells, derived])} |")
    if readers:
        lines += ["", f"Read by {', '.join(_link(each, '', of) for each in readers)}."]
    return "\n".join([*lines, "", f"Its SQL is in `{node['original_file_path']}`.", ""])


def _link(relation: str, column: str, of: Mapping[str, Origins]) -> str:
    """A column of a relation, or a relation; sources and seeds have no page."""
    said = f"`{relation}.{column}`" if column else f"`{relation}`"
    return f"[{said}]({relation}.md)" if relation in of else said


def _index(models: Mapping[str, Node]) -> str:
    lines = [
        "# Every model",
        "",
        "What is published is in `marts`, `core` and `meta`; the other schemas are steps on the "
        "way, in the private warehouse. A page lists a model's columns and which columns each "
        "derives from. [dbt's own catalogue](../dbt.html) has the graph of models and their SQL.",
    ]
    for layer in LAYERS:
        found = sorted(name for name, node in models.items() if node["schema"] == layer)
        lines += ["", f"## {layer}", "", "| model | what it is |", "|---|---|"]
        lines += [
            f"| [`{each}`]({each}.md) | {_text(models[each]['description'])} |" for each in found
        ]
    return "\n".join([*lines, ""])


def _text(description: str) -> str:
    """A description on one line, in which only code is markup."""
    parts = _CODE.split(" ".join(description.split()))
    return "".join(
        part if part.startswith("`") else _MARKUP.sub(r"\\\1", part) for part in parts
    ).replace("|", "\\|")
