"""``tributary explain``: one journey, or one lead source or channel, from the published file."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.commands.explain_tables import (
    credited_table,
    estimates_table,
    moment,
    show_journey,
)
from orchestration.configuration.secrets import MissingSecret
from orchestration.configuration.settings import Settings
from orchestration.explaining.credits import read_credits
from orchestration.explaining.journeys import conversions_of, read_journey
from orchestration.explaining.members import Member, definitions, find_members, read_member
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.terminal import plain
from orchestration.privacy.hashes import identity_key
from orchestration.publication.hiding import Hiding
from orchestration.publication.reader import open_published

MOST_LEFT_OUT = 8
"""How many touches outside a journey are listed by default."""

_FOUND = """
    select 'lead' as entity, lead_key as key, source_system, lead_id || ', created '
        || strftime(created_at, '%Y-%m-%d') as described
    from core.fct_leads where lead_id in ($id, $shown) or lead_key = $id
    union all
    select 'conversion', conversion_key, source_system, conversion_type || ' '
        || conversion_id || ', ' || strftime(occurred_at, '%Y-%m-%d')
    from core.fct_conversions where conversion_id in ($id, $shown) or conversion_key = $id
    order by 1 desc, 3, 4, 2
"""

_LEAD = """
    select
        leads.lead_id,
        leads.created_at,
        sources.name_en,
        channels.name_en,
        tracked.name_en,
        crm.name_en,
        self_reported.name_en,
        leads.customer_at,
        leads.revenue
    from core.fct_leads as leads
    left join core.dim_lead_sources as sources
        on leads.lead_source_key = sources.lead_source_key
    left join core.dim_lead_channels as channels
        on leads.lead_channel_key = channels.lead_channel_key
    left join core.dim_lead_sources as tracked
        on leads.tracked_source_key = tracked.lead_source_key
    left join core.dim_lead_sources as crm
        on leads.crm_source_key = crm.lead_source_key
    left join core.dim_lead_sources as self_reported
        on leads.self_reported_source_key = self_reported.lead_source_key
    where leads.lead_key = $key
"""


def run_explain(
    settings: Settings, identifier: str, console: Console, *, every_touch: bool = False
) -> None:
    """Show a lead's journeys, a conversion's journey, or what the models say about a member.

    Args:
        settings: Locates the published file.
        identifier: The id or key of a lead or a conversion, or the code or key of a lead source
            or lead channel.
        console: Where the tables are shown.
        every_touch: Whether to list all touches that were left out, not only the nearest.

    Raises:
        TributaryError: The published file has nothing with that id, or several things with it.
    """
    with open_published(settings) as con:
        explain(con, settings, identifier, console, None if every_touch else MOST_LEFT_OUT)


def explain(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    identifier: str,
    console: Console,
    most_left_out: int | None = MOST_LEFT_OUT,
) -> None:
    """Do what ``run_explain`` does, by a connection that is open.

    Args:
        con: From ``open_published``.
        settings: Where it is, and the company's key.
        identifier: As above.
        console: As above.
        most_left_out: How many touches outside a journey are listed; ``None`` for all.

    Raises:
        TributaryError: As above.
    """
    try:
        _explain(con, settings, identifier, console, most_left_out)
    except duckdb.CatalogException as error:
        raise TributaryError(
            "The published file was written by another version of Tributary.",
            where=str(settings.published_path),
            remedy="Publish again: tributary run",
        ) from error


def _as_published(con: duckdb.DuckDBPyConnection, settings: Settings, identifier: str) -> str:
    """The published form of an id that may be a person, which only who has the key can name."""
    try:
        key = identity_key(settings, keep=False)
    except MissingSecret:
        return identifier
    return Hiding(key).shown_id(con, identifier)


def _explain(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    identifier: str,
    console: Console,
    most_left_out: int | None,
) -> None:
    shown = _as_published(con, settings, identifier)
    found = con.execute(_FOUND, {"id": identifier, "shown": shown}).fetchall()
    members = find_members(con, identifier)
    if not found and not members:
        raise TributaryError(
            f"No lead, conversion, lead source or lead channel is called {identifier!r}.",
            where=str(settings.published_path),
            remedy='List some: tributary sql "select lead_id from core.fct_leads limit 10"   or '
            'tributary sql "select lead_source from core.dim_lead_sources"',
        )
    if len(found) > 1 or (found and members):
        named = [f"{entity} {key}: {what} ({system})" for entity, key, system, what in found]
        named += [f"{member.dimension} {member.member_key}: {member.code}" for member in members]
        raise TributaryError(
            f"{len(named)} things are called {identifier!r}.",
            where="\n  ".join(["", *named[:20]]),
            remedy="Ask by key: tributary explain KEY",
        )
    for member in members:
        _show_member(con, member, console)
    if members:
        _show_meanings(con, console)
    if not found:
        return
    ((entity, key, _, _),) = found
    if entity == "lead":
        _show_lead(con, key, console)
    conversions = conversions_of(con, key)
    for conversion in conversions:
        journey = read_journey(con, conversion)
        show_journey(journey, read_credits(con, journey), most_left_out, console)
    if not conversions:
        console.print("This lead has no conversion yet, so no touch has earned credit.")


def _show_lead(con: duckdb.DuckDBPyConnection, lead_key: str, console: Console) -> None:
    (row,) = con.execute(_LEAD, {"key": lead_key}).fetchall()
    lead_id, created_at, *names, customer_at, revenue = row
    source, channel, tracked, crm, told = (plain(name or "") for name in names)
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Lead", plain(lead_id))
    facts.add_row("Created", f"{moment(created_at)} UTC")
    facts.add_row("Source", f"{source}  [dim](where it came from)[/dim]")
    facts.add_row("Channel", f"{channel}  [dim](what made it act)[/dim]")
    facts.add_row("Evidence", f"tracked: {tracked}; CRM: {crm}; self-reported: {told}")
    if customer_at is not None:
        facts.add_row("Customer", f"{moment(customer_at)} UTC, revenue {revenue:,.2f}")
    console.print(facts)


def _show_member(con: duckdb.DuckDBPyConnection, member: Member, console: Console) -> None:
    kind = "Lead source" if member.dimension == "lead_source" else "Lead channel"
    console.print(
        f"\n[bold]{kind} {plain(member.name)}[/bold] ({plain(member.code)}): {plain(member.facts)}",
        highlight=False,
    )
    findings = read_member(con, member)
    if not findings:
        console.print("It appears in no conversion's journey.")
        return
    console.print(credited_table(findings))
    console.print(estimates_table(findings))
    for conversion_type, found in findings.items():
        for finding in found:
            if finding.standard_error:
                console.print(
                    f"{plain(conversion_type)}, {finding.model}: estimated from samples, standard "
                    f"error {finding.standard_error:,.2f} conversions.",
                    highlight=False,
                )


def _show_meanings(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    console.print("\n[bold]What the models mean[/bold]")
    meanings = Table.grid(padding=(0, 2))
    for model, definition in definitions(con):
        meanings.add_row(plain(model), plain(definition))
    console.print(meanings)
    console.print(
        "A removal effect is the share of conversions that would be lost if the member led "
        "nowhere; the effects of several overlap. Intervals come from resampling people.",
        highlight=False,
    )
