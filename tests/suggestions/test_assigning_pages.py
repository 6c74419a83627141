"""The pages of assigning and handling: meetings, batches, distribution, the case's sections, printed forms."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.cases import HANDED_OVER, SPLIT, UNDER_WAY, assigned, handed_over, handling, registered, share_of
from tests.town import Town, moment
from tibandu.base.codes import read_code
from tibandu.regulations.models import Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import PAPER_CODES, Role, State
from tibandu.suggestions.models import Assignment, AssignmentMeeting, Handover, Suggestion

Hat = Callable[..., Client]


def meeting_of(town: Town) -> AssignmentMeeting:
    return actions.plan_meeting(town.office, session=None, title="2026年闭会建议交办会", held_on=HANDED_OVER)


def several(town: Town, n: int) -> list[Suggestion]:
    return [registered(town, title=f"关于第{number}个路口的建议", cosigners=()) for number in range(1, n + 1)]


def test_the_assigner_prepares_a_meeting_on_a_page(town: Town, hat: Hat) -> None:
    client = hat(town.office)
    fields = {
        "title": "六届五次会议交办会",
        "session": town.session.pk,
        "held_on": "2026-02-25",
        "place": "三楼",
    }
    assert client.get(reverse("suggestions:meetings")).status_code == 200
    answer = client.post(reverse("suggestions:meetings"), fields)
    made = AssignmentMeeting.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("suggestions:meeting", args=[made.pk]))
    assert (made.session, made.state) == (town.session, "planned")


def test_a_meeting_page_shows_what_waits_and_what_went_where(town: Town, hat: Hat) -> None:
    first, second = several(town, 2)
    meeting = meeting_of(town)
    organs = [town.government]
    actions.assign(town.office, first, at=moment(HANDED_OVER), organs=organs, meeting=meeting)
    answer = hat(town.office).get(reverse("suggestions:meeting", args=[meeting.pk]))
    assert [line["case"] for line in answer.context["waiting"]] == [second]
    assert [(organ, len(rows)) for organ, rows in answer.context["batches"]] == [(town.government, 1)]


def test_a_dispatch_office_reads_only_meetings_that_gave_it_something(town: Town, hat: Hat) -> None:
    first = registered(town)
    meeting, other = meeting_of(town), meeting_of(town)
    organs = [town.government]
    actions.assign(town.office, first, at=moment(HANDED_OVER), organs=organs, meeting=meeting)
    client = hat(town.dispatcher)
    answer = client.get(reverse("suggestions:meeting", args=[meeting.pk]))
    assert (answer.status_code, answer.context["waiting"]) == (200, [])
    assert client.get(reverse("suggestions:meeting", args=[other.pk])).status_code == 404
    assert hat(town.housing_chief).get(reverse("suggestions:meetings")).status_code == 404
    assert hat(town.foreign_office).get(reverse("suggestions:meeting", args=[meeting.pk])).status_code == 404


def test_the_papers_of_a_meeting_are_printed(town: Town, hat: Hat) -> None:
    first, _second = several(town, 2)
    meeting = meeting_of(town)
    organs = [town.government]
    actions.assign(town.office, first, at=moment(HANDED_OVER), organs=organs, meeting=meeting)
    actions.hold_meeting(town.office, meeting, at=moment(HANDED_OVER), minutes="会议要求按期答复。")
    client = hat(town.office)
    for kind in ("waiting", "list", "letter", "minutes"):
        url = reverse("suggestions:meeting_paper", args=[meeting.pk, kind])
        answer = client.get(url, {"organ": town.government.pk})
        assert (kind, answer.status_code, answer.content[:5]) == (kind, 200, b"%PDF-")
    assert client.get(reverse("suggestions:meeting_paper", args=[meeting.pk, "poem"])).status_code == 404
    letter = reverse("suggestions:meeting_paper", args=[meeting.pk, "letter"])
    assert client.get(letter, {"organ": town.court.pk}).status_code == 404
    waiting = reverse("suggestions:meeting_paper", args=[meeting.pk, "waiting"])
    assert hat(town.dispatcher).get(waiting).status_code == 404


def test_the_minutes_are_written_when_the_meeting_is_held(town: Town, hat: Hat) -> None:
    meeting = meeting_of(town)
    url = reverse("suggestions:hold_meeting", args=[meeting.pk])
    client = hat(town.office)
    assert client.get(url).status_code == 200
    assert client.post(url, {"minutes": ""}).status_code == 422
    assert client.post(url, {"minutes": "逐件交办。"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes) == ("held", "逐件交办。")


def assign_batch(town: Town, client: Client, cases: list[Suggestion], **fields: object) -> object:
    picks = [case.pk for case in cases]
    return client.post(
        reverse("suggestions:batch"),
        {"verb": "assign", "pick": picks, "organs": [town.government.pk], "confirm": "1", **fields},
    )


def test_a_batch_of_twelve_of_which_three_refuse(town: Town, hat: Hat) -> None:
    cases = several(town, 12)
    meeting = meeting_of(town)
    for case in cases[:3]:
        actions.assign(town.office, case, at=moment(HANDED_OVER), organs=[town.court])
    client = hat(town.office)
    preview = client.post(
        reverse("suggestions:batch"), {"verb": "assign", "pick": [c.pk for c in cases], "meeting": meeting.pk}
    )
    assert (len(preview.context["done"]), len(preview.context["refused"])) == (9, 3)
    assert preview.context["form"].initial["meeting"] == str(meeting.pk)
    assert Handover.objects.count() == 3
    answer = assign_batch(town, client, cases, meeting=meeting.pk)
    sentence = "已经办过，或者还没到这一步。"
    assert [(item.case, item.sentence) for item in answer.context["refused"]] == [
        (case, sentence) for case in cases[:3]
    ]
    assert [item.case for item in answer.context["done"]] == cases[3:]
    assert Handover.objects.filter(meeting=meeting).count() == 9
    again = assign_batch(town, client, cases, meeting=meeting.pk)
    assert (len(again.context["done"]), len(again.context["refused"])) == (0, 12)
    assert Handover.objects.count() == 12


def test_rows_that_nobody_filled_are_no_rows(town: Town, hat: Hat) -> None:
    case = registered(town)
    blank = {"units-0-unit": "", "units-0-role": "lead", "units-0-part": ""}
    answer = assign_batch(town, hat(town.office), [case], **blank)
    assert [item.case for item in answer.context["done"]] == [case]


def test_a_batch_without_its_organ_is_asked_again(town: Town, hat: Hat) -> None:
    case = registered(town)
    answer = assign_batch(town, hat(town.office), [case], organs=[])
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["organs"])


def test_a_unit_signs_for_many_at_once(town: Town, hat: Hat) -> None:
    cases = [assigned(town, title=f"关于第{n}站的建议", cosigners=()) for n in (1, 2)]
    actions.sign_for(town.housing_officer, share_of(town, cases[0], "housing"), at=moment(SPLIT))
    fields = {"verb": "sign_for", "pick": [case.pk for case in cases], "confirm": "1"}
    answer = hat(town.housing_officer).post(reverse("suggestions:batch"), fields)
    assert [item.case for item in answer.context["done"]] == [cases[1]]
    states = Assignment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["signed_for", "signed_for"]


def test_the_dispatch_office_splits_many_to_the_same_units(town: Town, hat: Hat) -> None:
    cases = [handed_over(town, title=f"关于第{n}站的建议", cosigners=()) for n in (1, 2, 3)]
    fields = {
        "verb": "distribute",
        "pick": [case.pk for case in cases],
        "confirm": "1",
        "shares-0-unit": town.units["transport"].pk,
        "shares-0-role": Role.LEAD,
        "shares-1-unit": town.units["police"].pk,
        "shares-1-role": Role.CO,
    }
    answer = hat(town.dispatcher).post(reverse("suggestions:batch"), fields)
    assert (len(answer.context["done"]), answer.context["refused"]) == (3, [])
    assert Assignment.objects.count() == 6


def test_what_is_out_of_sight_is_in_no_batch(town: Town, hat: Hat) -> None:
    case = registered(town)
    answer = assign_batch(town, hat(town.foreign_office), [case])
    assert (answer.context["done"], answer.context["refused"]) == ([], [])
    case.refresh_from_db()
    assert case.state == State.REGISTERED


def test_a_case_that_is_not_the_actors_is_refused_in_the_batch(town: Town, hat: Hat) -> None:
    case = assigned(town)
    answer = hat(town.office).post(reverse("suggestions:batch"), {"verb": "sign_for", "pick": [case.pk]})
    assert [item.sentence for item in answer.context["refused"]] == ["这一步不由您办理。"]


def test_only_steps_that_fit_many_are_batched(town: Town, hat: Hat) -> None:
    client = hat(town.office)
    assert client.post(reverse("suggestions:batch"), {"verb": "refuse"}).status_code == 404
    assert client.get(reverse("suggestions:batch")).status_code == 405


def test_the_distribution_page_shows_text_and_load(town: Town, hat: Hat) -> None:
    assigned(town)
    case = handed_over(town, title="关于公交站的建议")
    url = reverse("suggestions:distribute", args=[case.handovers.get().pk])
    client = hat(town.dispatcher)
    page = client.get(url).content.decode()
    assert "市住建局（在办 1 件）" in page
    assert "附近有两所小学" in page
    fields = {"shares-0-unit": town.units["transport"].pk, "shares-0-role": "lead", "words": "请抓紧"}
    assert client.post(url, fields).status_code == 302
    assert [str(share) for share in case.assignments.all()] == ["市交通局（主办）"]
    assert client.post(url, fields).status_code == 409


@pytest.mark.parametrize("reader", ["alice", "office", "dispatcher", "housing_officer", "transport_officer"])
def test_the_case_page_shows_its_handling_to_each_reader(town: Town, hat: Hat, reader: str) -> None:
    case = handling(town, cos=("transport",))
    share = share_of(town, case, "housing")
    rows = [{"ask": case.asks.first(), "measure": "测算", "owner": "林溪", "due_on": date(2026, 3, 20)}]
    actions.plan(town.housing_officer, share, at=moment(UNDER_WAY), measures=rows)
    page = hat(town.actors[reader]).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    wanted = ["兴澜市住房和城乡建设局", "郎定", "测算", "怎么算的"]
    assert [word for word in wanted if word not in page] == []


def test_printed_forms_carry_codes_that_read_back(town: Town, hat: Hat) -> None:
    case = assigned(town)
    share = share_of(town, case, "housing")
    url = reverse("suggestions:paper_form", args=["assignment", share.pk, "sign_for"])
    answer = hat(town.housing_officer).get(url)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert hat(town.police_officer).get(url).status_code == 404
    other = reverse("suggestions:paper_form", args=["assignment", share.pk, "contest"])
    assert hat(town.housing_officer).get(other).status_code == 404


def test_every_kind_of_code_obeys_the_alphabet() -> None:
    from tibandu.base.codes import form_code

    assert [read_code(form_code(kind, 7)) for kind in PAPER_CODES] == [(kind, 7) for kind in PAPER_CODES]


def test_a_ruler_reads_what_is_disputed_and_how_it_was_ruled_before(town: Town, hat: Hat) -> None:
    disputes = []
    for n in (1, 2):
        case = assigned(town, title=f"关于第{n}站的建议", cosigners=())
        disputes.append(
            actions.object(
                town.housing_officer,
                share_of(town, case, "housing"),
                at=moment(UNDER_WAY),
                ground=Ground.objects.get(version=town.measure, kind="objection", code="not_ours"),
                clause="三定规定第四条",
                reason=f"站点{n}由交通部门管理",
                proposed_unit=town.units["transport"],
            )
        )
    actions.reject(town.dispatcher, disputes[0], at=moment(UNDER_WAY), words="仍由住建局办理")
    answer = hat(town.dispatcher).get(reverse("suggestions:uphold", args=[disputes[1].pk]))
    page = answer.content.decode()
    wanted = ["站点2由交通部门管理", "三定规定第四条", "站点1由交通部门管理", "仍由住建局办理"]
    assert [word for word in wanted if word not in page] == []


@pytest.mark.parametrize("n", [1, 3])
def test_a_meeting_page_costs_the_same_queries_for_any_length(
    town: Town, hat: Hat, n: int, django_assert_num_queries: Callable[..., object]
) -> None:
    meeting = meeting_of(town)
    for case in several(town, n):
        actions.assign(town.office, case, at=moment(HANDED_OVER), organs=[town.government], meeting=meeting)
    several(town, n)
    client = hat(town.office)
    with django_assert_num_queries(9):
        client.get(reverse("suggestions:meeting", args=[meeting.pk]))


def test_a_refused_split_keeps_what_was_typed(town: Town, hat: Hat) -> None:
    handover = handed_over(town).handovers.get()
    fields = {
        "shares-0-unit": town.units["transport"].pk,
        "shares-0-role": "separate",
        "shares-0-part": "",
        "shares-1-unit": "",
        "shares-1-role": "co",
        "shares-1-part": "信号灯部分",
    }
    answer = hat(town.dispatcher).post(reverse("suggestions:distribute", args=[handover.pk]), fields)
    page = answer.content.decode()
    kept = ['value="信号灯部分"', f'<option value="{town.units["transport"].pk}" selected>']
    assert (answer.status_code, [words for words in kept if words not in page]) == (422, [])


def test_the_plan_is_changed_on_its_page(town: Town, hat: Hat) -> None:
    share = share_of(town, handling(town), "housing")
    rows = [{"measure": name, "owner": "林溪", "due_on": date(2026, 3, 20)} for name in ("测算", "论证")]
    actions.plan(town.housing_officer, share, at=moment(UNDER_WAY), measures=rows)
    first, second = share.plan.all()
    client, url = hat(town.housing_officer), reverse("suggestions:plan", args=[share.pk])
    assert client.get(url).context["form"].initial["shown"] == f"{first.pk} {second.pk}"
    fields = {
        "shown": f"{first.pk} {second.pk}",
        "measures-0-item": first.pk,
        "measures-0-ask": "",
        "measures-0-measure": "测算并公示",
        "measures-0-owner": "梁栋",
        "measures-0-due_on": "2026-03-25",
    }
    assert client.post(url, fields).status_code == 302
    assert list(share.plan.values_list("pk", "measure", "owner")) == [(first.pk, "测算并公示", "梁栋")]
