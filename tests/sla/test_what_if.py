"""SLA-62: the past replayed under other terms gives compliance then and now and what comes out otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import services as jobs
from notifications.models import Notice
from sla.engine.clock import ledger
from sla.models import Clock, WhatIf, WhatIfFlip
from sla.services import agreements, calendars, what_if
from sla.services.calendar_content import WEEK, Content
from sla.services.sweep import sweep
from sla.services.terms import Terms
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, default_agreement, ladder, promise, run_jobs
from tickets import services
from tickets.errors import Invalid
from tickets.models import Ticket
from tickets.states import Wait

NOW = MONDAY + 2 * DAYS


@pytest.fixture
def past(cast: Cast) -> dict[str, Ticket]:
    """Three requests for a password, answered after 10, 25 and 50 minutes; the last missed its half hour."""
    found = {}
    for minutes in (10, 25, 50):
        ticket = cast.submit(service=cast.reset)
        services.reply(ticket, by=cast.zhou, at=MONDAY + minutes * MINUTES, body="x")
        found[str(minutes)] = ticket
    return found


def draft_with(cast: Cast, *promises: Any) -> Any:
    """A draft of the default agreement that promises this."""
    default = default_agreement()
    draft = agreements.draft_for(default.agreement, by=cast.ma, at=NOW)
    return agreements.save(draft, Terms(promises=promises), revision=draft.revision, by=cast.ma, at=NOW)


def ask(cast: Cast, **about: Any) -> WhatIf:
    about.setdefault("since", MONDAY - DAYS)
    about.setdefault("until", NOW)
    asked = what_if.ask("Twenty minutes?", by=cast.ma, at=NOW, **about)
    run_jobs(NOW)
    asked.refresh_from_db()
    return asked


def test_a_shorter_target_and_what_would_have_been_missed(cast: Cast, past: dict[str, Ticket]) -> None:
    asked = ask(cast, agreement=draft_with(cast, promise(minutes=20)))
    assert asked.result is not None
    assert asked.result["requests"] == 3
    assert asked.result["then"] == {"first_response:met": 2, "first_response:missed": 1}
    assert asked.result["now"] == {"first_response:met": 1, "first_response:missed": 2}
    assert asked.result["by_target"] == {
        "1:then:met": 2,
        "1:then:missed": 1,
        "1:now:met": 1,
        "1:now:missed": 2,
    }
    flip = WhatIfFlip.objects.get(what_if=asked)
    assert (flip.ticket, flip.then, flip.now) == (past["25"], "met", "missed")
    assert (flip.then_due_at, flip.now_due_at) == (MONDAY + 30 * MINUTES, MONDAY + 20 * MINUTES)
    assert Notice.objects.filter(kind="what_if_done", recipient=cast.ma).count() == 1


def test_nothing_is_changed_by_it(cast: Cast, past: dict[str, Ticket]) -> None:
    def everything() -> list[Any]:
        return [list(Clock.objects.order_by("pk").values()), list(past["25"].events.values()), Notice.objects.count()]

    draft = draft_with(cast, promise(minutes=20))
    before = everything()
    ask(cast, agreement=draft)
    before[2] += 1  # the manager is told
    assert everything() == before


def test_a_calendar_around_the_clock_in_place_of_office_hours(cast: Cast) -> None:
    """A request of Friday evening is answered on Monday: in time in office hours, not around the clock."""
    friday = MONDAY + 4 * DAYS + 7 * HOURS + 50 * MINUTES  # 17:50
    ticket = cast.submit(service=cast.reset, at=friday)
    services.reply(ticket, by=cast.zhou, at=friday + 2 * DAYS + 15 * HOURS + 20 * MINUTES, body="x")
    now = friday + 10 * DAYS
    office = calendar("Office hours")
    draft = calendars.draft_for(office, by=cast.ma, at=now)
    content = Content("Asia/Shanghai", {day: [["00:00", "24:00"]] for day in WEEK})
    draft = calendars.save_draft(draft, content, revision=draft.revision, by=cast.ma, at=now)
    asked = what_if.ask("24×7?", by=cast.ma, at=now, since=MONDAY, until=now, calendar=draft)
    run_jobs(now)
    asked.refresh_from_db()
    assert asked.result is not None
    assert asked.result["then"] == {"first_response:met": 1}
    assert asked.result["now"] == {"first_response:missed": 1}
    was, would = what_if.side_by_side(asked, asked.flips.get())
    assert was is not None
    assert would is not None
    assert was.counted == 20 * MINUTES
    assert {entry.what for entry in ledger(would)} == {"counted"}
    assert would.breached_at == friday + 30 * MINUTES


def test_steps_that_would_have_been_taken(cast: Cast, past: dict[str, Ticket]) -> None:
    """Then: what was recorded; now: what the draft's ladder would have given."""
    sweep(NOW)
    draft = draft_with(cast, promise(minutes=20, ladder=ladder("50%", "breach", "+10m")))
    asked = ask(cast, agreement=draft)
    assert asked.result is not None
    assert asked.result["then_steps"] == {"first_response:warn": 4, "first_response:breach": 1}
    assert asked.result["now_steps"] == {"first_response:warn": 3, "first_response:breach": 2, "first_response:late": 1}


def test_only_the_clients_it_is_about(cast: Cast, past: dict[str, Ticket]) -> None:
    """A draft for one client replays that client; one of the default agreement leaves out who has an own one."""
    agreement(promise(minutes=60), client=cast.yuanhang)
    theirs = cast.submit(by=cast.stranger, service=cast.reset)
    services.reply(theirs, by=cast.zhou, at=MONDAY + 40 * MINUTES, body="x")
    assert ask(cast, agreement=draft_with(cast, promise(minutes=5))).result["requests"] == 3
    own = agreements.create("Yuanhang 2027", cast.yuanhang, by=cast.ma, at=NOW)
    agreements.save(own, Terms(promises=(promise(minutes=5),)), revision=1, by=cast.ma, at=NOW)
    asked = ask(cast, agreement=own)
    assert asked.result["requests"] == 1
    assert asked.flips.get().ticket == theirs


def test_a_changed_priority_chooses_the_assumed_target_of_each_time(cast: Cast) -> None:
    """SLA-32 in the past: low at first, critical after five minutes."""
    ticket = cast.submit(service=cast.support, impact=1, urgency=1)
    services.set_priority(ticket, by=cast.zhou, at=MONDAY + 5 * MINUTES, priority=4, reason="x")
    services.reply(ticket, by=cast.zhou, at=MONDAY + 15 * MINUTES, body="x")
    asked = ask(cast, agreement=draft_with(cast, promise(minutes=60), promise(minutes=10, priority=4)))
    assert asked.result["now"]["first_response:missed"] == 1
    assert asked.flips.get(kind="first_response").now_due_at == MONDAY + 10 * MINUTES


def test_pauses_that_the_draft_allows_count_as_pauses(cast: Cast) -> None:
    """SLA-17."""
    ticket = cast.submit(service=cast.complaint)
    services.take_up(ticket, by=cast.sun, at=MONDAY)
    services.wait(ticket, by=cast.sun, at=MONDAY + HOURS, wait_for=Wait.CLIENT)
    services.resume(ticket, by=cast.sun, at=MONDAY + 30 * HOURS)
    services.deliver(cast.fresh(ticket), by=cast.sun, at=MONDAY + 31 * HOURS, summary="x", self_checked=True)
    strict = draft_with(cast, promise("resolution", 24 * 60))
    assert ask(cast, agreement=strict).result["now"]["resolution:missed"] == 1
    mild = draft_with(cast, promise("resolution", 24 * 60, pauses=("client",)))
    assert ask(cast, agreement=mild).result["now"]["resolution:met"] == 1


def test_what_is_still_running_counts_when_it_is_late(cast: Cast) -> None:
    """SLA-60."""
    cast.submit(service=cast.reset, at=NOW - 40 * MINUTES)
    asked = ask(cast, agreement=draft_with(cast, promise(minutes=60)))
    assert asked.result["then"] == {"first_response:missed": 1}
    assert asked.result["now"] == {"first_response:open": 1}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": " "}, "name"),
        ({"until": MONDAY - DAYS}, "until"),
        ({"since": MONDAY - 2000 * DAYS}, "until"),
        ({"agreement": None}, "about"),
    ],
)
def test_questions_that_make_no_sense_are_refused_at_their_place(
    cast: Cast, changes: dict[str, Any], place: str
) -> None:
    given = {"since": MONDAY - DAYS, "until": NOW, "agreement": default_agreement(), **changes}
    with pytest.raises(Invalid) as refused:
        what_if.ask(given.pop("name", "x"), by=cast.ma, at=NOW, **given)
    assert place in refused.value.message_dict


def test_a_cancelled_question_has_no_answer_and_can_be_thrown_away(cast: Cast, past: dict[str, Ticket]) -> None:
    asked = what_if.ask("x", by=cast.ma, at=NOW, since=MONDAY - DAYS, until=NOW, agreement=default_agreement())
    assert jobs.cancel(asked.job, at=NOW)
    run_jobs(NOW)
    asked.refresh_from_db()
    assert asked.result is None
    what_if.delete(asked, by=cast.ma, at=NOW)
    assert not WhatIf.objects.exists()
