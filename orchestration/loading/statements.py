"""Generates the statements that turn one landed slice into typed rows and quarantined records.

Belongs here: combining the parts. Does not belong here: reading a field (``fields.py``), taking a
record apart (``records.py``), transactions and the ledger (``slices.py``).

A record is loaded when every test holds. When one fails whose value costs only its cell, the record
is loaded without the cell; when another fails, it is quarantined. All statements are built from the
same tests, so no record can be in two of them or in none. Identifiers and paths come from
declarations; data reaches SQL only through bound parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.connectors.field import Field
from orchestration.connectors.stream import Kind, Stream
from orchestration.foundation.sql import literal, quoted
from orchestration.loading.conditions import Test, all_sound
from orchestration.loading.fields import Reading, has_text, reading
from orchestration.loading.records import RecordSql
from orchestration.warehouse.schema import REPAIRED, table_name


@dataclass(frozen=True, slots=True)
class Statements:
    """The SQL of one stream, with named parameters.

    Attributes:
        insert: Loads the records in which every value can be read.
        insert_cleared: Loads those in which some values cost their cells, without these; empty if
            every value costs its record.
        cleared: Counts the cleared cells by column and reason; empty likewise.
        quarantine: Quarantines all others, with reason and detail.
        set_aside: Quarantines the records of the rows in the temporary table ``set_aside``.
        repaired: Counts the repaired cells of the loaded records; empty if no field can be
            repaired.
        profile: One row: per name in ``profiled``, how many records have it, and in how many the
            value is valid.
        profiled: Fields, and objects that hold fields.
        clearing: Fields whose bad values cost their cells.
    """

    insert: str
    insert_cleared: str
    cleared: str
    quarantine: str
    set_aside: str
    repaired: str
    profile: str
    profiled: tuple[str, ...]
    clearing: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Check:
    """A test with its name (empty if not of one field), its condition and its results.

    Attributes:
        clears: The column whose cells it clears; empty if it costs the record.
    """

    name: str
    stated: str
    test: Test
    reason: str
    shown: str
    clears: str = ""


def statements(connector: str, stream: Stream) -> Statements:
    """The SQL that loads a stream's slices."""
    record = RecordSql(stream)
    values = [f"x{i}" for i in range(len(stream.fields))]
    named = {field.name: value for field, value in zip(stream.fields, values, strict=True)}
    readings = [
        reading(field, text, value, named)
        for field, text, value in zip(stream.fields, record.texts, values, strict=True)
    ]
    checks = [
        _Check(name, record.stated(name), test, "'bad_type'", literal(f"{name}: not an object"))
        for name, test in record.parents()
    ]
    checks += [
        _Check(
            field.name,
            f"{text} is not null",
            item.test,
            item.reason,
            item.shown,
            field.name if field.costs_its_cell else "",
        )
        for field, text, item in zip(stream.fields, record.texts, readings, strict=True)
    ]
    if stream.one_of:
        checks.append(_one_of(stream, record, readings))
    whole = _Check(
        "", "", record.is_object(), "'malformed_record'", "'the record is not a JSON object'"
    )
    tests = [record.kept(), record.untouched(), *(check.test for check in checks)]
    firm = [record.kept(), *(check.test for check in checks if not check.clears)]
    if not stream.one_of and not any(field.required for field in stream.fields):
        # A record that is not an object already fails every required field.
        tests.append(whole.test)
        firm.append(whole.test)
    casts = ", ".join(
        f"{item.cast} as {value}" for item, value in zip(readings, values, strict=True)
    )
    scan = f"select *, {casts} from ({record.scan()})"
    repairs = [item.repaired for item in readings if item.repaired]
    repaired = [(REPAIRED, " + ".join(repairs))] if repairs else []
    columns = [column for item in readings for column in (*item.columns, *item.judged)]
    kept = [
        column
        for field, item in zip(stream.fields, readings, strict=True)
        for column in (
            *(_without_bad(item) if field.costs_its_cell else item.columns),
            *item.judged,
        )
    ]
    table = table_name(connector, stream)
    profiled = [check for check in checks if check.name]
    sound, stays = all_sound(tests), all_sound(firm)
    touched = f"not coalesce({sound}, false) and {stays}"
    clearing = [check for check in checks if check.clears]
    return Statements(
        insert=_insert(table, columns + repaired, sound, scan),
        insert_cleared=_insert(table, kept + repaired, touched, scan) if clearing else "",
        cleared=_cleared(clearing, stays, scan, record, stream) if clearing else "",
        quarantine=_quarantine([whole, *checks], scan, record),
        set_aside=_set_aside(record),
        repaired=_repaired(table) if repairs else "",
        profile=_profile(profiled, scan),
        profiled=tuple(check.name for check in profiled),
        clearing=frozenset(check.clears for check in clearing),
    )


def _without_bad(item: Reading) -> list[tuple[str, str]]:
    """A field's columns, with null where the value cannot be read."""
    sound = f"coalesce({item.test.sound}, false)"
    return [(name, f"case when {sound} then {value} end") for name, value in item.columns]


def _one_of(stream: Stream, record: RecordSql, readings: Sequence[Reading]) -> _Check:
    """The test that a record has one of the stream's identifiers, and that it can be read."""

    def filled_by(field: Field, text: str, item: Reading) -> str:
        filled = has_text(field, text)
        usable = field.costs_its_cell and item.test != Test()
        return f"({filled} and {item.test.sound})" if usable else filled

    filled = " or ".join(
        filled_by(field, text, item)
        for field, text, item in zip(stream.fields, record.texts, readings, strict=True)
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


def _cleared(
    checks: Sequence[_Check], stays: str, scan: str, record: RecordSql, stream: Stream
) -> str:
    """Counts the cells that could not be read in the records that stay, with the first of each.

    The rows are kept where a later slice replaces some of them; one of a snapshot replaces all.
    """
    cells = ",\n            ".join(_cleared_cell(check, record) for check in checks)
    whole = stream.kind is Kind.ENTITY_SNAPSHOT
    rows = "null" if whole else "list(_row_number order by _row_number)"
    _, _, line = record.refusal()
    return f"""
    insert into ops.cells_cleared
    select
        $slice_id, $connector, $stream, $account_id, cell.column_name, cell.reason_code, count(*),
        arg_min(_at || cell.shown, _row_number), {rows}
    from (
        select _row_number, _at, unnest(_cells) as cell
        from (
            select *, row_number() over () as _row_number
            from (
                select {stays} as _stays,
                coalesce('line ' || {line} || ': ', '') as _at,
                [{cells}] as _cells
                from ({scan})
            )
        )
        where _stays
    )
    where cell.reason_code is not null
    group by cell.column_name, cell.reason_code"""


def _cleared_cell(check: _Check, record: RecordSql) -> str:
    reason, detail = record.cleared(check.clears)
    found = f"case when {check.test.sound} then null else coalesce({check.reason}, 'bad_type') end"
    return (
        f"{{'column_name': {literal(check.clears)}, 'reason_code': coalesce({reason}, {found}),"
        f" 'shown': coalesce({detail}, {check.shown})}}"
    )


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
    first = ", ".join(f"_reason_{i}" for i, check in enumerate(checks) if not check.clears)
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


def _set_aside(record: RecordSql) -> str:
    _, _, line = record.refusal()
    return f"""
    insert into ops.quarantine
    select
        $slice_id, $connector, $stream, $account_id, row_number, {record.masked()}, reason_code,
        concat_ws(': ', 'line ' || {line}, detail)
    from (select *, row_number() over () as row_number from ({record.scan()}))
    inner join set_aside using (row_number)"""


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
