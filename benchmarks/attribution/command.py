"""``python -m benchmarks attribution``: the sizes, the repetitions, and the results.

Belongs here: the command line and the order of the measurements. Does not belong here: the measured
code (``ours``, ``floor``, ``peers``) or its presentation (``report``, ``plot``).
"""

from __future__ import annotations

import argparse
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.attribution import processes, report

SIZES = "100000,1000000,10000000"
MEMORY_LIMIT = "450MB"
PEERS = (
    "channelattribution_ready",
    "channelattribution_raw",
    "channelattribution_duckdb",
    "mam_ready",
)

Rounds = dict[str, list[processes.Taken]]


def main(arguments: list[str]) -> None:
    """Run the measurements that the arguments name."""
    options = _parser().parse_args(arguments)
    folder: Path = options.folder
    environment = folder / "peers"
    if options.only is None:
        processes.make_environment(environment)
    for size in [int(size) for size in options.sizes.split(",")]:
        begun = datetime.now(UTC)
        _say(f"preparing {size:,} touches")
        home = folder / str(size)
        processes.prepare(home, size)
        if options.only:
            for _ in range(max(options.pairs, 1)):
                _say(report.models(size, [processes.ours(home, options.memory_limit, "full")]))
            if options.refresh:
                rounds = _refreshed(home, options)
                _say("refresh\n" + report.models(size, rounds["refresh"]))
                _say(report.pairs(rounds))
            continue
        rounds, agreed = _side_by_side(home, environment, options)
        if options.refresh:
            rounds |= _refreshed(home, options)
        report.keep(
            folder,
            {
                "size": size,
                "date": begun.date().isoformat(),
                "memory_limit": options.memory_limit,
                "rounds": rounds,
                "agreement": agreed,
            },
        )
        _say(report.pairs(rounds))
    if options.only is None:
        report.write(folder)


def _side_by_side(
    home: Path, environment: Path, options: argparse.Namespace
) -> tuple[Rounds, dict[str, float]]:
    """Everything in turn: once to warm up and to compare figures, then the counted rounds."""
    figures: dict[str, Any] = {}
    agreed: dict[str, float] = {}
    rounds: Rounds = {}
    for number in range(options.pairs + 1):
        _say(f"round {number} of {options.pairs}" if number else "warm-up")
        taken = {"ours": processes.ours(home, options.memory_limit, "full")}
        for name in PEERS:
            taken[name] = processes.peer(environment, name, home)
            figures |= taken[name].pop("figures")
        taken["floor"] = processes.floor(home, options.memory_limit)
        if number:
            for name, each in taken.items():
                rounds.setdefault(name, []).append(each)
        else:
            figures |= processes.peer(environment, "shapley_ready", home)["figures"]
            agreed = processes.agreement(home, figures)
    return rounds, agreed


def _refreshed(home: Path, options: argparse.Namespace) -> Rounds:
    """A refresh after a change, and a rebuild of the same data, on a copy of the warehouse."""
    copy = home.with_name(f"{home.name}-changing")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    processes.ours(copy, options.memory_limit, "full")
    rounds: Rounds = {"refresh": [], "rebuild": []}
    for number in range(options.pairs + 1):
        _say(f"refresh {number} of {options.pairs}" if number else "refresh, warm-up")
        processes.changes(copy, str(number))
        refresh = processes.ours(copy, options.memory_limit, "refresh")
        processes.changes(copy, "keep")
        rebuild = processes.ours(copy, options.memory_limit, "full")
        processes.changes(copy, "compare")
        if number:
            rounds["refresh"].append(refresh)
            rounds["rebuild"].append(rebuild)
    shutil.rmtree(copy)
    return rounds


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks attribution", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="touches, separated by commas")
    parser.add_argument("--pairs", type=int, default=5, help="counted rounds after a warm-up")
    parser.add_argument("--only", choices=["ours"], help="print what each model takes, no peers")
    parser.add_argument(
        "--refresh", action="store_true", help="also change 1 %% of people and refresh"
    )
    parser.add_argument("--memory-limit", default=MEMORY_LIMIT, help="DuckDB's, as it is written")
    parser.add_argument(
        "--folder",
        type=Path,
        default=processes.REPOSITORY / ".tributary" / "benchmarks" / "attribution",
        help="where the data and the peers' environment are kept",
    )
    return parser
