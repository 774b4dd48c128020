import subprocess
import sys
from pathlib import Path

import pytest

from feedback_gateway.supervisor.home_lock import LOCK_FILE, AlreadyRunningError, hold
from tests.feedback_gateway.supervisor.programs import is_alive, running

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from feedback_gateway.supervisor.home_lock import hold
with hold(Path(sys.argv[1]), "pid 1, the first"):
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
    print("child", child.pid, flush=True)
    time.sleep(60)
"""


def test_the_home_is_held_while_the_block_runs_and_free_after_it(tmp_path: Path) -> None:
    with hold(tmp_path, "first"):
        with pytest.raises(AlreadyRunningError, match=r"^first$"), hold(tmp_path, "second"):
            pass
        assert (tmp_path / LOCK_FILE).stat().st_mode & 0o777 == 0o600
    with hold(tmp_path, "third"):
        pass


def test_a_note_left_behind_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text("pid 123456, a long note of one that was killed")
    with hold(tmp_path, "short"):
        assert (tmp_path / LOCK_FILE).read_text() == "short"


@pytest.mark.processes
def test_a_killed_holder_holds_nothing_even_when_its_child_lives_on(tmp_path: Path) -> None:
    with running([sys.executable, "-c", HOLDER, str(tmp_path)], tmp_path / "holder") as program:
        child = int(program.wait_for(r"^child (\d+)$")[1])
        with pytest.raises(AlreadyRunningError, match="the first"), hold(tmp_path, "second"):
            pass
        program.process.kill()
        program.process.wait()
        try:
            with hold(tmp_path, "second"):
                assert is_alive(child)
        finally:
            subprocess.run(["kill", str(child)], check=True)
