"""Finds and hides e-mail addresses and telephone numbers in text.

Belongs here: how the two look in any text, and hiding them. Does not belong here: the hash of a
declared personal field (``privacy/hashes.py``).

Declared personal fields are hashed while they are loaded, and published texts are judged more
strictly (``free_text.py``). This module covers messages: a vendor's error that repeats a record.
"""

from __future__ import annotations

import re

# The patterns use only what both Python's re and DuckDB's RE2 support. Each part has a maximum
# length, so that matching a megabyte without a space takes linear, not quadratic, time.
_IN_NAME = r"(?:[^\s@\"'<>(),;:=&?#/\\|%\[\]{}]|%[0-9A-Fa-f]{2})"
_IN_DOMAIN = r"[^\s@\"'<>(),;:=&?#/\\|%\[\]{}.]"
ADDRESS = rf"{_IN_NAME}{{1,64}}?(?:@|%40){_IN_DOMAIN}{{1,63}}(?:\.{_IN_DOMAIN}{{1,63}}){{1,8}}"
"""An e-mail address, also in a URL, where the @ is written ``%40``."""
NUMBER = r"(?:\+|%2[Bb])[0-9](?:(?:[ ().-]|%20){0,2}[0-9]){9,14}"
"""A telephone number with its country code: a plus sign and 10 to 15 digits. Without the sign it
cannot be told from a vendor's id.
"""

HIDDEN_ADDRESS = "***@***"
HIDDEN_NUMBER = "+***"

_ADDRESS = re.compile(ADDRESS)
_NUMBER = re.compile(NUMBER)


def hide(text: str) -> str:
    """The text without e-mail addresses and telephone numbers."""
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(HIDDEN_ADDRESS, text)
    if "+" in text or "%2" in text:
        text = _NUMBER.sub(HIDDEN_NUMBER, text)
    return text
