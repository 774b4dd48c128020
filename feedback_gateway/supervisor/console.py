"""The supervisor's own voice: lines on stdout and stderr that never stop the supervisor."""

import os
import sys
from typing import TextIO


def say(line: str) -> None:
    """One line on stdout."""
    _write(sys.stdout, line)


def warn(line: str) -> None:
    """One line on stderr."""
    _write(sys.stderr, line)


def _write(stream: TextIO, line: str) -> None:
    try:
        stream.write(line.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8") + "\n")
        stream.flush()
    except OSError:
        # The reader is gone (`./run | head`, or `tee` that took the Ctrl-C first). The children must still be
        # looked after and stopped, so from here on what is said goes nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
