"""What stands beside a phone of the simulator: the cases that it opened, or what its conversation has decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.access import cases_for
from feedback_gateway.places import place_tree
from feedback_gateway.simulate import CHANNEL
from flows import reference
from flows.dialogue import Step
from handlers.console import words
from handlers.console.timeline import Entry, Names, tell
from models import Agency, Case, Category, Contact, Event, User, vault
from models.words import ContactBy, Pace, SafeTime, Sensitivity, WhyNot

MOST_CASES = 3
MOST_ENTRIES = 4

TITLES: Mapping[str, object] = {
    "SetLanguage": _l("Langue choisie"),
    "OpenCase": _l("Dossier ouvert"),
    "AddMessage": _l("Message ajouté au dossier"),
    "SetPlace": _l("Lieu ajouté au dossier"),
    "SetSafeTime": _l("Heure sûre pour appeler"),
    "SetPace": _l("Rythme des SMS choisi"),
    "SetPin": _l("Code secret choisi"),
    "WrongPin": _l("Code secret faux"),
    "OptOut": _l("Plus aucun envoi à ce téléphone"),
    "OptIn": _l("Envois permis de nouveau"),
    "QuestionShown": _l("Question de satisfaction à l'écran"),
    "Helped": _l("Réponse de satisfaction"),
    "AskReopening": _l("Réouverture demandée"),
}
"""What each event of flows.events is called."""

_FIELDS: Mapping[str, object] = {
    "reference": _l("Référence"),
    "purpose": _l("Objet"),
    "category": _l("Catégorie"),
    "text": _l("Texte"),
    "place": _l("Lieu"),
    "may_contact": _l("Contact permis"),
    "sealed": _l("Scellé"),
    "incomplete": _l("Incomplet"),
    "contact_by": _l("Réponse"),
    "safe_time": _l("Heure sûre"),
    "pace": _l("Rythme"),
    "language": _l("Langue"),
    "helped": _l("Cela a aidé"),
    "why": _l("Pourquoi"),
}
_PURPOSES: Mapping[str, object] = {
    "complaint": _l("plainte"),
    "question": _l("question"),
    "callback": _l("rappel demandé"),
    "thanks": _l("remerciement"),
    "suggestion": _l("suggestion"),
}


@dataclass(frozen=True)
class Told:
    """One event in words: what it is, and its fields."""

    title: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Watched:
    """A case beside its phone; `entries` are the last lines of its timeline, none for one that is not open to all."""

    case: Case
    entries: Sequence[Entry]


def tell_events(turns: Sequence[Step]) -> list[Told]:
    """What a pure phone's conversation has decided, the last first. The digits of a PIN are not shown."""
    events = [event for turn in turns for event in turn.events]
    return [
        Told(
            str(TITLES[name]),
            [(str(_FIELDS[field]), _word(field, value)) for field, value in values.items() if _says(field, value)],
        )
        for name, values in reversed(events)
    ]


def watch_cases(db: Session, user: User, number: str) -> list[Watched]:
    """The last cases that this number opened on the simulator, as far as this user may know of them.

    Those of a real line are left out: a number that somebody types must not lead to the cases of a real person.
    """
    found = db.scalars(
        cases_for(user)
        .join(Contact, Contact.id == Case.contact_id)
        .where(Contact.phone_hash == vault.lookup("phone", number), Case.channel == CHANNEL)
        .options(*(joinedload(part) for part in (Case.category, Case.agency)))
        .order_by(Case.opened_at.desc(), Case.reference)
        .limit(MOST_CASES)
    ).all()
    return [Watched(case, _entries(db, case)) for case in found]


def _entries(db: Session, case: Case) -> list[Entry]:
    if case.sensitivity != Sensitivity.NORMAL:
        return []  # its page logs who reads it; this one does not
    events = db.scalars(
        select(Event)
        .where(Event.case_id == case.id, Event.kind != "read")
        .options(joinedload(Event.user))
        .order_by(Event.id.desc())
        .limit(MOST_ENTRIES)
    ).all()
    agencies = {agency.id: agency for agency in db.scalars(select(Agency))}
    categories = {category.code: category for category in db.scalars(select(Category))}
    return tell(events, [], Names(agencies, categories, place_tree(db)))


def _says(field: str, value: object) -> bool:
    return field in _FIELDS and value is not None and value != ""


def _word(field: str, value: str | bool | None) -> str:
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    said = str(value)
    match field:
        case "reference":
            return reference.show(said)
        case "language":
            return words.language_name(said)
        case "purpose":
            return str(_PURPOSES[said])
        case "contact_by":
            return str(words.CONTACT_BY[ContactBy(said)])
        case "safe_time":
            return words.say(SafeTime(said))
        case "why":
            return words.say(WhyNot(said))
        case "pace":
            return words.say(Pace(said))
    return said
