"""Matches texts with patterns in which ``*`` stands for any characters, in linear time.

Belongs here: the matching in Python. Does not belong here: how the models match
(``dbt_project/macros/engine/text.sql``).
"""

from __future__ import annotations


def matches(pattern: str, value: str) -> bool:
    """Whether the pattern matches the whole value.

    Piece by piece: a regular expression would try every place for every ``*``, hours for one cell.
    """
    first, *others = pattern.split("*")
    if not others:
        return value == first
    *between, last = others
    at, end = len(first), len(value) - len(last)
    if at > end or not value.startswith(first) or not value.endswith(last):
        return False
    for piece in between:
        found = value.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
