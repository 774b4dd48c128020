"""USSD step and SMS intake over HTTP, on SQLite and PostgreSQL, each as a ratio to a bare handler in the same run.

    python -m bench.intake [--rounds 300]

One request at a time; the three kinds take turns, so that whatever else the machine does meets all of them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from bench.servers import TOKEN, pair, postgres

KEYS = ("", "1", "1*3", "1*3*1", "1*3*1*8", "1*3*1*8*La pompe est en panne", "1*3*1*8*La pompe est en panne*1")
numbers = count(1)


class Caller:
    """Posts to one product and one baseline, and keeps the times in milliseconds by kind."""

    def __init__(self, product: str, bare: str) -> None:
        self.product, self.bare = product, bare
        self.session = requests.Session()
        self.times: dict[str, list[float]] = {"bare": [], "ussd step": [], "sms intake": []}
        self.keys = iter(KEYS)
        self.caller = 0

    def _timed(self, kind: str, url: str, form: dict[str, str]) -> None:
        started = time.perf_counter()
        answer = self.session.post(url, data=form, timeout=10)
        self.times[kind].append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()

    def post_bare(self) -> None:
        self._timed("bare", f"{self.bare}/insert", {"id": str(next(numbers)), "text": "pas d'eau au forage"})

    def post_ussd(self) -> None:
        text = next(self.keys, None)
        if text is None:
            self.keys, self.caller = iter(KEYS), self.caller + 1
            text = next(self.keys)
        form = {"sessionId": f"s{self.caller}", "phoneNumber": f"+226701{self.caller:05d}", "text": text}
        form |= {"serviceCode": "*384*1#", "networkCode": "99999"}
        self._timed("ussd step", f"{self.product}/webhooks/africastalking/{TOKEN}/ussd", form)

    def post_sms(self) -> None:
        number = next(numbers)
        form = {"from": f"+226760{number % 100000:05d}", "to": "21512", "text": "pas d'eau a Kaya", "id": f"i{number}"}
        self._timed("sms intake", f"{self.product}/webhooks/africastalking/{TOKEN}/sms", form)


def measure(name: str, database_url: str, home: Path, rounds: int) -> list[tuple[str, str, float, float, float]]:
    """(database, kind, median ms, 95th percentile ms, ratio of medians to the bare handler)."""
    with pair(home, database_url) as (product, bare):
        caller = Caller(product, bare)
        turns: tuple[Callable[[], None], ...] = (caller.post_bare, caller.post_ussd, caller.post_sms)
        for _ in range(30):
            for turn in turns:
                turn()
        for times in caller.times.values():
            times.clear()
        for _ in range(rounds):
            for turn in turns:
                turn()
    base = statistics.median(caller.times["bare"])
    return [
        (name, kind, statistics.median(ms), statistics.quantiles(ms, n=20)[-1], statistics.median(ms) / base)
        for kind, ms in caller.times.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += measure("SQLite", f"sqlite:///{folder}/feedback.db", Path(folder), rounds)
    with tempfile.TemporaryDirectory() as folder, postgres() as url:
        rows += measure("PostgreSQL", url, Path(folder), rounds)
    table = Table("database", "kind", "median ms", "p95 ms", "ratio to bare")
    for database, kind, median, p95, ratio in rows:
        table.add_row(database, kind, f"{median:.2f}", f"{p95:.2f}", f"{ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
