"""The Great Expectations suites as data: what must hold at the boundary and in the marts.

Belongs here: which expectations there are, their thresholds and severities. Does not belong here:
measuring (``profiles.py``), running them (``validation.py``). Nothing here imports Great
Expectations, so that the gate knows what must have run without paying for the import.

Great Expectations guards batches and aggregates; everything relational (keys, references, sums
between tables) belongs to dbt's tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.configuration.model import Quality
from orchestration.connectors.field import Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Stream
from orchestration.quality.checks import Expected, Severity
from orchestration.warehouse.schema import raw_columns

MAX_SCALE = 100.0
"""Figures of a report that are typically a hundred times larger or smaller than in the slice before
mean a different unit (micros read as units differ by a million), not a different season.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One expectation of a suite.

    Attributes:
        name: Unique in its suite; the check is ``<suite>.<name>``.
        type: Great Expectations' name of the expectation.
        arguments: Its arguments.
        severity: Whether a failure stops publishing.
        expected: What must hold, in words.
    """

    name: str
    type: str
    arguments: Mapping[str, Any]
    severity: Severity
    expected: str

    @property
    def column(self) -> str:
        """The measure that is judged."""
        return str(self.arguments["column"])


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations about one stream's newest slices, or about one aggregate of a mart.

    Attributes:
        name: Prefix of the names of its rules.
        asset: What it guards: ``<connector>.<stream>`` or ``<schema>.<relation>``.
        rules: The expectations. All of them judge rows of measures, so that suites with the same
            rules can be validated together.
    """

    name: str
    asset: str
    rules: tuple[Rule, ...]

    def expected(self) -> list[Expected]:
        """Its checks, before they run."""
        return [
            Expected(f"{self.name}.{rule.name}", "gx", self.asset, rule.severity, rule.expected)
            for rule in self.rules
        ]


def _between(
    name: str,
    column: str,
    expected: str,
    severity: Severity = "error",
    *,
    low: float | None = 0,
    high: float | None = 0,
) -> Rule:
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Rule(name, "expect_column_values_to_be_between", arguments, severity, expected)


def boundary_suite(connector: str, stream: Stream, quality: Quality) -> Suite:
    """What must hold for the newest slice of each account of a stream (``stream_profile``)."""
    columns = [name for name, _ in raw_columns(stream)]
    rules = [
        _between("columns_present", "missing_columns", f"none missing of {', '.join(columns)}"),
        _volume(quality),
        _between(
            "fields_filled",
            "emptied_fields",
            "no field mostly empty that was nearly always filled in the slice before",
            "warn",
        ),
    ]
    if required := required_key(stream):
        rules.append(
            _between("key_never_null", "null_keys", f"no row without {', '.join(required)}")
        )
    if stream.natural_key:
        # A duplicate in a report is summed twice. Elsewhere staging keeps one row per key.
        rules.append(
            _between(
                "key_unique",
                "duplicate_keys",
                f"no two rows of one slice with the same {', '.join(row_key(connector, stream))}",
                "error" if stream.kind is Kind.REPORT else "warn",
            )
        )
    if any(field.type is Type.DOUBLE for field in stream.fields):
        rules.append(_between("finite", "not_finite", "no NaN and no infinity"))
    if figures(stream):
        rules.append(
            _between(
                "scale",
                "scale",
                f"typical figures within {MAX_SCALE:g} times those of the slice before",
                low=None,
                high=MAX_SCALE,
            )
        )
    name = f"{connector}.{stream.name}"
    return Suite(name, name, tuple(rules))


def _volume(quality: Quality) -> Rule:
    low, high = max(0.0, 1 - quality.volume_change), 1 + quality.volume_change
    expected = f"rows per day {low:g} to {high:g} times the median of earlier slices"
    return _between("volume", "volume", expected, "warn", low=low, high=high)


def required_key(stream: Stream) -> list[str]:
    """The columns of the natural key that a row must have."""
    return [
        field.column
        for field in stream.fields
        if field.name in stream.natural_key and field.required
    ]


def row_key(connector: str, stream: Stream) -> list[str]:
    """The columns that tell rows of a slice apart.

    People's own exports often name campaigns and have no ids; a vendor's have ids, under which a
    name may change.
    """
    named = {f"{name.removesuffix('_id')}_name" for name in stream.natural_key}
    if connector != INBOX.name:
        named = set()
    return [
        field.column
        for field in stream.fields
        if field.name in stream.natural_key or field.name in named
    ]


def figures(stream: Stream) -> list[str]:
    """The columns of a report that count or cost something."""
    numbers = (Type.DECIMAL, Type.DOUBLE, Type.INTEGER)
    if stream.kind is not Kind.REPORT:
        return []
    return [field.column for field in stream.fields if field.type in numbers]


MONTHLY_MARTS = ("lead_source_performance", "lead_channel_performance")


def mart_suites(quality: Quality) -> Sequence[Suite]:
    """What must hold for the aggregates of the marts before they are published."""
    monthly = (
        Rule(
            "months_present",
            "expect_column_values_to_not_be_null",
            {"column": "month"},
            "error",
            "months, since there are leads",
        ),
        _between("months_continuous", "rows", "rows in every month", "warn", low=1, high=None),
        _between("counts_not_negative", "lowest_count", "no count below zero", high=None),
        _between("finite", "not_finite", "no NaN and no infinity in money and ratios"),
        _between(
            "unknown_share",
            "unknown_share",
            f"at most {quality.max_unknown_share:.0%} of the leads unknown",
            "warn",
            high=quality.max_unknown_share,
        ),
    )
    per_model = (
        _between(
            "conversions_equal",
            "conversions_difference",
            "every model distributes all conversions",
        ),
        _between("value_equal", "value_difference", "every model distributes the whole value"),
    )
    return (
        *(Suite(name, f"marts.{name}", monthly) for name in MONTHLY_MARTS),
        Suite(
            "fct_attribution_credits",
            "core.fct_attribution_credits",
            per_model,
        ),
        Suite(
            "attribution_performance",
            "marts.attribution_performance",
            (
                *per_model,
                _between("finite", "not_finite", "no NaN and no infinity in money"),
            ),
        ),
    )
