"""Cases that may belong together: what is suggested, to whom, and what becomes of a verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select

from feedback_gateway import alike, places, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.routing import route_case
from models import Case, Event, Fingerprint, Likeness, Place
from models.words import Level, LikenessKind, Noise, Sensitivity, Verdict
from tests import actors
from tests.conftest import House
from tests.factories import make_case

PERSON, PROBLEM = LikenessKind.SAME_PERSON, LikenessKind.SAME_PROBLEM
SAID = "le forage du secteur 4 est en panne depuis lundi"
ALMOST = "Le forage secteur 4 est en pane depuis lundi svp"
ELSE = "les enfants du camp n'ont pas de cahiers"
MINE, OTHERS = "+22670123456", "+22670999999"
KAYA, BARSALOGHO, KAYA_SITE = "BF490304", "BF490301", "BF490304-S1"
DAY = timedelta(days=1)


def open_case(text: str, phone: str = MINE, category: str | None = "EHA.EAU", place: str | None = KAYA) -> Case:
    """A case of the category's own sensitivity at its desk, whatever a classifier would make of its words."""
    case = make_case(category, text=text, phone=phone, place=place, classify=False)
    with work.unit_of_work() as db:
        case = db.get_one(Case, case.id)
        case.classified_at = clock.now()
        case.sensitivity = case.category.sensitivity if case.category else Sensitivity.NORMAL
        case.agency_id = route_case(db, case).agency_id
        return case


def tell(
    text: str = SAID,
    phone: str = MINE,
    category: str | None = "EHA.EAU",
    place: str | None = KAYA,
    *,
    at: datetime | None = None,
    suggest: bool = True,
) -> tuple[Case, list[Likeness]]:
    """A case that was opened, read, remembered and compared at that time; and what was suggested."""
    with time_machine.travel(at or clock.now(), tick=False):
        case = open_case(text, phone, category, place)
        with work.unit_of_work() as db:
            case = db.get_one(Case, case.id)
            alike.remember(db, case, text)
            return case, alike.suggest(db, case, clock.now()) if suggest else []


def again(case: Case, text: str = SAID) -> list[Likeness]:
    """The case is read once more."""
    with work.unit_of_work() as db:
        case = db.get_one(Case, case.id)
        alike.remember(db, case, text)
        return alike.suggest(db, case, clock.now())


def make_site() -> None:
    with work.unit_of_work() as db:
        db.add(Place(code=KAYA_SITE, parent_code=KAYA, level=Level.SITE, name="Site 1"))
    places.forget_places()


@pytest.mark.parametrize(
    ("first", "second", "days", "kind"),
    [
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, MINE, "EHA.EAU", KAYA), 0, PERSON),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, MINE, None, None), 29, PERSON),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, MINE, "EHA.EAU", BARSALOGHO), 31, None),
        ((SAID, MINE, "EHA.EAU", KAYA), (ELSE, MINE, "EHA.EAU", KAYA), 0, None),
        # A third of the words is enough from the same phone, on the same thing and place, within three days.
        ((SAID, MINE, "EHA.EAU", KAYA), ("forage secteur 4 toujours en panne", MINE, "EHA.EAU", KAYA), 2, PERSON),
        ((SAID, MINE, "EHA.EAU", KAYA), ("forage secteur 4 toujours en panne", MINE, "EHA.EAU", KAYA), 4, None),
        ((SAID, MINE, "EHA.EAU", KAYA), ("forage secteur 4 toujours en panne", MINE, "EHA.EAU", BARSALOGHO), 2, None),
        # Twice the same keys in the menu, without a word.
        (("", MINE, "EHA.EAU", KAYA), ("", MINE, "EHA.EAU", KAYA), 1, PERSON),
        (("", MINE, "EHA.EAU", KAYA), ("", MINE, "EHA.LAT", KAYA), 1, None),
        (("", MINE, "EHA.EAU", KAYA), ("", OTHERS, "EHA.EAU", KAYA), 1, None),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, "EHA.EAU", KAYA), 13, PROBLEM),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, None, KAYA), 1, PROBLEM),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, "EHA.EAU", KAYA_SITE), 1, PROBLEM),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, "EHA.EAU", KAYA), 15, None),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, "EHA.LAT", KAYA), 1, None),
        ((SAID, MINE, "EHA.EAU", KAYA), (ALMOST, OTHERS, "EHA.EAU", BARSALOGHO), 1, None),
        ((SAID, MINE, "EHA.EAU", "BF49"), (SAID, OTHERS, "EHA.EAU", "BF49"), 1, None),  # a region is no place
        ((SAID, MINE, "EHA.EAU", None), (SAID, OTHERS, "EHA.EAU", None), 1, None),
        ((SAID, MINE, "CON.EAS", KAYA), (SAID, MINE, "CON.EAS", KAYA), 1, PERSON),
        ((SAID, MINE, "CON.EAS", KAYA), (SAID, MINE, "EHA.EAU", KAYA), 1, None),
        ((SAID, MINE, "EHA.EAU", KAYA), (SAID, MINE, "CON.EAS", KAYA), 1, None),
        ((SAID, MINE, "CON.EAS", KAYA), (SAID, OTHERS, "CON.EAS", KAYA), 1, None),
    ],
)
def test_what_is_suggested(
    house: House,
    first: tuple[str, str, str | None, str | None],
    second: tuple[str, str, str | None, str | None],
    days: int,
    kind: LikenessKind | None,
) -> None:
    make_site()
    now = clock.now()
    older, _ = tell(*first, at=now - days * DAY - timedelta(minutes=1))
    newer, found = tell(*second, at=now)
    assert [(one.case_id, one.other_id, one.kind) for one in found] == ([(newer.id, older.id, kind)] if kind else [])


def test_a_case_without_a_phone_is_not_the_same_person_as_all_others_without(house: House) -> None:
    for place in (KAYA, BARSALOGHO):
        case, _ = tell(place=place, suggest=False)
        with work.unit_of_work() as db:
            db.get_one(Case, case.id).contact_id = None
    assert again(case) == []


def test_noise_is_not_compared(house: House) -> None:
    spam, _ = tell()
    with work.unit_of_work() as db:
        db.get_one(Case, spam.id).noise = Noise.SPAM
    assert tell(phone=OTHERS)[1] == []
    assert again(spam) == []


def test_read_again_nothing_is_suggested_twice(house: House) -> None:
    for number in range(7):
        tell(phone=f"+2267000000{number}", suggest=False)
    case, found = tell()
    assert len(found) == alike.MOST_SUGGESTIONS
    assert again(case) == []


def test_the_older_case_that_grows_alike_is_still_the_older_one(house: House) -> None:
    older, _ = tell("bonjour", at=clock.now() - DAY)
    newer, found = tell(phone=OTHERS)
    assert found == []
    assert [(one.case_id, one.other_id) for one in again(older, SAID)] == [(newer.id, older.id)]


def test_a_case_that_was_never_remembered_is_alike_to_nothing(house: House) -> None:
    tell()
    case = open_case(SAID, OTHERS)
    with work.unit_of_work() as db:
        assert alike.suggest(db, db.get_one(Case, case.id), clock.now()) == []


def test_a_fingerprint_holds_no_word_and_a_sealed_one_is_like_no_other(house: House) -> None:
    prints = []
    for phone, category in ((MINE, "EHA.EAU"), (OTHERS, "EHA.EAU"), (MINE, "CON.EAS"), (OTHERS, "CON.EAS")):
        case, _ = tell(phone=phone, category=category, suggest=False)
        with work.reading() as db:
            prints.append(db.get_one(Fingerprint, case.id).hashes)
    assert all(b"forage" not in made for made in prints)
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


def test_it_costs_four_statements(house: House) -> None:
    for number in range(3):
        tell(phone=f"+2267000000{number}", suggest=False)
    case = open_case(SAID)
    with work.unit_of_work() as db:
        case = db.get_one(Case, case.id)
        with counted(house) as said:
            alike.remember(db, case, SAID)
            assert len(alike.suggest(db, case, clock.now())) == 3
            db.flush()
    assert len(said) == 4, "\n\n".join(said)


@pytest.mark.parametrize(
    ("actor", "category", "seen"),
    [
        ("alice", "EHA.EAU", True),
        ("marc", "EHA.EAU", True),
        ("charlie", "EHA.EAU", False),
        ("ada", "EHA.EAU", False),
        ("dora", "CON.EAS", True),
        ("marc", "CON.EAS", False),
        ("alice", "CON.EAS", False),
    ],
)
def test_only_who_may_see_the_other_case_gets_the_suggestion(
    house: House, actor: str, category: str, seen: bool
) -> None:
    older, _ = tell(category=category)
    newer, _ = tell(ALMOST, category=category)
    user = actors.make(actor)
    with work.reading() as db:
        for case, other in ((older, newer), (newer, older)):
            found = alike.suggestions(db, user, case)
            assert [one.id for _, one in found] == ([other.id] if seen else [])


def test_a_case_that_was_sealed_since_is_not_shown_beside_an_open_one(house: House) -> None:
    older, _ = tell(category="PRO.DOC")
    newer, found = tell(ALMOST, category="PRO.DOC")
    dora = actors.make("dora")
    with work.unit_of_work() as db:
        assert [case.id for _, case in alike.suggestions(db, dora, newer)] == [older.id]
        db.get_one(Case, older.id).sensitivity = Sensitivity.SEALED
    with work.unit_of_work() as db:
        newer = db.get_one(Case, newer.id)
        assert alike.suggestions(db, dora, newer) == []
        with pytest.raises(NotAllowedError, match="sealed"):
            alike.decide(db, db.get_one(Likeness, found[0].id), Verdict.LINKED, by=dora)


def events(kind: str) -> dict[object, str]:
    with work.reading() as db:
        return {one.case_id: one.data["other"] for one in db.scalars(select(Event).where(Event.kind == kind))}


def test_a_verdict_stands_on_both_cases_and_the_last_word_counts(house: House) -> None:
    older, _ = tell()
    newer, found = tell(ALMOST)
    alice = actors.make("alice")
    for verdict in (Verdict.LINKED, Verdict.LINKED, Verdict.DISMISSED):
        with work.unit_of_work() as db:
            alike.decide(db, db.get_one(Likeness, found[0].id), verdict, by=alice)
    both = {newer.id: str(older.id), older.id: str(newer.id)}
    assert events("linked") == both
    assert events("unlinked") == both
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Event).where(Event.kind == "linked")) == 2
        stored = db.scalars(select(Likeness)).one()
        assert (stored.verdict, stored.user_id) == (Verdict.DISMISSED, alice.id)
        assert alike.suggestions(db, alice, newer) == []
    assert again(newer) == []


def test_nobody_decides_on_what_they_may_not_see(house: House) -> None:
    tell()
    _, found = tell(ALMOST)
    charlie = actors.make("charlie")
    with work.unit_of_work() as db, pytest.raises(NotAllowedError, match="not_yours"):
        alike.decide(db, db.get_one(Likeness, found[0].id), Verdict.LINKED, by=charlie)
    assert events("linked") == {}


def test_the_undecided_stand_first(house: House) -> None:
    case, _ = tell("le forage du secteur 4", at=clock.now() - DAY)
    linked, found = tell("le forage du secteur 4")
    tell("le forage du secteur 4 est en panne")
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        alike.decide(db, db.get_one(Likeness, found[0].id), Verdict.LINKED, by=alice)
    with work.reading() as db:
        shown = alike.suggestions(db, alice, case)
    assert [(one.verdict, one.kind) for one, _ in shown] == [(None, PERSON), (Verdict.LINKED, PERSON)]
    assert shown[1][1].id == linked.id
