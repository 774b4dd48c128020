"""What the pages share on which answers, people and times are kept: reading a form, doing a verb, saying a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, work
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.places import PlaceTree, place_tree
from handlers.console import words
from handlers.console.visitor import me
from models import Agency, Category, User
from models.words import Role, Sensitivity

W = TypeVar("W", bound=StrEnum)

_REFUSALS: Mapping[str, object] = {
    "agency": _l("Choisissez une agence."),
    "agency_code": _l("Code : lettres et chiffres, sans espace, 20 au plus."),
    "agency_taken": _l("Ce code d'agence existe déjà."),
    "aliases": _l("Chaque autre nom a trois lettres au moins et 120 au plus ; quarante noms au plus."),
    "category": _l("Cette catégorie n'existe pas."),
    "columns": _l("La première ligne doit nommer les colonnes category, place et agency (ou catégorie, lieu, agence)."),
    "date": _l("Une date s'écrit 2026-12-31 ou 31/12/2026."),
    "deputy": _l("Le suppléant est une personne de la même agence, dont le compte est ouvert."),
    "deputy_self": _l("Personne n'est son propre suppléant."),
    "email": _l("Cette adresse de courriel ne se lit pas."),
    "empty": _l("Le fichier est vide."),
    "errors": _l("Corrigez d'abord les lignes en erreur."),
    "file": _l("Choisissez d'abord un fichier."),
    "focal_point_without_agency": _l("Un point focal a besoin d'une agence."),
    "gone": _l("Cela n'existe plus, ou quelqu'un l'a déjà fait."),
    "hours": _l("Horaires : un jour au moins, et une ouverture avant la fermeture."),
    "login": _l("Identifiant : 3 lettres ou chiffres au moins, sans espace ni accent."),
    "login_taken": _l("Cet identifiant existe déjà."),
    "minutes": _l("Un délai va d'une minute à un an."),
    "name": _l("Le nom manque."),
    "no_login": _l("Cette personne n'a pas d'accès à la console."),
    "no_table": _l("Ce fichier ne se lit pas comme un tableau. Enregistrez-le en CSV UTF-8 ou en XLSX."),
    "notify_by": _l("Il manque de quoi joindre la personne par ce moyen."),
    "past": _l("On ne change pas le passé : choisissez un jour à venir."),
    "period": _l("La fin vient avant le début."),
    "phone": _l("Ce numéro de téléphone ne se lit pas."),
    "phone_taken": _l("Ce numéro est déjà celui d'une autre personne."),
    "place": _l("Ce lieu n'existe pas."),
    "places": _l("Plusieurs lieux ont ce nom : écrivez son code."),
    "same_rule": _l("C'est déjà ainsi."),
    "sensitivity": _l("Sensibilité : normal, restricted, sealed, ou rien."),
    "share": _l("Une part du délai va de 1 % à 1000 %."),
    "step": _l("Choisissez l'étape et la personne."),
    "taken": _l("Ce rappel existe déjà."),
    "too_big": _l("Le fichier est trop grand : deux mégaoctets au plus."),
    "too_many_rows": _l("Le fichier a trop de lignes : 20 000 au plus."),
    "twice": _l("Une autre ligne du fichier dit déjà qui répond, pour les mêmes jours."),
    "unreachable": _l("Sans accès à la console, il faut un téléphone ou un courriel."),
    "yourself": _l("Vous ne pouvez pas fermer votre propre compte."),
}


def say_refusal(code: str) -> str:
    """A refusal in plain words."""
    return str(_REFUSALS.get(code) or _("Cela ne se peut pas."))


def keep(
    verb: Callable[[Session, User], object],
    notice: str,
    *,
    to: str,
    again: Callable[[str], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """One verb in one unit of work, then on to `to`. A refusal changes nothing and is said there, or by `again`, which
    shows the form with what was typed."""
    try:
        with work.unit_of_work() as db:
            verb(db, me())
    except RefusedError as refusal:
        if refusal.code == "not_yours":
            abort(403)
        if again is not None:
            return again(say_refusal(refusal.code))
        flash(say_refusal(refusal.code), "error")
        return redirect(to)
    flash(notice, "success")
    return redirect(to)


def read_id(word: str) -> int | None:
    """The id that a form holds; None for none."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def read_word(kind: type[W], word: str) -> W | None:
    """The word of a vocabulary that a form holds; None for none or an unknown one."""
    return kind(word) if word in list(kind) else None


def read_day(word: str) -> date | None:
    """The day that a form holds; None for none. Raises RefusedError("date")."""
    try:
        return date.fromisoformat(word.strip()) if word.strip() else None
    except ValueError as error:
        raise RefusedError("date") from error


def read_place(typed: str, tree: PlaceTree) -> str | None:
    """The code of a place as it is offered or named; None for none. Raises RefusedError: "place", "places"."""
    if not typed.strip():
        return None
    found = tree.find_typed(typed.strip())
    if len(found) != 1:
        raise RefusedError("places" if found else "place")
    return found[0].code


def demand_reader() -> User:
    """The user, if they are a manager or an administrator; 403 for everybody else."""
    user = me()
    if user.role not in (Role.MANAGER, Role.ADMINISTRATOR):
        abort(403)
    return user


def demand_coordination() -> User:
    """The user, if they look after all agencies; 403 for everybody else."""
    user = me()
    if not access.coordinates(user):
        abort(403)
    return user


@dataclass(frozen=True)
class Labels:
    """What codes and ids are called on these pages."""

    agencies: Mapping[int, Agency]
    categories: Mapping[str, Category]
    tree: PlaceTree

    def agency(self, agency_id: int | None) -> str:
        agency = self.agencies.get(agency_id or 0)
        return agency.name if agency else str(_("personne"))

    def agency_code(self, agency_id: int) -> str:
        agency = self.agencies.get(agency_id)
        return agency.code if agency else "?"

    def category(self, code: str | None) -> str:
        """A category, a group of them, or all."""
        if code is None:
            return str(_("Toutes les catégories"))
        return words.category_name(self.categories[code]) if code in self.categories else words.group_name(code)

    def place(self, code: str | None) -> str:
        place = self.tree.by_code.get(code or "")
        return place.name if place else code or str(_("Partout"))

    def place_within(self, code: str | None) -> str:
        """A place with those above it."""
        names = [self.tree.by_code[step].name for step in self.tree.ladder(code)]
        return ", ".join(names) or self.place(code)

    def rule(self, because: str) -> str:
        """A rule that a decision names by its codes."""
        category, place, sensitivity = because.split("|")
        parts = [
            self.category(None if category == "*" else category),
            self.place(None if place == "*" else place),
        ]
        if sensitivity != "*":
            parts.append(words.say(Sensitivity(sensitivity)).lower())
        return ", ".join(parts)

    @property
    def places(self) -> list[str]:
        """All places as forms offer them."""
        return [self.tree.show(code) for code in self.tree.by_code]


def read_labels(db: Session) -> Labels:
    """The labels of this house."""
    agencies = db.scalars(select(Agency).order_by(Agency.name))
    categories = db.scalars(select(Category).order_by(Category.code))
    return Labels({agency.id: agency for agency in agencies}, {each.code: each for each in categories}, place_tree(db))


def say_day(day: date | None) -> str:
    """`3 mars 2027`; a dash for none."""
    return format_date(day, "d MMM y") if day else "–"


def say_period(first: date | None, last: date | None) -> str:
    """From when to when, in words."""
    if first and last:
        return str(_("du %(first)s au %(last)s", first=say_day(first), last=say_day(last)))
    if first:
        return str(_("depuis le %(first)s", first=say_day(first)))
    return str(_("jusqu'au %(last)s", last=say_day(last))) if last else str(_("sans limite"))


def say_span(minutes: int, *, working: bool = False) -> str:
    """A time allowed: days where they are whole, else hours, else minutes. Working time is never told in days."""
    if minutes % (24 * 60) == 0 and not working:
        return str(ngettext("%(num)s jour", "%(num)s jours", minutes // (24 * 60)))
    if minutes % 60 == 0:
        return str(ngettext("%(num)s heure", "%(num)s heures", minutes // 60))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
