"""The words of the light page: the same in both languages, and each of them used."""

import re
from pathlib import Path
from string import Formatter

from handlers.desk import views
from handlers.desk.words import ENGLISH, FRENCH
from models.words import CaseState

HERE = Path(views.__file__).parent


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    assert list(FRENCH) == list(ENGLISH)
    assert {key: holes(text) for key, text in FRENCH.items()} == {key: holes(text) for key, text in ENGLISH.items()}


def test_every_word_is_used_and_every_word_that_is_used_is_there() -> None:
    source = "".join(path.read_text() for path in [*HERE.glob("templates/desk/*.html"), HERE / "views.py"])
    literal = set(re.findall(r'say\("([a-z_]+)"', source)) - {"state_", "next_", "due_"}
    composed = {
        key for key in FRENCH if key.startswith(("state_", "next_", "no_", "due", "done_hint", "done_unwritten"))
    }
    assert literal | composed == set(FRENCH)


def test_every_state_that_the_page_may_meet_has_its_sentence() -> None:
    never = {CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.TRIAGED}  # nobody has it yet: no link
    to_take = {CaseState.REFERRED, CaseState.UNRESPONDED, CaseState.REJECTED}
    assert all(f"state_{state}" in FRENCH for state in set(CaseState) - never - to_take)
