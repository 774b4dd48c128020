"""Real processes for the tests of the supervisor: started, listened to, and always ended."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine; what is waited for is looked at all the time."""

_SUPERVISE = """
import json, sys
from feedback_gateway.supervisor.children import Child, StopRequestedError, Supervisor
with Supervisor() as supervisor:
    try:
        for stage in json.loads(sys.argv[1]):
            supervisor.start(*(Child(name, ["sh", "-c", script], float(sys.argv[2])) for name, script in stage.items()))
        supervisor.watch()
    except StopRequestedError:
        pass
sys.exit(130 if supervisor.killed else 0)
"""

SLEEP = "echo pid $$; exec sleep 60"


class Program:
    """A program whose stdout and stderr go to files, so that nobody has to read them for it to go on."""

    def __init__(self, argv: list[str], directory: Path, environ: dict[str, str] | None = None) -> None:
        self.out = directory / "out"
        self.err = directory / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                argv, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env={**os.environ, **(environ or {})}
            )

    def said(self) -> str:
        return self.out.read_text(errors="replace") + self.err.read_text(errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first place where what it said matches."""
        found: list[re.Match[str]] = []

        def is_said() -> bool:
            found.extend(re.finditer(pattern, self.said(), re.MULTILINE))
            return bool(found)

        assert wait_until(is_said), f"{pattern!r} was never said:\n{self.said()}"
        return found[0]

    def pids(self, name: str) -> list[int]:
        """What the child said with `echo pid $$`, oldest first."""
        return [int(pid) for pid in re.findall(rf"^{name} \| pid (\d+)$", self.said(), re.MULTILINE)]

    def pid(self, name: str, nth: int = 0) -> int:
        assert wait_until(lambda: len(self.pids(name)) > nth), f"{name} never came up:\n{self.said()}"
        return self.pids(name)[nth]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def running(argv: list[str], directory: Path, environ: dict[str, str] | None = None) -> Iterator[Program]:
    directory.mkdir(exist_ok=True)
    program = Program(argv, directory, environ)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            program.process.kill()
        program.process.wait()


def supervising(*stages: dict[str, str], patience: float = PATIENCE) -> list[str]:
    """The command of a supervisor over shell scripts: each stage an object of name to script."""
    return [sys.executable, "-c", _SUPERVISE, json.dumps(stages), str(patience)]


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    """True while the process runs; a zombie that nobody has buried yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
