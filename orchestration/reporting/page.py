"""A report as one page of HTML, without scripts and without a request to anything.

Belongs here: the page's environment and what its drawings need. Does not belong here: figures
(``report.py``), texts (``words``) or markup (``templates``).
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.foundation.terminal import visible
from orchestration.reporting import campaigns, headline, week
from orchestration.reporting.language import language
from orchestration.reporting.members import Member
from orchestration.reporting.report import Report

TEMPLATES = Path(__file__).with_name("templates")
MEMBERS = 14
"""Sources or channels in a table; the others are summed."""
_SHADES = 9
_FEW = 20
"""Leads from which on an interval counts for the scale; that of two leads spans nearly all."""
_LONGEST = 400
"""Characters of a text; a campaign's name may have a million."""
_EDITION = re.compile(r'<meta name="tributary-report" content="(\d+) (\w+)">')


def page(report: Report) -> str:
    """Write a report in its language.

    Args:
        report: From ``gather``.
    """
    speaks = language(report.about.language)
    style = TEMPLATES.joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.globals.update(
        language=speaks,
        say=speaks.say,
        shade=_shade,
        line=_line,
        scale=_scale,
        summed=lambda members: _summed(members, speaks.say("others")),
        campaigns_shown=campaigns.SHOWN,
        written=speaks.written,
        idle_days=week.IDLE_DAYS,
        span=headline.SPAN,
    )
    return environment.get_template("report.html").render(
        report=report,
        figures=report.figures,
        health=report.health,
        style=Markup(style),
        style_hash=digest,
    )


def edition_of(path: Path) -> tuple[int, str] | None:
    """The generation and the language of the report in a file; ``None`` where it holds none."""
    try:
        with path.open(encoding="utf-8") as file:
            found = _EDITION.search(file.read(2000))
    except (OSError, UnicodeDecodeError):
        return None
    return (int(found[1]), found[2]) if found else None


def _harmless(value: Any) -> Any:
    """Names come from whoever typed them: no control or direction of theirs acts on the page."""
    if type(value) is not str:
        return value
    text = visible(value[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _shade(value: int, largest: int) -> int:
    """The shade of a cell, 0 to 9; the root keeps small counts apart."""
    return math.ceil(math.sqrt(value / largest) * _SHADES) if value and largest else 0


def _line(values: Sequence[Decimal | None]) -> str:
    """The points of a small line, 100 wide and 24 high, with zero at the bottom."""
    known = [float(value) for value in values if value is not None]
    top = max(known, default=0) or 1
    step = 100 / max(len(values) - 1, 1)
    return " ".join(
        f"{at * step:.1f},{23 - max(float(value), 0) / top * 21:.1f}"
        for at, value in enumerate(values)
        if value is not None
    )


def _scale(members: Sequence[Member]) -> float:
    """The right end of the axis of rates, a whole per cent."""
    ends = [
        member.interval[1] for member in members if member.interval and member.leads >= _FEW
    ] or [member.interval[1] for member in members if member.interval]
    return math.ceil(max(ends, default=1.0) * 100) / 100


def _summed(members: Sequence[Member], others: str) -> list[Member]:
    """The largest members, and all others as one."""
    if len(members) <= MEMBERS + 1:
        return list(members)
    return [*members[:MEMBERS], together(members[MEMBERS:], others)]


def together(members: Sequence[Member], name: str) -> Member:
    """Several members as one."""
    return Member(
        name,
        sum(member.leads for member in members),
        sum(member.customers for member in members),
        sum((member.revenue for member in members), Decimal()),
        sum((member.spend for member in members), Decimal()),
    )
