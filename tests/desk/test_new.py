"""Taking a request down for a client."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Organisation
from tests.cast import Cast, a_file
from tests.desk.kit import HTMX, page_of, queries, text_of
from tickets.models import Ticket
from tickets.states import Channel

NEW = reverse("desk:new")


def address(cast: Cast) -> str:
    return f"{NEW}?contact={cast.chen.pk}&service={cast.support.pk}"


def form(**changes: object) -> dict[str, object]:
    """What was said on the phone."""
    said = {"subject": "Printer", "description": "Paper jam", "impact": "2", "urgency": "2", "channel": "phone"}
    return {**said, "once": str(uuid4()), **changes}


@pytest.mark.parametrize("channel", ["phone", "email", "chat"])
def test_a_request_is_the_clients_and_says_who_took_it_down(cast: Cast, channel: str) -> None:
    """R-001: one intake for every channel."""
    response = cast.browser(cast.zhou).post(address(cast), form(channel=channel, files=[a_file()]))
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == page_of(ticket)
    assert (ticket.requester, ticket.created_by, ticket.channel) == (cast.chen, cast.zhou, Channel(channel))
    assert ticket.attachments.count() == 1


def test_the_way_there_contact_then_service_then_form(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    assert "陈立" in text_of(browser.get(NEW))
    chosen = text_of(browser.get(NEW, {"contact": cast.chen.pk}))
    assert f"service={cast.support.pk}" in chosen
    assert 'name="subject"' not in chosen
    asked = text_of(browser.get(address(cast)))
    assert 'name="subject"' in asked
    assert 'name="service_object"' in asked
    assert 'name="background"' not in asked


def test_contacts_are_found_by_name_client_and_address(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    for q in ("陈", "华信", "chen@"):
        part = text_of(browser.get(NEW, {"q": q}, headers={**HTMX, "HX-Target": "found"}))
        assert "陈立" in part
        assert "<html" not in part
        assert "Strange R." not in part
    assert "陈立" in text_of(browser.get(NEW, {"q": "陈"}))
    assert "周敏" not in text_of(browser.get(NEW, {"q": "周"}, headers={**HTMX, "HX-Target": "found"}))


def test_the_clients_open_requests_stand_beside(cast: Cast) -> None:
    """R-005."""
    known, hidden = cast.submit(subject="白屏"), cast.submit(service=cast.complaint, subject="上门未联系")
    text = text_of(cast.browser(cast.zhou).get(address(cast)))
    assert known.number in text
    assert hidden.number not in text
    assert hidden.subject not in text


def test_what_is_missing_comes_back_with_what_was_typed(cast: Cast) -> None:
    response = cast.browser(cast.zhou).post(address(cast), form(subject=""))
    assert response.status_code == 422
    assert "Paper jam" in text_of(response)
    assert not Ticket.objects.exists()


def test_a_second_click_opens_one_request(cast: Cast) -> None:
    browser, twice = cast.browser(cast.zhou), form()
    first, second = (browser.post(address(cast), twice).headers["Location"] for _ in range(2))
    assert first == second
    assert Ticket.objects.count() == 1


def test_a_service_that_is_not_on_offer_can_not_be_chosen(cast: Cast) -> None:
    cast.support.only_for.add(cast.yuanhang)
    response = cast.browser(cast.zhou).post(address(cast), form())
    assert response.status_code == 200
    assert "Which service?" in text_of(response)
    assert not Ticket.objects.exists()


def test_staff_are_no_contacts(cast: Cast) -> None:
    response = cast.browser(cast.zhou).get(f"{NEW}?contact={cast.ma.pk}")
    assert "Who is asking?" in text_of(response)


def test_a_request_for_another_team_leads_back_to_the_queue(cast: Cast) -> None:
    there = f"{NEW}?contact={cast.chen.pk}&service={cast.complaint.pk}"
    assert cast.browser(cast.zhou).post(there, form()).headers["Location"] == reverse("desk:queue")


def test_only_those_who_handle_requests_take_them_down(cast: Cast) -> None:
    assert cast.browser(cast.qin).get(NEW).status_code == 403
    assert cast.browser(cast.chen).get(NEW).status_code == 302


def test_it_shows_in_both_languages(cast: Cast) -> None:
    for language in ("en", "zh-hans"):
        assert cast.browser(cast.zhou, language).get(address(cast)).status_code == 200


def test_more_requests_cost_no_more_queries(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    cast.submit()
    browser.get(address(cast))
    few = queries(lambda: browser.get(address(cast)))
    for n in range(10):
        cast.submit()
        Organisation.objects.create(name=f"Client {n}")
    assert queries(lambda: browser.get(address(cast))) == few
