"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Portal."""

    name = "portal"
    verbose_name = _("Portal")
