import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from feedback_gateway import settings
from feedback_gateway.supervisor.front_door import port_problem, readiness_problem
from tests.feedback_gateway.supervisor.test_embedded_redis import SECRETS
from tests.processes.installation import free_port


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/ready" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def at(port: int, tmp_path: Path, host: str = "127.0.0.1") -> settings.Settings:
    return settings.load({"FEEDBACK_HOME": str(tmp_path), "PORT": str(port), "HOST": host, **SECRETS})


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_ready_is_no_problem(tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(200, b"{}") as port:
        assert readiness_problem(at(port, tmp_path, host)) is None


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (503, b'{\n  "dispatcher": "no sign of life"\n}\n', '/ready says 503 {"dispatcher": "no sign of life"}'),
        (404, b"<h1>not\nfound</h1>", "/ready says 404 <h1>not found</h1>"),
    ],
)
def test_what_is_not_ready_is_said_in_one_line(tmp_path: Path, status: int, body: bytes, said: str) -> None:
    with answering(status, body) as port:
        assert readiness_problem(at(port, tmp_path)) == said


def test_a_server_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert "does not answer" in (readiness_problem(at(1, tmp_path)) or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_port_is_free_or_taken(host: str) -> None:
    with socket.socket() as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        other.listen()
        assert port_problem(host, port) == (
            f"port {port} is taken by another program: stop that one, or set PORT to another number"
        )
    assert port_problem(host, port) is None


def test_an_address_of_another_machine_is_said() -> None:
    assert "it may not listen on 192.0.2.1 port 8000" in (port_problem("192.0.2.1", 8000) or "")
