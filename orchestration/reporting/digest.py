"""The week in a few lines, for a terminal and for the channel that the webhook writes to.

Belongs here: which lines there are. Does not belong here: their figures (``week.py``), or sending
them (``publication/digest.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.foundation.terminal import visible
from orchestration.reporting.language import Language, language
from orchestration.reporting.report import Figures, Report
from orchestration.reporting.week import IDLE_DAYS, Week

SHOWN = 5
"""Lines of each list."""
_FIGURES = ("leads", "customers", "revenue", "spend", "cost_per_lead")
_MONEY = frozenset({"revenue", "spend", "cost_per_lead"})
_CALLING = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "@": "\N{FULLWIDTH COMMERCIAL AT}",
        "[": "\N{FULLWIDTH LEFT SQUARE BRACKET}",
        "]": "\N{FULLWIDTH RIGHT SQUARE BRACKET}",
    }
)
"""What calls people in a chat, or gives a link the words of another."""
_LONGEST = 100


def digest(report: Report, address: str) -> str:
    """The digest of a report's last whole week.

    Args:
        report: From ``gather``.
        address: Where the report is.
    """
    speaks = language(report.about.language)
    figures = report.figures
    lines = [speaks.say("no_facts")] if figures is None else list(_lines(report, figures, speaks))
    return "\n".join([*lines, speaks.say("digest_report", path=address)])


def _lines(report: Report, figures: Figures, speaks: Language) -> Iterator[str]:
    week = figures.week
    yield speaks.say(
        "digest_title",
        company=_name(report.about.name),
        period=speaks.days(week.first, week.last),
    )
    for name in _FIGURES:
        yield _figure(week, name, report.about.currency, speaks)
    yield from _movers(week, speaks)
    yield from _idle(week, report.about.currency, speaks)
    yield from _tags(week, speaks)
    health = report.health
    yield speaks.say(
        "digest_fresh",
        day=speaks.day(figures.last),
        passed=speaks.number(health.passed),
        total=speaks.number(health.passed + health.warned),
    )
    failed = [source.stream or source.connector for source in health.sources if source.has_failed]
    if failed:
        yield speaks.say("digest_failed", sources=", ".join(failed))


def _figure(week: Week, name: str, currency: str, speaks: Language) -> str:
    def written(value: Decimal | int | None) -> str:
        if name == "cost_per_lead":
            return speaks.price(value if value is None else Decimal(value))
        return speaks.number(value)

    title = speaks.say("new_customers" if name == "customers" else name)
    if name == "spend" and not any(each.spend for each in (week.total, *week.usual)):
        return speaks.say("digest_line_alone", name=title, value=speaks.number(None))
    value = written(getattr(week.total, name))
    if getattr(week.total, name) is not None and name in _MONEY:
        value = f"{value} {currency}"
    usual = [getattr(before, name) for before in week.usual]
    known = [each for each in usual if each is not None]
    if not known:
        return speaks.say("digest_line_alone", name=title, value=value)
    return speaks.say(
        "digest_line", name=title, value=value, low=written(min(known)), high=written(max(known))
    )


def _movers(week: Week, speaks: Language) -> Iterator[str]:
    if week.movers is None:
        yield speaks.say("week_unknown")
        return
    if not week.movers:
        yield speaks.say("week_none")
        return
    yield speaks.say("digest_movers")
    for mover in week.movers[:SHOWN]:
        sign = "▲" if mover.leads > mover.usual else "▼"
        said = speaks.say(
            "digest_mover",
            kind=speaks.say(mover.kind),
            name=_name(mover.name),
            leads=speaks.number(mover.leads),
            usual=speaks.number(mover.usual, 1),
        )
        yield f"  {sign} {said}"
    yield from _more(len(week.movers), speaks)


def _idle(week: Week, currency: str, speaks: Language) -> Iterator[str]:
    if not week.idle:
        return
    yield speaks.say("digest_idle", days=IDLE_DAYS)
    for idle in week.idle[:SHOWN]:
        spend = f"{speaks.number(idle.spend)} {currency}"
        line = speaks.say(
            "digest_idle_line", name=_name(idle.name), platform=_name(idle.platform), spend=spend
        )
        yield f"  {line}"
    yield from _more(len(week.idle), speaks)


def _tags(week: Week, speaks: Language) -> Iterator[str]:
    if not week.tags:
        return
    yield speaks.say("digest_tags")
    for tag in week.tags[:SHOWN]:
        line = speaks.say(
            "digest_tag",
            field=tag.field,
            value=_name(tag.value),
            issue=tag.issue,
            touches=speaks.number(tag.touches),
        )
        if tag.suggested:
            line = speaks.say("digest_suggested", line=line, suggested=_name(tag.suggested))
        yield f"  {line}"
    yield from _more(len(week.tags), speaks)


def _more(count: int, speaks: Language) -> Iterator[str]:
    if count > SHOWN:
        line = speaks.say("digest_more", count=speaks.number(count - SHOWN))
        yield f"  {line}"


def _name(text: str) -> str:
    """A name that calls nobody: ``<!channel>`` and ``@all`` would ring every telephone.

    Nor is it a link under another name: chats read ``[our report](https://...)`` as one.
    """
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return visible(short).translate(_CALLING)
