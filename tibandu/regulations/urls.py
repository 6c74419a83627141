"""Knows the addresses of the rule library, the measure, the classes of matters and the calendar."""

from django.urls import path

from tibandu.regulations.views import calendar, classes, library, measure

app_name = "regulations"
urlpatterns = [
    path("measure/", measure.measure, name="measure"),
    path("measure/start/", measure.install_profile, name="install_profile"),
    path("library/", library.library, name="library"),
    path("library/add/", library.add_document, name="add_document"),
    path("documents/<int:pk>/", library.document, name="document"),
    path("documents/<int:pk>/compare/", library.compare, name="compare"),
    path("documents/<int:pk>/draft/", measure.draft_version, name="draft_version"),
    path("versions/<int:pk>/", measure.version, name="version"),
    path("versions/<int:pk>/describe/", measure.describe, name="describe"),
    path("versions/<int:pk>/articles/", measure.write_articles, name="write_articles"),
    path("versions/<int:pk>/rows/<slug:kind>/", measure.change_rows, name="change_rows"),
    path("versions/<int:pk>/categories/", measure.replace_categories, name="replace_categories"),
    path("versions/<int:pk>/discard/", measure.discard, name="discard"),
    path("versions/<int:pk>/preview/", measure.preview, name="preview"),
    path("versions/<int:pk>/read/", library.read, name="read"),
    path("versions/<int:pk>/repeal/", library.repeal, name="repeal"),
    path("classes/", classes.classes, name="classes"),
    path("classes/add/", classes.add_class, name="add_class"),
    path("classes/start/", classes.install_subject_classes, name="install_subject_classes"),
    path("classes/<int:pk>/change/", classes.change_class, name="change_class"),
    path("classes/<int:pk>/place/", classes.place_class, name="place_class"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/import/", calendar.import_calendar, name="import_calendar"),
    path("calendar/record/", calendar.record_calendar_year, name="record_calendar_year"),
    path("computation/", calendar.computation, name="computation"),
]
