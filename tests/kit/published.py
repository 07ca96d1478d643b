"""Everything that readers of a published folder can see.

Belongs here: reading it. Does not belong here: what may be there.
"""

from __future__ import annotations

import re

from orchestration.configuration.settings import Settings
from orchestration.publication.reader import open_published

_NO_TEXT = "BOOLEAN|DATE|TIMESTAMP.*|DECIMAL.*|DOUBLE|FLOAT|TIME"
_WORD = re.compile(r"[\w.@+:%/=-]{6,}")


def published_texts(settings: Settings) -> set[str]:
    """Every value of every column of every published table, whole numbers and lists included.

    And every word of the other files there: a report that people open shows figures, and must show
    no more than the tables do.
    """
    found: set[str] = set()
    with open_published(settings) as con:
        columns = con.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            " where database_name = current_database() and not internal"
        ).fetchall()
        assert len(columns) > 100
        for schema, table, column, kind in columns:
            if re.fullmatch(_NO_TEXT, kind):
                continue
            query = f'select distinct cast("{column}" as varchar) from "{schema}"."{table}"'
            found |= {text for (text,) in con.execute(query).fetchall() if text is not None}
    for path in settings.published_dir.rglob("*"):
        if path.is_file() and path.suffix not in (".duckdb", ".lock"):
            found |= set(_WORD.findall(path.read_text("utf-8", errors="replace")))
    return found
