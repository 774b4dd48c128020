"""What a process reads with follows what was chosen elsewhere, without anybody waiting for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_gateway import knowledge, learning, lexicon_editions, work
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicon_text import put_row
from feedback_gateway.classify.lexicons import load_lexicons, shipped_lexicons, shipped_sources, use_lexicons
from feedback_gateway.classify.model.in_use import STARTER, model_in_use, use_model
from tests import actors
from tests.conftest import House
from tests.handlers.console.learnt import make_version
from tests.processes.installation import wait_for


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_model(STARTER, None)
    use_lexicons(tuple(shipped_lexicons().values()))


@pytest.fixture
def background(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Thread]:
    model_in_use()  # the application loads the starter before its first thread
    monkeypatch.setattr(knowledge, "EVERY_SECONDS", 0.02)
    stop = threading.Event()
    thread = knowledge.keep_up_in_background(stop)
    yield thread
    stop.set()
    thread.join(120)
    assert not thread.is_alive()


def wait_for_it(condition: Callable[[], bool]) -> None:
    wait_for(condition, "the background to take it over", 120)


def choose(version_id: int | None) -> None:
    with work.unit_of_work() as db:
        learning.use(db, version_id, by=None)


def test_a_model_that_was_chosen_elsewhere_is_taken_over_and_left(background: threading.Thread) -> None:
    assert background.daemon
    version = make_version()
    assert model_in_use()[0] == STARTER
    choose(version.id)
    wait_for_it(lambda: model_in_use()[0] == str(version.id))
    choose(None)
    wait_for_it(lambda: model_in_use()[0] == STARTER)


def test_words_that_were_edited_elsewhere_are_taken_over(background: threading.Thread) -> None:
    ada = actors.make("ada")
    edited = put_row(shipped_sources()["fr"], {"id": "neuf", "category": "EHA.EAU", "patterns": ["zorglub"]})
    with work.unit_of_work() as db:
        assert lexicon_editions.save(db, "fr", edited, "", by=ada) == []
    wait_for_it(lambda: any(lexicon.match(fold("zorglub")) for lexicon in load_lexicons()))


def test_a_database_that_is_away_is_waited_for(
    background: threading.Thread, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading = work.reading
    failed: list[bool] = []

    def away() -> AbstractContextManager[Session]:
        if threading.current_thread() is background and len(failed) < 3:
            failed.append(True)
            raise OperationalError("SELECT secret", {}, Exception("secret"))
        return reading()

    monkeypatch.setattr(work, "reading", away)
    version = make_version()
    choose(version.id)
    wait_for_it(lambda: model_in_use()[0] == str(version.id))
    assert len(failed) == 3
    assert "nothing new could be learnt (OperationalError at " in caplog.text
    assert "secret" not in caplog.text


def test_nothing_new_costs_three_small_statements(house: House) -> None:
    with work.reading() as db:
        knowledge.keep_up(db)
    asked: list[str] = []
    with work.reading() as db:
        db.connection()
        event.listen(house.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        knowledge.keep_up(db)
    assert len(asked) == 3
