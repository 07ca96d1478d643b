"""How ``tributary explain`` shows journeys, credits and members.

Belongs here: tables and sentences. Does not belong here: reading or judging anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.explaining.credits import UNATTRIBUTED, ModelCredit
from orchestration.explaining.journeys import Conversion, Journey, Touch
from orchestration.explaining.members import Figure, Finding
from orchestration.foundation.terminal import plain

_NAMES_WIDTH = 46
"""Columns needed for model, sums and borders of the table of credits."""

_CREDIT_WIDTH = 9
"""Columns that one touch's credits need."""


def show_journey(
    journey: Journey, credited: Sequence[ModelCredit], most_left_out: int | None, console: Console
) -> None:
    """Show a conversion: its journey, what was left out and why, and the credits with their sums.

    Args:
        journey: The conversion's.
        credited: Every model's credits.
        most_left_out: How many touches outside the journey to list; ``None`` for all.
        console: Where to.
    """
    console.print(f"\n{_headline(journey.conversion)}", highlight=False)
    for sentence in _stitching(journey):
        console.print(sentence, highlight=False)
    if journey.touches:
        console.print(_touches(journey))
    _show_left_out(journey, most_left_out, console)
    for table in _credits(journey, credited, console.width):
        console.print(table)
    _show_sums(journey.conversion, credited, console)


def _headline(conversion: Conversion) -> str:
    value = "no value" if conversion.value is None else f"value {conversion.value:,.2f}"
    return (
        f"[bold]{plain(conversion.conversion_type)}[/bold] {plain(conversion.conversion_id)} "
        f"at {moment(conversion.occurred_at)} UTC, {value}"
        + (
            ""
            if conversion.corrects is None
            else f"; a correction of {plain(conversion.corrects)}, with its journey"
        )
    )


def _stitching(journey: Journey) -> Iterator[str]:
    """The journey before and after identity stitching, and its colleagues."""
    if not journey.touches:
        yield "No touch is eligible, so every model leaves it unattributed."
        return
    own = [number for number, touch in enumerate(journey.touches, 1) if not touch.is_stitched]
    if len(own) == len(journey.touches):
        yield (
            f"Journey of {_number_of(len(own), 'touch', 'touches')}; "
            "each identifies the person directly."
        )
    else:
        before = ", ".join(f"#{number}" for number in own) if own else "no touch"
        yield (
            f"Journey: before identity stitching {before}; after it all of "
            f"{len(journey.touches)}. The stitched touches were anonymous; other records link them "
            "to this person."
        )
    colleagues = {touch.person for touch in journey.touches if not touch.is_own}
    if colleagues:
        people = _number_of(len(colleagues), "colleague", "colleagues")
        yield f"Account scope: touches of {people} also count."


def _touches(journey: Journey) -> Table:
    """The journey; empty columns are left out."""
    roles = journey.roles()
    several = len({touch.person for touch in journey.touches}) > 1
    campaigns = any(touch.campaign != "unknown" for touch in journey.touches)
    table = _table("#", "touched (UTC)", "type", "source", "channel")
    for name, shown in (("campaign", campaigns), ("lead", several)):
        if shown:
            table.add_column(name, overflow="fold")
    for name in ("rule", "identified by", "roles"):
        table.add_column(name, overflow="fold")
    for number, touch in enumerate(journey.touches, 1):
        table.add_row(
            str(number),
            *_described(touch),
            *([plain(touch.campaign)] if campaigns else []),
            *([plain(touch.person)] if several else []),
            plain(touch.rule),
            f"{touch.identified_by}, stitched" if touch.is_stitched else touch.identified_by,
            ", ".join(roles[touch.touchpoint_key]),
        )
    return table


def _show_left_out(journey: Journey, most: int | None, console: Console) -> None:
    if journey.left_out:
        # A reader most likely misses the touches nearest to the conversion.
        ranked = sorted(
            journey.left_out,
            key=lambda touch: abs(touch.age),
        )
        listed = sorted(ranked[:most], key=lambda touch: touch.touched_at)
        several = any(not touch.is_own for touch in journey.left_out)
        table = _table("left out", "type", "source", "channel")
        for name in (["lead"] if several else []) + ["why (from the conversion)"]:
            table.add_column(name, overflow="fold")
        for touch in listed:
            whose = [plain(touch.person)] if several else []
            table.add_row(*_described(touch), *whose, plain(touch.reason))
        console.print(table)
        rest = Counter(touch.left_out for touch in ranked[len(listed) :])
        if rest:
            counted = ", ".join(f"{count} {why}" for why, count in sorted(rest.items()))
            console.print(
                f"Also left out, further away (--all lists them): {counted}.",
                style="dim",
                highlight=False,
            )
    if journey.colleagues:
        kind = journey.conversion.conversion_type
        console.print(
            f"Left out: {_number_of(journey.colleagues_touches, 'touch', 'touches')} of "
            f"{_number_of(journey.colleagues, 'colleague', 'colleagues')} in the account: "
            + (
                "account scope is off, or the account is too large to be a buying group."
                if kind in ("opportunity", "customer", "repeat_customer")
                else f"for {plain(kind)}, only the person's own touches count."
            ),
            highlight=False,
        )


def _credits(journey: Journey, credited: Sequence[ModelCredit], width: int) -> Iterator[Table]:
    """One row per model, a column per touch as far as they fit, and the sums at the end."""
    columns = [
        (f"#{number}", touch.touchpoint_key) for number, touch in enumerate(journey.touches, 1)
    ]
    if any(UNATTRIBUTED in model.shares for model in credited):
        columns.append(("no touch", UNATTRIBUTED))
    abreast = max((width - _NAMES_WIDTH) // _CREDIT_WIDTH, 3)
    for start in range(0, len(columns), abreast):
        table = Table(header_style="bold")
        table.add_column("credit", no_wrap=True)
        for name, _ in columns[start : start + abreast]:
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("sum", justify="right", no_wrap=True)
        table.add_column("value", justify="right", no_wrap=True)
        for name, model in _rows(credited):
            shares = (model.shares.get(key) for _, key in columns[start : start + abreast])
            mark = "[red]✗[/red]" if model.faults else "✓"
            value = "" if model.value is None else f"{model.value:,.2f}"
            table.add_row(
                plain(name), *map(_credit, shares), f"{_exact(model.total)} {mark}", value
            )
        yield table


def _rows(credited: Sequence[ModelCredit]) -> list[tuple[str, ModelCredit]]:
    """One row per model, or a single row when all agree and nothing is wrong."""
    agree = all(model.shares == credited[0].shares and not model.faults for model in credited)
    if agree and len(credited) > 1:
        return [(f"all {len(credited)} models", credited[0])]
    return [(model.model, model) for model in credited]


def _show_sums(conversion: Conversion, credited: Sequence[ModelCredit], console: Console) -> None:
    wrong = [model for model in credited if model.faults]
    if not wrong:
        value = "" if conversion.value is None else " and values to exactly the conversion's"
        console.print(
            f"✓ {_number_of(len(credited), 'model', 'models')}: credits sum to exactly 1{value}; "
            "nothing outside the journey has any.",
            style="green",
            highlight=False,
        )
    for model in wrong:
        console.print(
            f"✗ {plain(model.model)}: {plain('; '.join(model.faults))}",
            style="bold red",
            highlight=False,
        )


def credited_table(findings: Mapping[str, Sequence[Finding]]) -> Table:
    """What the touch-level models credit a member with: a row per model, a column per type."""
    table = Table(header_style="bold")
    table.add_column("credited to its touches", no_wrap=True)
    for conversion_type, found in findings.items():
        table.add_column(f"{plain(conversion_type)} of {found[0].of:,}", justify="right")
    valued = [name for name, found in findings.items() if found[0].value.point is not None]
    for conversion_type in valued:
        table.add_column(f"{plain(conversion_type)} value", justify="right")
    by_model: dict[str, dict[str, Finding]] = {}
    for conversion_type, found in findings.items():
        for finding in found:
            if not finding.of_members:
                by_model.setdefault(finding.model, {})[conversion_type] = finding
    for model, by_type in by_model.items():
        cells = [_figure(finding.conversions.point, "{:,.1f}") for finding in by_type.values()]
        cells += [_figure(by_type[name].value.point, "{:,.0f}") for name in valued]
        table.add_row(plain(model), *cells)
    return table


def estimates_table(findings: Mapping[str, Sequence[Finding]]) -> Table:
    """What the channel-level models say about a member, with intervals, by conversion type."""
    table = Table(header_style="bold")
    for name in ("as a whole", "model"):
        table.add_column(name, no_wrap=True)
    for name in ("conversions", "value", "removal effect"):
        table.add_column(name, justify="right")
        table.add_column("90 % interval", justify="right")
    for conversion_type, found in findings.items():
        for finding in found:
            if finding.of_members:
                table.add_row(
                    plain(conversion_type),
                    plain(finding.model),
                    _figure(finding.conversions.point, "{:,.1f}"),
                    _interval(finding.conversions, "{:,.1f}"),
                    _figure(finding.value.point, "{:,.0f}"),
                    _interval(finding.value, "{:,.0f}"),
                    _figure(finding.removal_effect.point, "{:.1%}"),
                    _interval(finding.removal_effect, "{:.1%}"),
                )
    return table


def moment(at: Any) -> str:
    """A UTC time, to the second, or finer when it is recorded finer."""
    return str(at.isoformat(sep=" "))


def _table(*names: str) -> Table:
    table = Table(header_style="bold")
    for name in names:
        # These columns hold short texts or times; wrapping them would hide more than it saves.
        table.add_column(name, overflow="fold", no_wrap=name in ("#", "touched (UTC)", "left out"))
    return table


def _described(touch: Touch) -> tuple[str, str, str, str]:
    return (
        moment(touch.touched_at),
        plain(touch.touch_type),
        plain(touch.lead_source),
        plain(touch.lead_channel),
    )


def _credit(credit: Decimal | None) -> str:
    return "·" if not credit else f"{credit:.4f}"


def _exact(total: Decimal) -> str:
    """Four decimals when that is exact, otherwise all of them."""
    return f"{total:.4f}" if total == round(total, 4) else str(total)


def _figure(number: float | None, form: str) -> str:
    return "" if number is None else form.format(number)


def _interval(figure: Figure, form: str) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{form.format(figure.low)} to {form.format(figure.high)}"


def _number_of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
