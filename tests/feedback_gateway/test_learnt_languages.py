"""Added languages: kept as counts, known in every process after a refresh, and never in the way of the shipped ones."""

import pytest
from sqlalchemy import event

from feedback_gateway import learnt_languages, work
from feedback_gateway.classify import language
from feedback_gateway.classify.language import detect_language, read_confidence, read_shipped
from feedback_gateway.classify.language_learn import Learnt, learn_language
from feedback_gateway.learnt_languages import RefusedError
from models import LearntLanguage, User
from tests import actors
from tests.conftest import House
from tests.databases import ON_SQLITE
from tests.handlers.console.test_languages import LINES

TEXT = LINES.splitlines()[5]


@pytest.fixture(autouse=True)
def shipped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds is gone after it; the shipped tables are not read anew."""
    monkeypatch.setattr(language, "_readers", language.load_detector())


@pytest.fixture
def ada(house: House) -> User:
    return actors.make("ada")


@pytest.fixture(scope="module")
def zyxois() -> Learnt:
    """Learnt once: it takes a second or two."""
    return learn_language("zyx", LINES.splitlines(), read_shipped(), read_confidence())


def keep(learnt: Learnt, by: User, name: str = "Zyxois") -> None:
    with work.unit_of_work() as db:
        learnt_languages.keep(db, learnt, name, by=by)


def retire(code: str, by: User) -> None:
    with work.unit_of_work() as db:
        learnt_languages.retire(db, code, by=by)


def refresh(every_seconds: float = 0.0) -> bool:
    with work.reading() as db:
        return learnt_languages.refresh(db, every_seconds=every_seconds)


def test_what_is_kept_is_known_after_a_refresh_until_it_is_retired(ada: User, zyxois: Learnt) -> None:
    refresh()
    keep(zyxois, ada, "  Zyxois  du\0 Nord ")
    assert detect_language(TEXT).code != "zyx"
    assert refresh()
    assert not refresh()
    assert detect_language(TEXT).code == "zyx"
    assert learnt_languages.name_of("zyx") == "Zyxois du Nord"
    retire("zyx", ada)
    assert refresh()
    assert detect_language(TEXT).code != "zyx"
    assert learnt_languages.name_of("zyx") is None


@ON_SQLITE
def test_the_shipped_languages_stay_as_they_were(ada: User, zyxois: Learnt) -> None:
    said = "la pompe du village est en panne depuis trois jours"
    before = detect_language(said)
    keep(zyxois, ada)
    refresh()
    after = detect_language(said)
    assert (after.code, after.sure) == (before.code, before.sure) == ("fr", True)


def test_a_refresh_asks_little_and_not_too_often(house: House, ada: User, zyxois: Learnt) -> None:
    keep(zyxois, ada)
    refresh()
    asked: list[str] = []
    with work.reading() as db:
        db.connection()
        event.listen(house.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        assert not learnt_languages.refresh(db)
        assert len(asked) == 1
        assert not learnt_languages.refresh(db, every_seconds=60)
        assert len(asked) == 1


def test_a_language_is_kept_once(ada: User, zyxois: Learnt) -> None:
    keep(zyxois, ada)
    with pytest.raises(RefusedError, match="known"):
        keep(zyxois, ada)
    with pytest.raises(RefusedError, match="gone"):
        retire("dag", ada)


@ON_SQLITE
def test_a_profile_that_this_release_cannot_read_is_left_out(
    ada: User, zyxois: Learnt, caplog: pytest.LogCaptureFixture
) -> None:
    keep(zyxois, ada)
    with work.unit_of_work() as db:
        db.get_one(LearntLanguage, "zyx").profile = {"code": "zyx", "grams": {}}
    assert refresh()
    assert detect_language(TEXT).code != "zyx"
    assert "NOT in use" in caplog.text


@ON_SQLITE
def test_a_language_that_is_shipped_by_now_is_the_shipped_one(ada: User, zyxois: Learnt) -> None:
    keep(zyxois, ada)
    with work.unit_of_work() as db:
        db.get_one(LearntLanguage, "zyx").code = "mos"
    assert refresh()
    assert detect_language(TEXT).code != "mos"
