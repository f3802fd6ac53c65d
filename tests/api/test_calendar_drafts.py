"""`calendars/<pk>/draft/`: written, refused at its place, published, thrown away (SLA-02, SLA-06, SLA-30, SLA-31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services import calendars as services
from sla.services.templates import ALL_HOURS
from tests.api.calling import error_of
from tests.api.kit import BERLIN, OFFICE_DAY, Manager, content, done
from tests.cast import Cast
from tests.sla.kit import calendar, republish


def test_from_the_first_draft_to_the_second_version(cast: Cast, ma: Manager) -> None:
    """SLA-30: what was published is never changed; the next draft is another version."""
    answer = ma.post("calendars/", {"name": " 柏林  夜班 ", **BERLIN})
    draft = done(answer, 201)
    assert (draft["number"], draft["state"]["value"], draft["revision"], draft["country"]) == (1, "draft", 1, "DE")
    address = answer["Location"].removeprefix("http://testserver/api/v1/")
    assert done(ma.get(address))["name"] == "柏林 夜班"
    assert done(ma.get(address))["in_force"] is None
    saved = done(ma.put(f"{address}draft/", {**draft, "hours": {"tue": OFFICE_DAY}, "note": "周二"}))
    assert (saved["revision"], saved["note"], saved["hours"]["mon"]) == (2, "周二", [])
    published = done(ma.post(f"{address}draft/publish/", {"revision": 2}))
    assert (published["state"]["value"], published["published_by"]["name"]) == ("published", "马超")
    assert ma.get(f"{address}draft/").status_code == 404
    assert ma.put(f"{address}draft/", saved).status_code == 404
    second = done(ma.post(f"{address}draft/", {}), 201)
    assert (second["number"], second["hours"]["tue"]) == (2, OFFICE_DAY)
    assert done(ma.post(f"{address}draft/"))["number"] == 2, "the one there is"
    assert ma.delete(f"{address}draft/").status_code == 204
    assert [row["number"] for row in done(ma.get(f"{address}versions/"))["results"]] == [1]


def test_a_draft_begins_with_the_version_that_is_named(cast: Cast, office: WorkingCalendar, ma: Manager) -> None:
    republish(office, ALL_HOURS, at=timezone.now())
    draft = done(ma.post(f"calendars/{office.pk}/draft/", {"like": 1}), 201)
    assert (draft["number"], draft["hours"]["sun"]) == (3, [])
    ma.delete(f"calendars/{office.pk}/draft/")
    assert ma.post(f"calendars/{office.pk}/draft/", {"like": 7}).status_code == 404


def test_own_days_are_kept_by_date(cast: Cast, ma: Manager) -> None:
    """SLA-02: special hours, a make-up day, a closed day, a public holiday that is not observed."""
    days = [
        {"date": "2026-12-31", "kind": "special", "hours": [["09:00", "12:00"]], "name": "年末"},
        {"date": "2026-11-21", "kind": "workday", "like": "fri"},
        {"date": "2026-11-20", "kind": "closed", "name": "公司日"},
        {"date": "2027-01-01", "kind": "open"},
    ]
    draft = done(ma.post("calendars/", {"name": "K", **content(own_days=days)}), 201)
    assert [day["date"] for day in draft["own_days"]] == ["2026-11-20", "2026-11-21", "2026-12-31", "2027-01-01"]
    assert draft["definition"]["special"]["2026-12-31"] == [["09:00", "12:00"]]
    assert draft["definition"]["workdays"]["2026-11-21"] == "fri"
    assert "2027-01-01" not in draft["definition"]["holidays"]
    assert done(ma.put(f"calendars/{WorkingCalendar.objects.get(name='K').pk}/draft/", draft))["revision"] == 2
    shown = done(ma.get(f"calendars/{WorkingCalendar.objects.get(name='K').pk}/versions/1/year/", year=2026))
    assert [day["date"] for day in shown["days"] if day["is_own"]] == ["2026-11-20", "2026-11-21", "2026-12-31"]


def test_nobody_overwrites_what_somebody_else_saved(cast: Cast, office: WorkingCalendar, ma: Manager) -> None:
    address = f"calendars/{office.pk}/draft/"
    read = done(ma.post(address), 201)
    root = Manager(cast.root)
    done(root.put(address, {**read, "note": "root"}))
    answer = ma.put(address, {**read, "note": "ma"})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "edited_meanwhile")
    assert "Root" in error_of(answer)["message"]
    answer = ma.post(f"{address}publish/", {"revision": read["revision"]})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "edited_meanwhile")
    assert done(ma.get(address))["note"] == "root"


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"time_zone": "UTC\x00"}, {"time_zone"}),
        ({"time_zone": [8], "hours": None}, {"time_zone", "hours"}),
        ({"hours": {"monday": []}}, {"hours"}),
        ({"hours": []}, {"hours"}),
        ({"hours": {"mon": "09:00-17:00"}}, {"hours.mon"}),
        ({"hours": {"mon": [["09:00"]]}}, {"hours.mon.1"}),
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]], "tue": [["x", "y"]]}}, {"hours.mon", "hours.tue"}),
        ({"hours": {"mon": [["09:00", "17:00"]] * 49}}, {"hours.mon"}),
        ({"hours": {}}, {"hours"}),
        ({"country": "XX"}, {"country"}),
        ({"region": "BY"}, {"region"}),
        (
            {"own_days": [{"date": "2026-12-24", "kind": "closed"}, {"date": "1926-01-01", "kind": "closed"}]},
            {"own_days.2"},
        ),
        ({"own_days": [{"date": "2026-12-24", "kind": "closed"}] * 2}, {"own_days.2"}),
        ({"own_days": [{"date": "soon", "kind": "holiday"}]}, {"own_days.1.date", "own_days.1.kind"}),
        ({"own_days": [{"date": "2026-12-24", "kind": "special"}]}, {"own_days.1"}),
        ({"own_days": [{"date": "2026-12-24", "kind": "workday", "like": "any"}]}, {"own_days.1.like"}),
        ({"own_days": {"2026-12-24": "closed"}}, {"own_days"}),
        ({"note": "x" * 301}, {"note"}),
        ({"revision": "two"}, {"revision"}),
        ({"revision": 10**30}, {"revision"}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place_and_nothing_is_kept(
    cast: Cast, office: WorkingCalendar, ma: Manager, changes: dict[str, Any], places: set[str]
) -> None:
    """SLA-06, and lists count from 1."""
    address = f"calendars/{office.pk}/draft/"
    read = done(ma.post(address), 201)
    answer = ma.put(address, {**read, **changes})
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert done(ma.get(address)) == read


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "Office hours", "a\x00b", None, ["x"]])
def test_a_calendar_needs_a_name_of_its_own(cast: Cast, ma: Manager, name: Any) -> None:
    for answer in (
        ma.post("calendars/", {**content(), "name": name}),
        ma.patch(f"calendars/{calendar().pk}/", {"name": name}),
    ):
        assert answer.status_code == 400
        assert set(error_of(answer)["fields"]) == {"name"}
    assert WorkingCalendar.objects.count() == 2


def test_a_calendar_is_renamed(cast: Cast, ma: Manager) -> None:
    assert done(ma.patch(f"calendars/{calendar().pk}/", {"name": "全天候"}))["name"] == "全天候"


def test_a_version_takes_effect_later_or_at_once_but_never_before(
    cast: Cast, office: WorkingCalendar, ma: Manager
) -> None:
    """SLA-31."""
    address = f"calendars/{office.pk}/draft/"
    ma.post(address)
    for said in ("2001-01-01T00:00:00Z", "soon"):
        answer = ma.post(f"{address}publish/", {"effective_from": said})
        assert answer.status_code == 400
        assert set(error_of(answer)["fields"]) == {"effective_from"}
    far = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    published = done(ma.post(f"{address}publish/", {"effective_from": far.isoformat()}))
    assert published["effective_from"] == far.isoformat().replace("+00:00", "Z")
    shown = done(ma.get(f"calendars/{office.pk}/"))
    assert (shown["in_force"]["number"], [version["number"] for version in shown["pending"]]) == (1, [2])


def test_public_days_are_taken_over_into_the_draft(cast: Cast, office: WorkingCalendar, ma: Manager) -> None:
    draft = services.draft_for(office, by=cast.ma, at=timezone.now())
    draft.definition["holidays"] = []
    draft.save()
    taken = done(ma.post(f"calendars/{office.pk}/draft/public-days/"))
    assert (taken["revision"], taken["definition"]["holidays"] != []) == (2, True)
    assert CalendarVersion.objects.filter(calendar=office, state=VersionState.DRAFT).count() == 1


def test_with_its_only_version_a_calendar_goes(cast: Cast, ma: Manager) -> None:
    ma.post("calendars/", {"name": "K", **content()})
    pk = WorkingCalendar.objects.get(name="K").pk
    assert ma.delete(f"calendars/{pk}/draft/").status_code == 204
    assert ma.get(f"calendars/{pk}/").status_code == 404


def test_a_repetition_with_the_same_key_gives_the_same_calendar(cast: Cast, ma: Manager) -> None:
    key, asked = uuid4(), {"name": "K", **content()}
    first, again = ma.post("calendars/", asked, key=key), ma.post("calendars/", asked, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json(), again["Location"]) == (first.json(), first["Location"])
    alone = ma.post("calendars/", asked)
    assert (alone.status_code, set(error_of(alone)["fields"])) == (400, {"name"})
    assert WorkingCalendar.objects.filter(name="K").count() == 1


def test_a_calendar_is_renamed_and_taken_out_of_use(cast: Cast, office: WorkingCalendar, ma: Manager) -> None:
    address = f"calendars/{office.pk}/"
    shown = done(ma.patch(address, {"name": "Tagschicht", "is_active": False}))
    assert (shown["name"], shown["is_active"]) == ("Tagschicht", False)
    assert done(ma.patch(address, {"is_active": True}))["name"] == "Tagschicht"
    assert done(ma.patch(address, {}))["is_active"] is True
