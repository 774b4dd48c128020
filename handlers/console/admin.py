"""The administrator's page: paused channels and places, and the way to what has a page of its own."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from feedback_gateway import administration, seed, work
from handlers.console.blueprint import bp
from handlers.console.keeping import keep
from handlers.console.visitor import demand_administrator
from models import PausedChannel, Place


@bp.get("/admin")
def admin() -> ResponseReturnValue:
    """Everything an administrator looks after, on one page."""
    demand_administrator()
    return _show()


def _show(status: int = 200, **more: Any) -> ResponseReturnValue:
    with work.reading() as db:
        page = render_template(
            "console/admin.html",
            paused=db.scalars(select(PausedChannel).order_by(PausedChannel.channel)).all(),
            places=db.execute(select(Place.level, func.count()).group_by(Place.level)).all(),
            **{"error": "", "failed": "", **more},
        )
    return page, status


@bp.post("/admin/channels/<channel>/resume")
def resume_channel(channel: str) -> ResponseReturnValue:
    """Lets a paused channel send again."""
    demand_administrator()
    return keep(
        lambda db, by: administration.resume_channel(db, channel, by=by),
        _("Canal repris."),
        to=url_for("console.admin", _anchor="channels"),
        again=lambda error: _show(422, error=error, failed="channels"),
    )


@bp.post("/admin/places")
def import_places() -> ResponseReturnValue:
    """Places from a CSV file: all of it, or nothing and the line that is wrong."""
    demand_administrator()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _show(422, error=_("Choisissez d'abord un fichier."), failed="places")
    try:
        lines = io.StringIO(file.read().decode("utf-8-sig"), newline="")
        with work.unit_of_work() as db:
            count = seed.import_places(db, lines)
    except UnicodeDecodeError:
        return _show(422, error=_("Le fichier n'est pas en UTF-8."), failed="places")
    except ValueError as fault:
        return _show(422, error=_("Rien n'a été repris. %(fault)s", fault=fault), failed="places")
    flash(_("%(count)s lieux repris.", count=count), "success")
    return redirect(url_for("console.admin", _anchor="places"))
