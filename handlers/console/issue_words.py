"""What is said of issues: why something was refused, why an answer failed with a case, and what was done."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from feedback_gateway.case_states import NotAllowedError
from models import IssueChange

_REFUSALS: Mapping[str, object] = {
    "choose": _l("Faites d'abord un choix dans la liste."),
    "empty": _l("Écrivez d'abord le texte."),
    "too_long": _l("Le texte est trop long."),
    "no_cases": _l("Aucun de ces dossiers ne peut y entrer : clos, sensible, ou déjà dans un problème commun."),
    "not_yours": _l("Ce n'est pas à vous de le faire : l'agence responsable et la coordination le peuvent."),
    "owner": _l("Cette personne n'est pas de l'agence responsable, ou son compte est fermé."),
    "sealed": _l("Les dossiers de cette catégorie restent chacun à part."),
    "under_way": _l("Une réponse à tous est encore en cours : attendez qu'elle soit finie."),
    "unknown_variable": _l("Un mot entre accolades ne veut rien dire ici."),
}

_FAILURES: Mapping[str, object] = {
    "gone": _l("sorti du problème commun, ou plus visible pour l'auteur de la réponse"),
    "fault": _l("panne : à répondre à part"),
    "empty_variable": _l("un mot entre accolades n'a pas de valeur pour ce dossier"),
    "no_agency": _l("le dossier n'a pas d'agence"),
}


def explain(refusal: NotAllowedError) -> str:
    """Why a verb on an issue was refused, in a sentence."""
    return str(_REFUSALS.get(refusal.code) or _("Ce n'est pas possible dans l'état actuel du problème commun."))


def failure(reason: str) -> str:
    """Why one case has not had an answer to all."""
    return str(_FAILURES.get(reason) or _("son état ne le permettait plus"))


_Names = Mapping[int, str]


def _owner(data: dict[str, Any], agencies: _Names, people: _Names) -> str:
    agency = agencies.get(data.get("agency") or 0) or str(_("personne"))
    who = people.get(data.get("owner") or 0)
    return str(_("Responsable : %(who)s", who=f"{who}, {agency}" if who else agency))


def _ended(data: dict[str, Any], _agencies: _Names, _people: _Names) -> str:
    done = ngettext("Réponse enregistrée sur %(num)s dossier", "Réponse enregistrée sur %(num)s dossiers", data["done"])
    if not data["failed"]:
        return str(done)
    return f"{done}, {ngettext('%(num)s échec', '%(num)s échecs', data['failed'])}"


_SENTENCES: Mapping[str, Callable[[dict[str, Any], _Names, _Names], str]] = {
    "opened": lambda data, _a, _p: str(
        ngettext("Ouvert avec %(num)s dossier", "Ouvert avec %(num)s dossiers", data["cases"])
    ),
    "added": lambda data, _a, _p: str(ngettext("%(num)s dossier ajouté", "%(num)s dossiers ajoutés", data["cases"])),
    "gathered": lambda _d, _a, _p: str(_("Un nouveau dossier est entré de lui-même")),
    "removed": lambda _d, _a, _p: str(_("Un dossier est de nouveau suivi à part")),
    "owner": _owner,
    "renamed": lambda _d, _a, _p: str(_("Titre changé")),
    "gathers": lambda data, _a, _p: str(
        _("Les nouveaux dossiers entrent d'eux-mêmes")
        if data["on"]
        else _("Les nouveaux dossiers n'entrent plus seuls")
    ),
    "answered": lambda data, _a, _p: str(
        ngettext("Réponse à tous : %(num)s dossier", "Réponse à tous : %(num)s dossiers", data["cases"])
    ),
    "answer_ended": _ended,
    "solved": lambda _d, _a, _p: str(_("Problème résolu")),
    "taken_up": lambda _d, _a, _p: str(_("Problème repris")),
}
"""A sentence for every kind of change that feedback_gateway/issues writes."""


def tell_change(change: IssueChange, agencies: _Names, people: _Names) -> str:
    """What was done, in a sentence."""
    sentence = _SENTENCES.get(change.kind)
    return sentence(change.data, agencies, people) if sentence else change.kind
