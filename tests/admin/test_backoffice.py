"""The back office: people, services, agreements (R-045, R-060, R-070, SLA-30, SLA-31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from sla.engine.errors import CalendarError
from sla.models import AgreementState, AgreementVersion, CalendarVersion, Clock, ClockKind, Target, VersionState
from sla.services import agreements, calendars
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


def in_force() -> AgreementVersion:
    return AgreementVersion.objects.get(agreement__organisation__isnull=True, state=AgreementState.IN_FORCE)


def test_targets_in_force_can_only_be_read(cast: Any) -> None:
    """SLA-30: a crafted form changes nothing."""
    version = in_force()
    target = version.targets.get(kind=ClockKind.FIRST_RESPONSE, type="")
    address = reverse("admin:sla_agreementversion_change", args=[version.pk])
    browser = cast.browser(cast.root)
    assert 'name="targets-0-duration"' not in browser.get(address).content.decode()
    crafted = {
        "state": "draft",
        "targets-TOTAL_FORMS": "1",
        "targets-INITIAL_FORMS": "1",
        "targets-0-id": str(target.pk),
        "targets-0-seconds": "1",
        "targets-0-duration": "00:00:01",
    }
    browser.post(address, crafted)
    target.refresh_from_db()
    version.refresh_from_db()
    assert (target.seconds, version.state) == (1800, AgreementState.IN_FORCE)


def test_a_version_is_copied_edited_and_put_in_force(cast: Any) -> None:
    """SLA-30, SLA-31: the copy has the same targets; from then on it holds, and the one before ends at that instant."""
    browser, old = cast.browser(cast.root), in_force()
    chosen = {"action": "copy_as_draft", "_selected_action": [old.pk]}
    browser.post(reverse("admin:sla_agreementversion_changelist"), chosen)
    draft = AgreementVersion.objects.get(agreement=old.agreement, number=2)
    assert draft.state == AgreementState.DRAFT
    assert list(draft.targets.values_list("kind", "seconds", "calendar", "pauses")) == list(
        old.targets.values_list("kind", "seconds", "calendar", "pauses")
    )
    edit(browser, draft)
    assert draft.targets.get(position=1).seconds == 900
    assert old.targets.get(position=1).seconds == 1800
    chosen = {"action": "put_in_force", "_selected_action": [draft.pk]}
    browser.post(reverse("admin:sla_agreementversion_changelist"), chosen)
    old.refresh_from_db()
    draft.refresh_from_db()
    assert (old.state, draft.state) == (AgreementState.ENDED, AgreementState.IN_FORCE)
    assert old.effective_to == draft.effective_from
    before = cast.submit(service=cast.reset, at=draft.effective_from - timedelta(seconds=1))
    after = cast.submit(service=cast.reset, at=draft.effective_from + timedelta(seconds=1))
    seconds = [Clock.objects.get(ticket=ticket).target_seconds for ticket in (before, after)]
    assert seconds == [1800, 900]


def test_a_draft_is_put_in_force_from_its_own_page(cast: Any) -> None:
    """SLA-31: the button beside Save; on a version in force it is not there and does nothing."""
    browser, draft = cast.browser(cast.root), agreements.copy_as_draft(in_force())
    address = reverse("admin:sla_agreementversion_change", args=[draft.pk])
    assert "put_this_in_force" in browser.get(address).content.decode()
    edit(browser, draft, sla_agreementversion_put_this_in_force="1")
    draft.refresh_from_db()
    assert (in_force(), draft.state) == (draft, AgreementState.IN_FORCE)
    assert draft.targets.get(position=1).seconds == 900
    assert "put_this_in_force" not in browser.get(address).content.decode()


def edit(browser: Any, draft: AgreementVersion, **more: str) -> None:
    """Halve the first target in the form of the back office."""
    targets = list(draft.targets.order_by("position"))
    asked: dict[str, Any] = {
        **more,
        "state": "draft",
        "targets-TOTAL_FORMS": len(targets),
        "targets-INITIAL_FORMS": len(targets),
    }
    for index, target in enumerate(targets):
        seconds = 900 if index == 0 else target.seconds
        asked |= {
            f"targets-{index}-id": target.pk,
            f"targets-{index}-version": draft.pk,
            f"targets-{index}-kind": target.kind,
            f"targets-{index}-duration": f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:00",
            f"targets-{index}-calendar": target.calendar_id,
            f"targets-{index}-type": target.type,
            f"targets-{index}-complexity": target.complexity,
            f"targets-{index}-tier": target.tier,
            f"targets-{index}-pauses": target.pauses,
            f"targets-{index}-warnings": ",".join(target.warnings),
            f"targets-{index}-position": target.position,
            **({f"targets-{index}-technical_only": "on"} if target.technical_only else {}),
        }
    answer = browser.post(reverse("admin:sla_agreementversion_change", args=[draft.pk]), asked)
    assert answer.status_code == 302, answer.context["errors"]


def test_a_version_without_targets_is_not_put_in_force(cast: Any) -> None:
    """Otherwise nothing would be promised to anybody, by accident."""
    empty = agreements.draft_for(in_force().agreement)
    with pytest.raises(agreements.VersionRefused):
        agreements.put_in_force(empty, at=timezone.now())
    with pytest.raises(agreements.VersionRefused):
        agreements.put_in_force(in_force(), at=timezone.now())
    assert in_force().number == 1


def test_a_new_agreement_begins_with_a_draft_like_the_default_one(cast: Any) -> None:
    """R-045."""
    asked = {"name": "Huaxin 2026", "organisation": cast.huaxin.pk}
    cast.browser(cast.root).post(reverse("admin:sla_agreement_add"), asked)
    draft = AgreementVersion.objects.get(agreement__organisation=cast.huaxin)
    assert (draft.number, draft.state) == (1, AgreementState.DRAFT)
    assert Target.objects.filter(version=draft).count() == in_force().targets.count()


def test_a_published_calendar_is_copied_and_the_copy_published(cast: Any) -> None:
    """SLA-30, SLA-06: what is published can't be edited; a draft that makes no sense is refused."""
    old = CalendarVersion.objects.get(calendar__name="Office hours")
    browser = cast.browser(cast.root)
    address = reverse("admin:sla_calendarversion_change", args=[old.pk])
    browser.post(address, {"definition": "{}"})
    old.refresh_from_db()
    assert old.definition["hours"]
    draft = calendars.copy_as_draft(old)
    answer = browser.post(reverse("admin:sla_calendarversion_change", args=[draft.pk]), {"definition": "{}"})
    assert answer.status_code == 200
    assert calendars.publish_draft(draft, at=timezone.now()).state == VersionState.PUBLISHED
    never = calendars.copy_as_draft(old)
    never.definition = {**old.definition, "hours": {day: [] for day in old.definition["hours"]}}
    never.save()
    with pytest.raises(CalendarError):
        calendars.publish_draft(never, at=timezone.now())


def test_notices_and_deliveries_are_only_shown(cast: Any) -> None:
    """They are tried again on the outbox page."""
    cast.submit()
    for model in ("notice", "delivery"):
        assert cast.browser(cast.root).get(reverse(f"admin:notifications_{model}_add")).status_code == 403
