"""Whether more or less money should go where it goes, from how leads moved when spend moved.

Belongs here: the statistics of one member's weeks, and when they say nothing (docs/budget.md). Does
not belong here: counting the weeks (``budget_weeks``), or the reasons in words (``budget_advice``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

MATURE = 0.5
"""The share of a week's customers that must be expected by now for the week to count."""
WEEKS = 26
CONVERSIONS = 10
LEADS = 50
VARIATION = 0.15
"""Of the spend around its own trend, relative to its mean."""
EXPECTED = 12
"""Conversions that spend would have brought at break-even, for their absence to say anything."""
NOTHING = 0.25
"""Spend whose return is certainly below this brings next to nothing. A return that is merely low
says little, because credit is not effect."""
COLUMNS = {
    "dimension": "string",
    "member_key": "string",
    "period_start": "datetime64[us]",
    "last_week": "datetime64[us]",
    "weeks": "int64",
    "value": "float64",
    "advice": "string",
    "reason": "string",
    "average": "float64",
    "average_low": "float64",
    "average_high": "float64",
    "marginal": "float64",
    "marginal_low": "float64",
    "marginal_high": "float64",
}
"""With their types, which a table without rows has as well."""
_DECIMALS = 4
"""Of a return: far fewer than rounding errors reach, and more than its interval is worth."""
_ENDS = ("", "_low", "_high")
_CHANCE = 0.02
"""How often spend without any effect may seem to have one."""
_Z = 1.6448536269514722
_BENDS = (0.0625, 0.25, 1.0, 4.0, np.inf)
"""Where a response bends, as multiples of the mean spend; infinity is a straight line."""
_PLAUSIBLE = 2.7
"""Curves that fit nearly as well as the best: a likelihood interval of 90 %."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """One member's weeks in order, each figure an array.

    Attributes:
        spend: In the reporting currency.
        leads: Credited to touches of the week.
        conversions: First and later wins, likewise.
        value: Of these.
        squares: The sum of the squares of their values.
        maturity: The share of the week's customers that is expected by now; NaN if unknown.
    """

    spend: Floats
    leads: Floats
    conversions: Floats
    value: Floats
    squares: Floats
    maturity: Floats

    def mature(self) -> Weeks:
        """The weeks that say something, with what is still to come added in proportion."""
        kept = np.nan_to_num(self.maturity) >= MATURE
        share = self.maturity[kept]
        return Weeks(
            self.spend[kept],
            self.leads[kept],
            self.conversions[kept],
            self.value[kept] / share,
            self.squares[kept] / share**2,
            share,
        )


@dataclass(frozen=True, slots=True)
class Advice:
    """What the weeks say. Returns are per unit of money; None where nothing can be said."""

    advice: str
    reason: str
    weeks: int
    value: float
    average: tuple[float, float, float] | None = None
    marginal: tuple[float, float, float] | None = None


def advice_table(weeks: pd.DataFrame) -> pd.DataFrame:
    """The advice for every member.

    Args:
        weeks: The rows of `budget_weeks`.
    """
    return pd.DataFrame(_rows(weeks), columns=list(COLUMNS)).astype(COLUMNS)


def _rows(weeks: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (dimension, member), rows in weeks.sort_values("week").groupby(["dimension", "member_key"]):
        # Engines add up in any order: the last digits of a sum are rounded off before they count.
        series = Weeks(*(rows[each.name].to_numpy(np.float64).round(4) for each in fields(Weeks)))
        found = advise(series, round(float(rows["usual_value"].iloc[0]), 4))
        row: dict[str, Any] = {
            "dimension": dimension,
            "member_key": member,
            "period_start": rows["week"].iloc[0],
            "last_week": rows["week"].iloc[-1],
            "weeks": found.weeks,
            "value": round(found.value, 2),
            "advice": found.advice,
            "reason": found.reason,
        }
        for name, figures in (("average", found.average), ("marginal", found.marginal)):
            for end, figure in zip(_ENDS, figures or (None,) * len(_ENDS), strict=True):
                row[f"{name}{end}"] = None if figure is None else round(figure, _DECIMALS)
        yield row


def advise(weeks: Weeks, usual_value: float, target: float = 1.0) -> Advice:
    """The advice for one member.

    Args:
        weeks: Its weeks, without gaps.
        usual_value: What a conversion of the whole company is worth.
        target: The return on the next unit of money at which spend is right.
    """
    mature = weeks.mature()
    count, spend, value = len(mature.spend), float(mature.spend.sum()), float(mature.value.sum())

    def refuse(reason: str, average: tuple[float, float, float] | None = None) -> Advice:
        return Advice("cannot_tell", reason, count, value, average)

    if count < WEEKS:
        return refuse("immature" if len(weeks.spend) >= WEEKS else "too_short")
    if spend <= 0:
        return refuse("no_spend")
    average = _average(mature, usual_value)
    if average[2] < NOTHING * target and spend * target >= EXPECTED * usual_value > 0:
        return Advice("less", "brings_next_to_nothing", count, value, average)
    if mature.conversions.sum() < CONVERSIONS or mature.leads.sum() < LEADS:
        return refuse("too_few", average)
    controls = _controls(count)
    if float(np.std(controls @ mature.spend)) < VARIATION * spend / count:
        return refuse("never_varied", average)
    if _chance(mature.spend, mature.leads, controls) > _CHANCE:
        return refuse("no_response", average)
    marginal = _marginal(mature, controls)
    if marginal[1] > target:
        return Advice("more", "next_brings_more", count, value, average, marginal)
    if marginal[2] < target:
        return Advice("less", "next_brings_less", count, value, average, marginal)
    if marginal[2] - marginal[1] <= target:
        return Advice("keep", "next_brings_as_much", count, value, average, marginal)
    return Advice("cannot_tell", "interval_crosses", count, value, average, marginal)


def _average(weeks: Weeks, usual_value: float) -> tuple[float, float, float]:
    """The return on all spend. One more conversion than were seen may have been due by chance."""
    spend, value = weeks.spend.sum(), weeks.value.sum()
    squares = weeks.squares.sum()
    low = value - _Z * np.sqrt(squares)
    high = value + usual_value + _Z * np.sqrt(squares + usual_value**2)
    return (float(value / spend), float(max(low, 0) / spend), float(high / spend))


def _controls(count: int) -> Floats:
    """Takes level and slow movement out of a series: seasons move leads and money together."""
    time = np.linspace(-1, 1, count)
    waves = max(1, round(count / 26))
    columns = [time**power for power in range(3)]
    for wave in range(1, waves + 1):
        columns += [np.sin(wave * np.pi * time), np.cos(wave * np.pi * time)]
    basis, _ = np.linalg.qr(np.column_stack(columns))
    return np.asarray(np.eye(count) - basis @ basis.T, dtype=np.float64)


def _bent(spend: Floats, bend: float) -> Floats:
    """Spend as a response that bends sees it."""
    mean = float(np.mean(spend))
    return spend / mean if np.isinf(bend) else np.log1p(np.maximum(spend, 0) / (bend * mean))


def _chance(spend: Floats, leads: Floats, controls: Floats) -> float:
    """How often spend of other weeks fits the leads as well as that of their own.

    The spend is turned by whole weeks against the leads, which keeps how both move by themselves.
    """
    count = len(spend)
    turned = (np.arange(count)[:, None] + np.arange(count)[None, :]) % count
    rest = controls @ leads
    best = np.full(count, -np.inf)
    for bend in _BENDS:
        series = controls @ _bent(spend, bend)[turned]
        length = np.sqrt((series**2).sum(axis=0))
        fits = (rest @ series) / np.where(length > 0, length, np.inf)
        best = np.maximum(best, fits)
    return float(np.mean(best >= best[0]))


def _marginal(weeks: Weeks, controls: Floats) -> tuple[float, float, float]:
    """What the next unit of money brings, at the spend of the last quarter.

    Leads per money times value per lead. The interval covers every bend that fits nearly as well as
    the best, each with the error of its slope and that of the value.
    """
    spend, leads = weeks.spend, weeks.leads
    count, mean = len(spend), float(np.mean(spend))
    now = float(np.mean(spend[-13:]))
    worth = weeks.value.sum() / leads.sum()
    worth_error = np.sqrt(weeks.squares.sum()) / leads.sum()
    rest = controls @ leads
    free = max(float(np.trace(controls)) - 1, 1)
    fits = []
    for bend in _BENDS:
        bent = controls @ _bent(spend, bend)
        power = float(bent @ bent)
        slope = float(bent @ rest) / power
        wrong = rest - slope * bent
        error = float(np.sqrt(_long_run(bent * wrong))) / power * np.sqrt(count / free)
        steep = 1 / mean if np.isinf(bend) else 1 / (bend * mean + now)
        fits.append((float(wrong @ wrong), slope * steep, error * steep))
    least = min(fit[0] for fit in fits)
    plausible = [fit for fit in fits if fit[0] <= least * (1 + _PLAUSIBLE / free)]
    best = min(fits)
    lows, highs = [], []
    for _, slope, error in plausible:
        wide = _Z * np.sqrt((worth * error) ** 2 + (slope * worth_error) ** 2)
        lows.append(worth * slope - wide)
        highs.append(worth * slope + wide)
    return (float(worth * best[1]), float(min(lows)), float(max(highs)))


def _long_run(series: Floats) -> float:
    """The variance of a sum of neighbours that resemble each other (Newey and West)."""
    lags = 4
    total = float(series @ series)
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(series[lag:] @ series[:-lag])
    return max(total, float(series @ series) / 2)
