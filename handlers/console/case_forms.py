"""What each form of the case page does: one verb of feedback_gateway/cases, with what the form says."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from feedback_gateway import alike, cases, triage
from feedback_gateway.case_states import NotAllowedError
from handlers.console.contacting import count_use, record_wishes
from models import Agency, Case, Category, User
from models.words import Needed, Noise, Outcome, Rejection

Form = Mapping[str, str]
Word = TypeVar("Word", bound=StrEnum)
Row = TypeVar("Row", Agency, User)

A_COMPLAINT = "none"
"""What a form says for: it is a complaint after all, no noise."""


class Verb(NamedTuple):
    """What a form does, and what is said when it is done."""

    perform: Callable[[Session, Case, User, Form], object]
    notice: object


def _word(kind: type[Word], said: str) -> Word:
    if said not in list(kind):
        raise NotAllowedError("choose")
    return kind(said)


def _row(db: Session, kind: type[Row], said: str) -> Row:
    found = db.get(kind, int(said)) if said.isascii() and said.isdigit() and len(said) < 10 else None
    if found is None:
        raise NotAllowedError("choose")
    return found


def _text(form: Form) -> str:
    return form.get("text", "").strip()


def chosen(form: Form, name: str) -> set[int]:
    """The ids that are ticked under this name."""
    said = form.getlist(name) if isinstance(form, MultiDict) else [form[name]] if name in form else []
    return {int(each) for each in said if each.isascii() and each.isdigit() and len(each) < 10}


def _category(db: Session, form: Form) -> Category:
    category = db.get(Category, form.get("category", ""))
    if category is None:
        raise NotAllowedError("choose")
    return category


def _mark_noise(db: Session, case: Case, user: User, form: Form) -> None:
    said = form.get("noise", "")
    triage.mark_noise(db, case, None if said == A_COMPLAINT else _word(Noise, said), by=user)


def _refer(db: Session, case: Case, user: User, form: Form) -> None:
    agency = _row(db, Agency, form.get("agency", ""))
    service = _word(Needed, form["service"]) if form.get("service") else None
    cases.refer(db, case, agency, by=user, note=_text(form), service=service)


def _close(db: Session, case: Case, user: User, form: Form) -> None:
    outcome = _word(Outcome, form.get("outcome", ""))
    if outcome == Outcome.DUPLICATE:
        of = alike.find_by_reference(db, user, form.get("duplicate_of", ""))
        if of is None:
            raise NotAllowedError("duplicate_of")
        alike.close_as_duplicate(db, case, of, by=user, note=_text(form))
        return
    cases.close(db, case, outcome, by=user, note=_text(form))


def _reject(db: Session, case: Case, user: User, form: Form) -> None:
    reason = _word(Rejection, form.get("reason", ""))
    named = _row(db, Agency, form["but"]) if form.get("but") else None
    but = named if reason == Rejection.NOT_RESPONSIBLE else None
    cases.reject(db, case, reason, by=user, note=_text(form), but=but)


def _record_consent(db: Session, case: Case, user: User, form: Form) -> None:
    if form.get("given") not in ("yes", "no"):
        raise NotAllowedError("choose")
    cases.record_consent(db, case, given=form["given"] == "yes", how=form.get("how", ""), by=user)


def _set_concerns(db: Session, case: Case, user: User, form: Form) -> None:
    agencies, users = chosen(form, "about_agency"), chosen(form, "about_user")
    found = len(db.scalars(select(Agency.id).where(Agency.id.in_(agencies))).all())
    found += len(db.scalars(select(User.id).where(User.id.in_(users))).all())
    if found != len(agencies) + len(users):
        raise NotAllowedError("choose")
    triage.set_concerns(db, case, agencies=agencies, users=users, by=user)


def _assign(db: Session, case: Case, user: User, form: Form) -> None:
    cases.assign(db, case, _row(db, User, form.get("user", "")), by=user)


def _take(db: Session, case: Case, user: User, _form: Form) -> None:
    cases.assign(db, case, user, by=user)


def _answer(db: Session, case: Case, user: User, form: Form) -> None:
    cases.respond(db, case, form.get("text", ""), by=user)
    count_use(db, form)


VERBS: Mapping[str, Verb] = {
    "accept": Verb(lambda db, case, user, _f: cases.accept(db, case, by=user), _l("Dossier pris en charge.")),
    "take": Verb(_take, _l("Vous avez repris le dossier.")),
    "assign": Verb(_assign, _l("Dossier attribué.")),
    "answer": Verb(_answer, _l("Réponse enregistrée.")),
    "wishes": Verb(record_wishes, _l("C'est noté.")),
    "callback": Verb(lambda db, case, user, _f: cases.ask_for_call(db, case, by=user), _l("Sur la liste d'appels.")),
    "ask": Verb(
        lambda db, case, user, form: cases.wait_for_person(db, case, form.get("text", ""), by=user),
        _l("Question posée : les délais sont en pause."),
    ),
    "resume": Verb(
        lambda db, case, user, _f: cases.end_waiting(db, case, by=user), _l("Les délais courent de nouveau.")
    ),
    "start": Verb(lambda db, case, user, _f: cases.start_action(db, case, by=user), _l("Action commencée.")),
    "told": Verb(
        lambda db, case, user, form: cases.mark_told(db, case, form.get("how", ""), by=user),
        _l("La personne est informée."),
    ),
    "close": Verb(_close, _l("Dossier clos.")),
    "reject": Verb(_reject, _l("Dossier rendu : il attend un autre responsable.")),
    "consent": Verb(_record_consent, _l("La réponse de la personne est notée.")),
    "refer": Verb(_refer, _l("Dossier confié à une autre agence.")),
    "concerns": Verb(_set_concerns, _l("C'est noté : ceux dont la plainte parle ne voient plus le dossier.")),
    "confirm": Verb(
        lambda db, case, user, form: triage.recategorise(db, case, _category(db, form), by=user),
        _l("Catégorie confirmée."),
    ),
    "recategorise": Verb(
        lambda db, case, user, form: triage.recategorise(db, case, _category(db, form), by=user),
        _l("Catégorie changée."),
    ),
    "release": Verb(lambda db, case, user, _f: triage.release(db, case, by=user), _l("Lu : rien de sensible.")),
    "noise": Verb(_mark_noise, _l("C'est noté.")),
    "note": Verb(
        lambda db, case, user, form: cases.add_note(db, case, form.get("text", ""), by=user), _l("Note ajoutée.")
    ),
    "reopen": Verb(lambda db, case, user, _f: cases.reopen(db, case, by=user), _l("Dossier rouvert.")),
    "decline": Verb(
        lambda db, case, user, form: cases.decline_reopening(db, case, by=user, note=form.get("text", "")),
        _l("Réouverture refusée. La personne en est informée."),
    ),
    "reveal": Verb(lambda db, case, user, form: cases.reveal_phone(db, case, form.get("text", ""), by=user), ""),
}
"""Every verb that has a form on the case page, by the last part of its address."""
