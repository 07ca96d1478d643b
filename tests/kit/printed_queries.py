"""The queries that docs/marts.md prints.

Belongs here: finding them. Does not belong here: what they must answer.
"""

from __future__ import annotations

import re

from tests.kit.places import REPOSITORY

_PAGE = (REPOSITORY / "docs" / "marts.md").read_text(encoding="utf-8")

QUERIES: tuple[str, ...] = tuple(re.findall(r"```sql\n(.*?);\n```", _PAGE, re.DOTALL))


def table(sql: str) -> str:
    """What a query reads first."""
    (found, *_) = re.findall(r"from (\S+)", sql)
    return str(found)
