"""Finds account numbers of banks (IBAN, ISO 13616) in a text.

Belongs here: how long they are in each country, and their check digits. Does not belong here: other
numbers of people (``free_text.py``).
"""

from __future__ import annotations

import re

_LENGTHS = dict(
    re.findall(
        r"([a-z]{2})(\d{2})",
        "ad24ae23al28at20az28ba20be16bg22bh22bi27br29by28ch21cr22cy28cz24de22dj27dk18do28ee20eg29"
        "es24fi18fk18fo18fr27gb22ge22gi23gl18gr27gt28hn28hr21hu28ie22il23iq23is26it27jo30kw30kz20"
        "lb28lc32li21lt20lu20lv21ly25mc27md24me22mk19mn20mr27mt31mu30ni28nl18no15om23pk24pl28ps29"
        "pt25qa29ro24rs22ru33sa24sc31sd18se24si19sk24sm27so23st25sv28tl23tn24tr26ua29va22vg24xk20"
        "ye30",
    )
)
"""By country, from the registry of SWIFT."""
_DIGITS = 8
"""Words behind a country and two digits have fewer."""
_BEGINNING = re.compile(
    rf"(?<![0-9a-z])(?=((?:{'|'.join(_LENGTHS)})\d\d(?:[\s._-]?[0-9a-z]){{11,30}}))"
)
FORM = "|".join(
    rf"{country}[0-9]{{2}}(?:[._-]?[0-9a-z]){{{int(length) - 4}}}"
    for country, length in _LENGTHS.items()
)
"""What an id that is one looks like in whole, for RE2, which cannot do its sum."""
_SEPARATOR = re.compile(r"[\s._-]")


def has_bank_account(text: str) -> bool:
    """Whether a text in lower case holds one, in groups or in one piece, with right check digits.

    An id of the same form is one by chance once in 97 times.
    """
    return any(map(_is_right, _BEGINNING.findall(text)))


def _is_right(found: str) -> bool:
    signs = _SEPARATOR.sub("", found)
    account = signs[: int(_LENGTHS[signs[:2]])]
    if len(account) < int(_LENGTHS[signs[:2]]) or sum(map(str.isdigit, account)) < _DIGITS:
        return False
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1
