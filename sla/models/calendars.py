"""Working calendars and their versions (SLA-02, SLA-03, SLA-30)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sla.models.kinds import VersionState


class WorkingCalendar(models.Model):
    """A named working calendar; what it says is in its versions."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One version of a calendar.

    `definition` is the whole truth the clocks read: zone, weekly hours and every dated exception, in the notation of
    `sla.engine`. Public holidays are taken over from the library when a version is made, so that an update of the
    library changes nothing that was published (SLA-03, SLA-30). `exceptions` are the manager's own, as
    `sla.services.own_days.OwnDay` writes them; they are in the definition too.
    """

    calendar = models.ForeignKey(
        WorkingCalendar, verbose_name=_("calendar"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    country = models.CharField(_("country"), max_length=10, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)
    definition = models.JSONField(_("definition"))
    exceptions = models.JSONField(_("own exceptions"), default=list, blank=True)
    covered_years = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("covered years"), default=list)
    provisional_years = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("provisional years"), default=list
    )
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # Counts the savings of a draft, so that two people who edit it at once notice each other.
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["calendar", "number"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="one_calendar_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it can still be edited."""
        return self.state == VersionState.DRAFT
