"""One supervisor a home. The kernel keeps the lock and drops it with its process: a file left behind means nothing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "run.lock"


class AlreadyRunningError(Exception):
    """Another process holds this home. The message is the note it left."""


@contextmanager
def hold(home: Path, note: str) -> Iterator[None]:
    """Holds the home while the block runs and leaves `note` for whoever comes second. Raises AlreadyRunningError.

    `home` must exist. The lock is not inherited by programs started meanwhile (the descriptor closes on exec).
    """
    descriptor = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(os.read(descriptor, 1000).decode(errors="replace")) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
