"""`services/`: the catalogue (R-060)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from i18nfield.strings import LazyI18nString

from tests.api.calling import Caller
from tests.cast import Cast
from tickets.models import FieldKind, Service, ServiceField, ServiceFieldChoice, ServiceStatus


def text(en: str, zh: str) -> LazyI18nString:
    return LazyI18nString({"en": en, "zh-hans": zh})


@pytest.fixture
def question(cast: Cast) -> ServiceField:
    field = ServiceField.objects.create(
        service=cast.support, key="browser", kind=FieldKind.CHOICE, label=text("Browser", "浏览器"), required=True
    )
    ServiceFieldChoice.objects.create(field=field, value="firefox", label=text("Firefox", "火狐"))
    return field


def test_names_come_in_the_language_asked_for_and_in_all(cast: Cast) -> None:
    support = Caller(cast.chen, "zh-hans").get("services/").json()["results"][0]
    assert (support["slug"], support["name"]) == ("support", "应用故障")
    assert support["names"] == {"en": "Application fault", "zh-hans": "应用故障", "zh-hant": "應用故障"}


def test_questions_come_with_their_choices(cast: Cast, chen: Caller, question: ServiceField) -> None:
    [asked] = chen.get("services/").json()["results"][0]["questions"]
    assert asked["key"] == "browser"
    assert asked["kind"] == {"value": "choice", "label": "Choice"}
    assert asked["labels"]["zh-hans"] == "浏览器"
    assert [(choice["value"], choice["label"]) for choice in asked["choices"]] == [("firefox", "Firefox")]


def test_clients_see_what_is_on_offer_to_them_and_nothing_of_how_it_is_handled(
    cast: Cast, chen: Caller, zhou: Caller
) -> None:
    Service.objects.create(slug="draft", name="Draft", status=ServiceStatus.DRAFT, position=9)
    cast.complaint.only_for.add(cast.yuanhang)
    mine = chen.get("services/").json()["results"]
    assert [service["slug"] for service in mine] == ["support", "consulting", "reset"]
    assert {service["internal"] for service in mine} == {None}
    theirs = {service["slug"]: service for service in zhou.get("services/").json()["results"]}
    assert theirs["draft"]["internal"]["status"]["value"] == "draft"
    assert theirs["complaint"]["internal"]["team"]["name"] == "Data"


def test_as_many_queries_for_many_services_as_for_few(cast: Cast, chen: Caller, question: ServiceField) -> None:
    chen.get("services/")
    with CaptureQueriesContext(connection) as few:
        chen.get("services/")
    Service.objects.bulk_create(
        Service(slug=f"s{n}", name=f"S{n}", status=ServiceStatus.PUBLISHED, team=cast.apps, position=50 + n)
        for n in range(40)
    )
    with CaptureQueriesContext(connection) as many:
        assert len(chen.get("services/").json()["results"]) == 44
    assert len(many) == len(few) <= 5
