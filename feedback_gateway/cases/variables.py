"""What the variables of a text for a person stand for, of one case."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.directory import hotline_for
from feedback_gateway.lib import clock
from feedback_gateway.outgoing import language_for
from feedback_gateway.places import place_tree
from feedback_gateway.wording import fill_whole, holes
from flows import reference as references
from models import Agency, Case, Category, Contact, Event
from models.words import Purpose, Sensitivity

SHOW_DAY = "%d/%m/%Y"


def variables_of(db: Session, case: Case, purpose: Purpose) -> dict[str, str | None]:
    """A value for each of wording.VARIABLES, None where it stands for nothing.

    Of a case that is not open to all nothing is known that would say what it is about. `date` is the day by which an
    answer is due for REFERRED, if that is still to come, else today; `answer` the last one for CLOSED.
    """
    now = clock.now()
    due = case.answer_due_at if purpose == Purpose.REFERRED else now
    known = {
        "reference": references.show(case.reference),
        "date": due.strftime(SHOW_DAY) if due is not None and due >= now else None,
        "hotline": hotline_for(db, case.place_code),
    }
    if case.sensitivity != Sensitivity.NORMAL:
        return {**known, "category": None, "place": None, "agency": None, "answer": None}
    contact = db.get(Contact, case.contact_id) if case.contact_id else None
    category = db.get(Category, case.category_code) if case.category_code else None
    place = place_tree(db).by_code.get(case.place_code or "")
    agency = db.get(Agency, case.agency_id) if case.agency_id else None
    english = language_for(contact, case) == "en"
    return {
        **known,
        "category": (category.name_en if english else category.name_fr) if category else None,
        "place": place.name if place else None,
        "agency": agency.name if agency else None,
        "answer": last_answer(db, case) if purpose == Purpose.CLOSED else None,
    }


def fill_in(db: Session, case: Case, text: str) -> str:
    """An answer with its variables filled in. Raises wording.HoleError when one of them stands for nothing."""
    return fill_whole(text, variables_of(db, case, Purpose.ANSWER)) if holes(text) else text


def last_answer(db: Session, case: Case) -> str | None:
    """The last answer of the agency, if there is one."""
    answers = select(Event.text).where(Event.case_id == case.id, Event.kind == "responded")
    return db.scalar(answers.order_by(Event.id.desc()).limit(1))
