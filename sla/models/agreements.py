"""Agreements: their versions, targets and ladders, what was said about them and who signed (R-045, SLA-10, SLA-44)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Team, Tier, User
from accounts.roles import Capability
from sla.models.calendars import WorkingCalendar
from sla.models.kinds import AgreementState, Audience, ClockKind
from tickets.models import Service
from tickets.states import Complexity, Priority, TicketType, Wait

AGREED = [state for state in AgreementState if state.is_agreed]


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements, by who may read them."""

    def visible_to(self, user: User) -> AgreementQuerySet:
        """Staff see all; a client's manager those of the own organisation which have left the drawer."""
        if user.is_service_staff:
            return self
        shown = AgreementVersion.objects.visible_to(user)
        return self.filter(pk__in=shown.values("agreement"))


class Agreement(models.Model):
    """What is promised to a client; without one, to everybody else (SLA-11, R-045)."""

    name = models.CharField(_("name"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("client"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        help_text=_("Empty: the default agreement."),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("service level agreement")
        verbose_name_plural = _("service level agreements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="one_default_agreement", condition=Q(organisation__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    """Versions, by who may read them and when they hold."""

    def visible_to(self, user: User) -> AgreementVersionQuerySet:
        """Staff see all; a client's manager those of the own organisation, drafts excepted."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_service_staff:
            return self
        if not user.may(Capability.AGREE):
            return self.none()
        return self.filter(agreement__organisation=user.organisation_id).exclude(state=AgreementState.DRAFT)

    def agreed(self) -> AgreementVersionQuerySet:
        """Those that hold, held, or will hold from their date on."""
        return self.filter(state__in=AGREED, effective_from__isnull=False)

    def holding(self, at: datetime) -> AgreementVersionQuerySet:
        """Those that hold at an instant."""
        return self.agreed().filter(Q(effective_to__isnull=True) | Q(effective_to__gt=at), effective_from__lte=at)


class AgreementVersion(models.Model):
    """One version of an agreement.

    It holds in [effective_from, effective_to): the dates decide, not the state, so that nothing depends on the minute
    at which a timer turned "signed" into "in force".
    """

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("service level agreement"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=15, choices=AgreementState.choices, default=AgreementState.DRAFT)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    effective_to = models.DateTimeField(_("in force until"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    content = models.TextField(_("services covered"), blank=True)
    indicators = models.TextField(_("indicators"), blank=True)
    consequences = models.TextField(_("consequences of a breach"), blank=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)

    # Counts the savings of a draft: two people who edit it at once notice each other, and nobody signs another text
    # than the one they read.
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement version")
        verbose_name_plural = _("agreement versions")
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_agreement_per_version"),
            models.CheckConstraint(
                name="agreements_in_force_have_a_beginning",
                condition=~Q(state__in=["in_force", "ended"]) | Q(effective_from__isnull=False),
            ),
            models.CheckConstraint(
                name="agreements_end_after_they_begin",
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_to__gte=models.F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} v{self.number}"

    @property
    def is_editable(self) -> bool:
        """Whether its terms may still be changed (SLA-30)."""
        return AgreementState(self.state).is_editable


class Target(models.Model):
    """One promise: a kind of clock, what it applies to, and how long it may take (SLA-10). Empty means any."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="targets")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("clock"), max_length=30, choices=ClockKind.choices)
    type = models.CharField(_("type"), max_length=20, choices=TicketType.choices, blank=True)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    technical_only = models.BooleanField(_("technical services only"), default=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier.choices, blank=True)
    complexity = models.CharField(_("complexity"), max_length=10, choices=Complexity.choices, blank=True)
    seconds = models.PositiveIntegerField(_("duration in seconds"), validators=[MinValueValidator(1)])
    calendar = models.ForeignKey(WorkingCalendar, verbose_name=_("calendar"), on_delete=models.PROTECT)
    pauses = ArrayField(
        models.CharField(max_length=20, choices=[choice for choice in Wait.choices if choice[0]]),
        verbose_name=_("pauses while waiting for"),
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["version", "position", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.seconds} s"


BREACH_POINT = "breach"


class EscalationStep(models.Model):
    """A rung of a target's ladder: a point on its way, and what happens when it is reached (SLA-43, SLA-44).

    `point` is `80%` of the target, `-10m` before it is due (wall time), `breach`, or `+30m` of working time beyond it.
    Every point is recorded on the request, also when nobody is told. The breach is recorded with or without a rung.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="ladder")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    point = models.CharField(_("when"), max_length=12)
    tell = ArrayField(
        models.CharField(max_length=20, choices=Audience.choices), verbose_name=_("tell"), default=list, blank=True
    )
    raise_to = models.PositiveSmallIntegerField(
        _("raise the priority to"), choices=Priority.choices, null=True, blank=True
    )
    give_to = models.ForeignKey(
        Team, verbose_name=_("hand over to the team"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        ordering = ["target", "position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["target", "point"], name="one_step_per_point")
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.point}"


def contract_path(file: AgreementFile, filename: str) -> str:
    """Where a contract is stored: under a random name that says nothing of its content or owner."""
    return f"agreements/{file.at:%Y}/{file.key}"


class AgreementFileQuerySet(models.QuerySet["AgreementFile"]):
    """Files of agreements, by who may read them."""

    def visible_to(self, user: User) -> AgreementFileQuerySet:
        """Those of versions the person may read."""
        return self.filter(version__in=AgreementVersion.objects.visible_to(user))


class AgreementFile(models.Model):
    """A contract or annex attached to a version."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to=contract_path, max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AgreementFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract file")
        verbose_name_plural = _("contract files")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class AgreementComment(models.Model):
    """What the client's manager or we said about a version in negotiation. Never changed afterwards."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment on an agreement")
        verbose_name_plural = _("comments on agreements")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.author_id}"


class AgreementDeed(models.TextChoices):
    """What was done with a version, in the order of its life."""

    OFFERED = "offered", _("Offered to the client")
    TAKEN_BACK = "taken_back", _("Taken back for changes")
    SIGNED = "signed", _("Signed")
    IN_FORCE = "in_force", _("Came into force")
    ENDED = "ended", _("Ended")


class AgreementEntry(models.Model):
    """One line of an agreement's record: who did what, when; append-only.

    A signature names who signed (`name`, as written), whether in the portal by `actor` or on paper, taken down by
    `actor`, and the SHA-256 of the terms that were signed (`sla.services.terms.digest_of`).
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="record")
    deed = models.CharField(max_length=12, choices=AgreementDeed.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    on_paper = models.BooleanField(default=False)
    terms_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("entry in an agreement's record")
        verbose_name_plural = _("entries in an agreement's record")
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version"], name="signed_once", condition=Q(deed="signed"))
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.deed}"
