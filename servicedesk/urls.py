"""All addresses of the product; `/healthz` and `/readyz` are answered before these (`servicedesk.health`)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from web.views import home

urlpatterns = [
    path("admin/login/", home.back_office),
    path("admin/", admin.site.urls),
    # The address somebody signs in with is kept by staff; allauth's page for changing it is not offered.
    path("account/email/", RedirectView.as_view(pattern_name="web:profile")),
    path("account/", include("allauth.urls")),
    path("", include("web.urls")),
    path("portal/", include("portal.urls")),
    path("desk/", include("desk.urls")),
    path("api/v1/", include("api.urls")),
]
