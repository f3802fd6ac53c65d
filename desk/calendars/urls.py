"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.calendars import editor, publishing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.calendars, name="calendars"),
    path("new/", views.new, name="calendar-new"),
    path("<int:pk>/", views.calendar, name="calendar"),
    path("<int:pk>/rename/", views.rename, name="calendar-rename"),
    path("<int:pk>/in-use/", views.in_use, name="calendar-in-use"),
    path("<int:pk>/draft/", editor.begin, name="calendar-draft"),
    path("<int:pk>/public-days/", editor.take_over, name="calendar-public-days"),
    path("versions/<int:pk>/edit/", editor.edit, name="calendar-edit"),
    path("versions/<int:pk>/preview/", editor.preview, name="calendar-preview"),
    path("versions/<int:pk>/publish/", publishing.publish, name="calendar-publish"),
    path("versions/<int:pk>/discard/", publishing.discard, name="calendar-discard"),
]
