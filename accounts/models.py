"""People, the organisations they belong to, and the teams they work in (R-070, R-071)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField

from accounts.prepared import prepared
from accounts.roles import CLIENT_ROLES, Capability, Role

# The rooms whose tables in the back office are base data.
BASE_DATA = frozenset({"tickets", "sla", "quality"})

LANGUAGES = [
    ("", _("As the browser says")),
    ("en", "English"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
]


def validate_time_zone(name: str) -> None:
    """Refuse a name that is no IANA time zone."""
    if name and name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a known time zone."), params={"name": name})


class Tier(models.TextChoices):
    """How much a client organisation weighs in the priority matrix (R-003)."""

    STANDARD = "standard", _("Standard")
    IMPORTANT = "important", _("Important")
    STRATEGIC = "strategic", _("Strategic")


class Accent(models.TextChoices):
    """The hue of an organisation's portal."""

    BLUE = "blue", _("Blue")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    VIOLET = "violet", _("Violet")
    ROSE = "rose", _("Rose")
    AMBER = "amber", _("Amber")
    SLATE = "slate", _("Slate")


class Organisation(models.Model):
    """A client organisation."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier.choices, default=Tier.STANDARD)
    accent = models.CharField(_("accent colour"), max_length=20, choices=Accent.choices, default=Accent.BLUE)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("client organisation")
        verbose_name_plural = _("client organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """People, by what one asks of them."""

    def active(self) -> UserQuerySet:
        """Those who may sign in."""
        return self.filter(is_active=True)

    def staff(self) -> UserQuerySet:
        """People on the desk's side."""
        return self.exclude(role__in=CLIENT_ROLES)

    def clients(self) -> UserQuerySet:
        """People on the client's side."""
        return self.filter(role__in=CLIENT_ROLES)

    def able_to(self, capability: Capability) -> UserQuerySet:
        """People whose role grants a capability."""
        return self.filter(role__in=[role for role in Role if capability in role.capabilities])


class UserManager(BaseUserManager["User"]):
    """Makes people; the address is the name they sign in with."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        """See `UserQuerySet.active`."""
        return self.get_queryset().active()

    def staff(self) -> UserQuerySet:
        """See `UserQuerySet.staff`."""
        return self.get_queryset().staff()

    def clients(self) -> UserQuerySet:
        """See `UserQuerySet.clients`."""
        return self.get_queryset().clients()

    def able_to(self, capability: Capability) -> UserQuerySet:
        """See `UserQuerySet.able_to`."""
        return self.get_queryset().able_to(capability)

    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in ignores the case of the address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person; without a password they set one through the reset mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator (called by `createsuperuser`)."""
        fields.setdefault("name", email.split("@")[0])
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
    """A person: a client's contact or a member of staff. `role` says what they may do."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.CLIENT_CONTACT)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("client organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                violation_error_message=_("There is a person with this e-mail address already."),
            ),
            models.CheckConstraint(
                name="clients_have_an_organisation",
                condition=models.Q(role__in=sorted(CLIENT_ROLES), organisation__isnull=False)
                | (~models.Q(role__in=sorted(CLIENT_ROLES)) & models.Q(organisation__isnull=True)),
                violation_error_message=_("Clients belong to an organisation; staff don't."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, as Django's own parts ask for it."""
        return self.name

    def get_short_name(self) -> str:
        """The name, as Django's own parts ask for it."""
        return self.name

    def may(self, capability: Capability) -> bool:
        """Whether this person's role grants a capability; nobody who is inactive may do anything."""
        return self.is_active and capability in Role(self.role).capabilities

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams this person belongs to or leads. Looked up once per object, which lives for one request: pages
        that look at requests in several ways would ask each time."""
        return frozenset(_teams_of(self.pk))

    @property
    def is_client(self) -> bool:
        """On the client's side of the desk."""
        return Role(self.role).is_client

    @property
    def is_service_staff(self) -> bool:
        """On our side of the desk."""
        return not self.is_client

    @property
    def is_staff(self) -> bool:
        """Whether the back office (Django's admin) opens."""
        return self.may(Capability.CONFIGURE)

    @property
    def is_superuser(self) -> bool:
        """Administrators hold every model permission (asked by the admin)."""
        return self.may(Capability.ADMINISTER)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Model permissions (admin only) follow the role: `app.action_model`."""
        return self.has_module_perms(perm.partition(".")[0])

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        """Whether all of some permissions are granted."""
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Administrators edit everything; whoever configures edits base data, never people."""
        return self.is_superuser or (app_label in BASE_DATA and self.may(Capability.CONFIGURE))


@prepared
def _teams_of(user: int) -> models.QuerySet[Team, int]:
    mine = Team.objects.filter(models.Q(members=user) | models.Q(lead=user))
    return mine.order_by().values_list("pk", flat=True)


class Team(models.Model):
    """People who work on the same services (R-071)."""

    name = I18nCharField(_("name"))
    lead = models.ForeignKey(
        User,
        verbose_name=_("team lead"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
    )
    members = models.ManyToManyField(User, verbose_name=_("members"), related_name="teams", blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.name)
