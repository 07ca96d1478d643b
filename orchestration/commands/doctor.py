"""``tributary doctor``: finds what would make a run fail and says how to fix it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from orchestration.commands.doctor_files import file_findings
from orchestration.commands.finding import Finding, trouble
from orchestration.commands.tables import counted
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.rules import inspect_rules
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import CONFIGURATION, Settings, load_settings
from orchestration.connectors.registry import CONNECTORS
from orchestration.extract.landing import Landing
from orchestration.extract.stream import ping
from orchestration.extract.tokens import TokenStore
from orchestration.foundation.disk import NoRoom, free_bytes
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.modes import too_open, unusable
from orchestration.foundation.repository import EXAMPLE_CONFIGURATION, working_folder
from orchestration.foundation.terminal import shown
from orchestration.inbox.memory import incomplete_files
from orchestration.privacy.text import hide
from orchestration.publication.reader import NotPublished, query
from orchestration.serving import postgres
from orchestration.warehouse.connection import present_writer
from orchestration.warehouse.space import require_space, run_needs

_CLEARED = """
    select connector || ' ' || stream, account_id, column_name, sum(cells)
    from meta.cleared_cells
    group by all
    order by 4 desc, 1, 2, 3
"""
_CLEARED_COLUMNS = 20


def run_doctor(console: Console) -> int:
    """Run every check and print the results.

    Returns:
        0 when a run can go ahead, 1 when something would make it fail.
    """
    table = Table(header_style="bold", show_lines=False)
    for name in ("", "looked at", "saw", "do"):
        table.add_column(name, overflow="fold")
    healthy, inside = True, []
    with console.status("Looking"):
        for finding in findings():
            healthy &= finding.healthy
            mark = "[green]ok[/green]" if finding.healthy else "[bold red]no[/bold red]"
            mark = "[yellow]look[/yellow]" if finding.doubtful else mark
            cells = (finding.subject, finding.saw, finding.remedy)
            table.add_row(mark, *(shown(hide(cell), lines=True) for cell in cells))
            if finding.inside is not None:
                inside.append(_table_of(*finding.inside))
    console.print(table, *inside, sep="\n")
    console.print(
        "Everything is ready for a run."
        if healthy
        else 'Fix every line marked "no", then run: tributary doctor'
    )
    return 0 if healthy else 1


def _table_of(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=shown(hide(title)), title_justify="left", show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*(shown(hide(cell)) for cell in row))
    return table


def findings() -> Iterator[Finding]:
    """All checks; those that can explain later failures come first."""
    try:
        settings = load_settings()
        if settings.config_path == settings.home / CONFIGURATION and settings.unset:
            yield Finding(
                "configuration",
                True,
                f"{settings.config_path}: {settings.config.company.name}, whose vendors answer "
                "only while the demo runs",
                f"For your own company: copy {EXAMPLE_CONFIGURATION} to "
                f"{working_folder() / CONFIGURATION}, and give it a home of its own: "
                "TRIBUTARY_HOME.",
            )
            yield from _own(settings)
            return
        settings.require_config()
    except TributaryError as error:
        yield trouble("configuration", error)
        return
    yield Finding("configuration", True, str(settings.config_path))
    yield from _rules(settings)
    yield from _secrets(settings)
    yield from file_findings(settings)
    yield from _vendors(settings)
    yield from _own(settings)


def _own(settings: Settings) -> Iterator[Finding]:
    """Checks of Tributary's own folders, disk space, landing, warehouse and published file."""
    yield _home(settings)
    yield _modes(settings)
    yield _disk(settings)
    yield _attempt("landing", lambda: _landing(settings))
    yield _writer(settings)
    yield _published(settings)
    yield from _serving(settings)
    yield from _cleared(settings)
    yield from _incomplete(settings)


def _attempt(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, look())
    except TributaryError as error:
        return trouble(subject, error)


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name, config in settings.config.connectors.items():
        for secret in config.secrets.values():
            yield _attempt(f"secret {name}.{secret.key.rpartition('.')[2]}", _reveal(secret))
    for entry in settings.config.inbox:
        if entry.query is not None and isinstance(entry.query.place, Secret):
            place = entry.query.place
            yield _attempt(f"secret of {entry.written_path}", _reveal(place))
    if settings.config.alerts.webhook is not None:
        yield _attempt("secret alerts.webhook", _reveal(settings.config.alerts.webhook))


def _reveal(secret: Secret) -> Callable[[], str]:
    def look() -> str:
        secret.reveal()
        return f"{secret.variable} is set"

    return look


def _rules(settings: Settings) -> Iterator[Finding]:
    rules = settings.config.classification.rules
    found = inspect_rules(rules)
    if rules and all(finding.intended for finding in found):
        yield Finding("classification rules", True, f"{len(rules)}, each of which can match")
    for finding in found:
        yield Finding(
            f"rule {finding.rule_id}",
            True,
            f"{finding.problem}: {finding.detail}",
            "" if finding.intended else "Correct or remove the rule.",
            doubtful=not finding.intended,
        )


def _vendors(settings: Settings) -> Iterator[Finding]:
    for name, config in settings.config.connectors.items():
        title = CONNECTORS[name].title
        yield from (
            _attempt(
                f"{title} answers for {account}",
                _ping(settings, name, config.model_copy(update={"accounts": [account]})),
            )
            for account in config.accounts
        )
        if not config.accounts:
            yield _attempt(f"{title} answers", _ping(settings, name, config))


def _ping(settings: Settings, name: str, config: ConnectorConfig) -> Callable[[], str]:
    def look() -> str:
        ping(CONNECTORS[name], config, tokens=TokenStore(settings.token_dir))
        return "a cheap request was answered"

    return look


def _home(settings: Settings) -> Finding:
    home = settings.home
    parent = home
    while not parent.exists():
        parent = parent.parent
    if os.access(parent, os.W_OK):
        return Finding("TRIBUTARY_HOME", True, str(home))
    return Finding("TRIBUTARY_HOME", False, f"{parent} is not writable", "Correct its permissions.")


def _modes(settings: Settings) -> Finding:
    found = list(too_open(settings.home, settings.private_paths, settings.published_dir))
    if not found:
        return Finding("permissions", True, "only the published file can be read by others")
    told = [f"{each.path} has mode {each.mode:o}, not {each.right:o}" for each in found[:3]]
    return Finding(
        "permissions",
        True,
        f"{len(found)} folders or files: {'; '.join(told)}",
        "tributary run sets them right, if they are this account's.",
        doubtful=True,
    )


def _disk(settings: Settings) -> Finding:
    try:
        require_space(settings)
    except NoRoom as error:
        return trouble("disk", error)
    free = min(free_bytes(folder) for folder in run_needs(settings))
    return Finding("disk", True, f"{free / 1024**3:.1f} GiB free at {settings.home}")


def _landing(settings: Settings) -> str:
    landing = Landing(settings.landing_dir)
    slices = landing.slices()
    for item in slices:
        landing.verify(item)
    return f"{counted(len(slices), 'slice')}, all intact"


def _writer(settings: Settings) -> Finding:
    try:
        writer = present_writer(settings)
    except OSError as error:
        return trouble("warehouse", unusable(settings.home, error))
    if writer is None:
        return Finding("warehouse", True, "no run is writing")
    return Finding(
        "warehouse", True, f"being written by {writer}", "A run that starts now waits for it."
    )


def _published(settings: Settings) -> Finding:
    try:
        answer = query(settings, "select generation, published_at from meta.publication")
    except NotPublished:
        return Finding("published file", True, "none yet", "Run: tributary run")
    except TributaryError as error:
        return trouble("published file", error)
    generation, published_at = answer.rows[0]
    saw = f"generation {generation} of {published_at:%Y-%m-%d %H:%M} UTC"
    return Finding("published file", True, saw)


def _serving(settings: Settings) -> Iterator[Finding]:
    """The server that gets every generation, if one is configured."""
    if settings.config.serving.postgres is None:
        return
    looked = _attempt("serving.postgres", lambda: postgres.examine(settings))
    if looked.healthy and not postgres.is_current(settings):
        saw = f"{looked.saw}, which is not what the published file holds"
        looked = replace(looked, saw=saw, remedy="Run: tributary run", doubtful=True)
    yield looked


def _cleared(settings: Settings) -> Iterator[Finding]:
    """The cells that became empty in the published generation, by source."""
    try:
        answer = query(settings, _CLEARED, max_rows=_CLEARED_COLUMNS)
    except TributaryError:
        return
    for source, account, column, cells in answer.rows:
        yield Finding(
            source,
            True,
            f"{account}: {cells:,} cells of {column} could not be read and are empty",
            "Correct them at the source, or leave them: their records count.",
            doubtful=True,
        )


def _incomplete(settings: Settings) -> Iterator[Finding]:
    """The files that look as if their export was not finished."""
    files = inbox_files(settings.config.inbox)
    try:
        found = incomplete_files(Landing(settings.landing_dir), files)
    except TributaryError:
        return
    for path, why in found:
        yield Finding(
            f"inbox {path}",
            True,
            f"the file that was read last {why}",
            "Export it again. If it is right as it is: incomplete: accept in its inbox entry.",
            doubtful=True,
        )
