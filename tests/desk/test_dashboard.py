"""The dashboard, the lists behind its figures, and quality (R-046, R-051, SLA-60, SLA-61)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quality.models import AnsweredVia, Survey
from quality.services.surveys import answer
from tickets import services
from tickets.models import Ticket

DAY = timedelta(days=1)
MOST_QUERIES = 20


@pytest.fixture
def days(cast: Any) -> Any:
    """Makes `times` days' worth of everything: answered, missed, closed with a survey answered, under way."""
    now = timezone.now()

    def make(times: int = 1) -> None:
        for age in range(times):
            at = now - (age % 20 + 1) * DAY
            services.reply(cast.submit(service=cast.reset, at=at), by=cast.zhou, at=at, body="…")
            cast.submit(service=cast.complaint, by=cast.stranger, at=at - 3 * DAY)
            survey = Survey.objects.get(ticket=cast.closed(at=at))
            scores = {"process": 5, "result": 2, "experience": 4}
            answer(survey, scores=scores, comment="Thanks", at=at, via=AnsweredVia.LINK)
            cast.in_execution(at=at)

    return make


def page(cast: Any, person: Any, name: str = "desk:dashboard", language: str = "en", **parameters: Any) -> Any:
    return cast.browser(person, language).get(reverse(name), parameters)


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def test_the_dashboard_shows_six_figures_each_a_link_to_its_list(cast: Any, days: Any) -> None:
    """R-046: a figure is a link, and what it leads to opens."""
    days(2)
    browser = cast.browser(cast.ma)
    figures = browser.get(reverse("desk:dashboard")).context["figures"]
    assert len(figures) == 6
    for figure in figures:
        assert browser.get(figure["href"]).status_code == 200


def test_a_compliance_says_how_many_of_how_many_and_its_list_has_as_many(cast: Any, days: Any) -> None:
    """SLA-61: figure, tabs, list and export give the same number."""
    days(3)
    browser = cast.browser(cast.ma)
    tally = browser.get(reverse("desk:dashboard"), {"clock": "first_response"}).context["tally"]
    assert tally.met > 0
    assert tally.missed > 0
    for outcome in ("counted", "met", "missed", "void"):
        asked = {"figure": "first_response", "outcome": outcome, "period": 30}
        listed = browser.get(reverse("desk:dashboard-list"), asked).context
        assert listed["count"] == len(listed["rows"]) == getattr(tally, outcome)
        assert {tab["label"]: tab["count"] for tab in listed["tabs"]}[listed["asked"].outcome.label] == listed["count"]
        exported = b"".join(browser.get(reverse("desk:dashboard-export"), asked).streaming_content).decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(exported)))) == 1 + listed["count"]


@pytest.mark.parametrize("figure", ["open", "late", "due_soon", "received", "ended"])
def test_a_count_is_that_of_its_list(cast: Any, days: Any, figure: str) -> None:
    """SLA-61, for everything that is counted in requests."""
    days(2)
    cast.submit(service=cast.complaint, at=timezone.now() - DAY + timedelta(minutes=30))
    browser = cast.browser(cast.ma)
    shown = browser.get(reverse("desk:dashboard")).context
    counted = {
        "open": shown["backlog"]["sum"],
        "late": Ticket.objects.late(timezone.now()).count(),
        "due_soon": 1,
        "received": shown["flow"].total_received,
        "ended": shown["flow"].total_ended,
    }
    listed = browser.get(reverse("desk:dashboard-list"), {"figure": figure}).context
    assert listed["count"] == len(listed["rows"]) == counted[figure] > 0


def test_every_cell_of_the_backlog_and_every_load_opens_as_many_requests(cast: Any, days: Any) -> None:
    """SLA-61."""
    days(3)
    browser = cast.browser(cast.ma)
    shown = browser.get(reverse("desk:dashboard")).context
    cells = [cell for row in shown["backlog"]["rows"] for cell in (*row["cells"], row["total"])]
    for cell in (*cells, *shown["backlog"]["totals"]):
        if cell["count"]:
            assert browser.get(cell["href"]).context["count"] == cell["count"]
    for row in shown["load"]["rows"]:
        assert browser.get(row["href"]).context["count"] == row["load"].open


def test_a_large_desk_shows_who_carries_most_and_sums_up_the_rest(
    cast: Any, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    days(3)
    for handler in (cast.zhao, cast.li):
        services.assign(cast.submit(), by=cast.zhou, at=timezone.now(), assignee=handler)
    browser = cast.browser(cast.ma)
    everybody = browser.get(reverse("desk:dashboard")).context["load"]
    people = [row["load"] for row in everybody["rows"] if row["load"].person]
    assert len(people) == 3
    assert not everybody["rest"]
    monkeypatch.setattr("desk.dashboard_parts.MOST_LOADED", 1)
    shown = browser.get(reverse("desk:dashboard")).context["load"]
    assert [row["load"] for row in shown["rows"] if row["load"].person] == people[:1]
    assert shown["rest"]["people"] == len(people) - 1
    assert shown["rest"]["open"] == sum(row.open for row in people[1:])
    whole = browser.get(reverse("desk:dashboard") + shown["rest"]["href"]).context["load"]
    assert [row["load"] for row in whole["rows"] if row["load"].person] == people


def test_the_answered_surveys_behind_the_index(cast: Any, days: Any) -> None:
    """R-051, SLA-61."""
    days(3)
    browser = cast.browser(cast.ma)
    assert browser.get(reverse("desk:dashboard")).context["opinion"].surveys == 3
    assert browser.get(reverse("desk:dashboard-list"), {"figure": "satisfaction"}).context["count"] == 3


def test_a_list_goes_on_by_keyset_in_both_directions(cast: Any) -> None:
    """Sixty requests: fifty, then ten, and back."""
    at = timezone.now() - DAY
    for minute in range(60):
        cast.submit(service=cast.reset, at=at + timedelta(minutes=minute))
    browser = cast.browser(cast.ma)
    first = browser.get(reverse("desk:dashboard-list"), {"figure": "received"}).context
    second = browser.get(first["older"]).context
    assert (len(first["rows"]), len(second["rows"]), second["older"]) == (50, 10, "")
    seen = [row.ticket.pk for row in (*first["rows"], *second["rows"])]
    assert len(set(seen)) == 60
    assert [row.ticket.pk for row in browser.get(second["newer"]).context["rows"]] == seen[:50]


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Any, days: Any) -> None:
    """Ten times as many rows, the same queries, at most twenty."""
    pages = [
        ("desk:dashboard", {"period": 90}),
        ("desk:dashboard-list", {"figure": "first_response", "outcome": "counted"}),
        ("desk:dashboard-list", {"figure": "open"}),
        ("desk:dashboard-list", {"figure": "satisfaction"}),
        ("desk:quality", {}),
    ]
    days(1)
    browser = cast.browser(cast.ma)
    browser.get("/")

    def counts() -> list[int]:
        found = []
        for name, parameters in pages:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(reverse(name), parameters).status_code == 200
            found.append(len(queries))
        return found

    few = counts()
    days(10)
    assert counts() == few, few
    assert max(few) <= MOST_QUERIES


def test_everybody_on_the_desk_sees_figures_of_what_they_may_see(cast: Any) -> None:
    """R-070: Sun is not in the team of these requests, Zhou is, a quality officer sees all."""
    services.reply(cast.submit(service=cast.reset, at=timezone.now() - DAY), by=cast.zhou, at=timezone.now(), body="…")
    for person, count in ((cast.sun, 0), (cast.zhou, 1), (cast.qin, 1), (cast.ma, 1)):
        assert page(cast, person).context["backlog"]["sum"] == count
        assert page(cast, person, "desk:dashboard-list", figure="open").context["count"] == count


def test_a_scope_offers_only_clients_of_requests_one_may_see(cast: Any) -> None:
    """R-083: the names of others are not given away."""
    cast.submit(service=cast.reset)
    cast.submit(service=cast.complaint, by=cast.stranger)
    assert [choice.name for choice in page(cast, cast.zhou).context["scope"].clients] == ["华信制造"]
    assert [choice.name for choice in page(cast, cast.sun).context["scope"].clients] == ["远航物流"]


def test_clients_are_sent_to_their_own_side(cast: Any) -> None:
    """R-070."""
    for name in ("desk:dashboard", "desk:dashboard-list", "desk:dashboard-export", "desk:quality"):
        assert page(cast, cast.chen, name, figure="open").status_code == 302
        assert cast.browser().get(reverse(name)).status_code == 302


def test_quality_is_for_those_who_may_see_levels(cast: Any) -> None:
    """R-070."""
    assert page(cast, cast.zhou, "desk:quality").status_code == 403
    assert page(cast, cast.li, "desk:quality").status_code == 200


def test_period_and_scope_stay_in_the_address(cast: Any, days: Any) -> None:
    """UI: chosen once at the top; every link keeps them."""
    days(1)
    shown = page(cast, cast.ma, period=7, client=cast.huaxin.pk, service=cast.reset.pk).context
    wanted = f"period=7&client={cast.huaxin.pk}&service={cast.reset.pk}"
    assert all(wanted in figure["href"] for figure in shown["figures"])
    assert wanted in shown["clocks"][0]["query"]
    assert shown["scope"].is_narrowed


@pytest.mark.parametrize(
    "nonsense", [{"period": "x"}, {"client": "' OR 1"}, {"team": "99999999999999"}, {"clock": "?"}]
)
def test_nonsense_in_the_address_is_dropped(cast: Any, nonsense: dict[str, str]) -> None:
    """What doesn't exist narrows nothing."""
    shown = page(cast, cast.ma, **nonsense)
    assert shown.status_code == 200
    assert (shown.context["scope"].days, shown.context["scope"].is_narrowed) == (30, False)


def test_a_figure_that_does_not_exist_is_not_found(cast: Any) -> None:
    """404, for page and export."""
    for name in ("desk:dashboard-list", "desk:dashboard-export"):
        assert page(cast, cast.ma, name, figure="happiness").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_without_data_the_page_says_so_and_claims_nothing(cast: Any, language: str) -> None:
    """SLA-60: "no data", never 100 %."""
    shown = page(cast, cast.ma, language=language)
    assert shown.status_code == 200
    values = [figure["value"] for figure in shown.context["figures"]]
    assert not any("%" in str(value) for value in values)
    if language == "en":
        assert values[:4] == ["No data"] * 4
        assert "No data for this period" in text_of(shown)
    assert page(cast, cast.ma, "desk:quality", language=language).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_quality_lists_answers_and_the_low_ones(cast: Any, days: Any, language: str) -> None:
    """R-051: every answer with its comment; the filter leaves those with a 1 or 2."""
    days(2)
    fine = Survey.objects.get(ticket=cast.closed(at=timezone.now() - DAY))
    scores = dict.fromkeys(("process", "result", "experience"), 5)
    answer(fine, scores=scores, comment="Splendid", at=timezone.now(), via=AnsweredVia.LINK)
    everything = page(cast, cast.qin, "desk:quality", language=language)
    assert len(everything.context["rows"]) == everything.context["opinion"].surveys == 3
    assert "Splendid" in text_of(everything)
    low = page(cast, cast.qin, "desk:quality", language=language, low=1)
    assert len(low.context["rows"]) == everything.context["low_count"] == 2
    assert "Splendid" not in text_of(low)


def test_an_export_holds_no_formulas(cast: Any) -> None:
    """A subject that begins like a formula stays text in a spreadsheet."""
    cast.submit(service=cast.reset, subject='=HYPERLINK("http://evil")', at=timezone.now())
    answered = page(cast, cast.ma, "desk:dashboard-export", figure="open")
    rows = list(csv.reader(io.StringIO(b"".join(answered.streaming_content).decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=")


def test_texts_of_clients_are_shown_as_text(cast: Any) -> None:
    """A subject with markup is no markup."""
    cast.submit(service=cast.complaint, subject="<script>alert(1)</script>", at=timezone.now() - 2 * DAY)
    assert "<script>alert" not in page(cast, cast.ma).content.decode()
