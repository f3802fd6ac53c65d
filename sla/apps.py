"""App declaration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    """Service levels: listens to what happens to requests."""

    name = "sla"
    verbose_name = _("Service levels")

    def ready(self) -> None:
        from jobs.kinds import register as register_jobs
        from notifications.kinds import register
        from sla.receivers import listen
        from sla.services import recalculation, what_if
        from sla.telling import KINDS

        register(KINDS)
        register_jobs([what_if.JOB, *recalculation.JOBS])
        listen()
