"""What agencies have taught by "not responsible": one click makes the rule, or leaves the rules as they are."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.responsibility import lessons, matrix
from handlers.console.blueprint import bp
from handlers.console.keeping import demand_reader, keep, read_id, read_labels
from handlers.console.matrix import count_open
from handlers.console.visitor import demand_administrator
from models import User


@bp.get("/responsibilities/lessons")
def show_lessons() -> ResponseReturnValue:
    """What nobody has drawn a conclusion from yet."""
    demand_reader()
    with work.reading() as db:
        return render_template(
            "console/lessons.html",
            labels=read_labels(db),
            lessons=[
                (lesson, matrix.who_answers(db, lesson.category, lesson.place)) for lesson in lessons.open_lessons(db)
            ],
            **count_open(db),
        )


@bp.post("/responsibilities/lessons")
def learn() -> ResponseReturnValue:
    """Makes the rule for the agency that was named, or (without one) dismisses the lesson."""
    demand_administrator()
    form = request.form
    category, place = form.get("category", ""), form.get("place") or None
    not_agency, agency = read_id(form.get("not_agency", "")) or 0, read_id(form.get("agency", ""))

    def verb(db: Session, by: User) -> None:
        if agency is None:
            lessons.dismiss(db, category, place, not_agency, by=by)
        else:
            lessons.make_rule(db, category, place, not_agency, agency, by=by)

    notice = _("Règle enregistrée, à partir d'aujourd'hui.") if agency else _("Écarté : les règles restent.")
    return keep(verb, notice, to=url_for("console.show_lessons"))
