"""Knows how the real server is killed under write load, and what must hold afterwards: acknowledged, whole, once."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.timezone import now

from tests.town import Town
from tibandu.base import journal
from tibandu.base.models import JournalLine
from tibandu.people.actions import issue_token
from tibandu.people.enums import Scope
from tibandu.suggestions.enums import State
from tibandu.suggestions.flow import NOUNS
from tibandu.suggestions.models import Handover, Series, Suggestion

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
TEXT = {"title": "关于修桥的建议", "facts": "桥旧了。", "asks": [{"text": "修桥"}]}


def database_url() -> str:
    """The address of the database of this test, as a server of its own wants it."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    secret = f":{place['PASSWORD']}" if place["PASSWORD"] else ""
    return f"postgresql://{place['USER']}{secret}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


@dataclass
class Server:
    """The default server with two workers, in a process group of its own."""

    port: int
    data: Path
    up: threading.Event = field(default_factory=threading.Event)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        own = {"TIBANDU_DATABASE_URL": database_url(), "TIBANDU_DATA": str(self.data)}
        command = [sys.executable, "-m", "tibandu", "serve", "--port", str(self.port), "--workers", "2"]
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **own, "TIBANDU_SECRET_KEY": "test"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.03)
        self.up.set()

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _answers(self) -> bool:
        try:
            with closing(self.line()) as line:
                line.request("GET", "/api/v1/suggestions")
                return line.getresponse().status == 401
        except (OSError, http.client.HTTPException):
            return False

    def kill(self) -> None:
        """-9 to the whole group, with every step it had under way."""
        assert self.process is not None
        self.up.clear()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log(self) -> str:
        return (self.data / "server.log").read_text()[-2000:]


class Clerk(threading.Thread):
    """Takes one case after the other from draft to signed for over HTTP; what went unanswered is sent again under its key."""

    def __init__(self, server: Server, town: Town, tokens: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.server, self.town, self.tokens = server, town, tokens
        self.stopped = threading.Event()
        self.acknowledged: list[tuple[int, str]] = []
        self.repeated = 0
        self.problem = ""

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                for _done in self.life():
                    if self.stopped.is_set():
                        return
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"

    def life(self) -> Iterator[None]:
        """One case; every `yield` is a moment at which a clerk may go home."""
        town = self.town
        units = [{"unit": town.units["housing"].pk, "role": "lead"}]
        units += [{"unit": town.units["transport"].pk, "role": "co"}]
        case = self.post("alice", "suggestions", TEXT, "create")["id"]
        steps = f"suggestions/{case}/steps"
        yield
        self.post("alice", f"{steps}/submit", {}, "submit", case)
        yield
        self.post("office", f"{steps}/register", {"subject": town.subject.pk}, "register", case)
        yield
        self.post("office", f"{steps}/assign", {"organs": [town.government.pk]}, "assign", case)
        yield
        handover = self.row("dispatcher", case, "handovers")
        self.post(
            "dispatcher", f"handovers/{handover}/steps/distribute", {"shares": units}, "distribute", case
        )
        yield
        share = self.row("housing_officer", case, "assignments")
        self.post("housing_officer", f"assignments/{share}/steps/sign_for", {}, "sign_for", case)
        yield

    def row(self, who: str, case: int, noun: str) -> int:
        answer: int = self.ask(who, "GET", f"suggestions/{case}")["rows"][noun][0]["id"]
        return answer

    def post(self, who: str, path: str, data: object, verb: str, case: int = 0) -> dict[str, Any]:
        answer = self.ask(who, "POST", path, data, str(uuid.uuid4()))
        self.acknowledged.append((case or answer["id"], verb))
        return answer

    def ask(self, who: str, method: str, path: str, data: object = None, key: str = "") -> dict[str, Any]:
        """The answer, from whichever server is up; a broken connection says nothing, so the request is repeated."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        body = json.dumps(data) if method == "POST" else None
        for attempt in range(PATIENCE):
            assert self.server.up.wait(PATIENCE)
            self.repeated += attempt == 1
            with suppress(OSError, http.client.HTTPException), closing(self.server.line()) as line:
                line.request(method, f"/api/v1/{path}", body, {**headers, "Idempotency-Key": key})
                answer = line.getresponse()
                said = answer.read()
                assert answer.status in (200, 201), f"{path}: {answer.status} {said.decode()}"
                return dict(json.loads(said))
            time.sleep(0.02)
        raise AssertionError(f"{path}: never answered")


def tokens_of(town: Town) -> dict[str, str]:
    names = ("alice", "office", "dispatcher", "housing_officer")
    return {
        name: issue_token(town.actors[name], name="压力", scope=Scope.WRITE, at=now())[1] for name in names
    }


def faults(acknowledged: list[tuple[int, str]]) -> list[str]:
    """What does not hold: a deed that was answered and is not there once, a half deed, a broken chain."""
    written = Counter(
        JournalLine.objects.filter(chain__startswith="suggestions.suggestion:").values_list("chain", "verb")
    )
    lost = [
        f"{verb} of {case} stands {written[f'suggestions.suggestion:{case}', verb]} times"
        for case, verb in acknowledged
        if written[f"suggestions.suggestion:{case}", verb] != 1
    ]
    return lost + [str(found) for found in journal.verify()] + list(_halves())


def _halves() -> Iterator[str]:
    """States against the journal's last word, numbers against their counter, children against their parents."""
    last = {
        (noun, key): target
        for noun, key, target in JournalLine.objects.order_by("seq").values_list(
            "noun", "object_id", "target"
        )
        if target
    }
    for noun, (model, _flows) in NOUNS.items():
        for key, state in model.objects.values_list("pk", "state"):
            if last.get((noun, key), state) != state:
                yield f"{noun} {key} is {state}, its journal says {last[noun, key]}"
    numbers = sorted(Suggestion.objects.exclude(number=None).values_list("number", flat=True))
    if numbers != list(range(1, len(numbers) + 1)) or Series.objects.exclude(last=len(numbers)).exists():
        yield f"numbers {numbers}"
    for case in Suggestion.objects.filter(state=State.ASSIGNED, handovers=None):
        yield f"{case.pk} is assigned to nobody"
    for handover in Handover.objects.filter(state="distributed", assignments=None):
        yield f"{handover.pk} is distributed to nobody"


@dataclass
class Outcome:
    """What a run of kills saw."""

    kills: int = 0
    acknowledged: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0


def _let_work(staff: list[Clerk], longer: float) -> None:
    """Until every clerk has had an answer or two, and a while longer."""
    deadline = time.monotonic() + PATIENCE
    begun = sum(len(clerk.acknowledged) for clerk in staff)
    while sum(len(clerk.acknowledged) for clerk in staff) < begun + 2 * len(staff):
        assert time.monotonic() < deadline, [clerk.problem for clerk in staff]
        time.sleep(0.01)
    time.sleep(longer)


def kill_under_load(town: Town, folder: Path, port: int, kills: int, clerks: int = 4) -> Outcome:
    """Starts the server, lets clerks work, kills it at a moment nobody chose, looks; as often as asked."""
    chance, began = random.Random(kills), time.monotonic()
    server, outcome = Server(port, folder), Outcome()
    tokens = tokens_of(town)
    staff = [Clerk(server, town, tokens) for _ in range(clerks)]
    for clerk in staff:
        clerk.start()
    try:
        for _ in range(kills):
            server.start()
            _let_work(staff, chance.uniform(0, 0.2))
            answered = [deed for clerk in staff for deed in list(clerk.acknowledged)]
            server.kill()
            outcome.kills += 1
            outcome.faults += faults(answered)
        server.start()
        for clerk in staff:
            clerk.stopped.set()
            clerk.join(PATIENCE)
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
    answered = [deed for clerk in staff for deed in clerk.acknowledged]
    outcome.faults += faults(answered) + [clerk.problem for clerk in staff if clerk.problem]
    outcome.acknowledged, outcome.repeated = len(answered), sum(clerk.repeated for clerk in staff)
    outcome.seconds = time.monotonic() - began
    return outcome
