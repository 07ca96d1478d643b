"""Published data is documented: every model and column describes its content.

Belongs here: what dbt's manifest says of models and their columns. Does not belong here: whether
the words reach the published file (``tests/integration/test_published_comments.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

PUBLISHED = ("core", "marts", "meta")
GRAIN = re.compile(r"(?:^|[.!?]\s)One row(?: per [^.!?]+)?\.$")
MEASURES = ("decimal", "double", "bigint")
CALENDAR = "dim_dates"
"""Its days are no moment and in no time zone."""

Model = Mapping[str, Any]


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[Model]:
    """Every model that becomes a relation; an ephemeral one is a part of those that read it."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    ]


@pytest.fixture(scope="module")
def published(models: list[Model]) -> list[Model]:
    """The models that readers get."""
    found = [node for node in models if node["schema"] in PUBLISHED]
    assert len(found) >= 30
    return found


def _columns(models: Iterable[Model]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for node in models:
        for name, column in node["columns"].items():
            yield node["name"], name, column


def undescribed(models: Iterable[Model]) -> list[str]:
    """Columns without a description."""
    return [
        f"{model}.{name}"
        for model, name, column in _columns(models)
        if not column["description"].strip()
    ]


def written_twice(models: Iterable[Model]) -> dict[str, list[str]]:
    """Descriptions that several columns have and one of them does not take from a doc block."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for model, name, column in _columns(models):
        text = " ".join(column["description"].split())
        found[text].append((f"{model}.{name}", bool(column["doc_blocks"])))
    return {
        text: [column for column, _ in places]
        for text, places in found.items()
        if text and len(places) > 1 and not all(block for _, block in places)
    }


def without_grain(models: Iterable[Model]) -> list[str]:
    """Models whose description does not end by saying what a row is."""
    return [
        str(node["name"])
        for node in models
        if not GRAIN.search(" ".join(node["description"].split()))
    ]


def unsaid(models: Iterable[Model]) -> list[str]:
    """Columns whose description leaves out what their type asks for.

    A measure's description says whether it adds up, a time's that it is UTC, a day's the zone.
    """
    found = []
    for model, name, column in _columns(models):
        text, kind = column["description"], str(column["data_type"]).lower()
        if kind.startswith(MEASURES) and "dditive" not in text:
            found.append(f"{model}.{name}: whether it is additive")
        if kind.startswith("timestamp") and "UTC" not in text:
            found.append(f"{model}.{name}: UTC")
        days = kind == "date" and model != CALENDAR
        if days and "zone" not in text and "as the file states it" not in text:
            found.append(f"{model}.{name}: the day's time zone")
    return found


def without_day(models: Iterable[Model]) -> list[str]:
    """Moments of facts and marts that have no reporting day beside them.

    A credit repeats the moments of the touch and of the conversion that its keys name, in millions
    of rows; these two have the days.
    """
    return [
        f"{model['name']}.{name}"
        for model in models
        if model["name"].startswith("fct_") or model["schema"] == "marts"
        if not model["name"].startswith("fct_attribution_")
        for name, column in model["columns"].items()
        if name.endswith("_at") and column["data_type"] == "timestamp"
        if model["columns"].get(f"{name.removesuffix('at')}on", {}).get("data_type") != "date"
    ]


def test_every_published_column_has_a_description(published: list[Model]) -> None:
    """205 of 427 had none, and BI tools showed their users a bare name."""
    assert undescribed(published) == []


def test_a_description_that_several_columns_have_is_a_doc_block(published: list[Model]) -> None:
    """Of two copies one is corrected and the other is believed."""
    assert written_twice(published) == {}


def test_every_doc_block_is_used_more_than_once(
    manifest: dict[str, Any], published: list[Model]
) -> None:
    """A block for one column hides its words in another file; one for none is dead."""
    used: dict[str, int] = defaultdict(int)
    for _, _, column in _columns(published):
        for block in column["doc_blocks"]:
            used[block] += 1
    own = {block for block in manifest["docs"] if block.startswith("doc.tributary.")}
    assert own == {block for block, places in used.items() if places > 1}


def test_every_model_says_at_its_end_what_a_row_is(models: list[Model]) -> None:
    """Who does not know the grain counts twice."""
    assert without_grain(models) == []


def test_measures_moments_and_days_say_how_to_read_them(published: list[Model]) -> None:
    """An average of ratios, a sum over models and a day in the wrong zone all look plausible."""
    assert unsaid(published) == []


def test_every_moment_has_its_reporting_day_beside_it(published: list[Model]) -> None:
    """December had 527 leads by UTC and 525 in the mart: whoever counts by days needs the day."""
    assert without_day(published) == []


def _model(name: str, description: str, **columns: tuple[str, str, list[str]]) -> Model:
    return {
        "name": name,
        "schema": "marts",
        "description": description,
        "columns": {
            column: {"description": text, "data_type": kind, "doc_blocks": blocks}
            for column, (text, kind, blocks) in columns.items()
        },
    }


def test_what_is_missing_is_named() -> None:
    """Each rule fails on a planted violation, and on nothing else."""
    good = _model(
        "good",
        "Leads. One row per lead.",
        lead_key=("Key of the lead.", "varchar", ["doc.lead_key"]),
        revenue=("In the reporting currency. Additive.", "decimal(18, 6)", []),
        created_at=("When it was created, UTC.", "timestamp", []),
        created_on=("Its day in the reporting time zone.", "date", []),
    )
    bad = _model(
        "bad",
        "One row per lead. Or so.",
        lead_key=("Key of\nthe lead.", "varchar", []),
        blank=(" \n", "varchar", []),
        revenue=("Money.", "decimal(18, 6)", []),
        created_at=("When it was created.", "timestamp", []),
        day=("Its day.", "date", []),
    )
    assert undescribed([good, bad]) == ["bad.blank"]
    assert written_twice([good, bad]) == {"Key of the lead.": ["good.lead_key", "bad.lead_key"]}
    assert written_twice([good, good]) != {}, "text without a block, in two models"
    assert without_grain([good, bad]) == ["bad"]
    assert without_grain([_model("total", "Numbers. One row."), _model("none", "")]) == ["none"]
    assert without_day([good, bad]) == ["bad.created_at"]
    assert unsaid([good, bad]) == [
        "bad.revenue: whether it is additive",
        "bad.created_at: UTC",
        "bad.day: the day's time zone",
    ]
