"""The peers, called as their documentation says; runs in a separate environment.

``python peers.py WHAT FOLDER ANSWER`` reads the files of ``journeys.write_for_peers`` and writes
the calls' time, memory and results into the file ANSWER. Reading the finished table of paths is not
counted; when starting from raw touches, reading the files and building the paths is.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
from taken import Stopwatch, peak_mib

Figures = dict[str, dict[str, float]]
_PATHS = """
    select
        path,
        cast(count(conversions.person_key) as bigint) as conversions,
        cast(count(*) - count(conversions.person_key) as bigint) as nulls
    from (
        select
            person_key,
            string_agg(channel, ' > ' order by occurred_at, touchpoint_id) as path
        from read_parquet($touches)
        group by person_key
    ) as journeys
    left join read_parquet($conversions) as conversions using (person_key)
    group by path
"""
PACKAGES = ("ChannelAttribution", "marketing-attribution-models", "shapley-attribution", "pandas")


def channelattribution_ready(folder: Path) -> dict[str, Any]:
    """Three rules and a simulated Markov chain from the finished table of paths."""
    import ChannelAttribution

    paths = pd.read_parquet(folder / "paths.parquet")
    stopwatch = Stopwatch()
    figures = _channelattribution(ChannelAttribution, paths)
    return {**stopwatch.read(), "figures": figures, "paths": len(paths)}


def channelattribution_raw(folder: Path) -> dict[str, Any]:
    """The same from raw touches: a pandas user sorts, joins, and counts equal paths."""
    import ChannelAttribution

    stopwatch = Stopwatch()
    touches = pd.read_parquet(folder / "touches.parquet")
    conversions = pd.read_parquet(folder / "conversions.parquet", columns=["person_key"])
    touches = touches.sort_values(["person_key", "occurred_at", "touchpoint_id"])
    journeys = touches.groupby("person_key", sort=False)["channel"].agg(" > ".join)
    journeys = journeys.rename("path").reset_index()
    converted = journeys["person_key"].isin(conversions["person_key"])
    journeys["conversions"] = converted.astype("int64")
    journeys["nulls"] = (~converted).astype("int64")
    paths = journeys.groupby("path", as_index=False)[["conversions", "nulls"]].sum()
    building = stopwatch.read()
    figures = _channelattribution(ChannelAttribution, paths)
    return {**stopwatch.read(), "building": building, "figures": figures, "paths": len(paths)}


def channelattribution_duckdb(folder: Path) -> dict[str, Any]:
    """The same from raw touches, with the table of paths made by DuckDB."""
    import ChannelAttribution
    import duckdb

    stopwatch = Stopwatch()
    with duckdb.connect(config={"threads": 2}) as con:
        files = {name: str(folder / f"{name}.parquet") for name in ("touches", "conversions")}
        paths = con.execute(_PATHS, files).df()
    building = stopwatch.read()
    figures = _channelattribution(ChannelAttribution, paths)
    return {**stopwatch.read(), "building": building, "figures": figures, "paths": len(paths)}


def mam_ready(folder: Path) -> dict[str, Any]:
    """An exact Markov chain, and Shapley values of each journey's last four channels."""
    from mam import MAM

    paths = pd.read_parquet(folder / "paths.parquet")
    parts = [
        pd.DataFrame({"path": paths["path"], "converted": converted, "people": paths[column]})
        for converted, column in ((True, "conversions"), (False, "nulls"))
    ]
    groups = pd.concat(parts).query("people > 0").reset_index(drop=True)
    stopwatch = Stopwatch()
    models = MAM(
        groups,
        format_type="grouped_journey",
        channels_colname="path",
        journey_with_conv_colname="converted",
        occurrences_colname="people",
        path_separator=" > ",
    )
    markov = models.run_markov()
    models.run_shapley()
    seconds = stopwatch.read()
    by_channel = markov.to_pandas().set_index("channels")["attribution"]
    figures = {
        "removal_effect": markov.metadata["removal_effect"]["removal_effect"].to_dict(),
        "markov_path": by_channel.to_dict(),
    }
    return {**seconds, "figures": figures}


def shapley_ready(folder: Path) -> dict[str, Any]:
    """Equal shares of each conversion for the distinct channels of its journey."""
    from shapley_attribution import SimplifiedShapleyAttribution

    paths = pd.read_parquet(folder / "paths.parquet").query("conversions > 0")
    repeated = paths["path"].repeat(paths["conversions"])
    journeys = [path.split(" > ") for path in repeated]
    stopwatch = Stopwatch()
    model = SimplifiedShapleyAttribution(normalize=False).fit(journeys)
    seconds = stopwatch.read()
    credit = {str(channel): float(each) for channel, each in model.get_attribution().items()}
    return {**seconds, "figures": {"shapley_coverage": credit}}


def _channelattribution(library: Any, paths: pd.DataFrame) -> Figures:
    rules = library.heuristic_models(paths, "path", "conversions", sep=">", flg_pro=False)
    markov = library.markov_model(
        paths,
        "path",
        "conversions",
        var_null="nulls",
        out_more=True,
        verbose=False,
        flg_pro=False,
        sep=">",
        seed=1,
    )
    rules = rules.set_index("channel_name")
    effects = markov["removal_effects"].set_index("channel_name")["removal_effect"]
    return {
        "first_touch": rules["first_touch"].to_dict(),
        "last_touch": rules["last_touch"].to_dict(),
        "linear": rules["linear_touch"].to_dict(),
        "simulated_removal_effect": effects.to_dict(),
        "simulated_markov": markov["result"]
        .set_index("channel_name")["total_conversions"]
        .to_dict(),
    }


def main() -> None:
    """Run once, using the command line's arguments."""
    what, folder, answer = sys.argv[1:]
    taken = RUNS[what](Path(folder))
    taken["peak_mib"] = peak_mib()
    taken["versions"] = {name: metadata.version(name) for name in PACKAGES}
    Path(answer).write_text(json.dumps(taken), encoding="utf-8")


RUNS = {
    "channelattribution_ready": channelattribution_ready,
    "channelattribution_raw": channelattribution_raw,
    "channelattribution_duckdb": channelattribution_duckdb,
    "mam_ready": mam_ready,
    "shapley_ready": shapley_ready,
}

if __name__ == "__main__":
    main()
