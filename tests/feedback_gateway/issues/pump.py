"""A pump that many complain about: cases of many phones at Kaya, and what to do with their issue."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from feedback_gateway import cases, issues, work
from feedback_gateway.lib import clock
from feedback_gateway.routing import route_case
from flows import reference as references
from models import Case, Category, Contact, Event, Issue, IssueAnswer, IssueAnswerCase, Message, vault
from models.words import Given, Purpose
from tests import actors
from tests.factories import make_case

KAYA, BARSALOGHO = "BF490304", "BF490301"
WATER, FOOD = "EHA.EAU", "FSL.MIS"
WEDNESDAY = datetime.fromisoformat("2026-12-02T09:00:00+00:00")
REPAIRED = "La pompe est reparee depuis ce matin."


def phone_of(number: int) -> str:
    return f"+226{70000000 + number}"


def complain(number: int = 0, category: str = WATER, place: str = KAYA, *, at: datetime | None = None) -> Case:
    """A case that was read and stands with its agency, without what a classifier makes of its words."""
    case = make_case(category, phone=phone_of(number), place=place, classify=False)
    with work.unit_of_work() as db:
        case = db.get_one(Case, case.id)
        case.classified_at = case.opened_at = at or clock.now()
        case.sensitivity = db.get_one(Category, category).sensitivity
        cases.mark_triaged(db, case, by=None)
        if (agency := route_case(db, case).agency_id) is not None:
            cases.hand_over(db, case, agency, because=f"{category}|*|*", by=None)
        return case


def flood(people: int) -> list[UUID]:
    """The same complaint of so many phones: one by the whole road, and the others as its copies in the database."""
    first = complain()
    with work.unit_of_work() as db:
        copies: list[dict[str, Any]] = []
        for number in range(1, people):
            phone = phone_of(number)
            contact = Contact(
                phone=phone, phone_hash=vault.lookup("phone", phone), channel="simulator", created_at=WEDNESDAY
            )
            db.add(contact)
            reference = references.make(f"{10**8 + number:09d}")
            copies.append({"id": uuid4(), "reference": reference, "contact": contact})
        db.flush()
        for copy in copies:
            copy["contact_id"] = copy.pop("contact").id
        _copy(db, Case, Case.id == first.id, "id", copies)
        cases_of = [{"case_id": copy["id"]} for copy in copies]
        _copy(db, Event, Event.case_id == first.id, "case_id", cases_of, without="id")
        return [first.id, *(copy["id"] for copy in copies)]


def _copy(
    db: Session, table: Any, condition: Any, key: str, changes: list[dict[str, Any]], without: str | None = None
) -> None:
    for row in db.execute(select(table.__table__).where(condition)).mappings().all():
        known = {name: value for name, value in row.items() if name not in (key, without)}
        if changes:
            db.execute(insert(table.__table__), [{**known, **change} for change in changes])


def make_issue(ids: list[UUID], by: str = "alice", **values: Any) -> Issue:
    """An issue of these cases, made by an actor."""
    user = actors.make(by)
    with work.unit_of_work() as db:
        known: dict[str, Any] = {"title": "Pompe de Kaya", "category": db.get_one(Category, WATER), "place_code": KAYA}
        return issues.open_issue(db, **{**known, "ids": ids, "by": user, **values})


def order(issue: Issue, text: str = REPAIRED, by: str = "alice", key: str = "", **values: Any) -> IssueAnswer:
    user = actors.make(by)
    with work.unit_of_work() as db:
        stored = db.get_one(Issue, issue.id)
        texts = values.pop("texts", {"fr": text})
        return issues.order_answer(db, stored, texts, by=user, key=key or f"key {clock.now()}", **values)


def given(answer: IssueAnswer) -> dict[Given, int]:
    """How far an answer has come, by what has become of its cases."""
    with work.reading() as db:
        rows = select(IssueAnswerCase.given, func.count()).where(IssueAnswerCase.answer_id == answer.id)
        return dict(db.execute(rows.group_by(IssueAnswerCase.given)).all())


def answers_sent() -> list[Message]:
    with work.reading() as db:
        return list(db.scalars(select(Message).where(Message.purpose == Purpose.ANSWER).order_by(Message.id)))


def stored(case_id: UUID) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case_id)


def kinds(case_id: UUID) -> list[str]:
    with work.reading() as db:
        return list(db.scalars(select(Event.kind).where(Event.case_id == case_id).order_by(Event.id)))


def refresh(answer: IssueAnswer) -> IssueAnswer:
    with work.reading() as db:
        return db.get_one(IssueAnswer, answer.id)
