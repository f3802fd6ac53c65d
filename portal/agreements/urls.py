"""Addresses of this part; included by `portal.urls`."""

from django.urls import URLPattern, URLResolver, path

from portal.agreements import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.agreements, name="agreements"),
    path("<int:pk>/", views.agreement, name="agreement"),
    path("<int:pk>/comment/", views.comment, name="agreement-comment"),
    path("<int:pk>/sign/", views.sign, name="agreement-sign"),
]
