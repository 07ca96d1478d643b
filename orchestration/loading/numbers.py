"""How a written number becomes a value in SQL, and why one is refused.

Belongs here: integers, doubles and decimals. Does not belong here: the rules that hold for a value
however it was written (``fields.py``).
"""

from __future__ import annotations

from orchestration.connectors.field import Field, Type
from orchestration.foundation.sql import json_path
from orchestration.loading.conditions import Test, matches, rarely, same_text
from orchestration.warehouse.schema import sql_type

_INTEGER = r"[+-]?[0-9]+(\.0+)?"
_DOUBLE = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DIGITS = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_SMALL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE]-[0-9]+"
_LARGE = r"[+-]?[0-9](\.[0-9]{1,16})?[eE]\+?([7-9]|1[0-9])"
"""A double as Java writes it from ten millions on, with all of its digits."""
_NOT_FINITE = r"(?i)[+-]?(nan|inf|infinity)"

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


def number(field: Field, text: str, value: str) -> tuple[str, Test, str]:
    """The value of a non-null text, the test of its form, and the reason when it fails.

    A text such as ``1e3`` is ``bad_type`` if exact digits are declared: it is a spreadsheet's
    abbreviation, and the original digits are lost.
    """
    cast = f"try_cast({text} as {sql_type(field)})"
    match field.type:
        case Type.DOUBLE:
            test = Test(f"{matches(text, _DOUBLE)} and {value} is not null and isfinite({value})")
        case Type.INTEGER:
            test = same_text(text, value, f"{matches(text, _INTEGER)} and {value} is not null")
        case _:
            kind = f"json_type(record, {json_path(field.keys)})"
            # DuckDB reads 5.68e-14 as the decimal 0.000001, so it is read as a double.
            small = f"contains({text}, '-') and {matches(text, _SMALL)}"
            rounded = f"round(try_cast({text} as double), {field.scale})"
            cast = (
                f"case when {small} then try_cast({rounded} as {sql_type(field)}) else {cast} end"
            )
            meant = _approximates(field, text, value)
            if field.rounded:
                meant = f"({meant} or {matches(text, _DIGITS)})"
            # A JSON number with more digits than a double holds was already rounded.
            test = Test(
                f"{value} is not null and {rarely(matches(text, _decimal_pattern(field)), meant)}",
                f"strlen({text}) <= {_EXACT_LENGTH}",
                f"(coalesce({kind} <> 'DOUBLE', true) or {meant})",
            )
    return cast, test, _number_reason(field, text)


def _decimal_pattern(field: Field) -> str:
    scale = field.scale
    plain = rf"[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{scale}}}0*)"
    return rf"{plain}|{_LARGE}" if field.exponents else plain


def _approximates(field: Field, text: str, value: str) -> str:
    """Whether a text is a double's approximation of the value: 1041.6000000000001 for 1041.6.

    It is when both are as near as doubles come, and the column's last digit is out of their reach:
    a value of so many digits that they blur its last one is not guessed.
    """
    double, exact = f"try_cast({text} as double)", f"cast({value} as double)"
    tolerance = f"greatest(abs({double}) * {_PRECISION!r}, {_RESIDUE!r})"
    shape = (
        f"({matches(text, _DIGITS)} or {matches(text, _SMALL)} and ({value} = 0"
        f" or abs({value}) < {_SCRIPTS_FROM} and contains({text}, 'e')))"
    )
    return (
        f"coalesce({shape} and abs({double} - {exact}) <= {tolerance}"
        f" and {tolerance} < {0.25 * 10.0**-field.scale!r}, false)"
    )


def repaired(field: Field, text: str) -> str:
    """Whether a valid value is written as a double's approximation, as 1 or 0."""
    plain = f"strlen({text}) <= {_PLAIN_LENGTH} and not contains({text}, '-')"
    return (
        f"case when {text} is null or {plain} then 0"
        f" when {matches(text, _decimal_pattern(field))} then 0 else 1 end"
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
    whens = " ".join(f"when {matches(text, pattern)} then '{code}'" for pattern, code in cases)
    return f"case {whens} else 'bad_type' end"
