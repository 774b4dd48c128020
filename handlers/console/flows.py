"""The list of flows: their state, the draft with its publishing, the languages, and who did what."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback_gateway import editions, work
from feedback_gateway.editions import RefusedError
from handlers.console import flow_view, flow_words
from handlers.console.blueprint import bp
from handlers.console.flow_view import FlowLine
from handlers.console.visitor import demand_administrator

SKELETON = """\
# yaml-language-server: $schema=../schema.json
flow: {name}
version: 1
about: {about}
start: first
nodes:
  first:
    say: {name}.first
"""
"""What a new flow begins with."""


@bp.get("/flows")
def flows() -> ResponseReturnValue:
    """Every flow, the draft, the languages and the history."""
    demand_administrator()
    return show_flows()


def show_flows(status: int = 200, **more: Any) -> ResponseReturnValue:
    """The page, with what a refused verb wants said: `error`, and `failed`, the part of the page it belongs to."""
    with work.reading() as db:
        draft = editions.draft(db)
        history = editions.history(db)
    checked = editions.check_overlay(draft.overlay)
    found = flow_view.read_findings(draft, checked)
    page = render_template(
        "console/flows.html",
        **{
            "draft": draft,
            "lines": sorted(flow_view.flow_lines(draft, found), key=_order),
            "changed": list(flow_view.changes(draft)),
            "found": found,
            "checked": checked,
            "history": history,
            "done": flow_words.DONE,
            "titles": flow_words.TITLES,
            "error": "",
            "failed": "",
            "typed": {},
            **more,
        },
    )
    return page, status


def _order(line: FlowLine) -> tuple[int, str]:
    """As a person meets them; an installation's own ones after these."""
    titles = list(flow_words.TITLES)
    return (titles.index(line.name) if line.name in titles else len(titles), line.name)


@bp.post("/flows/publish-draft")
def publish_flows() -> ResponseReturnValue:
    """Makes the draft the edition in force."""
    by = demand_administrator()
    with work.reading() as db:  # the check takes a second: not while others wait for their turn to write
        editions.check_overlay(editions.draft(db).overlay)
    note = request.form.get("note", "")
    return _do(
        lambda db: editions.publish(db, note=note, by=by, version=_version()),
        lambda edition: _("L'édition %(number)s est en vigueur.", number=edition.number),
        "draft",
    )


@bp.post("/flows/discard-draft")
def discard_flows() -> ResponseReturnValue:
    """Throws the draft away."""
    by = demand_administrator()
    return _do(
        lambda db: editions.discard(db, by=by, version=_version()), lambda _made: _("Brouillon abandonné."), "draft"
    )


@bp.post("/flows/go-back")
def restore_flows() -> ResponseReturnValue:
    """Publishes an older edition again."""
    by = demand_administrator()
    number = _number("number")
    return _do(
        lambda db: editions.restore(db, number, by=by),
        lambda edition: _("Retour fait : l'édition %(number)s est en vigueur.", number=edition.number),
        "history",
    )


@bp.post("/flows/new-flow")
def new_flow() -> ResponseReturnValue:
    """Begins a flow in the draft."""
    by = demand_administrator()
    name = request.form.get("name", "").strip().lower()
    with work.reading() as db:
        taken = name in editions.flow_names(editions.draft(db).overlay)
    if taken:
        return _refuse("flow_taken", "new")
    source = SKELETON.format(name=name, about=_("À décrire."))
    try:
        work.persist(lambda db: editions.save_flow(db, name, source, by=by, seen=editions.fingerprint("")))
    except RefusedError as refused:
        return _refuse(refused.code, "new")
    return redirect(url_for("console.flow", name=name, part="nodes"))


def _do(verb: Callable[[Session], Any], notice: Callable[[Any], str], section: str) -> ResponseReturnValue:
    """One verb in one unit of work; a refusal shows the page again."""
    try:
        made = work.persist(verb)
    except RefusedError as refused:
        return _refuse(refused.code, section)
    flash(notice(made), "success")
    return redirect(url_for("console.flows"))


def _refuse(code: str, section: str) -> ResponseReturnValue:
    return show_flows(422, error=flow_words.REFUSALS[code], failed=section, typed=request.form)


def _version() -> int:
    return _number("version")


def _number(field: str) -> int:
    """The number in a field of the form; -1, which nothing has, for what is none or has more digits than any."""
    word = request.form.get(field, "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 9 else -1
