"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from api.acts import WAYS
from api.level_urls import LEVELS
from api.views.catalogue import ServicesView
from api.views.clocks import ClocksOfRequestView, ClocksView
from api.views.conversation import AttachmentView, EventsView, MessagesView
from api.views.docs import DocsView, NothingHereView, SchemaView
from api.views.me import MeView, NoticesView, ReadNoticesView
from api.views.requests import ActView, RequestsView, RequestView
from api.views.surveys import SurveyView
from api.views.token import TokenView

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("token/", TokenView.as_view(), name="token"),
    path("me/", MeView.as_view(), name="me"),
    path("notices/", NoticesView.as_view(), name="notices"),
    path("notices/read/", ReadNoticesView.as_view(), name="notices-read"),
    path("services/", ServicesView.as_view(), name="services"),
    path("clocks/", ClocksView.as_view(), name="clocks"),
    path("requests/", RequestsView.as_view(), name="requests"),
    path("requests/<slug:number>/", RequestView.as_view(), name="request"),
    path("requests/<slug:number>/messages/", MessagesView.as_view(), name="messages"),
    path("requests/<slug:number>/events/", EventsView.as_view(), name="events"),
    path("requests/<slug:number>/clocks/", ClocksOfRequestView.as_view(), name="request-clocks"),
    path("requests/<slug:number>/attachments/<uuid:key>/", AttachmentView.as_view(), name="attachment"),
    path("requests/<slug:number>/survey/", SurveyView.as_view(), name="survey"),
    *(path(f"requests/<slug:number>/acts/{act}/", ActView.as_view(act=act), name=f"act-{act}") for act in WAYS),
    *LEVELS,
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    re_path(r"", NothingHereView.as_view(), name="nothing-here"),
]
