"""One shape and the right status for everything that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from api.views.calendars import CalendarDraftView
from sla.models import CalendarVersion
from sla.services import calendars as drafts
from tests.api.calling import Caller, error_of
from tests.api.kit import Manager
from tests.cast import MONDAY, Cast, a_file
from tests.sla.kit import calendar


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b'{"subject": NaN}', b"[" * 100_000, b'{"a": ' * 100_000, b"null", b"[]", b'"x"', b"7"],
)
def test_broken_json_is_refused(cast: Cast, chen: Caller, body: bytes) -> None:
    answer = chen.client.post("/api/v1/requests/", body, content_type="application/json")
    assert answer.status_code == 400
    assert error_of(answer)["code"] in {"parse_error", "invalid"}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"])
def test_other_kinds_of_content_are_refused(cast: Cast, chen: Caller, kind: str) -> None:
    answer = chen.client.post("/api/v1/requests/", b"a=b", content_type=kind)
    assert answer.status_code == 415
    assert error_of(answer)["code"] == "unsupported_media_type"


def test_a_form_where_no_files_are_taken_is_refused(cast: Cast, zhou: Caller) -> None:
    answer = zhou.upload(f"requests/{cast.submit().number}/acts/take_up/", {"file": a_file()})
    assert answer.status_code == 415


def test_a_form_without_boundaries_is_refused(cast: Cast, chen: Caller) -> None:
    answer = chen.client.post("/api/v1/requests/", b"xyz", content_type="multipart/form-data")
    assert answer.status_code == 400
    error_of(answer)


def test_more_json_than_is_ever_read_is_refused(cast: Cast, chen: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = chen.post("requests/", {"subject": "x" * 1000})
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"


def test_a_form_with_more_text_than_is_ever_read_is_refused(cast: Cast, chen: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = chen.upload("requests/", {"subject": "x" * 2000})
    assert answer.status_code == 413


def test_more_fields_than_are_ever_read_are_refused(cast: Cast, chen: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = chen.upload("requests/", {f"f{n}": "x" for n in range(20)})
    assert answer.status_code == 400
    error_of(answer)


def test_a_file_that_is_too_large_is_refused(cast: Cast, chen: Caller, settings: LazySettings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    address = f"requests/{cast.submit().number}/messages/"
    answer = chen.upload(address, {"body": "x", "files": [a_file("big.txt", b"x" * 11)]})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"files"}


def test_more_files_than_could_be_taken_are_not_even_read(cast: Cast, chen: Caller, settings: LazySettings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    address = f"requests/{cast.submit().number}/messages/"
    answer = chen.upload(address, {"body": "x", "files": [a_file("big.txt", b"x" * 2_000_000)]})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "address", ["", "nothing/", "requests", "requests/x/y/", "requests/SD-2026-000001/acts/explode/"]
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_where_there_is_nothing_the_answer_has_the_same_shape(
    cast: Cast, chen: Caller, address: str, method: str
) -> None:
    for caller in (chen, Caller()):
        answer = getattr(caller.client, method)(f"/api/v1/{address}")
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "not_found"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_methods_that_are_none_are_refused(cast: Cast, chen: Caller, method: str) -> None:
    answer = getattr(chen.client, method)("/api/v1/requests/")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"


def test_an_answer_is_json_or_nothing(cast: Cast, chen: Caller) -> None:
    answer = chen.client.get("/api/v1/me/", headers={"accept": "text/xml"})
    assert answer.status_code == 406
    error_of(answer)


@pytest.mark.parametrize("token", ["Token", "Token x y", "Token unknown", "Token \xff"])
def test_a_token_that_is_none_is_refused(cast: Cast, token: str) -> None:
    answer = Caller().client.get("/api/v1/me/", headers={"authorization": token})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert error_of(answer)["code"] == "authentication_failed"


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "This field is required."), ("zh-hans", "该字段是必填项。"), ("xx", None)]
)
def test_sentences_are_in_the_language_asked_for(cast: Cast, language: str, sentence: Any) -> None:
    fields = error_of(Caller(cast.chen, language).post("requests/", {}))["fields"]
    assert set(fields) == {"service", "subject", "description"}
    assert sentence is None or fields["subject"] == [sentence]


def test_what_somebody_else_threw_away_in_between_is_not_found(
    cast: Cast, ma: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being found and being locked."""
    draft = drafts.draft_for(calendar(), by=cast.ma, at=MONDAY)
    read = ma.get(f"calendars/{draft.calendar_id}/draft/").json()
    CalendarVersion.objects.filter(pk=draft.pk).delete()
    monkeypatch.setattr(CalendarDraftView, "draft", lambda view: draft)
    address = f"calendars/{draft.calendar_id}/draft/"
    for answer in (ma.put(address, read), ma.delete(address)):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
