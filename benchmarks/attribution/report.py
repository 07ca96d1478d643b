"""The measurements, as tables for the terminal and for ``docs/benchmarks.md``.

Belongs here: medians, ratios, goals and their words. Does not belong here: the drawing (``plot``).
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.attribution import plot
from benchmarks.attribution.processes import REPOSITORY, Taken
from benchmarks.document import write_part

PICTURE = REPOSITORY / "docs" / "benchmarks-attribution.svg"

NAMES = {
    "ours": "Tributary: 20 models from raw touches",
    "refresh": "Tributary: refresh after 1 % of people changed",
    "rebuild": "Tributary: rebuild after the same change",
    "channelattribution_ready": "ChannelAttribution: 3 rules, simulated Markov, ready path table",
    "channelattribution_raw": "ChannelAttribution: the same from raw touches by pandas",
    "channelattribution_duckdb": "ChannelAttribution: the same, path table by DuckDB",
    "mam_ready": "marketing-attribution-models: Markov, Shapley, ready path table",
    "floor": "floor: each person's touches in order by DuckDB",
}
BASE = "channelattribution_ready"
GIBIBYTE = 1024

Rounds = dict[str, list[Taken]]


def keep(folder: Path, measured: dict[str, Any]) -> None:
    """Save one size's measurements, replacing earlier ones."""
    file = folder / "results" / f"{measured['size']}.json"
    file.parent.mkdir(exist_ok=True)
    measured = {**measured, "machine": _machine()}
    file.write_text(json.dumps(measured, indent=1), encoding="utf-8")


def write(folder: Path) -> None:
    """Write tables and plot of every size that was ever measured into ``docs``."""
    kept = [json.loads(file.read_text("utf-8")) for file in (folder / "results").glob("*.json")]
    kept.sort(key=lambda measured: int(measured["size"]))
    body = "\n\n".join(
        [
            *(_heading(measured) + "\n\n" + pairs(measured["rounds"]) for measured in kept),
            f"![Wall time by number of touches]({PICTURE.name})",
            _goals(kept),
            _agreement(kept),
            models(kept[-1]["size"], kept[-1]["rounds"]["ours"]),
        ]
    )
    write_part("attribution", body)
    lines = {
        name: [
            (measured["size"], [each["wall"] for each in measured["rounds"][name]])
            for measured in kept
            if name in measured["rounds"]
        ]
        for name in NAMES
        if name != "rebuild"
    }
    PICTURE.write_text(
        plot.draw({NAMES[name]: points for name, points in lines.items() if points}),
        encoding="utf-8",
    )


def pairs(rounds: Rounds) -> str:
    """Time, memory and ratio of everything measured in alternation."""
    lines = [
        "| what | wall s | CPU s | peak MiB | wall beside ready ChannelAttribution |",
        "|---|---|---|---|---|",
    ]
    for name, label in NAMES.items():
        if name not in rounds:
            continue
        taken = rounds[name]
        ratio = ""
        if BASE in rounds and name not in (BASE, "refresh", "rebuild"):
            ratio = _span(_ratios(rounds, name, BASE), 2)
        lines.append(
            f"| {label} | {_span([each['wall'] for each in taken])} "
            f"| {_span([each['cpu'] for each in taken])} "
            f"| {max(each['peak_mib'] for each in taken):,.0f} | {ratio} |"
        )
    if "floor" in rounds:
        scans = [each["scan"] for each in rounds["floor"]]
        lines.append(
            f"| floor: three columns read and hashed | {_span([each['wall'] for each in scans])} "
            f"| {_span([each['cpu'] for each in scans])} | | |"
        )
    return "\n".join(lines)


def models(size: int, taken: list[Taken]) -> str:
    """The cost of each of the project's models; the median where it ran more than once."""
    lines = [f"| model, {size:,} touches | wall s | CPU s | peak MiB so far |", "|---|---|---|---|"]
    for place, model in enumerate(taken[0]["models"]):
        wall, cpu = (
            median(each["models"][place][kind] for each in taken) for kind in ("wall", "cpu")
        )
        peak = max(each["models"][place]["peak_mib"] for each in taken)
        lines.append(f"| {model['name']} | {wall:.2f} | {cpu:.2f} | {peak:,.0f} |")
    wall, cpu = (median(each[kind] for each in taken) for kind in ("wall", "cpu"))
    peak, before = (max(each[name] for each in taken) for name in ("peak_mib", "before_mib"))
    lines.append(f"| all, dbt between them included | {wall:.2f} | {cpu:.2f} | {peak:,.0f} |")
    lines.append(f"\n{before:,.0f} MiB of the peak stood before the first model.")
    return "\n".join(lines)


def _goals(kept: list[dict[str, Any]]) -> str:
    """Each goal, and what the largest size reached."""
    largest = kept[-1]
    size, rounds = largest["size"], largest["rounds"]
    peer = median(_ratios(rounds, "ours", "channelattribution_duckdb"))
    floor = median(_ratios(rounds, "ours", "floor", "cpu"))
    peak = max(each["peak_mib"] for each in rounds["ours"])
    costs = [
        f"{1e6 * median(each['cpu'] for each in measured['rounds']['ours']) / measured['size']:.1f}"
        for measured in kept
    ]
    lines = [
        f"| goal | at {size:,} touches | |",
        "|---|---|---|",
        "| wall at most that of ChannelAttribution from raw touches, its path table by DuckDB "
        f"| {peer:.2f} | {_reached(peer <= 1)} |",
        f"| CPU at most 3.5 times that of the sort | {floor:.1f} | {_reached(floor <= 3.5)} |",
        f"| peak at most 1 GiB | {peak:,.0f} MiB | {_reached(peak <= GIBIBYTE)} |",
        f"| cost per touch flat | {', '.join(costs)} CPU µs a touch "
        f"({', '.join(format(measured['size'], ',') for measured in kept)}) "
        f"| {_reached(float(costs[-1]) <= float(costs[0]))} |",
    ]
    if "refresh" in rounds:
        faster = median(_ratios(rounds, "rebuild", "refresh", "cpu"))
        lines.append(
            "| refresh of 1 % at least 10 times cheaper than a rebuild, in CPU "
            f"| {faster:.1f} | {_reached(faster >= 10)} |"
        )
    return "\n".join(lines)


def _agreement(kept: list[dict[str, Any]]) -> str:
    figures = list(dict.fromkeys(name for measured in kept for name in measured["agreement"]))
    sizes = [f"{measured['size']:,}" for measured in kept]
    lines = [
        f"| largest relative difference of a channel | {' | '.join(sizes)} |",
        f"|---|{'---|' * len(kept)}",
    ]
    for figure in figures:
        cells = [
            f"{measured['agreement'][figure]:.1e}" if figure in measured["agreement"] else ""
            for measured in kept
        ]
        lines.append(f"| {_WORDS[figure]} | {' | '.join(cells)} |")
    return "\n".join(lines)


_WORDS = {
    "first_touch": "first touch, ChannelAttribution",
    "last_touch": "last touch, ChannelAttribution",
    "linear": "linear, ChannelAttribution",
    "removal_effect": "removal effects, marketing-attribution-models",
    "markov_path": "Markov by journey, marketing-attribution-models",
    "shapley_coverage": "Shapley of coverage, shapley-attribution",
    "simulated_removal_effect": "removal effects, simulated by ChannelAttribution: its error",
    "simulated_markov": "Markov conversions, simulated by ChannelAttribution: its error",
}


def _heading(measured: dict[str, Any]) -> str:
    taken = measured["rounds"]["ours"]
    paths = measured["rounds"][BASE][0]["paths"]
    return (
        f"**{measured['size']:,} touches** ({paths:,} distinct paths), {measured['date']}: "
        f"medians (minimum-maximum) of {len(taken)} rounds in alternation. {measured['machine']}; "
        f"DuckDB's limit {measured['memory_limit']}."
    )


def _machine() -> str:
    from benchmarks.measure import machine

    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = [line for line in cpuinfo.read_text("utf-8").splitlines() if "model name" in line]
        model = found[0].split(":", 1)[1].strip() if found else model
    versions = ", ".join(
        f"{name} {metadata.version(package)}"
        for name, package in (("DuckDB", "duckdb"), ("dbt", "dbt-core"))
    )
    return f"{machine()}, {model}, {versions}"


def _ratios(rounds: Rounds, name: str, beside: str, kind: str = "wall") -> list[float]:
    return [
        one[kind] / other[kind] for one, other in zip(rounds[name], rounds[beside], strict=True)
    ]


def _span(values: list[float], digits: int | None = None) -> str:
    if digits is None:
        digits = 2 if median(values) < 10 else 1
    low, middle, high = min(values), median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def _reached(reached: bool) -> str:
    return "reached" if reached else "not reached"
