"""`calendars/`: working calendars through the API (SLA-02…SLA-06, SLA-30, SLA-31)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sla.engine.replay import answer_time
from sla.models import WorkingCalendar
from sla.services import calendars as services
from sla.services.calendar_content import Content
from sla.services.templates import ALL_HOURS
from tests.api.calling import Caller, error_of
from tests.api.kit import NOWHERE, OFFICE_DAY, WEEK, Manager, all_pages, done
from tests.cast import Cast
from tests.sla.kit import republish


def test_everybody_of_ours_reads_them_by_name(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    """SLA-30: the version in force, what takes effect later, and the draft."""
    at = timezone.now()
    later = republish(office, ALL_HOURS, at=at + timedelta(days=9))
    services.draft_for(office, by=cast.ma, at=at)
    rows = {row["name"]: row for row in done(zhou.get("calendars/"))["results"]}
    assert list(rows) == ["24×7", "Office hours"]
    shown = rows["Office hours"]
    assert (shown["in_force"]["number"], shown["in_force"]["state"]["value"]) == (1, "published")
    assert [version["number"] for version in shown["pending"]] == [later.number]
    assert (shown["draft"]["number"], shown["draft"]["edited_by"]["name"]) == (3, "马超")
    assert shown["targets"] == 2
    assert (rows["24×7"]["draft"], rows["24×7"]["is_behind"]) == (None, False)


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_pages_hold_every_calendar_once(cast: Cast, zhou: Caller, limit: int) -> None:
    for name in ("Ä", "a", "B", "夜班", "24x7"):
        WorkingCalendar.objects.create(name=name)
        services.publish(WorkingCalendar.objects.get(name=name), Content("UTC", ALL_HOURS), at=timezone.now())
    found = [row["id"] for row in all_pages(zhou, "calendars/", limit=limit)]
    assert found == list(WorkingCalendar.objects.order_by("name").values_list("pk", flat=True))


def test_as_many_queries_for_many_calendars_as_for_few(cast: Cast, zhou: Caller) -> None:
    zhou.get("calendars/")
    with CaptureQueriesContext(connection) as few:
        zhou.get("calendars/")
    for n in range(20):
        made = WorkingCalendar.objects.create(name=f"K{n}")
        services.publish(made, Content("UTC", ALL_HOURS), at=timezone.now())
    with CaptureQueriesContext(connection) as more:
        assert len(done(zhou.get("calendars/"))["results"]) == 22
    assert len(more) == len(few) <= 7


def test_one_says_what_its_version_says_and_who_counts_by_it(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    shown = done(zhou.get(f"calendars/{office.pk}/"))
    assert shown["in_force"]["time_zone"] == "Asia/Shanghai"
    assert shown["in_force"]["hours"]["mon"] == OFFICE_DAY
    assert shown["in_force"]["hours"]["sun"] == []
    assert shown["in_force"]["definition"]["timezone"] == "Asia/Shanghai"
    assert "2026-10-01" in shown["in_force"]["definition"]["holidays"]
    assert shown["uses"] == [{"agreement": shown["uses"][0]["agreement"], "name": "Default agreement", "targets": 2}]


def test_its_versions_come_newest_first_and_one_by_one(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    at = timezone.now()
    republish(office, ALL_HOURS, at=at)
    services.draft_for(office, by=cast.ma, at=at)
    for limit in (1, 50):
        assert [row["number"] for row in all_pages(zhou, f"calendars/{office.pk}/versions/", limit=limit)] == [3, 2, 1]
    assert done(zhou.get(f"calendars/{office.pk}/versions/2/"))["hours"]["sat"] == [["00:00", "24:00"]]


def test_the_definition_is_what_the_command_line_takes(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    definition = done(zhou.get(f"calendars/{office.pk}/versions/1/"))["definition"]
    asked = {"id": 1, "calendar": definition, "start": "2026-09-30T17:00:00+08:00", "minutes": 90}
    assert answer_time(asked)["due"] == "2026-10-08T01:30:00Z"


def test_a_year_has_every_day_with_its_kind_and_name(cast: Cast, office: WorkingCalendar) -> None:
    """SLA-02, SLA-03."""
    address = f"calendars/{office.pk}/versions/1/year/"
    year = done(Caller(cast.zhou, "zh-hans").get(address, year=2026))
    assert (year["year"], year["is_covered"], year["is_provisional"]) == (2026, True, False)
    days = {day["date"]: day for day in year["days"]}
    assert len(days) == 365
    assert (days["2026-10-01"]["kind"], days["2026-10-01"]["hours"]) == ("holiday", [])
    assert "国庆" in days["2026-10-01"]["name"]
    assert (days["2026-10-10"]["kind"], days["2026-10-10"]["like"]) == ("makeup", "mon")
    assert days["2026-10-10"]["hours"] == OFFICE_DAY
    assert (days["2026-11-14"]["kind"], days["2026-11-16"]["kind"]) == ("closed", "open")
    assert len(done(Caller(cast.zhou).get(address, year=2024))["days"]) == 366
    assert done(Caller(cast.zhou).get(address))["year"] == timezone.now().year


@pytest.mark.parametrize("year", ["1066", "9999", "soon", "-1", "1" * 5000])
def test_a_year_that_is_none_is_refused(cast: Cast, office: WorkingCalendar, zhou: Caller, year: str) -> None:
    answer = zhou.get(f"calendars/{office.pk}/versions/1/year/", year=year)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"year"}


def test_differences_of_two_versions(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    hours = {**dict.fromkeys(WEEK[:5], OFFICE_DAY), "fri": [["09:00", "12:00"]]}
    republish(office, hours, at=timezone.now(), country="CN", zone="Asia/Urumqi")
    found = done(zhou.get(f"calendars/{office.pk}/differences/", before=1, after=2))
    assert found == [
        {"what": "time_zone", "before": "Asia/Shanghai", "after": "Asia/Urumqi"},
        {"what": "hours.fri", "before": OFFICE_DAY, "after": [["09:00", "12:00"]]},
    ]
    assert zhou.get(f"calendars/{office.pk}/differences/", before=1, after=9).status_code == 404
    assert set(error_of(zhou.get(f"calendars/{office.pk}/differences/"))["fields"]) == {"before", "after"}


def test_drift_names_what_is_known_meanwhile(cast: Cast, office: WorkingCalendar, zhou: Caller) -> None:
    """SLA-03."""
    at = timezone.now()
    version = republish(office, ALL_HOURS, at=at, country="CN")
    gone = next(day for day in version.definition["holidays"] if day > f"{at.year}-12-31")
    version.definition["holidays"].remove(gone)
    version.definition["holidays"].append(f"{at.year + 1}-07-14")
    version.save()
    found = done(zhou.get(f"calendars/{office.pk}/drift/"))
    assert (found["version"], found["is_behind"]) == (2, True)
    assert (found["closed"], found["opened"]) == ([gone], [f"{at.year + 1}-07-14"])
    assert done(zhou.get("calendars/"))["results"][1]["is_behind"] is True


def test_templates_can_be_sent_back_as_they_are(cast: Cast, ma: Manager) -> None:
    templates = done(ma.get("calendars/templates/"))
    assert {template["key"] for template in templates} >= {"china", "always", "europe", "us"}
    for template in templates:
        done(ma.post("calendars/", {**template, "name": f"K {template['key']}"}), 201)


@pytest.mark.parametrize(
    "address", ["calendars/{}/", "calendars/{}/draft/", "calendars/{}/versions/1/year/", "calendars/{}/drift/"]
)
@pytest.mark.parametrize("pk", [0, 2**62, NOWHERE])
def test_a_calendar_there_is_not_is_not_found(
    cast: Cast, office: WorkingCalendar, ma: Manager, address: str, pk: int
) -> None:
    assert ma.get(address.format(pk)).status_code == 404
    assert ma.get(f"calendars/{office.pk}/versions/{pk}/").status_code == 404
