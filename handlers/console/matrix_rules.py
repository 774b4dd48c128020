"""The rules as a list, and saying that they are true: one, those of an agency, or all that are shown."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.responsibility import rules
from feedback_gateway.responsibility.rules import Standing
from handlers.console.blueprint import bp
from handlers.console.keeping import demand_reader, keep, read_id, read_labels, say_period
from handlers.console.matrix import count_open
from handlers.console.visitor import me
from models import User
from models.words import Role

_SHOWN: dict[str, frozenset[Standing]] = {
    "due": frozenset({Standing.AGEING, Standing.STALE}),
    "stale": frozenset({Standing.STALE}),
    "now": frozenset({Standing.HOLDS, Standing.AGEING, Standing.STALE}),
    "later": frozenset({Standing.LATER}),
    "ended": frozenset({Standing.ENDED}),
    "all": frozenset(Standing),
}


@bp.get("/responsibilities/rules")
def list_rules() -> ResponseReturnValue:
    """All rules, or those of an agency, or those that are to be confirmed; a focal point is shown their agency's."""
    if me().role == Role.FOCAL_POINT:
        return redirect(url_for("console.own_rules"))
    demand_reader()
    return _show(read_id(request.args.get("agency", "")), request.args.get("show", "now"))


@bp.get("/responsibilities/own")
def own_rules() -> ResponseReturnValue:
    """The rules of one's own agency, for whoever answers for it."""
    user = me()
    if user.agency_id is None or user.role not in (Role.FOCAL_POINT, Role.MANAGER):
        abort(403)
    return _show(user.agency_id, "now", own=True)


def _show(agency_id: int | None, shown: str, *, own: bool = False) -> str:
    now = clock.now()
    shown = shown if shown in _SHOWN else "now"
    with work.reading() as db:
        of_agency = [rule for rule in rules.all_rules(db) if agency_id in (None, rule.agency_id)]
        found = [rule for rule in of_agency if rules.standing(rule, now) in _SHOWN[shown]]
        return render_template(
            "console/rules.html",
            labels=read_labels(db),
            own=own,
            rules=found,
            agency_id=agency_id,
            shown=shown,
            standing=lambda rule: rules.standing(rule, now).value,
            stale_on=lambda rule: rules.stale_on(rule, now),
            confirmable=[
                r.id for r in found if rules.may_confirm(me(), r) and rules.standing(r, now) != Standing.ENDED
            ],
            users={user.id: user.name for user in db.scalars(select(User))},
            period=say_period,
            confirm_days=work.settings().route_confirm_days,
            **count_open(db),
        )


@bp.post("/responsibilities/confirm")
def confirm_rules() -> ResponseReturnValue:
    """Somebody says that one rule (`only`), or all that were shown, are true today."""
    form = request.form
    asked = [form["only"]] if form.get("only") else form.getlist("rule")
    ids = [number for number in map(read_id, asked) if number is not None]
    own = form.get("own") == "1"
    back = url_for("console.own_rules") if own else url_for("console.list_rules", **_kept(form.get("back", "")))
    if form.get("cell") == "1":
        back = url_for("console.show_cell", category=form.get("category") or None, place=form.get("place") or None)
    return keep(lambda db, by: rules.confirm_rules(db, ids, by=by), _("Confirmé aujourd'hui."), to=back)


def _kept(back: str) -> dict[str, Any]:
    """The list that one came from: `agency:shown`."""
    agency, _colon, shown = back.partition(":")
    return {**({"agency": agency} if read_id(agency) else {}), **({"show": shown} if shown in _SHOWN else {})}
