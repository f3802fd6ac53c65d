"""The Celery application, and the marks by which `/readyz` sees that background work goes on."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning  # type: ignore[attr-defined] # missing from its types

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

# Celery warns of root because a pickled message can run anything; ours are JSON.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("servicedesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_log_format(**kwargs: Any) -> None:
    """A receiver here keeps Celery from setting up logging its own way; Django's LOGGING holds in workers too."""


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def mark_worker(**kwargs: Any) -> None:
    """A worker that runs timers is alive; one for long work alone is another matter."""
    from servicedesk.health import note

    if app.conf.task_default_queue in app.amqp.queues.consume_from:
        note("worker")


@signals.task_postrun.connect
def mark_success(task: Any = None, state: str = "", **kwargs: Any) -> None:
    """A task has ended well."""
    from servicedesk.health import note

    if state == "SUCCESS" and task is not None:
        note(task.name)
