"""granian or gunicorn: requests a second of the USSD webhook under 16 callers at once, taking turns in one run.

python -m bench.web_server [--seconds 5]
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from bench.servers import FEEDBACK, TOKEN, environment_for, free_port, granian, gunicorn, served

CALLERS = 16


def load(url: str, seconds: float, label: str) -> tuple[float, float]:
    """(requests a second, 99th percentile in ms) of first USSD screens."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def call(caller: int) -> None:
        session, number = requests.Session(), 0
        while time.perf_counter() < end:
            number += 1
            form = {"sessionId": f"{label}-{caller}-{number}", "phoneNumber": f"+226701{caller:05d}", "text": ""}
            started = time.perf_counter()
            session.post(f"{url}/webhooks/africastalking/{TOKEN}/ussd", data={**form, "serviceCode": "*1#"}, timeout=30)
            times.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, statistics.quantiles(times, n=100)[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    results: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = environment_for(home, f"sqlite:///{home}/feedback.db", 8000)
        for command in ("migrate", "seed"):
            subprocess.run([FEEDBACK, command], env={**os.environ, **environment}, check=True)
        for number in range(3):
            for name, server in (("gunicorn", gunicorn), ("granian", granian)):
                for workers in (1, 2):
                    port = free_port()
                    with served(server("wsgi:app", port, workers), environment, port, "/health") as url:
                        label = f"{name} w{workers}"
                        results.setdefault(label, []).append(load(url, seconds, f"{label}{number}"))
    base = statistics.median(rate for rate, _ in results["gunicorn w1"])
    table = Table("server", "ratio of requests a second", "p99 ms (median of 3)")
    for label, runs in results.items():
        rate = statistics.median(rate for rate, _ in runs)
        table.add_row(label, f"{rate / base:.2f}", f"{statistics.median(p99 for _, p99 in runs):.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
