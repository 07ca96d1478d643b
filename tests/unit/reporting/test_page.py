"""The page of a small company made by hand: right figures, harmless names, nothing from outside."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from orchestration.publication.reader import open_generation
from orchestration.reporting.about import About
from orchestration.reporting.page import edition_of, page
from orchestration.reporting.report import Report, gather
from tests.kit.reported import every_day, reported

ABOUT = About("A & B <AB>", "SEK", "en")
MONDAY = date(2026, 2, 23)
USUAL = every_day(date(2025, 12, 1), 91, "s1", 1)
"""One lead a day of one source from December 1 to March 1."""


def report(path: Path, about: About = ABOUT) -> Report:
    """The report of a file."""
    with open_generation(path) as con:
        return gather(con, about)


def test_a_company_without_facts_has_a_page(tmp_path: Path) -> None:
    """The first run of a company whose files are still empty publishes, too."""
    empty = report(reported(tmp_path / "empty.duckdb"))
    assert empty.figures is None
    assert "no leads, sales or costs yet" in page(empty)


def test_a_source_that_triples_is_named_and_no_other(tmp_path: Path) -> None:
    """The week before had its seven leads a week; s3 had one a day and now has five."""
    leads = [*USUAL, *every_day(date(2025, 12, 1), 84, "s3", 1), *every_day(MONDAY, 7, "s3", 5)]
    figures = report(reported(tmp_path / "p.duckdb", leads)).figures
    assert figures is not None
    assert figures.last == date(2026, 3, 1)
    assert (figures.week.first, figures.week.total.leads) == (MONDAY, 42)
    assert figures.week.movers is not None
    seen = {(mover.kind, mover.name, mover.leads, mover.usual) for mover in figures.week.movers}
    assert seen == {("lead_source", "Direct", 35, 7.0), ("lead_channel", "Direct", 35, 7.0)}


def test_a_week_ends_on_its_sunday_where_nobody_works_at_weekends(tmp_path: Path) -> None:
    """Without a fact on Sunday the Monday's digest told of the week before."""
    leads = [(day, source, count) for day, source, count in USUAL if day.weekday() < 5]
    figures = report(reported(tmp_path / "p.duckdb", leads)).figures
    assert figures is not None
    assert figures.last == date(2026, 2, 27)
    assert (figures.week.first, figures.week.last) == (MONDAY, date(2026, 3, 1))
    assert (figures.week.total.leads, figures.week.usual[-1].leads) == (5, 5)


def test_an_unfinished_day_is_left_out(tmp_path: Path) -> None:
    """At five in the morning the present day has few leads, which is no fall."""
    figures = report(reported(tmp_path / "p.duckdb", [*USUAL, (date(2026, 3, 2), "s1", 9)])).figures
    assert figures is not None
    assert figures.headlines.last == date(2026, 3, 1)
    leads = figures.headlines.figures[0]
    assert (leads.value, leads.change, leads.is_surprising) == (28, 0.0, False)


def test_few_weeks_say_that_they_are_few(tmp_path: Path) -> None:
    """Two weeks of history are no ground for what is usual."""
    figures = report(
        reported(tmp_path / "p.duckdb", every_day(date(2026, 2, 16), 14, "s1", 3))
    ).figures
    assert figures is not None
    assert figures.week.movers is None
    assert figures.headlines.figures[0].change is None


def test_no_recorded_spend_is_no_zero(tmp_path: Path) -> None:
    """A company without cost data was told that four weeks cost 0."""
    figures = report(reported(tmp_path / "p.duckdb", USUAL)).figures
    assert figures is not None
    (spend,) = [each for each in figures.headlines.figures if each.name == "spend"]
    assert (spend.value, spend.change) == (None, None)


def test_more_refunds_than_sales_are_nothing_to_compare_with(tmp_path: Path) -> None:
    """From -100 to 300 is no fall of 400 per cent."""
    sql = """
        insert into core.fct_conversions values
            ('customer', true, -100, '2026-01-20'), ('customer', false, 300, '2026-02-20')
    """
    figures = report(reported(tmp_path / "p.duckdb", USUAL, sql)).figures
    assert figures is not None
    (revenue,) = [each for each in figures.headlines.figures if each.name == "revenue"]
    assert (revenue.value, revenue.change) == (300, None)


def test_errors_in_tags_are_those_of_the_week(tmp_path: Path) -> None:
    """One that came on the Tuesday after is next week's, or two digests would tell of it."""
    sql = """
        update meta.publication set last_complete_day = date '2026-03-03';
        insert into marts.utm_audit values
            ('misspelt', 'utm_source', 'Sunday', null, 1, '2026-03-01'),
            ('misspelt', 'utm_source', 'Tuesday', null, 1, '2026-03-03');
    """
    leads = [*USUAL, (date(2026, 3, 3), "s1", 1)]
    figures = report(reported(tmp_path / "p.duckdb", leads, sql)).figures
    assert figures is not None
    assert [tag.value for tag in figures.week.tags] == ["Sunday"]


def test_a_list_that_is_cut_says_so(tmp_path: Path) -> None:
    """Nine campaigns without leads were shown as eight."""
    sql = """
        insert into core.dim_campaigns
            select 'n' || i, 'n' || i, 'Campaign ' || i, 'utm', true from range(9) as t (i);
        insert into core.fct_ad_spend select '2026-02-24', 'n' || i, 10 from range(9) as t (i);
        insert into marts.utm_audit
            select 'misspelt', 'utm_source', 'v' || i, null, 1, '2026-02-24' from range(10) as t (i)
    """
    shown = page(report(reported(tmp_path / "p.duckdb", USUAL, sql)))
    assert "and 1 more, in marts.campaign_performance" in shown
    assert "and 2 more, in marts.utm_audit" in shown


def test_an_interval_that_the_picture_does_not_hold_ends_in_an_arrow(tmp_path: Path) -> None:
    """One lead of one became a customer: its mark was left of nothing, at the end of the line.

    90 leads without a customer reach to 3 %, so the axis ends there.
    """
    sql = "update marts.lead_source_performance set customers = 1 where lead_source_key = 's3'"
    leads = [*every_day(date(2025, 12, 1), 90, "s1", 1), (MONDAY, "s3", 1)]
    text = page(report(reported(tmp_path / "p.duckdb", leads, sql)))
    (table,) = re.findall(r'<caption class="unseen">Where leads come from.*?</table>', text, re.S)
    event, direct = (table[table.index(name) :].split("</tr>")[0] for name in ("Event", "Direct"))
    assert "(line: 0 to 3%)" in table
    assert 'class="beyond"' in direct
    assert 'class="point"' not in direct
    assert "90 % interval 27.0% to 100.0%" in direct
    assert 'class="beyond"' not in event
    assert '<line class="point" x1="0.0" x2="0.0"' in event


def test_a_sure_member_is_marked_at_the_end_of_the_line(tmp_path: Path) -> None:
    """A company of one lead, who is a customer: 100 % is on the axis."""
    sql = "update marts.lead_source_performance set customers = 1"
    text = page(report(reported(tmp_path / "p.duckdb", [(MONDAY, "s3", 1)], sql)))
    assert '<line class="point" x1="100.0" x2="100.0"' in text
    assert 'class="beyond"' not in text


def test_a_stage_that_a_company_does_not_have_is_no_step(tmp_path: Path) -> None:
    """Nobody was qualified by marketing, and one lead in four bought: that was 0 % and no share."""
    sql = """
        update marts.lead_source_performance set mqls = 0, opportunities = 2, customers = 1;
    """
    bought = report(reported(tmp_path / "p.duckdb", [(MONDAY, "s3", 4)], sql)).figures
    assert bought is not None
    assert bought.funnel is not None
    assert bought.funnel.steps == [("leads", 4), ("opportunities", 2), ("customers", 1)]
    early = report(reported(tmp_path / "q.duckdb", [(MONDAY, "s3", 4)])).figures
    assert early is not None
    assert early.funnel is not None
    assert [count for _, count in early.funnel.steps] == [4, 4, 0, 0, 0]


def test_money_without_leads_is_named(tmp_path: Path) -> None:
    """A campaign with spend and no lead in thirty days; one that has leads is not listed."""
    sql = """
        insert into core.fct_ad_spend values
            ('2026-02-20', 'c1', 500), ('2026-02-20', 'c2', 70), ('2025-12-20', 'c2', 9);
        insert into core.fct_costs values ('2026-02-21', 'c2', 5), ('2026-02-21', 'unknown', 50);
    """
    figures = report(reported(tmp_path / "p.duckdb", USUAL, sql)).figures
    assert figures is not None
    assert [(idle.platform, idle.spend) for idle in figures.week.idle] == [("utm", 75)]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_names_are_text_and_nothing_else(tmp_path: Path, language: str) -> None:
    """Names are what their authors liked; the page has no script and asks for nothing."""
    sql = """
        insert into core.fct_ad_spend values ('2026-02-20', 'c2', 70);
        insert into marts.attribution_model_comparison values
            ('lead_source', 's1', 'customer', 10, 30, null);
        insert into marts.utm_audit values
            ('misspelt', 'utm_source', '<img src=x onerror=1>', 'linkedin', 4, '2026-02-25');
    """
    about = About(ABOUT.name, ABOUT.currency, language)
    text = page(report(reported(tmp_path / "p.duckdb", USUAL, sql), about))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 6 }} �gnp" in text
    assert "A &amp; B &lt;AB&gt;" in text
    assert "&lt;img src=x onerror=1&gt;" in text
    assert "one &lt;b&gt;row&lt;/b&gt;" in text
    assert not re.search(r"<(script|img|iframe|object|link|form)\b|<[^>]*\s(on\w+|style)=", text)
    assert not re.search(r"<[^>]*(src|href|action)=|url\(|@import|https?:", text)
    assert "default-src 'none'; style-src 'sha256-" in text
    assert f'<html lang="{language}">' in text
    assert ("Event" if language == "en" else "Evenemang") in text


def test_a_part_exists_only_with_its_mart(tmp_path: Path) -> None:
    """Pay for what you use; a column that the mart has not is left out, and nothing is no zero."""
    sql = """
        create table marts.event_performance as
        select * from (values ('Mässa', date '2026-02-03', 4, 9.5::decimal(18, 6), 0.25),
            ('Fika', null, 7, 0::decimal(18, 6), null))
            as t(event_name, starts_on, new_leads, spend, roi);
        create table marts.page_performance as select 1 as page where false;
    """
    figures = report(reported(tmp_path / "p.duckdb", USUAL, sql)).figures
    assert figures is not None
    (events,) = figures.extras
    assert [heading for heading, _ in events.headings] == [
        "event",
        "starts_at",
        "new_leads",
        "spend",
        "roi",
    ]
    assert [row[0] for row in events.rows] == ["Fika", "Mässa"]
    text = page(report(tmp_path / "p.duckdb")).replace("\N{NO-BREAK SPACE}", " ")
    assert '<th scope="row">Mässa</th><td class="number">3 Feb 2026</td>' in text
    assert '<td class="number">25.0%</td>' in text
    assert '<td class="number">–</td>' in text
    assert report(reported(tmp_path / "q.duckdb", USUAL)).figures is not None


def test_a_part_by_month_is_summed_over_the_months_of_the_report(tmp_path: Path) -> None:
    """Of landing pages the views alone, and a rate is the quotient of the sums."""
    sql = """
        create table marts.page_performance as
        select * from (values
            (date '2026-01-01', 'landing', 'x.example/a', 30, 3, 3, 0, 0::decimal(18, 6)),
            (date '2026-02-01', 'landing', 'x.example/a', 10, 1, 1, 1, 50::decimal(18, 6)),
            (date '2026-02-01', 'landing', 'x.example/b', 0, 0, 0, 0, 0::decimal(18, 6)),
            (date '2026-02-01', 'seen', 'x.example/a', 99, 9, 9, 9, 90::decimal(18, 6)),
            (date '2024-02-01', 'landing', 'x.example/a', 70, 7, 7, 7, 70::decimal(18, 6)))
            as t(month, page_role, url, visits, visits_captured, leads, customers, revenue);
    """
    figures = report(reported(tmp_path / "p.duckdb", USUAL, sql)).figures
    assert figures is not None
    (pages,) = figures.extras
    assert pages.rows == [
        ("x.example/a", 40, 4, 0.1, 4, 1, 50),
        ("x.example/b", 0, 0, None, 0, 0, 0),
    ]


def test_what_nobody_paid_for_has_no_price(tmp_path: Path) -> None:
    """Unpaid posts without recorded spend are not free leads."""
    sql = """
        create table marts.social_performance as
        select * from (values
            (date '2026-02-01', 'linkedin', true, 4, 1, 90::decimal(18, 6), 50::decimal(18, 6)),
            (date '2026-02-01', 'linkedin', false, 2, 0, 0::decimal(18, 6), 0::decimal(18, 6)))
            as t(month, network, is_paid, leads, customers, spend, revenue);
    """
    figures = report(reported(tmp_path / "p.duckdb", USUAL, sql)).figures
    assert figures is not None
    (social,) = figures.extras
    assert social.rows == [
        ("linkedin", True, 4, 1, 90, 22.5, 50),
        ("linkedin", False, 2, 0, None, None, 0),
    ]


def test_mail_is_shown_once(tmp_path: Path) -> None:
    """By mailing with its subject where mailings are listed, else by campaign."""
    sent = "update marts.campaign_performance set emails_sent = 40, unique_email_clicks = 4;"
    listed = """
        create table marts.email_performance as
        select 'News' as mailing_name, 'Five tips' as subject_line,
            date '2026-02-03' as sent_on, 40 as delivered, 4 as clicked, 0.1 as click_rate;
    """
    for sql, shown in ((sent, "Spring"), (sent + listed, "Five tips")):
        name = f"{len(sql)}.duckdb"
        text = page(report(reported(tmp_path / name, USUAL, sql)))
        (mail,) = re.findall(r'<h2 id="mail">.*?</section>', text, re.DOTALL)
        assert shown in mail


def test_a_file_says_of_which_generation_it_is(tmp_path: Path) -> None:
    """So a report that is left of another generation is known."""
    path = tmp_path / "report.html"
    assert edition_of(path) is None
    path.write_text(page(report(reported(tmp_path / "p.duckdb", USUAL))), encoding="utf-8")
    assert edition_of(path) == (7, "en")
    path.write_bytes(b"\xff\xfe")
    assert edition_of(path) is None
