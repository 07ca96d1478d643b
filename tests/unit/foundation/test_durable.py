"""Files that are whole or not there, and that only one module makes so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.foundation import durable
from orchestration.foundation.durable import make_directories, replace_durably, write_at_once
from orchestration.foundation.repository import REPOSITORY


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths that were forced to the disk, in order."""
    paths: list[Path] = []
    monkeypatch.setattr(durable, "_sync", paths.append)
    return paths


def test_a_new_name_is_synced_into_its_folder_after_it_is_given(
    tmp_path: Path, synced: list[Path]
) -> None:
    """After a power loss a renamed file whose folder was not synced may be gone."""
    finished, target = tmp_path / "finished", tmp_path / "there" / "target"
    finished.write_text("new")
    make_directories(target.parent)
    target.write_text("old")
    replace_durably(finished, target)
    assert target.read_text() == "new"
    assert not finished.exists()
    assert synced == [tmp_path, target.parent]


def test_every_missing_folder_is_synced_into_its_parent(tmp_path: Path, synced: list[Path]) -> None:
    """A slice in a folder that a power loss removes is lost with it."""
    make_directories(tmp_path / "a" / "b")
    make_directories(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]


def test_a_write_that_fails_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other processes read these files while they are written."""
    target = tmp_path / "head"
    write_at_once(target, b"old")

    def fail(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", fail)
        with pytest.raises(OSError, match="No space left"):
            write_at_once(target, b"new")
    assert target.read_bytes() == b"old"
    write_at_once(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["head"]
    assert target.read_bytes() == b"new"


def test_the_identity_key_outlives_a_power_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes made with a lost key can never be joined with later ones."""
    from orchestration.privacy import hashes

    kinds: list[str] = []
    monkeypatch.setattr(hashes, "sync_file", lambda path: kinds.append("contents"))
    monkeypatch.setattr(
        hashes,
        "sync_directory",
        lambda folder: kinds.append(" ".join(path.name for path in folder.glob("identity*"))),
    )
    hashes._create(tmp_path / "identity.key")
    assert kinds == ["contents", "identity.key"]


def test_files_get_their_names_in_one_module() -> None:
    """A rename elsewhere would probably lack the sync of its folder."""
    home = REPOSITORY / "orchestration"
    found = {
        f"{path.relative_to(home)}: {call}"
        for path in home.rglob("*.py")
        if path != home / "foundation" / "durable.py"
        for call in _durable_calls(ast.parse(path.read_text("utf-8")))
    }
    assert found == set()
    planted = "os.fsync(3)\npath.replace(other)\npath.rename(other)\ntext.replace(a, b)\n"
    assert list(_durable_calls(ast.parse(planted))) == ["fsync", "replace", "rename"]


def _durable_calls(tree: ast.Module) -> Iterator[str]:
    """Calls of fsync, and of methods that give a file another name.

    A text's ``replace`` takes two arguments, a moment's only named ones; a path's takes one.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            is_path = len(node.args) == 1 and not node.keywords
            if name in ("fsync", "rename", "renames", "move") or (name == "replace" and is_path):
                yield name
