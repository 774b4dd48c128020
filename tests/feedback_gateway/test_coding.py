"""A second reader, doubtful cases first, and how far two people agree."""

from uuid import UUID

import pytest
from sqlalchemy import select

from feedback_gateway import coding, triage, work
from feedback_gateway.case_states import NotAllowedError
from models import Case, Category, Label
from models.words import LabelSource
from tests import actors
from tests.conftest import House
from tests.factories import make_case


def label(case: Case, code: str, name: str) -> None:
    user = actors.make(name)
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        triage.recategorise(db, stored, db.get_one(Category, code), by=user)
        stored.second_coding = True


def second(case: Case, code: str | None, name: str) -> bool:
    user = actors.make(name)
    with work.unit_of_work() as db:
        category = db.get_one(Category, code) if code else None
        return coding.code_second(db, db.get_one(Case, case.id), category, None, by=user)


def waiting(name: str) -> list[str]:
    user = actors.make(name)
    with work.reading() as db:
        return [case.reference for case in coding.to_second(db, user)]


def test_a_second_reader_is_somebody_else_who_may_see_the_case(house: House) -> None:
    case = make_case("EHA.EAU")
    label(case, "EHA.EAU", "alice")
    assert waiting("alice") == []
    assert waiting("charlie") == []
    assert waiting("bob") == waiting("marc") == [case.reference]
    with pytest.raises(NotAllowedError, match="no_second"):
        second(case, "EHA.EAU", "alice")
    assert second(case, "EHA.EAU", "bob")
    assert waiting("marc") == []
    with pytest.raises(NotAllowedError, match="no_second"):
        second(case, "EHA.EAU", "marc")


def test_only_what_both_say_is_frozen_and_the_case_stays_as_it_is(house: House) -> None:
    same, other = make_case("EHA.EAU"), make_case("EHA.EAU", phone="+22670999999")
    for case in (same, other):
        label(case, "EHA.EAU", "alice")
    assert second(same, "EHA.EAU", "bob")
    assert not second(other, "EHA.LAT", "bob")
    with work.reading() as db:
        frozen = {found.case_id for found in db.scalars(select(Label).where(Label.frozen))}
        assert db.get_one(Case, other.id).category_code == "EHA.EAU"
    assert frozen == {same.id}


def test_agreement_beyond_chance(house: House) -> None:
    pairs = [("EHA.EAU", "EHA.EAU")] * 3 + [("EHA.LAT", "EHA.LAT")] * 2 + [("EHA.EAU", "EHA.LAT")]
    for at, (one, two) in enumerate(pairs):
        case = make_case("EHA.EAU", phone=f"+2267000000{at}")
        label(case, one, "alice")
        second(case, two, "bob")
    marc = actors.make("marc")
    with work.reading() as db:
        found = {each.code: each for each in coding.agreement(db, marc)}
    assert (found["total"].count, found["total"].agreed) == (6, 5)
    assert found["total"].kappa == pytest.approx(0.667, abs=0.001)  # (5/6 - 1/2) / (1 - 1/2)
    assert (found["EHA.EAU"].count, found["EHA.EAU"].agreed) == (4, 3)


def test_nothing_double_coded_says_nothing(house: House) -> None:
    marc = actors.make("marc")
    with work.reading() as db:
        (total,) = coding.agreement(db, marc)
    assert (total.count, total.kappa) == (0, None)


def test_one_case_in_ten_is_put_before_a_second_reader(house: House) -> None:
    marc = actors.make("marc")
    chosen = 0
    for at in range(30):
        case = make_case(case_id=UUID(int=10**20 + at), phone=f"+226700000{at:02d}", text="", classify=False)
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            triage.recategorise(db, stored, db.get_one(Category, "EHA.EAU"), by=marc)
            assert stored.second_coding == (case.id.int % 10 == 0)
            chosen += stored.second_coding
    assert chosen == 3


def test_the_least_certain_come_first_and_the_sorted_not_at_all(house: House) -> None:
    sure = make_case(None, text="la pompe du forage est en panne, plus d'eau", phone="+22670000001")
    vague = make_case(None, text="il y a un probleme chez nous ici vraiment", phone="+22670000002")
    odd = make_case(None, text="le gout est bizarre et la couleur aussi", phone="+22670000003")
    tina = actors.make("tina")
    with work.reading() as db:
        found = coding.doubtful(db, tina)
        assert [guess.probability for _, guess in found] == sorted(guess.probability for _, guess in found)
        ids = {case.id for case, _ in found}
        assert sure.id not in ids
        assert {vague.id, odd.id} <= ids
    label(vague, "SIT.GAP", "tina")
    with work.reading() as db:
        assert vague.id not in {case.id for case, _ in coding.doubtful(db, tina)}


def test_the_first_readers_word_is_the_newest_one(house: House) -> None:
    case = make_case("EHA.EAU")
    label(case, "EHA.LAT", "alice")
    label(case, "EHA.EAU", "alice")
    assert second(case, "EHA.EAU", "bob")
    with work.reading() as db:
        sources = db.scalars(select(Label.source).where(Label.frozen).order_by(Label.id)).all()
    assert sources == [LabelSource.CONFIRMATION, LabelSource.SECOND]
