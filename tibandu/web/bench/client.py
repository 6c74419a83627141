"""Knows how requests are sent over kept connections by a client light enough to leave the processors to the server."""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from threading import Thread

PATIENCE = 600.0


@dataclass(frozen=True)
class Asked:
    """One request: what is measured with it, in whose hat, as the bytes that go out."""

    hat: str
    persona: str
    path: str
    wire: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    ms: float
    body: bytes


@dataclass(frozen=True)
class Run:
    """What came of a list of requests: an answer for each that was sent in time."""

    answers: list[Answer | None]
    seconds: float
    cpu_seconds: float


def wire(method: str, path: str, cookie: str, body: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept: text/html\r\n"
    if method == "POST":
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return (head + "\r\n" + body).encode()


class Connection:
    """One kept connection; opened again when the server closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def ask(self, wired: bytes) -> Answer:
        start = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(wired)
        head, body, keeps = self._read(self.socket)
        if not keeps:
            self.close()
        return Answer(int(head[9:12]), (time.perf_counter() - start) * 1000, body)

    def _read(self, open_socket: socket.socket) -> tuple[bytes, bytes, bool]:
        """Head and body of an answer; the server says how long it is."""
        data = bytearray(open_socket.recv(1 << 18))
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += _more(open_socket)
        head = bytes(data[:end]).lower()
        place = head.find(b"content-length:")
        length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        while len(data) < end + 4 + length:
            data += _more(open_socket)
        return head, bytes(data[end + 4 :]), b"connection: close" not in head

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def _more(open_socket: socket.socket) -> bytes:
    found = open_socket.recv(1 << 18)
    if not found:
        raise ConnectionError("the server closed the connection in the middle of an answer")
    return found


def run(port: int, asked: Sequence[Asked], connections: int, seconds: float) -> Run:
    """Sends the list over so many connections, each asking when its answer has come; stops after so many seconds."""
    answers: list[Answer | None] = [None] * len(asked)
    turn, faults = count(), []
    start, cpu = time.perf_counter(), time.process_time()

    def work() -> None:
        connection = Connection(port)
        try:
            while (number := next(turn)) < len(asked) and time.perf_counter() - start < seconds:
                answers[number] = connection.ask(asked[number].wire)
        except OSError as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work) for _n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Run(answers, time.perf_counter() - start, time.process_time() - cpu)
