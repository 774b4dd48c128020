"""`feedback run` as a whole, over stand-ins for its own commands."""

import signal
import socket
import sys
from pathlib import Path

import pytest

from feedback_gateway import home, settings
from feedback_gateway.supervisor import embedded_redis
from tests.feedback_gateway.supervisor.programs import PATIENCE, is_alive, running, wait_until
from tests.processes.installation import free_port

pytestmark = pytest.mark.processes

STAND_IN = Path(__file__).with_name("stand_in.py")
RUN = f"""
import sys
from feedback_gateway import settings, supervisor
sys.exit(supervisor.run(settings.load(), [sys.executable, {str(STAND_IN)!r}]))
"""
COMMAND = [sys.executable, "-c", RUN]
AT_ONCE = [*COMMAND[:-1], f"from feedback_gateway.supervisor import startup; startup.SECONDS_FOR_PORT = 0.1{RUN}"]
"""It waits for no port."""
CHILDREN = ("worker-send", "worker-cases", "dispatcher", "web")


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh home and a free port."""
    home.init(tmp_path / "home")
    return {"FEEDBACK_HOME": str(tmp_path / "home"), "PORT": str(free_port())}


def redis_of(installation: dict[str, str]) -> Path:
    return settings.redis_socket(Path(installation["FEEDBACK_HOME"]))


def test_everything_is_started_said_and_stopped(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "run", installation) as program:
        program.wait_for("^feedback_gateway is running$")
        pids = [program.pid(name) for name in CHILDREN]
        said = program.said()
        assert f"http://localhost:{installation['PORT']}/" in said
        assert said.index("migrate | pid") < said.index("seed | pid") < said.index("worker-send | pid")
        assert "redis | " in said
        assert "overcommit" not in said
        assert embedded_redis.answers(redis_of(installation))
        assert program.stop(signal.SIGINT) == 0
        assert not any(is_alive(pid) for pid in pids)
        assert not embedded_redis.answers(redis_of(installation))
        assert program.err.read_text() == ""


def test_redis_that_dies_comes_back(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "run", installation) as program:
        program.wait_for("^feedback_gateway is running$")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(redis_of(installation)))
            client.sendall(b"SHUTDOWN NOSAVE\r\n")
        program.wait_for("^redis ended")
        assert wait_until(lambda: embedded_redis.answers(redis_of(installation)))


def test_a_second_one_on_the_same_home_says_so(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "first", installation) as first:
        first.wait_for("^feedback_gateway is running$")
        with running(COMMAND, tmp_path / "second", {**installation, "PORT": "1"}) as second:
            assert second.process.wait(PATIENCE) == 1
            port = installation["PORT"]
            assert second.said() == (
                f"feedback_gateway is already running here (pid {first.process.pid}, http://localhost:{port})\n"
            )
        assert first.process.poll() is None


def test_after_kill_9_nothing_lingers_and_the_next_one_starts_at_once(
    tmp_path: Path, installation: dict[str, str]
) -> None:
    with running(COMMAND, tmp_path / "first", installation) as first:
        first.wait_for("^feedback_gateway is running$")
        pids = [first.pid(name) for name in CHILDREN]
        first.stop(signal.SIGKILL)
        assert redis_of(installation).exists(), "the trap of this test: a socket is left behind"
        with running(COMMAND, tmp_path / "second", installation) as second:
            second.wait_for("^feedback_gateway is running$")
            assert not any(is_alive(pid) for pid in pids)
            assert second.stop() == 0


def test_a_port_of_somebody_else_is_named(tmp_path: Path, installation: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(installation["PORT"])))
        other.listen()
        with running(AT_ONCE, tmp_path / "run", installation) as program:
            assert program.process.wait(PATIENCE) == 1
            assert f"port {installation['PORT']} is taken by another program" in program.said()
            assert "migrate" not in program.said()


@pytest.mark.parametrize("step", ["migrate", "seed"])
def test_a_failed_preparation_stops_the_start(tmp_path: Path, installation: dict[str, str], step: str) -> None:
    with running(COMMAND, tmp_path / "run", {**installation, "FAIL": step}) as program:
        assert program.process.wait(PATIENCE) == 1
        assert f"{step} | no such table" in program.said()
        assert f"`feedback {step}` failed" in program.said()
        assert not embedded_redis.answers(redis_of(installation))


def test_it_can_be_stopped_while_it_starts(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "run", {**installation, "HANG": "migrate"}) as program:
        migrate = program.pid("migrate")
        assert program.stop(signal.SIGINT) == 0
        assert not is_alive(migrate)


def test_an_outside_redis_is_left_alone(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "run", {**installation, "REDIS_URL": "redis://127.0.0.1:1/0"}) as program:
        program.wait_for("^feedback_gateway is running$")
        assert not redis_of(installation).exists()


def test_what_it_makes_is_for_this_account_only(tmp_path: Path, installation: dict[str, str]) -> None:
    with running(COMMAND, tmp_path / "run", installation) as program:
        web = program.pid("web")
        umask = next(line for line in Path(f"/proc/{web}/status").read_text().splitlines() if line.startswith("Umask"))
        assert umask.split()[1] == "0077"
