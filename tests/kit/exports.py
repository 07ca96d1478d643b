"""Exports of other systems, written as these systems write them, and what they say.

Made up from the column names, preambles, totals and formats of the vendors' exports; no line is
anybody's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

D = Decimal
DAY = dt.date(2026, 6, 1)
NEXT = dt.date(2026, 6, 2)
SPEND = ("date_day", "campaign_name", "spend", "currency", "impressions", "clicks", "platform")


def at(moment: str) -> dt.datetime:
    """A moment in UTC, as the warehouse has it."""
    return dt.datetime.fromisoformat(moment)


@dataclass(frozen=True)
class Export:
    """A file and its right records.

    Attributes:
        name: Its name among others.
        preset: The preset that reads it.
        text: Its text.
        columns: Columns of the stream.
        rows: Their values, line by line.
        words: What its entry states besides, because the export does not decide it.
        encoding: Of the file.
        header_line: The line of the column names, from 1.
        delimiter: Between cells.
    """

    name: str
    preset: str
    text: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    words: dict[str, Any] = field(default_factory=dict)
    encoding: str = "utf-8"
    header_line: int = 1
    delimiter: str = ","

    @property
    def content(self) -> bytes:
        """The file."""
        return self.text.encode(self.encoding)

    @property
    def header(self) -> list[str]:
        """The names of its columns."""
        line = self.text.splitlines()[self.header_line - 1]
        return [name.strip('"') for name in line.split(self.delimiter)]


def _spend(platform: str, currency: str | None, second: str = "Brand") -> list[tuple[Any, ...]]:
    return [
        (DAY, "Brand", D("1234.56"), currency, 12_000, 340, platform),
        (NEXT, second, D("90.10"), currency, 900, 12, platform),
    ]


EXPORTS = [
    Export(
        "google_ads",
        "google_ads_report",
        "Campaign report\n"
        '"June 1, 2026 - June 2, 2026"\n'
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,CTR\n"
        '2026-06-01,Brand,701,SEK,"1,234.56","12,000",340,2.83%\n'
        "2026-06-02,Brand,701,SEK,90.10,900,12,1.33%\n"
        '--,Total: Campaigns, --,SEK,"1,324.66","12,900",352,2.73%\n'
        'Total: Account, --, --,SEK,"1,324.66","12,900",352,2.73%\n',
        SPEND,
        _spend("google_ads", "SEK"),
        header_line=3,
    ),
    Export(
        "meta_ads",
        "meta_ads_report",
        "Campaign name,Day,Amount spent (SEK),Impressions,Link clicks,Reporting starts,"
        "Reporting ends\n"
        ",,1324.66,12900,352,2026-06-01,2026-06-02\n"
        "Brand,2026-06-01,1234.56,12000,340,2026-06-01,2026-06-01\n"
        "Brand,2026-06-02,90.1,900,12,2026-06-02,2026-06-02\n",
        SPEND,
        _spend("meta_ads", "SEK"),
    ),
    Export(
        "linkedin_ads",
        "linkedin_ads_report",
        "Campaign Performance Report (in UTC)\n"
        "Date Range: June 1, 2026 - June 2, 2026\n"
        "\n"
        "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign ID\tCampaign Name\tTotal Spent\t"
        "Impressions\tClicks\n"
        '06/01/2026\tExample AB\tEUR\t701\tBrand\t"1,234.56"\t"12,000"\t340\n'
        "06/02/2026\tExample AB\tEUR\t701\tBrand\t90.10\t900\t12\n",
        SPEND,
        _spend("linkedin_ads", "EUR"),
        encoding="utf-16",
        header_line=4,
        delimiter="\t",
    ),
    Export(
        "microsoft_ads",
        "microsoft_ads_report",
        '"Report Name: Campaigns by day"\n'
        '"Report Time: 6/1/2026,6/2/2026"\n'
        '"Time Zone: (GMT+01:00) Stockholm"\n'
        "\n"
        '"Gregorian date","Campaign","Currency code","Spend","Impressions","Clicks"\n'
        '"6/1/2026","Brand","EUR","1,234.56","12,000","340"\n'
        '"6/2/2026","Brand","EUR","90.10","900","12"\n'
        '"Overall total - Campaigns","","EUR","1,324.66","12,900","352"\n'
        "\n"
        '"©2026 Microsoft Corporation. All rights reserved. "\n',
        SPEND,
        _spend("microsoft_ads", "EUR"),
        {"format": {"date_format": "%m/%d/%Y"}},
        header_line=5,
    ),
    Export(
        "tiktok_ads",
        "tiktok_ads_report",
        "Campaign name,By Day,Cost,Currency,Impressions,Clicks (destination)\n"
        "Brand,2026-06-01,1234.56,EUR,12000,340\n"
        "Brand,2026-06-02,90.10,EUR,900,12\n"
        "Total of 2 results,-,1324.66,EUR,12900,352\n",
        SPEND,
        _spend("tiktok_ads", "EUR"),
    ),
    Export(
        "hubspot_contacts",
        "hubspot_contacts",
        '"Record ID - Contact","First Name","Email","Create Date","Lead Status",'
        '"Original Traffic Source","Primary Associated Company ID","Became a Customer Date"\n'
        '"9007199254740993","Eva","eva@kund.example","2026-06-01 09:00","New","Paid Search",'
        '"77",""\n'
        '"102","Ulf","","2026-06-02 10:30","","Offline Sources","","2026-06-20 08:00"\n',
        ("lead_id", "created_at", "lead_status", "lead_source", "account_id", "customer_at"),
        [
            ("9007199254740993", at("2026-06-01 07:00"), "New", "paid_search", "77", None),
            (
                "102",
                at("2026-06-02 08:30"),
                None,
                None,
                None,
                at("2026-06-20 06:00"),
            ),
        ],
    ),
    Export(
        "hubspot_deals",
        "hubspot_deals",
        '"Record ID","Deal Name","Deal Stage","Amount","Currency","Close Date","Create Date",'
        '"Is Closed Won","Associated Contact IDs"\n'
        '"501","A","Closed Won","5000","EUR","2026-06-20 09:00","2026-06-01 09:00","true","1;2"\n'
        '"502","B","Appointment","","EUR","2026-12-31 09:00","2026-06-02 09:00","false",""\n',
        ("opportunity_id", "lead_id", "stage", "amount", "currency", "is_won"),
        [
            ("501", "1;2", "Closed Won", D(5000), "EUR", True),
            ("502", None, "Appointment", None, "EUR", False),
        ],
    ),
    Export(
        "salesforce_leads",
        "salesforce_leads",
        '"Id","IsDeleted","Company","Country","Email","Phone","LeadSource","Status",'
        '"IsConverted","ConvertedAccountId","CreatedDate"\n'
        '"00Q5g00000AbCdEFGH","false","Kund AB","Sweden","eva@kund.example","","Web","Open",'
        '"true","0015g00000AbCdEFGH","2026-06-01T09:00:00.000Z"\n'
        '"00Q5g00000AbCdFFGH","true","Bort AB","Sweden","","","","Open","false","",'
        '"2026-06-01T09:00:00.000Z"\n',
        ("lead_id", "account_id", "account_name", "lead_source", "created_at"),
        [
            (
                "00Q5g00000AbCdE",
                "0015g00000AbCdE",
                "Kund AB",
                "Web",
                at("2026-06-01 09:00"),
            )
        ],
    ),
    Export(
        "salesforce_opportunities",
        "salesforce_opportunities",
        '"Id","IsDeleted","AccountId","StageName","Amount","CloseDate","IsClosed","IsWon",'
        '"CurrencyIsoCode","CreatedDate"\n'
        '"0065g00000AbCdEFGH","false","0015g00000AbCdEFGH","Closed Won","5000.0","2026-06-20",'
        '"true","true","SEK","2026-06-01T09:00:00.000Z"\n',
        ("opportunity_id", "account_id", "stage", "amount", "currency", "is_won"),
        [("0065g00000AbCdE", "0015g00000AbCdE", "Closed Won", D(5000), "SEK", True)],
    ),
    Export(
        "salesforce_leads_report",
        "salesforce_leads_report",
        '"Lead ID","Company / Account","Email","Lead Source","Lead Status","Create Date"\n'
        '"00Q5g00000AbCdE","Kund AB","eva@kund.example","Trade Show","Open","02/06/2026"\n',
        ("lead_id", "account_name", "lead_source", "lead_status", "created_at"),
        [
            (
                "00Q5g00000AbCdE",
                "Kund AB",
                "Trade Show",
                "Open",
                at("2026-06-01 22:00"),
            )
        ],
        {"format": {"date_format": "%d/%m/%Y"}},
    ),
    Export(
        "salesforce_opportunities_report",
        "salesforce_opportunities_report",
        '"Opportunity ID","Account ID","Stage","Amount Currency","Amount","Created Date",'
        '"Close Date","Won"\n'
        '"0065g00000AbCdE","0015g00000AbCdE","Closed Won","SEK","5000.00","01/06/2026",'
        '"20/06/2026","1"\n',
        ("opportunity_id", "account_id", "amount", "currency", "is_won", "closed_at"),
        [
            (
                "0065g00000AbCdE",
                "0015g00000AbCdE",
                D(5000),
                "SEK",
                True,
                at("2026-06-19 22:00"),
            )
        ],
        {"format": {"date_format": "%d/%m/%Y"}},
    ),
    Export(
        "pipedrive_leads",
        "pipedrive_leads",
        "Lead - ID,Lead - Title,Lead - Lead created,Lead - Source channel,Person - ID,"
        "Person - Email - Work,Organization - ID,Organization - Name\n"
        "adf21080-0e10-11eb-879b-05d71fb426ec,Kund,2026-06-01 09:00:00,Web forms,31,"
        "eva@kund.example,7,Kund AB\n",
        ("lead_id", "lead_source", "account_id", "account_name", "created_at"),
        [("31", "Web forms", "7", "Kund AB", at("2026-06-01 07:00"))],
    ),
    Export(
        "pipedrive_deals",
        "pipedrive_deals",
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Status,"
        "Deal - Deal created,Deal - Deal closed on,Person - ID,Organization - ID\n"
        "1,A,5000,SEK,Negotiation,Won,2026-06-01 09:00:00,2026-06-20 09:00:00,31,7\n"
        "2,B,100,SEK,Qualified,Open,2026-06-01 09:00:00,,31,7\n"
        "3,C,100,SEK,Qualified,Lost,2026-06-01 09:00:00,2026-06-10 09:00:00,31,7\n"
        "4,D,100,SEK,Qualified,Deleted,2026-06-01 09:00:00,,31,7\n",
        ("opportunity_id", "lead_id", "amount", "currency", "is_won"),
        [
            ("1", "31", D(5000), "SEK", True),
            ("2", "31", D(100), "SEK", None),
            ("3", "31", D(100), "SEK", False),
        ],
    ),
    Export(
        "mailchimp_audience",
        "mailchimp_audience",
        '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,LEID,EUID,TAGS\n'
        '"eva@kund.example",Eva,2,"2026-06-01 09:00:00",192.0.2.1,123456789,ab12cd34,\n',
        ("touchpoint_id", "touch_type", "lead_source", "lead_channel", "occurred_at"),
        [("123456789", "form", "email", "newsletter", at("2026-06-01 07:00"))],
    ),
    Export(
        "mailchimp_campaigns",
        "mailchimp_campaigns",
        "Title,Subject,List,Send Date,Send Weekday,Total Recipients,Successful Deliveries,"
        "Soft Bounces,Hard Bounces,Total Bounces,Unique Opens,Open Rate,Total Opens,Unique Clicks,"
        "Click Rate,Total Clicks,Unsubscribes,Unique Id\n"
        '"June","Hello","All","Jun 01, 2026 09:00 am",Monday,"1,000",990,8,2,10,400,40.40%,612,50,'
        "5.05%,71,3,ab12cd34ef\n",
        ("mailing_id", "mailing_name", "sent", "opened", "clicked", "bounced", "sent_at"),
        [("ab12cd34ef", "June", 1000, 400, 50, 10, at("2026-06-01 07:00"))],
    ),
    Export(
        "callrail_calls",
        "callrail_calls",
        "Call ID,Start Time,Customer Phone Number,Tracking Number,Source,Campaign,Landing Page,"
        "GCLID,Duration (seconds)\n"
        "CAL8154748ae6bd4e278a7cddd38a662f4f,2026-06-01 09:00:00,+46701112233,+46812345678,"
        "Google Ads,Brand,https://acme.example/,Cj0KCQ,125\n",
        ("lead_id", "lead_source", "lead_channel", "campaign", "created_at"),
        [
            (
                "CAL8154748ae6bd4e278a7cddd38a662f4f",
                "paid_search",
                "phone_call",
                "Brand",
                at("2026-06-01 07:00"),
            )
        ],
    ),
    Export(
        "eventbrite_attendees",
        "eventbrite_attendees",
        "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,"
        "Attendee Status,Event Name\n"
        "123,2026-06-01 09:00:00,Eva,E,eva@kund.example,1,VIP,9,Checked In,Summer fair\n"
        "124,2026-06-01 09:05:00,Ulf,U,ulf@kund.example,1,VIP,10,Not Attending,Summer fair\n",
        ("event_id", "status", "registered_at"),
        [
            ("Summer fair", "Checked In", at("2026-06-01 07:00")),
            ("Summer fair", "Not Attending", at("2026-06-01 07:05")),
        ],
    ),
]
"""At least one of every preset."""
