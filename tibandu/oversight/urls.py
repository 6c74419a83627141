"""Knows the addresses of the oversight room; each step has one, drawn from the step tables."""

from django.urls import URLPattern, path

from tibandu.base.steps import step_paths
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.oversight.room import ROOM
from tibandu.oversight.views import (
    draws,
    funds,
    instruments,
    ledgers,
    packets,
    programmes,
    promises,
    referrals,
)

app_name = "oversight"
urlpatterns: list[URLPattern] = []
urlpatterns += [
    path("funds/", funds.funds, name="funds"),
    path("funds/export.xlsx", funds.funds_export, name="funds_export"),
    path("funds/open/", funds.open_fund, name="open_fund"),
    path("funds/<int:pk>/", funds.fund, name="fund"),
    path("projects/", funds.projects, name="projects"),
    path("projects/export.xlsx", funds.projects_export, name="projects_export"),
    path("projects/register/", funds.register_project, name="register_project"),
    path("projects/<int:pk>/", funds.project, name="project"),
]
urlpatterns += [
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/export.xlsx", referrals.export, name="referrals_export"),
    path("referrals/open/", referrals.open_referral, name="open_referral"),
    path("referrals/receive/", referrals.receive_paper, name="receive_paper"),
    path("referrals/<int:pk>/", referrals.referral, name="referral"),
    path("referrals/<int:pk>/letter.pdf", referrals.referral_letter, name="referral_letter"),
    path("referrals/papers/<int:pk>/", referrals.referral_paper, name="referral_paper"),
    path("packets/", packets.packets, name="packets"),
    path("packets/import/", packets.packet_import, name="packet_import"),
    path("packets/partners/add/", packets.add_partner, name="add_partner"),
    path("packets/<int:pk>/", packets.packet_file, name="packet_file"),
]
urlpatterns += [
    path("promises/", promises.ledger, name="ledger"),
    path("promises/export.xlsx", promises.export, name="ledger_export"),
    path("promises/print/", promises.printed, name="ledger_print"),
    path("promises/<int:pk>/", promises.promise, name="promise"),
    path("statements/", promises.statements, name="statements"),
    path("statements/<int:pk>/", promises.statement, name="statement"),
]
BOOKS = (
    programmes.PROGRAMMES,
    programmes.NOMINATIONS,
    instruments.INSTRUMENTS,
    instruments.MEETINGS,
    instruments.OPINIONS,
)
urlpatterns += [
    path("", programmes.index, name="index"),
    *(path(f"{book.name}/", ledgers.page(book), name=book.name) for book in BOOKS),
    *(path(f"{book.name}/export.xlsx", ledgers.export(book), name=f"{book.name}_export") for book in BOOKS),
    *(path(f"new/{verb}/", programmes.begin(verb), name=verb) for verb in BEGINNINGS),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("instruments/<int:pk>/", instruments.instrument, name="instrument"),
    path("instruments/<int:pk>/paper.pdf", instruments.instrument_paper, name="instrument_paper"),
    path("meetings/<int:pk>/", instruments.meeting, name="meeting"),
    path("opinions/<int:pk>/", instruments.opinion, name="opinion"),
    path("enclosures/<int:pk>/", programmes.enclosure, name="enclosure"),
]
urlpatterns += [
    path("draws/", draws.draws, name="draws"),
    path("draws/freeze/", draws.freeze_draw, name="freeze_draw"),
    path("draws/<int:pk>/", draws.draw, name="draw"),
    path("draws/<int:pk>/list.txt", draws.draw_list, name="draw_list"),
    path("draws/<int:pk>/draw.json", draws.draw_json, name="draw_json"),
]
urlpatterns += step_paths(ROOM, "")
