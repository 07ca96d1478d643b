"""Dagster's page as Tributary serves it: on the loopback address, guarded."""
