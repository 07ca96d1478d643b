"""Where a published generation goes besides the file.

Belongs here: the shape of ``serving``. Does not belong here: serving (``orchestration/serving``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from orchestration.configuration.secrets import Secret
from orchestration.configuration.strict import Strict

_NAME = r"^[a-z_][a-z0-9_]{0,39}$"
"""Names that need no quotes in PostgreSQL, and leave room for those of ours behind them."""


class Postgres(Strict):
    """A PostgreSQL database that gets every generation (docs/bi.md).

    Attributes:
        connection: A URI or the keywords of libpq. It may hold a password, so it is a secret.
        prefix: Before the names of the schemas ``core``, ``marts`` and ``meta``: a database that
            holds several companies, or schemas of these names, needs one.
        reader: The role that may read; it is created where it is missing.
    """

    connection: Secret
    prefix: Annotated[str, Field(pattern=_NAME)] | None = None
    reader: Annotated[str, Field(pattern=_NAME)] = "tributary_reader"


class Serving(Strict):
    """Databases that get what is published, for tools that open no DuckDB file.

    Attributes:
        postgres: ``None`` for none.
    """

    postgres: Postgres | None = None
