"""`calendars/trial/`: when would something be due, and why (SLA-05, SLA-06)."""

from __future__ import annotations

from typing import Any

import pytest

from sla.models import CalendarVersion, WorkingCalendar
from sla.services.templates import ALL_HOURS
from tests.api.calling import Caller, error_of
from tests.api.kit import BERLIN, NOWHERE, Manager, content, done
from tests.cast import Cast


def test_a_trial_explains_every_second(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    """SLA-05: received before the holidays, due after them."""
    asked = {"calendar": office.pk, "received": "2026-09-30T17:00:00+08:00", "seconds": 5400}
    found = done(zhou.post("calendars/trial/", asked))
    assert (found["received"], found["due_at"], found["seconds"]) == (
        "2026-09-30T09:00:00Z",
        "2026-10-08T01:30:00Z",
        5400,
    )
    assert sum(piece["seconds"] for piece in found["pieces"] if piece["kind"] == "open") == 5400
    assert {piece["kind"] for piece in found["pieces"]} == {"open", "outside", "holiday"}
    assert found["pieces"][0]["start"] == found["received"]
    assert found["pieces"][-1]["end"] == found["due_at"]


def test_a_trial_of_what_is_just_being_written(cast: Cast, zhou: Caller) -> None:
    asked = {"content": BERLIN, "received": "2026-10-25T00:00:00+02:00", "seconds": 9 * 3600}
    found = done(zhou.post("calendars/trial/", asked))
    assert found["due_at"] == "2026-11-02T22:00:00Z"  # eight hours on the 26th, the ninth a week later
    assert not CalendarVersion.objects.filter(definition__timezone="Europe/Berlin").exists()


def test_a_trial_of_a_named_version_a_draft_too(cast: Cast, office: WorkingCalendar, ma: Manager) -> None:
    draft = done(ma.post(f"calendars/{office.pk}/draft/"), 201)
    done(ma.put(f"calendars/{office.pk}/draft/", {**draft, "hours": ALL_HOURS}))
    asked = {"calendar": office.pk, "received": "2026-11-20T17:40:00+08:00", "seconds": 7200}
    assert done(ma.post("calendars/trial/", asked))["due_at"] == "2026-11-23T02:40:00Z"
    assert done(ma.post("calendars/trial/", {**asked, "version": 2}))["due_at"] == "2026-11-20T11:40:00Z"


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"calendar": None}, {"calendar"}),
        ({"calendar": 2**62}, {"calendar"}),
        ({"calendar": NOWHERE}, {"calendar"}),
        ({"version": 9}, {"version"}),
        ({"content": BERLIN}, {"calendar"}),
        ({"received": "1066-10-14T09:00:00Z"}, {"received"}),
        ({"received": "9999-12-31T23:59:59-14:00"}, {"received"}),
        ({"received": "soon", "seconds": -1}, {"received", "seconds"}),
        ({"seconds": 10**400}, {"seconds"}),
        ({"seconds": "nan"}, {"seconds"}),
        ({"seconds": True}, {"seconds"}),
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(
    cast: Cast, office: WorkingCalendar, zhou: Caller, changes: dict[str, Any], places: set[str]
) -> None:
    asked = {"calendar": office.pk, "received": "2026-11-20T17:40:00+08:00", "seconds": 7200, **changes}
    answer = zhou.post("calendars/trial/", asked)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"hours": {}}, {"seconds"}),
        ({"hours": {"mon": [["09:00", "09:00"]]}, "country": "XX"}, {"content.hours.mon", "content.country"}),
        ({"own_days": [{"date": "1926-01-01", "kind": "closed"}]}, {"content.own_days.1"}),
        ({"time_zone": ["UTC"]}, {"content.time_zone"}),
    ],
)
def test_a_trial_of_a_content_that_makes_no_sense_names_its_place(
    cast: Cast, zhou: Caller, wrong: dict[str, Any], places: set[str]
) -> None:
    """SLA-06: a calendar that never opens is refused instead of searched for ever."""
    asked = {"content": content(**wrong), "received": "2026-11-20T17:40:00+08:00", "seconds": 7200}
    answer = zhou.post("calendars/trial/", asked)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
