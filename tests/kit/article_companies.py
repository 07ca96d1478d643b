"""The companies with which the article explains lead source against lead channel, as files.

Belongs here: their configurations and files. Does not belong here: the expected tables
(``tests/integration/test_article_companies.py``).
"""

from __future__ import annotations

from pathlib import Path

_HEAD = """
company: {name: NAME, reporting_currency: SEK, reporting_timezone: Europe/Stockholm}
inbox:
"""
_TOUCHES = "  - {path: touches.csv, stream: touchpoints}\n"

YEARS = {"startup": 2026, "consultancy": 2025, "party": 2024}
"""When the leads of each were created and bought: no row of a month is of two of them."""

COMPANIES = {
    "tributary.yaml": _HEAD.replace("NAME", "Three companies")
    + _TOUCHES
    + "".join(f"  - {{path: {name}.csv, stream: leads}}\n" for name in YEARS),
    "startup.csv": """\
lead_id,created_at,email,is_customer,customer_at,value
S1,2026-01-10T10:00:00Z,ada@kund.example,true,2026-01-30T10:00:00Z,1000
S2,2026-01-11T10:00:00Z,bea@kund.example,true,2026-01-21T10:00:00Z,500
S3,2026-01-12T10:00:00Z,cia@kund.example,false,,
""",
    "touches.csv": """\
touchpoint_id,occurred_at,email,touch_type,utm_source,utm_medium,referrer,lead_source,lead_channel
t1,2026-01-03T09:00:00Z,ada@kund.example,visit,linkedin,cpc,,,
t2,2026-01-10T09:00:00Z,ada@kund.example,email_click,monthly,newsletter,,,
t3,2026-01-17T09:00:00Z,ada@kund.example,email_click,monthly,newsletter,,,
t4,2026-01-24T09:00:00Z,ada@kund.example,email_click,monthly,newsletter,,,
t5,2026-01-05T09:00:00Z,bea@kund.example,visit,,,https://www.google.com/,,
t6,2026-01-11T09:00:00Z,bea@kund.example,webinar,,,,webinar,webinar
t7,2026-01-12T09:00:00Z,cia@kund.example,visit,,,https://www.google.com/,,
t8,2026-01-19T09:00:00Z,cia@kund.example,email_click,monthly,newsletter,,,
""",
    "consultancy.csv": """\
lead_id,created_at,lead_source,lead_channel,is_customer,customer_at,value
K1,2025-01-10T10:00:00Z,Event,Phone call,true,2025-02-01T10:00:00Z,9000
K2,2025-01-11T10:00:00Z,Customer referral,Email campaign,true,2025-02-02T10:00:00Z,7000
K3,2025-02-12T10:00:00Z,Event,Newsletter,false,,
K4,2025-02-13T10:00:00Z,Event,Phone call,false,,
""",
    "party.csv": """\
lead_id,created_at,lead_source,lead_channel
G1,2024-01-10T10:00:00Z,Invited by Anna,Bus
G2,2024-01-10T10:00:00Z,Invited by Anna,Bicycle
G3,2024-01-10T10:00:00Z,Invited by Bo,Bus
G4,2024-01-10T10:00:00Z,Invited by Bo,Bicycle
G5,2024-01-10T10:00:00Z,Invited by Bo,Bicycle
G6,2024-01-10T10:00:00Z,A poster,Bus
""",
}
"""Those of the detailed vocabulary, run as one: their months tell them apart."""

AGENCY = {
    "tributary.yaml": _HEAD.replace("NAME", "Agency")
    + "  - {path: leads.csv, stream: leads}\n"
    + _TOUCHES
    + "vocabulary: broad\n",
    "leads.csv": """\
lead_id,created_at,email,lead_source,lead_channel
A1,2026-01-10T10:00:00Z,ada@kund.example,,
A2,2026-01-11T10:00:00Z,bea@kund.example,,
A3,2026-01-12T10:00:00Z,cia@kund.example,,
A4,2026-01-13T10:00:00Z,dan@kund.example,,
A5,2026-01-14T10:00:00Z,eva@kund.example,Customer referral,Phone call
A6,2026-01-15T10:00:00Z,fia@kund.example,Organic search,Organic listing
""",
    "touches.csv": """\
touchpoint_id,occurred_at,email,touch_type,utm_source,utm_medium,referrer
t1,2026-01-10T09:00:00Z,ada@kund.example,visit,,,https://www.google.com/
t2,2026-01-11T09:00:00Z,bea@kund.example,visit,google,cpc,
t3,2026-01-12T09:00:00Z,cia@kund.example,visit,,,https://www.linkedin.com/
t4,2026-01-13T09:00:00Z,dan@kund.example,email_click,monthly,newsletter,
""",
}


def write_company(folder: Path, files: dict[str, str]) -> None:
    """Write a company's configuration and files."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
