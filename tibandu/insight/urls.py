"""Knows the addresses of the insight room; all of them only read."""

from django.urls import path

from tibandu.insight.views import boards, lineage, rows

app_name = "insight"
urlpatterns = [
    path("", boards.overview, name="overview"),
    path("export.xlsx", boards.overview_export, name="overview_export"),
    path("rows/", rows.rows, name="rows"),
    path("rows/export.xlsx", rows.export, name="rows_export"),
    path("rows/print/", rows.on_paper, name="rows_print"),
    path("scissors/", boards.scissors, name="scissors"),
    path("scissors/export.xlsx", boards.scissors_export, name="scissors_export"),
    path("lineage/", lineage.families, name="lineage"),
    path("lineage/<int:pk>/", lineage.family, name="family"),
]
