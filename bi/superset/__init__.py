"""Superset: dashboards generated from the published file, and a server for this machine."""
