"""Compiles the dbt project with another engine's dispatch, while only DuckDB is installed.

Run as a script, `compile.py ENGINE TARGET_PATH`, because it changes dbt's classes for the rest of
the process. ENGINE is `spark` or `marked`: DuckDB's SQL in which every function that a dispatched
macro wrote is called `engine__<name>`, so that what is left are the functions of the models.

Belongs here: which macros dbt chooses and how identifiers are quoted. Does not belong here: judging
the SQL.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from dbt.adapters.base.relation import BaseRelation
from dbt.adapters.duckdb.impl import DuckDBAdapter
from dbt.cli.main import dbtRunner
from dbt.context.providers import BaseDatabaseWrapper

MARK = "engine__"
REPOSITORY = Path(__file__).parents[3]
# Grammar although it is written with a parenthesis: another name would not parse.
_GRAMMAR = {"cast", "extract", "as", "in", "and", "or", "not", "over", "on", "from", "select"}
_CALL = re.compile(r"\b([a-z_][a-z_0-9]*)\(")


class _Marked:
    """A macro whose own functions are marked; those of its arguments are not."""

    def __init__(self, generator: Any) -> None:
        self.macro = generator.macro
        self._generator = generator

    def __call__(self, *arguments: Any) -> str:
        """The macro's output for these arguments."""
        held = {f"__argument_{place}__": argument for place, argument in enumerate(arguments)}
        given = [name if type(argument) is str else argument for name, argument in held.items()]
        written = _CALL.sub(
            lambda found: found[0] if found[1] in _GRAMMAR else f"{MARK}{found[0]}",
            str(self._generator(*given)),
        )
        for name, argument in held.items():
            written = written.replace(name, str(argument))
        return written


class _SparkString:
    """What `dbt.type_string()` is in Spark."""

    def __init__(self, generator: Any) -> None:
        self.macro = generator.macro

    def __call__(self) -> str:
        """The name of the type."""
        return "string"


def _dispatch_as(engine: str) -> None:
    usual = BaseDatabaseWrapper.dispatch
    prefixes = BaseDatabaseWrapper._get_adapter_macro_prefixes

    def dispatch(self: Any, macro_name: str, macro_namespace: str | None = None) -> Any:
        generator = usual(self, macro_name, macro_namespace)
        if engine == "marked" and macro_namespace == "tributary":
            return _Marked(generator)
        if engine == "spark" and (macro_namespace, macro_name) == ("dbt", "type_string"):
            return _SparkString(generator)
        return generator

    def spark_dispatch(self: Any, macro_name: str, macro_namespace: str | None = None) -> Any:
        ours = macro_namespace == "tributary"
        BaseDatabaseWrapper._get_adapter_macro_prefixes = (
            (lambda _: ["spark", "default"]) if ours else prefixes
        )
        return dispatch(self, macro_name, macro_namespace)

    BaseDatabaseWrapper.dispatch = spark_dispatch if engine == "spark" else dispatch
    if engine == "spark":
        BaseRelation.quoted = lambda _, identifier: f"`{identifier}`"
        DuckDBAdapter.quote = classmethod(lambda _, identifier: f"`{identifier}`")


def main(engine: str, target: str) -> None:
    """Writes target/manifest.json, in which every model and test has its compiled SQL."""
    _dispatch_as(engine)
    project = str(REPOSITORY / "dbt_project")
    places = {
        "--project-dir": project,
        "--profiles-dir": project,
        "--target-path": target,
        "--log-path": target,
    }
    options = [text for option in places.items() for text in option]
    outcome = dbtRunner().invoke(["--quiet", "compile", *options])
    if not outcome.success:
        raise SystemExit(str(outcome.exception or outcome.result))


if __name__ == "__main__":
    main(*sys.argv[1:])
