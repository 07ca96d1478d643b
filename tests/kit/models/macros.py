"""The project's macros without dbt: each turns SQL expressions into DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from tests.kit.places import REPOSITORY


def macros(*files: str) -> dict[str, Callable[..., str]]:
    """The macros of files below ``dbt_project/macros``; each file may use those before it."""
    made: dict[str, Any] = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals |= {
        "adapter": SimpleNamespace(dispatch=lambda name, _: _dispatched(made, name)),
        "dbt": SimpleNamespace(type_string=lambda: "varchar"),
        "return": lambda value: value,
    }
    for name in files:
        text = (REPOSITORY / "dbt_project" / "macros" / name).read_text(encoding="utf-8")
        module = environment.from_string(text).make_module()
        found = {key: value for key, value in vars(module).items() if not key.startswith("_")}
        made |= found
        environment.globals |= found
    return made


def _dispatched(made: dict[str, Any], name: str) -> Any:
    return made.get(f"duckdb__{name}") or made[f"default__{name}"]


def value_of(expression: str, **columns: str | None) -> str | None:
    """The value of an SQL expression over named texts."""
    named = ", ".join(f"cast(${name} as varchar) as {name}" for name in columns)
    ((value,),) = duckdb.execute(f"select {expression} from (select {named})", columns).fetchall()
    return None if value is None else str(value)
