"""The dbt manifest behind Dagster's definitions, parsed anew when the project changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from dagster_dbt import DbtProject

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import sync_file
from orchestration.foundation.repository import DBT_PROJECT, REPOSITORY
from orchestration.transform.dbt import DbtFailed, run_dbt

_SOURCES = ("models", "seeds", "dbt_project", "requirements.lock")


def prepared_project(settings: Settings) -> DbtProject:
    """The dbt project with a manifest that matches its files.

    Parsing takes about 5 s, so it happens only when a file of the project changed.

    Raises:
        DbtFailed: The project does not parse; says why.
    """
    project = DbtProject(
        project_dir=DBT_PROJECT, target_path=settings.dbt_target_dir, profiles_dir=DBT_PROJECT
    )
    fingerprint = project_fingerprint(REPOSITORY)
    stamp = settings.dbt_target_dir / "manifest.fingerprint"
    if project.manifest_path.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return project
    parsed = run_dbt(settings, ["parse", "--quiet", "--no-use-colors"])
    if parsed.returncode:
        raise DbtFailed(
            f"The dbt project does not parse:\n{parsed.stdout.strip()}",
            where=str(DBT_PROJECT),
            remedy="Mend the file that dbt names, then run again.",
        )
    # A stamp beside a manifest that a power loss emptied would be believed for ever.
    sync_file(project.manifest_path)
    stamp.write_text(fingerprint)
    return project


def project_fingerprint(repository: Path) -> str:
    """A hash over every file that the manifest depends on."""
    digest = hashlib.sha256()
    for path in sorted(_files(repository)):
        digest.update(str(path.relative_to(repository)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(repository: Path) -> Iterator[Path]:
    for name in _SOURCES:
        source = repository / name
        if source.is_file():
            yield source
            continue
        for path in source.rglob("*"):
            # target and logs are what dbt writes when it is called by hand.
            inside = path.relative_to(source).parts
            if path.is_file() and inside[0] not in ("target", "logs") and ".user.yml" not in inside:
                yield path
