"""Knows how several hosts are played on one machine: real servers and workers on one PostgreSQL, through a pool, killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
CALLS, HOLD = "TIBANDU_TEST_CALLS", "TIBANDU_TEST_HOLD"
POOL = """[databases]
{name} = {place}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
"""


def keeping_gateway(address: str, words: str, link: str) -> None:
    """The gateway of the workers: one line a call; the call of the number in HOLD never comes back."""
    with Path(os.environ[CALLS]).open("a") as calls:  # opened to append, so lines of two processes do not mix
        calls.write(f"{os.getpid()} {address} {words} {link}\n")
    keeping_gateway.calls = getattr(keeping_gateway, "calls", 0) + 1
    if keeping_gateway.calls == int(os.environ.get(HOLD, "0")):
        time.sleep(3600)


def wait_for(what: Callable[[], Any], label: str) -> Any:
    """The first true answer; fails with the label when none comes."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE:.0f} s for {label}")


def free_port() -> int:
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def answers(port: int) -> bool:
    with closing(socket.socket()) as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


def pgbouncer() -> str | None:
    """The pool's program; where it is required, its absence is a failure."""
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found and "pgbouncer" in os.environ.get("TIBANDU_REQUIRE", "").split(","):
        pytest.fail("pgbouncer is required and not in PATH")
    return found


@dataclass
class Host:
    """A process with its children, in a group of its own."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_up(self) -> bool:
        """Whether it runs on; one that ended by itself says why."""
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        return True

    def kill(self) -> None:
        """As when the power goes: no signal can be caught, no child survives."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


class Hosts:
    """`serve()` and `work()` start another host on the test's database; all end with the test."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.place = {
            key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        }
        self.calls = folder / "calls"
        self.calls.touch()

    def run(self, *command: str, port: int = 0, **environment: str) -> Host:
        log = self.folder / f"{len(list(self.folder.iterdir()))}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        host = Host(process, log, port)
        self.stack.callback(host.kill)
        return host

    def pool(self, program: str) -> None:
        """Puts a pool with transaction pooling between the database and all hosts that are started from now on."""
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        place = " ".join(f"{word}={self.place[key]}" for word, key in names.items() if self.place[key])
        port, ini = free_port(), self.folder / "pool.ini"
        words = POOL.format(name=self.place["NAME"], place=place, port=port)
        ini.write_text(words + ("user = nobody\n" if os.geteuid() == 0 else ""))
        pool = self.run(program, str(ini))
        wait_for(lambda: pool.is_up and answers(port), "the pool")
        self.place |= {"HOST": "127.0.0.1", "PORT": str(port)}

    @property
    def environment(self) -> dict[str, str]:
        """What every host is told alike: the database, the key, the gateway."""
        place = {key: quote(str(value), safe="") for key, value in self.place.items()}
        name = f"{place['USER']}:{place['PASSWORD']}".rstrip(":")
        return {
            "TIBANDU_DATABASE_URL": f"postgresql://{name}@{place['HOST']}:{place['PORT']}/{place['NAME']}",
            "TIBANDU_SECRET_KEY": settings.SECRET_KEY,
            "TIBANDU_DATA": str(self.folder),
            "TIBANDU_GATEWAY_SMS": f"{__name__}.keeping_gateway",
            CALLS: str(self.calls),
        }

    def serve(self) -> Host:
        port = free_port()
        command = ("-m", "tibandu", "serve", "--port", str(port), "--workers", "1")
        return self.run(sys.executable, *command, port=port, **self.environment)

    def work(self, *, hold: int = 0) -> Host:
        command = ("-m", "tibandu", "worker", "--interval", "0.2")
        return self.run(sys.executable, *command, **self.environment, **{HOLD: str(hold)})


@contextmanager
def hosts(folder: Path) -> Iterator[Hosts]:
    with ExitStack() as stack:
        yield Hosts(stack, folder)
