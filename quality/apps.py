"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    """Quality: asks clients when a request is closed."""

    name = "quality"
    verbose_name = _("Quality")

    def ready(self) -> None:
        from notifications.kinds import register
        from quality.receivers import listen
        from quality.telling import KINDS

        register(KINDS)
        listen()
