"""What is done by the light page: each deed once, what was typed kept, and what happens next said."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback_gateway import cases, work
from models import Case, Event, Message, RouteLesson
from models.words import CaseState, Purpose, Rejection
from tests import actors
from tests.conftest import House
from tests.desk import open_desk
from tests.factories import agency_id, make_case
from tests.handlers.console.browser import text_of
from tests.handlers.desk.conftest import Reader, path_of


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def logged(case: Case, kind: str) -> list[Event]:
    with work.reading() as db:
        return list(db.scalars(select(Event).where(Event.case_id == case.id, Event.kind == kind).order_by(Event.id)))


@pytest.fixture
def case(house: House) -> Case:
    return make_case()


@pytest.fixture
def path(case: Case) -> str:
    return path_of(open_desk().user, case)


def test_accept(case: Case, path: str, reader: Reader) -> None:
    said = text_of(reader.do(path, "accept"))
    assert "La suite" in said
    assert "Réponse due avant le" in said
    assert fresh(case).state == CaseState.ACCEPTED
    assert fresh(case).focal_point_id == logged(case, "accepted")[0].user_id == actors.make("alice").id


def test_start_takes_it_too(case: Case, path: str, reader: Reader) -> None:
    assert "Quand c'est fait" in text_of(reader.do(path, "start"))
    assert fresh(case).state == CaseState.IN_ACTION
    assert len(logged(case, "accepted")) == 1


def test_done_is_the_answer_that_the_person_gets(case: Case, path: str, reader: Reader) -> None:
    assert "part par SMS" in text_of(reader.do(path, "done", text="La pompe\r\nest réparée."))
    assert fresh(case).state == CaseState.AGENCY_RESPONDED
    assert logged(case, "responded")[0].text == "La pompe\nest réparée."
    with work.reading() as db:
        assert "est réparée." in db.scalars(select(Message.text).where(Message.purpose == Purpose.ANSWER)).one()


def test_ask(case: Case, path: str, reader: Reader) -> None:
    assert "Les délais sont en pause" in text_of(reader.do(path, "ask", text="Quel village ?"))
    assert fresh(case).waiting_since is not None
    assert logged(case, "waiting_began")[0].text == "Quel village ?"
    assert "attend sa réponse" in reader.get(path).text


def test_who_wants_no_sms_is_called(house: House, reader: Reader) -> None:
    called = make_case(contact_by="call")
    path = path_of(open_desk().user, called)
    assert "de vive voix" in reader.get(path).text
    assert "l'appelle" in text_of(reader.do(path, "done", text="Venez au CSPS."))


def test_reject_with_a_reason_and_who_is_responsible(case: Case, path: str, reader: Reader) -> None:
    said = text_of(
        reader.do(
            path, "reject", reason=Rejection.NOT_RESPONSIBLE, but=str(agency_id("VIVRES")), text="c'est pour les vivres"
        )
    )
    assert "ce lien n'ouvre plus rien" in said
    assert "Revenir" not in said
    rejected = logged(case, "rejected")[0]
    assert (rejected.data["reason"], rejected.text) == (Rejection.NOT_RESPONSIBLE, "c'est pour les vivres")
    with work.reading() as db:
        assert db.scalars(select(RouteLesson.but_agency_id)).one() == agency_id("VIVRES")


@pytest.mark.parametrize("but", ["", "x", "99999", "-1", "9" * 40])
def test_an_agency_that_is_none_is_taken_for_i_do_not_know(case: Case, path: str, reader: Reader, but: str) -> None:
    assert reader.do(path, "reject", reason=Rejection.NOT_RESPONSIBLE, but=but).status_code == 200
    with work.reading() as db:
        assert db.scalars(select(RouteLesson.but_agency_id)).one() is None


@pytest.mark.parametrize(
    ("deed", "fields", "why"),
    [
        ("done", {"text": "  "}, "écrivez d'abord"),
        ("ask", {"text": ""}, "écrivez d'abord"),
        ("done", {"text": "x" * 1001}, "trop long"),
        ("done", {"text": "pompe {inconnu}"}, "accolades"),
        ("reject", {"reason": "", "text": "pas nous"}, "choisissez d'abord"),
        ("reject", {"reason": "nonsense", "text": "pas nous"}, "choisissez d'abord"),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_does_nothing(
    case: Case, path: str, reader: Reader, deed: str, fields: dict[str, str], why: str
) -> None:
    page = reader.do(path, deed, **fields)
    assert page.status_code == 422
    assert why in text_of(page)
    if fields["text"].strip():
        assert fields["text"] in text_of(page)
    assert fresh(case).state == CaseState.REFERRED
    assert fresh(case).version == case.version or logged(case, "accepted") == []


@pytest.mark.parametrize(
    ("deed", "fields", "kind"),
    [
        ("accept", {}, "accepted"),
        ("start", {}, "action_started"),
        ("done", {"text": "pompe réparée"}, "responded"),
        ("ask", {"text": "où ?"}, "waiting_began"),
        ("reject", {"reason": "no_capacity"}, "rejected"),
    ],
)
class TestTwice:
    """A form that is sent twice, as poor networks do."""

    def test_one_after_the_other(
        self, case: Case, path: str, reader: Reader, deed: str, fields: dict[str, str], kind: str
    ) -> None:
        form = reader.form(path)
        first, second = (reader.send(path, deed, form, **fields) for _ in range(2))
        assert first.status_code == second.status_code == 200
        assert first.text == second.text
        assert len(logged(case, kind)) == 1

    def test_at_the_same_moment(
        self, case: Case, path: str, reader: Reader, app: Flask, deed: str, fields: dict[str, str], kind: str
    ) -> None:
        form = reader.form(path)
        with ThreadPoolExecutor(2) as pool:
            sent = list(
                pool.map(
                    lambda _: Reader(app.test_client(use_cookies=False)).send(path, deed, form, **fields), range(2)
                )
            )
        assert [each.status_code for each in sent] == [200, 200]
        assert len(logged(case, kind)) == 1


def test_a_page_that_is_old_does_nothing_and_keeps_what_was_typed(case: Case, path: str, reader: Reader) -> None:
    form, bob = reader.form(path), actors.make("bob")
    with work.unit_of_work() as db:
        cases.accept(db, db.get_one(Case, case.id), by=bob)
    page = reader.send(path, "done", form, text="pompe réparée")
    assert page.status_code == 409
    assert "a changé entre-temps" in page.text
    assert "pompe réparée</textarea>" in page.text
    assert logged(case, "responded") == []
    assert reader.do(path, "done", text="pompe réparée").status_code == 200


def test_so_is_one_to_which_the_person_has_added_something(case: Case, path: str, reader: Reader) -> None:
    form = reader.form(path)
    with work.unit_of_work() as db:
        cases.add_message(db, db.get_one(Case, case.id), "l'eau est revenue")
    assert reader.send(path, "accept", form).status_code == 409


def test_but_not_one_that_only_a_reminder_came_between(case: Case, path: str, reader: Reader) -> None:
    form = reader.form(path)
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.record(db, stored, "noticed", kind_of="reminder", user=1, means="sms", step=None)
        stored.urgency += 0.01  # the row has another version
    assert reader.send(path, "accept", form).status_code == 200


def test_nor_one_that_their_own_deed_came_between(case: Case, path: str, reader: Reader) -> None:
    form = reader.form(path)
    reader.send(path, "accept", form)
    assert reader.send(path, "done", form, text="pompe réparée").status_code == 200
    assert fresh(case).state == CaseState.AGENCY_RESPONDED


def test_what_can_no_longer_be_done_says_so(case: Case, path: str, reader: Reader) -> None:
    form = reader.form(path)
    reader.send(path, "done", form, text="pompe réparée")
    page = reader.send(path, "ask", form, text="quel village ?")
    assert page.status_code == 422
    assert "ce n'est plus possible" in text_of(page)


def test_an_unknown_deed_is_a_dead_link(case: Case, path: str, reader: Reader) -> None:
    assert reader.send(path, "close", reader.form(path)).status_code == 404
    assert fresh(case).state == CaseState.REFERRED


def test_a_fault_leaves_nothing_half_done(case: Case, path: str, reader: Reader) -> None:
    with work.reading() as db:
        before = db.scalar(select(func.count()).select_from(Event))
    reader.do(path, "done", text="")
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Event)) == before
