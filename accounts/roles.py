"""Roles and what each may do (R-070). Rules ask for a capability, never for a role."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capability(StrEnum):
    """What a role allows in general; whether it applies to one request is decided by `visible_to`."""

    SUBMIT = "submit"  # ask for something
    SEE_ORGANISATION = "see_organisation"  # a client sees the requests of colleagues
    AGREE = "agree"  # a client's word on agreements: read, comment, sign
    HANDLE = "handle"  # carry requests through the workflow
    SPECIALISE = "specialise"  # counts as a specialist for the services of their teams (SLA-13)
    ASSIGN = "assign"  # give work to others
    SEE_ALL = "see_all"  # requests of every team
    SEE_LEVELS = "see_levels"  # dashboards
    REVIEW = "review"  # review plans and verify work
    CONFIGURE = "configure"  # base data: services, priorities, calendars, agreements, survey questions
    ADMINISTER = "administer"  # people, the outbox


class Role(models.TextChoices):
    """Who somebody is; clients first, staff after."""

    CLIENT_CONTACT = "client_contact", _("Client contact")
    CLIENT_MANAGER = "client_manager", _("Client manager")
    AGENT = "agent", _("Agent")
    SPECIALIST = "specialist", _("Specialist")
    TEAM_LEAD = "team_lead", _("Team lead")
    QUALITY_OFFICER = "quality_officer", _("Quality officer")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")

    @property
    def is_client(self) -> bool:
        """On the client's side of the desk."""
        return self in CLIENT_ROLES

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything this role may do."""
        return _GRANTS[self]


CLIENT_ROLES = frozenset({Role.CLIENT_CONTACT, Role.CLIENT_MANAGER})
STAFF_ROLES = frozenset(Role) - CLIENT_ROLES

_HANDLING = frozenset({Capability.HANDLE, Capability.ASSIGN})
_EVERYTHING = frozenset(Capability) - {Capability.SUBMIT, Capability.SEE_ORGANISATION, Capability.AGREE}

_GRANTS: dict[Role, frozenset[Capability]] = {
    Role.CLIENT_CONTACT: frozenset({Capability.SUBMIT}),
    Role.CLIENT_MANAGER: frozenset({Capability.SUBMIT, Capability.SEE_ORGANISATION, Capability.AGREE}),
    Role.AGENT: _HANDLING,
    Role.SPECIALIST: _HANDLING | {Capability.SPECIALISE, Capability.REVIEW},
    Role.TEAM_LEAD: _HANDLING | {Capability.SPECIALISE, Capability.REVIEW, Capability.SEE_LEVELS},
    Role.QUALITY_OFFICER: frozenset({Capability.SEE_ALL, Capability.SEE_LEVELS, Capability.REVIEW}),
    Role.MANAGER: _EVERYTHING - {Capability.ADMINISTER, Capability.SPECIALISE},
    Role.ADMINISTRATOR: _EVERYTHING,
}
