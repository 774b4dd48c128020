"""The matrix of responsibilities: category by place, who answers, and one field of it with its rules."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.places import place_tree
from feedback_gateway.responsibility import lessons, matrix, rules, watch
from feedback_gateway.responsibility.rules import Standing, Subject
from handlers.console.blueprint import bp
from handlers.console.keeping import (
    Labels,
    demand_reader,
    keep,
    read_day,
    read_id,
    read_labels,
    read_place,
    read_word,
    say_period,
    say_refusal,
)
from handlers.console.visitor import demand_administrator, me
from models import Route, User
from models.words import Role, Sensitivity


@bp.get("/responsibilities")
def responsibilities() -> ResponseReturnValue:
    """The matrix; a focal point is shown the rules of their own agency."""
    if me().role == Role.FOCAL_POINT:
        return redirect(url_for("console.own_rules"))
    demand_reader()
    place, unfolded = request.args.get("place") or None, request.args.get("group", "")
    with work.reading() as db:
        labels = read_labels(db)
        place = place if place in labels.tree.by_code else None
        return render_template(
            "console/matrix.html",
            labels=labels,
            place=place,
            above=labels.tree.by_code[place].parent_code if place else None,
            unfolded=unfolded,
            matrix=matrix.read_matrix(db, place=place, unfolded=unfolded),
            gaps=matrix.gaps(db),
            **count_open(db),
        )


def count_open(db: Session) -> dict[str, int]:
    """What the tabs of these pages count."""
    return {"due": len(watch.to_confirm(db, clock.now())), "lessons_open": len(lessons.open_lessons(db))}


@bp.get("/responsibilities/cell")
def show_cell() -> ResponseReturnValue:
    """One field: who answers there today, its rules, those above that count there and those below."""
    demand_reader()
    return _show_cell(_subject(request.args.get("category", ""), request.args.get("place", "")))


def _subject(category: str, place: str, sensitivity: str = "") -> Subject:
    return Subject(category or None, place or None, read_word(Sensitivity, sensitivity))


def _show_cell(subject: Subject, error: str = "") -> ResponseReturnValue:
    now = clock.now()
    with work.reading() as db:
        labels = read_labels(db)
        try:
            rules.check_subject(db, subject)
        except RefusedError:
            return redirect(url_for("console.responsibilities"))
        page = render_template(
            "console/cell.html",
            labels=labels,
            subject=subject,
            error=error,
            typed=request.form if error else {},
            standing=lambda rule: rules.standing(rule, now).value,
            stale_on=lambda rule: rules.stale_on(rule, now),
            users={user.id: user.name for user in db.scalars(select(User))},
            may_confirm=lambda rule: rules.may_confirm(me(), rule),
            period=say_period,
            today=now.date(),
            sensitivities=list(Sensitivity),
            **_bearing(db, labels, subject),
            **count_open(db),
        )
    return page, 422 if error else 200


def _bearing(db: Session, labels: Labels, subject: Subject) -> dict[str, Any]:
    """The rules that have to do with a field, by how."""
    found: dict[str, list[Route]] = {"own": [], "past": [], "above": [], "inside": []}
    ladder = labels.tree.ladder(subject.place)
    group = (subject.category or "").split(".")[0]
    for rule in rules.all_rules(db):
        ended = rules.standing(rule, clock.now()) == Standing.ENDED
        if (rule.category, rule.place_code) == (subject.category, subject.place):
            found["past" if ended else "own"].append(rule)
        elif ended:
            continue
        elif rule.category in (None, group, subject.category) and rule.place_code in (None, *ladder):
            found["above"].append(rule)
        elif _is_inside(labels, subject, rule):
            found["inside"].append(rule)
    return found


def _is_inside(labels: Labels, subject: Subject, rule: Route) -> bool:
    category = subject.category in (None, rule.category) or (rule.category or "").split(".")[0] == subject.category
    return category and (subject.place is None or subject.place in labels.tree.ladder(rule.place_code))


@bp.post("/responsibilities/cell")
def set_rule() -> ResponseReturnValue:
    """Another agency answers, from a day on; what held before ends the day before."""
    demand_administrator()
    form = request.form
    subject = _subject(form.get("category", ""), form.get("place", ""), form.get("sensitivity", ""))

    place = subject.place
    if "place_typed" in form:
        try:
            with work.reading() as db:
                place = read_place(form["place_typed"], place_tree(db))
        except RefusedError as refusal:
            return _show_cell(subject, say_refusal(refusal.code))

    def verb(db: Session, by: User) -> None:
        rules.set_rule(
            db,
            subject._replace(place=place),
            read_id(form.get("agency", "")) or 0,
            since=read_day(form.get("since", "")),
            until=read_day(form.get("until", "")),
            by=by,
        )

    return keep(
        verb,
        _("Règle enregistrée."),
        to=url_for("console.show_cell", category=subject.category, place=place),
        again=lambda error: _show_cell(subject, error),
    )


@bp.post("/responsibilities/rules/<int:rule_id>/end")
def end_rule(rule_id: int) -> ResponseReturnValue:
    """A rule ends, today or with a day; it stays in the history."""
    demand_administrator()
    form = request.form
    return keep(
        lambda db, by: rules.end_rule(db, rule_id, last_day=read_day(form.get("last_day", "")), by=by),
        _("Règle terminée."),
        to=url_for("console.show_cell", category=form.get("category") or None, place=form.get("place") or None),
    )
