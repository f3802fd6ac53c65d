"""Clients: the list with its counts, and one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from tests.cast import Cast
from tests.desk.kit import queries, text_of

CLIENTS = reverse("desk:clients")


def counts(response: object) -> dict[str, tuple[int, int]]:
    return {row["client"].name: (row["open"], row["late"]) for row in response.context["clients"]}  # type: ignore[attr-defined]


def test_open_and_late_requests_are_counted_of_those_one_may_see(cast: Cast) -> None:
    cast.submit(at=timezone.now())
    cast.submit(at=timezone.now() - timedelta(days=30))
    cast.closed()
    cast.submit(service=cast.complaint, at=timezone.now())
    assert counts(cast.browser(cast.ma).get(CLIENTS)) == {"华信制造": (3, 1), "远航物流": (0, 0)}
    assert counts(cast.browser(cast.zhou).get(CLIENTS))["华信制造"] == (2, 1)
    assert counts(cast.browser(cast.sun).get(CLIENTS))["华信制造"] == (1, 0)


def test_more_clients_and_requests_cost_no_more_queries(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    cast.submit()
    browser.get(CLIENTS)
    few = queries(lambda: browser.get(CLIENTS))
    for n in range(20):
        Organisation.objects.create(name=f"Client {n}")
        cast.submit()
    assert queries(lambda: browser.get(CLIENTS)) == few
    assert few <= 6


def test_clients_are_found_by_name_and_page_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.views.clients.PAGE_SIZE", 2)
    for name in ("Alpha", "Beta", "Gamma"):
        Organisation.objects.create(name=name)
    browser = cast.browser(cast.zhou)
    assert list(counts(browser.get(CLIENTS, {"client": "amm"}))) == ["Gamma"]
    first = browser.get(CLIENTS)
    second = browser.get(CLIENTS + first.context["older"])
    assert not set(counts(first)) & set(counts(second))


def test_a_client_shows_people_agreement_and_visible_requests(cast: Cast) -> None:
    running, ended = cast.submit(subject="白屏"), cast.closed(subject="Old matter")
    hidden = cast.submit(service=cast.complaint, subject="Secret")
    address = reverse("desk:client", args=[cast.huaxin.pk])
    text = text_of(cast.browser(cast.zhou).get(address))
    for part in ("陈立", "王倩", "Default agreement", running.subject, ended.subject, "Important"):
        assert part in text
    assert hidden.subject not in text
    assert "Strange R." not in text


def test_more_requests_of_a_client_cost_no_more_queries(cast: Cast) -> None:
    browser, address = cast.browser(cast.zhou), reverse("desk:client", args=[cast.huaxin.pk])
    cast.submit()
    browser.get(address)
    few = queries(lambda: browser.get(address))
    for _ in range(10):
        cast.submit()
        cast.closed()
    assert queries(lambda: browser.get(address)) <= few


def test_clients_themselves_do_not_come_here(cast: Cast) -> None:
    browser = cast.browser(cast.chen)
    assert browser.get(CLIENTS).status_code == 302
    assert browser.get(reverse("desk:client", args=[cast.huaxin.pk])).status_code == 404
    assert cast.browser(cast.zhou).get(reverse("desk:client", args=[99999])).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_pages_show_in_both_languages(cast: Cast, language: str) -> None:
    browser = cast.browser(cast.zhou, language)
    assert browser.get(CLIENTS).status_code == 200
    assert browser.get(reverse("desk:client", args=[cast.huaxin.pk])).status_code == 200
