"""Where definitions agree, figures must agree too; elsewhere the difference is reported.

``python -m benchmarks.attribution.agreement FOLDER PEERS ANSWER`` compares the results of the
project's models in the warehouse with the figures in the JSON file PEERS, and fails on a
difference.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

Figures = dict[str, dict[str, float]]

TOLERANCES = {
    "first_touch": 1e-12,
    "last_touch": 1e-12,
    "linear": 1e-12,
    "shapley_coverage": 1e-9,
    "removal_effect": 1e-9,
    "markov_path": 1e-9,
}
"""Largest relative difference of a channel's figure that counts as agreement."""

SIMULATED = ("simulated_removal_effect", "simulated_markov")
"""Simulations of figures that are exact here: agreement is not required."""


def our_figures(con: duckdb.DuckDBPyConnection) -> Figures:
    """The project's results, by figure and then by lead channel."""
    figures: Figures = {}
    for model, channel, credit in con.execute(
        """
        select credits.attribution_model, lead_channels.lead_channel, sum(credits.credit)
        from core.fct_attribution_credits as credits
        inner join core.dim_lead_channels as lead_channels using (lead_channel_key)
        group by all
        """
    ).fetchall():
        figures.setdefault(model, {})[channel] = float(credit)
    markov = con.execute(
        """
        select lead_channels.lead_channel, estimates.removal_effect, estimates.conversions
        from core.fct_channel_attribution as estimates
        inner join core.dim_lead_channels as lead_channels
            on estimates.member_key = lead_channels.lead_channel_key
        where
            estimates.attribution_model = 'markov'
            and estimates.dimension = 'lead_channel'
            and estimates.removal_effect is not null
        """
    ).fetchall()
    figures["removal_effect"] = {channel: effect for channel, effect, _ in markov}
    figures["simulated_removal_effect"] = figures["removal_effect"]
    figures["simulated_markov"] = {channel: float(credit) for channel, _, credit in markov}
    return figures


def differences(ours: Figures, theirs: Figures) -> dict[str, float]:
    """The largest relative difference of any channel, by figure.

    Raises:
        RuntimeError: One is larger than agreement allows, or a channel is missing.
    """
    found = {}
    for figure, expected in theirs.items():
        known = {channel: value for channel, value in ours[figure].items() if value}
        expected = {channel: value for channel, value in expected.items() if value}
        if known.keys() != expected.keys():
            raise RuntimeError(f"{figure}: {sorted(known)} are not {sorted(expected)}")
        found[figure] = max(
            abs(known[channel] - value) / abs(value) for channel, value in expected.items()
        )
        if figure not in SIMULATED and found[figure] > TOLERANCES[figure]:
            raise RuntimeError(f"{figure} is {found[figure]:.2e} off: {known} and {expected}")
    return found


def main() -> None:
    """Compare, using the command line's arguments."""
    folder, peers, answer = sys.argv[1:]
    theirs = json.loads(Path(peers).read_text(encoding="utf-8"))
    warehouse = Path(folder) / "build" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = differences(our_figures(con), theirs)
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
