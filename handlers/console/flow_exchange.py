"""Flows from and to other tools, as FLOIP containers (flow-spec 1.0.0-rc4)."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_gateway import editions, work
from feedback_gateway.editions import RefusedError
from feedback_gateway.lib import clock
from flows.floip.losses import Loss
from flows.floip.reading import read_container
from flows.floip.refusals import FloipError
from flows.floip.writing import write_container
from handlers.console import flow_losses, flow_words
from handlers.console.blueprint import bp
from handlers.console.visitor import demand_administrator


@bp.get("/flows/import-floip")
def import_floip() -> ResponseReturnValue:
    """Asks for the file."""
    demand_administrator()
    return _show()


@bp.post("/flows/import-floip")
def take_floip() -> ResponseReturnValue:
    """Takes a container's flows into the draft and lists what could not be carried over."""
    by = demand_administrator()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _show(422, error=_("Choisissez d'abord un fichier."))
    try:
        imported = read_container(file.read().decode("utf-8-sig"))
        replaced = work.persist(lambda db: editions.import_flows(db, imported.flows, imported.texts, by=by))
    except UnicodeDecodeError:
        return _show(422, error=_("Le fichier n'est pas en UTF-8."))
    except FloipError as fault:
        return _show(422, error=_("Rien n'est importé : %(fault)s", fault=flow_losses.say_refusal(fault)))
    except RefusedError as refused:
        return _show(422, error=flow_words.REFUSALS[refused.code])
    return _show(names=sorted(imported.flows), losses=imported.losses, replaced=replaced)


@bp.get("/flows/export-floip")
def export_floip() -> ResponseReturnValue:
    """What other tools will not understand of one flow (`?flow=`) or of all, and the way to the file."""
    demand_administrator()
    name = request.args.get("flow")
    losses = _write(name)[1]
    return render_template("console/flows_export.html", name=name, losses=losses, say_loss=flow_losses.say)


@bp.get("/flows/floip.json", defaults={"name": None})
@bp.get("/flows/<name>/floip.json")
def floip_file(name: str | None) -> ResponseReturnValue:
    """The container, as the draft has the flows or else the edition in force."""
    demand_administrator()
    container = _write(name)[0]
    headers = {"Content-Disposition": f'attachment; filename="{name or "parcours"}.floip.json"'}
    return Response(container, mimetype="application/json", headers=headers)


def _write(name: str | None) -> tuple[str, Sequence[Loss]]:
    """404 for a flow that does not exist, and for all while the draft cannot be put together."""
    with work.reading() as db:
        book = editions.check_overlay(editions.draft(db).overlay).book
    if book is None or (name is not None and name not in book.flows):
        abort(404)
    return write_container(book, None if name is None else [name], now=clock.now())


def _show(status: int = 200, **more: Any) -> ResponseReturnValue:
    page = {"error": "", "names": [], "losses": [], "replaced": [], "say_loss": flow_losses.say, **more}
    return render_template("console/flows_import.html", **page), status
