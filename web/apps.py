"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Web pages."""

    name = "web"
    verbose_name = _("Web pages")
