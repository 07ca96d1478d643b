"""Generates the statements that turn one landed slice into typed rows and quarantined records.

Belongs here: combining the parts. Does not belong here: reading a field (``fields.py``), taking a
record apart (``records.py``), transactions and the ledger (``slices.py``).

A record is loaded when every test holds, and quarantined when one fails: both statements are built
from the same tests, so no record can be in both or in neither. Identifiers and paths come from
declarations; data reaches SQL only through bound parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.connectors.stream import Stream
from orchestration.foundation.sql import literal, quoted
from orchestration.loading.conditions import Test, all_sound
from orchestration.loading.fields import has_text, reading
from orchestration.loading.records import RecordSql
from orchestration.warehouse.schema import REPAIRED, table_name


@dataclass(frozen=True, slots=True)
class Statements:
    """The SQL of one stream, with named parameters.

    Attributes:
        insert: Loads the valid records.
        quarantine: Quarantines all others, with reason and detail.
        repaired: Counts the repaired cells of the loaded records; empty if no field can be
            repaired.
        profile: One row: per name in ``profiled``, how many records have it, and in how many the
            value is valid.
        profiled: Fields, and objects that hold fields.
    """

    insert: str
    quarantine: str
    repaired: str
    profile: str
    profiled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    """A test with its name (empty if not of one field), its condition and its results."""

    name: str
    stated: str
    test: Test
    reason: str
    shown: str


def statements(connector: str, stream: Stream) -> Statements:
    """The SQL that loads a stream's slices."""
    record = RecordSql(stream)
    values = [f"x{i}" for i in range(len(stream.fields))]
    readings = [
        reading(field, text, value)
        for field, text, value in zip(stream.fields, record.texts, values, strict=True)
    ]
    checks = [
        _Check(name, record.stated(name), test, "'bad_type'", literal(f"{name}: not an object"))
        for name, test in record.parents()
    ]
    checks += [
        _Check(field.name, f"{text} is not null", item.test, item.reason, item.shown)
        for field, text, item in zip(stream.fields, record.texts, readings, strict=True)
    ]
    if stream.one_of:
        checks.append(_one_of(stream, record))
    whole = _Check(
        "", "", record.is_object(), "'malformed_record'", "'the record is not a JSON object'"
    )
    tests = [record.kept(), *(check.test for check in checks)]
    if not stream.one_of and not any(field.required for field in stream.fields):
        # A record that is not an object already fails every required field.
        tests.append(whole.test)
    casts = ", ".join(
        f"{item.cast} as {value}" for item, value in zip(readings, values, strict=True)
    )
    scan = f"select *, {casts} from ({record.scan()})"
    columns = [column for item in readings for column in item.columns]
    repairs = [item.repaired for item in readings if item.repaired]
    if repairs:
        columns.append((REPAIRED, " + ".join(repairs)))
    table = table_name(connector, stream)
    profiled = [check for check in checks if check.name]
    return Statements(
        insert=_insert(table, columns, all_sound(tests), scan),
        quarantine=_quarantine([whole, *checks], scan, record),
        repaired=_repaired(table) if repairs else "",
        profile=_profile(profiled, scan),
        profiled=tuple(check.name for check in profiled),
    )


def _one_of(stream: Stream, record: RecordSql) -> _Check:
    filled = " or ".join(
        has_text(field, text)
        for field, text in zip(stream.fields, record.texts, strict=True)
        if field.name in stream.one_of
    )
    message = f"none of {', '.join(stream.one_of)} has a value"
    return _Check("", "", Test(f"({filled})"), "'missing_key'", literal(message))


def _insert(table: str, columns: list[tuple[str, str]], sound: str, scan: str) -> str:
    names = ", ".join(quoted(name) for name, _ in columns)
    typed = ",\n            ".join(f"{value} as {quoted(name)}" for name, value in columns)
    # The window is above the casts and below the filter. So rows are numbered before any is left
    # out, and the optimizer cannot push the filter down, where it would evaluate every cast again
    # for each use (five times the cost, measured).
    return f"""
    insert into raw.{quoted(table)}
        ({names}, _slice_id, _row_number, _extracted_at, _account_id, _sequence)
    select {names}, $slice_id, _row_number, $extracted_at, $account_id, $sequence
    from (
        select *, row_number() over () as _row_number
        from (
            select
            {typed},
            {sound} as _sound
            from ({scan})
        )
    )
    where _sound"""


def _quarantine(checks: list[_Check], scan: str, record: RecordSql) -> str:
    reasons = ",\n            ".join(
        f"case when {check.test.sound} then null else coalesce({check.reason}, 'bad_type') end"
        f" as _reason_{i}"
        for i, check in enumerate(checks)
    )
    shown = ", ".join(
        f"case when _reason_{i} is not null then {check.shown} || ' (' || _reason_{i} || ')' end"
        for i, check in enumerate(checks)
    )
    first = ", ".join(f"_reason_{i}" for i in range(len(checks)))
    refusal, refused_detail, line = record.refusal()
    return f"""
    insert into ops.quarantine
    select
        $slice_id, $connector, $stream, $account_id, _row_number, {record.masked()},
        case when _kept then coalesce({first}) else coalesce({refusal}, 'malformed_record') end,
        concat_ws(': ', 'line ' || {line},
            case when _kept then concat_ws('; ', {shown}) else {refused_detail} end)
    from (
        select *, row_number() over () as _row_number
        from (
            select *, {record.kept().sound} as _kept,
            {reasons}
            from ({scan})
        )
    )
    where not _kept or coalesce({first}) is not null"""


def _repaired(table: str) -> str:
    # The column is one value for thousands of rows, so this costs next to nothing.
    return f"""
    select coalesce(sum({REPAIRED}), 0)
    from raw.{quoted(table)}
    where _slice_id = $slice_id"""


def _profile(checks: list[_Check], scan: str) -> str:
    counts = ", ".join(
        f"count(*) filter ({check.stated}), count(*) filter ({check.stated} and {check.test.sound})"
        for check in checks
    )
    return f"select {counts} from ({scan})"
