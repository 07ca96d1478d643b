"""What is changed in dbt for our runs; its results stay the same."""

from __future__ import annotations

import io

import pytest
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import MacroNamespace
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LoggerConfig, _Logger
from dbt_common.events.types import Note, SystemStdOut

from orchestration.transform import dbt_adapted


@pytest.mark.parametrize(
    ("level", "made"), [("info", ["Note"]), ("debug", ["Note", "SystemStdOut"])]
)
def test_an_event_that_no_log_writes_is_not_made(
    level: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt has 28 events a node, of which five are read; a log that reads more still gets it."""
    for owner, name in ((EventManager, "fire_event"), (_Logger, "write_line")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    dbt_adapted.without_unread_lines()
    seen: list[str] = []
    written = io.StringIO()
    events = EventManager()
    events.add_callback(lambda message: seen.append(message.info.name))
    events.add_logger(
        LoggerConfig(name=f"{level} log", level=EventLevel(level), output_stream=written)
    )
    events.fire_event(Note(msg="worth reading"), level=EventLevel.INFO)
    events.fire_event(SystemStdOut(bmsg="a detail"))
    assert seen == made
    assert "worth reading" in written.getvalue()
    assert ("a detail" in written.getvalue()) == (level == "debug")


def test_a_macro_is_found_where_dbt_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's own macro goes before one of an adapter, and that before dbt's."""

    def named(*names: str) -> dict[str, MacroGenerator]:
        return {name: object.__new__(MacroGenerator) for name in names}

    local, root, internal = named("a", "b"), named("b", "c"), named("a", "c", "d")

    def found() -> dict[str, object]:
        names = MacroNamespace(root, local, internal, {"another": named("e")})
        assert names.get("none") is None
        return {name: id(names[name]) for name in names if name not in ("another", "dbt")}

    own = found()
    for name in ("__init__", "__getitem__", "_keys"):
        monkeypatch.setattr(MacroNamespace, name, getattr(MacroNamespace, name))
    dbt_adapted.with_macros_found_at_once()
    assert found() == own
    assert own["b"] == id(local["b"])
    assert own["c"] == id(root["c"])
