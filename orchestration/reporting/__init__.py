"""The report and the digest: figures of one generation for people, as a page and as a message.

Belongs here: questions to a published file, and how their answers are shown. Does not belong here:
when a report is written (``publication``), or new figures (``models/marts``).
"""
