"""`what-ifs/`: asked, worked on, answered, explained (SLA-62)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import services as jobs
from jobs.models import Job, JobState
from sla.models import Clock, WhatIf, WhatIfFlip
from sla.services import agreements
from sla.services.terms import Terms
from tests.api.calling import Caller, error_of
from tests.api.kit import NOWHERE, Manager, content, done
from tests.cast import Cast
from tests.sla.kit import DAYS, MINUTES, calendar, default_agreement, ladder, promise, run_jobs
from tickets import services
from tickets.models import Ticket

NOW = timezone.now()
BEGAN = NOW - 2 * DAYS


@pytest.fixture
def past(cast: Cast) -> dict[int, Ticket]:
    """Three requests under half an hour around the clock, answered after 10, 25 and 50 minutes; the last one late."""
    draft = agreements.draft_for(default_agreement().agreement, by=cast.ma, at=BEGAN - DAYS)
    terms = Terms(promises=(promise(minutes=30, ladder=ladder("50%", "breach")),))
    agreements.save(draft, terms, revision=1, by=cast.ma, at=BEGAN - DAYS)
    agreements.put_in_force(draft, by=cast.ma, at=BEGAN - DAYS)
    found = {}
    for minutes in (10, 25, 50):
        found[minutes] = cast.submit(service=cast.reset, at=BEGAN)
        services.reply(found[minutes], by=cast.zhou, at=BEGAN + minutes * MINUTES, body="x")
    return found


def question(**changes: Any) -> dict[str, Any]:
    """Twenty minutes instead of thirty, over the last days."""
    default = default_agreement()
    return {
        "name": "二十分钟?",
        "since": (NOW - 5 * DAYS).isoformat(),
        "until": (NOW + DAYS).isoformat(),
        "agreement": {"agreement": default.agreement_id, "number": default.number},
        "promises": [{"kind": "first_response", "seconds": 1200, "calendar": calendar().pk}],
        **changes,
    }


def asked(ma: Manager, **changes: Any) -> dict[str, Any]:
    """Asked and answered."""
    row = done(ma.post("what-ifs/", question(**changes)), 201)
    run_jobs(timezone.now())
    return done(ma.get(f"what-ifs/{row['id']}/"))  # type: ignore[no-any-return]


def test_asked_worked_on_and_answered(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    answer = ma.post("what-ifs/", question())
    row = done(answer, 201)
    assert answer["Location"].endswith(f"/api/v1/what-ifs/{row['id']}/")
    assert (row["answer"], row["job"]["state"]["value"], row["job"]["share"]) == (None, "waiting", 0)
    assert (row["agreement"]["name"], row["agreement"]["is_changed"], row["calendars"]) == (
        "Default agreement",
        True,
        [],
    )
    run_jobs(timezone.now())
    found = done(ma.get(answer["Location"].removeprefix("http://testserver/api/v1/")))
    assert (found["job"]["state"]["value"], found["job"]["share"], found["job"]["seconds_left"]) == ("done", 1, None)
    assert found["promises"][0]["seconds"] == 1200
    [kind] = found["answer"]["kinds"]
    assert found["answer"]["requests"] == 3
    assert kind["kind"] == {"value": "first_response", "label": "First response"}
    assert kind["then"] == {"met": 2, "missed": 1, "void": 0, "open": 0, "none": 0, "share": pytest.approx(2 / 3)}
    assert kind["now"] == {"met": 1, "missed": 2, "void": 0, "open": 0, "none": 0, "share": pytest.approx(1 / 3)}
    assert kind["changed"] == [
        {"then": {"value": "met", "label": "Met"}, "now": {"value": "missed", "label": "Missed"}, "cycles": 1}
    ]
    assert (kind["then_targets"], kind["now_targets"]) == (
        [{"seconds": 1800, "cycles": 3}],
        [{"seconds": 1200, "cycles": 3}],
    )
    assert kind["times"] == [
        {"up_to": 600, "then": 1, "now": 1},
        {"up_to": 1800, "then": 1, "now": 1},
        {"up_to": 3600, "then": 1, "now": 1},
    ]
    assert kind["now_steps"] == {"warn": 0, "breach": 2, "late": 0}
    [target] = found["answer"]["targets"]
    assert (target["number"], target["target"], target["now"]["missed"]) == (1, None, 2)


def test_the_same_numbers_as_the_stored_result(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    """SLA-61: nothing is counted anew."""
    found = asked(ma)
    stored = WhatIf.objects.get(pk=found["id"]).result
    assert stored is not None
    for side in ("then", "now"):
        shown = {
            f"{kind['kind']['value']}:{outcome}": kind[side][outcome]
            for kind in found["answer"]["kinds"]
            for outcome in ("met", "missed", "void", "open", "none")
            if kind[side][outcome]
        }
        assert shown == stored[side]


def test_nothing_is_changed_by_it(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    before = list(Clock.objects.order_by("pk").values())
    asked(ma)
    assert list(Clock.objects.order_by("pk").values()) == before


def test_what_would_have_come_out_otherwise_with_its_two_ledgers(
    cast: Cast, ma: Manager, past: dict[int, Ticket]
) -> None:
    row = asked(ma)
    [flip] = done(ma.get(f"what-ifs/{row['id']}/flips/"))["results"]
    assert (flip["request"], flip["then"]["value"], flip["now"]["value"]) == (past[25].number, "met", "missed")
    assert (flip["then_counted_seconds"], flip["now_counted_seconds"]) == (1500, 1500)
    explained = done(ma.get(f"what-ifs/{row['id']}/flips/{flip['id']}/"))
    then, now = explained["then_reading"], explained["now_reading"]
    assert (then["state"]["value"], now["state"]["value"]) == ("met", "breached")
    assert sum(entry["seconds"] for entry in now["ledger"]) == 1500
    assert then["due_at"] == flip["then_due_at"]
    assert done(ma.get(f"what-ifs/{row['id']}/flips/", now="met"))["results"] == []
    assert len(done(ma.get(f"what-ifs/{row['id']}/flips/", kind="first_response", then="met"))["results"]) == 1
    wrong = ma.get(f"what-ifs/{row['id']}/flips/", kind="lunch", now="soon")
    assert set(error_of(wrong)["fields"]) == {"kind", "now"}


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_changed_outcomes_come_page_by_page(cast: Cast, ma: Manager, past: dict[int, Ticket], limit: int) -> None:
    row = asked(ma, promises=[{"kind": "first_response", "seconds": 300, "calendar": calendar().pk}])
    answer, found = ma.get(f"what-ifs/{row['id']}/flips/", limit=limit), []
    while True:
        found += [flip["id"] for flip in done(answer)["results"]]
        if not answer.json()["next"]:
            break
        answer = ma.get(answer.json()["next"])
    assert found == list(WhatIfFlip.objects.order_by("pk").values_list("pk", flat=True))
    assert len(found) == 2


def test_a_calendar_in_place_of_another(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    """A draft that is closed on the day of the requests: nobody would have been late yet."""
    draft = done(ma.post(f"calendars/{calendar().pk}/draft/"), 201)
    closed = {"own_days": [{"date": (BEGAN + n * DAYS).date().isoformat(), "kind": "closed"} for n in (-1, 0, 1)]}
    done(ma.put(f"calendars/{calendar().pk}/draft/", {**draft, **closed, "revision": 1}))
    about = question(calendar={"calendar": calendar().pk, "number": draft["number"]})
    for name in ("agreement", "promises"):
        about.pop(name)
    row = done(ma.post("what-ifs/", about), 201)
    run_jobs(timezone.now())
    found = done(ma.get(f"what-ifs/{row['id']}/"))
    assert [each["name"] for each in found["calendars"]] == ["24×7"]
    assert (found["agreement"], found["promises"]) == (None, [])
    [kind] = found["answer"]["kinds"]
    assert (kind["then"]["missed"], kind["now"]["missed"], kind["now"]["met"]) == (1, 0, 3)
    [target] = found["answer"]["targets"]
    assert target["number"] is None
    assert target["target"] is not None


def test_a_repetition_with_the_same_key_asks_once(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    key = uuid4()
    answers = [ma.post("what-ifs/", question(), key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert WhatIf.objects.count() == Job.objects.count() == 1
    done(ma.post("what-ifs/", question()), 201)
    assert WhatIf.objects.count() == 2


def test_cancelled_and_thrown_away(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    row = done(ma.post("what-ifs/", question()), 201)
    cancelled = done(ma.post(f"what-ifs/{row['id']}/cancel/"))
    assert (cancelled["job"]["state"]["value"], cancelled["answer"]) == ("cancelled", None)
    run_jobs(timezone.now())
    assert done(ma.post(f"what-ifs/{row['id']}/cancel/"))["job"]["state"]["value"] == "cancelled"
    assert ma.delete(f"what-ifs/{row['id']}/").status_code == 204
    assert ma.get(f"what-ifs/{row['id']}/").status_code == 404
    assert not WhatIf.objects.exists()


def test_progress_of_a_job_as_data(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    row = done(ma.post("what-ifs/", question()), 201)
    job = Job.objects.get()
    job.state, job.started_at = JobState.RUNNING, timezone.now() - timedelta(seconds=10)
    job.parts_total, job.parts_done = 4, 1
    job.save()
    shown = done(ma.get(f"what-ifs/{row['id']}/"))["job"]
    assert (shown["state"]["value"], shown["share"], shown["parts_done"], shown["parts_total"]) == (
        "running",
        0.25,
        1,
        4,
    )
    assert shown["seconds_left"] == pytest.approx(30, abs=5)
    job.state, job.problem = JobState.FAILED, "ZeroDivisionError: three"
    job.save()
    assert done(ma.get(f"what-ifs/{row['id']}/"))["job"]["problem"] == "ZeroDivisionError: three"


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"until": (NOW - 9 * DAYS).isoformat()}, {"until"}),
        ({"since": (NOW - 2000 * DAYS).isoformat()}, {"until"}),
        ({"since": "soon", "until": None}, {"since", "until"}),
        ({"since": "0001-01-01T00:00:00+14:00"}, {"since"}),
        ({"agreement": None}, {"agreement"}),
        ({"agreement": {"agreement": 2**62, "number": 1}}, {"agreement"}),
        ({"agreement": {"agreement": NOWHERE}}, {"agreement.agreement", "agreement.number"}),
        ({"calendar": {"calendar": 1, "number": 2**62}}, {"calendar"}),
        ({"promises": []}, {"about"}),
        ({"promises": [{"kind": "lunch"}]}, {"promises.1.kind", "promises.1.seconds", "promises.1.calendar"}),
        ({"clients": [2**62]}, {"clients"}),
        ({"clients": ["all"]}, {"clients.1"}),
        ({"clients": "all"}, {"clients"}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_place(
    cast: Cast, ma: Manager, changes: dict[str, Any], places: set[str]
) -> None:
    answer = ma.post("what-ifs/", question(**changes))
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert not Job.objects.exists()


def test_promises_are_refused_by_their_place_and_need_an_agreement(cast: Cast, ma: Manager) -> None:
    usual = question()["promises"][0]
    twins = ma.post("what-ifs/", question(promises=[usual, usual]))
    assert set(error_of(twins)["fields"]) == {"promises.2.kind"}
    alone = question()
    alone.pop("agreement")
    assert set(error_of(ma.post("what-ifs/", alone))["fields"]) == {"agreement"}
    alone.pop("promises")
    assert set(error_of(ma.post("what-ifs/", alone))["fields"]) == {"about"}


def test_who_may_ask_and_who_may_read(cast: Cast, ma: Manager, past: dict[int, Ticket]) -> None:
    """Whoever sees the managers' figures reads an answer that was passed on, of the requests they may see."""
    hidden = cast.submit(service=cast.complaint, at=BEGAN)
    services.reply(hidden, by=cast.sun, at=BEGAN + 25 * MINUTES, body="x")
    row = asked(ma)
    assert len(done(ma.get(f"what-ifs/{row['id']}/flips/"))["results"]) == 2
    li = Manager(cast.li)
    done(li.get(f"what-ifs/{row['id']}/"))
    seen = done(li.get(f"what-ifs/{row['id']}/flips/"))["results"]
    assert [flip["request"] for flip in seen] == [past[25].number]
    foreign = WhatIfFlip.objects.get(ticket=hidden)
    assert li.get(f"what-ifs/{row['id']}/flips/{foreign.pk}/").status_code == 404
    zhou = Manager(cast.zhou)
    refused = [
        li.get("what-ifs/"),
        li.post("what-ifs/", question()),
        li.post(f"what-ifs/{row['id']}/cancel/"),
        li.delete(f"what-ifs/{row['id']}/"),
        zhou.get(f"what-ifs/{row['id']}/"),
        zhou.get(f"what-ifs/{row['id']}/flips/"),
    ]
    assert {(answer.status_code, error_of(answer)["code"]) for answer in refused} == {(403, "not_allowed")}
    for place in ("what-ifs/", f"what-ifs/{row['id']}/", f"what-ifs/{row['id']}/flips/"):
        assert Manager(cast.hua).get(place).status_code == 404


def test_the_list_comes_newest_first_with_as_many_queries_for_many_as_for_few(
    cast: Cast, ma: Manager, past: dict[int, Ticket]
) -> None:
    counts = []
    for many in (2, 10):
        for n in range(many):
            done(ma.post("what-ifs/", question(name=f"Q{n}")), 201)
        with CaptureQueriesContext(connection) as queries:
            rows = done(ma.get("what-ifs/"))["results"]
        counts.append(len(queries))
    assert [row["id"] for row in rows] == list(WhatIf.objects.order_by("-pk").values_list("pk", flat=True))
    assert "answer" not in rows[0]
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("pk", [0, 2**62, NOWHERE])
def test_what_there_is_not_is_not_found(cast: Cast, ma: Caller, pk: int) -> None:
    for place in (f"what-ifs/{pk}/", f"what-ifs/{pk}/flips/", f"what-ifs/{pk}/flips/{pk}/"):
        assert ma.get(place).status_code == 404
    assert ma.post(f"what-ifs/{pk}/cancel/").status_code == 404


def test_a_calendar_that_was_never_published_can_not_be_counted_in(cast: Cast, ma: Manager) -> None:
    done(ma.post("calendars/", {"name": "K", **content()}), 201)
    kept = calendar("K").pk
    answer = ma.post("what-ifs/", question(promises=[{"kind": "resolution", "seconds": 60, "calendar": kept}]))
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"about"}
    assert jobs.work(timezone.now()) is False
