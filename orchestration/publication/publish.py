"""Writes a new generation of the published file and installs it where readers look.

Belongs here: the steps of a publish and what happens when one fails. Does not belong here: deciding
whether to publish (``quality/gate.py``), the contents of a generation (``contents.py``), the files
beside the published one (``generations.py``), or reading it (``reader.py``).
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import NoRoom, require_bytes
from orchestration.foundation.durable import sync_directory, sync_file
from orchestration.foundation.fault_points import fault_point
from orchestration.foundation.modes import SHARED_FILE, share_folder
from orchestration.privacy.messages import without_values
from orchestration.publication import carrying, generations, report_file
from orchestration.publication.contents import Publication, PublishFailed, fill
from orchestration.publication.reader import generation_of, open_generation
from orchestration.publication.report_file import ReportFailed
from orchestration.quality.checks import Verdict
from orchestration.warehouse.damage import is_damage, report
from orchestration.warehouse.space import publish_needs

LOCK_SECONDS = 300


def publish(settings: Settings, verdict: Verdict) -> Publication:
    """Copy what the gate verified into a new file and replace the published one with it.

    Its report is written beside it; one that fails is named in the result. Readers that have the
    earlier generation open keep it until they close it. A crash at any point
    leaves the earlier generation in place; the next publish cleans up.

    Args:
        settings: Locates the build warehouse and the published file; the caller holds the writer's
            lease.
        verdict: From the gate; its relations in ``core``, ``marts`` and ``meta`` are copied.

    Raises:
        NoRoom: Too little disk space to publish.
        PublishFailed: A relation is missing, another publish holds the lock, or a file cannot be
            written.
        WarehouseDamaged: The warehouse is damaged; it was set aside.
    """
    folder = settings.published_dir
    share_folder(folder)
    lock = FileLock(folder / ".publish.lock", timeout=LOCK_SECONDS)
    try:
        with lock:
            return _publish(settings, verdict)
    except Timeout as error:
        raise PublishFailed(
            f"Another publish has held the lock for {LOCK_SECONDS} seconds.",
            where=str(folder / ".publish.lock"),
            remedy="Wait for it to end, or stop it; then run again. tributary doctor names it.",
        ) from error


def _publish(settings: Settings, verdict: Verdict) -> Publication:
    folder, published = settings.published_dir, settings.published_path
    generations.remove_leftovers(folder)
    present = generation_of(published)
    if present is not None:
        # A publish killed after installing its file had no time to keep it as a generation.
        generations.keep(published, present)
    number = max([present or 0, *generations.kept_generations(folder)]) + 1
    require_bytes(publish_needs(settings), "publish")

    unfinished = folder / f"{generations.UNFINISHED}{number}-{uuid.uuid4().hex}.duckdb"
    try:
        fault_point("publish.copy")
        publication = _filled(settings, verdict, unfinished, number)
        fault_point("publish.seal")
        _seal(unfinished, publication)
        carrying.note(settings, unfinished, publication.basis, publication.times)
        report = unfinished.with_name(unfinished.name + ".html")
        problem = _reported(settings, unfinished, report)
        fault_point("publish.install")
        report_file.withdraw(folder)
        generations.install(unfinished, published)
        fault_point("publish.report")
        if problem is None:
            report_file.install(report)
    except (duckdb.Error, OSError, NoRoom) as error:
        said = error.what if isinstance(error, NoRoom) else without_values(error)
        raise PublishFailed(
            f"The new generation could not be written: {said}",
            where=str(folder),
            remedy="The earlier generation is unchanged. Check free space and permissions there, "
            "then run again.",
        ) from error
    finally:
        for leftover in folder.glob(unfinished.name + "*"):
            leftover.unlink(missing_ok=True)
    fault_point("publish.keep")
    try:
        generations.keep(published, number)
    except OSError as error:
        raise PublishFailed(
            f"Generation {number} is published, but its copy could not be kept: {error}",
            where=str(generations.generations_dir(folder)),
            remedy="Check free space and permissions there; the next publish keeps it.",
        ) from error
    return replace(publication, report_problem=problem)


def _reported(settings: Settings, generation: Path, target: Path) -> str | None:
    """Write the report; a failure stops no publish of verified figures, and is returned."""
    try:
        report_file.write(settings, generation, target)
    except ReportFailed as error:
        return error.what
    return None


def _filled(settings: Settings, verdict: Verdict, unfinished: Path, number: int) -> Publication:
    """Fill the new file; a warehouse that proves damaged meanwhile is set aside."""
    try:
        return fill(settings, verdict, unfinished, number)
    except duckdb.Error as error:
        if is_damage(error):
            raise report(settings, error) from error
        raise


def _seal(path: Path, publication: Publication) -> None:
    """Sync the finished file to disk, make it read-only, and read it once."""
    sync_file(path)
    path.chmod(SHARED_FILE)
    with open_generation(path) as con:
        seen = con.execute(
            "select publication.generation, "
            "(select count(*) from duckdb_tables() where database_name = current_database()) "
            "+ (select count(*) from duckdb_views() where database_name = current_database() "
            "and not internal) from meta.publication"
        ).fetchall()
    expected = [(publication.generation, len(publication.rows))]
    if seen != expected:
        raise PublishFailed(
            f"The new generation reads back as {seen}, not as {expected} (generation, relations).",
            where=str(path.parent),
            remedy="The earlier generation is unchanged. Check the disk, then run again.",
        )
    sync_directory(path.parent)
