"""What clients can ask for, and how a request's priority follows (R-003, R-060)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.models import Organisation, Team, Tier, User
from tickets.states import Complexity, Impact, Priority, TicketType, Urgency


class ServiceClass(models.TextChoices):
    """What a service is to the business."""

    CORE = "core", _("Core")
    SUPPORTING = "supporting", _("Supporting")
    VALUE_ADDED = "value_added", _("Value-added")


class ServiceStatus(models.TextChoices):
    """The life of a catalogue entry."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services, by who may ask for them."""

    def visible_to(self, user: User) -> ServiceQuerySet:
        """Staff see all; clients the published ones that are open to everybody or to their organisation."""
        if user.is_service_staff:
            return self
        return self.on_offer_to(user.organisation)

    def on_offer_to(self, organisation: Organisation | None) -> ServiceQuerySet:
        """Published services an organisation may ask for."""
        reserved = Service.only_for.through.objects.filter(service=models.OuterRef("pk"))
        return self.filter(status=ServiceStatus.PUBLISHED).filter(
            ~models.Exists(reserved) | models.Exists(reserved.filter(organisation=organisation))
        )


class Service(models.Model):
    """A service of the catalogue: how a request for it is asked, classified and carried out."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    name = I18nCharField(_("name"))
    description = I18nTextField(_("description"), blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="support_agent", help_text=_("A Material Symbols name."))
    service_class = models.CharField(_("class"), max_length=20, choices=ServiceClass.choices, default=ServiceClass.CORE)
    status = models.CharField(_("status"), max_length=20, choices=ServiceStatus.choices, default=ServiceStatus.DRAFT)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    only_for = models.ManyToManyField(
        Organisation, verbose_name=_("only for"), blank=True, help_text=_("Empty: for every client.")
    )
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, null=True, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=TicketType.choices, default=TicketType.SERVICE_REQUEST)
    complexity = models.CharField(_("complexity"), max_length=10, choices=Complexity.choices, default=Complexity.SIMPLE)
    default_impact = models.PositiveSmallIntegerField(_("impact"), choices=Impact.choices, default=Impact.LOW)
    default_urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency.choices, default=Urgency.MEDIUM)
    is_technical = models.BooleanField(
        _("technical"), default=False, help_text=_("A specialist's answer has a target of its own.")
    )
    asks_object = models.BooleanField(_("ask for the system or device"), default=False)
    asks_began = models.BooleanField(_("ask when it began"), default=False)
    asks_impact = models.BooleanField(_("ask who is affected and how urgent it is"), default=True)
    asks_background = models.BooleanField(_("ask for the business background"), default=False)
    asks_wanted_by = models.BooleanField(_("ask until when it is wanted"), default=False)
    needs_plan = models.BooleanField(
        _("needs a plan"), default=False, help_text=_("The client confirms a plan before work begins.")
    )
    needs_deliverable = models.BooleanField(
        _("needs a deliverable"), default=False, help_text=_("A delivery carries at least one file.")
    )
    needs_verification = models.BooleanField(
        _("needs verification"),
        default=False,
        help_text=_("A colleague verifies the work before the client is asked."),
    )
    reopen_days = models.PositiveSmallIntegerField(_("days to reopen"), default=14)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.name)


class FieldKind(models.TextChoices):
    """What a service's own question is answered with."""

    TEXT = "text", _("One line")
    TEXTAREA = "textarea", _("Several lines")
    NUMBER = "number", pgettext_lazy("kind of answer", "Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    CHECKBOX = "checkbox", _("Yes or no")


class ServiceField(models.Model):
    """A question that only this service asks (R-002)."""

    service = models.ForeignKey(Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="fields")
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=FieldKind.choices, default=FieldKind.TEXT)
    label = I18nCharField(_("label"))
    help = I18nCharField(_("help"), blank=True)
    required = models.BooleanField(_("required"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "key"], name="one_question_per_key")]

    def __str__(self) -> str:
        return str(self.label)


class ServiceFieldChoice(models.Model):
    """One answer of a question with given answers."""

    field = models.ForeignKey(ServiceField, on_delete=models.CASCADE, related_name="choices")
    value = models.SlugField(_("key"), max_length=40)
    label = I18nCharField(_("label"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["field", "value"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return str(self.label)


class PriorityRule(models.Model):
    """One cell of the matrix impact × urgency × tier → priority (R-003)."""

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Impact.choices)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency.choices)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier.choices)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)

    class Meta:
        verbose_name = _("priority rule")
        verbose_name_plural = _("priority matrix")
        ordering = ["tier", "-impact", "-urgency"]
        constraints = [models.UniqueConstraint(fields=["impact", "urgency", "tier"], name="one_rule_per_cell")]

    def __str__(self) -> str:
        return f"{self.get_impact_display()} × {self.get_urgency_display()} × {self.get_tier_display()}"

    @staticmethod
    def standard(impact: int, urgency: int, tier: str) -> Priority:
        """The matrix an installation begins with: the sum of impact and urgency, one more for strategic clients."""
        weight = impact + urgency + (1 if tier == Tier.STRATEGIC else 0)
        return Priority(max(Priority.LOW, min(Priority.CRITICAL, weight - 2)))
