"""How a declared field's text becomes a typed value in SQL, and why a text is refused.

Belongs here: a single field: the test of its form, its cast, its rules, its reasons. Does not
belong here: where the text is in the record (``records.py``) or the statements that load a slice
(``statements.py``).

Every text is tested by a pattern before it is cast, because DuckDB's casts are generous: ``1_000``
and ``1e3`` become numbers, ``5.7`` becomes the integer 6, more decimals than the type holds are
rounded, and a cast to TIMESTAMP ignores the offset. A pattern costs about 60 ns a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.connectors.field import Field, TimeFormat, Type
from orchestration.foundation.currencies import CURRENCIES
from orchestration.foundation.sql import json_path, literal
from orchestration.loading.conditions import Test, matches, rarely, same_text
from orchestration.loading.moments import moment, until, zone
from orchestration.loading.numbers import number, repaired
from orchestration.privacy.address_kinds import address_kind
from orchestration.privacy.hashes import hmac_sql
from orchestration.privacy.made_up import (
    MADE_UP_ADDRESS,
    MADE_UP_PREFIX,
    made_up_address,
    made_up_number,
)
from orchestration.privacy.role_mailboxes import ROLE_PREFIX
from orchestration.warehouse.schema import sql_type, until_column

_BLANK = r"[\s\p{Z}]*"
_EMAIL = r"[^@\s]+@[^@\s]+"
_EMAILS = r"[^@\s;]+@[^@\s;]+([\s;]*;\s*[^@\s;]+@[^@\s;]+)*[\s;]*"

_ENTITIES = (
    ("&quot;", '"'), ("&#039;", "'"), ("&#39;", "'"), ("&apos;", "'"), ("&lt;", "<"),
    ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&"),
)  # fmt: skip

_EARLIEST = "1980-01-01"
"""A time before this comes from an unset clock: 1970-01-01, or seconds read as milliseconds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """SQL for one value, in two steps: texts become values, then both are tested.

    Attributes:
        cast: The value, or NULL, from the text.
        test: Whether text and value may be loaded.
        reason: The reason code of a value that may not.
        shown: The text that the quarantine shows for it.
        columns: Columns of ``raw`` and their expressions; null where the value cannot be read.
        judged: Likewise, of what the text says also where the value cannot be read.
        repaired: 1 if the value of a valid record differs from the written text, else 0; empty if
            it cannot.
    """

    cast: str
    test: Test
    reason: str
    shown: str
    columns: tuple[tuple[str, str], ...]
    judged: tuple[tuple[str, str], ...]
    repaired: str


def reading(field: Field, text: str, value: str, others: Mapping[str, str]) -> Reading:
    """The SQL of a field.

    Args:
        field: The declaration.
        text: The column that holds the value as text; ``record`` must hold the record beside it.
        value: The column that holds the outcome of ``cast``.
        others: The same of every field, by its name.
    """
    cast, form, reason = _form(field, text, value)
    rules = list(_rules(field, value, others))
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
        columns.append((f"{field.name}_zone", zone(field, text)))
        columns.append((until_column(field), until(field, text)))
    kind = ((f"{field.name}_kind", address_kind(f"lower({text})")),)
    return Reading(
        cast,
        Test(always, usual, otherwise),
        f"case {' '.join(cases)} end",
        _shown(field, text),
        tuple(columns),
        kind if field.judged else (),
        repaired(field, text) if field.type is Type.DECIMAL else "",
    )


def source_text(field: Field, leaf: str) -> str:
    """A field's leaf as text, with NULL for values that mean "nothing".

    An empty text means nothing, except in a STRING, where it stays an empty text.
    """
    if field.type is Type.JSON:
        return f"cast({leaf} as varchar)"
    if field.entities:
        leaf = _without_entities(leaf)
    nothing = set(field.null_values)
    if field.type is not Type.STRING:
        nothing.add("")
    if field.is_personal:
        leaf = f"trim({leaf})"
    for value in sorted(nothing):
        leaf = f"nullif({leaf}, {literal(value)})"
    return leaf


def _without_entities(text: str) -> str:
    """The text without the entities that PHP and other programs write; the ampersand comes last."""
    decoded = text
    for entity, sign in _ENTITIES:
        decoded = f"replace({decoded}, {literal(entity)}, {literal(sign)})"
    return f"case when contains({text}, '&') then {decoded} else {text} end"


def has_text(field: Field, text: str) -> str:
    """The test that a value is there and not blank."""
    if field.type is not Type.STRING:
        return f"{text} is not null"
    # What starts above the space is not blank; to look closer costs 70 ns a value.
    return rarely(f"{text} >= '!'", f"not coalesce({matches(text, _BLANK)}, true)")


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
            return _email_hash(f"lower({text})"), Test(matches(text, _EMAIL)), "'bad_type'"
        case Type.EMAILS:
            hashes = f"[{_email_hash('address')} for address in {_addresses(text)}]"
            return f"array_to_string({hashes}, ';')", Test(matches(text, _EMAILS)), "'bad_type'"
        case Type.PHONE:
            digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
            dialled = f"case when starts_with({text}, '+') then '+' else '' end || {digits}"
            mark = f"case when {made_up_number(digits)} then '{MADE_UP_PREFIX}' else '' end"
            return (
                f"({mark} || {hmac_sql(dialled)})",
                Test(f"strlen({digits}) between 5 and 20"),
                "'bad_type'",
            )
        case Type.BOOLEAN:
            return cast, Test(f"lower({text}) in ('true', 'false', '1', '0')"), "'bad_type'"
        case Type.DATE | Type.TIMESTAMP:
            cast, pattern = moment(field, text)
            form = f"{pattern} and {value} is not null"
            same = field.type is Type.DATE and field.time_format is TimeFormat.ISO
            return cast, same_text(text, value, form) if same else Test(form), "'bad_type'"
        case Type.DOUBLE | Type.INTEGER | Type.DECIMAL:
            return number(field, text, value)


def _rules(field: Field, value: str, others: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The further rule for a well-formed value, and the reason when it fails."""
    if field.non_negative:
        yield f"{value} >= 0", "negative_amount"
    if field.positive:
        yield f"{value} > 0", "not_positive"
    if field.not_future:
        kind = sql_type(field)
        yield f"{value} <= cast($latest as {kind})", "future_timestamp"
        yield f"{value} >= {kind} '{_EARLIEST}'", "placeholder_timestamp"
    if field.not_future_if:
        passed = f"coalesce({others[field.not_future_if]}, false)"
        ahead = f"{value} > cast($latest as {sql_type(field)})"
        yield f"not ({passed} and {ahead})", "future_timestamp"
    if field.foreseeable:
        yield f"{value} <= cast($horizon as {sql_type(field)})", "future_timestamp"
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
    mark = (
        f"case when {made_up_address(address)} then '{MADE_UP_ADDRESS}'"
        f" when {is_role} then '{ROLE_PREFIX}' else '' end"
    )
    return f"({mark} || {hmac_sql(address)})"


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
