"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    """Service levels: listens to what happens to requests."""

    name = "sla"
    verbose_name = _("Service levels")

    def ready(self) -> None:
        from notifications.kinds import register
        from sla.receivers import listen
        from sla.telling import KINDS

        register(KINDS)
        listen()
