"""Files: only for those who may read them, and so that whatever they hold runs nothing here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import Attachment


def test_the_client_and_the_team_read_it(cast: Cast) -> None:
    cast.submit(files=[a_file("截图 1.png", b"\x89PNG data")])
    found = Attachment.objects.get()
    for person in (cast.chen, cast.hua, cast.zhou, cast.ma):
        response = cast.browser(person).get(f"/files/{found.key}/")
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == b"\x89PNG data"


def test_strangers_find_nothing(cast: Cast) -> None:
    ticket = cast.submit(files=[a_file()])
    services.note(ticket, by=cast.zhou, at=MONDAY, body="intern", files=[a_file("geheim.png")])
    public, internal = Attachment.objects.order_by("pk")
    for person in (cast.stranger, cast.wang, cast.sun):
        assert cast.browser(person).get(f"/files/{public.key}/").status_code == 404
    assert cast.browser(cast.chen).get(f"/files/{internal.key}/").status_code == 404
    assert cast.browser(cast.zhou).get(f"/files/{internal.key}/").status_code == 200
    assert cast.browser().get(f"/files/{public.key}/").url.startswith("/account/login/")
    assert cast.browser(cast.chen).get("/files/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert cast.browser(cast.chen).get("/files/1/").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind", "disposition"),
    [
        ("a.png", "image/png", "inline"),
        ("a.jpg", "image/jpeg", "inline"),
        ("a.svg", "image/svg+xml", "attachment"),
        ("a.html", "text/html", "attachment"),
        ("a.txt", "text/plain", "attachment"),
        ("a.pdf", "application/pdf", "attachment"),
    ],
)
def test_only_pictures_open_in_the_browser(cast: Cast, name: str, kind: str, disposition: str) -> None:
    """R-083."""
    cast.submit(files=[a_file(name, b"<script>alert(1)</script>", kind)])
    response = cast.browser(cast.chen).get(f"/files/{Attachment.objects.get().key}/")
    assert response["Content-Disposition"].startswith(disposition)
    assert response["Content-Type"] == (kind if disposition == "inline" else "application/octet-stream")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "private" in response["Cache-Control"]


def test_chinese_names_arrive(cast: Cast) -> None:
    cast.submit(files=[a_file('报告 "终稿".docx', b"x", "application/msword")])
    response = cast.browser(cast.chen).get(f"/files/{Attachment.objects.get().key}/")
    assert "filename*=utf-8''%E6%8A%A5%E5%91%8A" in response["Content-Disposition"]


def test_a_file_that_is_gone_is_not_found(cast: Cast) -> None:
    cast.submit(files=[a_file()])
    found = Attachment.objects.get()
    Path(found.file.path).unlink()
    assert cast.browser(cast.chen).get(f"/files/{found.key}/").status_code == 404
