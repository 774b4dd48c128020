"""How many dead or forged links one address may try."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST_ADDRESSES = 10_000
_HERE = frozenset({"127.0.0.1", "::1"})


class Throttle:
    """Counts in memory, a window at a time, for each process of the web server by itself."""

    def __init__(self, most: int, window: timedelta) -> None:
        self.most = most
        self.window = window
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def count(self, address: str, now: datetime) -> bool:
        """Counts one more from this address; False when that is too many in its window."""
        with self._lock:
            began, tried = self._seen.pop(address, (now, 0))
            if now - began >= self.window:
                began, tried = now, 0
            self._seen[address] = (began, tried + 1)
            while len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
            return tried < self.most

    def forget(self) -> None:
        """Everybody may try anew."""
        with self._lock:
            self._seen.clear()


def address_of(peer: str | None, forwarded_for: str) -> str:
    """Who asks: behind a proxy on this machine, the last address in X-Forwarded-For, which the proxy has written."""
    last = forwarded_for.rpartition(",")[2].strip()
    return last if last and peer in _HERE else peer or ""
