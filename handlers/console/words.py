"""The words of the house in the words of people: states, outcomes, roles and codes as pages show them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback_gateway import learnt_languages
from models import Category
from models.words import (
    CallOutcome,
    CallReason,
    CaseState,
    ContactBy,
    Delivery,
    FeedbackType,
    GapState,
    Given,
    Hold,
    ImportState,
    IssueState,
    Level,
    Means,
    Medium,
    Needed,
    Noise,
    NoticeKind,
    Outcome,
    Pace,
    Priority,
    Purpose,
    Recipient,
    ReferralState,
    Rejection,
    Role,
    SafeTime,
    Sensitivity,
    ServiceKind,
    SiteService,
    Step,
    WhyNot,
)

_SAID: Sequence[tuple[StrEnum, object]] = (
    (CaseState.RECEIVED, _l("Reçu")),
    (CaseState.ACKNOWLEDGED, _l("À trier")),
    (CaseState.TRIAGED, _l("Trié, sans responsable")),
    (CaseState.REFERRED, _l("À prendre")),
    (CaseState.ACCEPTED, _l("Pris en charge")),
    (CaseState.REJECTED, _l("Rendu par l'agence")),
    (CaseState.IN_ACTION, _l("Action en cours")),
    (CaseState.AGENCY_RESPONDED, _l("Répondu")),
    (CaseState.PERSON_INFORMED, _l("Personne informée")),
    (CaseState.UNRESPONDED, _l("Sans réaction")),
    (CaseState.CLOSED, _l("Clos")),
    (CaseState.REOPENED, _l("Rouvert")),
    (Outcome.RESOLVED, _l("Résolu")),
    (Outcome.PARTLY, _l("Résolu en partie")),
    (Outcome.NOT_POSSIBLE_EXPLAINED, _l("Pas possible, expliqué à la personne")),
    (Outcome.DUPLICATE, _l("Doublon d'un autre dossier")),
    (Outcome.OUT_OF_SCOPE, _l("Hors mandat")),
    (Outcome.UNREACHABLE, _l("Personne injoignable")),
    (Outcome.WITHDRAWN, _l("Retiré par la personne")),
    (Outcome.ANONYMOUS_NO_CONTACT, _l("Anonyme, aucun contact possible")),
    (Rejection.NOT_RESPONSIBLE, _l("Ce n'est pas à nous")),
    (Rejection.INSUFFICIENT_INFO, _l("Trop peu d'informations")),
    (Rejection.NO_CAPACITY, _l("Pas les moyens d'agir")),
    (Priority.P0, _l("P0 – en heures")),
    (Priority.P1, _l("P1 – en jours")),
    (Priority.P2, _l("P2 – deux semaines")),
    (Priority.P3, _l("P3 – un mois")),
    (Sensitivity.NORMAL, _l("Normal")),
    (Sensitivity.RESTRICTED, _l("Restreint")),
    (Sensitivity.SEALED, _l("Scellé")),
    (Role.FOCAL_POINT, _l("Point focal")),
    (Role.MANAGER, _l("Responsable")),
    (Role.ADMINISTRATOR, _l("Administrateur")),
    (Role.OPERATOR, _l("Opérateur de ligne d'appel")),
    (ReferralState.IN_PROGRESS, _l("En attente")),
    (ReferralState.ACCEPTED, _l("Accepté")),
    (ReferralState.DONE, _l("Fait")),
    (ReferralState.REJECTED, _l("Refusé")),
    (ReferralState.REVOKED, _l("Retiré")),
    (Needed.SAFEHOUSE, _l("Hébergement sûr")),
    (Needed.HEALTH, _l("Soins de santé")),
    (Needed.PSYCHOSOCIAL, _l("Soutien psychosocial")),
    (Needed.POLICE, _l("Police, sécurité")),
    (Needed.LEGAL, _l("Aide juridique")),
    (Needed.LIVELIHOODS, _l("Moyens d'existence")),
    (Needed.CHILD_PROTECTION, _l("Protection de l'enfant")),
    (Needed.FAMILY_MEDIATION, _l("Médiation familiale")),
    (Needed.EDUCATION, _l("Éducation")),
    (Needed.NFI, _l("Articles ménagers, vêtements")),
    (Needed.WATER, _l("Eau et assainissement")),
    (Needed.REGISTRATION, _l("Enregistrement")),
    (Needed.FOOD, _l("Vivres")),
    (Needed.OTHER, _l("Autre service")),
    (Recipient.FOCAL_POINT, _l("Point focal")),
    (Recipient.DEPUTY, _l("Suppléant")),
    (Recipient.MANAGER, _l("Responsable de l'agence")),
    (Recipient.COORDINATION, _l("Coordination")),
    (Means.AS_WISHED, _l("comme la personne le souhaite")),
    (Means.EMAIL, _l("par courriel")),
    (Means.SMS, _l("par SMS")),
    (NoticeKind.NEW, _l("dossier à prendre")),
    (NoticeKind.ASSIGNED, _l("dossier attribué")),
    (NoticeKind.MESSAGE, _l("la personne a réécrit")),
    (NoticeKind.REMINDER, _l("rappel avant l'échéance")),
    (NoticeKind.LATE, _l("échéance dépassée")),
    (NoticeKind.RETURNED, _l("dossier revenu")),
    (NoticeKind.REOPENING, _l("réouverture demandée")),
    (NoticeKind.ABOVE, _l("à décider au-dessus de l'agence")),
    (NoticeKind.UNDELIVERED, _l("réponse non remise")),
    (NoticeKind.NO_OWNER, _l("sans responsable")),
    (NoticeKind.STALE_ROUTE, _l("règle à confirmer")),
    (NoticeKind.WRONG_PINS, _l("codes PIN faux")),
    (NoticeKind.CONFIRM_ROUTES, _l("règles à confirmer bientôt")),
    (NoticeKind.GAP, _l("manque à combler")),
    (WhyNot.NOTHING_CHANGED, _l("rien n'a changé")),
    (WhyNot.NOT_UNDERSTOOD, _l("réponse pas comprise")),
    (WhyNot.OTHER_NEED, _l("ce n'était pas le besoin")),
    (WhyNot.OTHER, _l("autre raison")),
    (Pace.EACH_STEP, _l("à chaque étape")),
    (Pace.ANSWER_ONLY, _l("seulement la réponse")),
    (CallReason.ASKED, _l("veut être appelée")),
    (CallReason.UNDELIVERED, _l("SMS non remis")),
    (CallReason.NO_SMS, _l("pas de SMS possible")),
    (CallReason.QUESTION, _l("question à poser")),
    (CallOutcome.TOLD, _l("informée")),
    (CallOutcome.REACHED, _l("jointe")),
    (CallOutcome.NO_ANSWER, _l("ne répond pas")),
    (CallOutcome.LATER, _l("à rappeler")),
    (CallOutcome.WRONG_PERSON, _l("une autre personne a décroché")),
    (CallOutcome.REFUSED, _l("ne veut plus être appelée")),
    (IssueState.OPEN, _l("Ouvert")),
    (IssueState.SOLVED, _l("Résolu")),
    (Given.WAITING, _l("en attente")),
    (Given.SMS, _l("par SMS")),
    (Given.SAME_PHONE, _l("avec un autre dossier du même téléphone")),
    (Given.CALL, _l("à appeler")),
    (Given.ON_ASKING, _l("s'entend par la référence")),
    (Given.FAILED, _l("échec")),
    (GapState.OPEN, _l("Ouvert")),
    (GapState.REFERRED, _l("Référé")),
    (GapState.IN_ACTION, _l("Action en cours")),
    (GapState.CLOSED, _l("Comblé")),
    (SiteService.WATER, _l("Eau")),
    (SiteService.LATRINES, _l("Latrines, hygiène")),
    (SiteService.WASTE, _l("Déchets")),
    (SiteService.LIGHT, _l("Éclairage, sécurité")),
    (SiteService.SHELTER, _l("Abri")),
    (SiteService.NFI, _l("Articles ménagers")),
    (SiteService.FOOD, _l("Vivres")),
    (SiteService.HEALTH, _l("Santé")),
    (SiteService.NUTRITION, _l("Nutrition")),
    (SiteService.SCHOOL, _l("École")),
    (SiteService.PROTECTION, _l("Protection")),
    (SiteService.REGISTRATION, _l("Enregistrement")),
    (SiteService.MANAGEMENT, _l("Gestion du site")),
    (FeedbackType.QUESTION, _l("Question")),
    (FeedbackType.REQUEST, _l("Demande ou suggestion")),
    (FeedbackType.REPORT, _l("Plainte ou signalement")),
    (FeedbackType.PRAISE, _l("Encouragement ou remerciement")),
    (FeedbackType.OBSERVATION, _l("Observation, perception, rumeur")),
    (FeedbackType.INCOMPLETE, _l("Incomplet")),
    (Level.REGION, _l("Régions")),
    (Level.PROVINCE, _l("Provinces")),
    (Level.COMMUNE, _l("Communes")),
    (Level.SITE, _l("Sites")),
    (Medium.SMS, "SMS"),
    (Medium.USSD, "USSD"),
    (Medium.FACE_TO_FACE, _l("De vive voix")),
    (Medium.CALL, _l("Appel")),
    (Medium.HELP_DESK, _l("Guichet d'aide")),
    (Medium.COMMITTEE, _l("Comité de plaintes")),
    (Medium.BOX, _l("Boîte à plaintes")),
    (Medium.IMPORT, _l("Reprise d'un fichier")),
    (Delivery.QUEUED, _l("en attente d'envoi")),
    (Delivery.SENDING, _l("en cours d'envoi")),
    (Delivery.UNKNOWN, _l("envoi incertain, en vérification")),
    (Delivery.SENT, _l("envoyé, pas encore remis")),
    (Delivery.DELIVERED, _l("remis sur le téléphone")),
    (Delivery.UNDELIVERED, _l("non remis")),
    (Delivery.FAILED, _l("échec de l'envoi")),
    (Purpose.REPLY, _l("Réponse automatique")),
    (Purpose.REFERENCE, _l("Référence envoyée")),
    (Purpose.ANSWER, _l("Réponse de l'agence")),
    (Purpose.SATISFACTION, _l("Question de satisfaction")),
    (Purpose.NOTICE, _l("Avis au point focal")),
    (Purpose.REFERRED, _l("Avis de transmission")),
    (Purpose.CLOSED, _l("Avis de clôture")),
    (Purpose.QUESTION, _l("Question à la personne")),
    (Purpose.JOINED, _l("Avis de regroupement")),
    (Purpose.PARTED, _l("Avis de séparation")),
    (Purpose.DESK, _l("Réponse à une commande par SMS")),
    (SafeTime.MORNING, _l("le matin")),
    (SafeTime.NOON, _l("à midi")),
    (SafeTime.AFTERNOON, _l("l'après-midi")),
    (SafeTime.EVENING, _l("le soir")),
    (SafeTime.ANY, _l("à toute heure")),
    (ServiceKind.HOTLINE, _l("Ligne d'aide")),
    (ServiceKind.HEALTH, _l("Santé")),
    (ServiceKind.MHPSS, _l("Soutien psychosocial")),
    (ServiceKind.GBV, _l("Violences basées sur le genre")),
    (ServiceKind.CHILD, _l("Protection de l'enfant")),
    (ServiceKind.TRAFFICKING, _l("Traite des personnes")),
    (ServiceKind.SHELTER, _l("Hébergement")),
    (ServiceKind.OTHER, _l("Autre service")),
)

WORDS: Mapping[tuple[type[StrEnum], str], object] = {(type(word), word.value): said for word, said in _SAID}
"""Keyed by vocabulary and word: two vocabularies may share a word and mean something else by it."""

CONTACT_BY: Mapping[ContactBy, object] = {ContactBy.SMS: _l("par SMS"), ContactBy.CALL: _l("par un appel")}
"""How a person wants to be answered. Apart from WORDS, where `sms` is a medium."""

STEPS: Mapping[Step, object] = {
    Step.ACKNOWLEDGE: _l("Accusé de réception"),
    Step.TRIAGE: _l("Tri"),
    Step.REFER: _l("Orientation"),
    Step.ACCEPT: _l("Prise en charge"),
    Step.ANSWER: _l("Réponse"),
    Step.CLOSE: _l("Clôture"),
    Step.REOPEN: _l("Décision de réouverture"),
}
"""What has a clock. Apart from WORDS, since `answer` and `close` are words of other vocabularies too."""

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

IMPORTS: Mapping[ImportState, object] = {
    ImportState.DRAFT: _l("à confirmer"),
    ImportState.RUNNING: _l("en cours"),
    ImportState.DONE: _l("terminé"),
}
"""How far a file of cases is."""

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
    "mine": _l("Pour moi"),
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
    "accept_counted": _l("Confiés, pris ou à prendre"),
    "accept_in_time": _l("Pris à temps"),
    "close_counted": _l("Clos ou à clore"),
    "close_in_time": _l("Clos à temps"),
    "referred": _l("Confiés à une agence"),
    "came_back": _l("Rendus ou sans réaction"),
    "unreachable": _l("Personnes injoignables"),
    "anonymous": _l("Sans contact"),
    "told": _l("Personnes informées"),
    "asked": _l("Interrogés sur leur satisfaction"),
    "said": _l("Ont répondu sur leur satisfaction"),
    "helped": _l("Satisfaits"),
    "reopened": _l("Rouverts"),
}
"""What each list of feedback_gateway/worklist.py is called."""


def say(word: StrEnum | None) -> str:
    """The word as people say it, in the language of the page; a dash for none."""
    return "–" if word is None else str(WORDS[type(word), word.value])


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
