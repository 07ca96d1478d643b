"""dbt as Tributary runs it: what is changed in its own code, in the process that runs it.

Belongs here: changes that no setting of dbt or its adapter makes, each measured or needed for
privacy. Does not belong here: settings (``dbt.py``), or the process (``dbt_child.py``).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any


def adapt() -> None:
    """Make all changes, before dbt runs."""
    without_cells()
    without_unread_lines()
    parsed_for_every_home()
    with_macros_found_at_once()


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


def with_macros_found_at_once() -> None:
    """Look a macro up in one dictionary; dbt looks in five, 700 times for each node and context."""
    from dbt.context.macros import MacroNamespace

    begin = MacroNamespace.__init__

    def gather(names: Any, *given: Any, **named: Any) -> None:
        begin(names, *given, **named)
        names.found = {}
        for members in reversed(list(names._search_order())):
            names.found.update(members)

    MacroNamespace.__init__ = gather
    MacroNamespace._keys = lambda names: set(names.found)
    MacroNamespace.__getitem__ = lambda names, name: names.found[name]
