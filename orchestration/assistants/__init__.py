"""Answers for assistants: tools of the Model Context Protocol over the published file.

Belongs here: what an assistant may ask. Does not belong here: metrics and the sums that would
mislead (``metrics``), or the locked connection (``publication/reader.py``).
"""
