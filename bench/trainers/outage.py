"""A service that is down, overloaded or silent, for the checks beside this file."""

from __future__ import annotations

import json
import math
import os
import socket
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def down(**settings: str) -> Iterator[None]:
    """Nobody answers, the deadline is short, and `VERIFIER_<SETTING>` is as given."""
    changed = {"url": nowhere(), "deadline_seconds": "1", **settings}
    before = {name: os.environ.get(f"VERIFIER_{name.upper()}") for name in changed}
    for name, value in changed.items():
        os.environ[f"VERIFIER_{name.upper()}"] = value
    try:
        yield
    finally:
        for name, old in before.items():
            os.environ.pop(f"VERIFIER_{name.upper()}")
            if old is not None:
                os.environ[f"VERIFIER_{name.upper()}"] = old


def nowhere() -> str:
    """A URL where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


class Front(ThreadingHTTPServer):
    """Stands in front of the service, counts the posts, and answers the first of them itself."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, status: int | None, ill: float, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.status, self.ill = status, ill
        self.service = urlsplit(os.environ["VERIFIER_URL"]).netloc
        self.posts: list[str] = []
        """Path and query of each."""
        self.statuses: list[int] = []
        """Of the answers to them, the service's own too."""
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return "http://{}:{}".format(*self.server_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what the checks are about, and no error."""


class _Handler(BaseHTTPRequestHandler):
    server: Front

    def do_POST(self) -> None:
        """Fail as told, else pass on."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append(self.path)
        if len(self.server.posts) > self.server.ill:
            self._pass_on("POST", body)
        elif self.server.status is None:
            self.server.closing.wait()
        else:
            problem = {"title": "ill", "status": self.server.status, "detail": "as the check asks"}
            content = json.dumps(problem).encode()
            self._answer(self.server.status, "application/problem+json", content)

    def do_GET(self) -> None:
        """Pass on."""
        self._pass_on("GET", None)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Nothing."""

    def _pass_on(self, method: str, body: bytes | None) -> None:
        service = HTTPConnection(self.server.service, timeout=120)
        service.request(method, self.path, body, {"Content-Type": "application/json"})
        answer = service.getresponse()
        self._answer(answer.status, answer.headers["Content-Type"], answer.read())
        service.close()

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        if self.command == "POST":
            self.server.statuses.append(status)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def front(
    status: int | None = None,
    *,
    ill: float = math.inf,
    address: tuple[str, int] = ("127.0.0.1", 0),
) -> Iterator[Front]:
    """The service, but its first `ill` posts are answered with that status, or with silence."""
    server = Front(status, ill, address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


RIGHT = "<think>2 + 2</think><answer>\\boxed{4}</answer>"
WRONG = "<think>2 + 2</think><answer>\\boxed{5}</answer>"
UNFORMED = "\\boxed{4}"
BAD_GOLD = "\\frac{1"
"""No math check can read it."""
