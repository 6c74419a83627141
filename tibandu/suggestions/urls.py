"""Knows the addresses of the suggestions room; each step has one, drawn from the step tables."""

from django.urls import URLPattern, path

from tibandu.base.ledgers import addresses
from tibandu.base.steps import step_paths
from tibandu.suggestions.room import ROOM
from tibandu.suggestions.views import (
    batch,
    case,
    importing,
    ledger,
    letters,
    meetings,
    paper_forms,
    papers,
    public,
    receiving,
    writing,
)

app_name = "suggestions"
urlpatterns: list[URLPattern] = [
    *addresses("", ledger.LEDGER),
    path("views/", ledger.save_view, name="save_view"),
    path("<int:pk>/", case.case, name="case"),
    path("reply/<int:pk>/letter.<slug:form>", letters.letter, name="letter"),
    path("reply/<int:pk>/scan", letters.scan, name="scan"),
    path("letter-template/", letters.letter_template, name="letter_template"),
    path("letter-template/current.docx", letters.current_template, name="current_template"),
    path("open/", public.open_list, name="public"),
    path("open/<int:pk>/", public.open_case, name="public_case"),
    path("open/files/<int:pk>/", public.open_file, name="public_file"),
]
urlpatterns += [
    path("import/", importing.upload, name="import"),
    path("import/<int:pk>/", importing.import_run, name="import_run"),
    path("import/<int:pk>/refused.xlsx", importing.refused, name="import_refused"),
]
urlpatterns += [
    path("write/", writing.write, name="write"),
    path("write/autosave/", writing.autosave_new, name="autosave_new"),
    path("write/similar/", writing.similar, name="similar"),
    path("write/word/", writing.import_draft, name="import_draft"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/autosave/", writing.autosave, name="autosave"),
    path("<int:pk>/attach/", writing.attach, name="attach"),
    path("<int:pk>/detach/", writing.detach, name="detach"),
    path("mine/", receiving.mine, name="mine"),
    path("files/<int:pk>/", receiving.attachment, name="attachment"),
    path("screening/", receiving.screening, name="screening"),
    path("enter/", receiving.enter, name="enter"),
    path("enter/classified/", receiving.enter_classified, name="enter_classified"),
]
urlpatterns += [
    path("batch/", batch.batch, name="batch"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/hold/", meetings.hold_meeting, name="hold_meeting"),
    path("meetings/<int:pk>/<slug:kind>.pdf", meetings.meeting_paper, name="meeting_paper"),
    path("paper/rating/<int:pk>/rate.pdf", papers.survey_form, name="survey_form"),
    path("paper/<slug:noun>/<int:pk>/<slug:verb>.pdf", paper_forms.paper_form, name="paper_form"),
]
urlpatterns += [
    path("paper/", papers.paper_code, name="paper_code"),
    path("paper/<slug:noun>/<int:pk>/<slug:verb>/", papers.paper_entry, name="paper_entry"),
    path("paper/<int:pk>/scan", papers.paper_scan, name="paper_scan"),
]
urlpatterns += step_paths(ROOM, "suggestion", but=frozenset({"hold_meeting", "edit", "attach", "detach"}))
