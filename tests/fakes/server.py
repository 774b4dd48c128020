"""A provider's wire on 127.0.0.1: records what was sent, answers as the provider does, and misbehaves on request.

with FakeAfricasTalking() as provider:
    provider.script(provider.drop)      # for the next request only; then success again
    ... AT_BASE_URL=provider.url ...
    assert provider.sent == [{"to": "+22670123456", ...}]
"""

import argparse
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

Form = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What the provider does with one request. `accepted`: the SMS leaves, even if the answer does not arrive."""

    status: int
    body: str
    content_type: str = "application/json"
    accepted: bool = False
    delay: float = 0.0
    dropped: bool = False


Step = Callable[[Form], Answer]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 makes the sixth caller at once wait for a second
    daemon_threads = True


class FakeProvider:
    """One server. Subclasses say where it listens to sends (`path`), what success is, and who may send."""

    path = ""

    def __init__(self, port: int = 0, log: Path | None = None, delay: float = 0.0) -> None:
        self.sent: list[Form] = []  # accepted, with the id that was given
        self.requests: list[Form] = []  # everything that arrived at `path`
        self._log = log
        self._delay = delay
        self._steps: deque[Step] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def script(self, *steps: Step) -> None:
        """The behaviour of the next requests, in order. Afterwards all is well again."""
        self._steps.extend(steps)

    def succeed(self, form: Form) -> Answer:
        raise NotImplementedError

    def refuse_stranger(self, headers: dict[str, str], form: Form) -> Answer | None:
        raise NotImplementedError

    def answer_id(self, answer: Answer) -> str:
        raise NotImplementedError

    def drop(self, form: Form) -> Answer:
        """Takes the message, then closes the connection without a word."""
        return replace(self.succeed(form), dropped=True)

    def hang(self, seconds: float) -> Step:
        """Takes the message, and answers too late."""
        return lambda form: replace(self.succeed(form), delay=seconds)

    @staticmethod
    def say(status: int, body: object, content_type: str = "application/json") -> Step:
        """An answer that takes nothing: a str as it is, anything else as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        return lambda form: Answer(status, text, content_type)

    def handle(self, path: str, headers: dict[str, str], form: Form) -> Answer:
        if path != self.path:
            return Answer(404, "not found", "text/plain")
        with self._lock:
            self.requests.append(form)
            refusal = self.refuse_stranger(headers, form)
            if refusal:
                return refusal
            answer = self._steps.popleft()(form) if self._steps else replace(self.succeed(form), delay=self._delay)
            if answer.accepted:
                self._record({**form, "id": self.answer_id(answer)})
        self._closing.wait(answer.delay)
        return answer

    def _record(self, message: Form) -> None:
        self.sent.append(message)
        if self._log:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message, ensure_ascii=False) + "\n")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                answer = provider.handle(self.path, {k.lower(): v for k, v in self.headers.items()}, form)
                if answer.dropped:
                    return
                content = answer.body.encode()
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.content_type)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    return  # the caller has given up: that is what `hang` is for

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                return

        return Handler


def serve(provider_type: type[FakeProvider]) -> None:
    """`python -m tests.fakes.<name> --port N --log FILE`: one JSON line for each accepted send, until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds between taking a message and saying so")
    options = parser.parse_args()
    with provider_type(options.port, options.log, options.delay) as provider:
        print(provider.url, flush=True)
        threading.Event().wait()
