"""Paper equals screen: what was filled in by pen is typed by one, confirmed by another or the deputy, and runs as the deputy's."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.suggestions.tables import who_may
from tests.suggestions.test_rating import rating_of
from tests.town import Town, moment
from tibandu.base.codes import form_code
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.suggestions import actions, queries
from tibandu.suggestions.enums import ContactState, PaperState, RatingState, ShareState
from tibandu.suggestions.flow import PAPER
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.models import PaperEntry, Rating, Suggestion

SIGNED, TYPED, LOOKED = date(2026, 3, 24), date(2026, 3, 26), date(2026, 3, 27)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"
TICKED = {
    "marks-0-dimension": ["attitude"],
    "marks-0-grade": ["satisfied"],
    "marks-1-dimension": ["contact"],
    "marks-1-grade": ["satisfied"],
    "marks-2-dimension": ["result"],
    "marks-2-grade": ["dissatisfied"],
    "words": ["没有时间表"],
}


def entered(
    town: Town, rating: Rating, fields: dict[str, list[str]] = TICKED, day: date = SIGNED
) -> PaperEntry:
    """Alice's survey form, typed by the clerk two days after she signed it."""
    return actions.enter_paper(
        town.clerk,
        rating.suggestion,
        at=moment(TYPED),
        noun="rating",
        subject=rating,
        verb="rate",
        hat=town.alice.hat,
        fields=fields,
        happened_at=moment(day, 12),
    )


def confirm(actor: object, entry: PaperEntry) -> None:
    """Confirms through the form, as page and API do."""
    form = form_of("confirm_paper")({}, actor=actor, case=entry, today=LOOKED)
    assert form.is_valid(), form.errors
    actions.confirm_paper(actor, entry, at=moment(LOOKED), **form.cleaned_data)


def test_a_rating_on_paper_counts_from_its_day_with_three_people_named(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    entry = entered(town, rating)
    confirm(town.office, entry)
    rating.refresh_from_db()
    entry.refresh_from_db()
    assert (rating.state, rating.rated_on, rating.words) == (RatingState.RATED, SIGNED, "没有时间表")
    assert (entry.state, entry.confirmed_by) == (PaperState.CONFIRMED, "高言")
    line = JournalLine.objects.get(chain=rating.suggestion.chain, verb="rate")
    who = {key: line.who.get(key) for key in ("person", "entered_by", "confirmed_by")}
    assert who == {"person": "安立夏", "entered_by": "葛小舟", "confirmed_by": "高言"}
    assert (line.happened_at, line.hat) == (moment(SIGNED, 12), town.alice.hat)


def test_nobody_confirms_what_they_typed(town: Town) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    with pytest.raises(Refused, match="录入人不能复核自己录入的纸件。"):
        confirm(town.clerk, entry)


def test_the_deputy_may_confirm_in_the_place_of_a_second_clerk(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    entry = entered(town, rating)
    confirm(town.alice, entry)
    line = JournalLine.objects.get(chain=rating.suggestion.chain, verb="rate")
    assert (line.who["entered_by"], line.who["confirmed_by"]) == ("葛小舟", "安立夏")


@pytest.mark.parametrize("who", ["bob", "housing_chief", "member", "foreign_office"])
def test_nobody_else_confirms_a_paper(town: Town, who: str) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    with pytest.raises(NotYourStep):
        confirm(town.actors[who], entry)


def test_a_paper_is_entered_once(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    entered(town, rating)
    with pytest.raises(Refused, match="这份纸件已经录入，等待复核。"):
        entered(town, rating)


def test_of_two_who_confirm_the_second_is_told_to_look_again(town: Town) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    stale = PaperEntry.objects.get(pk=entry.pk)
    confirm(town.office, entry)
    with pytest.raises(Moved):
        actions.confirm_paper(town.alice, stale, at=moment(LOOKED), arguments={})


def test_a_paper_takes_no_step_that_was_not_open_on_its_day(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    with pytest.raises(Refused, match="纸面日期不能晚于今天。"):
        entered(town, rating, day=date(2026, 3, 30))
    Rating.objects.filter(pk=rating.pk).update(closes_on=date(2026, 3, 23))
    rating.refresh_from_db()
    with pytest.raises(Refused, match="评价期已于2026-03-23截止。"):
        entered(town, rating)


def test_only_who_screens_enters_papers(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    for who in ("housing_officer", "dispatcher", "member", "bob"):
        town.actors["clerk"] = town.actors[who]
        with pytest.raises(NotYourStep):
            entered(town, rating)


def test_a_paper_whose_fields_do_not_hold_is_not_confirmed(town: Town) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"), {**TICKED, "marks-2-grade": [""]})
    form = form_of("confirm_paper")({}, actor=town.office, case=entry, today=LOOKED)
    assert (form.is_valid(), form.non_field_errors()) == (False, ["请评价：办理结果。"])


def test_a_refused_paper_is_typed_anew(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    entry = entered(town, rating)
    actions.refuse_paper(town.office, entry, at=moment(LOOKED), words="第三项录错")
    assert (entry.state, rating.state) == (PaperState.REFUSED, RatingState.OPEN)
    assert entered(town, rating).state == PaperState.ENTERED


def test_what_is_on_a_paper_is_seen_by_screeners_and_its_person_only(town: Town) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    eyes = ["office", "alice", "bob", "housing_chief", "dispatcher", "member"]
    seen = [who for who in eyes if queries.child_visible_to(town.actors[who], PaperEntry).filter(pk=entry.pk)]
    assert seen == ["office", "alice"]
    verbs = {line.verb for line in queries.timeline(town.housing_chief, entry.suggestion)}
    assert "enter_paper" not in verbs


def test_who_may_move_a_paper(town: Town) -> None:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    assert who_may(town, PAPER, entry) == [
        "enter_paper: office clerk system",
        "confirm_paper: alice office clerk system",
        "refuse_paper: alice office clerk system",
    ]


# -- pages ------------------------------------------------------------------------------------------------------------


def typed(client: Client, noun: str, pk: int, verb: str, signer: str, **fields: object) -> object:
    url = reverse("suggestions:paper_entry", args=[noun, pk, verb])
    data = {"paper-hat": signer, "paper-happened_on": "2026-03-24", **fields}
    return client.post(url, data)


def test_the_code_on_the_paper_opens_its_fields(town: Town, hat: Callable[..., Client]) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    client, url = hat(town.clerk), reverse("suggestions:paper_code")
    answer = client.get(url, {"code": form_code("RT", rating.pk).lower().replace("-", " ")})
    assert (answer.status_code, answer.url) == (
        302,
        reverse("suggestions:paper_entry", args=["rating", rating.pk, "rate"]),
    )
    wrong = client.get(url, {"code": "RT-2222-222"})
    assert (wrong.status_code, "这个编码不对" in wrong.content.decode()) == (422, True)
    assert hat(town.housing_officer).get(url).status_code == 403


def test_a_survey_form_goes_from_print_to_journal_over_the_pages(
    town: Town, hat: Callable[..., Client]
) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    printed = hat(town.alice).get(f"/suggestions/paper/rating/{rating.pk}/rate.pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    flat = {key: values[0] for key, values in TICKED.items()}
    scan = SimpleUploadedFile("意见表.pdf", PDF)
    answer = typed(
        hat(town.clerk), "rating", rating.pk, "rate", town.alice.hat, **flat, **{"paper-scan": scan}
    )
    assert answer.status_code == 302
    entry = PaperEntry.objects.get()
    client, url = hat(town.office), reverse("suggestions:confirm_paper", args=[entry.pk])
    page = client.get(url).content.decode()
    assert ("没有时间表" in page, "安立夏" in page, "葛小舟" in page) == (True, True, True)
    assert client.get(reverse("suggestions:paper_scan", args=[entry.pk])).content == PDF
    assert hat(town.housing_chief).get(reverse("suggestions:paper_scan", args=[entry.pk])).status_code == 404
    assert hat(town.office).post(url).status_code == 302
    rating.refresh_from_db()
    assert (rating.state, rating.rated_on) == (RatingState.RATED, SIGNED)


def test_signing_for_on_paper_runs_as_the_unit(town: Town, hat: Callable[..., Client]) -> None:
    share = cases.share_of(town, cases.assigned(town), "housing")
    answer = typed(hat(town.clerk), "assignment", share.pk, "sign_for", town.housing_officer.hat)
    assert answer.status_code == 302, answer.content.decode()
    confirm(town.office, PaperEntry.objects.get())
    share.refresh_from_db()
    assert (share.state, share.signed_for_on) == (ShareState.SIGNED_FOR, SIGNED)


def test_a_contact_is_confirmed_on_paper(town: Town, hat: Callable[..., Client]) -> None:
    suggestion = cases.handling(town, cosigners=())
    [contact] = cases.talk(town, cases.share_of(town, suggestion, "housing"), "before")
    assert typed(hat(town.clerk), "contact", contact.pk, "confirm_contact", town.alice.hat).status_code == 302
    confirm(town.office, PaperEntry.objects.get())
    contact.refresh_from_db()
    assert contact.state == ContactState.CONFIRMED


def test_a_withdrawal_is_asked_for_on_paper(town: Town, hat: Callable[..., Client]) -> None:
    suggestion = cases.handling(town, cosigners=())
    answer = typed(
        hat(town.clerk), "suggestion", suggestion.pk, "request_withdrawal", town.alice.hat, reason="已解决"
    )
    assert answer.status_code == 302
    confirm(town.office, PaperEntry.objects.get())
    assert Suggestion.objects.get(pk=suggestion.pk).withdrawals.get().reason == "已解决"


def test_an_objection_on_paper_runs_as_the_unit(town: Town, hat: Callable[..., Client]) -> None:
    from tibandu.regulations.models import Ground

    share = cases.share_of(town, cases.assigned(town), "housing")
    ground = Ground.objects.filter(version=town.measure, kind="objection").first()
    fields = {
        "ground": ground.pk,
        "clause": "三定规定",
        "reason": "属交通部门",
        "proposed_unit": town.units["transport"].pk,
    }
    url = reverse("suggestions:paper_entry", args=["assignment", share.pk, "object"])
    data = {"paper-hat": town.housing_chief.hat, "paper-happened_on": "2026-02-27", **fields}
    assert hat(town.clerk).post(url, data).status_code == 302
    confirm(town.office, PaperEntry.objects.get())
    assert share.objections.get().reason == "属交通部门"
