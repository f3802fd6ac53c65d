"""Comments of both sides, contract files, and calls that are repeated (R-045)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sla.models import Agreement, AgreementComment, AgreementFile
from tests.api.agreement_kit import act, address, offered, terms
from tests.api.calling import MISSING, Caller, error_of
from tests.api.kit import Manager, done
from tests.cast import Cast, a_file


def test_repeating_a_call_with_its_key_makes_it_once(cast: Cast, ma: Manager) -> None:
    key, asked = uuid4(), {"name": "华信协议", "organisation": cast.huaxin.pk}
    first, again = ma.post("agreements/", asked, key=key), ma.post("agreements/", asked, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    version = offered_again(ma, first.json())
    key = uuid4()
    said = [ma.post(address(version, "comments/"), {"body": "请过目"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in said] == [201, 200]
    assert said[0].json() == said[1].json()
    key = uuid4()
    files = [ma.upload(address(version, "files/"), {"files": [a_file()]}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in files] == [201, 200]
    assert (AgreementComment.objects.count(), AgreementFile.objects.count()) == (1, 1)
    assert Agreement.objects.filter(organisation=cast.huaxin).count() == 1


def offered_again(ma: Manager, draft: dict[str, Any]) -> dict[str, Any]:
    done(ma.put(f"agreements/{draft['agreement']}/draft/", {**terms(), "revision": draft["revision"]}))
    return done(act(ma, draft, "offer"))  # type: ignore[no-any-return]


def test_a_key_stands_for_one_thing_and_for_one_person(cast: Cast, ma: Manager, hua: Manager) -> None:
    version, key = offered(ma, cast), uuid4()
    done(ma.post(address(version, "comments/"), {"body": "一"}, key=key), 201)
    used = ma.post("agreements/", {"name": "x", "organisation": cast.yuanhang.pk}, key=key)
    assert (used.status_code, error_of(used)["code"]) == (409, "key_used")
    done(hua.post(address(version, "comments/"), {"body": "二"}, key=key), 201)
    wrong = ma.post(address(version, "comments/"), {"body": "三"}, key="again")
    assert set(error_of(wrong)["fields"]) == {"Idempotency-Key"}


def test_a_refused_call_does_not_use_up_its_key(cast: Cast, ma: Manager) -> None:
    key = uuid4()
    assert ma.post("agreements/", {"name": "", "organisation": cast.huaxin.pk}, key=key).status_code == 400
    done(ma.post("agreements/", {"name": "x", "organisation": cast.huaxin.pk}, key=key), 201)


def test_comments_of_both_sides_in_order(cast: Cast, ma: Manager, hua: Manager) -> None:
    version = offered(ma, cast)
    for caller, body in ((hua, "太慢"), (ma, "可以改")):
        done(caller.post(address(version, "comments/"), {"body": body}), 201)
    for caller in (hua, ma, Manager(cast.zhou)):
        found = done(caller.get(address(version, "comments/")))["results"]
        assert [(said["author"]["name"], said["body"]) for said in found] == [("华总", "太慢"), ("马超", "可以改")]
    for body in ("", " ", "x" * 5001, None, "a\x00"):
        answer = hua.post(address(version, "comments/"), {"body": body})
        assert (answer.status_code, set(error_of(answer)["fields"])) == (400, {"body"})
    done(act(ma, version, "record_signature", name="华总", revision=version["revision"]))
    late = hua.post(address(version, "comments/"), {"body": "太晚"})
    assert (late.status_code, error_of(late)["code"]) == (409, "agreement_refused")


def test_a_contract_is_fetched_by_whoever_may_read_the_version(cast: Cast, ma: Manager, hua: Manager) -> None:
    """R-091."""
    version = offered(ma, cast)
    added = done(ma.upload(address(version, "files/"), {"files": [a_file("合同.html", b"<script>", "text/html")]}), 201)
    [file] = done(hua.get(address(version, "files/")))
    assert file == added[0]
    assert file["url"].startswith("http://testserver/api/v1/agreements/")
    fetched = hua.get(file["url"])
    assert b"".join(fetched.streaming_content) == b"<script>"
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in fetched["Content-Disposition"]
    assert "sandbox" in fetched["Content-Security-Policy"]
    assert Caller(cast.chen).get(file["url"]).status_code == 404
    assert hua.get(address(version, f"files/{MISSING}/")).status_code == 404
    assert ma.delete(address(version, f"files/{file['key']}/")).status_code == 204
    assert done(ma.get(address(version, "files/"))) == []


def test_what_was_agreed_keeps_its_files_and_files_are_checked(cast: Cast, ma: Manager) -> None:
    version = offered(ma, cast)
    done(act(ma, version, "record_signature", name="华总", revision=version["revision"]))
    [file] = done(ma.upload(address(version, "files/"), {"files": [a_file("晚到.pdf")]}), 201)
    kept = ma.delete(address(version, f"files/{file['key']}/"))
    assert (kept.status_code, error_of(kept)["code"]) == (409, "agreement_refused")
    for files in ([], [a_file("x.exe")], [a_file("empty.txt", b"")], [a_file(f"{n}.txt") for n in range(11)]):
        answer = ma.upload(address(version, "files/"), {"files": files})
        assert answer.status_code == 400, answer.content
        assert set(error_of(answer)["fields"]) == {"files"}
    assert ma.post(address(version, "files/"), {"files": []}).status_code == 415
