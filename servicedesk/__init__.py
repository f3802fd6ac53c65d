"""The composition root: settings, addresses, background work and everything that concerns an installation."""

from servicedesk.celery import app as celery_app

__all__ = ["celery_app"]
