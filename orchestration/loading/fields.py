"""How a declared field's text becomes a typed value in SQL, and why a text is refused.

Belongs here: a single field: the test of its form, its cast, its rules, its reasons. Does not
belong here: where the text is in the record (``records.py``) or the statements that load a slice
(``statements.py``).

Every text is tested by a pattern before it is cast, because DuckDB's casts are generous: ``1_000``
and ``1e3`` become numbers, ``5.7`` becomes the integer 6, more decimals than the type holds are
rounded, and a cast to TIMESTAMP ignores the offset. A pattern costs about 60 ns a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestration.connectors.stream import Field, TimeFormat, Type
from orchestration.foundation.currencies import CURRENCIES
from orchestration.foundation.sql import literal
from orchestration.privacy.hashes import hmac_sql
from orchestration.privacy.role_mailboxes import ROLE_PREFIX
from orchestration.warehouse.schema import sql_type, until_column

_INTEGER = r"[+-]?[0-9]+(\.0+)?"
_DOUBLE = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DIGITS = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_SMALL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE]-[0-9]+"
_NOT_FINITE = r"(?i)[+-]?(nan|inf|infinity)"
_DATE = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?(Z|\+00:?00)?)?"
_TIME = (
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6}0*)?"
    r"(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])?)?)?"
)
_OFFSET = "[+-][0-9]{2}:?[0-9]{2}$"
_EPOCH = r"-?[0-9]{1,14}(\.0+)?"
_COMPACT = "[12][0-9]{7}"
_BLANK = r"[\s\p{Z}]*"
_EMAIL = r"[^@\s]+@[^@\s]+"
_EMAILS = r"[^@\s;]+@[^@\s;]+([\s;]*;\s*[^@\s;]+@[^@\s;]+)*[\s;]*"

_EARLIEST = "1980-01-01"
"""A time before this comes from an unset clock: 1970-01-01, or seconds read as milliseconds."""

_LAST_MICROSECOND = 253_402_300_799_000_000
"""The end of the year 9999."""

_DAY_LENGTH = 10
"""The length of a date, ``2025-01-01``; no other text that is read as a moment has it, except
epochs."""

_WITHOUT_OFFSET = 19
"""A time up to this length, ``2025-01-01T10:00:00``, has no room for an offset."""

_EXACT_LENGTH = 16
"""A text up to this length cannot be a JSON number that lost digits as a double."""

_PRECISION = 2.0**-50
"""How far a sum of doubles may be from the decimal that it means, as a share of it: a few units in
the last place."""

_RESIDUE = 2.0**-40
"""The same as an amount: the residue when large doubles cancel, such as 5.68e-14."""

_PLAIN_LENGTH = 14
"""A text up to this length has too few digits to be a double's approximation, exponents apart:
1e-12, the most that may be off, written after a digit and a point."""

_SCRIPTS_FROM = "0.0001"
"""Below this, scripts write an exponent (1e-05), which loses nothing. Spreadsheets write 1E-05, and
what they abbreviate is gone."""


@dataclass(frozen=True, slots=True)
class Test:
    """What must hold for a record to be loaded; null counts as false.

    Attributes:
        always: Evaluated for every record.
        usual: A cheap condition that most records fulfil; if it holds, the rest is not evaluated.
        otherwise: The full condition, evaluated if ``usual`` does not hold.
    """

    always: str = "true"
    usual: str = "true"
    otherwise: str = "true"

    @property
    def sound(self) -> str:
        """The test on its own."""
        return all_sound([self])


def all_sound(tests: Sequence[Test]) -> str:
    """All tests as one expression.

    In a projection DuckDB evaluates both sides of ``or`` on every row; CASE does not, and its
    condition stops at the first part that fails. One CASE for all usual conditions together costs
    a third of one per condition.
    """
    parts = [test.always for test in tests if test.always != "true"]
    rare = [test for test in tests if test.usual != "true"]
    if rare:
        usual = " and ".join(f"({test.usual})" for test in rare)
        whole = " and ".join(f"({rarely(test.usual, test.otherwise)})" for test in rare)
        parts.append(f"case when {usual} then true else {whole} end")
    return "(" + (" and ".join(parts) or "true") + ")"


@dataclass(frozen=True, slots=True)
class Reading:
    """SQL for one value, in two steps: texts become values, then both are tested.

    Attributes:
        cast: The value, or NULL, from the text.
        test: Whether text and value may be loaded.
        reason: The reason code of a value that may not.
        shown: The text that the quarantine shows for it.
        columns: Columns of ``raw`` and their expressions.
        repaired: 1 if the value of a valid record differs from the written text, else 0; empty if
            it cannot.
    """

    cast: str
    test: Test
    reason: str
    shown: str
    columns: tuple[tuple[str, str], ...]
    repaired: str


def reading(field: Field, text: str, value: str) -> Reading:
    """The SQL of a field.

    Args:
        field: The declaration.
        text: The column that holds the value as text; ``record`` must hold the record beside it.
        value: The column that holds the outcome of ``cast``.
    """
    cast, form, reason = _form(field, text, value)
    rules = list(_rules(field, value))
    cases = [f"when not {has_text(field, text)} then 'missing_key'"] if field.required else []
    cases.append(f"when not coalesce({form.sound}, false) then {reason}")
    cases += [f"when not ({rule}) then {literal(code)}" for rule, code in rules]
    strict = [form.always, *(rule for rule, _ in rules)]
    always = " and ".join(part for part in strict if part != "true") or "true"
    usual, otherwise = form.usual, form.otherwise
    if field.required and field.type is Type.STRING:
        usual = f"{text} >= '!' and ({usual})"
        otherwise = f"{has_text(field, text)} and {otherwise}"
    elif field.required:
        always = f"{text} is not null and {always}"
    else:
        usual = usual if usual == "true" else f"{text} is null or {usual}"
        always = always if always == "true" else f"({text} is null or {always})"
    columns = [(field.column, value)]
    if field.type is Type.TIMESTAMP:
        columns.append((f"{field.name}_zone", _zone(field, text)))
        columns.append((until_column(field), _until(field, text)))
    return Reading(
        cast,
        Test(always, usual, otherwise),
        f"case {' '.join(cases)} end",
        _shown(field, text),
        tuple(columns),
        _repaired(field, text) if field.type is Type.DECIMAL else "",
    )


def source_text(field: Field, leaf: str) -> str:
    """A field's leaf as text, with NULL for values that mean "nothing".

    An empty text means nothing, except in a STRING, where it stays an empty text.
    """
    if field.type is Type.JSON:
        return f"cast({leaf} as varchar)"
    nothing = set(field.null_values)
    if field.type is not Type.STRING:
        nothing.add("")
    if field.is_personal:
        leaf = f"trim({leaf})"
    for value in sorted(nothing):
        leaf = f"nullif({leaf}, {literal(value)})"
    return leaf


def has_text(field: Field, text: str) -> str:
    """The test that a value is there and not blank."""
    if field.type is not Type.STRING:
        return f"{text} is not null"
    # What starts above the space is not blank; to look closer costs 70 ns a value.
    return rarely(f"{text} >= '!'", f"not coalesce({_matches(text, _BLANK)}, true)")


def json_path(keys: Iterable[str]) -> str:
    """Keys as a JSON path, as an SQL literal."""
    return literal("$" + "".join(f'."{key}"' for key in keys))


def rarely(usual: str, otherwise: str) -> str:
    """A test whose costly part runs only where the usual one fails.

    In a projection DuckDB evaluates both sides of ``or`` on every row; CASE does not. The usual
    test must not be null, or CASE takes the costly part.
    """
    return f"case when {usual} then true else {otherwise} end"


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def _form(field: Field, text: str, value: str) -> tuple[str, Test, str]:
    """The value of a non-null text, the test of its form, and the reason when it fails."""
    cast = f"try_cast({text} as {sql_type(field)})"
    kind = f"json_type(record, {json_path(field.keys)})"
    match field.type:
        case Type.STRING:
            # Only a text that starts with a bracket can be an object or a list read as text.
            plain = f"{text} < '[' or {text} >= '\\' and {text} < '{{' or {text} >= '|'"
            nested = f"coalesce({kind} not in ('OBJECT', 'ARRAY'), true)"
            return text, Test(usual=plain, otherwise=nested), "'bad_type'"
        case Type.JSON:
            return text, Test(), "'bad_type'"
        case Type.EMAIL:
            return _email_hash(f"lower({text})"), Test(_matches(text, _EMAIL)), "'bad_type'"
        case Type.EMAILS:
            hashes = f"[{_email_hash('address')} for address in {_addresses(text)}]"
            return f"array_to_string({hashes}, ';')", Test(_matches(text, _EMAILS)), "'bad_type'"
        case Type.PHONE:
            digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
            number = f"case when starts_with({text}, '+') then '+' else '' end || {digits}"
            return hmac_sql(number), Test(f"strlen({digits}) between 5 and 20"), "'bad_type'"
        case Type.BOOLEAN:
            return cast, Test(f"lower({text}) in ('true', 'false', '1', '0')"), "'bad_type'"
        case Type.DATE | Type.TIMESTAMP:
            cast, pattern = _moment(field, text)
            form = f"{pattern} and {value} is not null"
            same = field.type is Type.DATE and field.time_format is TimeFormat.ISO
            return cast, _same_text(text, value, form) if same else Test(form), "'bad_type'"
        case Type.DOUBLE:
            test = Test(f"{_matches(text, _DOUBLE)} and {value} is not null and isfinite({value})")
        case Type.INTEGER:
            test = _same_text(text, value, f"{_matches(text, _INTEGER)} and {value} is not null")
        case Type.DECIMAL:
            # DuckDB reads 5.68e-14 as the decimal 0.000001, so it is read as a double.
            small = f"contains({text}, '-') and {_matches(text, _SMALL)}"
            rounded = f"round(try_cast({text} as double), {field.scale})"
            cast = (
                f"case when {small} then try_cast({rounded} as {sql_type(field)}) else {cast} end"
            )
            meant = _approximates(field, text, value)
            # A JSON number with more digits than a double holds was already rounded.
            test = Test(
                f"{value} is not null and {rarely(_matches(text, _decimal_pattern(field)), meant)}",
                f"strlen({text}) <= {_EXACT_LENGTH}",
                f"(coalesce({kind} <> 'DOUBLE', true) or {meant})",
            )
    return cast, test, _number_reason(field, text)


def _same_text(text: str, value: str, form: str) -> Test:
    """A value that converts back to its text was read right; a third of a pattern's cost."""
    return Test(usual=f"cast({value} as varchar) = {text}", otherwise=form)


def _decimal_pattern(field: Field) -> str:
    scale = field.scale
    return rf"[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{scale}}}0*)"


def _approximates(field: Field, text: str, value: str) -> str:
    """Whether a text is a double's approximation of the value: 1041.6000000000001 for 1041.6.

    It is when both are as near as doubles come, and the column's last digit is out of their reach:
    a value of so many digits that they blur its last one is not guessed.
    """
    number, exact = f"try_cast({text} as double)", f"cast({value} as double)"
    tolerance = f"greatest(abs({number}) * {_PRECISION!r}, {_RESIDUE!r})"
    shape = (
        f"({_matches(text, _DIGITS)} or {_matches(text, _SMALL)} and ({value} = 0"
        f" or abs({value}) < {_SCRIPTS_FROM} and contains({text}, 'e')))"
    )
    return (
        f"coalesce({shape} and abs({number} - {exact}) <= {tolerance}"
        f" and {tolerance} < {0.25 * 10.0**-field.scale!r}, false)"
    )


def _repaired(field: Field, text: str) -> str:
    """Whether a valid value is written as a double's approximation, as 1 or 0."""
    plain = f"strlen({text}) <= {_PLAIN_LENGTH} and not contains({text}, '-')"
    return (
        f"case when {text} is null or {plain} then 0"
        f" when {_matches(text, _decimal_pattern(field))} then 0 else 1 end"
    )


def _number_reason(field: Field, text: str) -> str:
    """Why a number was refused.

    A text such as ``1e3`` is ``bad_type`` if exact digits are declared: it is a spreadsheet's
    abbreviation, and the original digits are lost.
    """
    cases = [(_NOT_FINITE, "not_finite")]
    if field.type is Type.DOUBLE:
        cases.append((_DOUBLE, "out_of_range"))
    elif field.type is Type.INTEGER:
        cases.append((_INTEGER, "out_of_range"))
    else:
        whole_digits = 18 - field.scale
        cases.append((rf"[+-]?0*[1-9][0-9]{{{whole_digits},}}(\.[0-9]*)?", "out_of_range"))
        cases += [(_DIGITS, "scale_exceeded"), (_SMALL, "scale_exceeded")]
    whens = " ".join(f"when {_matches(text, pattern)} then '{code}'" for pattern, code in cases)
    return f"case {whens} else 'bad_type' end"


def _moment(field: Field, text: str) -> tuple[str, str]:
    """The value, in UTC, of a DATE or TIMESTAMP, and the test of its form."""
    target = sql_type(field)
    if field.type is Type.DATE:
        iso, iso_form = f"try_cast(left({text}, 10) as date)", _matches(text, _DATE)
    else:
        # TIMESTAMPTZ respects offsets and costs eight times as much as TIMESTAMP, which ignores
        # them.
        utc = f"suffix({text}, 'Z') or strlen({text}) <= {_WITHOUT_OFFSET}"
        iso = (
            f"case when {_is_day(text)} then {_midnight(text)}"
            f" when {utc} then try_cast({text} as timestamp)"
            f" else cast(try_cast({text} as timestamptz) as timestamp) end"
        )
        iso_form = _matches(text, _TIME)
    if field.time_format is TimeFormat.ISO:
        return iso, iso_form
    if field.time_format is TimeFormat.COMPACT_DATE:
        compact = f"cast(try_strptime({text}, '%Y%m%d') as {target})"
        return compact, _matches(text, _COMPACT)
    factor = 1_000_000 if field.time_format is TimeFormat.EPOCH_SECONDS else 1_000
    number, limit = f"try_cast({text} as bigint)", _LAST_MICROSECOND // factor
    form = f"({_matches(text, _EPOCH)} and {number} between -{limit} and {limit})"
    epoch = f"cast(make_timestamp({number} * {factor}) as {target})"
    if field.time_format is TimeFormat.ISO_OR_EPOCH_MILLIS:
        return f"case when {form} then {epoch} else {iso} end", f"({form} or {iso_form})"
    return f"case when {form} then {epoch} end", form


def _is_day(text: str) -> str:
    """Whether a text is a date without a time; an epoch of as many digits has no hyphen."""
    return f"strlen({text}) = {_DAY_LENGTH} and contains({text}, '-')"


def _midnight(text: str, days: int = 0) -> str:
    """The UTC moment at which a day begins in the source's zone, or one ``days`` later does."""
    day = f"try_cast({text} as date)" + (f" + {days}" if days else "")
    return f"cast({day} as timestamp) at time zone $source_zone at time zone 'UTC'"


def _until(field: Field, text: str) -> str:
    """The last microsecond of a day that stands without a time; NULL for a moment."""
    if field.time_format in (TimeFormat.EPOCH_SECONDS, TimeFormat.EPOCH_MILLIS):
        return "cast(null as timestamp)"
    return f"case when {_is_day(text)} then {_midnight(text, 1)} - interval 1 microsecond end"


def _zone(field: Field, text: str) -> str:
    """The zone at the source: the offset written, UTC for ``Z`` and epochs, else the slice's."""
    epochs = (TimeFormat.EPOCH_SECONDS, TimeFormat.EPOCH_MILLIS)
    if field.time_format in epochs:
        return f"case when {text} is not null then 'UTC' end"
    epoch = (
        f" when {_matches(text, _EPOCH)} then 'UTC'"
        if field.time_format is TimeFormat.ISO_OR_EPOCH_MILLIS
        else ""
    )
    offset = f"nullif(regexp_extract({text}, {literal(_OFFSET)}), '')"
    return (
        f"case when {text} is null then null when suffix({text}, 'Z') then 'UTC'{epoch}"
        f" when strlen({text}) <= {_WITHOUT_OFFSET} then $source_zone"
        f" else coalesce({offset}, $source_zone) end"
    )


def _rules(field: Field, value: str) -> Iterator[tuple[str, str]]:
    """The further rule for a well-formed value, and the reason when it fails."""
    if field.non_negative:
        yield f"{value} >= 0", "negative_amount"
    if field.positive:
        yield f"{value} > 0", "not_positive"
    if field.not_future:
        kind = sql_type(field)
        yield f"{value} <= cast($latest as {kind})", "future_timestamp"
        yield f"{value} >= {kind} '{_EARLIEST}'", "placeholder_timestamp"
    if field.currency:
        # One search in one text: DuckDB turns a long IN list into a join, and a pattern of all
        # codes costs 3 microseconds a value.
        codes = literal(" " + " ".join(sorted(CURRENCIES)) + " ")
        yield (
            f"strlen({value}) = 3 and contains({codes}, ' ' || {value} || ' ')",
            "unknown_currency",
        )


def _email_hash(address: str) -> str:
    """The hash of a lower-case address, as ``privacy.hashes.email_hash``."""
    mailbox = f"split_part(split_part({address}, '@', 1), '+', 1)"
    is_role = f"contains($role_mailboxes, ' ' || {mailbox} || ' ')"
    return f"(case when {is_role} then '{ROLE_PREFIX}' else '' end || {hmac_sql(address)})"


def _addresses(text: str) -> str:
    """The addresses of a list, in lower case."""
    return f"[trim(part) for part in string_split(lower({text}), ';') if trim(part) <> '']"


def _shown(field: Field, text: str) -> str:
    """The field and its value, cut at 80 characters; personal values are left out."""
    if field.is_personal:
        return literal(f"{field.name}: (hidden)")
    clipped = f"case when length({text}) > 80 then left({text}, 80) || '...' else {text} end"
    return (
        f"case when {text} is null then {literal(f'{field.name}: missing')}"
        f" else {literal(f'{field.name}: ')} || '''' || {clipped} || '''' end"
    )
