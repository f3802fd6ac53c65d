"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.agreements import editor, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.agreements, name="agreements"),
    path("new/", views.new, name="agreement-new"),
    path("<int:pk>/", views.agreement, name="agreement"),
    path("versions/<int:pk>/", views.version, name="agreement-version"),
    path("versions/<int:pk>/which/", views.which, name="agreement-which"),
    path("versions/<int:pk>/acts/<slug:act>/", views.act, name="agreement-act"),
    path("versions/<int:pk>/files/<uuid:key>/remove/", views.detach, name="agreement-detach"),
    path("versions/<int:pk>/edit/", editor.edit, name="agreement-edit"),
    path("versions/<int:pk>/check/", editor.check, name="agreement-check"),
]
