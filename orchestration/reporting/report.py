"""All figures of one report, read from one generation.

Belongs here: which parts a report has. Does not belong here: the figures of each part (a file each)
or how they are shown (``page.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from orchestration.reporting.about import About
from orchestration.reporting.campaigns import Campaign, Mailing, campaigns, mailings
from orchestration.reporting.days import days
from orchestration.reporting.extras import Extra, extras
from orchestration.reporting.headline import Headlines, headlines
from orchestration.reporting.health import Health, health
from orchestration.reporting.language import language
from orchestration.reporting.members import Matrix, Member, Models, matrix, models, performance
from orchestration.reporting.months import SHOWN, Month, month_start, months
from orchestration.reporting.week import Week, week


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the leads of some months came.

    Attributes:
        first: The first month.
        last: The last one.
        is_mature: Whether none of them grows any more, as far as it is known.
        steps: Stages and the leads that reached each, from all leads to customers. A stage that no
            lead reached, and a later one did, is none of this company's.
    """

    first: date
    last: date
    is_mature: bool
    steps: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report shows of a company that has facts.

    Attributes:
        last: The last complete day.
        first_month: Of the months that the report covers.
        headlines: The last four weeks.
        week: The last whole week.
        months: The last twelve, the present one among them.
        funnel: Of the months that no longer grow, if there are any.
        sources: Lead sources over these months.
        channels: Lead channels, likewise.
        matrix: Sources and channels over these months.
        models: What the models say, if two or more are computed.
        campaigns: Over these months.
        mailings: Likewise, where no part of ``extras`` is about mail.
        extras: Parts whose mart this company has.
    """

    last: date
    first_month: date
    headlines: Headlines
    week: Week
    months: list[Month]
    funnel: Funnel | None
    sources: list[Member]
    channels: list[Member]
    matrix: Matrix
    models: Models | None
    campaigns: list[Campaign]
    mailings: list[Mailing]
    extras: list[Extra]


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        about: The company.
        health: What the generation says of itself.
        figures: ``None`` for a company without leads, sales or costs.
    """

    about: About
    health: Health
    figures: Figures | None


def gather(con: duckdb.DuckDBPyConnection, about: About) -> Report:
    """Read everything that a report shows.

    Args:
        con: A published file, opened for reading.
        about: Whose it is.
    """
    found = days(con)
    last = found.last
    if last is None:
        return Report(about, health(con), None)
    first_month, last_month = month_start(last, SHOWN - 1), month_start(last)
    by_month = months(con, last)
    found_extras = extras(con, first_month, last_month)
    has_mail = any(extra.key == "mail" for extra in found_extras)
    figures = Figures(
        last=last,
        first_month=by_month[0].first if by_month else first_month,
        headlines=headlines(found, last),
        week=week(con, about, found, last),
        months=by_month,
        funnel=_funnel(by_month),
        sources=performance(con, "lead_source", about, first_month, last_month),
        channels=performance(con, "lead_channel", about, first_month, last_month),
        matrix=matrix(con, about, first_month, last_month, language(about.language).say("others")),
        models=models(con, about),
        campaigns=campaigns(con, first_month, last_month),
        mailings=[] if has_mail else mailings(con, first_month, last_month),
        extras=found_extras,
    )
    return Report(about, health(con), figures)


def _funnel(by_month: list[Month]) -> Funnel | None:
    with_leads = [month for month in by_month if month.leads]
    mature = [month for month in with_leads if month.is_mature]
    chosen = mature or with_leads
    if not chosen:
        return None
    stages = ("leads", "mqls", "sqls", "opportunities", "customers")
    counts = [sum(getattr(month, stage) for month in chosen) for stage in stages]
    steps = [
        (stage, count)
        for at, (stage, count) in enumerate(zip(stages, counts, strict=True))
        if count or not any(counts[at:])
    ]
    return Funnel(chosen[0].first, chosen[-1].first, bool(mature), steps)
