"""An agency's own past: a CSV of any shape becomes examples, in four steps that store nothing before the last."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from feedback_gateway import history as past
from feedback_gateway import work
from feedback_gateway.history import HistoryError
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.visitor import demand_administrator
from models import Category

MOST_LETTERS = 1_500_000
"""Longer files are cut up by whoever brings them: the text travels in the form from step to step."""

LEFT_OUT = ""
"""What a form says for: no examples are made of this label."""

_REFUSALS: Mapping[str, object] = {
    "file": _l("Choisissez d'abord un fichier."),
    "letters": _l("Le fichier n'est pas un texte. Dans votre tableur : « Enregistrer sous », CSV UTF-8."),
    "too_long": _l("Le fichier est trop grand : coupez-le en plusieurs, d'un million et demi de lettres au plus."),
    "columns": _l("Choisissez deux colonnes différentes."),
    "mapping": _l("Choisissez pour chaque étiquette."),
    "nothing": _l("Toutes les étiquettes sont laissées de côté : il n'y a rien à reprendre."),
    "empty": _l("Le fichier est vide."),
    "no_columns": _l("La première ligne doit nommer au moins deux colonnes, chacune d'un autre nom."),
    "too_many_rows": _l("Le fichier a trop de lignes : coupez-le en plusieurs, de 50 000 lignes au plus."),
    "unknown_category": _l("Une des catégories n'existe plus : choisissez de nouveau."),
    "too_many_labels": _l("Cette colonne a plus de 200 valeurs différentes : est-ce bien celle des étiquettes ?"),
}


class Form(NamedTuple):
    """What has been chosen so far; `codes` stand in the order of the labels."""

    source: str = ""
    text: str = ""
    label: str = ""
    codes: Sequence[str] = ()


@bp.get("/model/history")
def history() -> ResponseReturnValue:
    """Asks for the file."""
    demand_administrator()
    return _show("file", Form())


@bp.post("/model/history")
def bring_history() -> ResponseReturnValue:
    """Goes to the step that the form asks for. What is wrong is said on the step where it can be put right."""
    by = demand_administrator()
    step, form = request.form.get("step", ""), Form()
    try:
        form = _read_form()
        if step != "import":
            return _show(step if step in _STEPS else "columns", form)
        mapping = _mapping(form)
        examples, left_out = past.read_examples(form.source, text=form.text, label=form.label, mapping=mapping)
        with work.unit_of_work() as db:
            kept, double = past.import_history(db, examples, by=by)
    except HistoryError as fault:
        return _show(_STEPS_BACK.get(fault.code, "columns") if form.source else "file", form, error=_say(fault))
    flash(
        ngettext("%(num)s exemple repris.", "%(num)s exemples repris.", kept)
        + " "
        + _("Laissés de côté : %(left_out)s ; déjà connus : %(double)s.", left_out=left_out, double=double),
        "success",
    )
    return redirect(url_for("console.model"))


_STEPS = frozenset({"columns", "labels", "preview"})
_STEPS_BACK: Mapping[str, str] = {"mapping": "labels", "nothing": "labels", "unknown_category": "labels"}
"""Where a fault is put right, by its code; all others where the columns are chosen."""


def _read_form() -> Form:
    """What the form carries. A file that has just been chosen stands above the text of an earlier one."""
    file, form = request.files.get("file"), request.form
    if file is not None and file.filename:
        return Form(_read_file(file.read()))
    if not form.get("source"):
        raise HistoryError("file")
    return Form(form["source"], form.get("text", ""), form.get("label", ""), form.getlist("code"))


def _read_file(content: bytes) -> str:
    """The text of a file: UTF-8, or what spreadsheets in French write without saying so."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            source = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in source:
            break
        if len(source) > MOST_LETTERS:
            raise HistoryError("too_long")
        return source
    raise HistoryError("letters")


def _mapping(form: Form) -> dict[str, str]:
    labels = [label for label, _count in past.values(form.source, form.label)]
    if len(form.codes) != len(labels):
        raise HistoryError("mapping")
    mapping = dict(zip(labels, form.codes, strict=True))
    if not any(mapping.values()):
        raise HistoryError("nothing")
    return mapping


def _say(fault: HistoryError) -> str:
    return str(_REFUSALS.get(fault.code) or _("Ce fichier ne se lit pas comme un tableau. Rien n'a été enregistré."))


def _show(step: str, form: Form, error: str = "") -> ResponseReturnValue:
    """One step. A step that cannot be shown for what was chosen before gives way to the one before it."""
    try:
        facts = _gather(step, form)
    except HistoryError as fault:
        earlier = _STEPS_BACK.get(fault.code, "file" if step == "columns" else "columns")
        return _show(earlier, form if earlier != "file" else Form(), error or _say(fault))
    page = render_template(
        "console/history.html", step=step, form=form, error=error, nothing=words.NOTHING, left_out=LEFT_OUT, **facts
    )
    return page, 422 if error else 200


def _gather(step: str, form: Form) -> dict[str, Any]:
    """What a step shows besides the form. Raises HistoryError when what was chosen before does not allow it."""
    if step == "file":
        return {}
    columns = past.columns(form.source)
    if step == "columns":
        return {"columns": columns}
    if form.text == form.label or not {form.text, form.label} <= set(columns):
        raise HistoryError("columns")
    labels = past.values(form.source, form.label)
    with work.reading() as db:
        categories = db.scalars(select(Category).order_by(Category.code)).all()
    facts: dict[str, Any] = {"categories": categories, "rows": sum(count for _label, count in labels)}
    if step == "preview":
        return {**facts, "counts": _count(_mapping(form), labels, categories)}
    guessed = past.guess_mapping(labels)
    codes = form.codes if len(form.codes) == len(labels) else [guessed.get(label, LEFT_OUT) for label, _rows in labels]
    return {**facts, "chosen": list(zip(labels, codes, strict=True))}


def _count(
    mapping: Mapping[str, str], labels: Sequence[tuple[str, int]], categories: Sequence[Category]
) -> list[tuple[str, int]]:
    """How many rows each category would get, the most first; what is left out stands last."""
    counts: dict[str, int] = {}
    for label, count in labels:
        counts[mapping[label]] = counts.get(mapping[label], 0) + count
    known = {category.code: category for category in categories}
    kept = [(words.name_class(code, known), count) for code, count in counts.items() if code != LEFT_OUT]
    kept.sort(key=lambda part: -part[1])
    return [*kept, (str(_("laissés de côté")), counts.get(LEFT_OUT, 0))]
