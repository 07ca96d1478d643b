"""What an amount that cannot be used probably says; only for telling how much is missing."""

from __future__ import annotations

import re
from decimal import Decimal

_MOST_DIGITS = 30


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
