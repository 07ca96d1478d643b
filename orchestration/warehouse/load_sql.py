"""Generates the statements that turn one landed slice into typed rows and quarantined records.

Belongs here: putting the parts together. Does not belong here: reading a field (``field_sql``),
taking a record apart (``record_sql``), transactions and the ledger (``loading``).

A record is loaded when every test holds, and quarantined when one fails: both statements are made
of the same tests, so no record can be in both or in neither. Identifiers and paths come from
declarations; data reaches SQL only through bound parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.connectors.stream import Stream
from orchestration.warehouse.field_sql import has_text, literal, reading
from orchestration.warehouse.record_sql import RecordSql
from orchestration.warehouse.schema import quoted, table_name


@dataclass(frozen=True, slots=True)
class Statements:
    """The SQL of one stream, with named parameters.

    Attributes:
        insert: Loads the sound records.
        quarantine: Quarantines all others, with reason and detail.
        profile: One row: per name in ``profiled``, how many records state it, and in how many the
            value is sound.
        profiled: Fields, and objects that hold fields.
    """

    insert: str
    quarantine: str
    profile: str
    profiled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Test:
    name: str
    stated: str
    sound: str
    reason: str
    shown: str
    whole: bool = False
    """Whether this is the test that the record is an object."""


def statements(connector: str, stream: Stream) -> Statements:
    """The SQL that loads a stream's slices."""
    record = RecordSql(stream)
    values = [f"x{i}" for i in range(len(stream.fields))]
    readings = [
        reading(field, text, value)
        for field, text, value in zip(stream.fields, record.texts, values, strict=True)
    ]
    tests = [
        _Test(name, record.stated(name) if name else "", sound, reason, shown, whole=not name)
        for name, sound, reason, shown in record.shape_tests()
    ]
    tests += [
        _Test(field.name, f"{text} is not null", item.sound, item.reason, item.shown)
        for field, text, item in zip(stream.fields, record.texts, readings, strict=True)
    ]
    if stream.one_of:
        tests.append(_one_of(stream, record))
    columns = [column for item in readings for column in item.columns]
    casts = ", ".join(
        f"{item.cast} as {value}" for item, value in zip(readings, values, strict=True)
    )
    scan = f"select *, {casts} from ({record.scan()})"
    profiled = [test for test in tests if test.name]
    required = bool(stream.one_of) or any(field.required for field in stream.fields)
    return Statements(
        insert=_insert(
            table_name(connector, stream), columns, tests, scan, record.kept(), required
        ),
        quarantine=_quarantine(tests, scan, record),
        profile=_profile(profiled, scan),
        profiled=tuple(test.name for test in profiled),
    )


def _one_of(stream: Stream, record: RecordSql) -> _Test:
    tests = [
        has_text(field, text)
        for field, text in zip(stream.fields, record.texts, strict=True)
        if field.name in stream.one_of
    ]
    filled = " or ".join(tests)
    message = f"none of {', '.join(stream.one_of)} has a value"
    return _Test("", "", f"({filled})", "'missing_key'", literal(message))


def _insert(
    table: str,
    columns: list[tuple[str, str]],
    tests: list[_Test],
    scan: str,
    kept: str,
    required: bool,
) -> str:
    names = ", ".join(quoted(name) for name, _ in columns)
    typed = ",\n            ".join(f"{value} as {quoted(name)}" for name, value in columns)
    # What is no object has no values: where one is required, that test says the same for less.
    needed = [test for test in tests if not (test.whole and required)]
    sound = "\n            and ".join([kept, *(test.sound for test in needed)])
    # The window stands above the casts and below the filter: so rows are numbered before any is
    # left out, and the optimizer cannot push the filter down and evaluate every cast twice.
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


def _quarantine(tests: list[_Test], scan: str, record: RecordSql) -> str:
    reasons = ",\n            ".join(
        f"case when {test.sound} then null else coalesce({test.reason}, 'bad_type') end"
        f" as _reason_{i}"
        for i, test in enumerate(tests)
    )
    shown = ", ".join(
        f"case when _reason_{i} is not null then {test.shown} || ' (' || _reason_{i} || ')' end"
        for i, test in enumerate(tests)
    )
    first = ", ".join(f"_reason_{i}" for i in range(len(tests)))
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
            select *, coalesce({record.kept()}, true) as _kept,
            {reasons}
            from ({scan})
        )
    )
    where not _kept or coalesce({first}) is not null"""


def _profile(tests: list[_Test], scan: str) -> str:
    counts = ", ".join(
        f"count(*) filter ({test.stated}), count(*) filter ({test.stated} and {test.sound})"
        for test in tests
    )
    return f"select {counts} from ({scan})"
