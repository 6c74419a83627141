"""Knows how the default server is started for a bench, with its own settings, and what its processes weigh."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.management.base import CommandError

from tibandu.web.bench.client import Connection, wire
from tibandu.web.bench.limits import PAGES

START_WITHIN = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(port: int, pages: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The `serve` command as people start it; `pages` are answers whose limits it is to show."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tibandu.web.bench.settings",
        "TIBANDU_ORIGIN": f"http://localhost:{port}",
    }
    environment = {**os.environ, **own, PAGES: str(pages or "")}
    command = [sys.executable, "-m", "tibandu", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(server, port)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Until both workers have most likely answered; the first pages load the code."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError, ValueError):
            for _n in range(8):
                _knock(port)
            return
        time.sleep(0.2)
    raise CommandError("服务没有启动 · The server did not start.")


def _knock(port: int) -> None:
    connection = Connection(port)
    try:
        connection.ask(wire("GET", "/accounts/login/", ""))
    finally:
        connection.close()


def worker_megabytes(server: "subprocess.Popen[bytes]") -> list[int]:
    """The resident memory of each worker process, where the system tells it."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            facts = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            if facts.get("PPid") == str(server.pid) and "VmRSS" in facts:
                found.append(int(facts["VmRSS"].split()[0]) // 1024)
    return sorted(megabytes for megabytes in found if megabytes > 20)
