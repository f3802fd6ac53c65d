"""The table of periodic work."""

from __future__ import annotations

from celery import current_app

from servicedesk.schedule import beat_schedule, periodic_work


def test_every_periodic_task_exists() -> None:
    current_app.loader.import_default_modules()
    assert {work.task for work in periodic_work(1.0)} <= set(current_app.tasks)


def test_every_periodic_task_says_why_and_expires() -> None:
    for work in periodic_work(1.0):
        assert work.reason.endswith(".")
        assert 0 < work.expires <= max(2.0, 2 * work.every)


def test_the_sweep_runs_as_often_as_the_installation_says() -> None:
    assert beat_schedule(0.5)["sla.tasks.sweep"]["schedule"] == 0.5
