"""What a client does on the page of a request: each act, its refusals, the second click, the stale page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from quality.models import AnsweredVia, Survey
from tests.cast import MONDAY, Cast, a_file
from tests.portal.pages import act, form_of, text_of
from tickets import services
from tickets.models import Message, Plan, Ticket
from tickets.states import DeliveryOutcome, PlanState, State, Wait

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def url(ticket: Ticket, name: str = "") -> str:
    return f"/portal/requests/{ticket.number}/" + (f"{name}/" if name else "")


class TestReply:
    def test_it_is_sent_with_its_files(self, cast: Cast) -> None:
        """R-095."""
        ticket = cast.in_execution()
        response = act(cast.browser(cast.chen), ticket.number, "reply", body="谢谢", files=[a_file("日志.txt")])
        assert response.status_code == 302
        message = Message.objects.latest("pk")
        assert (message.body, message.author, message.attachments.get().name) == ("谢谢", cast.chen, "日志.txt")

    def test_it_answers_our_question(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        services.reply(ticket, by=cast.zhou, at=MONDAY, body="Welche Version?")
        services.wait(ticket, by=cast.zhou, at=MONDAY, wait_for=Wait.CLIENT)
        browser = cast.browser(cast.chen)
        page = browser.get(url(ticket))
        assert page.content.decode().count("<textarea") == 2  # the answer, and the reason of a withdrawal
        act(browser, ticket.number, "reply", body="130")
        assert cast.fresh(ticket).wait == ""

    @LANGUAGES
    @pytest.mark.parametrize("body", ["", "   ", "很" * 20_001], ids=["empty", "blank", "too long"])
    def test_bad_text_comes_back_with_its_files(self, cast: Cast, language: str, body: str) -> None:
        ticket = cast.in_execution()
        browser = cast.browser(cast.chen, language)
        page = browser.post(url(ticket, "reply"), {"body": body, "files": [a_file("日志.txt")]})
        assert page.status_code == 422
        assert not Message.objects.exists()
        again = form_of(page, url(ticket, "reply"))
        assert again["body"].strip() == body.strip()
        browser.post(url(ticket, "reply"), {**again, "body": "Jetzt"})
        assert Message.objects.get().attachments.get().name == "日志.txt"

    @LANGUAGES
    def test_a_bad_file_loses_no_text(self, cast: Cast, language: str) -> None:
        ticket = cast.in_execution()
        big = a_file("big.png", b"\0" * 30 * 1024 * 1024)
        for bad in (a_file("x.exe"), big):
            page = cast.browser(cast.chen, language).post(url(ticket, "reply"), {"body": "Mein Text", "files": [bad]})
            assert page.status_code == 422
            assert form_of(page, url(ticket, "reply"))["body"] == "Mein Text"
        assert not Message.objects.exists()

    def test_a_double_click_writes_once(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        browser = cast.browser(cast.chen)
        sent = {**form_of(browser.get(url(ticket)), url(ticket, "reply")), "body": "einmal"}
        assert [browser.post(url(ticket, "reply"), sent).status_code for _ in range(2)] == [302, 302]
        assert Message.objects.count() == 1

    def test_it_is_possible_after_the_end(self, cast: Cast) -> None:
        """R-006: a declined client may answer."""
        ticket = cast.submit()
        services.decline(ticket, by=cast.zhou, at=MONDAY, reason="nein")
        assert act(cast.browser(cast.chen), ticket.number, "reply", body="Warum?").status_code == 302


class TestPlan:
    def test_an_option_is_confirmed(self, cast: Cast) -> None:
        """R-014."""
        ticket = cast.with_plan()
        response = act(cast.browser(cast.chen), ticket.number, "confirm_plan", option="2")
        assert response.status_code == 302
        plan = Plan.objects.get()
        assert (plan.state, plan.chosen.position, plan.decided_by) == (PlanState.CONFIRMED, 2, cast.chen)

    @LANGUAGES
    @pytest.mark.parametrize("option", ["", "7", "x"])
    def test_without_an_option_nothing_is_confirmed(self, cast: Cast, language: str, option: str) -> None:
        ticket = cast.with_plan()
        page = act(cast.browser(cast.chen, language), ticket.number, "confirm_plan", option=option)
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()
        assert Plan.objects.get().state == PlanState.PROPOSED

    def test_a_stale_page_confirms_nothing(self, cast: Cast) -> None:
        ticket = cast.with_plan()
        browser = cast.browser(cast.chen)
        stale = form_of(browser.get(url(ticket)), url(ticket, "confirm_plan"))
        services.return_plan(ticket, by=cast.hua, at=MONDAY, version=1, comment="teuer")
        services.propose_plan(
            ticket, by=cast.zhou, at=MONDAY, options=[services.Option(title="Neu", steps="Eins")], message=""
        )
        page = browser.post(url(ticket, "confirm_plan"), {**stale, "option": "1"})
        assert page.status_code == 409
        assert "There is a newer version of the plan." in text_of(page)
        assert form_of(page, url(ticket, "confirm_plan"))["version"] == "2"
        assert Plan.objects.get(version=2).state == PlanState.PROPOSED

    def test_it_goes_back_with_a_comment(self, cast: Cast) -> None:
        ticket = cast.with_plan()
        browser = cast.browser(cast.chen)
        refused = act(browser, ticket.number, "return_plan", comment="  ")
        assert refused.status_code == 422
        assert '<details class="instead" id="return_plan" open>' in refused.content.decode()
        assert act(browser, ticket.number, "return_plan", comment="Zu teuer").status_code == 302
        assert Plan.objects.get().state == PlanState.RETURNED
        assert Message.objects.latest("pk").body == "Zu teuer"

    def test_a_comment_that_comes_too_late_is_not_lost(self, cast: Cast) -> None:
        ticket = cast.with_plan()
        browser = cast.browser(cast.chen)
        stale = form_of(browser.get(url(ticket)), url(ticket, "return_plan"))
        services.confirm_plan(ticket, by=cast.hua, at=MONDAY, version=1, option=1)
        page = browser.post(url(ticket, "return_plan"), {**stale, "comment": "Zu teuer"})
        assert page.status_code == 409
        assert form_of(page, url(ticket, "reply"))["body"] == "Zu teuer"

    def test_a_manager_of_the_client_confirms(self, cast: Cast) -> None:
        ticket = cast.with_plan()
        assert act(cast.browser(cast.hua), ticket.number, "confirm_plan", option="1").status_code == 302
        assert Plan.objects.get().decided_by == cast.hua


class TestDelivery:
    def test_it_is_accepted_in_one_click(self, cast: Cast) -> None:
        """R-031."""
        ticket = cast.delivered()
        browser = cast.browser(cast.chen)
        page = act(browser, ticket.number, "accept")
        assert page.status_code == 302
        assert cast.fresh(ticket).state == State.CLOSED
        assert "How did we do?" in text_of(browser.get(page.url))

    def test_a_second_click_accepts_nothing_twice(self, cast: Cast) -> None:
        ticket = cast.delivered()
        browser = cast.browser(cast.chen)
        sent = form_of(browser.get(url(ticket)), url(ticket, "accept"))
        assert [browser.post(url(ticket, "accept"), sent).status_code for _ in range(2)] == [302, 302]
        assert ticket.events.filter(kind="accepted").count() == 1

    def test_it_is_rejected_with_a_reason(self, cast: Cast) -> None:
        ticket = cast.delivered()
        browser = cast.browser(cast.chen)
        assert act(browser, ticket.number, "reject", reason="").status_code == 422
        assert act(browser, ticket.number, "reject", reason="Es geht noch nicht").status_code == 302
        after = cast.fresh(ticket)
        assert (after.state, after.rework_count) == (State.EXECUTION, 1)

    def test_a_stale_page_accepts_nothing(self, cast: Cast) -> None:
        ticket = cast.delivered()
        browser = cast.browser(cast.chen)
        stale = form_of(browser.get(url(ticket)), url(ticket, "accept"))
        services.reject(ticket, by=cast.hua, at=MONDAY, delivery=1, reason="nein")
        services.deliver(ticket, by=cast.zhou, at=MONDAY, summary="neu", self_checked=True)
        page = browser.post(url(ticket, "accept"), stale)
        assert page.status_code == 409
        assert "There is a newer delivery." in text_of(page)
        assert ticket.deliveries.get(number=2).outcome == DeliveryOutcome.PENDING

    def test_a_reason_that_comes_too_late_is_not_lost(self, cast: Cast) -> None:
        ticket = cast.delivered()
        browser = cast.browser(cast.chen)
        stale = form_of(browser.get(url(ticket)), url(ticket, "reject"))
        services.accept(ticket, by=cast.hua, at=MONDAY, delivery=1)
        page = browser.post(url(ticket, "reject"), {**stale, "reason": "Halt!"})
        assert page.status_code == 409
        assert "This can&#x27;t be done any more" in page.content.decode()
        assert form_of(page, url(ticket, "reply"))["body"] == "Halt!"


class TestWithdraw:
    @pytest.mark.parametrize("reason", ["", "Geht wieder"])
    def test_it_ends_the_request(self, cast: Cast, reason: str) -> None:
        ticket = cast.in_execution()
        assert act(cast.browser(cast.chen), ticket.number, "withdraw", reason=reason).status_code == 302
        assert cast.fresh(ticket).state == State.WITHDRAWN

    def test_its_form_opens_without_scripts(self, cast: Cast) -> None:
        page = cast.browser(cast.chen).get(url(cast.submit()) + "?act=withdraw")
        assert "<dialog" not in page.content.decode().partition('id="more"')[2].partition('id="poll"')[0]
        assert "Withdraw this request?" in text_of(page)

    def test_it_needs_a_post(self, cast: Cast) -> None:
        ticket = cast.submit()
        response = cast.browser(cast.chen).get(url(ticket, "withdraw"))
        assert (response.status_code, response.url) == (302, url(ticket))
        assert cast.fresh(ticket).state == State.INTAKE

    def test_a_closed_request_is_not_withdrawn(self, cast: Cast) -> None:
        ticket = cast.closed()
        assert cast.browser(cast.chen).post(url(ticket, "withdraw"), {"reason": "zu spät"}).status_code == 409
        assert cast.fresh(ticket).state == State.CLOSED


class TestReopen:
    def test_within_its_days_it_goes_on(self, cast: Cast) -> None:
        """R-035."""
        ticket = cast.closed(at=timezone.now())
        browser = cast.browser(cast.chen)
        assert act(browser, ticket.number, "reopen", reason="").status_code == 422
        assert act(browser, ticket.number, "reopen", reason="Wieder kaputt").status_code == 302
        assert cast.fresh(ticket).state == State.EXECUTION

    def test_afterwards_it_is_refused_with_the_reason(self, cast: Cast) -> None:
        ticket = cast.closed(at=timezone.now() - timedelta(days=40))
        page = cast.browser(cast.chen).post(url(ticket, "reopen"), {"reason": "Wieder kaputt"})
        assert page.status_code == 409
        assert "It was closed more than 14 days ago." in text_of(page)
        assert form_of(page, url(ticket, "reply"))["body"] == "Wieder kaputt"
        assert cast.fresh(ticket).state == State.CLOSED


class TestSurvey:
    SCORES = {"scores_process": "5", "scores_result": "4", "scores_experience": "3"}

    def test_it_is_answered_in_the_portal(self, cast: Cast) -> None:
        """R-050."""
        ticket = cast.closed(at=timezone.now())
        browser = cast.browser(cast.chen)
        response = act(browser, ticket.number, "survey", **self.SCORES, comment="gut")
        assert response.status_code == 302
        survey = Survey.objects.get()
        assert (survey.answered_via, survey.answered_by, survey.comment) == (AnsweredVia.PORTAL, cast.chen, "gut")
        assert "How did we do?" not in text_of(browser.get(url(ticket)))

    @LANGUAGES
    def test_missing_answers_are_asked_for_and_nothing_is_lost(self, cast: Cast, language: str) -> None:
        ticket = cast.closed(at=timezone.now())
        page = act(
            cast.browser(cast.chen, language), ticket.number, "survey", scores_process="5", scores_result="9",
            comment="gut",
        )  # fmt: skip
        assert page.status_code == 422
        again = form_of(page, url(ticket, "survey"))
        assert (again["scores_process"], again["comment"]) == (["5"], "gut")
        assert Survey.objects.get().answered_at is None

    def test_only_the_contact_answers(self, cast: Cast) -> None:
        ticket = cast.closed(at=timezone.now())
        assert cast.browser(cast.hua).post(url(ticket, "survey"), self.SCORES).status_code == 404
        assert Survey.objects.get().answered_at is None

    def test_twice_is_refused(self, cast: Cast) -> None:
        ticket = cast.closed(at=timezone.now())
        browser = cast.browser(cast.chen)
        codes = [browser.post(url(ticket, "survey"), {**self.SCORES, "comment": "c"}).status_code for _ in range(2)]
        assert codes == [302, 409]
