"""What one process of dbt compiled, the next one takes."""

from __future__ import annotations

from pathlib import Path
from types import CodeType

import pytest
from jinja2 import Environment, Template

from orchestration.transform import templates
from orchestration.transform.templates import Templates

JINJA = Environment(autoescape=False)
TEXT = "{{ number + 1 }} of {{ name }}"


def rendered(kept: Templates, text: str = TEXT, kind: str = "text") -> tuple[str, bool]:
    """A template's result, and whether it had to be compiled."""
    compiled: list[str] = []

    def compile_one() -> CodeType:
        compiled.append(text)
        return JINJA.compile(text)

    code = kept.compiled(kind, text, compile_one)
    template = Template.from_code(JINJA, code, {})
    return template.render(number=1, name="a"), bool(compiled)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that a process kept."""
    found = tmp_path / "cache" / "templates"
    first = Templates(found)
    assert rendered(first) == ("2 of a", True)
    first.keep()
    return found


def test_what_was_compiled_renders_alike_in_the_next_process(path: Path) -> None:
    """Another text, and another kind of environment, are compiled."""
    kept = Templates(path)
    assert rendered(kept) == ("2 of a", False)
    assert rendered(kept, "{{ name }}") == ("a", True)
    assert rendered(kept, kind="native") == ("2 of a", True)


def test_a_process_adds_to_what_others_kept(path: Path) -> None:
    """A parse and a build compile different templates."""
    second = Templates(path)
    rendered(second, "{{ name }}")
    second.keep()
    third = Templates(path)
    assert rendered(third) == ("2 of a", False)
    assert rendered(third, "{{ name }}") == ("a", False)
    assert [file.name for file in path.parent.iterdir()] == ["templates"]


@pytest.mark.parametrize("damage", [b"", b"torn", None])
def test_a_damaged_file_is_none(path: Path, damage: bytes | None) -> None:
    """Python ends, without an error, when it reads damaged code."""
    content = bytearray(path.read_bytes())
    content[-5] ^= 0xFF
    path.write_bytes(content if damage is None else damage)
    assert rendered(Templates(path)) == ("2 of a", True)


def test_what_no_process_uses_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the file has every template that ever was."""
    monkeypatch.setattr(templates, "KEPT", 1)
    second = Templates(path)
    rendered(second, "{{ name }}")
    second.keep()
    third = Templates(path)
    assert rendered(third, "{{ name }}") == ("a", False)
    assert rendered(third) == ("2 of a", True)


def test_a_cache_that_cannot_be_written_costs_the_compiling_alone(tmp_path: Path) -> None:
    """A read-only or full disk ends no run."""
    (tmp_path / "cache").write_text("a file where a folder should be")
    kept = Templates(tmp_path / "cache" / "templates")
    assert rendered(kept) == ("2 of a", True)
    kept.keep()
    assert rendered(Templates(tmp_path / "cache" / "templates")) == ("2 of a", True)


def test_whoever_has_no_home_folder_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package in a container may run as a user without one."""

    def home_of_nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(templates, "cache_folder", home_of_nobody)
    kept = templates.templates()
    assert rendered(kept) == ("2 of a", True)
    kept.keep()
