"""What the operating system is asked about processes. Linux has it all; elsewhere what is missing does nothing."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Has the kernel end the calling process (SIGKILL) as soon as the process `parent`, which started it, is gone.

    To be called in the child, between fork and exec or at its beginning; exec keeps it, fork does not: each
    generation has to ask for itself. The kernel watches the *thread* that forked (prctl(2)), so a parent must start
    such children from a thread that lives as long as it does.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked: no signal will ever come
        os.kill(os.getpid(), signal.SIGKILL)


def describe_exit(returncode: int) -> str:
    """How a process ended, in words. `returncode` as subprocess gives it: negative for the number of a signal."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"killed by signal {-returncode}"
