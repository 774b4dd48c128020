"""Who a link opens a case for: Alice has it, Bob is her colleague, Charlie is elsewhere, Dora reads sealed ones.

Every link that opens nothing looks the same.
"""

from datetime import datetime, timedelta

import pytest
import time_machine
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from feedback_gateway import access, cases, links, work
from handlers.desk.views import throttle
from models import Agency, Case, CaseLink, User
from models.words import Outcome, Rejection, Sensitivity
from tests import actors
from tests.conftest import House
from tests.desk import link_of, open_desk
from tests.factories import agency_id, make_case
from tests.handlers.desk.conftest import Reader, path_of

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


def change(case: Case, **values: object) -> None:
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        for name, value in values.items():
            setattr(stored, name, value)


def change_user(user: User, **values: object) -> None:
    with work.unit_of_work() as db:
        stored = db.get_one(User, user.id)
        for name, value in values.items():
            setattr(stored, name, value)


def dead_page(reader: Reader) -> str:
    return reader.get("/dossier/forged").text


def assert_dead(reader: Reader, path: str) -> None:
    """It opens nothing, and does nothing, and looks like a link that never was."""
    page = reader.get(path)
    assert (page.status_code, page.text) == (404, dead_page(reader))
    posted = reader.send(path, "accept", "forged")
    assert (posted.status_code, posted.text) == (404, dead_page(reader))


def test_who_may_have_a_link(house: House) -> None:
    normal, restricted = make_case(), make_case(phone="+22670000001")
    change(restricted, sensitivity=Sensitivity.RESTRICTED)
    sealed = make_case("PRO.VIE", text="on nous menace", phone="+22670000002")
    people = {name: actors.make(name) for name in ("alice", "bob", "charlie", "dora", "marc", "tina", "ada")}
    allowed = {
        name: [link_of(user, case) is not None for case in (normal, restricted, sealed)]
        for name, user in people.items()
    }
    assert allowed == {
        "alice": [True, False, False],
        "bob": [True, False, False],
        "charlie": [False, False, False],
        "dora": [False, False, False],  # she may read the sealed one in the console, and nowhere else
        "marc": [True, False, False],
        "tina": [True, True, False],
        "ada": [False, False, False],
    }


def test_everybody_has_a_link_of_their_own(house: House, reader: Reader) -> None:
    alice, bob, case = open_desk(), open_desk("bob", "+22676333444"), make_case()
    hers, his = path_of(alice.user, case), path_of(bob.user, case)
    assert hers != his
    assert path_of(alice.user, case) == hers, "the same link again while it holds"
    assert reader.get(hers).status_code == reader.get(his).status_code == 200


def test_a_form_belongs_to_its_link(house: House, reader: Reader) -> None:
    alice, bob, case = open_desk(), open_desk("bob", "+22676333444"), make_case()
    other = make_case(phone="+22670000001")
    form = reader.form(path_of(bob.user, case))
    for path in (path_of(alice.user, case), path_of(bob.user, other)):
        assert reader.send(path, "accept", form).status_code == 404
    with work.reading() as db:
        assert db.scalars(select(Case.accepted_at)).all() == [None, None]


@pytest.mark.parametrize("form", ["", "x", "WzEsMF0.forged"])
def test_without_the_token_of_the_form_nothing_is_done(house: House, reader: Reader, form: str) -> None:
    alice, case = open_desk(), make_case()
    answer = reader.send(path_of(alice.user, case), "accept", form)
    assert (answer.status_code, answer.text) == (404, dead_page(reader))
    with work.reading() as db:
        assert db.get_one(Case, case.id).accepted_at is None


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nothing_but_a_post_does_anything(house: House, reader: Reader, method: str) -> None:
    alice, case = open_desk(), make_case()
    path = path_of(alice.user, case)
    answer = reader.client.open(f"{path}/accept", method=method, data={"form": reader.form(path)})
    assert answer.status_code == 405
    with work.reading() as db:
        assert db.get_one(Case, case.id).accepted_at is None


def test_forged_links_open_nothing(house: House, reader: Reader) -> None:
    path = path_of(open_desk().user, make_case())
    token = path.rpartition("/")[2]
    with work.reading() as db:
        link_id = db.scalars(select(CaseLink.id)).one()
    signed_elsewhere = URLSafeSerializer("another secret", salt="case link").dumps(link_id)
    other_salt = URLSafeSerializer(house.settings.secret_key, salt="case form").dumps(link_id)
    gone = URLSafeSerializer(house.settings.secret_key, salt="case link").dumps(link_id + 99)
    for forged in (token[:-1], token + "x", str(link_id), signed_elsewhere, other_salt, gone, "%00", "é", "a" * 3000):
        throttle.forget()
        assert_dead(reader, f"/dossier/{forged}")


def test_a_link_expires(house: House, reader: Reader) -> None:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        alice, case = open_desk(), make_case()
        path = path_of(alice.user, case)
        form = reader.form(path)
        traveller.shift(timedelta(days=house.settings.link_days) - timedelta(seconds=1))
        assert reader.get(path).status_code == 200
        traveller.shift(timedelta(seconds=1))
        assert_dead(reader, path)
        assert reader.send(path, "accept", form).status_code == 404
        assert path_of(alice.user, case) != path, "they get another one with the next notice"


class TestMovedOn:
    """A link that was good, and what ends it."""

    @pytest.fixture
    def case(self, house: House) -> Case:
        return make_case()

    @pytest.fixture
    def path(self, case: Case, reader: Reader) -> str:
        path = path_of(open_desk().user, case)
        assert reader.get(path).status_code == 200
        return path

    def alice(self) -> User:
        return actors.make("alice")

    def test_the_case_is_referred_elsewhere(self, case: Case, path: str, reader: Reader) -> None:
        bob = actors.make("bob")
        with work.unit_of_work() as db:
            other = db.get_one(Agency, agency_id("VIVRES"))
            cases.refer(db, db.get_one(Case, case.id), other, by=bob)
        assert_dead(reader, path)

    def test_and_comes_back_with_another_link(self, case: Case, path: str, reader: Reader) -> None:
        bob, charlie = actors.make("bob"), actors.make("charlie")
        with work.unit_of_work() as db:
            stored = db.get_one(Case, case.id)
            cases.refer(db, stored, db.get_one(Agency, agency_id("VIVRES")), by=bob)
            cases.reject(db, stored, Rejection.NOT_RESPONSIBLE, by=charlie)
        assert_dead(reader, path)
        assert reader.get(path_of(self.alice(), case)).status_code == 200

    def test_it_is_rejected(self, case: Case, path: str, reader: Reader) -> None:
        reader.do(path, "reject", reason=Rejection.NO_CAPACITY)
        assert_dead(reader, path)

    def test_nobody_answers(self, case: Case, path: str, reader: Reader) -> None:
        with work.unit_of_work() as db:
            cases.bring_back(db, db.get_one(Case, case.id))
        assert_dead(reader, path)

    def test_it_is_closed(self, case: Case, path: str, reader: Reader) -> None:
        bob = actors.make("bob")
        with work.unit_of_work() as db:
            cases.close(db, db.get_one(Case, case.id), Outcome.DUPLICATE, by=bob)
        assert_dead(reader, path)

    def test_it_is_sealed(self, case: Case, path: str, reader: Reader) -> None:
        change(case, sensitivity=Sensitivity.SEALED)
        assert_dead(reader, path)

    def test_it_is_sealed_even_for_a_named_reader(self, case: Case, path: str, reader: Reader) -> None:
        dora = open_desk("dora", "+22676555666")
        papers = make_case("PRO.DOC", text="carte perdue", phone="+22670000001")
        hers = path_of(dora.user, papers)
        assert reader.get(hers).status_code == 200
        change(papers, sensitivity=Sensitivity.SEALED)
        with work.unit_of_work() as db:
            assert access.may_see(db, db.get_one(User, dora.user.id), db.get_one(Case, papers.id))
        assert_dead(reader, hers)
        assert link_of(dora.user, papers) is None

    def test_it_becomes_restricted(self, case: Case, path: str, reader: Reader) -> None:
        change(case, sensitivity=Sensitivity.RESTRICTED)
        assert_dead(reader, path)
        change_user(self.alice(), may_read_restricted=True)
        assert reader.get(path).status_code == 200

    def test_it_turns_out_to_be_about_her(self, case: Case, path: str, reader: Reader) -> None:
        alice = self.alice()
        with work.unit_of_work() as db:
            cases.set_concerns(db, db.get_one(Case, case.id), users=[alice.id], by=None)
        assert_dead(reader, path)

    def test_her_access_is_closed(self, case: Case, path: str, reader: Reader) -> None:
        change_user(self.alice(), active=False)
        assert_dead(reader, path)

    def test_she_has_left_for_another_agency(self, case: Case, path: str, reader: Reader) -> None:
        change_user(self.alice(), agency_id=agency_id("VIVRES"))
        assert_dead(reader, path)

    def test_an_answer_does_not_end_it(self, case: Case, path: str, reader: Reader) -> None:
        reader.do(path, "done", text="pompe réparée")
        assert "n'a pas encore la réponse" in reader.get(path).text.replace("&#39;", "'")

    def test_a_colleague_does_not_end_it(self, case: Case, path: str, reader: Reader) -> None:
        bob = actors.make("bob")
        with work.unit_of_work() as db:
            cases.accept(db, db.get_one(Case, case.id), by=bob)
        assert "en occupe" in reader.get(path).text


def test_who_may_see_it_but_does_not_answer_for_it_is_offered_nothing(house: House, reader: Reader) -> None:
    alice, case = open_desk(), make_case()
    path = path_of(alice.user, case)
    form = reader.form(path)
    change_user(alice.user, role="operator")
    assert_dead(reader, path)
    assert reader.send(path, "accept", form).status_code == 404


def test_a_case_that_was_never_referred_has_no_link(house: House) -> None:
    case = make_case(None, text="bonjour")
    assert link_of(actors.make("tina"), case) is None


def test_the_dead_page_says_where_to_turn_and_nothing_of_any_case(house: House, reader: Reader) -> None:
    case = make_case()
    page = reader.get("/dossier/forged")
    assert "LISTE par SMS" in page.text
    assert "coordination" in page.text
    assert case.reference not in page.text
    assert "Send LIST" not in page.text
    assert "LIST by SMS" in reader.get("/dossier/forged?lang=en").text
    assert "<form" not in page.text


def test_links_are_of_this_installation_s_key(house: House) -> None:
    alice, case = open_desk(), make_case()
    token = path_of(alice.user, case).rpartition("/")[2]
    with work.reading() as db:
        assert links.open_link(db, token) is not None
