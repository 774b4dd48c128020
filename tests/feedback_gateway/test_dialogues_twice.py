"""The dialogue files once more through receive(), every USSD request sent twice as providers do when they are in doubt.

The second time the same screen comes, and nothing else happens. French goes every road, the others the longest one.
"""

from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from feedback_gateway import work
from flows.book import open_book
from flows.dialogue import Dialogue, read_dialogues
from models import Case, Event, Message
from tests.conftest import House
from tests.factories import make_contact
from tests.phone import Phone

FOLDER = Path(__file__).parents[1] / "flows" / "dialogues"
numbers = count(22670000000)


def kept() -> list[int]:
    """How many cases, events and messages there are."""
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in (Case, Event, Message)]
    with work.reading() as db:
        return list(db.execute(select(*counts)).one())


def send_twice(dialogue: Dialogue) -> int:
    """How many requests were sent again. The places differ from those of the file, so what comes may differ too."""
    phone, sent = Phone(f"+{next(numbers)}"), 0
    make_contact(phone.number, language=dialogue.scene.language)
    for turn in dialogue.turns:
        if turn.kind == "drop":
            phone.ended = True
        if turn.kind not in ("dial", "press"):
            continue
        screen = phone.dial(turn.said) if turn.kind == "dial" or phone.ended else phone.press(turn.said)
        ended, before = phone.ended, kept()
        assert phone.again() == screen, f"{dialogue.about}: {turn}"
        assert (phone.ended, kept()) == (ended, before), f"{dialogue.about}: {turn}"
        sent += 1
    return sent


@pytest.mark.parametrize(
    ("db_url", "language"),  # what a database does with a request is the same in every language
    [("postgresql", "fr"), *(("sqlite", language) for language in open_book().languages)],
    indirect=["db_url"],
)
def test_a_repeated_request_is_answered_by_the_same_screen_and_changes_nothing(house: House, language: str) -> None:
    roads = "*.yaml" if language == "fr" else "complaint.yaml"
    dialogues = [each for path in sorted((FOLDER / language).glob(roads)) for each in read_dialogues(path)]
    assert sum(send_twice(dialogue) for dialogue in dialogues) > 30
    assert kept()[0] > 3
