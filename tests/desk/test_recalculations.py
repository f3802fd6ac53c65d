"""Recalculations: asked with a reason, previewed, confirmed or left, on record for ever (SLA-31)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job, JobState
from sla.models import Clock, Recalculation, RecalculationChange
from sla.services import recalculation
from sla.services.sweep import sweep
from tests.cast import Cast
from tests.desk.kit import page_of, queries, text_of
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, default_agreement, promise, republish, run_jobs
from tickets import services
from tickets.models import Ticket
from tickets.states import EventKind

LIST, NEW = reverse("desk:recalculations"), reverse("desk:recalculation-new")


def url(asked: Recalculation, name: str = "recalculation") -> str:
    return reverse(f"desk:{name}", args=[asked.pk])


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def manager(cast: Cast) -> Client:
    return cast.browser(cast.ma)


@pytest.fixture
def running(cast: Cast, now: datetime) -> Ticket:
    """A request of two hours ago, when the calendar was open around the clock: missed an hour ago."""
    agreement(promise(minutes=60), client=cast.huaxin, since=now - 30 * DAYS)
    ticket = cast.submit(service=cast.reset, at=now - 2 * HOURS)
    sweep(now)
    return ticket


def previewed(cast: Cast, **about: Any) -> Recalculation:
    about = about or {"calendar": calendar()}
    asked = recalculation.preview(by=cast.ma, at=timezone.now(), reason="闭馆通知", **about)
    run_jobs(timezone.now())
    asked.refresh_from_db()
    return asked


@pytest.fixture
def asked(cast: Cast, running: Ticket, now: datetime) -> Recalculation:
    """The preview of a calendar that was open for no hour since the request came: missed before, running after."""
    hour = (timezone.localtime(now, calendar_zone()) + 12 * HOURS).hour
    hours = {day: [[f"{hour:02}:00", f"{hour:02}:59"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    republish(calendar(), hours, at=now - MINUTES)
    return previewed(cast)


def calendar_zone() -> Any:
    return timezone.get_fixed_timezone(480)


# --- asking -----------------------------------------------------------------------------------------


def test_the_list_says_what_it_is_for_and_then_lists(cast: Cast, manager: Client) -> None:
    assert "No running clock was ever moved" in text_of(manager.get(LIST))


def test_a_calendar_or_an_agreement_can_be_named_by_the_address(cast: Cast, manager: Client) -> None:
    office, default = calendar("Office hours"), default_agreement().agreement
    for query, value in (
        (f"calendar={office.pk}", f"calendar:{office.pk}"),
        (f"agreement={default.pk}", f"agreement:{default.pk}"),
    ):
        assert f'value="{value}" selected' in text_of(manager.get(f"{NEW}?{query}"))


def test_asking_needs_a_reason_and_loses_nothing(cast: Cast, manager: Client) -> None:
    about = f"calendar:{calendar().pk}"
    for typed, kept in (
        ({"about": about, "reason": " "}, f'value="{about}" selected'),
        ({"reason": "Because"}, "Because"),
    ):
        answer = manager.post(NEW, typed)
        assert answer.status_code == 422
        assert "This field is required." in text_of(answer)
        assert kept in text_of(answer)
    assert not Recalculation.objects.exists()


@pytest.mark.parametrize("about", ["calendar:999999", "agreement:x", "person:1", ""])
def test_what_is_no_calendar_and_no_agreement_is_refused(manager: Client, about: str) -> None:
    assert manager.post(NEW, {"about": about, "reason": "x"}).status_code == 422


def test_an_agreement_that_is_not_in_force_is_refused_with_a_sentence(cast: Cast, manager: Client) -> None:
    version = agreement(promise(), client=cast.yuanhang, since=timezone.now() + DAYS)
    answer = manager.post(NEW, {"about": f"agreement:{version.agreement_id}", "reason": "x"})
    assert answer.status_code == 409
    assert "No version of this agreement is in force." in text_of(answer)


def test_asking_starts_a_preview_that_polls(cast: Cast, manager: Client, running: Ticket) -> None:
    answer = manager.post(NEW, {"about": f"calendar:{calendar().pk}", "reason": "New hours"})
    asked = Recalculation.objects.get()
    assert answer.headers["Location"] == url(asked)
    assert (asked.reason, asked.by) == ("New hours", cast.ma)
    text = text_of(manager.get(url(asked)))
    assert f'hx-get="{url(asked, "recalculation-progress")}"' in text
    assert "Looking what would change" in text
    assert "Looking what would change" in text_of(manager.get(url(asked, "recalculation-progress")))
    run_jobs(timezone.now())
    assert manager.get(url(asked, "recalculation-progress")).headers["HX-Refresh"] == "true"


# --- the preview ------------------------------------------------------------------------------------


def test_the_preview_says_how_many_move_and_which_flip(manager: Client, asked: Recalculation, running: Ticket) -> None:
    page = manager.get(url(asked))
    assert page.context["stage"].key == "ready"
    assert page.context["summary"] == {
        "requests": 1,
        "clocks": 1,
        "changes": 1,
        "flips": 1,
        "earlier": 0,
        "later": 1,
        "same": 0,
        "other": 0,
    }
    (row,) = page.context["rows"]
    assert (row.change.ticket, row.before, row.after) == (running, "Missed", "Running")
    text = text_of(page)
    for part in ("闭馆通知", "马超", running.number, "1 running clock gets its new due time.", "It can't be undone."):
        assert part in text
    assert Clock.objects.filter(ticket=running).count() == 1, "nothing moved"


def test_changes_are_filtered(manager: Client, asked: Recalculation) -> None:
    assert [tab["label"] for tab in manager.get(url(asked)).context["tabs"]] == ["All", "Flips", "Due later"]
    for which, count in (("flips", 1), ("later", 1), ("earlier", 0), ("same", 0), ("other", 0), ("odd", 1)):
        assert len(manager.get(url(asked), {"which": which}).context["rows"]) == count


def test_flips_come_first_and_the_list_goes_on_where_it_ended(
    manager: Client, asked: Recalculation, running: Ticket
) -> None:
    RecalculationChange.objects.bulk_create(
        RecalculationChange(
            recalculation=asked,
            ticket=running,
            kind="resolution",
            cycle=n,
            state_before="running",
            state_after="running",
            seconds_before=60,
            seconds_after=60,
            flips=n % 3 == 0,
        )
        for n in range(1, 130)
    )
    seen, place = [], url(asked)
    while place:
        page = manager.get(place)
        seen += [(not row.change.flips, row.change.pk) for row in page.context["rows"]]
        place = page.context["older"]
    assert len(seen) == 130
    assert seen == sorted(seen)
    back, place = [], page.context["newer"]
    while place:
        page = manager.get(place)
        back = [(not row.change.flips, row.change.pk) for row in page.context["rows"]] + back
        place = page.context["newer"]
    assert back == seen[: len(back)]
    assert len(back) == 100
    for odd in ("x", "1_x", "2_1", "9" * 5000):
        assert manager.get(url(asked), {"after": odd}).status_code == 200


def test_when_every_clock_is_where_it_should_be_it_says_so(cast: Cast, manager: Client, running: Ticket) -> None:
    asked = previewed(cast)
    page = manager.get(url(asked))
    assert page.context["stage"].key == "nothing"
    assert "Nothing to move" in text_of(page)
    assert "Move the clocks" not in text_of(page)


# --- confirming -------------------------------------------------------------------------------------


def test_confirmed_it_moves_the_clocks_and_is_on_record(
    cast: Cast, manager: Client, asked: Recalculation, running: Ticket
) -> None:
    assert manager.post(url(asked, "recalculation-confirm")).headers["Location"] == url(asked)
    page = manager.get(url(asked))
    assert page.context["stage"].key == "moving"
    assert "Clocks are moved" in text_of(page)
    run_jobs(timezone.now())
    page = manager.get(url(asked))
    text = text_of(page)
    assert page.context["stage"].key == "done"
    for part in ("Clocks were moved", "Confirmed by", "1 clock", "of 1 request"):
        assert part in text
    event = running.events.get(kind=EventKind.RECALCULATED)
    assert (event.actor, event.data["recalculation"]) == (cast.ma, asked.pk)
    assert "Targets recalculated" in text_of(cast.browser(cast.zhou).get(page_of(running)))
    assert asked.reason in text_of(manager.get(LIST))


def test_it_is_confirmed_once_and_not_before_the_preview_is_there(
    cast: Cast, manager: Client, running: Ticket, now: datetime
) -> None:
    republish(calendar(), {"mon": [["03:00", "04:00"]]}, at=now - MINUTES)
    early = recalculation.preview(by=cast.ma, at=now, reason="x", calendar=calendar())
    answer = manager.post(url(early, "recalculation-confirm"))
    assert answer.status_code == 409
    assert "The preview is not there yet." in text_of(answer)
    run_jobs(timezone.now())
    assert manager.post(url(early, "recalculation-confirm")).status_code == 302
    again = manager.post(url(early, "recalculation-confirm"))
    assert again.status_code == 409
    assert "This recalculation was confirmed before." in text_of(again)


def test_a_cancelled_preview_moved_nothing(cast: Cast, manager: Client, running: Ticket, now: datetime) -> None:
    republish(calendar(), {"mon": [["03:00", "04:00"]]}, at=now - MINUTES)
    asked = recalculation.preview(by=cast.ma, at=now, reason="x", calendar=calendar())
    manager.post(url(asked, "recalculation-cancel"))
    run_jobs(timezone.now())
    page = manager.get(url(asked))
    assert page.context["stage"].key == "cancelled"
    assert "No clock was moved." in text_of(page)
    assert f"{NEW}?calendar={calendar().pk}" in text_of(page)


def test_cancelled_halfway_it_says_that_what_was_moved_stays(
    manager: Client, asked: Recalculation, running: Ticket
) -> None:
    manager.post(url(asked, "recalculation-confirm"))
    manager.post(url(asked, "recalculation-cancel"))
    page = manager.get(url(asked))
    assert page.context["stage"].key == "halfway"
    assert "0 of 1 parts were done. What was moved stays moved" in text_of(page)
    again = manager.post(url(asked, "recalculation-cancel"), follow=True)
    assert "There was nothing to cancel any more." in text_of(again)


def test_a_failure_says_why(manager: Client, asked: Recalculation) -> None:
    manager.post(url(asked, "recalculation-confirm"))
    Job.objects.filter(kind=recalculation.APPLY).update(state=JobState.FAILED, problem="ZeroDivisionError: three")
    text = text_of(manager.get(url(asked)))
    assert "It failed" in text
    assert "ZeroDivisionError" in text


# --- who may, and what it costs ---------------------------------------------------------------------


def test_only_those_who_configure_may_see_and_do_any_of_it(cast: Cast, asked: Recalculation) -> None:
    gets = [LIST, NEW, url(asked), url(asked, "recalculation-progress")]
    posts = [NEW, url(asked, "recalculation-confirm"), url(asked, "recalculation-cancel")]
    for person in (cast.zhou, cast.li, cast.qin):
        browser = cast.browser(person)
        assert [browser.get(page).status_code for page in gets] == [403] * 4
        assert [browser.post(page).status_code for page in posts] == [403] * 3
    client = cast.browser(cast.hua)
    assert [client.get(page).status_code for page in gets] == [302, 302, 404, 404]
    asked.refresh_from_db()
    assert asked.apply is None
    assert [cast.browser(cast.root).get(page).status_code for page in gets] == [200] * 4


def test_ten_times_as_many_cost_the_same_queries(cast: Cast, manager: Client, asked: Recalculation) -> None:
    pages = (LIST, url(asked))
    for page in pages:
        manager.get(page)
    few = [queries(lambda page=page: manager.get(page)) for page in pages]
    for n in range(10):
        ticket = cast.submit(service=cast.reset, at=timezone.now() - timedelta(minutes=n))
        RecalculationChange.objects.create(
            recalculation=asked, ticket=ticket, kind="first_response", cycle=1, seconds_before=60, seconds_after=60
        )
        services.note(ticket, by=cast.zhou, at=timezone.now(), body="x")
        previewed(cast)
    assert [queries(lambda page=page: manager.get(page)) for page in pages] == few
