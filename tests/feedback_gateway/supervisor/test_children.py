import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feedback_gateway.supervisor.programs import PATIENCE, SLEEP, is_alive, running, supervising, wait_until

pytestmark = pytest.mark.processes


def test_a_killed_child_is_restarted_and_said(tmp_path: Path) -> None:
    with running(supervising({"mailer": SLEEP}), tmp_path) as program:
        first = program.pid("mailer")
        os.kill(first, signal.SIGKILL)
        second = program.pid("mailer", 1)
        assert is_alive(second)
        assert not is_alive(first)
        assert "mailer ended (killed by SIGKILL); starting it again in 0.5 s" in program.err.read_text()


def test_a_child_that_keeps_dying_is_started_less_and_less_often(tmp_path: Path) -> None:
    with running(supervising({"broken": "exit 3"}), tmp_path) as program:
        for delay in ("0.5", "1", "2"):
            program.wait_for(rf"^broken ended \(exit code 3\); starting it again in {delay} s$")


def test_what_a_dead_child_leaves_of_its_group_is_ended_too(tmp_path: Path) -> None:
    with running(supervising({"server": "sleep 60 & echo helper $!; " + SLEEP}), tmp_path) as program:
        helper = int(program.wait_for(r"^server \| helper (\d+)$")[1])
        os.kill(program.pid("server"), signal.SIGKILL)
        assert wait_until(lambda: not is_alive(helper))


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_children_are_stopped_last_stage_first(tmp_path: Path, wish: signal.Signals) -> None:
    order = tmp_path / "order"

    def script(name: str) -> str:
        return f"trap 'echo {name} >> {order}; exit 0' TERM; echo pid $$; while :; do sleep 0.05; done"

    with running(supervising({"redis": script("redis")}, {"web": script("web")}), tmp_path) as program:
        pids = [program.pid("redis"), program.pid("web")]
        assert program.stop(wish) == 0
        assert order.read_text().split() == ["web", "redis"]
        assert not any(is_alive(pid) for pid in pids)


def test_a_child_that_does_not_listen_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; echo pid $$; while :; do sleep 0.05; done"
    with running(supervising({"deaf": stubborn}, patience=0.2), tmp_path) as program:
        pid = program.pid("deaf")
        assert program.stop() == 0
        assert not is_alive(pid)
        assert "deaf did not end within 0.2 s: killed" in program.said()


def test_a_second_ctrl_c_kills_at_once(tmp_path: Path) -> None:
    busy = "trap 'echo finishing' TERM; echo pid $$; while :; do sleep 0.05; done"
    with running(supervising({"a": busy}, {"b": busy}), tmp_path) as program:
        pids = [program.pid("a"), program.pid("b")]
        program.process.send_signal(signal.SIGINT)
        program.wait_for(r"^b \| finishing$")

        def press_again() -> bool:  # two at the same moment count as one wish: repeated until it is late enough
            program.process.send_signal(signal.SIGINT)
            return program.process.poll() is not None

        assert wait_until(press_again)
        assert program.process.returncode == 130
        assert not any(is_alive(pid) for pid in pids)


def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with running(supervising({"a": SLEEP}, {"b": SLEEP, "c": "trap '' TERM HUP; " + SLEEP}), tmp_path) as program:
        pids = [program.pid(name) for name in "abc"]
        program.stop(signal.SIGKILL)
        assert wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_output_comes_line_by_line_with_the_name_in_front(tmp_path: Path) -> None:
    script = r"printf 'one\ntw'; printf 'o\n'; printf 'bad \377 byte\n' >&2; printf 'no end of line'; exit 1"
    with running(supervising({"web": script}), tmp_path) as program:
        program.wait_for("^web ended")
        assert program.out.read_text() == "web | one\nweb | two\nweb | bad \ufffd byte\nweb | no end of line\n"


def test_a_line_without_end_is_passed_on_in_pieces(tmp_path: Path) -> None:
    script = "head -c 200000 /dev/zero | tr '\\0' x; echo; exit 1"
    with running(supervising({"web": script}), tmp_path) as program:
        program.wait_for("^web ended")
        lines = program.out.read_text().splitlines()
        assert len(lines) > 1
        assert sum(len(line.removeprefix("web | ")) for line in lines) == 200_000


def test_it_goes_on_when_nobody_reads_its_output_any_more(tmp_path: Path) -> None:
    chatty = f"echo $$ > {tmp_path}/pid; while :; do echo still here; sleep 0.05; done"
    with subprocess.Popen(supervising({"web": chatty}), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        pid = int((tmp_path / "pid").read_text())
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert is_alive(pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert not is_alive(pid)


def test_a_program_that_is_not_there_is_an_error_at_the_start() -> None:
    script = """
from feedback_gateway.supervisor.children import Child, Supervisor
with Supervisor() as supervisor:
    supervisor.start(Child("lost", ["/nowhere/program"]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr
