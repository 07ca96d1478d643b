"""dbt as a process, and the column lineage of its compiled SQL."""
