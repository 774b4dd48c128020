"""The rules as a file: all of them out as CSV or XLSX, and in again after a preview of every row."""

import csv
import io
from collections.abc import Mapping, Sequence

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_gateway import work
from feedback_gateway.lib import clock, sheet
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.sheet import UnreadableError
from feedback_gateway.responsibility import exchange
from feedback_gateway.responsibility.exchange import COLUMNS, Change
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.keeping import demand_reader, read_labels, say_period, say_refusal
from handlers.console.matrix import count_open
from handlers.console.visitor import demand_administrator

Rows = Sequence[tuple[int, Mapping[str, str]]]


@bp.get("/responsibilities/exchange")
def exchange_rules() -> ResponseReturnValue:
    """Where files come from and go to."""
    demand_reader()
    return _show()


def _show(error: str = "", status: int = 200) -> ResponseReturnValue:
    with work.reading() as db:
        page = render_template("console/exchange.html", error=error, columns=COLUMNS, **count_open(db))
    return page, status


@bp.get("/responsibilities/rules.<any(csv, xlsx):form>")
def export_rules(form: str) -> ResponseReturnValue:
    """All rules, also those that have ended, with names and codes."""
    demand_reader()
    with work.reading() as db:
        rows = exchange.export_rules(db, words.group_name)
    name = f"{_('responsabilites')}-{clock.now():%Y-%m-%d}.{form}"
    body = sheet.write_csv(rows) if form == "csv" else sheet.write_xlsx(rows, _("Responsabilités"))
    return Response(
        body,
        mimetype="text/csv" if form == "csv" else sheet.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/responsibilities/exchange")
def preview_rules() -> ResponseReturnValue:
    """What the file would do, row by row. Nothing is changed."""
    demand_administrator()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _show(say_refusal("file"), 422)
    try:
        return _preview(exchange.name_columns(*sheet.read_table(file.read(sheet.MOST_BYTES + 1))))
    except (UnreadableError, RefusedError) as fault:
        return _show(say_refusal(fault.code), 422)


@bp.post("/responsibilities/exchange/apply")
def apply_rules() -> ResponseReturnValue:
    """Does all that the preview has shown; if anything has changed meanwhile, shows it anew instead."""
    demand_administrator()
    try:
        rows = [(int(row.pop("row")), row) for row in csv.DictReader(io.StringIO(request.form.get("rows", "")))]
    except (KeyError, ValueError, AttributeError, csv.Error):
        abort(400)
    by = demand_administrator()
    with work.unit_of_work() as db:
        plan = exchange.plan_import(db, rows)
        same = plan.stamp == request.form.get("stamp") and plan.fits
        done = exchange.apply_plan(db, plan, by=by) if same else 0
    if not same:
        return _preview(rows, _("Des règles ont changé entre-temps : relisez."))
    flash(ngettext("%(num)s règle reprise.", "%(num)s règles reprises.", done), "success")
    return redirect(url_for("console.responsibilities"))


def _preview(rows: Rows, error: str = "") -> ResponseReturnValue:
    with work.reading() as db:
        plan = exchange.plan_import(db, rows)
        page = render_template(
            "console/import_rules.html",
            plan=plan,
            error=error,
            labels=read_labels(db),
            carried=_carry(rows),
            changes=list(Change),
            count=plan.count,
            why=say_refusal,
            period=say_period,
            **count_open(db),
        )
    return page, 422 if error else 200


def _carry(rows: Rows) -> str:
    """The rows as the form carries them to the last step."""
    page = io.StringIO()
    names = ["row", *(column for column in COLUMNS if not column.endswith("_name"))]
    writer = csv.DictWriter(page, names, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows({"row": number, **cells} for number, cells in rows)
    return page.getvalue()
