"""Acts on a request's page: done, refused, sent twice, too late, forbidden."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.deeds import DEEDS
from tests.cast import Cast, a_file
from tests.desk.kit import HTMX, act_url, page_of, send, text_of
from tickets import services
from tickets.models import Message, Ticket
from tickets.states import MessageKind, Priority, State, Wait

OPTION = {"options_1_title": "Replace it", "options_1_steps": "One\nTwo", "options_1_risk": "1"}


def write(cast: Cast, ticket: Ticket, person: str = "zhou", *, htmx: bool = False, **data: object) -> object:
    url = reverse("desk:write", args=[ticket.number])
    return cast.browser(getattr(cast, person)).post(url, {"once": str(uuid4()), **data}, headers=HTMX if htmx else {})


# --- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "made"), [("reply", "reply"), ("note", "note"), ("log_call", "call")])
def test_the_composer_writes_what_its_tab_says(cast: Cast, kind: str, made: str) -> None:
    """R-011, R-095."""
    ticket = cast.submit()
    response = write(cast, ticket, kind=kind, body="We are on it.")
    assert response.headers["Location"] == page_of(ticket)
    assert Message.objects.get(ticket=ticket).kind == made


def test_files_come_along(cast: Cast) -> None:
    ticket = cast.submit()
    write(cast, ticket, kind="reply", body="See here", files=[a_file("a.png"), a_file("b.png")])
    assert sorted(ticket.attachments.values_list("name", flat=True)) == ["a.png", "b.png"]


def test_an_empty_message_comes_back_with_its_problem_and_its_kind(cast: Cast) -> None:
    ticket = cast.submit()
    response = write(cast, ticket, kind="note", body="  ")
    assert response.status_code == 422
    assert "Please write something here." in text_of(response)
    assert 'value="note" data-key="n" checked' in text_of(response)
    part = write(cast, ticket, kind="reply", body="", htmx=True)
    assert (part.status_code, part.headers["HX-Retarget"]) == (422, "#composer-problems")


def test_what_was_written_is_forgotten_as_a_draft_only_after_it_was_sent(cast: Cast) -> None:
    ticket = cast.submit()
    part = write(cast, ticket, kind="reply", body="Done", htmx=True)
    assert f'data-draft-done="ticket-{ticket.pk}"' in text_of(part)
    assert "hx-preserve" not in text_of(part)
    assert "data-draft-done" not in text_of(cast.browser(cast.zhou).get(page_of(ticket)))


def test_a_quality_officer_may_note_but_not_reply(cast: Cast) -> None:
    ticket = cast.submit()
    assert write(cast, ticket, "qin", kind="note", body="Seen").status_code == 302
    assert write(cast, ticket, "qin", kind="reply", body="Hello").status_code == 403
    assert write(cast, ticket, "qin", kind="reply", body="Hello", htmx=True).status_code == 403
    assert Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY).count() == 0


def test_an_unknown_kind_is_refused(cast: Cast) -> None:
    assert write(cast, cast.submit(), kind="shout", body="x").status_code == 400


# --- the acts ---------------------------------------------------------------------------------------


def test_taking_up_makes_one_responsible_and_leads_back(cast: Cast) -> None:
    ticket = cast.submit()
    response = send(cast.browser(cast.zhou), ticket, "take_up")
    assert response.headers["Location"] == page_of(ticket)
    fresh = cast.fresh(ticket)
    assert (fresh.assignee, fresh.state) == (cast.zhou, State.EXECUTION)


def test_htmx_gets_the_request_anew_and_a_toast(cast: Cast) -> None:
    ticket = cast.submit()
    response = send(cast.browser(cast.zhou), ticket, "take_up", htmx=True)
    assert response.headers["HX-Retarget"] == "#detail"
    assert "It is yours now." in response.headers["HX-Trigger"]
    assert "queue-changed" in response.headers["HX-Trigger"]
    assert "<html" not in text_of(response)


def test_a_second_click_finds_the_first_ones_result(cast: Cast) -> None:
    ticket = cast.in_execution()
    browser, form = cast.browser(cast.zhou), {"title": "Look at the log", "once": str(uuid4())}
    for _ in range(2):
        assert browser.post(act_url(ticket, "add_task"), form).headers["Location"] == page_of(ticket)
    assert ticket.tasks.count() == 1


def test_a_stale_act_is_refused_with_a_sentence_and_the_request_as_it_is(cast: Cast) -> None:
    ticket = cast.submit()
    services.take_up(ticket, by=cast.zhao, at=timezone.now())
    response = send(cast.browser(cast.zhou), ticket, "take_up")
    assert response.status_code == 409
    assert "the request is now in “Execution”" in text_of(response)
    part = send(cast.browser(cast.zhou), ticket, "take_up", htmx=True)
    assert (part.status_code, part.headers["HX-Retarget"]) == (409, "#detail")


def test_a_crafted_form_does_not_pass_what_stands_in_the_way(cast: Cast) -> None:
    """A blocked act is refused by the service, whatever the page showed."""
    ticket = cast.in_execution()
    services.add_task(ticket, by=cast.zhou, at=ticket.received_at, title="Still open")
    form = {"summary": "Ready", "self_checked": "on"}
    response = send(cast.browser(cast.zhou), ticket, "deliver", **form)
    assert response.status_code == 409
    assert "1 task is open." in text_of(response)
    assert "Ready" in text_of(response)
    assert cast.fresh(ticket).state == State.EXECUTION
    ticket = cast.in_assessment()
    response = send(cast.browser(cast.zhou), ticket, "start_execution")
    assert (response.status_code, cast.fresh(ticket).state) == (409, State.ASSESSMENT)
    assert "There is no plan yet." in text_of(response)


def test_what_one_may_not_do_is_forbidden(cast: Cast) -> None:
    ticket = cast.submit()
    assert send(cast.browser(cast.qin), ticket, "take_up").status_code == 403
    part = send(cast.browser(cast.qin), ticket, "decline", htmx=True, reason="No")
    assert part.status_code == 403
    assert "X-Message" in part.headers
    assert cast.fresh(ticket).state == State.INTAKE


@pytest.mark.parametrize("name", ["accept", "confirm_plan", "withdraw", "nonsense"])
def test_acts_of_the_client_and_unknown_ones_have_no_address_here(cast: Cast, name: str) -> None:
    assert send(cast.browser(cast.zhou), cast.submit(), name).status_code == 404


def test_get_changes_nothing(cast: Cast) -> None:
    ticket = cast.in_execution()
    for act in DEEDS:
        assert cast.browser(cast.zhou).get(act_url(ticket, act)).status_code == 200
    assert cast.fresh(ticket).event_seq == ticket.event_seq


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_form_shows_as_a_page_and_as_a_dialog(cast: Cast, language: str) -> None:
    ticket, browser = cast.with_plan(), cast.browser(cast.li, language)
    for act in DEEDS:
        page, part = browser.get(act_url(ticket, act)), browser.get(act_url(ticket, act), headers=HTMX)
        assert "<html" in text_of(page)
        assert "<dialog" in text_of(part)


def test_declining_needs_a_reason_and_keeps_what_was_typed(cast: Cast) -> None:
    """R-006."""
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    assert send(browser, ticket, "decline", reason=" ").status_code == 422
    part = send(browser, ticket, "decline", htmx=True, reason="")
    assert part.status_code == 422
    assert "data-open" in text_of(part)
    assert send(browser, ticket, "decline", reason="We do not repair cars.").status_code == 302
    assert cast.fresh(ticket).state == State.DECLINED


def test_a_plan_goes_from_draft_to_the_client(cast: Cast) -> None:
    """R-012, R-013: a high risk needs a review by somebody else; the reviewed draft is what is sent."""
    ticket, zhou, li = cast.in_assessment(), cast.browser(cast.zhou), cast.browser(cast.li)
    risky = {**OPTION, "options_1_risk": "3", "options_1_risk_note": "Roll back"}
    assert send(zhou, ticket, "propose_plan", **risky).status_code == 409
    assert send(zhou, ticket, "propose_plan", draft="yes", **risky).status_code == 302
    assert send(zhou, ticket, "propose_plan", message="Please choose").status_code == 409
    assert "Replace it" in text_of(li.get(act_url(ticket, "review_plan")))
    assert send(li, ticket, "review_plan").status_code == 302
    assert send(zhou, ticket, "propose_plan", message="Please choose").status_code == 302
    plan = cast.fresh(ticket).current_plan
    assert (plan.version, plan.state, plan.reviewer) == (1, "proposed", cast.li)


def test_an_author_does_not_review_their_own_plan(cast: Cast) -> None:
    ticket = cast.in_assessment()
    services.draft_plan(ticket, by=cast.li, at=ticket.received_at, options=[services.Option("A", "B")])
    response = send(cast.browser(cast.li), ticket, "review_plan")
    assert response.status_code == 422
    assert "Somebody other than the author" in text_of(response)


def test_problems_of_an_option_stand_at_their_fields(cast: Cast) -> None:
    ticket = cast.in_assessment()
    response = send(cast.browser(cast.zhou), ticket, "propose_plan", **OPTION, options_3_title="Third")
    form = response.context["form"]
    assert response.status_code == 422
    assert {"options_2_title", "options_2_steps", "options_3_steps"} <= set(form.errors)
    assert [group["is_open"] for group in form.sets()] == [True, True, True]
    assert 'value="Third"' in text_of(response)


def test_tasks_are_added_ticked_and_opened_again(cast: Cast) -> None:
    """R-020."""
    ticket, browser = cast.in_execution(), cast.browser(cast.zhou)
    send(browser, ticket, "add_task", title="Replace the certificate", owner=cast.zhao.pk)
    task = ticket.tasks.get()
    assert task.owner == cast.zhao
    send(browser, ticket, "finish_task", task=task.pk)
    task.refresh_from_db()
    assert task.done_by == cast.zhou
    send(browser, ticket, "reopen_task", task=task.pk)
    task.refresh_from_db()
    assert task.done_at is None
    assert send(browser, ticket, "finish_task", task=task.pk + 99).status_code == 422


def test_delivering_asks_for_a_summary_and_a_self_check(cast: Cast) -> None:
    """R-030, R-032."""
    ticket, browser = cast.in_execution(), cast.browser(cast.zhou)
    response = send(browser, ticket, "deliver", summary="Fixed")
    assert response.status_code == 422
    assert "Please check the work yourself first." in text_of(response)
    assert send(browser, ticket, "deliver", summary="Fixed", self_checked="on", files=[a_file()]).status_code == 302
    assert cast.fresh(ticket).state == State.ACCEPTANCE
    assert ticket.attachments.count() == 1


def test_work_is_verified_by_somebody_else(cast: Cast) -> None:
    cast.support.needs_verification = True
    cast.support.save()
    ticket = cast.in_execution()
    assert send(cast.browser(cast.zhou), ticket, "verify").status_code == 403
    assert send(cast.browser(cast.zhao), ticket, "verify").status_code == 302
    assert cast.fresh(ticket).is_verified


def test_waiting_and_going_on(cast: Cast) -> None:
    ticket, browser = cast.in_execution(), cast.browser(cast.zhou)
    assert send(browser, ticket, "wait", wait_for="date").status_code == 422
    assert send(browser, ticket, "wait", wait_for="client").status_code == 302
    assert cast.fresh(ticket).wait == Wait.CLIENT
    assert send(browser, ticket, "resume").status_code == 302
    until = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert send(browser, ticket, "wait", wait_for="date", until=until).status_code == 302
    assert cast.fresh(ticket).wait_until is not None


def test_merging_takes_a_number_one_may_see(cast: Cast) -> None:
    """R-005."""
    ticket, other, browser = cast.submit(), cast.submit(subject="The same"), cast.browser(cast.zhou)
    hidden = cast.submit(service=cast.complaint)
    assert other.number in text_of(browser.get(act_url(ticket, "merge")))
    for wrong in (hidden.number, "SD-1"):
        response = send(browser, ticket, "merge", into=wrong)
        assert response.status_code == 422
        assert "There is no request with this number." in text_of(response)
    assert send(browser, ticket, "merge", into=ticket.number).status_code == 422
    assert send(browser, ticket, "merge", into=other.number.lower()).status_code == 302
    assert cast.fresh(ticket).merged_into == other
    assert other.number in text_of(browser.get(page_of(ticket)))


def test_assigning_shows_what_everybody_carries(cast: Cast) -> None:
    """R-071."""
    ticket, browser = cast.in_execution(), cast.browser(cast.zhou)
    assert "周敏 · 1 open" in text_of(browser.get(act_url(ticket, "assign")))
    assert send(browser, ticket, "assign", assignee=cast.zhao.pk, team=cast.apps.pk).status_code == 302
    assert cast.fresh(ticket).assignee == cast.zhao
    assert send(browser, ticket, "assign", assignee=cast.chen.pk).status_code == 422


def test_handing_over_to_another_team_leads_back_to_the_queue(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    part = send(browser, ticket, "assign", htmx=True, assignee="", team=cast.data.pk)
    assert part.headers["HX-Redirect"] == reverse("desk:queue")
    ticket = cast.submit()
    assert send(browser, ticket, "assign", assignee="", team=cast.data.pk).headers["Location"] == reverse("desk:queue")


def test_one_property_is_edited_in_its_place(cast: Cast) -> None:
    """R-003, R-061: the priority follows from the matrix."""
    ticket, browser = cast.submit(impact=1, urgency=1), cast.browser(cast.zhou)
    address = act_url(ticket, "classify") + "?field=impact"
    inline = browser.get(address, headers={**HTMX, "HX-Target": "prop-impact"})
    assert 'name="impact"' in text_of(inline)
    assert 'name="urgency"' not in text_of(inline)
    browser.post(address, {"impact": "3", "once": str(uuid4())})
    fresh = cast.fresh(ticket)
    assert (fresh.impact, fresh.urgency, fresh.type) == (3, 1, ticket.type)
    assert fresh.priority > ticket.priority


def test_the_whole_classification_is_a_form_too(cast: Cast) -> None:
    ticket = cast.submit()
    form = {"type": "problem", "service": cast.reset.pk, "impact": 2, "urgency": 2, "complexity": "complex"}
    assert send(cast.browser(cast.zhou), ticket, "classify", **form).status_code == 302
    fresh = cast.fresh(ticket)
    assert (fresh.type, fresh.service, fresh.complexity) == ("problem", cast.reset, "complex")


def test_a_priority_is_overridden_with_a_reason(cast: Cast) -> None:
    ticket, browser = cast.submit(), cast.browser(cast.zhou)
    assert send(browser, ticket, "set_priority", priority=4, reason="").status_code == 422
    assert send(browser, ticket, "set_priority", priority=4, reason="The plant stands still").status_code == 302
    fresh = cast.fresh(ticket)
    assert (fresh.priority, fresh.priority_overridden) == (Priority.CRITICAL, True)
    assert "set by hand" in text_of(browser.get(page_of(ticket)))


def test_reopening_brings_a_closed_request_back(cast: Cast) -> None:
    ticket = cast.closed(at=timezone.now())
    assert send(cast.browser(cast.zhou), ticket, "reopen", reason="It came back").status_code == 302
    assert cast.fresh(ticket).state == State.EXECUTION
