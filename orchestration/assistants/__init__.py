"""Answers for assistants: tools of the Model Context Protocol over the published file.

Belongs here: what an assistant may ask, and what it is refused because the answer would mislead.
Does not belong here: the locked connection (``publication/reader.py``).
"""
