"""`agreements/`: drafted, negotiated, signed, in force, ended, through the API (R-045, SLA-30, SLA-31, SLA-33)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sla.models import AgreementState, AgreementVersion
from sla.services.selection import agreement_for
from tests.api.agreement_kit import LADDER, a_promise, act, address, begin, offered, soon
from tests.api.calling import ROOT, Caller, error_of
from tests.api.kit import NOWHERE, Manager, done
from tests.cast import MONDAY, Cast, a_file
from tests.sla.kit import DAYS, agreement, default_agreement, ladder, promise

# --- the whole life ---------------------------------------------------------------------------------


def test_from_the_draft_to_the_end(cast: Cast, ma: Manager, hua: Manager) -> None:
    """R-045: begun, written, offered, discussed, changed, signed, in force, ended."""
    draft = begin(ma, cast)
    assert (draft["number"], draft["revision"], draft["state"]["value"]) == (1, 2, "draft")
    assert hua.get(address(draft)).status_code == 404
    done(act(ma, draft, "offer"))
    read = done(hua.get(address(draft)))
    assert read["state"] == {"value": "negotiation", "label": "In negotiation"}
    done(hua.post(address(draft, "comments/"), {"body": "请缩短到 20 分钟"}), 201)
    changed = {**draft, "promises": [a_promise(seconds=1200, ladder=LADDER)]}
    assert done(ma.put(f"agreements/{draft['agreement']}/draft/", changed))["revision"] == 3
    stale = act(hua, draft, "sign", name="华总", revision=read["revision"])
    assert (stale.status_code, error_of(stale)["code"]) == (409, "edited_meanwhile")
    signed = done(act(hua, draft, "sign", name=" 华 总 ", revision=3))
    assert signed["state"]["value"] == "signed"
    assert (signed["signature"]["name"], signed["signature"]["on_paper"]) == ("华 总", False)
    assert len(signed["signature"]["terms_sha256"]) == 64
    assert [promised["seconds"] for promised in signed["promises"]] == [1200]
    again = act(hua, draft, "sign", name="华总", revision=3)
    assert (again.status_code, error_of(again)["code"]) == (409, "agreement_refused")
    ended = done(act(ma, draft, "end", when=soon(30)))
    assert ended["effective_to"] is not None
    record = [entry["deed"]["value"] for entry in ended["internal"]["record"]]
    assert record == ["offered", "signed"]


def test_a_signature_on_paper_is_taken_down(cast: Cast, ma: Manager, hua: Manager) -> None:
    version = offered(ma, cast, effective_from="2026-01-01T00:00:00Z", effective_to=None)
    done(ma.upload(address(version, "files/"), {"files": [a_file("合同.pdf", kind="application/pdf")]}), 201)
    signed = done(act(ma, version, "record_signature", name="华总", revision=version["revision"]))
    assert signed["state"]["value"] == "in_force"
    assert signed["signature"]["on_paper"] is True
    assert signed["internal"]["record"][1]["actor"]["name"] == "马超"
    assert [file["name"] for file in done(hua.get(address(version)))["files"]] == ["合同.pdf"]
    holding = agreement_for(cast.huaxin.pk, timezone.now())
    assert holding is not None
    assert holding.agreement_id == version["agreement"]
    row = done(hua.get(f"agreements/{version['agreement']}/"))
    assert row["in_force"] == 1


def test_a_new_version_of_the_default_agreement(cast: Cast, ma: Manager) -> None:
    """SLA-31: it holds from when it is put in force; the one before ends there."""
    default = default_agreement().agreement
    draft = done(ma.post(f"agreements/{default.pk}/draft/"), 201)
    assert (draft["number"], len(draft["promises"])) == (2, 5)
    assert draft["promises"][0]["ladder"][2] == {
        "point": "breach",
        "tell": ["assignee", "team_lead", "manager"],
        "raise_to": None,
        "give_to": None,
    }
    assert done(ma.post(f"agreements/{default.pk}/draft/"))["number"] == 2, "the one there is"
    stale = act(ma, draft, "put_in_force", revision=9)
    assert (stale.status_code, error_of(stale)["code"]) == (409, "edited_meanwhile")
    assert done(act(ma, draft, "put_in_force", revision=1))["state"]["value"] == "in_force"
    shown = done(ma.get(f"agreements/{default.pk}/"))
    assert [(version["number"], version["state"]["value"]) for version in shown["versions"]] == [
        (2, "in_force"),
        (1, "ended"),
    ]
    assert shown["in_force"] == 2


def test_taken_back_it_is_out_of_the_clients_sight(cast: Cast, ma: Manager, hua: Manager) -> None:
    version = offered(ma, cast)
    assert done(act(ma, version, "take_back"))["state"]["value"] == "draft"
    assert hua.get(address(version)).status_code == 404
    assert done(hua.get("agreements/"))["results"] == []
    kept = ma.delete(f"agreements/{version['agreement']}/draft/")
    assert (kept.status_code, error_of(kept)["code"]) == (409, "agreement_refused")


# --- who sees what ----------------------------------------------------------------------------------


def test_clients_see_their_own_without_ladders_and_notes(cast: Cast, ma: Manager, hua: Manager) -> None:
    version = offered(ma, cast)
    theirs = agreement(promise(ladder=ladder("80%")), client=cast.yuanhang)
    read = hua.get(address(version))
    assert [promised["internal"] for promised in done(read)["promises"]] == [None, None]
    assert read.json()["internal"] is None
    for hidden in ("内部备注", "80%", "team_lead"):
        assert hidden not in read.content.decode()
    rows = done(hua.get("agreements/"))["results"]
    assert [row["id"] for row in rows] == [version["agreement"]]
    assert [seen["internal"] for seen in rows[0]["versions"]] == [None]
    assert hua.get(f"agreements/{theirs.agreement_id}/").status_code == 404
    assert hua.get(f"agreements/{default_agreement().agreement_id}/").status_code == 404
    inside = done(ma.get(address(version)))
    assert inside["internal"]["note"] == "内部备注"
    assert inside["promises"][0]["internal"]["ladder"][1] == {
        "point": "breach",
        "tell": ["team_lead", "manager"],
        "raise_to": {"value": 4, "label": "Critical"},
        "give_to": None,
    }


def test_labels_are_in_the_language_asked_for(cast: Cast, ma: Manager) -> None:
    version = offered(ma, cast)
    promised = done(ma.get(address(version)))["promises"][1]
    assert (promised["kind"]["label"], promised["priority"]["label"]) == ("Resolution", "Critical")
    assert promised["service"] == {"slug": "support", "name": "Application fault"}
    translated = done(Manager(cast.ma, "zh-hans").get(address(version)))["promises"][1]
    assert (translated["kind"]["label"], translated["service"]["name"]) == ("解决", "应用故障")


@pytest.mark.parametrize("name", ["chen", "stranger"])
def test_contacts_find_no_agreements_at_all(cast: Cast, ma: Manager, name: str) -> None:
    version = offered(ma, cast)
    caller = Manager(cast.people[name])
    for place in ("agreements/", f"agreements/{version['agreement']}/", address(version), address(version, "files/")):
        assert caller.get(place).status_code == 404
    assert act(caller, version, "sign", name="x", revision=2).status_code == 404


@pytest.mark.parametrize("name", ["zhou", "zhao", "li", "qin"])
def test_those_who_do_not_configure_read_and_change_nothing(cast: Cast, ma: Manager, name: str) -> None:
    version, caller = offered(ma, cast), Manager(cast.people[name])
    done(caller.get(address(version)))
    done(caller.get(f"agreements/{version['agreement']}/draft/"))
    place = f"agreements/{version['agreement']}/"
    answers = [
        caller.post("agreements/", {"name": "x", "organisation": cast.yuanhang.pk}),
        caller.patch(place, {"name": "x"}),
        caller.put(f"{place}draft/", {}),
        caller.post(f"{place}draft/"),
        caller.delete(f"{place}draft/"),
        caller.post(address(version, "comments/"), {"body": "x"}),
        caller.upload(address(version, "files/"), {"files": [a_file()]}),
        *(
            act(caller, version, name)
            for name in ("offer", "take_back", "sign", "record_signature", "put_in_force", "end")
        ),
    ]
    assert {(answer.status_code, error_of(answer)["code"]) for answer in answers} == {(403, "not_allowed")}
    assert AgreementVersion.objects.get(agreement=version["agreement"]).state == AgreementState.NEGOTIATION


def test_a_client_signs_and_comments_and_nothing_else(cast: Cast, ma: Manager, hua: Manager) -> None:
    version = offered(ma, cast)
    file = done(ma.upload(address(version, "files/"), {"files": [a_file()]}), 201)[0]
    for name in ("offer", "take_back", "record_signature", "put_in_force", "end"):
        assert act(hua, version, name, name="x", revision=2).status_code == 403
    assert hua.upload(address(version, "files/"), {"files": [a_file()]}).status_code == 403
    assert hua.delete(address(version, f"files/{file['key']}/")).status_code == 403
    assert hua.patch(f"agreements/{version['agreement']}/", {"name": "x"}).status_code == 403
    assert hua.post("agreements/", {"name": "x", "organisation": None}).status_code == 403
    for place in (f"agreements/{version['agreement']}/draft/", address(version, "coverage/")):
        assert hua.get(place).status_code == 404
    assert hua.get(address(version, "selection/")).status_code == 404
    assert act(ma, version, "sign", name="x", revision=2).status_code == 403


# --- lists ------------------------------------------------------------------------------------------


def test_the_list_by_client_and_page_by_page(cast: Cast, zhou: Caller) -> None:
    own = agreement(promise(), client=cast.huaxin)
    other = agreement(promise(), client=cast.yuanhang)
    default = default_agreement()
    first = done(zhou.get("agreements/", limit=2))
    second = zhou.get(first["next"]).json()
    assert [row["id"] for row in [*first["results"], *second["results"]]] == [
        default.agreement_id,
        own.agreement_id,
        other.agreement_id,
    ]
    assert [row["id"] for row in done(zhou.get("agreements/", organisation=cast.huaxin.pk))["results"]] == [
        own.agreement_id
    ]
    assert [row["id"] for row in done(zhou.get("agreements/", default="true"))["results"]] == [default.agreement_id]
    assert set(error_of(zhou.get("agreements/", organisation="x", default="x"))["fields"]) == {
        "organisation",
        "default",
    }


def test_as_many_queries_for_many_agreements_as_for_few(cast: Cast, ma: Manager) -> None:
    counts = []
    for _ in range(2):
        ma.get("agreements/")
        with CaptureQueriesContext(connection) as queries:
            done(ma.get("agreements/"))
        counts.append(len(queries))
        for n in range(1, 13):
            agreement(promise(), client=cast.yuanhang, since=MONDAY - 2 * n * DAYS, until=MONDAY - (2 * n - 1) * DAYS)
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("rest", ["", "coverage/"])
def test_as_many_queries_for_many_targets_as_for_few(cast: Cast, ma: Manager, rest: str) -> None:
    """Each with a service and a ladder that hands over to a team."""
    counts = []
    for many, client in ((1, cast.huaxin), (20, cast.yuanhang)):
        promises = [
            promise(
                minutes=n,
                priority=n % 4 + 1,
                complexity="complex" if n % 2 else "simple",
                type=["incident", "change", "problem"][n % 3],
                service=cast.support.pk,
                ladder=ladder("50%", "breach", give_to=cast.data.pk),
            )
            for n in range(1, many + 1)
        ]
        place = f"agreements/{agreement(*promises, client=client).agreement_id}/versions/1/{rest}"
        ma.get(place)
        with CaptureQueriesContext(connection) as queries:
            done(ma.get(place))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11


@pytest.mark.parametrize("pk", [0, 2**62, NOWHERE])
def test_what_there_is_not_is_not_found(cast: Cast, ma: Manager, pk: int) -> None:
    known = default_agreement().agreement_id
    for place in (f"agreements/{pk}/", f"agreements/{pk}/draft/", f"agreements/{known}/versions/{pk}/"):
        assert ma.get(place).status_code == 404
    assert ma.get(f"agreements/{known}/draft/").status_code == 404
    assert ma.client.post(f"{ROOT}agreements/{pk}/draft/", {}, content_type="application/json").status_code == 404
