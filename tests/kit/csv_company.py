"""A company that has only CSV exports: its configuration and its files.

Belongs here: its files' contents, oddities included. Does not belong here: the expected results
(``tests/integration/test_csv_company.py``).
"""

from __future__ import annotations

from pathlib import Path

CONFIG = """
company:
  name: Handel AB
  reporting_currency: EUR
  reporting_timezone: Europe/Stockholm
inbox:
  - path: leads.csv
    stream: leads
    format: {delimiter: ";", decimal: ",", encoding: cp1252}
    columns:
      lead_id: Id
      created_at: Skapad
      email: E-post
      lead_source: Källa
      lead_channel: Kanal
      self_reported_source: Berättade
      is_customer: Kund
      customer_at: Kund sedan
      value: Värde
    values:
      lead_source: {Mässa: event, Select: null}
      is_customer: {ja: yes, nej: no}
    constants: {currency: EUR}
  - path: touches.csv
    stream: touchpoints
  - path: deals.csv
    stream: opportunities
  - path: conversions.csv
    stream: conversions
  - path: spend.csv
    stream: ad_spend
  - path: costs.csv
    stream: costs
  - path: rates.csv
    stream: fx_rates
quality: {max_loss: 1}
"""

LEADS = """\
Id;Skapad;E-post;Källa;Kanal;Berättade;Kund;Kund sedan;Värde
L1;2026-01-10 09:00;anna@kund.example;Mässa;trade_show;;ja;2026-03-01;1000,50
L2;2026-01-11 10:00;BO@kund.example ;;;;nej;;
L3;2026-02-01 00:30;cia@kund.example;Olark Chat;;;nej;;
L4;2026-02-02;dan@kund.example;Select;;organic_search;nej;;
L5;2026-02-03;eva@kund.example;unknown;;;nej;;
L6;2026-02-30;fia@kund.example;event;;;nej;;
L7;2026-02-04;gun@kund.example;event;;nej
;2026-02-05;hal@kund.example;event;;;nej;;
L8;2026-02-06;ida@kund.example;event;;;nej;;12.50
"""

TOUCHES = """\
touchpoint_id,occurred_at,email,utm_source,utm_medium,utm_campaign,click_id,click_id_type,\
landing_page,content
t1,2026-01-05T12:00:00+01:00,bo@KUND.example,google,cpc,brand,Cj0AbC,gclid,,
t2,2026-01-11T09:00:00+01:00,bo@kund.example,monthly,newsletter,january,,,,
t3,2026-01-11T11:00:00+01:00,bo@kund.example,linkedin,social,,,,\
https://handel.example/?e=bo%40kund.example&p=%2B46701234567,ask eva@kund.example
"""

DEALS = """\
opportunity_id,lead_id,created_at,stage,amount,currency,is_won,closed_at
O1,L2,2026-01-20,closed,2000,SEK,true,2026-02-08
O2,L3,2026-02-10,open,500,EUR,false,
"""

CONVERSIONS = """\
conversion_id,lead_id,conversion_type,occurred_at,value,currency
C1,L2,Demo Booked,2026-01-25T10:00:00+01:00,100,SEK
C2,L2,demo-booked,2026-01-26T10:00:00+01:00,-20,SEK
C3,L3,demo_booked,2026-02-01,40.25,EUR
C4,L2,trial,2026-02-06T08:00:00Z,,
C5,L1,demo_booked,2026-01-27,1e3,EUR
"""

SPEND = """\
date_day,platform,campaign_id,campaign_name,spend,currency,lead_source,lead_channel
2026-01-05,google_ads,77,Brand,50.00,EUR,,
2026-01-06,google_ads,77,Brand,NaN,EUR,,
"""

COSTS = """\
date_day,amount,currency,lead_source,lead_channel,description
2026-01-08,300,EUR,event,trade_show,Stand; call +46 70 123 45 67 or mia@kund.example
"""

RATES = """\
date_day,currency,rate
2026-01-20,SEK,0.09
2026-02-06,SEK,0.1
"""


def write_company(folder: Path) -> None:
    """Write the company's configuration and files."""
    (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "leads.csv").write_bytes(LEADS.encode("cp1252"))
    for name, text in (
        ("touches.csv", TOUCHES),
        ("deals.csv", DEALS),
        ("conversions.csv", CONVERSIONS),
        ("spend.csv", SPEND),
        ("costs.csv", COSTS),
        ("rates.csv", RATES),
    ):
        (folder / name).write_text(text, encoding="utf-8")


def environment(folder: Path, home: str = "home") -> dict[str, str]:
    """The variables with which the company's commands run.

    Args:
        folder: Where its configuration and files are.
        home: The name of its home below that folder.
    """
    return {
        "TRIBUTARY_HOME": str(folder / home),
        "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
        "TRIBUTARY_NOW": "2026-04-01T06:00:00+00:00",
    }
