"""``tributary explain``: one journey from the published file, touch by touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.errors import TributaryError
from orchestration.settings import Settings
from orchestration.warehouse.published import open_published


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion to explain.

    Attributes:
        conversion_key: Its key in ``core.fct_conversions``.
        conversion_id: Its natural id.
        conversion_type: ``lead``, ``mql``, ``sql``, ``opportunity``, ``customer`` or custom.
        occurred_at: UTC.
        value: In the reporting currency; ``None`` when the conversion has none.
    """

    conversion_key: str
    conversion_id: str
    conversion_type: str
    occurred_at: datetime
    value: Decimal | None


_TOUCHES_ABREAST = 6
"""Credits side by side: what 80 columns hold."""

_LEAD = """
    select
        leads.lead_key,
        leads.lead_id,
        leads.created_at,
        sources.name_en as lead_source,
        channels.name_en as lead_channel,
        tracked.name_en as tracked_source,
        crm.name_en as crm_source,
        self_reported.name_en as self_reported_source,
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

_CONVERSIONS = """
    select conversion_key, conversion_id, conversion_type, occurred_at, value
    from core.fct_conversions
    where conversion_key = $key or lead_key = $key
    order by occurred_at, conversion_type, conversion_id
"""

_TOUCHES = """
    select
        credits.touchpoint_key,
        credits.touched_at,
        coalesce(touches.touch_type, '') as touch_type,
        sources.name_en as lead_source,
        channels.name_en as lead_channel,
        coalesce(campaigns.campaign_name, '') as campaign_name,
        coalesce(touches.rule_id, '') as rule_id
    from (
        select distinct
            touchpoint_key, touched_at, lead_source_key, lead_channel_key, campaign_key
        from core.fct_attribution_credits
        where conversion_key = $key
    ) as credits
    left join core.fct_touchpoints as touches
        on credits.touchpoint_key = touches.touchpoint_key
    left join core.dim_lead_sources as sources
        on credits.lead_source_key = sources.lead_source_key
    left join core.dim_lead_channels as channels
        on credits.lead_channel_key = channels.lead_channel_key
    left join core.dim_campaigns as campaigns
        on credits.campaign_key = campaigns.campaign_key
    order by credits.touched_at, touches.touchpoint_id
"""

_CREDITS = """
    select attribution_model, touchpoint_key, credit
    from core.fct_attribution_credits
    where conversion_key = $key
"""


def run_explain(settings: Settings, identifier: str, console: Console) -> None:
    """Show the journey of a lead, or the one behind a conversion.

    Args:
        settings: Where the published file stands.
        identifier: A lead's or a conversion's id or key.
        console: Where the tables are shown.

    Raises:
        TributaryError: Nothing published has that id.
    """
    with open_published(settings) as con:
        lead_key = _find(con, "core.fct_leads", "lead", identifier)
        conversion_key = (
            None if lead_key else _find(con, "core.fct_conversions", "conversion", identifier)
        )
        key = lead_key or conversion_key
        if key is None:
            raise TributaryError(
                f"No lead and no conversion has the id {identifier!r}.",
                where=str(settings.published_path),
                remedy='List some: tributary sql "select lead_id from core.fct_leads limit 10"',
            )
        if lead_key:
            _show_lead(con, lead_key, console)
        conversions = [Conversion(*row) for row in _rows(con, _CONVERSIONS, key)]
        for conversion in conversions:
            _show_conversion(con, conversion, console)
        if not conversions:
            console.print("This lead has no conversion yet, so no touch has earned credit.")


def _rows(con: duckdb.DuckDBPyConnection, sql: str, key: str) -> list[tuple[Any, ...]]:
    return con.execute(sql, {"key": key}).fetchall()


def _find(con: duckdb.DuckDBPyConnection, table: str, entity: str, identifier: str) -> str | None:
    found = con.execute(
        f"select {entity}_key from {table} "
        f"where {entity}_id = $id or {entity}_key = $id order by 1",
        {"id": identifier},
    ).fetchall()
    if len(found) > 1:
        raise TributaryError(
            f"{len(found)} records have the {entity} id {identifier!r}.",
            remedy="Ask by key: " + ", ".join(row[0] for row in found[:5]),
        )
    return found[0][0] if found else None


def _show_lead(con: duckdb.DuckDBPyConnection, lead_key: str, console: Console) -> None:
    (row,) = _rows(con, _LEAD, lead_key)
    _, lead_id, created_at, source, channel, tracked, crm, told, customer_at, revenue = row
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Lead", _plain(lead_id))
    facts.add_row("Created", f"{created_at:%Y-%m-%d %H:%M:%S} UTC")
    facts.add_row("Source", f"{_plain(source)}  [dim](where it came from)[/dim]")
    facts.add_row("Channel", f"{_plain(channel)}  [dim](what made it act)[/dim]")
    facts.add_row(
        "Evidence",
        f"tracked: {_plain(tracked)}; CRM: {_plain(crm)}; self-reported: {_plain(told)}",
    )
    if customer_at is not None:
        facts.add_row("Customer", f"{customer_at:%Y-%m-%d %H:%M:%S} UTC, revenue {revenue:,.2f}")
    console.print(facts)


def _show_conversion(
    con: duckdb.DuckDBPyConnection, conversion: Conversion, console: Console
) -> None:
    value = "" if conversion.value is None else f", value {conversion.value:,.2f}"
    console.print(
        f"\n[bold]{_plain(conversion.conversion_type)}[/bold] {_plain(conversion.conversion_id)} "
        f"at {conversion.occurred_at:%Y-%m-%d %H:%M:%S} UTC{value}",
        highlight=False,
    )
    touches = _rows(con, _TOUCHES, conversion.conversion_key)
    console.print(_touch_table(touches))
    shares: dict[str, dict[str, Decimal]] = {}
    for model, touchpoint_key, credit in _rows(con, _CREDITS, conversion.conversion_key):
        shares.setdefault(model, {})[touchpoint_key] = credit
    keys = [touch[0] for touch in touches]
    for start in range(0, len(keys), _TOUCHES_ABREAST):
        console.print(_credit_table(shares, keys, start))


def _touch_table(touches: Sequence[Sequence[Any]]) -> Table:
    """Every touch with its number, by which the credits below name it."""
    table = Table(header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("touched (UTC)", no_wrap=True)
    for name in ("type", "source", "channel", "campaign", "rule"):
        table.add_column(name, overflow="fold")
    for number, (_, touched_at, *described) in enumerate(touches, start=1):
        moment = "" if touched_at is None else f"{touched_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(number), moment, *(_plain(value) for value in described))
    return table


def _credit_table(shares: dict[str, dict[str, Decimal]], keys: list[str], start: int) -> Table:
    """The credit of some touches under every model, and each model's sum over all touches."""
    abreast = keys[start : start + _TOUCHES_ABREAST]
    table = Table(header_style="bold")
    table.add_column("credit of touch", no_wrap=True)
    for number in range(start + 1, start + len(abreast) + 1):
        table.add_column(f"#{number}", justify="right", no_wrap=True)
    table.add_column("all", justify="right", no_wrap=True)
    for model in sorted(shares):
        total = sum(shares[model].values(), Decimal(0))
        cells = (_credit(shares[model].get(key)) for key in abreast)
        table.add_row(model, *cells, _credit(total))
    return table


def _credit(credit: Decimal | None) -> str:
    return "·" if not credit else f"{credit:.4f}"


def _plain(value: Any) -> str:
    """A name from a vendor or a file, with rich's markup switched off."""
    return "" if value is None else str(value).replace("[", "\\[")
