"""What the supervisor is told by signals: stop, stop at once, look after your children."""

import signal
import socket
import time
from types import FrameType

_IMPATIENT_AFTER = 0.3  # `timeout` and some terminals send the same signal twice at once: that is one wish


class Signals:
    """Signals turned into flags, and into bytes on `descriptor` so that a select() wakes up.

    `stop`: SIGINT, SIGTERM or SIGHUP came. `impatient`: a second SIGINT came, a moment after the first wish.
    """

    def __init__(self) -> None:
        self.stop = False
        self.impatient = False
        self._stopped_at = 0.0
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)

    @property
    def descriptor(self) -> int:
        return self._woken.fileno()

    def listen(self) -> None:
        """Takes the signals over. Only in the main thread."""
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, self._receive)
        signal.signal(signal.SIGTERM, self._receive)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup: it shall outlive the terminal
            signal.signal(signal.SIGHUP, self._receive)
        # A handler of any kind is needed: the wake-up byte is written for signals that have one.
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def ask_to_stop(self) -> None:
        """The same wish, from inside."""
        if not self.stop:
            self.stop = True
            self._stopped_at = time.monotonic()

    def drain(self) -> None:
        """Takes the wake-up bytes away."""
        try:
            while self._woken.recv(1024):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        """The children are gone and the process is about to end: what comes now is ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self.stop and number == signal.SIGINT and time.monotonic() - self._stopped_at > _IMPATIENT_AFTER:
            self.impatient = True
        self.ask_to_stop()
