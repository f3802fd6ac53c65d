"""What-if: asked with a version or changed targets, replayed in the background, answered and explained (SLA-62)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk.replays.answers import class_words, place_of
from jobs.models import Job, JobState
from sla.models import AgreementVersion, ClockKind, WhatIf, WhatIfFlip, WorkingCalendar
from sla.services import agreements, calendars, what_if
from sla.services.tallies import EDGES
from sla.services.terms import Terms, promises_of
from tests.cast import MONDAY, Cast
from tests.desk.kit import queries, text_of
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, default_agreement, promise, run_jobs
from tickets import services
from tickets.models import Ticket

LIST, NEW = reverse("desk:what-ifs"), reverse("desk:what-if-new")
NOW = MONDAY + 2 * DAYS


def url(name: str, asked: WhatIf, *more: int) -> str:
    return reverse(f"desk:{name}", args=[asked.pk, *more])


@pytest.fixture
def past(cast: Cast) -> dict[int, Ticket]:
    """Three requests for a password, answered after 10, 25 and 50 minutes; the last missed its half hour."""
    found = {}
    for minutes in (10, 25, 50):
        ticket = cast.submit(service=cast.reset)
        services.reply(ticket, by=cast.zhou, at=MONDAY + minutes * MINUTES, body="x")
        found[minutes] = ticket
    return found


@pytest.fixture
def draft(cast: Cast) -> AgreementVersion:
    """A draft of the default agreement that promises twenty minutes."""
    version = agreements.draft_for(default_agreement().agreement, by=cast.ma, at=NOW)
    terms = Terms(promises=(promise(minutes=20),))
    return agreements.save(version, terms, revision=version.revision, by=cast.ma, at=NOW)


@pytest.fixture
def manager(cast: Cast) -> Client:
    return cast.browser(cast.ma)


def answered(cast: Cast, version: AgreementVersion) -> WhatIf:
    asked = what_if.ask("Twenty?", by=cast.ma, at=NOW, since=MONDAY - DAYS, until=NOW, agreement=version)
    run_jobs(NOW)
    asked.refresh_from_db()
    return asked


def post(browser: Client, query: str, **typed: Any) -> Any:
    return browser.post(f"{NEW}?{query}", {"period": "own", "since": "2026-11-15", "until": "2026-11-18", **typed})


def the_asked() -> WhatIf:
    return WhatIf.objects.get()


# --- asking -----------------------------------------------------------------------------------------


def test_before_anything_was_asked_the_page_says_what_it_is_for(manager: Client) -> None:
    text = text_of(manager.get(LIST))
    assert "Ask what would have been" in text
    assert "Nothing is changed by it" in text
    assert NEW in text


def test_a_draft_is_asked_about_over_chosen_days_and_clients(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    page = manager.get(f"{NEW}?agreement={draft.pk}")
    assert f'value="{draft.pk}" selected' in text_of(page)
    answer = post(manager, f"agreement={draft.pk}", about=draft.pk, clients=[cast.huaxin.pk])
    asked = the_asked()
    assert answer.status_code == 302
    assert answer.headers["Location"] == url("what-if", asked)
    assert (asked.agreement_version, asked.by, asked.clients) == (draft, cast.ma, [cast.huaxin.pk])
    assert timezone.localtime(asked.since, timezone.get_fixed_timezone(480)).isoformat() == "2026-11-15T00:00:00+08:00"
    assert asked.until - asked.since == timedelta(days=4), "the last day is included"
    assert asked.name == "Default agreement v2, Nov 15 – Nov 19, 2026" or asked.name.startswith("Default agreement v2")


def test_a_name_may_be_given_and_a_preset_chosen(cast: Cast, manager: Client, draft: AgreementVersion) -> None:
    post(manager, f"agreement={draft.pk}", about=draft.pk, period="30", name="  Shorter   answers? ")
    asked = the_asked()
    assert asked.name == "Shorter answers?"
    assert asked.until - asked.since >= timedelta(days=30)


def test_a_version_of_a_calendar_is_asked_about(cast: Cast, manager: Client, past: dict[int, Ticket]) -> None:
    version = calendars.draft_for(calendar("Office hours"), by=cast.ma, at=NOW)
    assert post(manager, f"calendar={version.pk}", about=version.pk).status_code == 302
    run_jobs(NOW)
    asked = the_asked()
    assert asked.calendar_version == version
    assert list(asked.assumption) == ["calendars"]
    text = text_of(manager.get(url("what-if", asked)))
    assert f"Office hours, version {version.number}" in text
    assert "Nothing would have come out otherwise" in text


def targets_form(version: AgreementVersion, **changes: Any) -> dict[str, Any]:
    """The table of targets as the page shows it, with changes."""
    found: dict[str, Any] = {}
    for number, known in enumerate(promises_of(version), start=1):
        found |= {f"t{number}-within": f"{known.seconds} s", f"t{number}-calendar": known.calendar}
        found[f"t{number}-pauses"] = list(known.pauses)
    return found | changes


def test_targets_are_changed_in_the_page_without_a_draft(cast: Cast, manager: Client, past: dict[int, Ticket]) -> None:
    version = default_agreement()
    page = manager.get(f"{NEW}?targets=")
    assert [row.line.within for row in page.context["question"].rows][:2] == ["30 m", "2 h"]
    always = WorkingCalendar.objects.get(name="24×7")
    typed = targets_form(version, **{"t1-within": "20 min", "t1-calendar": always.pk, "t1-pauses": ["client"]})
    assert post(manager, f"targets={version.pk}", **typed).status_code == 302
    asked = the_asked()
    first, second = asked.assumption["agreement"]["targets"][:2]
    assert (first["seconds"], first["calendar"], first["pauses"]) == (1200, always.pk, ["client"])
    assert second["seconds"] == 7200
    assert first["points"] == ["50%", "80%", "breach"], "its warnings stay"
    assert asked.assumption["agreement"]["is_changed"]
    assert "with changed targets" in asked.name
    assert version.targets.get(position=1).seconds == 1800
    assert not AgreementVersion.objects.filter(state="draft").exists()
    run_jobs(NOW)
    assert "with changed targets" in text_of(manager.get(url("what-if", asked)))


def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(cast: Cast, manager: Client) -> None:
    version = default_agreement()
    typed = targets_form(version, **{"t1-within": "soon", "name": "A name", "since": "", "until": "2026-11-18"})
    answer = post(manager, f"targets={version.pk}", **typed)
    assert answer.status_code == 422
    text = text_of(answer)
    for sentence in (
        "Please write a duration with its unit",
        "Please choose a day.",
        "Please look at the targets that are marked.",
    ):
        assert sentence in text
    for kept in ('value="soon"', 'value="A name"', 'value="2026-11-18"'):
        assert kept in text
    assert not WhatIf.objects.exists()


def test_a_duration_that_no_target_may_have_is_refused_at_its_row(cast: Cast, manager: Client) -> None:
    version = default_agreement()
    answer = post(manager, f"targets={version.pk}", **targets_form(version, **{"t2-within": "9999 d"}))
    assert answer.status_code == 422
    rows = answer.context["question"].rows
    assert rows[1].form.errors["within"] == ["Please give a duration between a second and five years."]
    assert not rows[0].form.errors


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"since": "2026-11-19", "until": "2026-11-15"}, "It would end before it begins."),
        ({"since": "2015-01-01", "until": "2026-11-15"}, "At most three years can be replayed at once."),
        ({"since": "0001-01-01", "until": "9999-12-31"}, "Please choose a day."),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"about": ""}, "This field is required."),
        ({"about": "99999"}, "is not one of the available choices"),
        ({"clients": ["x"]}, "is not one of the available choices"),
        ({"period": "7"}, "is not one of the available choices"),
        ({"name": "x" * 300}, "at most 200 characters"),
    ],
)
def test_questions_that_make_no_sense(
    manager: Client, draft: AgreementVersion, typed: dict[str, Any], sentence: str
) -> None:
    answer = post(manager, f"agreement={draft.pk}", **{"about": draft.pk, **typed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not WhatIf.objects.exists()


def test_an_agreement_without_targets_and_one_in_a_calendar_without_hours_are_refused(
    cast: Cast, manager: Client
) -> None:
    empty = agreements.create("Empty", cast.yuanhang, by=cast.ma, at=NOW)
    answer = post(manager, f"agreement={empty.pk}", about=empty.pk)
    assert "Empty v1 has no targets." in text_of(answer)
    unready = WorkingCalendar.objects.create(name="Not yet")
    version = agreement(promise(calendar=unready.pk), client=cast.huaxin)
    answer = post(manager, f"agreement={version.pk}", about=version.pk)
    assert answer.status_code == 422
    assert "The calendar Not yet has not been published yet." in text_of(answer)


@pytest.mark.parametrize("query", ["agreement=999999", "calendar=x", "targets=999999", "targets=²", "agreement=%00"])
def test_a_version_that_is_none_is_not_found(manager: Client, query: str) -> None:
    assert manager.get(f"{NEW}?{query}").status_code == 404


def test_an_agreement_of_one_client_asks_for_no_clients(cast: Cast, manager: Client) -> None:
    version = agreement(promise(), client=cast.yuanhang)
    text = text_of(manager.get(f"{NEW}?agreement={version.pk}"))
    assert "only their requests are replayed" in text
    assert 'name="clients"' not in text


# --- while it runs ----------------------------------------------------------------------------------


def waiting(cast: Cast, version: AgreementVersion, at: Any = None) -> WhatIf:
    at = at or timezone.now()
    return what_if.ask("Slow", by=cast.ma, at=at, since=MONDAY - DAYS, until=NOW, agreement=version)


def test_while_it_waits_the_page_polls_and_says_so(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft)
    text = text_of(manager.get(url("what-if", asked)))
    assert f'hx-get="{url("what-if-progress", asked)}"' in text
    assert 'hx-trigger="every 2s"' in text
    assert "waits for a worker" in text
    assert "No worker has taken it up" not in text
    assert "0%" in text


def test_after_half_a_minute_without_a_worker_it_is_said_plainly(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft, timezone.now() - timedelta(seconds=31))
    assert "No worker has taken it up" in text_of(manager.get(url("what-if-progress", asked)))


def test_behind_another_job_it_says_how_many_come_first(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    waiting(cast, draft)
    asked = waiting(cast, draft, timezone.now() - timedelta(minutes=5))
    text = text_of(manager.get(url("what-if-progress", asked)))
    assert "waits for 1 job that was asked for before" in text
    assert "No worker has taken it up" not in text


def test_progress_shows_parts_share_and_a_guess_and_speaks_only_at_quarters(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft)
    began = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk=asked.job_id).update(state=JobState.RUNNING, parts_total=10, parts_done=3, started_at=began)
    page = text_of(manager.get(url("what-if-progress", asked), {"said": "25"}))
    for part in ("3 of 10 parts", "about 2 m left", 'value="30"', "30%"):
        assert part in page
    assert "hx-swap-oob" not in page
    assert "hx-swap-oob" in text_of(manager.get(url("what-if-progress", asked), {"said": "0"}))


def test_once_it_is_over_the_page_comes_anew_with_the_answer(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft)
    run_jobs(timezone.now())
    answer = manager.get(url("what-if-progress", asked))
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (200, "true")
    assert "Changed outcomes" in text_of(manager.get(url("what-if", asked)))


def test_it_can_be_cancelled_once_and_deleted(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft)
    assert manager.post(url("what-if-cancel", asked)).status_code == 302
    run_jobs(timezone.now())
    assert "The replay was cancelled" in text_of(manager.get(url("what-if", asked)))
    again = manager.post(url("what-if-cancel", asked), follow=True)
    assert "There was nothing to cancel any more." in text_of(again)
    gone = manager.post(url("what-if-delete", asked), follow=True)
    assert "“Slow” was deleted." in text_of(gone)
    assert not WhatIf.objects.exists()
    assert not Job.objects.filter(kind=what_if.KIND).exists()


def test_a_failed_replay_says_why(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = waiting(cast, draft)
    Job.objects.filter(pk=asked.job_id).update(state=JobState.FAILED, problem="ZeroDivisionError: three")
    text = text_of(manager.get(url("what-if", asked)))
    assert "The replay failed" in text
    assert "ZeroDivisionError" in text


# --- the answer -------------------------------------------------------------------------------------


def test_the_answer_compares_compliance_by_clock_and_by_target(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    page = manager.get(url("what-if", asked))
    answer = page.context["answer"]
    (row,) = answer.kinds
    assert (row.kind, row.compared.then.met, row.compared.then.missed) == (ClockKind.FIRST_RESPONSE, 2, 1)
    assert (row.compared.now.met, row.compared.now.missed, row.compared.points) == (1, 2, -33.3)
    (target,) = answer.targets
    assert (target.line.within, target.compared.then.met, target.compared.now.met) == ("20 m", 2, 1)
    text = text_of(page)
    for part in ("66.7%", "33.3%", "−33.3", "3 requests received in that time", "Nothing is changed by it."):
        assert part in text


def test_the_answer_shows_times_with_old_and_new_targets(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    chart = manager.get(url("what-if", answered(cast, draft))).context["chart"]
    data = chart["data"]
    assert chart["kind"] == ClockKind.FIRST_RESPONSE
    assert data["labels"] == ["≤ 5 m", "≤ 10 m", "≤ 15 m", "≤ 20 m", "≤ 30 m", "≤ 45 m", "≤ 1 h", "≤ 1 h 30 m"]
    assert [series["values"] for series in data["series"]] == [[0, 1, 0, 0, 1, 0, 1, 0]] * 2
    assert [(mark["label"], mark["at"], mark.get("strong", False)) for mark in data["marks"]] == [
        ("old target 30 m", 5, False),
        ("new target 20 m", 4, True),
    ], "at the upper ends of their classes, counted in bars from the left"


@pytest.mark.parametrize(("seconds", "place"), [(EDGES[0], 0.5), (EDGES[0] // 2, 0), (EDGES[1], 1.5), (10**7, 20.75)])
def test_a_target_stands_within_its_class(seconds: int, place: float) -> None:
    assert place_of(seconds) == place


def test_the_last_class_is_open() -> None:
    assert (class_words(0), class_words(len(EDGES))) == ("≤ 5 m", "> 240 h")


def test_the_answer_counts_what_would_have_been_sent(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    page = manager.get(url("what-if", answered(cast, draft)))
    assert [(row.label, row.counts) for row in page.context["answer"].steps][-1][0] == "All clocks"
    assert page.context["answer"].steps[0].counts[1] == (1, 2), "notices of misses"


def test_the_changed_outcomes_are_listed_and_filtered(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    page = manager.get(url("what-if", asked))
    (row,) = page.context["flips"]
    assert (row.flip.ticket, row.then, row.now, row.direction) == (past[25], "Met", "Missed", "worse")
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [("All", 1), ("Newly missed", 1)]
    for query, count in (("direction=worse", 1), ("direction=better", 0), ("kind=resolution", 0), ("kind=odd", 1)):
        assert len(manager.get(f"{url('what-if', asked)}?{query}").context["flips"]) == count


def test_a_changed_outcome_opens_its_two_ledgers_side_by_side(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    page = manager.get(url("what-if-flip", asked, asked.flips.get().pk))
    was, would = page.context["sides"]
    assert (was["outcome"], would["outcome"]) == ("met", "missed")
    assert [side["account"].target for side in (was, would)] == [1800, 1200]
    assert would["account"].reading.breached_at == MONDAY + 20 * MINUTES
    text = text_of(page)
    assert 'id="strip-was-' not in text, "one ground of counted time needs no pattern"
    assert text.count('class="strip-picture"') == 2
    assert "style=" not in text


def test_an_answer_about_nothing_says_so(cast: Cast, manager: Client, draft: AgreementVersion) -> None:
    asked = what_if.ask("Empty", by=cast.ma, at=NOW, since=MONDAY - 9 * DAYS, until=MONDAY - DAYS, agreement=draft)
    run_jobs(NOW)
    assert "No request to replay" in text_of(manager.get(url("what-if", asked)))


def test_files_hold_the_numbers_of_the_page(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    answer = manager.get(url("what-if-workbook", asked))
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        assert names == ["About", "By clock", "By target", "Times", "Warnings and escalations", "Changed outcomes"]
        changed = book.read("xl/worksheets/sheet6.xml").decode()
        assert past[25].number in changed
        assert past[10].number not in changed
        assert "Nothing was changed by it" in book.read("xl/worksheets/sheet1.xml").decode()
    lines = b"".join(manager.get(url("what-if-csv", asked)).streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert past[25].number in lines[1]


def test_a_list_with_pages_goes_on_where_it_ended(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    known = asked.flips.get()
    WhatIfFlip.objects.bulk_create(
        WhatIfFlip(what_if=asked, ticket=known.ticket, kind=known.kind, cycle=n, then="met", now="missed")
        for n in range(2, 120)
    )
    seen, place = [], url("what-if", asked)
    while place:
        page = manager.get(place)
        seen += [row.flip.pk for row in page.context["flips"]]
        place = page.context["older"]
    assert seen == sorted(asked.flips.values_list("pk", flat=True))
    assert page.context["newer"]
    for odd in ("x", "9" * 5000, "²"):
        assert manager.get(url("what-if", asked), {"after": odd}).status_code == 200


# --- who may, and what it costs ---------------------------------------------------------------------


def test_agents_may_not_ask_and_managers_figures_are_for_those_who_see_levels(
    cast: Cast, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    flip = asked.flips.get().pk
    pages = [url("what-if", asked), url("what-if-flip", asked, flip), url("what-if-workbook", asked)]
    for person, expected in ((cast.zhou, 403), (cast.qin, 200), (cast.ma, 200), (cast.root, 200)):
        assert [cast.browser(person).get(page).status_code for page in pages] == [expected] * 3, person
    for person in (cast.zhou, cast.qin, cast.li):
        browser = cast.browser(person)
        assert [browser.get(page).status_code for page in (LIST, NEW)] == [403, 403]
        assert browser.post(url("what-if-delete", asked)).status_code == 403
        assert browser.post(url("what-if-cancel", asked)).status_code == 403
    text = text_of(cast.browser(cast.qin).get(url("what-if", asked)))
    assert url("what-if-delete", asked) not in text
    assert NEW not in text


def test_clients_find_nothing(cast: Cast, past: dict[int, Ticket], draft: AgreementVersion) -> None:
    asked = answered(cast, draft)
    browser = cast.browser(cast.hua)
    assert browser.get(url("what-if", asked)).status_code == 404
    assert browser.get(LIST).status_code == 302


def test_a_team_lead_sees_the_changed_outcomes_of_the_own_teams_alone(
    cast: Cast, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    """R-083."""
    other = cast.submit(service=cast.reset, by=cast.stranger)
    services.assign(other, by=cast.li, at=MONDAY, team=cast.data, assignee=cast.sun)
    services.reply(cast.fresh(other), by=cast.sun, at=MONDAY + 25 * MINUTES, body="x")
    asked = answered(cast, draft)
    theirs = asked.flips.get(ticket=other)
    lead = cast.browser(cast.li)
    page = lead.get(url("what-if", asked))
    assert [row.flip.ticket for row in page.context["flips"]] == [past[25]]
    assert "of the requests you may see" in text_of(page)
    assert lead.get(url("what-if-flip", asked, theirs.pk)).status_code == 404
    assert other.number not in b"".join(lead.get(url("what-if-csv", asked)).streaming_content).decode()
    assert len(cast.browser(cast.ma).get(url("what-if", asked)).context["flips"]) == 2


def test_ten_times_as_many_cost_the_same_queries(
    cast: Cast, manager: Client, past: dict[int, Ticket], draft: AgreementVersion
) -> None:
    asked = answered(cast, draft)
    pages = (LIST, url("what-if", asked), url("what-if-flip", asked, asked.flips.get().pk))
    for page in pages:
        manager.get(page)
    few = [queries(lambda page=page: manager.get(page)) for page in pages]
    for n in range(10):
        ticket = cast.submit(service=cast.reset, at=MONDAY + n * HOURS)
        WhatIfFlip.objects.create(what_if=asked, ticket=ticket, kind="resolution", cycle=1, then="met", now="missed")
        answered(cast, draft)
    manager.get(pages[-1])  # a process keeps the last assumptions it read
    assert [queries(lambda page=page: manager.get(page)) for page in pages] == few
