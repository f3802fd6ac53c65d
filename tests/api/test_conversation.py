"""Messages, events and files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.calling import MISSING, Caller, error_of
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import Attachment, Message, Ticket


def bodies(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [message["body"] for message in answer.json()["results"]]


def test_both_sides_write_and_read(cast: Cast, chen: Caller, zhou: Caller) -> None:
    address = f"requests/{cast.submit().number}/messages/"
    asked = chen.post(address, {"body": "有进展吗?"})
    assert asked.status_code == 201
    assert (asked.json()["side"], asked.json()["author"]["name"]) == ("client", "陈立")
    assert asked.json()["channel"] == {"value": "api", "label": "API"}
    assert zhou.post(address, {"body": "正在处理。"}).json()["side"] == "staff"
    assert bodies(chen.get(address)) == bodies(zhou.get(address)) == ["有进展吗?", "正在处理。"]


def test_notes_are_for_staff(cast: Cast, chen: Caller, zhou: Caller) -> None:
    address = f"requests/{cast.submit().number}/messages/"
    note = zhou.upload(address, {"body": "绝密", "internal": "true", "files": [a_file("绝密.txt", b"secret")]})
    assert note.status_code == 201
    assert note.json()["visibility"]["value"] == "internal"
    assert bodies(zhou.get(address)) == ["绝密"]
    assert bodies(chen.get(address)) == []
    [file] = note.json()["attachments"]
    assert zhou.get(file["url"]).status_code == 200
    assert chen.get(file["url"]).status_code == 404
    refused = chen.post(address, {"body": "偷偷", "internal": True})
    assert (refused.status_code, error_of(refused)["code"]) == (403, "not_allowed")


def test_the_quality_officer_leaves_notes_but_does_not_write_to_clients(cast: Cast) -> None:
    qin = Caller(cast.qin)
    address = f"requests/{cast.submit().number}/messages/"
    assert qin.post(address, {"body": "请核查", "internal": True}).status_code == 201
    assert qin.post(address, {"body": "您好"}).status_code == 403


def test_a_repetition_gives_the_same_message(cast: Cast, chen: Caller) -> None:
    address, key = f"requests/{cast.submit().number}/messages/", uuid4()
    first, again = chen.post(address, {"body": "一次"}, key=key), chen.post(address, {"body": "一次"}, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Message.objects.count() == 1


def test_messages_come_in_pages(cast: Cast, chen: Caller) -> None:
    ticket = cast.submit()
    for n in range(5):
        services.reply(ticket, by=cast.chen, at=MONDAY + timedelta(minutes=n), body=str(n))
    answer = chen.get(f"requests/{ticket.number}/messages/", limit=2)
    found = bodies(answer)
    while answer.json()["next"]:
        answer = chen.get(answer.json()["next"])
        found += bodies(answer)
    assert found == list("01234")


def test_as_many_queries_for_many_messages_as_for_few(cast: Cast, zhou: Caller) -> None:
    ticket = cast.submit()
    for address in ("messages", "events"):
        _write(cast, ticket, 2)
        zhou.get(f"requests/{ticket.number}/{address}/")
        with CaptureQueriesContext(connection) as few:
            zhou.get(f"requests/{ticket.number}/{address}/")
        _write(cast, ticket, 20)
        with CaptureQueriesContext(connection) as many:
            zhou.get(f"requests/{ticket.number}/{address}/")
        assert len(many) == len(few) <= 5


def _write(cast: Cast, ticket: Ticket, count: int) -> None:
    for _ in range(count):
        services.reply(ticket, by=cast.chen, at=MONDAY, body="再问", files=[a_file()])


def test_events_tell_what_happened_and_to_staff_everything(cast: Cast, chen: Caller, zhou: Caller) -> None:
    ticket = cast.delivered()
    mine = chen.get(f"requests/{ticket.number}/events/").json()["results"]
    theirs = zhou.get(f"requests/{ticket.number}/events/").json()["results"]
    assert [event["seq"] for event in theirs] == list(range(1, ticket.event_seq + 1))
    assert theirs[-1]["internal"]["hash"] == ticket.event_hash
    assert "assigned" in {event["kind"]["value"] for event in theirs}
    assert "assigned" not in {event["kind"]["value"] for event in mine}
    assert {event["internal"] for event in mine} == {None}
    assert mine[-1]["kind"] == {"value": "delivered", "label": "Delivered"}
    assert mine[-1]["details"] == {"number": 1}
    assert mine[-1]["actor"] == {"id": cast.zhou.pk, "name": "周敏"}
    assert mine[0]["details"] == {}


def attached(cast: Cast, **how: Any) -> Attachment:
    ticket = cast.submit(files=[a_file(**how)])
    return ticket.attachments.get()


def address_of(file: Attachment) -> str:
    return f"requests/{file.ticket.number}/attachments/{file.key}/"


def test_a_file_is_fetched_as_it_was_and_runs_nowhere(cast: Cast, chen: Caller) -> None:
    page = b"<script>alert(1)</script>"
    file = attached(cast, name="页面.html", content=page, kind="text/html")
    answer = chen.get(address_of(file))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == page
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert int(answer["Content-Length"]) == len(page)


def test_a_type_that_is_none_is_not_passed_on(cast: Cast, chen: Caller) -> None:
    file = attached(cast)
    Attachment.objects.filter(pk=file.pk).update(content_type="text/html; x=\r\nX-Evil: 1")
    assert chen.get(address_of(file))["Content-Type"] == "application/octet-stream"


def test_a_caller_that_wants_pictures_gets_the_file_all_the_same(cast: Cast, chen: Caller) -> None:
    file = attached(cast)
    assert chen.client.get(f"/api/v1/{address_of(file)}", headers={"accept": "image/*"}).status_code == 200


def test_a_file_belongs_to_its_request(cast: Cast, chen: Caller) -> None:
    file, other = attached(cast), cast.submit()
    assert chen.get(f"requests/{other.number}/attachments/{file.key}/").status_code == 404
    assert chen.get(f"requests/{other.number}/attachments/{MISSING}/").status_code == 404
    assert chen.get(f"requests/{other.number}/attachments/x/").status_code == 404


def test_a_file_lost_from_the_disk_is_not_found(cast: Cast, chen: Caller) -> None:
    file = attached(cast)
    (Path(settings.MEDIA_ROOT) / file.file.name).unlink()
    assert chen.get(address_of(file)).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"body": ""}, {"body": "x", "internal": "perhaps"}])
def test_a_message_that_says_nothing_is_refused(cast: Cast, zhou: Caller, sent: dict[str, Any]) -> None:
    answer = zhou.post(f"requests/{cast.submit().number}/messages/", sent)
    assert answer.status_code == 400
    assert error_of(answer)["fields"]
