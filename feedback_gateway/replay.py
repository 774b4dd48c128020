"""Replays a CSV of real messages through the live Africa's Talking webhook, as a provider would post them."""

import csv
import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests

TEXT_COLUMNS = ("original", "text", "message")
SENDER_COLUMNS = ("from", "sender", "phone")
MOST_AT_ONCE = 16
TRIES = 5
PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Row:
    """One message: its id is stable, so that replaying the same file again is a provider's retry."""

    id: str
    sender: str
    text: str


def answers(port: int) -> bool:
    """Whether the web server is up."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except requests.RequestException:
        return False


@dataclass(frozen=True)
class Posted:
    """One row's end: the last status, milliseconds from the first try to the last answer, and how many tries."""

    status: str
    milliseconds: float
    tries: int


@dataclass
class Result:
    """What came of a replay. Latencies in milliseconds, as the poster saw them."""

    statuses: Counter[str] = field(default_factory=Counter)
    again: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, posted: Posted) -> None:
        self.statuses[posted.status] += 1
        self.latencies.append(posted.milliseconds)
        self.again += posted.tries - 1

    def quantile(self, share: float) -> float:
        if not self.latencies:
            return 0.0
        return statistics.quantiles([*self.latencies, self.latencies[-1]], n=1000)[int(share * 1000) - 1]


def read_rows(path: Path) -> list[Row]:
    """Reads a CSV with a column `original`, `text` or `message` (the first that is not empty), and if it has them
    `id` and `from`. A row without a sender gets one of its own made from its id: one person a row.

    Raises ValueError when no column with text is there.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        columns = [name for name in TEXT_COLUMNS if name in (reader.fieldnames or ())]
        if not columns:
            raise ValueError(f"{path.name}: needs a column {', '.join(TEXT_COLUMNS[:-1])} or {TEXT_COLUMNS[-1]}")
        return list(_rows(reader, columns))


def _rows(reader: "csv.DictReader[str]", columns: Sequence[str]) -> Iterator[Row]:
    for number, row in enumerate(reader, start=1):
        text = next((row[name] for name in columns if (row[name] or "").strip()), "")
        identity = row.get("id") or str(number)
        sender = next((row[name] for name in SENDER_COLUMNS if row.get(name)), None)
        yield Row(f"replay-{identity}", sender or made_up_number(identity), text)


def made_up_number(identity: str) -> str:
    """A number that looks like one of Burkina Faso's, always the same for the same id."""
    digits = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8]) % 10**7
    return f"+2267{digits:07d}"


def post_rows(rows: Sequence[Row], url: str, rate: float, date: str) -> Iterator[Posted]:
    """Posts the rows at `rate` a second and yields what became of each, in order.

    Like the provider, it posts again what was not answered with 200: TRIES times, PAUSE_SECONDS apart.
    """
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=MOST_AT_ONCE))

    def post(row: Row) -> Posted:
        form = {"from": row.sender, "to": "21512", "text": row.text, "date": date, "id": row.id}
        started = time.perf_counter()
        for attempt in range(1, TRIES + 1):
            try:
                status = str(session.post(url, data=form, timeout=30).status_code)
            except requests.RequestException as error:
                status = type(error).__name__
            if status == "200" or attempt == TRIES:
                break
            time.sleep(PAUSE_SECONDS)
        return Posted(status, (time.perf_counter() - started) * 1000, attempt)

    began = time.perf_counter()
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        waiting: list[Future[Posted]] = []
        for number, row in enumerate(rows):
            ahead = began + number / rate - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
            waiting.append(pool.submit(post, row))
            while waiting and waiting[0].done():
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
