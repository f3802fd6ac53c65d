"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Requests."""

    name = "tickets"
    verbose_name = _("Requests")

    def ready(self) -> None:
        from notifications.kinds import register
        from tickets.telling import KINDS

        register(KINDS)
