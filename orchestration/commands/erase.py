"""``tributary erase``: takes people out of the home, or looks whether somebody is still there."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from orchestration.commands.run import show_failure
from orchestration.commands.tables import counted
from orchestration.configuration.settings import Settings
from orchestration.erasing.carrying_out import is_behind, pending, request
from orchestration.erasing.checking import places
from orchestration.erasing.finding import possible, resolve
from orchestration.extract.landing import Landing
from orchestration.foundation.errors import TributaryError
from orchestration.plan import RunPlan
from orchestration.privacy.erasures import Erasure, erasures
from orchestration.publication.reader import query
from orchestration.runs.job import run_job


def run_erase(
    settings: Settings, people: list[str], kind: str, reason: str, console: Console
) -> int:
    """Erase people, and finish what an earlier command did not.

    Everything is built again from landing and published without them, in the same command.

    Args:
        settings: The company's.
        people: Addresses, numbers or ids; none: only finish what is pending.
        kind: What the ids are, where their text does not say.
        reason: Why, for the certificate.
        console: Where it is shown.

    Returns:
        0 when they are erased everywhere, 1 when not.
    """
    settings.require_config()
    settings.prepare_home()
    landing = Landing(settings.landing_dir)
    meant = [resolve(landing, who, kind) for who in people]
    for start in meant:
        _show_request(request(settings, start, reason), console)
    waiting = [item.request for item in pending(settings)]
    if not waiting:
        return _catch_up(settings, console)
    plan = RunPlan(rebuild=True, accept_losses=_losses_stand_accepted(settings))
    outcome = run_job(settings, "rebuild", plan, console)
    if not outcome.succeeded:
        show_failure(settings, outcome, console)
    done = [item for item in erasures(settings) if item.request in waiting and item.is_done]
    for item in done:
        _show_certificate(settings, item, console)
    if len(done) < len(waiting):
        console.print(
            "Not erased everywhere yet: earlier generations are still published. Mend what is "
            "named above, then: tributary erase --resume",
            style="bold red",
        )
        return 1
    return _server(settings, console)


def _catch_up(settings: Settings, console: Console) -> int:
    """Serve what is published where the server still has somebody who was erased."""
    if not any(map(is_behind, erasures(settings))):
        console.print("Nothing is pending.")
        return 0
    if settings.config.serving.postgres is not None:
        outcome = run_job(settings, "refresh", RunPlan(), console)
        if not outcome.succeeded:
            show_failure(settings, outcome, console)
    return _server(settings, console)


def _server(settings: Settings, console: Console) -> int:
    """Say whether the server still has somebody who was erased; the status to exit with."""
    if not any(map(is_behind, erasures(settings))):
        return 0
    if settings.config.serving.postgres is None:
        said = (
            "The PostgreSQL server that was configured may still have who was erased. Configure it "
            "again, then: tributary erase --resume"
        )
    else:
        said = (
            "PostgreSQL still has an earlier generation. Mend what is named above, then: "
            "tributary erase --resume"
        )
    console.print(said, style="bold red")
    return 1


def _losses_stand_accepted(settings: Settings) -> bool:
    """Whether what is published now was accepted with its losses.

    The same records are refused when everything is built again. Asking again would keep people
    published until somebody mends a file that has nothing to do with them.
    """
    if not settings.published_path.exists():
        return False
    return bool(query(settings, "select count(*) from meta.accepted_losses").rows[0][0])


def check(settings: Settings, who: str, kind: str, console: Console) -> int:
    """Look for a person in every byte of the home.

    Returns:
        0 when nothing was found, 1 when something was.
    """
    found = places(settings, who, possible(Landing(settings.landing_dir), who, kind))
    for path, said in found.items():
        console.print(f"{path}: {said}", markup=False, highlight=False, soft_wrap=True)
    if not found:
        console.print(f"Nothing below {settings.home} names them.", highlight=False)
    return 1 if found else 0


def listed(path: Path) -> list[str]:
    """The people in a file, one to a line.

    Raises:
        TributaryError: It cannot be read, or names nobody.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise TributaryError(
            f"The list cannot be read: {type(error).__name__}.",
            where=str(path),
            remedy="Write one address, number or id to a line, in UTF-8.",
        ) from error
    people = [line.strip() for line in lines if line.strip()]
    if not people:
        raise TributaryError(
            "The list names nobody.", str(path), "Write one address, number or id to a line."
        )
    return people


def _show_request(item: Erasure, console: Console) -> None:
    known = ", ".join(f"{count} {kind}" for kind, count in item.identifiers.items())
    console.print(f"Erasing (request {item.request}): {known}.", highlight=False)
    if item.shared:
        console.print(
            f"{item.shared} number(s), browser(s) or click(s) also occur with other people and "
            "stay.",
            style="yellow",
        )


def _show_certificate(settings: Settings, item: Erasure, console: Console) -> None:
    path = settings.erasures_dir / f"{item.request}.json"
    records = sum(int(line["records"]) for line in item.removed["landing"])
    console.print(
        f"[bold green]Erased[/bold green]: {counted(records, 'record')} in "
        f"{counted(len(item.removed['landing']), 'slice')}. Certificate: {path}",
        highlight=False,
        soft_wrap=True,
    )
    for name, lines in item.removed["files_of_the_company"].items():
        console.print(
            f"Your own file {name} still names somebody who was erased, in "
            f"{counted(lines, 'line')}. Tributary does not read them in, and does not change the "
            "file.",
            style="yellow",
            markup=False,
            highlight=False,
        )
