"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.replays import asking, recalculations, what_ifs

urlpatterns: list[URLPattern | URLResolver] = [
    path("what-if/", what_ifs.what_ifs, name="what-ifs"),
    path("what-if/new/", asking.new, name="what-if-new"),
    path("what-if/<int:pk>/", what_ifs.what_if, name="what-if"),
    path("what-if/<int:pk>/progress/", what_ifs.progress, name="what-if-progress"),
    path("what-if/<int:pk>/cancel/", what_ifs.cancel, name="what-if-cancel"),
    path("what-if/<int:pk>/delete/", what_ifs.delete, name="what-if-delete"),
    path("what-if/<int:pk>/answer.xlsx", what_ifs.workbook, name="what-if-workbook"),
    path("what-if/<int:pk>/changed.csv", what_ifs.changed_csv, name="what-if-csv"),
    path("what-if/<int:pk>/flips/<int:flip>/", what_ifs.flip, name="what-if-flip"),
    path("recalculations/", recalculations.recalculations, name="recalculations"),
    path("recalculations/new/", recalculations.new, name="recalculation-new"),
    path("recalculations/<int:pk>/", recalculations.recalculation, name="recalculation"),
    path("recalculations/<int:pk>/progress/", recalculations.progress, name="recalculation-progress"),
    path("recalculations/<int:pk>/confirm/", recalculations.confirm, name="recalculation-confirm"),
    path("recalculations/<int:pk>/cancel/", recalculations.cancel, name="recalculation-cancel"),
]
