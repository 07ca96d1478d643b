"""dbt as a process, and what its compiled SQL says about columns."""
