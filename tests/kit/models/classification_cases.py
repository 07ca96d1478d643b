"""How people arrived, and the expected classification, including odd forms of evidence.

Belongs here: the cases, worked out by hand, and those from the documentation's table.
``test_classification`` asserts them on one build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from tests.kit.places import REPOSITORY

OWN_DOMAINS = ("www.acme.test", "räksmörgås.example", "xn--rksmrgs-5wao1o.example")


@dataclass(frozen=True)
class Case:
    """One touch.

    Attributes:
        name: Unique; the touchpoint's id without its prefix.
        evidence: Columns of the inbox's ``touchpoints``.
        origin: Lead source, lead channel.
        keyword: The published keyword.
        host: The published referrer host; only asserted when it is given.
        ga4: GA4's channel group; only asserted for the documentation's rows.
    """

    name: str
    evidence: dict[str, str]
    origin: tuple[str, str]
    keyword: str | None = None
    host: str | None = None
    ga4: str | None = None


SEARCH = ("organic_search", "organic_listing")
SOCIAL = ("organic_social", "social_post")
VIDEO = ("organic_video", "video")
MAIL = ("email", "email_campaign")
AI = ("ai_assistant", "ai_answer")
SITE = ("referral_site", "referral_link")
REVIEW = ("referral_site", "review_site")
DIRECT = ("direct", "website")
PAID_SEARCH = ("paid_search", "search_ad")
PAID_SOCIAL = ("paid_social", "social_ad")
DISPLAY = ("display", "display_ad")
OTHER = ("other", "other")


def _referrers() -> Iterator[Case]:
    def case(
        name: str,
        referrer: str,
        origin: tuple[str, str],
        keyword: str | None = None,
        host: str | None = None,
    ) -> Case:
        return Case(name, {"referrer": referrer}, origin, keyword, host)

    # Hosts match on label boundaries, under any top-level domain where the list says so.
    yield case("search", "https://www.google.com/", SEARCH, host="google.com")
    yield case("search_country", "https://www.google.co.uk/", SEARCH)
    yield case("search_second_level", "https://www.google.com.au/", SEARCH)
    yield case("search_not_google", "https://notgoogle.com/", SITE, host="notgoogle.com")
    yield case("search_below_evil", "https://google.com.evil.test/", SITE)
    yield case("search_specific_below", "https://docs.google.com/document/d/1", SITE)
    yield case("deep_below_search", "https://a.b.c.d.search.yahoo.com/", SEARCH)
    yield case("social", "https://l.facebook.com/l.php?u=x", SOCIAL)
    yield case("social_not_searched", "https://www.facebook.com/search?q=crm", SOCIAL)
    yield case("video", "https://m.youtube.com/watch?v=1", VIDEO)
    yield case("ai", "https://chatgpt.com/", AI)
    yield case("ai_below_search", "https://gemini.google.com/app", AI)
    yield case("review", "https://www.g2.com/products/x", REVIEW)
    yield case("site", "https://blog.example.org/list", SITE)

    # Search terms, under the engine's own parameter.
    yield case("term", "https://www.bing.com/search?q=crm%20system", SEARCH, "crm system")
    yield case("term_plus", "https://duckduckgo.com/?q=data+lager&t=h", SEARCH, "data lager")
    yield case("term_yahoo", "https://se.search.yahoo.com/search?p=lead&q=no", SEARCH, "lead")
    yield case("term_unicode", "https://www.google.se/search?q=k%C3%B6p", SEARCH, "köp")
    yield case("term_hash", "https://www.google.se/#q=hash", SEARCH, "hash")
    yield case("term_empty", "https://www.google.se/search?q=&source=web", SEARCH)
    yield case("term_address", "https://www.google.se/search?q=a%40acme.test", SEARCH)
    yield case("term_of_no_engine", "https://blog.example.org/?q=crm", SITE)
    yield case("portal_search", "https://www.cnn.com/search?query=crm", SEARCH, "crm")
    yield case("portal_article", "https://www.cnn.com/2026/01/article", SITE)

    # Apps, whose names match as a whole: they read from the other end.
    yield case("app_search", "android-app://com.google.android.googlequicksearchbox/", SEARCH)
    yield case(
        "app_search_path",
        "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
        SEARCH,
        host="com.google.android.googlequicksearchbox",
    )
    yield case("app_mail", "android-app://com.google.android.gm/", MAIL)
    yield case("app_social", "Android-App://com.linkedin.android", SOCIAL)
    yield case("app_ai", "android-app://com.openai.chatgpt/", AI)
    yield case("app_unknown_of_google", "android-app://com.google.earth/", SITE)
    yield case("app_unknown", "android-app://com.example.reader/", SITE)
    yield case("app_sso", "android-app://com.bankid.bus/", DIRECT)

    # Pages on the way to our own are not an origin.
    yield case("payment", "https://checkout.stripe.com/pay/cs_1", DIRECT)
    yield case("payment_below", "https://www.paypal.com/webapps/hermes", DIRECT)
    yield case("payment_klarna", "https://pay.klarna.com/eu", DIRECT)
    yield case("sso_google", "https://accounts.google.com/o/oauth2", DIRECT)
    yield case("sso_google_country", "https://accounts.google.se/", DIRECT)
    yield case("sso_microsoft", "https://login.microsoftonline.com/common", DIRECT)
    yield case("sso_okta", "https://acme.okta.com/", DIRECT)
    yield case("sso_bankid", "https://app.bankid.com/", DIRECT)
    yield case("self", "https://acme.test/pricing", DIRECT, host="acme.test")
    yield case("self_www", "https://www.acme.test/", DIRECT, host="acme.test")
    yield case("self_below", "https://shop.eu.acme.test/", DIRECT)
    yield case("self_boundary", "https://notacme.test/", SITE)
    yield case("self_unicode", "https://www.räksmörgås.example/", DIRECT)
    yield case("self_unicode_upper", "https://RÄKSMÖRGÅS.example/", DIRECT)
    yield case("self_punycode", "https://shop.xn--rksmrgs-5wao1o.example/", DIRECT)
    yield case("self_encoded", "http://r%C3%A4ksm%C3%B6rg%C3%A5s.example/", DIRECT)

    # Mail read in a browser.
    yield case("mail_gmail", "https://mail.google.com/mail/u/0/", MAIL)
    yield case("mail_outlook", "https://outlook.live.com/", MAIL)
    yield case("mail_office", "https://outlook.office365.com/mail", MAIL)
    yield case("mail_yahoo", "https://mail.yahoo.co.jp/", MAIL)
    yield case("mail_below_search", "https://mail.rambler.ru/", MAIL)

    # Hosts of other alphabets.
    yield case("idn", "https://münchen-news.example/", SITE, host="münchen-news.example")
    yield case("idn_punycode", "https://xn--mnchen-news-thb.example/", SITE)
    yield case("idn_boundary", "https://ägoogle.com/", SITE)

    # Spellings.
    yield case("upper", "HTTPS://WWW.GOOGLE.COM/SEARCH", SEARCH, host="google.com")
    yield case("encoded", "https%3A%2F%2Fwww.bing.com%2Fsearch%3Fq%3Dcrm", SEARCH, "crm")
    yield case("no_scheme", "www.google.com", SEARCH, host="google.com")
    yield case("no_scheme_path", "google.com/search?q=crm", SEARCH, "crm")
    yield case("no_protocol", "//duckduckgo.com/", SEARCH)
    yield case("one_slash", "https:/www.google.com/", SEARCH)
    yield case("port", "https://www.google.com:443/", SEARCH, host="google.com")
    yield case("port_no_scheme", "blog.example.org:8080/x", SITE, host="blog.example.org")
    yield case("user", "https://anna:secret@blog.example.org/", SITE, host="blog.example.org")
    yield case("last_dot", "https://www.google.com./", SEARCH, host="google.com")
    yield case("blanks", "  https://www.google.com/  ", SEARCH, host="google.com")

    # Not a website at all.
    yield case("junk_none", "(not set)", DIRECT)
    yield case("junk_dash", "-", DIRECT)
    yield case("junk_null", "null", DIRECT)
    yield case("junk_blank", "   ", DIRECT)
    yield case("junk_text", "a friend, really. Thanks", DIRECT)
    yield case("junk_local", "http://localhost:3000/", DIRECT)
    yield case("junk_about", "about:blank", DIRECT)
    yield case("junk_file", "file:///C:/mail.html", DIRECT)
    yield case("junk_script", "javascript:alert(1)", DIRECT)
    yield case("junk_extension", "chrome-extension://abcdefgh/page.html", DIRECT)
    yield case("junk_address", "anna@blog.example.org", DIRECT)
    yield case("junk_mailto", "mailto:anna@blog.example.org", DIRECT)
    yield case("junk_ipv4", "http://192.168.1.10:8080/", DIRECT)
    yield case("junk_ipv6", "http://[2001:db8::1]/", DIRECT)
    yield case("junk_percent", "https://%zz%E4.example/", DIRECT)


def _clicks() -> Iterator[Case]:
    def page(query: str) -> dict[str, str]:
        return {"landing_page": f"https://acme.test/?{query}"}

    for parameter, origin in (
        ("gclid", PAID_SEARCH),
        ("gbraid", PAID_SEARCH),
        ("wbraid", PAID_SEARCH),
        ("dclid", DISPLAY),
        ("msclkid", PAID_SEARCH),
        ("li_fat_id", PAID_SOCIAL),
        ("ttclid", PAID_SOCIAL),
        ("twclid", PAID_SOCIAL),
        ("epik", PAID_SOCIAL),
        ("ScCid", PAID_SOCIAL),
        ("rdt_cid", PAID_SOCIAL),
    ):
        yield Case(f"click_{parameter}", page(f"a=1&{parameter}=Ab-{parameter}"), origin)
    # Facebook marks every link: only a paid tag makes it an ad.
    yield Case("click_fbclid", page("fbclid=IwAR9x"), SOCIAL)
    yield Case(
        "click_fbclid_paid",
        page("utm_source=facebook&utm_medium=paid_social&fbclid=IwAR9y"),
        PAID_SOCIAL,
    )
    yield Case(
        "click_before_tags",
        page("utm_source=news&utm_medium=email&gclid=Cj0Kz"),
        PAID_SEARCH,
    )
    yield Case("click_stated", {"click_id": "AbC", "click_id_type": "MSCLKID"}, PAID_SEARCH)
    yield Case("click_known_shape", {"click_id": "EAIaIQobCh"}, PAID_SEARCH)


def _tags() -> Iterator[Case]:
    def tags(source: str, medium: str = "", **more: str) -> dict[str, str]:
        return {"utm_source": source, "utm_medium": medium, **more}

    google = {"referrer": "https://www.google.com/"}
    yield Case("tag_upper", tags(" LinkedIn ", "Paid_Social"), PAID_SOCIAL)
    yield Case("tag_encoded", tags("linked%69n", "paid%20social"), PAID_SOCIAL)
    yield Case("tag_not_encoded", tags("news", "100% email"), OTHER)
    yield Case("tag_before_referrer", tags("news", "newsletter", **google), ("email", "newsletter"))
    yield Case("tag_unknown_before_search", tags("acme_x", "", **google), SEARCH)
    yield Case("tag_unknown", tags("acme_x", "acme_y"), OTHER)
    yield Case("tag_host", tags("https://www.perplexity.ai/"), AI)
    yield Case("tag_none", tags("(direct)", "(none)"), DIRECT)
    yield Case(
        "tag_escaped",
        {"landing_page": "https://acme.test/?utm_source=bing&amp;utm_medium=cpc"},
        PAID_SEARCH,
    )
    yield Case(
        "tag_fragment",
        {"landing_page": "https://acme.test/#utm_source=bing&utm_medium=cpc"},
        PAID_SEARCH,
    )
    yield Case("tag_misspelt", tags("Linkeding", "social"), SOCIAL)
    yield Case("tag_misspelt_again", tags("Linkeding", "social"), SOCIAL)
    yield Case("tag_misspelt_medium", tags("news", "emial"), OTHER)
    yield Case("tag_personal", tags("anna@acme.test", "email"), MAIL)
    yield Case("tag_own_name", tags("molnbolaget", "partner"), ("partner", "partner_listing"))
    yield Case(
        "tag_unpaid_click",
        {"landing_page": "https://acme.test/?utm_source=google&utm_medium=organic&ttclid=E.C.P.1"},
        PAID_SOCIAL,
    )
    yield Case(
        "tag_paid_click",
        {"landing_page": "https://acme.test/?utm_source=reddit&utm_medium=cpc&rdt_cid=1"},
        PAID_SOCIAL,
    )


def _documented() -> Iterator[Case]:
    """The rows of the table of differences from GA4."""
    document = REPOSITORY / "docs" / "classification.md"
    for line in document.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("`"):
            name, _, rest = cells[0].strip("`").partition("=")
            evidence = {name: rest} if "utm_" not in name else dict(parse_qsl(f"{name}={rest}"))
            yield Case(
                f"documented:{cells[0].strip('`')}", evidence, (cells[1], cells[2]), ga4=cells[3]
            )


DOCUMENTED = tuple(_documented())
CASES = (*_referrers(), *_clicks(), *_tags(), *DOCUMENTED)


def case_touches(moment: datetime) -> list[dict[str, Any]]:
    """The cases as touches, each of a different person."""
    return [
        {
            "touchpoint_id": f"case:{case.name}",
            "occurred_at": moment,
            "visitor_id": f"case:{case.name}",
            **case.evidence,
        }
        for case in CASES
    ]
