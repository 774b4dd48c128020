"""The replay: reads any CSV of messages, posts each row once with a stable id, and again what was not taken."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from feedback_gateway import replay


class Taker:
    """A webhook that keeps what it is sent and answers from a list of statuses, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.forms: list[dict[str, str]] = []
        self.statuses = list(statuses)
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                taker.forms.append({name: values[0] for name, values in parse_qs(body).items()})
                self.send_response(taker.statuses.pop(0) if taker.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture
def taker() -> Iterator[Taker]:
    one = Taker(500)
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "messages.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_first_text_that_is_not_empty_is_taken(tmp_path: Path) -> None:
    rows = replay.read_rows(csv(tmp_path, "id,message,original\n7,water please,\n8,water,pas d'eau\n"))
    assert [(row.id, row.text) for row in rows] == [("replay-7", "water please"), ("replay-8", "pas d'eau")]


def test_each_row_has_a_person_of_its_own_and_always_the_same(tmp_path: Path) -> None:
    file = csv(tmp_path, "id,text\n1,a\n2,b\n")
    first, second = replay.read_rows(file), replay.read_rows(file)
    assert first == second
    assert len({row.sender for row in first}) == 2
    assert all(row.sender.startswith("+2267") and len(row.sender) == 12 for row in first)


def test_a_file_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a column"):
        replay.read_rows(csv(tmp_path, "a,b\n1,2\n"))


def test_what_is_not_taken_is_posted_again_with_the_same_id(
    tmp_path: Path, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "PAUSE_SECONDS", 0.01)
    rows = replay.read_rows(csv(tmp_path, "id,text\n1,pas d'eau\n"))
    result = replay.Result()
    for posted in replay.post_rows(rows, taker.url, 100, "2026-01-01 10:00:00"):
        result.add(posted)
    assert [form["id"] for form in taker.forms] == ["replay-1", "replay-1"]
    assert (result.statuses["200"], result.again) == (1, 1)


def test_quantiles_of_few_and_of_no_answers() -> None:
    result = replay.Result()
    assert result.quantile(0.99) == 0.0
    for milliseconds in (1.0, 2.0, 3.0):
        result.add(replay.Posted("200", milliseconds, 1))
    assert 1.0 <= result.quantile(0.5) <= 3.0
