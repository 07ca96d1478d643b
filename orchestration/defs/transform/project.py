"""The dbt manifest behind Dagster's definitions, parsed again when the project changes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dagster_dbt import DbtProject

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import sync_file
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform import parses
from orchestration.transform.dbt import (
    DELIVERED,
    FORMER,
    VOCABULARY,
    DbtFailed,
    dbt_environment,
    run_dbt,
)

_PARSERS = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "dagster-dbt")
"""Packages whose version may change the manifest."""


def prepared_project(settings: Settings) -> DbtProject:
    """The dbt project with a manifest that matches its files and what the sources deliver.

    Parsing takes about 5 s, so it happens only after one of them changed, and not where another
    home of this machine has the same.

    Raises:
        DbtFailed: The project does not parse; the message says why.
    """
    project = DbtProject(
        project_dir=DBT_PROJECT, target_path=settings.dbt_target_dir, profiles_dir=DBT_PROJECT
    )
    environment = dbt_environment(settings)
    delivered = environment[DELIVERED]
    code = project_fingerprint(DBT_PROJECT)
    fingerprint = f"{code} {delivered}"
    stamp = settings.dbt_target_dir / "manifest.fingerprint"
    stamped = stamp.read_text() if stamp.exists() else ""
    if project.manifest_path.exists() and stamped == fingerprint:
        return project
    # dbt parses what read another value of a variable again.
    read = json.dumps([environment[name] for name in (VOCABULARY, FORMER)])
    kept = f"{fingerprint} {read} {sys.version} {DBT_PROJECT}"
    if parses.fetch(kept, settings.dbt_target_dir):
        stamp.write_text(fingerprint)
        return project
    if not stamped.endswith(f" {delivered}"):
        # dbt would stop at the unit tests of models that were there before.
        (settings.dbt_target_dir / "partial_parse.msgpack").unlink(missing_ok=True)
    parsed = run_dbt(settings, ["parse", "--quiet", "--no-use-colors"])
    if parsed.returncode:
        raise DbtFailed(
            f"The dbt project does not parse:\n{parsed.stdout.strip()}",
            where=str(DBT_PROJECT),
            remedy="Fix the file that dbt names, then run again.",
        )
    if project_fingerprint(DBT_PROJECT) != code:
        # Edited or upgraded while dbt read it: what it made is of neither version.
        stamp.unlink(missing_ok=True)
        return project
    # A stamp beside a manifest that a power loss emptied would be trusted for ever.
    sync_file(project.manifest_path)
    stamp.write_text(fingerprint)
    parses.keep(kept, settings.dbt_target_dir)
    return project


def project_fingerprint(project: Path) -> str:
    """A hash over everything that the manifest depends on: dbt's version and the project's files.

    Args:
        project: The folder of ``dbt_project.yml``.
    """
    digest = hashlib.sha256()
    for package in _PARSERS:
        digest.update(f"{package} {metadata.version(package)}\n".encode())
    for path in sorted(_files(project)):
        digest.update(path.relative_to(project).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(project: Path) -> Iterator[Path]:
    for source in project.iterdir():
        # dbt writes target and logs when a person calls it directly.
        if source.name in ("target", "logs", ".user.yml"):
            continue
        # A folder may be a link, and only rglob on the link itself follows it.
        yield from (path for path in (source, *source.rglob("*")) if path.is_file())
