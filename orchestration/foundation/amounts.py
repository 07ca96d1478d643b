"""What an amount that cannot be used probably says; only for telling how much is missing."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_MOST_DIGITS = 18
"""Of an amount; a longer number is an id that is in the wrong column, say."""
DIGITS, DECIMALS = _MOST_DIGITS + 6, 6
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_KEPT = Decimal("0.000001")
_TOO_LARGE = Decimal(10) ** _MOST_DIGITS


def readable_money(text: str) -> Decimal | None:
    """The amount in a text, however it is written; ``None`` where there is none.

    Of a point and a comma, the last is the decimal mark; one alone before three digits groups.
    """
    digits = re.sub(r"[^0-9.,]", "", text).strip(".,")
    if not re.search(r"[0-9]", digits) or len(digits) > _MOST_DIGITS:
        return None
    mark = max(digits.rfind("."), digits.rfind(","))
    whole, part = (digits, "") if mark < 0 else (digits[:mark], digits[mark + 1 :])
    kinds = {sign for sign in digits if sign in ".,"}
    if len(part) == 3 and len(kinds) == 1:
        whole, part = whole + part, ""
    return Decimal(re.sub(r"[.,]", "", whole) or "0") + Decimal(f"0.{part or 0}")


def stated_money(text: str) -> Decimal | None:
    """The absolute amount in a text: as a number of six decimals, else as ``readable_money``."""
    if _NUMBER.fullmatch(text):
        amount = abs(Decimal(text))
        return amount.quantize(_KEPT, ROUND_HALF_UP) if amount < _TOO_LARGE else None
    return readable_money(text)


def plain_amount(text: str) -> str:
    """SQL for ``stated_money`` of a text, with its sign; null where only Python can say it.

    DuckDB reads 5.68e-14 as the decimal 0.000001, so exponents are left to Python.
    """
    is_plain = f"regexp_full_match({text}, '[+-]?[0-9]*[.]?[0-9]*')"
    return f"try_cast(case when {is_plain} then {text} end as decimal({DIGITS}, {DECIMALS}))"
