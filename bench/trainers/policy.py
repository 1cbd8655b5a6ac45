"""A model server for the checks beside this file: to every question, first right, then wrong."""

from __future__ import annotations

import itertools
import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

from outage import RIGHT, WRONG

if TYPE_CHECKING:
    from collections.abc import Iterator

_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


class Policy(BaseHTTPRequestHandler):
    """OpenAI's two interfaces: chat completions as a stream, responses as one object."""

    asked: ClassVar[defaultdict[str, Iterator[int]]] = defaultdict(itertools.count)

    def do_POST(self) -> None:
        """Answer with the text whose turn it is."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chat = self.path.endswith("/chat/completions")
        question = json.dumps(body["messages" if chat else "input"])
        text = WRONG if next(self.asked[question]) % 2 else RIGHT
        if chat:
            self.reply("text/event-stream", "".join(_events(text)) + "data: [DONE]\n\n")
        else:
            self.reply("application/json", json.dumps(_response(text)))

    def reply(self, kind: str, content: str) -> None:
        """Status 200 with that content."""
        encoded = content.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Nothing."""


def _events(text: str) -> Iterator[str]:
    for delta, reason in (({"role": "assistant", "content": text}, None), ({}, "stop")):
        event = {
            "id": "chat",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "policy",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
            **({"usage": _USAGE} if reason else {}),
        }
        yield f"data: {json.dumps(event)}\n\n"


def _response(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {
        "id": "message",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    return {
        "id": "response",
        "object": "response",
        "created_at": 0,
        "model": "policy",
        "output": [message],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler] = Policy) -> Iterator[str]:
    """The URL of a server on loopback, as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
