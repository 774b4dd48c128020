import subprocess
import sys

import pytest

from feedback_gateway.lib.process import describe_exit

ORPHAN = (
    "import os; from feedback_gateway.lib.process import die_with_parent; die_with_parent(os.getpid()); print('no')"
)


@pytest.mark.parametrize(
    ("returncode", "words"),
    [(0, "exit code 0"), (3, "exit code 3"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")],
)
def test_an_exit_in_words(returncode: int, words: str) -> None:
    assert describe_exit(returncode) == words


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_a_process_whose_parent_is_gone_already_ends_itself() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False)
    assert done.returncode == -9
    assert done.stdout == b""
