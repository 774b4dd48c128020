"""The real web server over an application that says which process answers."""

import http.client
import os
import signal
import sys
from pathlib import Path

import pytest

from feedback_gateway import home
from tests.feedback_gateway.supervisor.programs import PATIENCE, Program, is_alive, running, wait_until
from tests.processes.installation import free_port

pytestmark = pytest.mark.processes

APPLICATION = """
import os, time
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/slow":
        print("under way", flush=True)
        time.sleep(1)
    return [str(os.getpid()).encode()]
"""
SERVE = """
from feedback_gateway import settings, supervisor
if __name__ == "__main__":
    supervisor.serve(settings.load())
"""

FORK = """
import multiprocessing, signal
from feedback_gateway.supervisor.web import load_in_worker
worker = multiprocessing.get_context("fork").Process(target=load_in_worker, args=("slow:app",))
signal.signal(signal.SIGTERM, lambda *_: worker.terminate())  # as the server has it, and the worker inherits it
worker.start()
worker.join()
print("worker ended with", worker.exitcode)
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home.init(tmp_path / "home")
    (tmp_path / "wsgi.py").write_text(APPLICATION)
    (tmp_path / "serve.py").write_text(SERVE)  # the directory of a script stands first where Python looks for `wsgi`
    return {"FEEDBACK_HOME": str(tmp_path / "home"), "PORT": str(free_port())}


def get(environ: dict[str, str], path: str = "/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(environ["PORT"]), timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return int(connection.getresponse().read())
    finally:
        connection.close()


def workers(program: Program) -> list[int]:
    """The pids of the server's workers, once each of them has said that it serves."""
    assert wait_until(lambda: program.said().count("Started worker-") >= 2), program.said()
    return [int(line.split()[-1]) for line in program.said().splitlines() if "Spawning worker-" in line]


def test_it_serves_and_logs_no_path(tmp_path: Path, environ: dict[str, str]) -> None:
    with running([sys.executable, str(tmp_path / "serve.py")], tmp_path / "web", environ) as program:
        pids = workers(program)
        assert get(environ, "/webhooks/africastalking/token-in-the-path/sms") in pids
        assert program.stop() == 0
        assert "token-in-the-path" not in program.said()


def test_no_worker_outlives_a_killed_server(tmp_path: Path, environ: dict[str, str]) -> None:
    with running([sys.executable, str(tmp_path / "serve.py")], tmp_path / "web", environ) as program:
        pids = workers(program)
        program.stop(signal.SIGKILL)
        assert wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_a_killed_worker_is_replaced(tmp_path: Path, environ: dict[str, str]) -> None:
    with running([sys.executable, str(tmp_path / "serve.py")], tmp_path / "web", environ) as program:
        first = workers(program)
        os.kill(first[0], signal.SIGKILL)
        assert wait_until(lambda: len(workers(program)) == 3)
        assert get(environ) in workers(program)[1:]


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path, environ: dict[str, str]) -> None:
    with running([sys.executable, str(tmp_path / "serve.py")], tmp_path / "web", environ) as program:
        pids = workers(program)
        connection = http.client.HTTPConnection("127.0.0.1", int(environ["PORT"]), timeout=PATIENCE)
        connection.request("GET", "/slow")
        program.wait_for("^under way$")
        program.process.send_signal(signal.SIGTERM)
        assert int(connection.getresponse().read()) in pids
        connection.close()
        assert program.process.wait(PATIENCE) == 0


def test_a_worker_that_still_loads_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time; print('loading', flush=True); time.sleep(60)")
    (tmp_path / "serve.py").write_text(FORK)
    with running([sys.executable, str(tmp_path / "serve.py")], tmp_path / "web") as program:
        program.wait_for("^loading$")
        assert program.stop() == 0
        assert "worker ended with -15" in program.said()
