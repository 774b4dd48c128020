"""Child processes: started, listened to, restarted when they die, and stopped in order.

All of it happens in one thread. That is not only simple: the kernel ends a child together with the *thread* that
started it (see lib/process.py), and forking is safe only while there is one thread.
"""

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Self

from feedback_gateway.lib.process import describe_exit, die_with_parent
from feedback_gateway.supervisor.console import say, warn
from feedback_gateway.supervisor.signals import Signals

FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
WELL_AFTER = 30.0  # seconds alive after which a death counts as the first again
LONGEST_LINE = 64 * 1024


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM (or SIGHUP: the terminal is gone)."""


@dataclass(frozen=True)
class Child:
    """A program to keep running.

    `patience` is how many seconds it may take to end after SIGTERM; lines in which `hush` is found are not passed on.
    """

    name: str
    argv: Sequence[str]
    patience: float = 10.0
    hush: re.Pattern[str] | None = None


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    started: float
    delay: float
    restarts: bool
    unfinished: bytes = b""


@dataclass
class _Waiting:
    child: Child
    due: float
    delay: float


@dataclass
class Supervisor:
    """Runs children while its `with` block lasts; leaving the block, by whatever way, stops them all.

    Children are stopped in the reverse order of their stages; those of one stage at the same time. Every method
    raises StopRequestedError once a signal has asked for the end. `killed` is True when a second Ctrl-C cut the
    orderly stop short.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    killed: bool = False
    _signals: Signals = field(default_factory=Signals)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _running: dict[str, _Running] = field(default_factory=dict)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _stages: list[list[str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._signals.listen()
        self._selector.register(self._signals.descriptor, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._selector.close()
        self._signals.close()

    def start(self, *stage: Child) -> None:
        """Starts the children of one stage. Raises OSError when a program cannot be started at all."""
        self._stages.append([child.name for child in stage])
        for child in stage:
            self._launch(child, FIRST_DELAY)

    def complete(self, child: Child) -> int:
        """Runs a program to its end, not restarting it, and returns its exit code."""
        self._stages.append([child.name])
        running = self._launch(child, FIRST_DELAY, restarts=False)
        while child.name in self._running:
            self._turn(LONGEST_DELAY)
        return running.process.returncode

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Waits until `ready()`, at most so long; False when it never was. The children are looked after meanwhile."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() >= end:
                return False
            self._turn(0.1)
        return True

    def watch(self) -> None:
        """Looks after the children until somebody asks for the end."""
        while True:
            self._turn(LONGEST_DELAY)

    def _turn(self, seconds: float) -> None:
        """One round: waits for output, deaths or signals for at most so long, and sees to each."""
        self._look(seconds)
        if self._signals.stop:
            raise StopRequestedError
        for waiting in [w for w in self._waiting.values() if w.due <= time.monotonic()]:
            del self._waiting[waiting.child.name]
            try:
                self._launch(waiting.child, waiting.delay)
            except OSError as error:
                self._mourn(waiting.child, f"could not be started ({error})", waiting.delay)

    def _look(self, seconds: float) -> None:
        until_due = min((w.due - time.monotonic() for w in self._waiting.values()), default=seconds)
        for key, _ in self._selector.select(max(0.0, min(seconds, until_due))):
            if isinstance(key.data, _Running):
                self._relay(key.data)
        self._signals.drain()
        for running in list(self._running.values()):
            if running.process.poll() is not None:
                self._bury(running)

    def _launch(self, child: Child, delay: float, *, restarts: bool = True) -> _Running:
        parent = os.getpid()
        process = subprocess.Popen(
            child.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self.environment),
            process_group=0,  # a Ctrl-C in the terminal reaches only us: we stop them, in order
            preexec_fn=lambda: die_with_parent(parent),
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        running = _Running(child, process, process.stdout, time.monotonic(), delay, restarts)
        self._running[child.name] = running
        self._selector.register(process.stdout, selectors.EVENT_READ, running)
        return running

    def _relay(self, running: _Running) -> bool:
        """Passes on what the child has written, line by line. False when nothing was there."""
        try:
            block = os.read(running.output.fileno(), LONGEST_LINE)
        except BlockingIOError:
            return False
        if not block:
            self._selector.unregister(running.output)
            running.output.close()
        *lines, running.unfinished = (running.unfinished + block).split(b"\n")
        if len(running.unfinished) >= LONGEST_LINE or (not block and running.unfinished):
            lines.append(running.unfinished)
            running.unfinished = b""
        for text in (line.decode(errors="replace").rstrip() for line in lines):
            if not (running.child.hush and running.child.hush.search(text)):
                say(f"{running.child.name} | {text}")
        return bool(block)

    def _bury(self, running: _Running) -> None:
        """A child has ended: ends what is left of its group, passes on its last words, and has it restarted."""
        _signal_group(running.process.pid, signal.SIGKILL)
        while not running.output.closed and self._relay(running):
            pass
        if not running.output.closed:  # a grandchild in a group of its own still holds the other end
            self._selector.unregister(running.output)
            running.output.close()
        del self._running[running.child.name]
        if running.restarts and not self._signals.stop:
            alive = time.monotonic() - running.started
            delay = FIRST_DELAY if alive >= WELL_AFTER else running.delay
            self._mourn(running.child, f"ended ({describe_exit(running.process.returncode)})", delay)

    def _mourn(self, child: Child, what: str, delay: float) -> None:
        warn(f"{child.name} {what}; starting it again in {delay:g} s")
        self._waiting[child.name] = _Waiting(child, time.monotonic() + delay, min(2 * delay, LONGEST_DELAY))

    def _stop(self) -> None:
        self._signals.ask_to_stop()
        self._waiting.clear()
        for stage in reversed(self._stages):
            self._stop_stage([self._running[name] for name in stage if name in self._running])

    def _stop_stage(self, stage: Iterable[_Running]) -> None:
        ends = {running.child.name: time.monotonic() + running.child.patience for running in stage}
        for running in stage:
            running.process.terminate()
        while ends := {name: end for name, end in ends.items() if name in self._running}:
            self.killed = self.killed or self._signals.impatient
            for name, end in ends.items():
                if self.killed or time.monotonic() >= end:
                    if not self.killed:
                        warn(f"{name} did not end within {self._running[name].child.patience:g} s: killed")
                    _signal_group(self._running[name].process.pid, signal.SIGKILL)
            self._look(0.1)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
