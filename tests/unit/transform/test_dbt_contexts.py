"""What a template sees is the same as in dbt; only when it is made differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dbt.clients.jinja import MacroStack, get_rendered
from dbt.context.macros import MacroNamespaceBuilder
from dbt_common.clients import agate_helper, jinja
from dbt_common.events.base_types import BaseEvent
from dbt_common.events.types import Note
from dbt_common.exceptions import CompilationError

from orchestration.transform import dbt_contexts
from orchestration.transform.dbt_contexts import Later, LaterMacros, order
from orchestration.transform.templates import Templates


@dataclass(frozen=True)
class _Macro:
    name: str
    package_name: str


PACKAGES = {
    package: {name: _Macro(name, package) for name in names.split()}
    for package, names in {
        "project": "a b",
        "another": "b c same",
        "dbt": "a c d e same",
        "dbt_duckdb": "e f",
    }.items()
}
ADAPTERS = ("dbt_duckdb", "dbt")


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt as it was, after the test."""
    for name in ("__init__", "__getattr__", "__setattr__"):
        monkeypatch.setattr(BaseEvent, name, getattr(BaseEvent, name))
    for name in ("build_type_tester", "empty_table"):
        monkeypatch.setattr(agate_helper, name, getattr(agate_helper, name))
    monkeypatch.setattr(jinja, "get_environment", jinja.get_environment)
    compile_one = jinja.MacroFuzzEnvironment.compile
    monkeypatch.setattr(jinja.MacroFuzzEnvironment, "compile", compile_one)


@pytest.mark.parametrize("local", ["project", "another", "dbt"])
def test_a_macro_is_found_where_dbt_finds_it(local: str) -> None:
    """The node's package goes before the project, and that before the adapter and dbt itself."""
    builder = MacroNamespaceBuilder("project", local, MacroStack(), list(ADAPTERS))
    dbts: Any = builder.build_namespace(PACKAGES, {})  # type: ignore[arg-type]
    packages, internal, found = order(PACKAGES, ADAPTERS, local, "project")
    ours: Any = LaterMacros(packages, internal, found, lambda macro: macro)
    assert set(ours) == set(dbts)
    assert len(ours) == len(dbts)
    for name in dbts:
        if name in ("project", "another", "dbt"):
            assert dict(ours[name]) == {key: made.macro for key, made in dbts[name].items()}
        else:
            assert ours[name] == dbts[name].macro
        for package in (None, "project", "another", "dbt"):
            expected = dbts.get_from_package(package, name)
            if name not in ("project", "another", "dbt"):
                assert ours.get_from_package(package, name) == (expected and expected.macro)


def test_a_context_makes_what_a_template_asks_for() -> None:
    """By its name, below its package, by subscription and in a copy; nothing else is made."""
    made: list[str] = []

    def make(macro: _Macro) -> str:
        made.append(macro.name)
        return f"{macro.package_name}.{macro.name}"

    context = Later(order(PACKAGES, ADAPTERS, "project", "project")[2], make)
    context["context"] = context
    text = "{{ a }} {{ dbt.a }} {{ context['f'] }} {{ context.get('none') }} {{ c is defined }}"
    assert get_rendered(text, context) == "project.a dbt.a dbt_duckdb.f None True"
    assert "d" not in made
    assert dict(context)["d"] == "dbt.d"


@pytest.mark.usefixtures("restored")
def test_a_text_is_rendered_alike_however_often(tmp_path: Path) -> None:
    """With the values of each time, as text and as a value; what cannot be compiled is an error."""
    dbt_contexts.with_templates_compiled_once(Templates(tmp_path / "templates"))
    for number in (1, 2):
        assert get_rendered("{{ number + 1 }} of {{ a }}", {"number": number, "a": "a"}) == (
            f"{number + 1} of a"
        )
        assert get_rendered("{{ number + 1 }}", {"number": number}, native=True) == number + 1
        assert get_rendered("{{ number + 1 }}", {"number": number}) == str(number + 1)
        with pytest.raises(CompilationError):
            get_rendered("{{ number + }}", {"number": number})
    assert jinja.get_environment() is jinja.get_environment()
    assert jinja.get_environment(native=True) is not jinja.get_environment()


@pytest.mark.usefixtures("restored")
def test_a_message_says_what_was_given_when_it_is_read() -> None:
    """Also where an attribute is set before anything was read."""
    dbt_contexts.with_messages_made_when_read()
    event = Note(msg="first")
    assert "pb_msg" not in vars(event)
    assert event.message() == "first"
    changed = Note(msg="first")
    changed.msg = "second"
    assert changed.to_dict() == {"msg": "second"}


@pytest.mark.usefixtures("restored")
def test_types_are_guessed_alike() -> None:
    """Text stays text, numbers are numbers, and an empty table is empty."""
    rows = [{"text": "005", "number": 5, "day": "2026-01-01"}]
    names = ["text", "number", "day"]
    before = agate_helper.table_from_data_flat(rows, names)
    dbt_contexts.with_types_made_once()
    for _ in range(2):
        table = agate_helper.table_from_data_flat(rows, names)
        assert [type(kind) for kind in table.column_types] == [
            type(kind) for kind in before.column_types
        ]
        assert [tuple(row) for row in table.rows] == [tuple(row) for row in before.rows]
    assert len(agate_helper.empty_table().rows) == 0
