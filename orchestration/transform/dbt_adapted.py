"""dbt as Tributary runs it: what is changed in its own code, in the process that runs it.

Belongs here: changes that no setting of dbt or its adapter makes, each measured or needed for
privacy, and making all changes. Does not belong here: what dbt only makes with less work
(``dbt_contexts.py``), settings (``dbt.py``), or the process (``dbt_child.py``).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from orchestration.transform.dbt_contexts import (
    with_macros_made_when_called,
    with_messages_made_when_read,
    with_modules_listed_once,
    with_templates_compiled_once,
    with_types_made_once,
)
from orchestration.transform.templates import Templates, templates


def adapt(command: str) -> Templates:
    """Make all changes, before dbt runs.

    Args:
        command: dbt's, for example ``build``.

    Returns:
        What dbt will compile, to keep after it ran.
    """
    kept = templates()
    without_cells()
    without_unread_lines()
    parsed_for_every_home()
    with_macros_made_when_called()
    with_messages_made_when_read()
    with_modules_listed_once()
    with_templates_compiled_once(kept)
    with_types_made_once()
    if command == "build":
        without_repeating_the_parse()
    return kept


def without_cells() -> None:
    """Keep cells out of dbt's log, its output and run_results.json.

    DuckDB's errors repeat the cell that could not be converted, and dbt writes them to all three.
    """
    import duckdb
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    from orchestration.privacy.messages import without_values

    original = DuckDBConnectionManager.exception_handler

    @contextlib.contextmanager
    def handler(manager: Any, sql: str, connection_name: str = "master") -> Iterator[None]:
        with original(manager, sql, connection_name):
            try:
                yield
            except duckdb.Error as error:
                raise type(error)(without_values(error)) from None

    DuckDBConnectionManager.exception_handler = handler


def without_unread_lines() -> None:
    """Keep dbt from making events and writing lines for nobody.

    Of its 28 events a node, all but five are below the level of each log. It makes a message of
    each, formats it for each log, and only then drops it. Its one callback looks for warnings.
    """
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.logger import _Logger

    write, fire = _Logger.write_line, EventManager.fire_event

    def is_read(log: Any) -> bool:
        lines = log._python_logger
        return lines is None or lines.isEnabledFor(logging.DEBUG)

    def write_line(log: Any, message: Any) -> None:
        if message.info.level != "debug" or is_read(log):
            write(log, message)

    def fire_event(events: Any, event: Any, level: Any = None, *others: Any, **named: Any) -> None:
        if (
            (level or event.level_tag()) != EventLevel.DEBUG
            or named.get("force_warn_or_error_handling")
            or any(map(is_read, events.loggers))
        ):
            fire(events, event, level, *others, **named)

    _Logger.write_line = write_line  # type: ignore[assignment, method-assign]
    EventManager.fire_event = fire_event  # type: ignore[assignment, method-assign]


def parsed_for_every_home() -> None:
    """Let dbt take a parse from another home: of the profile, models see these alone.

    By default it parses the project again where the path of the warehouse or its memory limit is
    another than at the last parse.
    """
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    DuckDBCredentials._connection_keys = lambda _: ("database", "schema")


def without_repeating_the_parse() -> None:
    """Let a build trust the parse before it: both read the same project and the same profile.

    dbt would check both against a schema that it makes each time, and write the manifest before it
    builds and after; only the later one names the build. Where dbt finds that a file is another
    than the parse read, it checks what it reads, and the project, as ever.
    """
    from dbt.config.runtime import load_project
    from dbt.parser import manifest
    from dbt.parser.manifest import ManifestLoader
    from dbt.task import runnable
    from dbt_common.dataclass_schema import dbtClassMixin

    if runnable.write_manifest is not manifest.write_manifest:
        raise ImportError("dbt writes the manifest after a build in another way now")
    manifest.write_manifest = lambda *_, **__: None
    checked, parse = dbtClassMixin.__dict__["validate"], ManifestLoader.load_and_parse_macros

    def parse_checked(loader: Any, files: Any) -> None:
        dbtClassMixin.validate = checked  # type: ignore[method-assign]
        config = loader.root_project
        load_project(config.project_root, False, config, config.cli_vars)
        parse(loader, files)

    dbtClassMixin.validate = classmethod(lambda *_: None)  # type: ignore[assignment]
    ManifestLoader.load_and_parse_macros = parse_checked
