"""The company's measures, each defined once, and the sums that would mislead.

Belongs here: what ``models/metrics.yml`` defines, the query that asks for it, and which sums of
published tables are refused. Does not belong here: running a query (``publication/reader.py``).
"""
