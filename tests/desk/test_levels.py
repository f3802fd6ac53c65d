"""The managers' page about service levels, the lists behind it and its files (R-046, SLA-60, SLA-61)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.levels.tables import BLOCKS
from sla.models import ClockKind
from tests.cast import MONDAY
from tests.desk.read_sheets import read_csv, read_xlsx
from tests.sla.kit import agreement, promise
from tickets import services

M, H, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + DAY  # Tuesday, 10:00 in Shanghai
MOST_QUERIES = 20


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def days(cast: Any) -> Any:
    """Makes `times` times: one answered in time, one late, one by several hands, one withdrawn, one silent;
    of two old complaints one was solved."""

    def make(times: int = 1) -> None:
        for age in range(times):
            at = MONDAY - (age % 5) * H
            services.reply(cast.submit(service=cast.reset, at=at), by=cast.zhou, at=at + 10 * M, body="…")
            late = cast.submit(service=cast.reset, at=at)
            services.reply(late, by=cast.zhou, at=at + 20 * H, body="…")
            handed = cast.submit(service=cast.complaint, by=cast.stranger, at=at - 30 * H)
            services.assign(handed, by=cast.ma, at=at - 20 * H, assignee=cast.sun)
            services.assign(handed, by=cast.ma, at=at - 10 * H, team=cast.apps, assignee=cast.zhou)
            services.reply(handed, by=cast.zhou, at=at, body="…")
            services.withdraw(cast.submit(service=cast.reset, at=at), by=cast.chen, at=at + M)
            cast.submit(service=cast.support, at=at)
            cast.submit(service=cast.complaint, at=at - 80 * H)
            solved = cast.submit(service=cast.complaint, by=cast.stranger, at=at - 80 * H)
            services.take_up(solved, by=cast.sun, at=at - 79 * H)
            services.deliver(solved, by=cast.sun, at=at - 78 * H, summary="…", self_checked=True)

    return make


def page(cast: Any, person: Any = None, language: str = "en", **parameters: Any) -> Any:
    return cast.browser(person or cast.ma, language).get(reverse("desk:levels"), parameters)


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


# --- who ---------------------------------------------------------------------------------------------


def test_figures_are_for_those_who_may_see_levels_and_the_wall_for_everybody(cast: Any) -> None:
    """R-070: an agent is sent to the wall; the lists and files are not for agents either."""
    assert page(cast, cast.zhou).url == reverse("desk:wall")
    for person in (cast.li, cast.qin, cast.ma, cast.root):
        assert page(cast, person).status_code == 200
    for name in ("levels-list", "levels-list-csv", "levels-list-xlsx", "levels-csv", "levels-xlsx"):
        address = reverse(f"desk:{name}")
        assert cast.browser(cast.zhou).get(address, {"figure": "received"}).status_code == 403
        assert cast.browser(cast.chen).get(address).status_code == 302
        assert cast.browser().get(address).status_code == 302


def test_a_team_lead_reads_the_figures_of_the_own_teams_and_is_told_so(cast: Any, days: Any) -> None:
    """R-070."""
    days()
    own, whole = page(cast, cast.li), page(cast, cast.ma)
    assert own.context["tally"].counted < whole.context["tally"].counted
    assert "made of the requests of your teams" in text_of(own)
    assert "made of the requests of your teams" not in text_of(whole)


# --- the same number everywhere ----------------------------------------------------------------------

SQL = """
    SELECT count(*) FILTER (WHERE state = 'met'),
           count(*) FILTER (WHERE state NOT IN ('met', 'void', 'superseded') AND due_at < %(now)s
                            AND (stopped_at IS NULL OR stopped_at > due_at)),
           count(*) FILTER (WHERE state = 'void')
    FROM sla_clock
    WHERE kind = %(kind)s AND due_at >= '2026-11-11 00:00+08' AND due_at < '2026-11-18 00:00+08'
"""


@pytest.mark.parametrize("kind", ["first_response", "technical_response", "resolution"])
def test_dashboard_page_list_files_and_hand_written_sql_agree(cast: Any, days: Any, kind: str) -> None:
    """SLA-60, SLA-61: one number, wherever it is read."""
    days(3)
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"now": NOW, "kind": kind})
        met, missed, void = cursor.fetchone()
    assert met + missed > 0
    browser = cast.browser(cast.ma)
    label = ClockKind(kind).label
    scope = {"period": 7, "clock": kind}

    dashboard = browser.get(reverse("desk:dashboard"), scope).context["tally"]
    levels = browser.get(reverse("desk:levels"), scope).context
    assert (dashboard.met, dashboard.missed, dashboard.void) == (met, missed, void)
    assert (levels["tally"].met, levels["tally"].missed, levels["tally"].void) == (met, missed, void)
    assert f"{met} of {met + missed}" in " ".join(figure["foot"] for figure in levels["figures"])

    for outcome, count in (("counted", met + missed), ("met", met), ("missed", missed), ("void", void)):
        asked = {"figure": kind, "outcome": outcome, "period": 7}
        listed = browser.get(reverse("desk:levels-list"), asked).context
        assert listed["count"] == len(listed["rows"]) == count
        assert browser.get(reverse("desk:dashboard-list"), asked).context["count"] == count
        assert len(read_csv(browser.get(reverse("desk:levels-list-csv"), asked))) == 1 + count
        assert len(read_xlsx(browser.get(reverse("desk:levels-list-xlsx"), asked))[label]) == 1 + count

    lines = read_csv(browser.get(reverse("desk:levels-csv"), {**scope, "block": "figures"}))
    line = next(dict(zip(lines[0], each, strict=True)) for each in lines if each[0] == label)
    assert (line["Met"], line["Missed"], line["Void"]) == (str(met), str(missed), str(void))
    assert line["Compliance"] == f"{met / (met + missed) * 100:.2f}%"
    sheet = read_xlsx(browser.get(reverse("desk:levels-xlsx"), scope))["Compliance"]
    row = next(dict(zip(sheet[0], each, strict=True)) for each in sheet if each[0] == label)
    assert (row["Met"], row["Missed"], row["Void"]) == (met, missed, void)
    assert row["Compliance"] == pytest.approx(met / (met + missed))


def links_of(context: Any) -> Iterator[tuple[str, int]]:
    """Every number of the page with the address of its list."""
    for row in (*context["breakdown"]["rows"], context["breakdown"]["total"]):
        yield from ((row[name]["href"], row[name]["count"]) for name in ("counted", "met", "missed", "void"))
    chart = context["times"]["chart"]
    met, missed = (one["values"] for one in chart["series"])
    yield from ((href, met[place] + missed[place]) for place, href in enumerate(chart["links"]))
    yield from ((one["href"], one["span"].count) for one in context["times"]["spans"])
    causes = context["causes"]
    yield from ((row["href"], row["cycles"]) for row in (*causes["choices"], *causes["teams"]))
    yield causes["cause_href"], causes["cause_count"]


@pytest.mark.parametrize("group", ["client", "service", "team", "priority", "type"])
def test_every_number_opens_a_list_of_as_many(cast: Any, days: Any, group: str) -> None:
    """SLA-61."""
    days(3)
    browser = cast.browser(cast.ma)
    context = browser.get(reverse("desk:levels"), {"period": 7, "by": group}).context
    numbers = list(links_of(context))
    assert len(numbers) > 15
    assert sum(count for _href, count in numbers) > 30
    for href, count in numbers:
        assert browser.get(href).context["count"] == count, href


@pytest.mark.parametrize("shown", ["received", "missed"])
def test_every_hour_of_the_map_opens_its_list(cast: Any, days: Any, shown: str) -> None:
    """SLA-61: requests received then, or the missed cycles of requests received then."""
    days(3)
    browser = cast.browser(cast.ma)
    hours = browser.get(reverse("desk:levels"), {"period": 7, "map": shown}).context["hours"]
    cells = [cell for row in hours["rows"] for cell in row["cells"] if "href" in cell]
    assert cells
    for cell in cells:
        count = browser.get(cell["href"]).context["count"]
        assert re.search(rf": {count}( of \d+ missed)?$", cell["title"]) or cell["text"] == "0"


def test_a_point_of_the_trend_opens_the_days_it_stands_for(cast: Any, days: Any) -> None:
    """SLA-61: the share of that list is the share that is drawn."""
    days(2)
    browser = cast.browser(cast.ma)
    chart = browser.get(reverse("desk:levels"), {"period": 7}).context["trend"]["chart"]
    for href, value in zip(chart["links"], chart["series"][0]["values"], strict=True):
        counts = {tab["label"]: tab["count"] for tab in browser.get(href).context["tabs"]}
        share = round(counts["Met"] / counts["Counted"] * 100, 1) if counts["Counted"] else None
        assert share == value


@pytest.mark.parametrize("block", list(BLOCKS))
def test_a_block_is_the_same_as_csv_as_xlsx_and_in_the_workbook_of_the_page(cast: Any, days: Any, block: str) -> None:
    """Exactly the same numbers: as many rows, the same counts."""
    days(2)
    browser = cast.browser(cast.ma)
    asked = {"period": 7, "map": "missed"}
    lines = read_csv(browser.get(reverse("desk:levels-csv"), {**asked, "block": block}))
    book = read_xlsx(browser.get(reverse("desk:levels-xlsx"), {**asked, "block": block}))
    about, sheet = book.values()
    assert sheet[0] == lines[0]
    assert len(sheet) == len(lines) > 1
    for line, row in zip(lines[1:], sheet[1:], strict=True):
        counts = [(text, cell) for text, cell in zip(line, row, strict=False) if text.isdecimal()]
        assert all(float(text) == cell for text, cell in counts)
    whole = read_xlsx(browser.get(reverse("desk:levels-xlsx"), asked))
    assert sheet in whole.values()
    assert len(whole) == 1 + len(BLOCKS)
    assert "Nov 11 – Nov 17, 2026" in str(about)


# --- what counts when --------------------------------------------------------------------------------


def test_what_is_solved_long_before_it_is_due_counts_when_it_is_due(cast: Any) -> None:
    """SLA-60, literally by due date: solved on Monday, due on Wednesday, so it counts in the days that hold Wednesday;
    the page says what that means."""
    ticket = cast.submit(service=cast.complaint)  # first response due after 24 hours, resolution after 72
    services.reply(ticket, by=cast.sun, at=MONDAY + M, body="…")
    due = ticket.clocks.get(kind="first_response").due_at
    assert due == MONDAY + DAY
    today = {"from": "2026-11-17", "to": "2026-11-17"}
    assert page(cast, **today).context["tally"].met == 1
    assert page(cast, **{"from": "2026-11-10", "to": "2026-11-16"}).context["tally"].counted == 0
    assert "what is solved today and due next week counts next week" in text_of(page(cast))


def test_without_data_the_page_says_so_and_claims_nothing(cast: Any) -> None:
    """SLA-60: "no data", never 100 %."""
    shown = page(cast)
    assert [figure["value"] for figure in shown.context["figures"]] == ["No data"] * 3
    assert "No data for this period" in text_of(shown)
    assert "100%" not in re.sub(r'width="100%"|x2="100%"', "", text_of(shown))
    line = read_csv(cast.browser(cast.ma).get(reverse("desk:levels-csv"), {"block": "figures"}))[1]
    assert line[1] == ""


def test_a_running_missed_cycle_is_told_apart_where_time_is_explained(cast: Any, days: Any) -> None:
    """Its shares are known when it stops; until then the page says that it is missing."""
    days()
    assert "1 missed clock still runs and is not in here yet." in text_of(page(cast, clock="technical_response"))


# --- the address -------------------------------------------------------------------------------------


def test_days_and_scope_stay_in_every_address(cast: Any, days: Any) -> None:
    """Chosen once at the top."""
    days()
    shown = page(cast, **{"from": "2026-11-01", "to": "2026-11-17", "client": cast.huaxin.pk, "by": "type"}).context
    wanted = f"from=2026-11-01&to=2026-11-17&client={cast.huaxin.pk}"
    links = [*(figure["href"] for figure in shown["figures"]), shown["all_file"], shown["clocks"][0]["href"]]
    assert all(wanted in href for href in links)
    assert "by=type" in shown["clocks"][0]["href"]
    assert "from=" not in shown["periods"][0]["href"]
    assert {"period=7", f"client={cast.huaxin.pk}"} <= set(re.split("[?&]", shown["periods"][0]["href"]))


def test_a_range_is_read_in_either_order_and_cut_where_it_is_too_long(cast: Any) -> None:
    """Of a range that is too long the last days are taken."""
    for given in ({"from": "2026-11-17", "to": "2026-11-11"}, {"from": "2026-11-11", "to": "2026-11-17"}):
        scope = page(cast, **given).context["scope"]
        assert (scope.period.first.isoformat(), scope.days, scope.is_range) == ("2026-11-11", 7, True)
    long = page(cast, **{"from": "2000-01-01", "to": "2026-11-17"}).context["scope"]
    assert (long.last.isoformat(), long.days) == ("2026-11-17", 3 * 366)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"from": "yesterday", "to": "2026-11-17"},
        {"from": "2026-11-17"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"period": "x", "clock": "?", "by": "' OR 1", "map": "x", "cause": "x", "client": "9" * 14},
    ],
)
def test_nonsense_in_the_address_is_dropped(cast: Any, nonsense: dict[str, str]) -> None:
    """What can't be read asks for nothing."""
    shown = page(cast, **nonsense)
    assert shown.status_code == 200
    assert (shown.context["scope"].days, shown.context["scope"].is_range) == (30, False)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"by": "client", "of": "x"},
        {"by": "type", "of": ""},
        {"weekday": "9", "hour": "3"},
        {"least": "-5", "below": "x"},
        {"cause": "x", "held": "x"},
        {"after": "nan_1", "before": "_"},
    ],
)
def test_nonsense_in_the_address_of_a_list_is_dropped(cast: Any, days: Any, nonsense: dict[str, str]) -> None:
    """And a place in it that can't be read shows an empty page, no error."""
    days()
    browser, asked = cast.browser(cast.ma), {"figure": "first_response", "period": 7}
    shown = browser.get(reverse("desk:levels-list"), {**asked, **nonsense})
    assert shown.status_code == 200
    assert shown.context["count"] == browser.get(reverse("desk:levels-list"), asked).context["count"] > 0


def test_a_list_or_block_that_does_not_exist_is_not_found(cast: Any) -> None:
    """404."""
    browser = cast.browser(cast.ma)
    for name in ("levels-list", "levels-list-csv", "levels-list-xlsx"):
        assert browser.get(reverse(f"desk:{name}"), {"figure": "happiness"}).status_code == 404
    for name in ("levels-csv", "levels-xlsx"):
        assert browser.get(reverse(f"desk:{name}"), {"block": "happiness"}).status_code == 404


# --- lists -------------------------------------------------------------------------------------------


def test_a_list_about_time_begins_with_the_longest_and_goes_on_by_keyset(cast: Any) -> None:
    """Sixty cycles: fifty, then ten, and back."""
    for minutes in range(60):
        ticket = cast.submit(service=cast.reset)
        services.reply(ticket, by=cast.zhou, at=MONDAY + 60 * M + minutes * M, body="…")
    browser = cast.browser(cast.ma)
    asked = {"figure": "first_response", "cause": "unassigned", "period": 7}
    first = browser.get(reverse("desk:levels-list"), asked).context
    second = browser.get(first["older"]).context
    spent = [clock.spent for clock in (*first["rows"], *second["rows"])]
    assert (first["count"], len(first["rows"]), len(second["rows"]), second["older"]) == (60, 50, 10, "")
    assert spent == sorted(spent, reverse=True)
    assert len(set(spent)) == 60
    assert [clock.spent for clock in browser.get(second["newer"]).context["rows"]] == spent[:50]


def test_texts_of_clients_are_texts_on_the_page_and_no_formulas_in_files(cast: Any) -> None:
    """A subject with markup is no markup; one that begins like a formula stays text in a spreadsheet."""
    evil = '=HYPERLINK("http://evil")<script>alert(1)</script>'
    services.reply(cast.submit(service=cast.reset, subject=evil), by=cast.zhou, at=MONDAY + H, body="…")
    assert "<script>alert" not in page(cast).content.decode()
    asked = {"figure": "first_response", "outcome": "missed"}
    browser = cast.browser(cast.ma)
    assert "<script>alert" not in browser.get(reverse("desk:levels-list"), asked).content.decode()
    assert read_csv(browser.get(reverse("desk:levels-list-csv"), asked))[1][1] == f"'{evil}"
    assert read_xlsx(browser.get(reverse("desk:levels-list-xlsx"), asked))["First response"][1][1] == evil


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_page_list_and_files_speak_the_readers_language(cast: Any, days: Any, language: str) -> None:
    """Nothing fails in any of the three."""
    days()
    browser = cast.browser(cast.ma, language)
    assert page(cast, language=language, map="missed", clock="resolution").status_code == 200
    assert browser.get(reverse("desk:levels-list"), {"figure": "first_response"}).status_code == 200
    assert len(read_xlsx(browser.get(reverse("desk:levels-xlsx")))) == 1 + len(BLOCKS)


def test_incidents_solved_in_time_have_a_figure_a_goal_and_a_list(cast: Any) -> None:
    """R-044: one of two; the list behind the figure holds both."""
    agreement(promise("resolution", 120), client=cast.huaxin)
    good, _late = cast.in_execution(), cast.in_execution()
    services.deliver(good, by=cast.zhou, at=MONDAY + 30 * M, summary="…", self_checked=True)
    other = cast.submit(service=cast.reset)
    services.take_up(other, by=cast.zhou, at=MONDAY)
    services.deliver(other, by=cast.zhou, at=MONDAY + M, summary="…", self_checked=True)
    shown = page(cast)
    figure = shown.context["figures"][-1]
    assert (figure["label"], figure["value"]) == ("Incidents solved in time", "50.0%")
    assert figure["foot"] == "Target 99.9% · 1 of 2"
    listed = cast.browser(cast.ma).get(figure["href"])
    assert listed.context["count"] == 2
    exported = read_csv(cast.browser(cast.ma).get(reverse("desk:levels-csv"), {"block": "figures"}))
    assert [row[:3] for row in exported if row[0] == "Incidents solved in time"] == [
        ["Incidents solved in time", "50.00%", "99.90%"]
    ]
    by_type = page(cast, clock="resolution", by="type").context["breakdown"]["rows"]
    assert {row["name"]: row["is_below"] for row in by_type} == {"Incident": True, "Service request": False}


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Any, days: Any) -> None:
    """Ten times as many rows, the same queries, at most twenty."""
    pages: list[tuple[str, dict[str, Any]]] = [
        ("desk:levels", {"period": 7}),
        ("desk:levels", {"period": 7, "map": "missed", "by": "team"}),
        ("desk:levels-xlsx", {"period": 7}),
        ("desk:levels-list", {"figure": "first_response"}),
        ("desk:levels-list", {"figure": "first_response", "cause": "unassigned"}),
        ("desk:levels-list", {"figure": "received"}),
    ]
    days(1)
    browser = cast.browser(cast.ma)
    browser.get("/")

    def counts() -> list[int]:
        found = []
        for name, parameters in pages:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(reverse(name), parameters).status_code == 200
            found.append(len(queries))
        return found

    few = counts()
    days(10)
    assert counts() == few
    assert max(few) <= MOST_QUERIES
