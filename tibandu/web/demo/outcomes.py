"""Knows the troubles of replying and what follows: silence, mistakes, a deputy who says no, promises kept and not."""

from datetime import date, timedelta
from typing import Any

from tibandu.people import actions as people
from tibandu.people.models import Seat
from tibandu.people.queries import SYSTEM
from tibandu.suggestions import actions
from tibandu.suggestions.enums import ReplyKind
from tibandu.suggestions.models import Assignment, Contact, Rating, Suggestion
from tibandu.web.demo.cast import LEFT_OFFICE, OVER_SEVENTY, SILENT, World, moment, workday
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter

DISSATISFIED = "答复只说列入计划，没有说哪一个月、由谁来办，群众问起来我答不上。"


def city(world: World) -> Teller:
    return Teller(world.city, world.until)


def silent(world: World, found: Matter) -> None:
    """Twice told, twice silent: the days pass, and the reply goes out marked as unconfirmed."""
    teller, day = city(world), world.until - timedelta(days=88)
    _suggestion, [share] = teller.opened(found, SILENT, day)
    _unheard(
        teller, share, "before", day + timedelta(days=14), "电话两次没有接通，到代表单位送达了书面征求意见。"
    )
    _unheard(teller, share, "during", day + timedelta(days=34), "把答复初稿寄送代表，并以短信提醒。")
    reply = teller.draft(share, found, "A", day + timedelta(days=52))
    teller.send(reply, day + timedelta(days=58))


def _unheard(teller: Teller, share: Assignment, stage: str, day: date, said: str) -> None:
    contacts = teller.talk(share, stage, day, said, confirm=False, mode="letter")
    for row in Contact.objects.filter(pk__in=[contact.pk for contact in contacts]):
        at = teller.at(row.confirm_by + timedelta(days=1), 6, office=False)
        actions.let_contact_pass(SYSTEM, row, at=at)


def disputed(world: World, found: Matter) -> None:
    teller, day, place = city(world), world.until - timedelta(days=30), world.city
    _suggestion, [share] = teller.opened(found, 42, day)
    [contact] = teller.talk(share, "before", day + timedelta(days=12), "到代表家中走访。", confirm=False)
    at = teller.at(day + timedelta(days=14), 20, office=False)
    words = "那天没有人到我家来，只是通了一个电话，请如实记录。"
    actions.dispute_contact(place.deputy(42, day), contact, at=at, words=words)
    said = "科长重新上门，向代表说明上次记录有误，听取了三条意见。"
    teller.talk(share, "before", day + timedelta(days=18), said)


def late(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=140)
    suggestion, [share] = teller.opened(found, 44, day, joint=[45])
    reply = teller.answered(share, found, day + timedelta(days=106))
    teller.ended(suggestion, share, reply, "B")


def interim(world: World, found: Matter) -> None:
    """Says how far it is; the clock runs on."""
    teller, day = city(world), world.until - timedelta(days=72)
    _suggestion, [share] = teller.opened(found, 46, day)
    sent_on = day + timedelta(days=50)
    teller.talk(share, "before", day + timedelta(days=16), found.said)
    reply = teller.draft(share, found, "A", sent_on - timedelta(days=5), kind=ReplyKind.INTERIM)
    teller.send(reply, sent_on)


def corrected(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=64)
    _suggestion, [share] = teller.opened(found, 47, day)
    reply = teller.answered(share, found, day + timedelta(days=44), "A")
    words = "第二项答复的完成年份写错，出具更正件。"
    at = teller.at(day + timedelta(days=48), 10)
    version = actions.correct_reply(teller.worker(share), reply, at=at, words=words)
    parts: list[dict[str, Any]] = [
        {"ask": part.ask, "text": part.text} for part in reply.parts.select_related("ask")
    ]
    parts[1]["text"] += f"（更正：原答复所写年份有误，应为{day.year}年。）"
    mended = {"kind": reply.kind, "category": reply.category, "parts": parts}
    actions.edit_reply(teller.worker(share), version, at=teller.at(day + timedelta(days=48), 11), **mended)
    teller.send(version, day + timedelta(days=53))


def no_letter(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=68)
    suggestion, [share] = teller.opened(found, 48, day, no_written_reply=True)
    sent_on = day + timedelta(days=36)
    teller.talked(share, found, sent_on)
    reply = teller.draft(share, found, "A", sent_on - timedelta(days=6), kind=ReplyKind.NOT_REQUESTED)
    teller.send(reply, sent_on)
    teller.ended(suggestion, share, reply)


def ex_deputy(world: World, found: Matter) -> None:
    """The mandate ends while the case is handled; the former deputy reads on and rates."""
    teller, day, place = city(world), world.until - timedelta(days=74), world.city
    suggestion, [share] = teller.opened(found, LEFT_OFFICE, day)
    seat, left_on = place.seats[LEFT_OFFICE], day + timedelta(days=30)
    words = "工作调离本行政区域，代表资格终止。"
    at = teller.at(left_on, 10)
    people.end_seat(SYSTEM, seat, on=at.date(), words=words, at=at)
    place.seats[LEFT_OFFICE] = Seat.objects.select_related("person", "term__congress", "delegation").get(
        pk=seat.pk
    )
    reply = teller.answered(share, found, day + timedelta(days=50))
    teller.ended(suggestion, share, reply)


def second_round(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=130)
    suggestion, _share = _said_no(teller, found, 49, day)
    reply = _again(teller, suggestion, found, day + timedelta(days=66))
    teller.ended(suggestion, teller.open_lead(suggestion), reply)


def still_no(world: World, found: Matter) -> None:
    """The second reply dissatisfies as well: both sides meet, and what they agreed is kept."""
    teller, day = city(world), world.until - timedelta(days=118)
    suggestion, _share = _said_no(teller, found, 50, day)
    reply = _again(teller, suggestion, found, day + timedelta(days=66))
    sent_on = reply.sent_on
    teller.rate(reply, sent_on + timedelta(days=3), "N", DISSATISFIED)
    held_on = sent_on + timedelta(days=10)
    at = teller.at(held_on, 16)
    actions.record_meeting(
        world.city.office,
        suggestion,
        at=at,
        held_on=at.date(),
        place="市人大常委会机关二楼会议室",
        attended="领衔代表、市人大代表工委、市公安局主要负责人、市交通局",
        agreed="一、年底前在学校一侧先建声屏障四百米；二、每月通报一次夜间查处情况；三、明年三月再到现场看。",
    )


def _said_no(teller: Teller, found: Matter, lead: int, day: date) -> tuple[Suggestion, Assignment]:
    suggestion, [share] = teller.opened(found, lead, day)
    reply = teller.answered(share, found, day + timedelta(days=54), "C")
    teller.rate(reply, day + timedelta(days=58), "N", DISSATISFIED)
    return suggestion, share


def _again(teller: Teller, suggestion: Suggestion, found: Matter, day: date) -> object:
    """The principal takes it up, goes there, and answers anew."""
    suggestion.refresh_from_db()
    words = "代表不满意的理由成立，由主要负责人领办，到现场核实后重新答复。"
    at = teller.at(day, 10)
    actions.assign_again(teller.place.office, suggestion, at=at, trigger="dissatisfied", words=words)
    share = teller.open_lead(suggestion)
    teller.take(share, day + timedelta(days=2))
    return teller.answered(share, found, day + timedelta(days=26))


def promise_kept(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=200)
    suggestion, [share] = teller.opened(found, 51, day)
    due = day + timedelta(days=130)
    reply = teller.answered(share, found, day + timedelta(days=60), "B", due=due)
    teller.rate(reply, day + timedelta(days=64), "A")
    promise = reply.promises.get()
    words = "主体已完工，正在种植乔木。"
    at = teller.at(due - timedelta(days=30), 10)
    actions.report_promise(teller.worker(share), promise, at=at, words=words)
    teller.keep_promise(promise, due - timedelta(days=6))
    teller.reply_on_promise(share, found, due + timedelta(days=8), "A")
    said = "代表到公园看过，表示满意。"
    sent_on = workday(due + timedelta(days=12))
    teller.talk(share, "after", sent_on + timedelta(days=4), said, most=1)
    teller.close(suggestion, sent_on + timedelta(days=20))


def promise_lapsed(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=180)
    _suggestion, [share] = teller.opened(found, 52, day)
    due = world.until - timedelta(days=20)
    reply = teller.answered(share, found, day + timedelta(days=58), "B", due=due)
    teller.rate(reply, day + timedelta(days=62), "A")
    at = teller.at(world.until - timedelta(days=5), 15)
    words = "到现场查看，只完成两公里，其余没有动工，认定未兑现。"
    actions.lapse_promise(world.city.office, reply.promises.get(), at=at, words=words)


def paper(world: World, found: Matter) -> None:
    """A deputy over seventy sends the printed form; one clerk has typed it, another has still to look."""
    teller, day, place = city(world), world.until - timedelta(days=60), world.city
    suggestion, [share] = teller.opened(found, OVER_SEVENTY, day)
    sent_on = workday(world.until - timedelta(days=6))
    reply = teller.answered(share, found, sent_on)
    rating = Rating.objects.get(reply=reply)
    marks = [("attitude", "satisfied"), ("contact", "satisfied"), ("result", "basically")]
    fields = {"words": ["食堂开了就好，请把饭菜做软一点。"]}
    for number, (dimension, grade) in enumerate(marks):
        fields[f"marks-{number}-dimension"] = [dimension]
        fields[f"marks-{number}-grade"] = [grade]
    actions.enter_paper(
        place.clerk,
        suggestion,
        at=teller.at(world.until, 19),
        noun="rating",
        subject=rating,
        verb="rate",
        hat=f"seat:{place.seats[OVER_SEVENTY].pk}",
        fields=fields,
        happened_at=moment(max(sent_on, world.until - timedelta(days=2)), 12),
    )
