"""The channel-level models: a few matrices, which NumPy solves in memory.

SQL has counted the paths, so what arrives here is small and does not grow with the touches.
"""

from orchestration.attribution.chains import with_state_names
from orchestration.attribution.channels import MODELS, channel_attribution
from orchestration.attribution.published import published


def model(dbt, session):
    """Conversions, value and removal effects by member, with their intervals."""
    dbt.config(materialized="table")
    enabled_models = dbt.ref("stg_ops__enabled_models").df()
    attribution = dbt.ref("stg_ops__attribution").df()
    # Categories: a million strings take a second and 100 MB.
    transitions, coverage = (
        counted.to_arrow_table().to_pandas(strings_to_categorical=True)
        for counted in (
            dbt.ref("int_attribution__transitions"),
            dbt.ref("int_attribution__coverage"),
        )
    )
    members = dbt.ref("int_attribution__member_bits").df()
    # The touch-level model markov_path needs the removal effects as well.
    wanted = {"markov", *enabled_models["attribution_model"]}
    estimates = channel_attribution(
        with_state_names(transitions, members),
        coverage,
        members,
        models=[name for name in MODELS if name in wanted],
        resamples=int(attribution["resamples"].iloc[0]),
        seed=int(attribution["seed"].iloc[0]),
    )
    return published(estimates)
