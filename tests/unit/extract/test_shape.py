"""Unknown and missing fields: new ones are reported, removed ones break the contract by name."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.connectors.field import Field
from orchestration.extract.shape import Shape

FIELDS = (
    Field("id"),
    Field("cost", "metrics.cost"),
    Field("clicks", "metrics.clicks", omitted_when_empty=True),
    Field("ad", "group.ad.id"),
)


def shape(*records: dict[str, Any], ignored: tuple[str, ...] = ()) -> Shape:
    """What was observed."""
    found = Shape(FIELDS, ignored)
    for record in records:
        found.observe(record)
    return found


FULL = {"id": 1, "metrics": {"cost": 1}, "group": {"ad": {"id": 1}}}


@pytest.mark.parametrize(
    ("record", "ignored", "unknown"),
    [
        (FULL, (), ()),
        ({**FULL, "new": {"deep": 1}}, (), ("new",)),
        ({**FULL, "metrics": {"cost": 1, "new": 1}}, (), ("metrics.new",)),
        ({**FULL, "group": {"ad": {"id": 1, "new": 1}, "n": 1}}, (), ("group.ad.new", "group.n")),
        ({**FULL, "new": 1, "metrics": {"x": 1}}, ("new", "metrics"), ()),
        ({**FULL, "group": {"n": 1, "ad": {"x": 1}}}, ("group",), ()),
        ({**FULL, "group": {"n": 1, "m": 1}}, ("group.n",), ("group.m",)),
        ({**FULL, "other": {"n": 1, "m": 1}}, ("other.n",), ("other.m",)),
        ({**FULL, "_line": 3}, (), ()),
        ({"_reject": {"reason_code": "ragged"}, "odd": 1}, (), ()),
    ],
)
def test_unknown(record: dict[str, Any], ignored: tuple[str, ...], unknown: tuple[str]) -> None:
    """Below an object of which a path is declared, its other keys are named one by one."""
    assert shape(record, ignored=ignored).unknown_fields == unknown


@pytest.mark.parametrize(
    ("records", "missing"),
    [
        ([], ()),
        ([FULL], ()),
        ([{"id": 1}], ("group.ad.id", "metrics.cost")),
        ([{"id": 1}, FULL], ()),
        ([{"id": None, "metrics": {"cost": None}, "group": None}], ()),
        ([{"metrics": {"clicks": 1}, "group": {"ad": {}}}], ("group.ad.id", "id", "metrics.cost")),
        ([{"_reject": {"reason_code": "ragged"}}], ()),
    ],
)
def test_missing(records: list[dict[str, Any]], missing: tuple[str, ...]) -> None:
    """A key that no record has is gone at the vendor; null, or an omitted default, is not gone."""
    assert shape(*records).missing_fields == missing
