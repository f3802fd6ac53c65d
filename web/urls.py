"""Addresses of this room."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from web.views import bell, components, files, home, look, profile

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", look.language, name="language"),
    path("theme/", look.theme, name="theme"),
    path("files/<uuid:key>/", files.file, name="file"),
    path("files/agreements/<uuid:key>/", files.agreement_file, name="agreement-file"),
    path("me/", profile.profile, name="profile"),
    path("me/notices/wanted/", profile.notices, name="notices-wanted"),
    path("me/notices/", bell.bell, name="bell"),
    path("me/notices/read/", bell.read_all, name="bell-read"),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns += [
        path("desk/components/", components.gallery, name="components"),
        path("desk/components/<slug:name>/", components.screens, name="components-screen"),
    ]
