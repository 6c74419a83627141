"""What holds past one machine: steps over two servers, reminders by two workers, a pool in front, and some of them killed.

`TIBANDU_TEST_CASES=2000` makes the load larger; `pytest -s` shows how long it took.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from tests import cases
from tests.hosts import Host, Hosts, hosts, pgbouncer, wait_for
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base import journal, prepared
from tibandu.base.models import JournalLine, RepeatedRequest, Seal
from tibandu.people import actions as people
from tibandu.people import jobs
from tibandu.people.enums import Scope, SendingState
from tibandu.people.models import Account, Message, Person, Sending
from tibandu.people.queries import Actor
from tibandu.suggestions.jobs import tick
from tibandu.suggestions.models import Suggestion
from tibandu.web import archive

pytestmark = pytest.mark.django_db(transaction=True)
CASES = int(os.environ.get("TIBANDU_TEST_CASES", "40"))
CLIENTS = 4
PHONE = "13900000001"


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


@pytest.fixture
def several(town: Town, tmp_path: Path) -> Iterator[Hosts]:
    folder = tmp_path / "hosts"
    folder.mkdir()
    with hosts(folder) as found:
        if program := pgbouncer():
            found.pool(program)
        yield found


@dataclass
class Load:
    """Deputies write and hand in, the office puts on file; a server that does not answer is left for the other one."""

    servers: list[Host]
    tokens: dict[str, str]
    subject: int
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    turned: int = 0

    def life(self, n: int) -> None:
        text = {
            "title": f"关于第{n}处路口的建议",
            "facts": "路口没有信号灯。",
            "asks": [{"text": "设信号灯"}],
        }
        pk = self.step(n, "create", "alice", "suggestions", text)["id"]
        self.step(n, "submit", "alice", f"suggestions/{pk}/steps/submit", {})
        self.step(n, "register", "office", f"suggestions/{pk}/steps/register", {"subject": self.subject})

    def step(self, n: int, verb: str, who: str, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Asked with one key until it is acknowledged, so that an answer that was lost is only told again."""
        head = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        head["Idempotency-Key"] = f"{verb}-{n}"
        for turn in range(n, n + 60):
            try:
                status, found = post(self.servers[turn % 2].port, path, head, data)
            except (OSError, HTTPException):
                self.turned += 1
                continue
            assert status in (200, 201), found
            self.acknowledged.append((n, verb))
            return found
        raise AssertionError(f"{verb} {n}: no server answers")


def post(port: int, path: str, head: dict[str, str], data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    door = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        door.request("POST", f"/api/v1/{path}", json.dumps(data), head)
        answer = door.getresponse()
        body = answer.read()
    finally:
        door.close()
    return answer.status, json.loads(body) if body[:1] == b"{" else {"body": body[:300]}


def knows(server: Host, cookie: str) -> bool:
    """Whether a server is up and takes the session that was opened at another."""
    door = HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        door.request("GET", "/desk/", headers={"Cookie": cookie})
        return server.is_up and door.getresponse().status == 200
    except OSError:
        return not server.is_up
    finally:
        door.close()


def wrong_password(server: Host) -> str:
    """The page after an attempt to sign in with a password that is wrong."""
    door, page = HTTPConnection("127.0.0.1", server.port, timeout=30), "/accounts/login/"
    try:
        door.request("GET", page)
        answer = door.getresponse()
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        field = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())
        assert field
        form = urlencode({"login": "安立夏", "password": "猜的", "csrfmiddlewaretoken": field[1]})
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        door.request("POST", page, form, head)
        return door.getresponse().read().decode()
    finally:
        door.close()


def token(actor: Actor) -> str:
    return people.issue_token(actor, name="测试", scope=Scope.WRITE, at=moment())[1]


def cookie_of(client: Client, town: Town) -> str:
    """The session of one who signed in at some host."""
    client.force_login(Account.objects.get(person=town.office.person_id))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.mark.postgres
def test_a_server_and_a_worker_die_and_every_step_and_every_reminder_stands_once(
    town: Town, several: Hosts, client: Client
) -> None:
    cache.clear()
    Person.objects.filter(pk=town.alice.person_id).update(phone=PHONE)
    tokens = {name: token(town.actors[name]) for name in ("alice", "office")}
    servers, doomed, worker = [several.serve(), several.serve()], several.work(hold=5), several.work()
    cookie = cookie_of(client, town)
    for server in servers:
        wait_for(partial(knows, server, cookie), "a server that knows the session")
    for turn in range(5):
        assert "用户名或密码不对" in wrong_password(servers[turn % 2])
    assert "连续输错次数太多" in wrong_password(servers[1])
    load, started = Load(servers, tokens, town.subject.pk), monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        lives = [pool.submit(load.life, n) for n in range(CASES)]
        wait_for(partial(is_well_under_way, load, lives), "a third of the load")
        wait_for(lambda: sent_by(several, doomed) == 5, "the worker to be in the middle of a call")
        servers[1].kill()
        doomed.kill()
        for life in lives:
            life.result()
    print(f"{3 * CASES} steps in {monotonic() - started:.1f} s, {load.turned} asked again elsewhere")
    wait_for(lambda: not Sending.objects.filter(state=SendingState.WAITING).exists(), "an empty outbox")
    worker.process.terminate()
    assert worker.process.wait(10) == 0
    assert load.turned > 0
    steps_stand_once(load)
    reminders_went_once(several)


def is_well_under_way(load: Load, lives: list[Future[None]]) -> bool:
    for life in lives:
        if life.done():
            life.result()  # raises what went wrong
    return len(load.acknowledged) >= CASES


def sent_by(several: Hosts, host: Host) -> int:
    return sum(line.startswith(f"{host.pid} ") for line in several.calls.read_text().splitlines())


def steps_stand_once(load: Load) -> None:
    taken = JournalLine.objects.filter(noun="suggestion", verb__in=["create", "submit", "register"])
    per_verb = Counter(taken.values_list("verb", flat=True))
    assert per_verb == {"create": CASES, "submit": CASES, "register": CASES}
    assert (
        len(load.acknowledged) == len(set(load.acknowledged)) == RepeatedRequest.objects.count() == 3 * CASES
    )
    made = Suggestion.objects.order_by("number")
    assert list(made.values_list("number", flat=True)) == list(range(1, CASES + 1))
    assert set(made.values_list("title", flat=True)) == {f"关于第{n}处路口的建议" for n in range(CASES)}
    assert list(journal.verify()) == []


def reminders_went_once(several: Hosts) -> None:
    """One call each; the one that was under way when its worker died is reported, and not repeated."""
    calls = [line.split(" ", 1)[1] for line in several.calls.read_text().splitlines()]
    assert Message.objects.filter(seat__isnull=False).count() == len(calls) == len(set(calls)) == 2 * CASES
    assert Counter(Sending.objects.values_list("state", flat=True)) == {"sent": 2 * CASES - 1, "sending": 1}
    assert jobs.deliver(now() + timedelta(hours=2)) == jobs.Delivered(failed=1)
    failed = Sending.objects.get(state=SendingState.FAILED)
    assert failed.error == "发送时程序中断，不知是否送达，请核实后再重新发送。"


@pytest.mark.postgres
def test_a_backup_does_not_go_through_a_pool(several: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.refuse_a_pool()
    if not pgbouncer():
        pytest.skip("no pgbouncer in PATH")
    pooled = connection.copy()
    pooled.settings_dict = pooled.settings_dict | several.place
    monkeypatch.setattr(prepared, "connection", pooled)
    try:
        with pytest.raises(archive.Unusable, match="leads through a connection pool"):
            archive.refuse_a_pool()
    finally:
        pooled.close()


def test_two_hosts_look_at_the_clock_at_once_and_everything_is_done_once(town: Town) -> None:
    case = cases.assigned(town)
    before = Message.objects.count()
    share = cases.share_of(town, case, "housing")
    at = moment(share.due_on + timedelta(days=1))
    told = at_once(partial(tick, at), partial(tick, at))
    assert sum(found.reminders for found in told) >= 1
    after = Message.objects.count()
    assert after > before
    assert tick(at).reminders == 0
    assert (Message.objects.count(), Seal.objects.count()) == (after, 1)
    assert list(journal.verify()) == []
