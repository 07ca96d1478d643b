"""Whether a run would publish again what is published already.

Belongs here: what a generation was made from, and comparing that with the present. Does not belong
here: what is done without a change (``defs/sources/boundary.py``, ``runs/unchanged.py``).

No model knows what day it is, so the same landing, configuration and code give the same figures.
Whatever cannot be compared counts as changed: the price is a run.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.inbox_files import inbox_files, present_paths
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import CONSENTS
from orchestration.extract.keeping import cutoffs
from orchestration.foundation.durable import write_at_once
from orchestration.foundation.repository import DBT_PROJECT, REPOSITORY
from orchestration.privacy.consent import refused
from orchestration.privacy.erasures import erasures
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Held
from orchestration.warehouse.model_fingerprint import model_fingerprint

_PACKAGES = (
    *("dagster", "dbt-core", "dbt-duckdb", "great-expectations", "jinja2", "numpy", "orjson"),
    *("pandas", "pyarrow", "tzdata"),
)
_CODE = (".css", ".html", ".py", ".sql", ".toml", ".yml")
"""What files of code end in, those of the report among them."""

_BEGUN, _STANDING = "begun", "standing"
_NOT_MOVED = 4
"""Of the published file, which gets links when it is kept, all but the time of those."""

File = list[int]
"""What the system says of a file: device, inode, size, and when it was written and changed."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a run works with, as digests.

    Attributes:
        code: Models, seeds, Python and the packages that compute.
        configuration: The configuration as it was read, and the company's key.
        people: Who was erased or refused, and until when people are kept.
        landing: The manifest, and what was set aside.
        failed: Accounts that could not be read.
    """

    code: str
    configuration: str
    people: str
    landing: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The published generation and what it was made from.

    Attributes:
        generation: Its number.
        published: The published file, as the system shows it.
        warehouse: The build warehouse, likewise.
        basis: What its run worked with.
        files: The files of the inbox as they were then, by entry; ``None`` when none was read.
    """

    generation: int
    published: File
    warehouse: File
    basis: Basis
    files: dict[str, File] | None


def begin(settings: Settings, run_id: str, *, reads: bool) -> None:
    """Note before a run reads anything how things are: what changes later has changed.

    Args:
        settings: Whose home.
        run_id: The run.
        reads: Whether it reads every file.
    """
    facts = {
        "run_id": run_id,
        "files": present_files(settings) if reads else None,
        "fixed": _fixed(settings),
        "landing": _landing(settings),
        "basis": None,
    }
    _write(settings, _BEGUN, facts)


def loaded(settings: Settings, run_id: str, con: duckdb.DuckDBPyConnection) -> Standing | None:
    """Note what was loaded; returns the generation that was made from the same, if it stands.

    Args:
        settings: Whose home.
        run_id: The run, after its streams were loaded.
        con: The build warehouse.
    """
    failed = con.execute(
        "select connector, stream, account_id, message from ops.accounts_failed order by all"
    ).fetchall()
    basis = present_basis(settings, _digest(map(repr, failed)))
    begun = _read(settings, _BEGUN)
    # Code that was replaced meanwhile was not run, and what was set aside meanwhile was loaded.
    if begun.get("run_id") != run_id or begun["fixed"] != _fixed(settings):
        return None
    _write(settings, _BEGUN, {**begun, "basis": asdict(basis)})
    standing = read_standing(settings)
    same = standing is not None and standing.basis == basis and _is_built(con)
    return standing if same else None


def note(settings: Settings, run_id: str, generation: int) -> None:
    """Note that a generation stands for what a run noted before.

    Call it when nobody has the warehouse open: it is compared, too, because a damaged one is no
    reason to publish, but must be set aside and made again.

    Args:
        settings: Whose home.
        run_id: The run, which published that generation or found that it still stands.
        generation: Its number.
    """
    begun = _read(settings, _BEGUN)
    if begun.get("run_id") == run_id and begun["basis"]:
        file = what_the_system_says(settings.published_path)
        warehouse = _stat(settings.warehouse_path)
        basis = Basis(**begun["basis"])
        # Who refused is looked up in landing before a run reads: what this one landed of them
        # is found by the next.
        looked = begun["landing"] == basis.landing or not _somebody_may_refuse(settings)
        files = begun["files"] if looked else None
        facts = asdict(Standing(generation, file, warehouse, basis, files))
        _write(settings, _STANDING, facts)
    else:
        forget(settings)


def forget(settings: Settings) -> None:
    """Let the next run do everything."""
    _path(settings, _STANDING).unlink(missing_ok=True)


def read_standing(settings: Settings) -> Standing | None:
    """The generation that stands.

    Returns:
        ``None`` when it is not the published file any more, or somebody waits to be erased.
    """
    found = _read(settings, _STANDING)
    if not found or found["published"] != what_the_system_says(settings.published_path):
        return None
    if not all(item.is_done for item in erasures(settings)):
        return None
    return Standing(**{**found, "basis": Basis(**found["basis"])})


def unchanged(settings: Settings) -> Standing | None:
    """The generation that stands when nothing changed, found without reading any file.

    Only for a company without vendors: what they would answer is not known before they are asked.

    Args:
        settings: Whose home.
    """
    standing = read_standing(settings)
    if standing is None or settings.config.connectors:
        return None
    same = (
        standing.warehouse == _stat(settings.warehouse_path)
        and standing.files == present_files(settings)
        and standing.basis == present_basis(settings, standing.basis.failed)
    )
    return standing if same else None


def _is_built(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse holds models: one that was set aside is empty."""
    found = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'core'"
    ).fetchall()
    return found != [(0,)]


def present_files(settings: Settings) -> dict[str, File]:
    """The files of the inbox, and those of queries, as the system shows them now.

    A missing one is empty.
    """
    found = {}
    for entry in inbox_files(settings.config.inbox):
        paths = present_paths(entry)
        if paths is None:
            # A database does not tell; asked twice, it may say something else.
            found[f"{entry.stream} {entry.path}"] = [time.time_ns()]
            continue
        for path in paths:
            found[f"{entry.stream} {path}"] = _stat(path)
    return found


def present_basis(settings: Settings, failed: str) -> Basis:
    """What a run would work with now.

    Args:
        settings: Whose home.
        failed: The digest of the accounts that could not be read.
    """
    own = [repr(settings.config), Held.fingerprint(identity_key(settings))]
    due = cutoffs(settings.config.privacy.keep_days, settings.now())
    held = [(item.request, item.held, item.is_done) for item in erasures(settings)]
    refused = settings.erasures_dir / ".refused.json"
    return Basis(
        code=_code(),
        configuration=_digest(own),
        people=_digest([repr(due), repr(held), *_contents([refused])]),
        landing=_landing(settings),
        failed=failed,
    )


def _code() -> str:
    parts = [model_fingerprint(), sys.version]
    parts += [f"{package} {metadata.version(package)}" for package in _PACKAGES]
    for folder in (REPOSITORY / "orchestration", DBT_PROJECT / "tests"):
        files = (path for path in folder.rglob("*") if path.suffix in _CODE)
        parts += _contents(sorted(files))
    return _digest([*parts, *_contents([DBT_PROJECT / "profiles.yml"])])


def _landing(settings: Settings) -> str:
    folder = settings.landing_dir
    return _digest(_contents([folder / "manifest.jsonl", _set_aside(settings)]))


def _set_aside(settings: Settings) -> Path:
    return settings.landing_dir / "set_aside.json"


def _fixed(settings: Settings) -> str:
    """What a run takes as it is when it begins."""
    return _digest([_code(), *_contents([_set_aside(settings)])])


def _somebody_may_refuse(settings: Settings) -> bool:
    listed = any(entry.stream == CONSENTS.name for entry in settings.config.inbox)
    return listed or bool(settings.config.privacy.refusals_of) or bool(refused(settings).known)


def _contents(paths: Iterable[Path]) -> Iterable[str]:
    for path in paths:
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        yield f"{path.name} {found}"


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def what_the_system_says(published: Path) -> File:
    """Of a published file, wherever it is moved; empty where there is none."""
    return _stat(published)[:_NOT_MOVED]


def _stat(path: Path) -> File:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _path(settings: Settings, name: str) -> Path:
    # In the build folder: whoever deletes that wants everything made again.
    return settings.build_dir / f"{name}.json"


def _read(settings: Settings, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_path(settings, name).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _write(settings: Settings, name: str, facts: dict[str, Any]) -> None:
    write_at_once(_path(settings, name), json.dumps(facts).encode())
