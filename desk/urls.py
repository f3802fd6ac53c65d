"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from desk.views import acts, clients, dashboard, new, operations, quality, queue, requests

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.queue, name="queue"),
    path("changes/", queue.changes, name="queue-changes"),
    path("choices/<slug:name>/", queue.choices, name="choices"),
    path("selection/", queue.act_on_selection, name="selection"),
    path("new/", new.new, name="new"),
    path("clients/", clients.clients, name="clients"),
    path("clients/<int:pk>/", clients.client, name="client"),
    path("requests/<slug:number>/", requests.request_page, name="request"),
    path("requests/<slug:number>/changes/", requests.changes, name="request-changes"),
    path("requests/<slug:number>/clocks/<int:pk>/", requests.clock, name="clock"),
    path("requests/<slug:number>/write/", acts.write, name="write"),
    path("requests/<slug:number>/acts/<slug:name>/", acts.act, name="act"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/list/", dashboard.dashboard_list, name="dashboard-list"),
    path("dashboard/list.csv", dashboard.dashboard_export, name="dashboard-export"),
    path("quality/", quality.quality, name="quality"),
    path("levels/", include("desk.levels.urls")),
    path("agreements/", include("desk.agreements.urls")),
    path("calendars/", include("desk.calendars.urls")),
    path("", include("desk.replays.urls")),  # what-if/ and recalculations/
    path("notices/", include("desk.notices.urls")),
    path("outbox/", operations.outbox, name="outbox"),
    path("outbox/<int:pk>/retry/", operations.retry, name="outbox-retry"),
    path("outbox/clocks/<int:pk>/again/", operations.try_clocks_again, name="unpark"),
    path("outbox/mail/", operations.mail, name="mail"),
]
