"""Knows the addresses of the oversight room; each step has one, drawn from the step tables."""

from django.urls import URLPattern, path

from tibandu.base.ledgers import addresses
from tibandu.base.steps import step_paths
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.oversight.room import ROOM
from tibandu.oversight.views import (
    draws,
    funds,
    instruments,
    packets,
    programmes,
    promises,
    referrals,
)
from tibandu.oversight.views.ledgers import LEDGERS

app_name = "oversight"
# Pages that do more than show their ledger.
DOING_MORE = {"statements/": promises.statements, "packets/": packets.packets}
urlpatterns: list[URLPattern] = [
    pattern
    for folder, ledger in LEDGERS.items()
    for pattern in addresses(folder, ledger, DOING_MORE.get(folder))
]
urlpatterns += [
    path("funds/open/", funds.open_fund, name="open_fund"),
    path("funds/<int:pk>/", funds.fund, name="fund"),
    path("projects/register/", funds.register_project, name="register_project"),
    path("projects/<int:pk>/", funds.project, name="project"),
]
urlpatterns += [
    path("referrals/open/", referrals.open_referral, name="open_referral"),
    path("referrals/receive/", referrals.receive_paper, name="receive_paper"),
    path("referrals/<int:pk>/", referrals.referral, name="referral"),
    path("referrals/<int:pk>/letter.pdf", referrals.referral_letter, name="referral_letter"),
    path("referrals/papers/<int:pk>/", referrals.referral_paper, name="referral_paper"),
    path("packets/import/", packets.packet_import, name="packet_import"),
    path("packets/partners/add/", packets.add_partner, name="add_partner"),
    path("packets/<int:pk>/", packets.packet_file, name="packet_file"),
]
urlpatterns += [
    path("promises/<int:pk>/", promises.promise, name="promise"),
    path("statements/<int:pk>/", promises.statement, name="statement"),
]
urlpatterns += [
    path("", programmes.index, name="index"),
    *(path(f"new/{verb}/", programmes.begin(verb), name=verb) for verb in BEGINNINGS),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("instruments/<int:pk>/", instruments.instrument, name="instrument"),
    path("instruments/<int:pk>/paper.pdf", instruments.instrument_paper, name="instrument_paper"),
    path("meetings/<int:pk>/", instruments.meeting, name="meeting"),
    path("opinions/<int:pk>/", instruments.opinion, name="opinion"),
    path("enclosures/<int:pk>/", programmes.enclosure, name="enclosure"),
]
urlpatterns += [
    path("draws/freeze/", draws.freeze_draw, name="freeze_draw"),
    path("draws/<int:pk>/", draws.draw, name="draw"),
    path("draws/<int:pk>/list.txt", draws.draw_list, name="draw_list"),
    path("draws/<int:pk>/draw.json", draws.draw_json, name="draw_json"),
]
urlpatterns += step_paths(ROOM, "")
