"""Taking turns at one file among threads and processes, with a limit on the waiting.

SQLite has one writer at a time and makes the others sleep up to 100 ms between their tries, without any order: under
load some never get their turn. Writers that first take this lock wait a millisecond or two instead.
"""

import fcntl
import os
import random
import time
from pathlib import Path


class WriteLock:
    """One holder's handle on the lock of `path`. The kernel frees it when its process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._held = False

    def acquire(self, seconds: float) -> bool:
        """Waits for its turn for so long at most; False when it did not come. Taking it twice is one taking."""
        end = time.monotonic() + seconds
        pause = 0.0005
        while not self._held:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._held = True
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
                time.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 1.5, 0.004)
        return True

    def release(self) -> None:
        """Lets the next one have it. Nothing happens when it is not held."""
        if self._held:
            self._held = False
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the handle back, and the lock with it."""
        self._held = False
        os.close(self._file)
