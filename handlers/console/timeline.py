"""The life of a case in sentences: its events, and the messages that went out about it, in one stream."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback_gateway import access
from feedback_gateway.places import PlaceTree
from handlers.console import words
from models import Agency, Case, Category, Event, Message, User
from models.words import (
    Actor,
    CallOutcome,
    CallReason,
    ContactBy,
    Guess,
    Means,
    Medium,
    Noise,
    NoticeKind,
    Outcome,
    Pace,
    Priority,
    Purpose,
    Recipient,
    Rejection,
    SafeTime,
    Sensitivity,
    Step,
    WhyNot,
)


@dataclass(frozen=True)
class Names:
    """What the codes in events stand for."""

    agencies: Mapping[int, Agency]
    categories: Mapping[str, Category]
    tree: PlaceTree
    users: Mapping[int, str] = field(default_factory=dict)

    def user(self, user_id: int | None) -> str:
        return self.users.get(user_id or 0) or str(_("quelqu'un"))

    def agency(self, agency_id: int | None) -> str:
        agency = self.agencies.get(agency_id) if agency_id is not None else None
        return agency.name if agency else str(_("personne"))

    def category(self, code: str | None) -> str:
        return words.category_name(self.categories.get(code) if code else None)

    def place(self, code: str | None) -> str:
        place = self.tree.by_code.get(code or "")
        return place.name if place else str(code or _("lieu inconnu"))


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `tone` is `person`, `out`, `note` or `step`; `message` the SMS that it is about."""

    at: datetime
    who: str
    sentence: str
    tone: str
    text: str | None = None
    message: Message | None = None


_TOLD_BY: Mapping[str, object] = {
    "sms": _l("par SMS"),
    "call": _l("par téléphone"),
    "visit": _l("lors d'une visite"),
    "committee": _l("par le comité"),
}

_Sentence = Callable[[dict[str, Any], Names], object]


def _classified(data: dict[str, Any], names: Names) -> object:
    read = _(
        "Lecture automatique : %(category)s, %(sensitivity)s, %(language)s",
        category=names.category(data.get("category")),
        sensitivity=words.say(Sensitivity(data["sensitivity"])).lower(),
        language=words.language_name(data.get("language")),
    )
    if data.get("guess") not in _GUESSES:  # read before there were models, or told by the person
        return read
    share = words.percent(data.get("confidence"))
    return f"{read} · {_GUESSES[data['guess']]} ({share}, {words.model_name(data['model'])})"


_GUESSES: Mapping[str, object] = {
    Guess.ROUTE: _l("sûr"),
    Guess.CONFIRM: _l("à confirmer"),
    Guess.TRIAGE: _l("à trier par une personne"),
}
"""How sure a model was of the category that it has guessed."""


def _referred(data: dict[str, Any], names: Names) -> object:
    return _("Confié à : %(agency)s", agency=names.agency(data.get("agency")))


def _recategorised(data: dict[str, Any], names: Names) -> object:
    before, after = names.category(data.get("before")), names.category(data.get("category"))
    return _("Catégorie changée : %(before)s → %(after)s", before=before, after=after)


def _confirmed(data: dict[str, Any], names: Names) -> object:
    return _("Catégorie confirmée : %(category)s", category=names.category(data.get("category")))


def _noise_marked(data: dict[str, Any], _names: Names) -> object:
    if not data.get("noise"):
        return _("Remis parmi les plaintes")
    return _("Mis à part : %(what)s", what=words.NOISES[Noise(data["noise"])])


def _satisfaction(data: dict[str, Any], _names: Names) -> object:
    if data.get("helped"):
        return _("Cela a aidé : oui")
    if data.get("why"):
        return _("Cela a aidé : non, %(why)s", why=words.say(WhyNot(data["why"])))
    return _("Cela a aidé : non")


def _satisfaction_asked(data: dict[str, Any], _names: Names) -> object:
    if data.get("screen"):
        return _("La personne a composé le code : la question de satisfaction lui a été montrée")
    return _("Question de satisfaction posée")


def _concerns(data: dict[str, Any], names: Names) -> object:
    agencies = ", ".join(names.agency(agency) for agency in data.get("agencies", ()))
    if agencies:
        return _("La plainte porte sur : %(who)s. Elle leur est cachée.", who=agencies)
    if data.get("users"):
        return _("La plainte porte sur une personne qui utilise cette console. Elle lui est cachée.")
    return _("La plainte ne porte sur personne en particulier")


def _reminded(data: dict[str, Any], _names: Names) -> object:
    who, step = words.say(Recipient(data["recipient"])).lower(), str(words.STEPS[Step(data["step"])]).lower()
    return _(
        "Rappel à %(percent)s du délai (%(step)s) : %(who)s", percent=words.percent(data["share"]), step=step, who=who
    )


def _noticed(data: dict[str, Any], _names: Names) -> object:
    what, means = words.say(NoticeKind(data["kind_of"])), words.say(Means(data["means"]))
    return _("Avis envoyé %(means)s : %(what)s", means=means, what=what)


def _breached(data: dict[str, Any], _names: Names) -> object:
    return _("Échéance dépassée : %(step)s", step=str(words.STEPS[Step(data["step"])]).lower())


def _came_back(data: dict[str, Any], names: Names) -> object:
    if data.get("concerned"):
        return _("Retiré à l'agence sur laquelle porte la plainte")
    return _("Revenu sans réponse de : %(agency)s", agency=names.agency(data.get("agency")))


def _wishes(data: dict[str, Any], _names: Names) -> object:
    said = [
        str(words.CONTACT_BY[ContactBy(data["contact_by"])]) if data.get("contact_by") else "",
        words.say(SafeTime(data["safe_time"])) if data.get("safe_time") else "",
        words.say(Pace(data["pace"])) if data.get("pace") else "",
    ]
    return _("La personne souhaite : %(what)s", what=", ".join(filter(None, said)))


SENTENCES: Mapping[str, _Sentence] = {
    "opened": lambda data, _n: _("Dossier ouvert par %(medium)s", medium=words.say(Medium(data["medium"]))),
    "acknowledged": lambda _d, _n: _("Accusé de réception donné avec la référence"),
    "message_added": lambda _d, _n: _("La personne a écrit de nouveau"),
    "place_set": lambda data, names: _("Lieu indiqué : %(place)s", place=names.place(data.get("place"))),
    "safe_time_set": lambda data, _n: _("Quand appeler : %(when)s", when=words.say(SafeTime(data["safe_time"]))),
    "pin_set": lambda _d, _n: _("Code choisi pour suivre le dossier"),
    "pin_locked": lambda _d, _n: _("Trop de codes faux : le suivi est fermé pour 24 heures"),
    "classified": _classified,
    "classification_failed": lambda _d, _n: _("La lecture automatique a échoué : à trier par une personne"),
    "triaged": lambda _d, _n: _("Dossier trié"),
    "referred": _referred,
    "prioritised": lambda data, _n: _("Priorité : %(priority)s", priority=words.say(Priority(data["priority"]))),
    "no_owner": lambda _d, _n: _("Aucune règle ne donne de responsable : en attente à la coordination"),
    "consent_recorded": lambda data, _n: (
        _("La personne accepte que son dossier soit partagé")
        if data.get("given")
        else _("La personne refuse que son dossier soit partagé")
    ),
    "concerns_set": _concerns,
    "breached": _breached,
    "reminded": _reminded,
    "noticed": _noticed,
    "unresponded": lambda _d, _n: _("L'agence n'a pas réagi dans le délai"),
    "returned": _came_back,
    "waiting_began": lambda _d, _n: _("Question à la personne : les délais sont en pause"),
    "waiting_ended": lambda _d, _n: _("Fin de l'attente : les délais courent de nouveau"),
    "reopening_declined": lambda _d, _n: _("Réouverture refusée"),
    "recategorised": _recategorised,
    "confirmed": _confirmed,
    "released": lambda _d, _n: _("Lu par une personne : rien de sensible"),
    "noise_marked": _noise_marked,
    "second_coded": lambda _d, _n: _("Relu par une deuxième personne"),
    "linked": lambda _d, _n: _("Lié à un autre dossier"),
    "unlinked": lambda _d, _n: _("Séparé d'un autre dossier"),
    "duplicate_wrote": lambda _d, _n: _("La personne d'un dossier clos comme doublon de celui-ci a écrit de nouveau"),
    "message_passed": lambda _d, _n: _("Signalé à qui suit le dossier dont celui-ci est le doublon"),
    "answer_passed_on": lambda _d, _n: _("Réponse de l'autre dossier envoyée à la personne"),
    "issue_joined": lambda _d, _n: _("Entré dans un problème commun"),
    "issue_left": lambda _d, _n: _("Sorti du problème commun : suivi à part"),
    "link_dismissed": lambda _d, _n: _("Lien proposé écarté"),
    "accepted": lambda _d, _n: _("Dossier pris en charge"),
    "assigned": lambda data, names: _("Répond maintenant du dossier : %(who)s", who=names.user(data.get("user"))),
    "rejected": lambda data, _n: _(
        "Rendu par l'agence : %(reason)s", reason=words.say(Rejection(data["reason"])).lower()
    ),
    "action_started": lambda _d, _n: _("Action commencée"),
    "responded": lambda _d, _n: _("Réponse à la personne"),
    "told": lambda data, _n: _("Personne informée %(how)s", how=_TOLD_BY.get(str(data.get("how")), "")),
    "closed": lambda data, _n: _("Dossier clos : %(outcome)s", outcome=words.say(Outcome(data["outcome"])).lower()),
    "satisfaction_asked": _satisfaction_asked,
    "satisfaction": _satisfaction,
    "unhelped_because": lambda data, _n: _("Pourquoi cela n'a pas aidé : %(why)s", why=words.say(WhyNot(data["why"]))),
    "reopening_asked": lambda _d, _n: _("La personne demande la réouverture"),
    "reopened": lambda _d, _n: _("Dossier rouvert"),
    "noted": lambda _d, _n: _("Note interne"),
    "phone_revealed": lambda _d, _n: _("Numéro affiché"),
    "informed": lambda _d, _n: _("La personne est avisée"),
    "wishes_recorded": _wishes,
    "undelivered": lambda data, _n: (
        _("SMS non remis (%(reason)s)", reason=data["reason"]) if data.get("reason") else _("SMS non remis")
    ),
    "sent_again": lambda _d, _n: _("Envoyé de nouveau par un autre canal"),
    "unreported": lambda _d, _n: _("Aucune nouvelle de ce SMS : quelqu'un appelle"),
    "callback_listed": lambda data, _n: _(
        "Sur la liste d'appels : %(reason)s", reason=words.say(CallReason(data["reason"]))
    ),
    "callback_ended": lambda _d, _n: _("Retirée de la liste d'appels"),
    "called": lambda data, _n: _("Appel : %(outcome)s", outcome=words.say(CallOutcome(data["outcome"]))),
    "read": lambda _d, _n: _("Dossier consulté"),
}
"""A sentence for every kind of event that feedback_gateway/ writes."""

_TO_THE_PERSON = frozenset({"responded", "answer_passed_on", "waiting_began"})
_NOTES = frozenset({"noted", "phone_revealed"})


def tell(
    events: Sequence[Event],
    messages: Sequence[Message],
    names: Names,
    reader: User | None = None,
    shown_as: Callable[[str], str] = str,
) -> list[Entry]:
    """The timeline, oldest first, without the log of readings; `messages` are those that went out.

    What people wrote among themselves is left out where it is not for this reader (access.reads_words); `shown_as` is
    how what the person wrote may be read.
    """
    by_id = {message.id: message for message in messages}
    # The question itself is one of the messages: it need not be told twice.
    asked = any(_is_question(message) for message in messages)
    shown = [event for event in events if not _is_silent(event, asked=asked)]
    hidden = {event.id for event in shown if reader and event.text and not access.reads_words(reader, event)}
    found = [
        _of_event(event, by_id, names, hides=event.id in hidden)
        for event in shown
        if event.kind != "noted" or event.id not in hidden
    ]
    found = [
        replace(entry, text=shown_as(entry.text)) if entry.text and entry.tone == "person" else entry for entry in found
    ]
    told = {entry.message.id for entry in found if entry.message}
    found += [_of_message(message) for message in messages if message.id not in told]
    return sorted(found, key=lambda entry: entry.at)


def _is_question(message: Message) -> bool:
    return message.purpose == Purpose.SATISFACTION


def _is_silent(event: Event, *, asked: bool) -> bool:
    if event.kind == "satisfaction_asked":
        return asked and not event.data.get("screen")
    return event.kind in ("read", "informed")  # the message itself tells of the second


def _of_event(event: Event, messages: Mapping[int, Message], names: Names, *, hides: bool) -> Entry:
    sentence = SENTENCES.get(event.kind)
    tone = "person" if event.actor == Actor.PERSON else "note" if event.kind in _NOTES else "step"
    return Entry(
        at=event.at,
        who=who(event),
        sentence=str(sentence(event.data, names)) if sentence else event.kind,
        tone="out" if event.kind in _TO_THE_PERSON else tone,
        text=None if hides else event.text,
        message=messages.get(event.data.get("message", 0)),
    )


def _of_message(message: Message) -> Entry:
    return Entry(message.at, str(_("Automatique")), words.say(message.purpose), "out", message.text, message)


def who(event: Event) -> str:
    """Who did what an event says."""
    if event.actor == Actor.PERSON:
        return str(_("La personne, saisi par %(name)s", name=event.user.name) if event.user else _("La personne"))
    return event.user.name if event.user else str(_("Automatique"))


def explain_route(case: Case, names: Names) -> str:
    """Why the case stands with its agency, in plain words."""
    if case.agency_id is None:
        return str(_("Aucune règle ne désigne une agence : à confier par une personne."))
    if not case.routed_because:
        return str(_("Confié par une personne."))
    category, place, sensitivity = case.routed_because.split("|")
    about = _("toute catégorie") if category == "*" else _category_of_rule(category, names)
    where = _("en tout lieu") if place == "*" else names.place(place)
    how = _("toute sensibilité") if sensitivity == "*" else words.say(Sensitivity(sensitivity)).lower()
    return str(_("Par la règle : %(about)s, %(where)s, %(how)s.", about=about, where=where, how=how))


def _category_of_rule(code: str, names: Names) -> str:
    return names.category(code) if code in names.categories else words.group_name(code)
