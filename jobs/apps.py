"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Long work in parts."""

    name = "jobs"
    verbose_name = _("Background work")
