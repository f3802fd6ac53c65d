"""The back office: people, services, agreements (R-045, R-060, R-070, SLA-30, SLA-31)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from sla.models import Clock
from tickets.models import Message, Service, Ticket, TicketEvent

SHOWN = [model for model in admin.site._registry if model._meta.app_label not in ("account", "authtoken")]


def person_form(person: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "organisation": person.organisation_id or "",
        "is_active": "on",
        "language": "",
        "time_zone": "",
        **changes,
    }


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label_lower)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_and_form_opens(cast: Any, model: Any, language: str) -> None:
    """In two languages, with whatever is there."""
    cast.submit()
    browser = cast.browser(cast.root, language)
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert browser.get(reverse(f"{place}_changelist")).status_code == 200
    assert browser.get(reverse(f"{place}_changelist"), {"q": "a"}).status_code == 200
    first = model.objects.first()
    if first is not None:
        assert browser.get(reverse(f"{place}_change", args=[first.pk])).status_code == 200


def test_who_comes_in_and_how_far(cast: Any) -> None:
    """R-003, R-070: managers edit base data, administrators people too, everybody else nothing."""
    people, matrix = reverse("admin:accounts_user_changelist"), reverse("admin:tickets_priorityrule_changelist")
    for person, expected in ((cast.root, [200, 200, 200]), (cast.ma, [200, 403, 200])):
        browser = cast.browser(person)
        assert [browser.get(a).status_code for a in (reverse("admin:index"), people, matrix)] == expected
    for person in (cast.chen, cast.zhou, cast.li, cast.qin):
        assert cast.browser(person).get(reverse("admin:index"), follow=True).status_code == 403
    assert "/account/login/" in cast.browser().get(reverse("admin:index"), follow=True).redirect_chain[-1][0]


def test_requests_and_what_hangs_on_them_are_not_edited_here() -> None:
    """The one door: no page for requests, messages, events, clocks."""
    assert not {Ticket, Message, TicketEvent, Clock} & set(admin.site._registry)


def test_a_member_of_staff_with_an_organisation_is_refused_with_words(cast: Any) -> None:
    """R-070: the constraint gives a form error, not an error page; the same for a client without one."""
    browser = cast.browser(cast.root)
    for person, organisation in ((cast.zhou, cast.huaxin.pk), (cast.chen, "")):
        address = reverse("admin:accounts_user_change", args=[person.pk])
        answer = browser.post(address, person_form(person, organisation=organisation))
        assert answer.status_code == 200
        assert "Clients belong to an organisation; staff don&#x27;t." in answer.content.decode()


def test_a_client_works_in_no_team(cast: Any) -> None:
    """R-071."""
    address = reverse("admin:accounts_user_change", args=[cast.chen.pk])
    answer = cast.browser(cast.root).post(address, person_form(cast.chen, teams=[cast.apps.pk]))
    assert answer.status_code == 200
    assert not cast.chen.teams.exists()


def test_teams_are_kept_with_the_person(cast: Any) -> None:
    """R-071: Sun moves from data to apps."""
    address = reverse("admin:accounts_user_change", args=[cast.sun.pk])
    assert cast.browser(cast.root).post(address, person_form(cast.sun, teams=[cast.apps.pk])).status_code == 302
    assert list(cast.sun.teams.all()) == [cast.apps]


def test_a_new_person_can_sign_in(cast: Any) -> None:
    """The address is kept in lower case, the password is set; the same address twice is refused."""
    asked = {
        "name": "New",
        "email": "New.Person@desk.test",
        "role": Role.AGENT,
        "organisation": "",
        "teams": [cast.apps.pk],
        "usable_password": "true",
        "password1": "a-long-pass-2026",
        "password2": "a-long-pass-2026",
    }
    browser = cast.browser(cast.root)
    assert browser.post(reverse("admin:accounts_user_add"), asked).status_code == 302
    made = User.objects.get(email="new.person@desk.test")
    assert made.check_password("a-long-pass-2026")
    assert list(made.teams.all()) == [cast.apps]
    assert browser.post(reverse("admin:accounts_user_add"), asked).status_code == 200


def test_a_password_is_set_by_an_administrator(cast: Any) -> None:
    """The form of the admin theme."""
    address = reverse("admin:auth_user_password_change", args=[cast.zhou.pk])
    browser = cast.browser(cast.root)
    assert browser.get(address).status_code == 200
    asked = {"usable_password": "true", "password1": "another-pass-2026", "password2": "another-pass-2026"}
    assert browser.post(address, asked).status_code == 302
    assert User.objects.get(pk=cast.zhou.pk).check_password("another-pass-2026")


def test_a_service_has_its_name_in_three_languages(cast: Any) -> None:
    """R-060: three inputs, each with the language's own name."""
    html = cast.browser(cast.root).get(reverse("admin:tickets_service_change", args=[cast.reset.pk])).content.decode()
    for index, name in enumerate(("English", "简体中文", "繁體中文")):
        assert name in html
        assert f'name="name_{index}"' in html
    assert Service.objects.get(pk=cast.reset.pk).name.data["zh-hans"] == "密码重置"


def test_notices_and_deliveries_are_only_shown(cast: Any) -> None:
    """They are tried again on the outbox page."""
    cast.submit()
    for model in ("notice", "delivery"):
        assert cast.browser(cast.root).get(reverse(f"admin:notifications_{model}_add")).status_code == 403
