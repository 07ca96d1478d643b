"""The dbt project as assets."""

from orchestration.foundation.later import not_installed

# dagster-dbt imports dbt for its names of states and for selecting nodes, and has its own where it
# is not installed: dbt runs in a process of its own, and importing it here takes 1 CPU s.
with not_installed("dbt.version"):
    import dagster_dbt  # noqa: F401
