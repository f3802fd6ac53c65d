"""People, roles and what the database insists on (R-070)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import CLIENT_ROLES, STAFF_ROLES, Capability, Role
from tests.cast import Cast


@pytest.mark.parametrize("role", list(Role))
def test_every_role_says_what_it_may(role: Role) -> None:
    assert role.capabilities
    assert role.is_client == (Capability.SUBMIT in role.capabilities)


def test_clients_never_handle_and_staff_never_submit_for_themselves() -> None:
    for role in CLIENT_ROLES:
        assert not role.capabilities & {Capability.HANDLE, Capability.SEE_ALL, Capability.ADMINISTER}
    for role in STAFF_ROLES:
        assert Capability.SUBMIT not in role.capabilities


def test_a_client_without_an_organisation_is_refused_by_form_and_database(db: None) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user("a@b.test", name="A", role=Role.CLIENT_CONTACT)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="a@b.test", name="A", role=Role.CLIENT_CONTACT)


def test_staff_with_an_organisation_are_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.zhou.pk).update(organisation=cast.huaxin)


def test_addresses_differ_by_more_than_case(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ZHOU@desk.test", name="Z", role=Role.AGENT)
    assert User.objects.get_by_natural_key("ZHOU@Desk.Test") == cast.zhou


@pytest.mark.parametrize("zone", ["Mars/Olympus", "UTC+8", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused(db: None, zone: str) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user("a@b.test", name="A", role=Role.AGENT, time_zone=zone)


def test_managers_edit_base_data_and_administrators_everything(cast: Cast) -> None:
    """R-003: a manager edits the matrix; R-070: people are kept by administrators."""
    allowed = {user.name for user in cast.people.values() if user.is_staff}
    assert allowed == {"Root", "马超"}
    assert cast.ma.has_perm("tickets.change_priorityrule")
    assert not cast.ma.has_perm("accounts.change_user")
    assert not cast.ma.has_perms(["tickets.change_service", "accounts.change_user"])
    assert cast.root.has_perm("accounts.change_user")


def test_somebody_inactive_may_nothing(cast: Cast) -> None:
    cast.root.is_active = False
    assert not any(cast.root.may(capability) for capability in Capability)
