"""One answer to all the cases of an issue: written, shown with whom it reaches and what it costs, then confirmed."""

from collections.abc import Mapping
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_gateway import issues, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.cases import NEEDS_TELLING
from handlers.console.blueprint import bp
from handlers.console.issue_words import explain
from handlers.console.issues import find
from handlers.console.visitor import me
from models import User
from models.words import Outcome

Form = Mapping[str, str]
PREFIX = "text-"


@bp.get("/issues/<int(max=999999999):issue_id>/answer")
def answer_form(issue_id: int) -> ResponseReturnValue:
    """The form, with a field for each language that the people are written to in."""
    return _show_form(issue_id, me(), {})


@bp.post("/issues/<int(max=999999999):issue_id>/answer")
def answer_all(issue_id: int) -> ResponseReturnValue:
    """Shows what the answer comes to; with `confirm` it is ordered, with `change` it is written on."""
    user, form = me(), request.form
    texts = {name.removeprefix(PREFIX): text for name, text in form.items() if name.startswith(PREFIX)}
    outcome = Outcome(form["outcome"]) if form.get("outcome") in [*NEEDS_TELLING] else None
    if "change" in form:
        return _show_form(issue_id, user, form)
    if "confirm" not in form:
        return _show_plan(issue_id, user, form, texts, outcome)
    try:
        with work.unit_of_work() as db:
            issue = find(db, user, issue_id)
            issues.order_answer(db, issue, texts, by=user, key=form.get("key", "")[:64], outcome=outcome)
    except NotAllowedError as refusal:
        return _show_form(issue_id, user, form, status=422, error=explain(refusal))
    flash(_("La réponse part, quelques dossiers à la fois."), "success")
    return redirect(url_for("console.show_issue", issue_id=issue_id))


def _show_form(issue_id: int, user: User, typed: Form, *, status: int = 200, error: str = "") -> ResponseReturnValue:
    with work.reading() as db:
        issue = find(db, user, issue_id)
        page = render_template(
            "console/issue_answer.html",
            issue=issue,
            error=error,
            languages=issues.languages_of(db, issue, user),
            may_work=issues.may_work(user, issue),
            most=issues.MOST_LETTERS,
            numbers=issues.numbers_of(db, user, [issue.id])[issue.id],
            outcomes=[outcome for outcome in Outcome if outcome in NEEDS_TELLING],
            typed=typed,
        )
    return page, status


def _show_plan(
    issue_id: int, user: User, typed: Form, texts: Mapping[str, str], outcome: Outcome | None
) -> ResponseReturnValue:
    written = {language: text.strip() for language, text in texts.items() if text.strip()}
    with work.reading() as db:
        issue = find(db, user, issue_id)
        try:
            issues.check_texts(written)
        except NotAllowedError as refusal:
            return _show_form(issue_id, user, typed, status=422, error=explain(refusal))
        return render_template(
            "console/issue_confirm.html",
            issue=issue,
            key=uuid4().hex,
            outcome=outcome,
            plan=issues.plan_answer(db, issue, written, user, outcome),
            price=work.settings().sms_price,
            texts=written,
        )
