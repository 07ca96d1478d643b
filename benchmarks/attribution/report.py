"""Tables of what was measured."""

from __future__ import annotations

from benchmarks.attribution.processes import Taken


def print_models(size: int, taken: Taken) -> None:
    """Print what each model took."""
    print(f"\n{size:,} touches\n\n| model | wall s | CPU s |\n|---|---|---|")
    for model in taken["models"]:
        print(f"| {model['name']} | {model['wall']:.2f} | {model['cpu']:.2f} |")
    print(f"| all, dbt between them included | {taken['wall']:.2f} | {taken['cpu']:.2f} |")
    print(
        f"\npeak {taken['peak_mib']:,.0f} MiB, of which {taken['before_mib']:,.0f} before the "
        "first model",
        flush=True,
    )
