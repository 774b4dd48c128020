"""One flow: its texts, its nodes, its picture and what the draft changes in it, with the check's findings beside."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from feedback_gateway import editions, work
from feedback_gateway.editions import ChangedMeanwhileError, Draft, RefusedError, TextChange
from flows.draw import draw
from handlers.console import flow_help, flow_view, flow_words
from handlers.console.blueprint import bp
from handlers.console.flow_texts import read_changes
from handlers.console.flow_view import OTHER
from handlers.console.visitor import demand_administrator

PARTS: Mapping[str, object] = {
    "texts": _l("Textes"),
    "nodes": _l("Étapes"),
    "picture": _l("Dessin"),
    "changes": _l("Changements"),
}
"""The parts of a flow's page."""


@bp.get("/flows/<name>")
def flow(name: str) -> ResponseReturnValue:
    """A flow as the draft has it, or else the edition in force. 404 for one that neither has."""
    demand_administrator()
    part = request.args.get("part", "texts")
    return _show(_look(name), name, part if part in PARTS else "texts")


@bp.post("/flows/<name>/nodes")
def save_nodes(name: str) -> ResponseReturnValue:
    """Keeps the YAML in the draft, right or wrong."""
    by = demand_administrator()
    form = request.form
    source = "" if "undo" in form else editions.tidy_source(form.get("source", ""))
    _look(name)
    try:
        work.persist(lambda db: editions.save_flow(db, name, source, by=by, seen=form.get("seen", "")))
    except RefusedError as refused:
        return _show(_look(name), name, "nodes", 422, error=flow_words.REFUSALS[refused.code], source=source)
    except ChangedMeanwhileError as changed:
        theirs = changed.theirs["", name]
        return _show(_look(name), name, "nodes", 409, source=source, between=list(flow_view.compare(theirs, source)))
    return _saved(name, "nodes")


@bp.post("/flows/<name>/texts")
def save_words(name: str) -> ResponseReturnValue:
    """Keeps the texts that were changed in the draft."""
    by = demand_administrator()
    sent = read_changes(request.form)
    _look(name)
    try:
        work.persist(lambda db: editions.save_texts(db, sent, by=by, flow="" if name == OTHER else name))
    except RefusedError as refused:
        return _show(_look(name), name, "texts", 422, error=flow_words.REFUSALS[refused.code], sent=sent)
    except ChangedMeanwhileError as changed:
        return _show(_look(name), name, "texts", 409, sent=sent, theirs=changed.theirs)
    return _saved(name, "texts")


@bp.get("/flows/<name>.svg")
def flow_picture(name: str) -> ResponseReturnValue:
    """The picture of a flow; 404 while the draft cannot be put together."""
    demand_administrator()
    checked = editions.check_overlay(_look(name).overlay)
    if checked.book is None or name not in checked.book.flows:
        abort(404)
    return Response(draw(checked.book, name), mimetype="image/svg+xml")


@bp.get("/flows.svg")
def flows_picture() -> ResponseReturnValue:
    """The picture of how the flows lead to one another."""
    demand_administrator()
    with work.reading() as db:
        checked = editions.check_overlay(editions.draft(db).overlay)
    if checked.book is None:
        abort(404)
    return Response(draw(checked.book), mimetype="image/svg+xml")


@bp.post("/flows/measure-text")
def measure_text() -> ResponseReturnValue:
    """What a text would take, while it is being written."""
    demand_administrator()
    return jsonify(line=flow_words.say_count(flow_view.count(editions.tidy_words(request.form.get("text", "")[:2000]))))


def _look(name: str) -> Draft:
    with work.reading() as db:
        draft = editions.draft(db)
    if name != OTHER and name not in editions.flow_names(draft.overlay):
        abort(404)
    return draft


def _saved(name: str, part: str) -> ResponseReturnValue:
    flash(_("Enregistré dans le brouillon."), "success")
    with work.reading() as db:
        gone = name != OTHER and name not in editions.flow_names(editions.draft(db).overlay)
    return redirect(url_for("console.flows") if gone else url_for("console.flow", name=name, part=part))


def _show(
    draft: Draft,
    name: str,
    part: str,
    status: int = 200,
    *,
    sent: Sequence[TextChange] = (),
    theirs: Mapping[tuple[str, str], str] | None = None,
    source: str | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """The page; `sent` and `source` are what was typed and is not saved, `theirs` what somebody else has saved."""
    checked = editions.check_overlay(draft.overlay)
    stored = "" if name == OTHER else editions.source_of(draft.overlay, name)
    keys = flow_view.other_keys(draft) if name == OTHER else flow_view.text_keys(draft, name)
    known = flow_view.read_or_none(stored, name)
    rows = flow_view.text_rows(draft, keys, flow_view.menu_lines(known))
    page = render_template(
        "console/flow.html",
        **{
            "name": name,
            "other": name == OTHER,
            "part": part if name != OTHER or part == "changes" else "texts",
            "parts": {code: PARTS[code] for code in PARTS if name != OTHER or code in ("texts", "changes")},
            "draft": draft,
            "known": known,
            "checked": checked,
            "findings": flow_view.sort_findings(flow_view.read_findings(draft, checked), name, keys),
            "rows": flow_view.with_typed(rows, sent, theirs or {}),
            "collision": theirs is not None,
            "source": stored if source is None else source,
            "seen": editions.fingerprint(stored),
            "shipped": editions.shipped_sources().get(name, ""),
            "stored": stored,
            "changed": list(flow_view.changes(draft, name, keys)),
            "say_count": flow_words.say_count,
            "help": flow_help,
            "titles": flow_words.TITLES,
            "error": "",
            "between": (),
            **more,
        },
    )
    return page, status
