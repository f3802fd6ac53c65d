"""The monthly report for one client, on paper and as a workbook (R-046, R-053, R-056, SLA-60, SLA-61)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.levels.promises import agreed_in
from desk.levels.report import Month, months
from quality.models import AnsweredVia, Survey
from quality.services.surveys import answer
from sla.figures import compliance
from sla.models import ClockKind
from tests.cast import MONDAY
from tests.desk.read_sheets import read_xlsx
from tests.sla.kit import agreement, promise
from tickets import services
from tickets.models import Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
M, H, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 12, 10, 4, tzinfo=UTC)
NOVEMBER = {"month": "2026-11"}
MOST_QUERIES = 45


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def november(cast: Any) -> Any:
    """Makes `times` times, for Huaxin: one met, one missed by two hands, one closed with an answer, one left open."""

    def make(times: int = 1) -> None:
        for age in range(times):
            at = MONDAY + (age % 5) * H
            services.reply(cast.submit(service=cast.reset, at=at), by=cast.zhou, at=at + 10 * M, body="…")
            late = cast.submit(service=cast.reset, at=at, subject="Late one")
            services.assign(late, by=cast.li, at=at + 45 * M, assignee=cast.zhou)
            services.reply(late, by=cast.zhou, at=at + 60 * M, body="…")
            closed = cast.closed(at=at)
            scores = {"process": 5, "result": 4, "experience": 3}
            answer(Survey.objects.get(ticket=closed), scores=scores, comment="", at=at, via=AnsweredVia.LINK)
            cast.submit(service=cast.consulting, at=at, subject="Left open")

    return make


def report(cast: Any, person: Any = None, language: str = "en", **parameters: Any) -> Any:
    asked = {"client": cast.huaxin.pk, **NOVEMBER, **parameters}
    return cast.browser(person or cast.ma, language).get(reverse("desk:levels-report"), asked)


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


# --- who ---------------------------------------------------------------------------------------------


def test_reports_are_for_those_who_may_see_levels(cast: Any) -> None:
    """R-070."""
    for name in ("desk:levels-report", "desk:levels-report-xlsx"):
        asked = {"client": cast.huaxin.pk}
        assert cast.browser(cast.zhou).get(reverse(name), asked).status_code == 403
        assert cast.browser(cast.chen).get(reverse(name), asked).status_code == 302
        assert cast.browser(cast.ma).get(reverse(name), asked).status_code == 200


def test_a_team_lead_reads_of_the_clients_of_the_own_teams_and_is_told_of_what_it_is_made(cast: Any) -> None:
    """R-070, R-083."""
    cast.submit(service=cast.reset)
    cast.submit(service=cast.complaint, by=cast.stranger)
    shown = report(cast, cast.li)
    assert [client.name for client in shown.context["clients"]] == ["华信制造"]
    assert "made of the requests of your teams only" in text_of(shown)
    assert report(cast, cast.li, client=cast.yuanhang.pk).status_code == 404
    assert report(cast, cast.ma, client=cast.yuanhang.pk).status_code == 200


@pytest.mark.parametrize("client", ["x", "0", "9" * 14])
def test_a_client_that_does_not_exist_is_not_found(cast: Any, client: str) -> None:
    """404, on paper and as a workbook."""
    assert report(cast, client=client).status_code == 404
    assert cast.browser(cast.ma).get(reverse("desk:levels-report-xlsx"), {"client": client}).status_code == 404


# --- the choice --------------------------------------------------------------------------------------


def test_without_a_client_it_asks_for_one(cast: Any) -> None:
    """Client and one of 24 months; the last one that is over is proposed."""
    shown = cast.browser(cast.ma).get(reverse("desk:levels-report"))
    assert [month.key for month in shown.context["months"]][:3] == ["2026-12", "2026-11", "2026-10"]
    assert (len(shown.context["months"]), shown.context["month"].key) == (24, "2026-11")
    assert "Choose a client and a month" in text_of(shown)
    assert report(cast, month="1999-01").context["month"].key == "2026-11"


def test_months_are_those_of_the_readers_zone() -> None:
    """On the last evening of November in London it is December in Shanghai already."""
    at = datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert Month.of(at, SHANGHAI).key == "2026-12"
    assert Month.of(at, ZoneInfo("Europe/London")).key == "2026-11"
    february = Month.of(datetime(2028, 2, 10, tzinfo=UTC), SHANGHAI)
    assert (february.period.days, february.before.key, february.words) == (29, "2028-01", "February 2028")
    assert months(at, SHANGHAI)[-1].key == "2025-01"


# --- what it says ------------------------------------------------------------------------------------


def test_compliance_is_that_of_the_days_of_the_month_beside_its_target_and_the_month_before(
    cast: Any, november: Any
) -> None:
    """SLA-60: the calendar month before, not the same number of days."""
    november(2)
    october = datetime(2026, 10, 1, 2, tzinfo=UTC)  # a holiday; due on the first working day, still in October
    services.reply(cast.submit(service=cast.reset, at=october), by=cast.zhou, at=october + M, body="…")
    rows = {row["label"]: row for row in report(cast).context["levels"]}
    first = rows[str(ClockKind.FIRST_RESPONSE.label)]
    tickets = Ticket.objects.filter(organisation=cast.huaxin)
    expected = compliance(tickets, Month(MONDAY.date().replace(day=1), SHANGHAI).period, at=NOW)
    assert first["now"] == expected[ClockKind.FIRST_RESPONSE].now
    assert (first["now"].met, first["now"].missed) == (4, 4)
    assert (first["target"], first["is_below"], first["before"].met) == (0.95, True, 1)


def test_missed_targets_are_told_one_by_one_with_how_late_and_why(cast: Any, november: Any) -> None:
    """Number, subject, clock, due, how late, causes."""
    november()
    shown = report(cast)
    row = next(row for row in shown.context["missed"] if row["ticket"].subject == "Late one")
    assert [(share["label"], round(share["share"], 2)) for share in row["shares"]] == [
        ("Waiting for assignment", 0.75),
        ("With the first person", 0.25),
    ]
    text = text_of(shown)
    for words in (row["ticket"].number, "Late one", "Nov 16, 2026, 10:30", "30 m late", "Waiting for assignment 75%"):
        assert words in text
    silent = next(row for row in shown.context["missed"] if row["ticket"].subject == "Left open")
    assert silent["is_running"]
    assert "and still running" in text


def test_volume_satisfaction_and_what_was_open_when_the_month_ended(cast: Any, november: Any) -> None:
    """R-053: what came, what went, what was left, what was said."""
    november()
    left = Ticket.objects.get(subject="Left open")
    with time_machine.travel(NOW - DAY):
        services.withdraw(left, by=cast.chen, at=NOW - DAY)  # in December: in November it was open
    shown = report(cast).context["report"]
    assert (shown.received, shown.ended, shown.received_before) == (4, 1, 0)
    assert {ticket.subject for ticket in shown.open} >= {"Left open", "Late one"}
    assert shown.opinion.now.index == pytest.approx(0.8)
    assert {one.type: (one.received, one.ended) for one in shown.types} == {
        "consultation": (1, 0),
        "incident": (1, 1),
        "service_request": (2, 0),
    }
    december = report(cast, month="2026-12").context["report"]
    assert (december.received, december.ended, len(december.open)) == (0, 1, 2)


def test_an_empty_month_says_so_in_words(cast: Any) -> None:
    """No row of zeros, and no 100 %."""
    text = text_of(report(cast, month="2026-01"))
    assert "Nothing happened in January 2026" in text
    assert "%" not in text.replace("100%", "", 0).split("Nothing happened")[1].split("Thu, Dec")[0]


def test_the_month_that_is_not_over_says_so(cast: Any) -> None:
    """Until now."""
    assert "until now; the month is not over" in text_of(report(cast, month="2026-12"))
    assert "until now" not in text_of(report(cast))


def test_a_number_opens_a_list_of_as_many(cast: Any, november: Any) -> None:
    """SLA-61: the same days and the same client."""
    november(2)
    browser = cast.browser(cast.ma)
    shown = report(cast).context
    assert browser.get(shown["received_href"]).context["count"] == shown["report"].received == 8
    for row in shown["levels"]:
        for one in row["counts"]:
            assert browser.get(one["href"]).context["count"] == one["count"]


# --- what was agreed ---------------------------------------------------------------------------------


def test_without_an_agreement_of_its_own_the_default_one_is_told_in_words(cast: Any) -> None:
    """SLA-11."""
    text = text_of(report(cast))
    for words in ("First response everything 30 m Office hours nothing", "Resolution Complex 48 h 24×7"):
        assert words in text


def test_a_clients_own_agreement_that_held_all_month_stands_alone(cast: Any) -> None:
    """SLA-33: the default one did not apply."""
    agreement(promise(minutes=15, priority=4), client=cast.huaxin, since=MONDAY - 60 * DAY)
    held = agreed_in(cast.huaxin, Month(MONDAY.date().replace(day=1), SHANGHAI).period)
    assert [str(each.version) for each in held] == ["华信制造 agreement v1"]
    assert (held[0].promises[0].applies_to, held[0].promises[0].within) == ("Critical", "15 m")


def test_where_it_held_for_a_part_of_the_month_the_default_one_is_there_too(cast: Any) -> None:
    """Each with its dates."""
    version = agreement(promise(minutes=15), client=cast.huaxin, since=MONDAY)
    agreement(promise(minutes=20), client=cast.huaxin, since=MONDAY + 5 * DAY, of=version.agreement)
    period = Month(MONDAY.date().replace(day=1), SHANGHAI).period
    assert sorted(each.version.agreement.name for each in agreed_in(cast.huaxin, period)) == [
        "Default agreement",
        "华信制造 agreement",
        "华信制造 agreement",
    ]
    assert [each.version.agreement.name for each in agreed_in(cast.yuanhang, period)] == ["Default agreement"]


# --- the workbook, the languages, the cost -----------------------------------------------------------


def test_the_workbook_holds_the_numbers_of_the_page(cast: Any, november: Any) -> None:
    """SLA-61."""
    november(3)
    shown = report(cast).context
    book = read_xlsx(
        cast.browser(cast.ma).get(reverse("desk:levels-report-xlsx"), {"client": cast.huaxin.pk, **NOVEMBER})
    )
    assert len(book) == 9
    for row, line in zip(shown["levels"], book["Compliance"][1:], strict=True):
        now = row["now"]
        assert line[0] == row["label"]
        assert line[1] == pytest.approx(now.share)
        assert line[4:] == [now.met, now.missed, now.void]
    assert len(book["Missed targets"]) == 1 + shown["missed_count"] > 3
    assert sum(line[1] for line in book["Volume"][1:]) == shown["report"].received
    assert len(book["Open at the end"]) == 1 + len(shown["report"].open)
    for one, line in zip(shown["times"], book["How long it took"][1:], strict=True):
        assert (line[0], line[1]) == (one["kind"].label, one["span"].count)
        assert line[2] * 86_400 == pytest.approx(one["span"].median.total_seconds())


def test_texts_of_clients_are_shown_as_text(cast: Any) -> None:
    """Neither markup on paper nor formulas in the workbook."""
    cast.submit(service=cast.reset, subject="=1+1<script>alert(1)</script>")
    assert "<script>alert" not in report(cast).content.decode()
    answered = cast.browser(cast.ma).get(reverse("desk:levels-report-xlsx"), {"client": cast.huaxin.pk, **NOVEMBER})
    assert read_xlsx(answered)["Missed targets"][1][1] == "=1+1<script>alert(1)</script>"


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_it_speaks_the_readers_language(cast: Any, november: Any, language: str) -> None:
    """Nothing fails in any of the three."""
    november()
    assert report(cast, language=language).status_code == 200
    assert report(cast, language=language, month="2026-01").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Any, november: Any) -> None:
    """Ten times as many rows, the same queries."""
    november(1)
    browser = cast.browser(cast.ma)
    browser.get("/")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            asked = {"client": cast.huaxin.pk, **NOVEMBER}
            assert browser.get(reverse("desk:levels-report"), asked).status_code == 200
        return len(queries)

    few = count()
    november(10)
    assert count() == few <= MOST_QUERIES
