"""Random draws: the list first, the seed later, anybody can make it again, and what a site check found."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.oversight.draws_cases import FROZEN, SEED, SEED_DAY, claimed, drawn, frozen
from tests.oversight.rights import golden
from tests.town import Town, moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import DrawState, LotState
from tibandu.oversight.models import Draw
from tibandu.oversight.queries import desk, draws
from tibandu.people.models import Message

Wear = Callable[..., Client]
CHECKED = date(2026, 6, 12)


def check(town: Town, draw: Draw, *, agrees: bool = True) -> None:
    lot = draw.lots.filter(state=LotState.PICKED).order_by("place").first()
    actions.check_lot(town.member, lot, at=moment(CHECKED), agrees=agrees, held_on=CHECKED, words="现场察看")


def test_a_frozen_list_is_numbered_and_hashed(town: Town) -> None:
    draw = frozen(town)
    lines = draws.lines_of(draw)
    assert [line.split("\t")[0] for line in lines] == ["1", "2", "3"]
    assert lines[0].split("\t")[2:] == ["闭2026-001", "市住建局", "A类 已经解决或者基本解决", "2026-03-20"]
    text = "".join(f"{line}\n" for line in lines)
    assert hashlib.sha256(text.encode()).hexdigest() == draw.list_digest
    assert draws.list_holds(draw)


def test_anybody_can_make_the_draw_again(town: Town, hat: Wear) -> None:
    draw = drawn(town)
    told = json.loads(hat(town.alice).get(f"/oversight/draws/{draw.pk}/draw.json").content)
    names = hat(town.alice).get(f"/oversight/draws/{draw.pk}/list.txt").content
    assert hashlib.sha256(names).hexdigest() == told["sha256"]
    lots = sorted(
        (hashlib.sha256(f"{told['seed']}:{n}".encode()).hexdigest(), n)
        for n in range(1, names.count(b"\n") + 1)
    )
    assert [n for _lot, n in lots[: told["wanted"]]] == told["picked"]
    assert (len(told["picked"]), told["seed"]) == (2, "0711232830")


def test_the_seed_comes_after_the_list(town: Town) -> None:
    draw = frozen(town)
    with pytest.raises(Refused, match="名单冻结当天不能录入种子。"):
        actions.enter_seed(town.office, draw, at=moment(FROZEN), seed=SEED)
    with pytest.raises(Refused, match="到那天才能录入"):
        actions.enter_seed(town.office, draw, at=moment(date(2026, 6, 9)), seed=SEED)
    claims = {"since": date(2026, 1, 1), "until": date(2026, 5, 31), "wanted": 1, "title": "再抽"}
    with pytest.raises(Refused, match="种子须是名单冻结以后的公开数字。"):
        actions.freeze_draw(town.office, at=moment(FROZEN), seed_name="当天", seed_on=FROZEN, **claims)


def test_a_list_that_was_touched_is_not_drawn_from(town: Town) -> None:
    draw = frozen(town)
    draw.lots.filter(number=2).update(line="2\t0\t换了\t市住建局\tA\t2026-03-20")
    with pytest.raises(Refused, match="名单与冻结时公布的摘要不符"):
        actions.enter_seed(town.office, draw, at=moment(SEED_DAY), seed=SEED)


def test_nobody_draws_more_than_there_is(town: Town) -> None:
    with pytest.raises(Refused, match="这些条件下有1件，不能从中抽取2件。"):
        frozen(town, wanted=2, n=1)


def test_a_unit_and_a_deputy_freeze_no_list(town: Town) -> None:
    claims: dict[str, Any] = {"title": "抽查", "since": date(2026, 1, 1), "until": FROZEN, "wanted": 1}
    for actor in (town.housing_chief, town.alice, town.dispatcher):
        with pytest.raises(NotYourStep):
            actions.freeze_draw(actor, at=moment(FROZEN), seed_name="号码", seed_on=SEED_DAY, **claims)


def test_the_last_check_makes_the_draw_ready_to_close(town: Town) -> None:
    draw = drawn(town)
    check(town, draw)
    draw.refresh_from_db()
    assert draw.state == DrawState.DRAWN
    check(town, draw, agrees=False)
    draw.refresh_from_db()
    assert draw.state == DrawState.CHECKED
    told = Message.objects.filter(unit=town.units["deputy_work"]).values_list("title", flat=True)
    assert any(title.startswith("现场核查与单位自报不相符") for title in told)
    actions.close_draw(town.office, draw, at=moment(CHECKED), words="一件不相符，退回重办。")
    assert (draw.state, draw.conclusion) == (DrawState.CLOSED, "一件不相符，退回重办。")


def test_a_check_is_held_between_the_draw_and_today(town: Town) -> None:
    lot = drawn(town).lots.filter(state=LotState.PICKED).first()
    for day in (date(2026, 6, 9), date(2026, 6, 13)):
        with pytest.raises(Refused, match="核查日期须在抽取以后、今天以前。"):
            actions.check_lot(town.member, lot, at=moment(CHECKED), agrees=True, held_on=day, words="看过")


def test_what_waits_for_those_who_draw(town: Town, django_assert_num_queries: Any) -> None:
    draw = frozen(town)
    assert desk.waiting_for(town.office, FROZEN) == []
    assert [(t.noun, t.verb) for t in draws.waiting_draws(town.office, SEED_DAY)] == [("draw", "enter_seed")]
    actions.enter_seed(town.office, draw, at=moment(SEED_DAY), seed=SEED)
    with django_assert_num_queries(2):
        waiting = [(t.noun, t.verb) for t in draws.waiting_draws(town.office, SEED_DAY)]
    assert waiting == [("lot", "check_lot")] * 2
    with django_assert_num_queries(0):
        assert list(draws.waiting_draws(town.housing_officer, SEED_DAY)) == []


def test_who_sees_a_draw(town: Town) -> None:
    draw = frozen(town)
    names = ("office", "member", "alice", "chen", "housing_officer", "dispatcher", "police_officer")
    seen = [n for n in names if draw in draws.draws_visible_to(town.actors[n])]
    assert seen == ["office", "member", "alice", "chen", "housing_officer", "dispatcher"]
    assert draw not in draws.draws_visible_to(town.foreign_office)


def test_who_may_do_what(town: Town) -> None:
    draw = frozen(town)
    assert golden(town, "draw", draw, DrawState) == [
        "frozen office: enter_seed",
        "frozen clerk: enter_seed",
        "frozen member: enter_seed",
        "checked office: close_draw",
        "checked clerk: close_draw",
        "checked member: close_draw",
    ]
    assert golden(town, "lot", draw.lots.first(), LotState) == [
        "picked office: check_lot",
        "picked clerk: check_lot",
        "picked member: check_lot",
    ]


def test_the_pages_of_a_draw(town: Town, hat: Wear) -> None:
    draw = drawn(town)
    for actor in (town.office, town.housing_officer, town.alice):
        client = hat(actor)
        assert "2026年A类答复现场抽查" in client.get("/oversight/draws/").content.decode()
        page = client.get(f"/oversight/draws/{draw.pk}/").content.decode()
        assert draw.list_digest in page
        assert "结果一致" in page
    assert hat(town.foreign_office).get(f"/oversight/draws/{draw.pk}/").status_code == 404
    assert hat(town.housing_officer).get("/oversight/draws/freeze/").status_code == 403


def test_a_list_is_frozen_on_the_page_and_seed_and_check_are_entered_there(town: Town, hat: Wear) -> None:
    claimed(town, 1)
    client, day = hat(town.office), "2098-05-01"
    typed = {"title": "抽查", "since": "2026-01-01", "until": "2026-12-31", "wanted": 1, "seed_name": "号码"}
    assert client.post("/oversight/draws/freeze/", {**typed, "seed_on": "2000-01-01"}).status_code == 422
    assert client.post("/oversight/draws/freeze/", {**typed, "seed_on": day}).status_code == 302
    draw = Draw.objects.get()
    early = client.post(f"/oversight/draw/{draw.pk}/enter_seed/", {"seed": "123"})
    assert (early.status_code, draw.state) == (422, DrawState.FROZEN)
