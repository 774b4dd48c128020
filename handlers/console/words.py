"""The words of the house in the words of people: states, outcomes, roles and codes as pages show them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback_gateway import learnt_languages
from models import Category
from models.words import (
    CaseState,
    ContactBy,
    Delivery,
    FeedbackType,
    Hold,
    Level,
    Medium,
    Noise,
    Outcome,
    Priority,
    Purpose,
    Rejection,
    Role,
    SafeTime,
    Sensitivity,
    ServiceKind,
)

WORDS: Mapping[StrEnum, object] = {
    CaseState.RECEIVED: _l("Reçu"),
    CaseState.ACKNOWLEDGED: _l("À trier"),
    CaseState.TRIAGED: _l("Trié, sans responsable"),
    CaseState.REFERRED: _l("À prendre"),
    CaseState.ACCEPTED: _l("Pris en charge"),
    CaseState.REJECTED: _l("Rendu par l'agence"),
    CaseState.IN_ACTION: _l("Action en cours"),
    CaseState.AGENCY_RESPONDED: _l("Répondu"),
    CaseState.PERSON_INFORMED: _l("Personne informée"),
    CaseState.UNRESPONDED: _l("Sans réaction"),
    CaseState.CLOSED: _l("Clos"),
    CaseState.REOPENED: _l("Rouvert"),
    Outcome.RESOLVED: _l("Résolu"),
    Outcome.PARTLY: _l("Résolu en partie"),
    Outcome.NOT_POSSIBLE_EXPLAINED: _l("Pas possible, expliqué à la personne"),
    Outcome.DUPLICATE: _l("Doublon d'un autre dossier"),
    Outcome.OUT_OF_SCOPE: _l("Hors mandat"),
    Outcome.UNREACHABLE: _l("Personne injoignable"),
    Outcome.WITHDRAWN: _l("Retiré par la personne"),
    Outcome.ANONYMOUS_NO_CONTACT: _l("Anonyme, aucun contact possible"),
    Rejection.NOT_RESPONSIBLE: _l("Ce n'est pas à nous"),
    Rejection.INSUFFICIENT_INFO: _l("Trop peu d'informations"),
    Rejection.NO_CAPACITY: _l("Pas les moyens d'agir"),
    Priority.P0: _l("P0 – en heures"),
    Priority.P1: _l("P1 – en jours"),
    Priority.P2: _l("P2 – deux semaines"),
    Priority.P3: _l("P3 – un mois"),
    Sensitivity.NORMAL: _l("Normal"),
    Sensitivity.RESTRICTED: _l("Restreint"),
    Sensitivity.SEALED: _l("Scellé"),
    Role.FOCAL_POINT: _l("Point focal"),
    Role.MANAGER: _l("Responsable"),
    Role.ADMINISTRATOR: _l("Administrateur"),
    FeedbackType.QUESTION: _l("Question"),
    FeedbackType.REQUEST: _l("Demande ou suggestion"),
    FeedbackType.REPORT: _l("Plainte ou signalement"),
    FeedbackType.PRAISE: _l("Encouragement ou remerciement"),
    FeedbackType.OBSERVATION: _l("Observation, perception, rumeur"),
    FeedbackType.INCOMPLETE: _l("Incomplet"),
    Level.REGION: _l("Régions"),
    Level.PROVINCE: _l("Provinces"),
    Level.COMMUNE: _l("Communes"),
    Level.SITE: _l("Sites"),
    Medium.SMS: "SMS",
    Medium.USSD: "USSD",
    Delivery.QUEUED: _l("en attente d'envoi"),
    Delivery.SENDING: _l("en cours d'envoi"),
    Delivery.UNKNOWN: _l("envoi incertain, en vérification"),
    Delivery.SENT: _l("envoyé, pas encore remis"),
    Delivery.DELIVERED: _l("remis sur le téléphone"),
    Delivery.UNDELIVERED: _l("non remis"),
    Delivery.FAILED: _l("échec de l'envoi"),
    Purpose.REPLY: _l("Réponse automatique"),
    Purpose.REFERENCE: _l("Référence envoyée"),
    Purpose.ANSWER: _l("Réponse de l'agence"),
    Purpose.SATISFACTION: _l("Question de satisfaction"),
    Purpose.NOTICE: _l("Avis au point focal"),
    SafeTime.MORNING: _l("le matin"),
    SafeTime.NOON: _l("à midi"),
    SafeTime.AFTERNOON: _l("l'après-midi"),
    SafeTime.EVENING: _l("le soir"),
    SafeTime.ANY: _l("à toute heure"),
    ServiceKind.HOTLINE: _l("Ligne d'aide"),
    ServiceKind.HEALTH: _l("Santé"),
    ServiceKind.MHPSS: _l("Soutien psychosocial"),
    ServiceKind.GBV: _l("Violences basées sur le genre"),
    ServiceKind.CHILD: _l("Protection de l'enfant"),
    ServiceKind.TRAFFICKING: _l("Traite des personnes"),
    ServiceKind.SHELTER: _l("Hébergement"),
    ServiceKind.OTHER: _l("Autre service"),
}

CONTACT_BY: Mapping[ContactBy, object] = {ContactBy.SMS: _l("par SMS"), ContactBy.CALL: _l("par un appel")}
"""How a person wants to be answered. Apart from WORDS, where `sms` is a medium."""

NOISES: Mapping[Noise, object] = {
    Noise.SPAM: _l("publicité"),
    Noise.INSULT: _l("insulte"),
    Noise.TEST: _l("essai"),
    Noise.INCOMPLETE: _l("message sans contenu"),
}
"""What a message is that is no complaint. Apart from WORDS, where `incomplete` is a type."""

HOLDS: Mapping[Hold, object] = {
    Hold.LANGUAGE: _l("La machine ne connaît pas la langue du message : elle ne peut pas dire s'il est sensible."),
    Hold.UNSORTED: _l("La machine n'y reconnaît aucun sujet : elle ne peut pas dire s'il est sensible."),
    Hold.SCORE: _l("Il ressemble à des messages sensibles."),
    Hold.WORDS: _l("Il contient des mots qui peuvent désigner quelque chose de sensible."),
}
"""Why a machine keeps a case from ordinary readers, in a sentence."""

NOTHING = "NONE"
"""What forms and models say for: about nothing that the line handles."""

STARTER = "starter"
"""What a prediction calls the model that is shipped."""

GROUPS: Mapping[str, object] = {
    "INF": _l("Information"),
    "REG": _l("Listes et enregistrement"),
    "FSL": _l("Vivres"),
    "CVA": _l("Argent et coupons"),
    "AME": _l("Articles ménagers"),
    "ABR": _l("Abri"),
    "EHA": _l("Eau, hygiène, assainissement"),
    "SAN": _l("Santé"),
    "NUT": _l("Nutrition"),
    "EDU": _l("Éducation"),
    "SIT": _l("Gestion du site"),
    "SMP": _l("Soutien psychosocial"),
    "PRO": _l("Protection"),
    "SOC": _l("Cohésion sociale, terre"),
    "CON": _l("Conduite du personnel"),
    "RUM": _l("Rumeurs"),
    "MER": _l("Remerciements"),
    "SUG": _l("Suggestions"),
    "AUT": _l("Autre"),
    "PAR": _l("Parler à une personne"),
}
"""What the first part of a category's code stands for."""

LANGUAGES: Mapping[str, object] = {
    "fr": _l("français"),
    "en": _l("anglais"),
    "mos": _l("mooré"),
    "dyu": _l("dioula"),
    "ff": _l("fulfuldé"),
    "gux": _l("gourmantché"),
    "ar": _l("arabe"),
    "ha": _l("haoussa"),
    "taq": _l("tamasheq"),
    "bm": _l("bambara"),
}
"""The languages that people write in. A code that is not here is shown as it is."""

TABS: Mapping[str, object] = {
    "take": _l("À prendre"),
    "active": _l("En cours"),
    "late": _l("En retard"),
    "reopening": _l("Réouverture demandée"),
    "unowned": _l("Sans responsable"),
    "noise": _l("À part"),
    "closed": _l("Clos"),
    "all": _l("Tous"),
    "open": _l("Ouverts"),
    "acknowledged": _l("Accusés de réception"),
    "answered": _l("Répondus"),
    "answer_counted": _l("Répondus ou à répondre"),
    "answered_in_time": _l("Répondus à temps"),
    "told": _l("Personnes informées"),
    "asked": _l("Interrogés sur leur satisfaction"),
    "said": _l("Ont répondu sur leur satisfaction"),
    "helped": _l("Satisfaits"),
    "reopened": _l("Rouverts"),
}
"""What each list of feedback_gateway/worklist.py is called."""


def say(word: StrEnum | None) -> str:
    """The word as people say it, in the language of the page; a dash for none."""
    return "–" if word is None else str(WORDS[word])


def in_english() -> bool:
    """Whether the page is shown in English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def category_name(category: Category | None) -> str:
    """The name of a category in the language of the page; for none: that nobody has sorted it yet."""
    if category is None:
        return str(_l("Sans catégorie"))
    return category.name_en if in_english() else category.name_fr


def name_class(code: str, categories: Mapping[str, Category]) -> str:
    """The name of what a model tells apart: a category, a group of them, or nothing that the line handles."""
    if code == NOTHING:
        return str(_l("Rien de ce que la ligne traite"))
    return category_name(categories[code]) if code in categories else group_name(code)


def group_name(code: str) -> str:
    """What the first part of a category's code stands for; an unknown code as it is."""
    return str(_l("Sans catégorie")) if code == "none" else str(GROUPS.get(code, code))


def language_name(code: str | None) -> str:
    """The name of a language that a person writes in."""
    if code is None:
        return str(_l("langue inconnue"))
    return str(LANGUAGES.get(code) or learnt_languages.name_of(code) or code)


def percent(share: float | None) -> str:
    """A share from 0 to 1 as `62 %`; a dash for none."""
    return "–" if share is None else str(_("%(number)s %%", number=format_decimal(round(100 * share))))


def ratio(value: float | None) -> str:
    """A figure from 0 to 1 with two decimals; a dash for none."""
    return "–" if value is None else str(format_decimal(value, format="0.00"))


def model_name(model: str) -> str:
    """The name of a model: the one that is shipped, or the number of a version."""
    return str(_("modèle de départ") if model == STARTER else _("modèle %(number)s", number=model))


def by_group(categories: Sequence[Category]) -> Mapping[str, list[Category]]:
    """The categories under the first part of their codes, in the order given."""
    found: dict[str, list[Category]] = {}
    for category in categories:
        found.setdefault(category.code.split(".")[0], []).append(category)
    return found
