"""What is changed in dbt for our runs; its results stay the same."""

from __future__ import annotations

import io

import pytest
from dbt.parser import manifest
from dbt.task import runnable
from dbt_common.dataclass_schema import dbtClassMixin
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


def test_a_build_writes_its_manifest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After it, by the function that dbt's task has; the parse before it wrote the same."""
    for owner, name in ((manifest, "write_manifest"), (dbtClassMixin, "validate")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    after = runnable.write_manifest
    assert after is manifest.write_manifest
    dbt_adapted.without_repeating_the_parse()
    assert runnable.write_manifest is after
    assert manifest.write_manifest is not after
    dbtClassMixin.validate({"anything": "goes"})
