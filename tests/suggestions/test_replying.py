"""How a reply is drafted, checked, signed and sent, and what follows for the share, the promises and the case."""

from datetime import date

import pytest

from tests.cases import (
    ANSWERS,
    DRAFTED,
    OVERPASS,
    SENT,
    begin,
    category,
    checked,
    drafted,
    handling,
    heard,
    registered_in_session,
    replied,
    share_of,
    sign,
    signed,
    talk,
)
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.models import Message, Organ
from tibandu.people.queries import SYSTEM
from tibandu.regulations.models import Version
from tibandu.regulations.queries import compiled
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Cause, PromiseState, ReplyKind, ReplyState, Role, ShareState, State
from tibandu.suggestions.models import CategoryChange, Delivery, Rating, Reply, Suggestion

LATER = date(2026, 4, 1)


def under_setting(town: Town, **values: str) -> None:
    """The measure with other choices; the frozen text is compiled anew as if it had been enacted so."""
    for key, value in values.items():
        town.measure.settings.filter(key=key).update(value=value)
    text = compiled(Version.objects.get(pk=town.measure.pk)).to_json()
    Version.objects.filter(pk=town.measure.pk).update(compiled=text)


def told(unit: object) -> str:
    return Message.objects.filter(unit=unit).latest("pk").title


def test_a_draft_keeps_an_answer_to_each_ask(town: Town) -> None:
    suggestion = handling(town)
    reply = drafted(town, suggestion, promises=[OVERPASS])
    assert (reply.state, reply.cause, reply.seq, reply.version) == (ReplyState.DRAFT, Cause.FIRST, 1, 1)
    assert (reply.drafted_by, reply.drafted_by_id) == ("林溪", town.housing_officer.person_id)
    assert [(part.ask.number, part.text) for part in reply.parts.all()] == [(1, ANSWERS[0]), (2, ANSWERS[1])]
    assert list(reply.promises.values_list("what", "state")) == [(OVERPASS["what"], PromiseState.DRAFT)]


def test_a_share_has_one_reply_in_work_at_a_time(town: Town) -> None:
    suggestion = handling(town)
    drafted(town, suggestion)
    with pytest.raises(Refused, match="已有一份答复在办"):
        drafted(town, suggestion)


def test_a_co_unit_gives_an_opinion_and_writes_no_reply(town: Town) -> None:
    suggestion = handling(town, cos=["transport"])
    with pytest.raises(NotYourStep):
        drafted(town, suggestion, unit="transport")


def test_an_edited_draft_keeps_only_what_was_written_last(town: Town) -> None:
    suggestion = handling(town)
    reply = drafted(town, suggestion, promises=[OVERPASS])
    actions.edit_reply(
        town.housing_officer,
        reply,
        at=moment(DRAFTED, 11),
        kind=ReplyKind.LETTER,
        category=category(town, "C"),
        parts=[{"ask": None, "text": "资金尚未落实。"}],
        reason="今年财政没有安排。",
    )
    reply.refresh_from_db()
    assert (reply.category.code, reply.reason, reply.contact_name) == ("C", "今年财政没有安排。", "")
    assert [part.text for part in reply.parts.all()] == ["资金尚未落实。"]
    assert reply.promises.count() == 0


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"answers": []}, "答复还没有内容。"),
        ({"category": None}, "请选择答复类别。"),
        ({"code": "C"}, "C类 因条件限制待以后解决须写明理由。"),
        (
            {"code": "B"},
            "B类 正在解决或者列入规划逐步解决列入承诺台账，请先把承诺逐项写清：事项、标准、责任人、时限。",
        ),
    ],
)
def test_a_reply_is_submitted_only_with_what_its_category_demands(
    town: Town, written: dict[str, object], sentence: str
) -> None:
    reply = drafted(town, handling(town), **written)
    with pytest.raises(Refused) as refusal:
        actions.submit_reply(town.housing_officer, reply, at=moment(DRAFTED, 10))
    assert str(refusal.value) == sentence


def test_a_note_replaces_a_letter_only_where_the_authors_asked_for_none(town: Town) -> None:
    with pytest.raises(Refused, match="代表没有注明不需要书面答复"):
        drafted(town, handling(town), kind=ReplyKind.NOT_REQUESTED)


def test_a_talk_in_session_is_a_reply_only_while_the_session_sits(town: Town) -> None:
    with pytest.raises(Refused, match="当面答复只用于会议期间"):
        drafted(town, handling(town), kind=ReplyKind.IN_SESSION)


def test_the_dispatch_office_checks_what_the_government_answers(town: Town) -> None:
    reply = drafted(town, handling(town))
    actions.submit_reply(town.housing_officer, reply, at=moment(DRAFTED, 10))
    assert reply.state == ReplyState.CHECKING
    assert told(town.units["dispatch"]) == f"答复待核稿：{reply.suggestion}"
    actions.check_reply(town.dispatcher, reply, at=moment(DRAFTED, 14), words="格式无误")
    assert (reply.state, reply.checked_by) == (ReplyState.SIGNING, "蒋明")
    assert told(town.units["housing"]) == f"答复已核稿，待签发：{reply.suggestion}"


def test_where_nobody_checks_the_draft_goes_straight_to_the_signer(town: Town) -> None:
    under_setting(town, dispatch_checks_reply="no")
    reply = drafted(town, handling(town))
    actions.submit_reply(town.housing_officer, reply, at=moment(DRAFTED, 10))
    assert reply.state == ReplyState.SIGNING


def test_an_organ_without_dispatcher_is_checked_by_nobody(town: Town) -> None:
    reply = drafted(town, handling(town))
    Organ.objects.filter(pk=town.government.pk).update(dispatcher=None)
    actions.submit_reply(town.housing_officer, reply, at=moment(DRAFTED, 10))
    assert reply.state == ReplyState.SIGNING


def test_the_checker_and_the_signer_send_it_back_with_their_reason(town: Town) -> None:
    reply = drafted(town, handling(town))
    actions.submit_reply(town.housing_officer, reply, at=moment(DRAFTED, 10))
    actions.return_reply(town.dispatcher, reply, at=moment(DRAFTED, 11), words="第二项没有答复")
    assert reply.state == ReplyState.DRAFT
    checked(town, reply)
    actions.send_back_to_drafter(town.housing_chief, reply, at=moment(SENT), words="写明责任科室")
    reply.refresh_from_db()
    assert (reply.state, reply.checked_by) == (ReplyState.DRAFT, "")
    words = JournalLine.objects.filter(noun="reply", words__gt="").values_list("verb", "words")
    assert list(words.order_by("pk")) == [
        ("return_reply", "第二项没有答复"),
        ("send_back_to_drafter", "写明责任科室"),
    ]


def test_only_a_head_of_the_rank_of_the_measure_signs(town: Town) -> None:
    reply = checked(town, drafted(town, handling(town)))
    for actor in (town.housing_section, town.housing_deputy_head, town.transport_chief, town.dispatcher):
        with pytest.raises(NotYourStep):
            actions.sign_reply(actor, reply, at=moment(SENT))
    under_setting(town, signer_rank="deputy_head")
    actions.sign_reply(town.housing_deputy_head, Reply.objects.get(), at=moment(SENT))
    assert Reply.objects.get().signer_rank == "deputy_head"


def test_nobody_signs_what_they_drafted(town: Town) -> None:
    reply = checked(town, drafted(town, handling(town)))
    Reply.objects.filter(pk=reply.pk).update(drafted_by_id=town.housing_chief.person_id)
    with pytest.raises(Refused, match="应当由他人核稿、签发"):
        actions.sign_reply(town.housing_chief, reply, at=moment(SENT))


def test_letters_of_a_unit_are_numbered_through_the_year(town: Town) -> None:
    first = signed(town, drafted(town, handling(town)))
    second = signed(town, drafted(town, handling(town)))
    assert [first.doc_no, second.doc_no] == ["市住建局函〔2026〕1号", "市住建局函〔2026〕2号"]
    assert (first.signed_by, first.signer_rank, first.signed_on) == ("郎定", "principal", SENT)


def test_a_refused_signature_takes_no_number(town: Town) -> None:
    suggestion = handling(town, cos=["police"])
    reply = checked(town, drafted(town, suggestion))
    with pytest.raises(Refused, match="会办意见尚未会签：市公安局"):
        actions.sign_reply(town.housing_chief, reply, at=moment(SENT))
    assert signed(town, drafted(town, handling(town))).doc_no == "市住建局函〔2026〕1号"


def test_a_reply_is_not_sent_before_the_first_two_contacts(town: Town) -> None:
    suggestion = handling(town)
    share = share_of(town, suggestion, "housing")
    reply = signed(town, drafted(town, suggestion))
    with pytest.raises(Refused, match="办前联系、办中联系尚未完成"):
        actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    heard(town, share, "before", "during")
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    assert (reply.state, reply.sent_on, reply.unconfirmed) == (ReplyState.SENT, SENT, False)


def test_a_silent_deputy_does_not_hold_the_reply_but_leaves_a_mark(town: Town) -> None:
    suggestion = handling(town)
    share = share_of(town, suggestion, "housing")
    heard(town, share, "before")
    for contact in talk(town, share, "during"):
        actions.let_contact_pass(SYSTEM, contact, at=moment(LATER))
    reply = signed(town, drafted(town, suggestion))
    actions.send_reply(town.housing_officer, reply, at=moment(LATER))
    assert reply.unconfirmed


def test_everybody_behind_the_text_is_sent_the_reply_and_asked_to_rate(town: Town) -> None:
    suggestion = replied(town, cosigners=["bob", "chen"])
    reply = suggestion.replies.get()
    names = ["安立夏", "柏远", "陈牧"]
    assert list(Delivery.objects.values_list("proposer__name", flat=True).order_by("pk")) == names
    assert list(Rating.objects.values_list("proposer__name", flat=True).order_by("pk")) == names
    assert {rating.reply_id for rating in Rating.objects.all()} == {reply.pk}
    assert {rating.closes_on for rating in Rating.objects.all()} == {date(2026, 3, 30)}


def test_where_the_lead_passes_it_on_only_the_lead_is_sent_it(town: Town) -> None:
    under_setting(town, addressees="lead")
    replied(town, cosigners=["bob"])
    assert list(Delivery.objects.values_list("proposer__name", flat=True)) == ["安立夏"]


def test_the_share_is_answered_and_its_clock_stops(town: Town) -> None:
    suggestion = replied(town)
    share = share_of(town, suggestion, "housing")
    assert (share.state, share.answered_on) == (ShareState.ANSWERED, SENT)
    suggestion.refresh_from_db()
    assert suggestion.state == State.ASSIGNED


def test_a_category_that_opens_the_ledger_keeps_the_case_in_follow_up(town: Town) -> None:
    suggestion = replied(town, code="B", promises=[OVERPASS])
    suggestion.refresh_from_db()
    assert suggestion.state == State.FOLLOW_UP
    assert suggestion.promises.get().state == PromiseState.OPEN


def test_the_case_waits_for_the_last_of_separate_units(town: Town) -> None:
    suggestion = handling(town, separate=["housing", "transport"])
    for unit, day in (("housing", SENT), ("transport", LATER)):
        heard(town, share_of(town, suggestion, unit), "before", "during")
        reply = drafted(town, suggestion, unit=unit, code="B", promises=[OVERPASS])
        signed(town, reply, unit=unit, at=moment(day))
        suggestion.refresh_from_db()
        assert suggestion.state == State.ASSIGNED
        actions.send_reply(town.actors[f"{unit}_officer"], reply, at=moment(day, 15))
    suggestion.refresh_from_db()
    assert suggestion.state == State.FOLLOW_UP


def test_an_interim_reply_stops_no_clock_and_asks_for_no_rating(town: Town) -> None:
    suggestion = handling(town)
    reply = signed(town, drafted(town, suggestion, kind=ReplyKind.INTERIM, category=None))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    assert reply.state == ReplyState.SENT
    assert share_of(town, suggestion, "housing").state == ShareState.HANDLING
    assert Rating.objects.count() == 0
    assert Delivery.objects.count() == 2
    assert drafted(town, suggestion, at=moment(LATER)).seq == 2


def test_a_note_of_the_result_needs_no_letter_number(town: Town) -> None:
    suggestion = handling(town, no_written_reply=True)
    heard(town, share_of(town, suggestion, "housing"), "before", "during")
    reply = signed(town, drafted(town, suggestion, kind=ReplyKind.NOT_REQUESTED))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    assert reply.doc_no == ""
    assert share_of(town, suggestion, "housing").state == ShareState.ANSWERED


def test_an_answered_share_is_answered_again_only_when_a_promise_is_kept(town: Town) -> None:
    suggestion = replied(town, code="B", promises=[OVERPASS])
    with pytest.raises(Refused, match="本件已经答复"):
        drafted(town, suggestion, at=moment(LATER))
    promise = suggestion.promises.get()
    type(promise).objects.filter(pk=promise.pk).update(state=PromiseState.KEPT)
    again = drafted(town, suggestion, code="A", at=moment(LATER))
    assert (again.cause, again.seq) == (Cause.PROMISE_DONE, 2)
    signed(town, again, at=moment(LATER))
    actions.send_reply(town.housing_officer, again, at=moment(LATER, 15))
    change = CategoryChange.objects.get()
    assert (change.old.code, change.new.code, change.changed_on) == ("B", "A", LATER)
    assert share_of(town, suggestion, "housing").answered_on == SENT


def test_a_correction_is_a_new_version_that_replaces_the_old_one_when_sent(town: Town) -> None:
    suggestion = replied(town, code="B", promises=[OVERPASS])
    old = suggestion.replies.get()
    new = actions.correct_reply(town.housing_officer, old, at=moment(LATER), words="日期有误")
    assert (new.version, new.seq, new.cause, new.state) == (2, 1, Cause.CORRECTION, ReplyState.DRAFT)
    assert [part.text for part in new.parts.all()] == list(ANSWERS)
    with pytest.raises(Refused, match="已有一份答复在办"):
        actions.correct_reply(town.housing_officer, old, at=moment(LATER), words="又有误")
    letter = Reply.objects.get(pk=old.pk).letter
    signed(town, new, at=moment(LATER))
    actions.send_reply(town.housing_officer, new, at=moment(LATER, 15))
    old.refresh_from_db()
    assert (old.state, old.letter) == (ReplyState.REPLACED, letter)
    assert suggestion.promises.get().reply == new
    assert CategoryChange.objects.count() == 0
    assert share_of(town, suggestion, "housing").answered_on == SENT


def test_a_correction_asks_nobody_twice_and_keeps_what_was_said_of_the_old_letter(town: Town) -> None:
    suggestion = replied(town)
    old = suggestion.replies.get()
    said = old.ratings.get(proposer__seat=town.seats["bob"])
    Rating.objects.filter(pk=said.pk).update(state="rated", rated_on=SENT)
    new = actions.correct_reply(town.housing_officer, old, at=moment(LATER), words="日期有误")
    actions.send_reply(town.housing_officer, signed(town, new, at=moment(LATER)), at=moment(LATER, 15))
    assert [rating.pk for rating in old.ratings.all()] == [said.pk]
    asked = {rating.proposer.name: rating.state for rating in new.ratings.select_related("proposer")}
    assert asked == {"安立夏": "open", "柏远": "open"}


@pytest.mark.parametrize("state", [ReplyState.SIGNED, ReplyState.SENT, ReplyState.REPLACED])
def test_no_step_changes_the_text_of_a_signed_reply(town: Town, state: str) -> None:
    reply = replied(town).replies.get()
    Reply.objects.filter(pk=reply.pk).update(state=state)
    before = Reply.objects.values("letter", "opening", "closing", "reason", "category", "doc_no").get()
    parts = list(reply.parts.values_list("ask", "text"))
    steps = {
        "edit_reply": {"kind": ReplyKind.LETTER, "parts": [{"ask": None, "text": "改动"}]},
        "submit_reply": {},
        "check_reply": {},
        "return_reply": {"words": "退"},
        "sign_reply": {},
        "send_back_to_drafter": {"words": "退"},
    }
    for step, fields in steps.items():
        for actor in (town.housing_officer, town.housing_chief, town.dispatcher):
            with pytest.raises((Moved, NotYourStep)):
                actions.action_of(step)(actor, reply, at=moment(LATER), **fields)
    assert (
        Reply.objects.values("letter", "opening", "closing", "reason", "category", "doc_no").get() == before
    )
    assert list(reply.parts.values_list("ask", "text")) == parts


def test_the_second_of_two_signatures_comes_too_late(town: Town) -> None:
    reply = checked(town, drafted(town, handling(town)))
    stale = Reply.objects.get(pk=reply.pk)
    actions.sign_reply(town.housing_chief, reply, at=moment(SENT))
    with pytest.raises(Moved):
        actions.sign_reply(town.housing_chief, stale, at=moment(SENT))
    assert Reply.objects.get().doc_no == "市住建局函〔2026〕1号"


def test_a_masked_author_is_named_neither_in_the_letter_nor_in_the_journal(town: Town) -> None:
    suggestion = handling(town)
    heard(town, share_of(town, suggestion, "housing"), "before", "during")
    Suggestion.objects.filter(pk=suggestion.pk).update(is_masked=True)
    suggestion.refresh_from_db()
    reply = signed(town, drafted(town, suggestion))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    assert reply.letter["salutation"] == "提出建议的代表："
    line = JournalLine.objects.get(verb="send_reply")
    assert (line.facts, line.words) == ({}, "")


def test_a_matter_is_answered_face_to_face_while_the_session_sits(town: Town) -> None:
    suggestion = registered_in_session(town)
    day = date(2026, 1, 14)
    actions.assign(town.office, suggestion, at=moment(day), organs=[town.government])
    share = {"unit": town.units["housing"], "role": Role.LEAD}
    actions.distribute(town.dispatcher, suggestion.handovers.get(), at=moment(day), shares=[share])
    sign(town, suggestion, "housing", at=moment(day, 10))
    begin(town, suggestion, "housing", at=moment(day, 10))
    reply = drafted(town, suggestion, kind=ReplyKind.IN_SESSION, at=moment(day, 11))
    signed(town, reply, at=moment(day, 14))
    actions.send_reply(town.housing_officer, reply, at=moment(day, 15))
    assert (reply.state, reply.doc_no, reply.unconfirmed) == (ReplyState.SENT, "", False)
    assert reply.letter["title"].endswith("第1号建议当面答复的记录")


def test_cases_of_one_file_are_answered_alike_each_in_its_own_letter(town: Town) -> None:
    cases = [handling(town, title=f"关于大桥过街的建议之{n}") for n in "一二三"]
    for suggestion in cases:
        file = cases[0].case_file if suggestion is not cases[0] else None
        title = "" if file else "大桥过街"
        actions.join_file(town.office, suggestion, at=moment(DRAFTED), case_file=file, title=title)
        cases[0].refresh_from_db()
    drafted(town, cases[2])
    drafted(town, cases[0], code="B", promises=[OVERPASS], for_file=True)
    replies = Reply.objects.order_by("suggestion")
    assert [reply.suggestion for reply in replies] == cases
    assert [reply.category.code for reply in replies] == ["B", "B", "A"]
    assert [part.text for part in replies[1].parts.all()] == ["\n".join(ANSWERS)]
    assert [reply.promises.count() for reply in replies] == [1, 1, 0]
