"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.levels import report_views, views, wall_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.levels, name="levels"),
    path("levels.csv", views.levels_csv, name="levels-csv"),
    path("levels.xlsx", views.levels_xlsx, name="levels-xlsx"),
    path("list/", views.levels_list, name="levels-list"),
    path("list.csv", views.levels_list_csv, name="levels-list-csv"),
    path("list.xlsx", views.levels_list_xlsx, name="levels-list-xlsx"),
    path("now/", wall_views.wall, name="wall"),
    path("now/list/", wall_views.wall_list, name="wall-list"),
    path("report/", report_views.report, name="levels-report"),
    path("report.xlsx", report_views.report_xlsx, name="levels-report-xlsx"),
]
