"""The model's page: which one reads, what it can and cannot do, and which others there are."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import learning, work
from feedback_gateway.access import coordinates
from feedback_gateway.case_states import NotAllowedError
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.visitor import demand_administrator, me
from models import Category, ModelVersion, User

_SETS: Mapping[str, tuple[object, object]] = {
    "check": (
        _l("Textes d'essai"),
        _l("Écrits pour mesurer, mis de côté : aucun modèle n'en a rien appris. Ce ne sont pas des messages reçus."),
    ),
    "frozen": (
        _l("Messages lus par deux personnes"),
        _l("Messages de cette ligne sur lesquels deux personnes sont d'accord. Aucun modèle n'en est fait."),
    ),
    "held_out": (
        _l("Messages mis de côté"),
        _l("Messages de cette ligne que des personnes ont classés et que le modèle mesuré n'avait pas vus."),
    ),
}
"""What each set of a report is, and how far its figures can be trusted."""

_REASONS: Mapping[str, object] = {
    "loses_frozen": _l("refusé : moins juste sur les messages lus par deux personnes"),
    "loses_sensitive": _l("refusé : il laisse passer plus de messages sensibles"),
    "loses_check": _l("refusé : moins juste sur les textes d'essai"),
}
"""Why a trained model was not taken, by its code."""

_REFUSALS: Mapping[str, object] = {
    "no_older": _l("Il n'y a pas de modèle plus ancien."),
    "no_version": _l("Ce modèle n'existe plus."),
}

_MOST_CONFUSED = 12
_LEFT, _TOP, _SIDE = 12.0, 4.0, 84.0  # of the curve's frame, in units of its drawing


class Dot(NamedTuple):
    """One point of a reliability curve, in units of its drawing; the more messages, the larger."""

    x: float
    y: float
    radius: float


class Version(NamedTuple):
    """One line of the list of models; `stored` is None for the one that is shipped.

    `right`: the share that it gets right of the texts that count most, and that of the model before it.
    """

    stored: ModelVersion | None
    name: str
    in_use: bool
    verdict: str
    right: tuple[float | None, float | None] = (None, None)


@bp.get("/model")
def model() -> ResponseReturnValue:
    """Which model reads since when, what it was measured on, and the versions before it."""
    user = me()
    if not coordinates(user):
        abort(403)
    with work.reading() as db:
        status = learning.status(db)
        categories = {category.code: category for category in db.scalars(select(Category))}
    return render_template(
        "console/model.html",
        status=status,
        sets=[(*describe_set(part["name"]), part) for part in status.report.get("sets", [])],
        sensitive=status.report.get("sensitive"),
        versions=list_versions(status),
        enough=learning.ENOUGH,
        draw_curve=draw_curve,
        most_confused=_MOST_CONFUSED,
        name_of=lambda code: words.name_class(code, categories),
    )


def describe_set(name: str) -> tuple[str, str]:
    """The title of a set of texts, and an honest sentence on it; an unknown one by its name."""
    title, about = _SETS.get(name, (name, ""))
    return str(title), str(about)


def draw_curve(reliability: list[dict[str, Any]]) -> list[Dot]:
    """The points of a reliability curve: how sure the model was, and how often right. Empty parts are left out."""
    filled = [part for part in reliability if part["count"]]
    most = max((part["count"] for part in filled), default=1)
    return [
        Dot(
            round(_LEFT + _SIDE * part["confidence"], 1),
            round(_TOP + _SIDE * (1 - part["right"]), 1),
            round(0.8 + 2 * float(part["count"] / most) ** 0.5, 1),
        )
        for part in filled
    ]


def list_versions(status: learning.Status) -> list[Version]:
    """The models, newest first, and the one that is shipped last."""
    found = [
        Version(
            stored,
            words.model_name(str(stored.id)),
            str(stored.id) == status.model,
            str(_("pris") if stored.taken else _REASONS.get(stored.reason, stored.reason)),
            (_right(stored.report), _right(stored.report.get("before", {}))),
        )
        for stored in status.versions
    ]
    shipped = Version(None, words.model_name(words.STARTER), status.model == words.STARTER, str(_("livré")))
    return [*found, shipped]


def _right(report: Mapping[str, Any]) -> float | None:
    """Of the house's own messages if there are any, else of the texts that are shipped."""
    measured = {part["name"]: part["accuracy"] for part in report.get("sets", [])}
    return measured.get("frozen", measured.get("check"))


def _do(verb: Callable[[Session, User], object], notice: Callable[[Any], str]) -> ResponseReturnValue:
    """One verb of an administrator in one unit of work; a refusal changes nothing and says why."""
    user = demand_administrator()
    try:
        with work.unit_of_work() as db:
            result = verb(db, user)
    except NotAllowedError as refusal:
        flash(str(_REFUSALS.get(refusal.code) or _("Ce n'est pas possible maintenant. Rien n'a été changé.")), "error")
    else:
        flash(notice(result), "success")
    return redirect(url_for("console.model"))


@bp.post("/model/rollback")
def roll_back() -> ResponseReturnValue:
    """Back to the model that read before this one."""
    return _do(
        lambda db, by: learning.roll_back(db, by=by),
        lambda name: _("Dès maintenant lit : %(model)s.", model=words.model_name(name)),
    )


@bp.post("/model/use")
def use_model() -> ResponseReturnValue:
    """This model reads from now on; `version` is its number, empty for the one that is shipped."""
    demand_administrator()
    version = request.form.get("version", "")
    if version and not (version.isascii() and version.isdigit() and len(version) < 10):
        abort(400)
    version_id = int(version) if version else None
    name = words.model_name(version or words.STARTER)
    return _do(
        lambda db, by: learning.use(db, version_id, by=by),
        lambda _result: _("Dès maintenant lit : %(model)s.", model=name),
    )


@bp.post("/model/train")
def train() -> ResponseReturnValue:
    """Asks for a new model; it is made in the background and only taken if it is no worse."""
    return _do(
        lambda db, _by: learning.ask_training(db),
        lambda _result: _("L'apprentissage commence. Revenez dans une minute : le résultat sera dans la liste."),
    )
