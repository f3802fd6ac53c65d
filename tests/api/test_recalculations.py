"""`recalculations/`: previewed, applied, on record (SLA-31)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sla.models import CalendarVersion, Recalculation, WorkingCalendar
from sla.services.templates import ALL_HOURS
from tests.api.calling import error_of
from tests.api.kit import NOWHERE, Manager, done
from tests.cast import Cast
from tests.sla.kit import DAYS, MINUTES, calendar, default_agreement, republish, run_jobs
from tickets.models import Ticket
from tickets.states import EventKind


@pytest.fixture
def waiting(cast: Cast, office: WorkingCalendar) -> Ticket:
    """A request on a closed day, whose first response is due in three days; a minute later the calendar opens."""
    at = timezone.now()
    opens = (at + 3 * DAYS).strftime("%a").lower()
    republish(office, {opens: [["00:00", "24:00"]]}, at=at - 10 * MINUTES, zone="UTC")
    ticket = cast.submit(service=cast.reset, at=at - 2 * MINUTES)
    republish(office, ALL_HOURS, at=at - MINUTES, zone="UTC")
    return ticket


def previewed(ma: Manager, office: WorkingCalendar) -> dict[str, Any]:
    """Asked and looked at."""
    row = done(ma.post("recalculations/", {"calendar": office.pk, "reason": "全天候"}), 201)
    run_jobs(timezone.now())
    return done(ma.get(f"recalculations/{row['id']}/"))  # type: ignore[no-any-return]


def test_previewed_applied_and_on_record(cast: Cast, ma: Manager, office: WorkingCalendar, waiting: Ticket) -> None:
    due = cast.fresh(waiting).due_at
    answer = ma.post("recalculations/", {"calendar": office.pk, "reason": "全天候"})
    row = done(answer, 201)
    assert answer["Location"].endswith(f"/api/v1/recalculations/{row['id']}/")
    assert (row["calendar"], row["agreement"]) == ({"id": office.pk, "name": "Office hours"}, None)
    assert (row["preview"]["state"]["value"], row["summary"], row["apply"]) == ("waiting", None, None)
    assert (row["stage"]["value"], row["moved_clocks"]) == ("looking", 0)
    early = ma.post(f"recalculations/{row['id']}/apply/")
    assert (early.status_code, error_of(early)["code"]) == (409, "recalculation_refused")
    run_jobs(timezone.now())
    row = done(ma.get(f"recalculations/{row['id']}/"))
    assert row["summary"] == {
        "requests": 1,
        "clocks": 1,
        "changes": 1,
        "flips": 0,
        "earlier": 1,
        "later": 0,
        "same": 0,
        "other": 0,
    }
    [change] = done(ma.get(f"recalculations/{row['id']}/changes/"))["results"]
    assert (change["request"], change["kind"]["value"], change["flips"]) == (waiting.number, "first_response", False)
    assert (change["state_before"]["value"], change["seconds_before"], change["seconds_after"]) == (
        "running",
        1800,
        1800,
    )
    assert cast.fresh(waiting).due_at == due, "a preview changes nothing"
    applied = done(ma.post(f"recalculations/{row['id']}/apply/"))
    assert (applied["apply"]["state"]["value"], applied["applied_by"]["name"]) == ("waiting", "马超")
    run_jobs(timezone.now())
    moved = done(ma.get(f"recalculations/{row['id']}/"))
    assert (moved["stage"]["value"], moved["moved_requests"], moved["moved_clocks"]) == ("done", 1, 1)
    assert cast.fresh(waiting).due_at == waiting.received_at + 30 * MINUTES
    assert waiting.events.get(kind=EventKind.RECALCULATED).actor == cast.ma
    again = ma.post(f"recalculations/{row['id']}/apply/")
    assert (again.status_code, error_of(again)["code"]) == (409, "recalculation_refused")


def test_changes_by_kind_and_page_by_page(cast: Cast, ma: Manager, office: WorkingCalendar, waiting: Ticket) -> None:
    for _ in range(3):
        ticket = cast.submit(service=cast.reset, at=waiting.received_at)
        assert ticket.received_at == waiting.received_at
    place = f"recalculations/{previewed(ma, office)['id']}/changes/"
    first = done(ma.get(place, limit=3))
    second = done(ma.get(first["next"]))
    assert len({change["id"] for change in [*first["results"], *second["results"]]}) == 4
    assert done(ma.get(place, kind="resolution"))["results"] == []
    assert done(ma.get(place, flips="true"))["results"] == []
    assert set(error_of(ma.get(place, kind="lunch", flips="perhaps"))["fields"]) == {"kind", "flips"}


def test_cancelled_it_finds_and_moves_nothing(
    cast: Cast, ma: Manager, office: WorkingCalendar, waiting: Ticket
) -> None:
    row = done(ma.post("recalculations/", {"calendar": office.pk, "reason": "x"}), 201)
    assert done(ma.post(f"recalculations/{row['id']}/cancel/"))["preview"]["state"]["value"] == "cancelled"
    run_jobs(timezone.now())
    assert done(ma.get(f"recalculations/{row['id']}/"))["summary"] is None
    row = previewed(ma, office)
    done(ma.post(f"recalculations/{row['id']}/apply/"))
    assert done(ma.post(f"recalculations/{row['id']}/cancel/"))["apply"]["state"]["value"] == "cancelled"
    run_jobs(timezone.now())
    assert not waiting.events.filter(kind=EventKind.RECALCULATED).exists()


def test_for_the_sake_of_an_agreement(cast: Cast, ma: Manager) -> None:
    default = default_agreement().agreement
    row = done(ma.post("recalculations/", {"agreement": default.pk, "reason": "x"}), 201)
    run_jobs(timezone.now())
    shown = done(ma.get(f"recalculations/{row['id']}/"))
    assert shown["agreement"]["name"] == "Default agreement"
    assert set(shown["summary"].values()) == {0}


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, {"reason"}),
        ({"reason": " ", "calendar": "office"}, {"reason"}),
        ({"reason": "x" * 2001, "calendar": "office"}, {"reason"}),
        ({"reason": "x"}, {"about"}),
        ({"reason": "x", "calendar": "office", "agreement": "default"}, {"about"}),
        ({"reason": "x", "calendar": 2**62}, {"calendar"}),
        ({"reason": "x", "calendar": NOWHERE}, {"calendar"}),
        ({"reason": "x", "agreement": "none"}, {"agreement"}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(
    cast: Cast, ma: Manager, asked: dict[str, Any], places: set[str]
) -> None:
    known = {"office": calendar("Office hours").pk, "default": default_agreement().agreement_id}
    answer = ma.post("recalculations/", {name: known.get(value, value) for name, value in asked.items()})
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert not Recalculation.objects.exists()


def test_what_nothing_of_is_in_force_is_a_conflict(cast: Cast, ma: Manager) -> None:
    fresh = WorkingCalendar.objects.create(name="Fresh")
    CalendarVersion.objects.create(calendar=fresh, number=1, definition={"timezone": "UTC", "hours": {}})
    answer = ma.post("recalculations/", {"calendar": fresh.pk, "reason": "x"})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "recalculation_refused")


def test_a_repetition_with_the_same_key_asks_once(cast: Cast, ma: Manager, office: WorkingCalendar) -> None:
    key, asked = uuid4(), {"calendar": office.pk, "reason": "x"}
    answers = [ma.post("recalculations/", asked, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert Recalculation.objects.count() == 1


@pytest.mark.parametrize("name", ["zhou", "li", "qin"])
def test_those_who_do_not_configure_may_neither_look_nor_do(
    cast: Cast, ma: Manager, office: WorkingCalendar, name: str
) -> None:
    row, caller = previewed(ma, office), Manager(cast.people[name])
    place = f"recalculations/{row['id']}/"
    answers = [
        caller.get("recalculations/"),
        caller.get(place),
        caller.get(f"{place}changes/"),
        caller.post("recalculations/", {"calendar": office.pk, "reason": "x"}),
        caller.post(f"{place}apply/"),
        caller.post(f"{place}cancel/"),
    ]
    assert {(answer.status_code, error_of(answer)["code"]) for answer in answers} == {(403, "not_allowed")}
    for address in ("recalculations/", place, f"{place}changes/"):
        assert Manager(cast.hua).get(address).status_code == 404


def test_the_list_comes_newest_first_with_as_many_queries_for_many_as_for_few(
    cast: Cast, ma: Manager, office: WorkingCalendar
) -> None:
    counts = []
    for many in (1, 8):
        for _ in range(many):
            done(ma.post("recalculations/", {"calendar": office.pk, "reason": "x"}), 201)
        with CaptureQueriesContext(connection) as queries:
            rows = done(ma.get("recalculations/"))["results"]
        counts.append(len(queries))
    assert [row["id"] for row in rows] == list(Recalculation.objects.order_by("-pk").values_list("pk", flat=True))
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("pk", [0, 2**62, NOWHERE])
def test_what_there_is_not_is_not_found(cast: Cast, ma: Manager, pk: int) -> None:
    assert ma.get(f"recalculations/{pk}/").status_code == 404
    assert ma.get(f"recalculations/{pk}/changes/").status_code == 404
    assert ma.post(f"recalculations/{pk}/apply/").status_code == 404
    assert ma.post(f"recalculations/{pk}/cancel/").status_code == 404
