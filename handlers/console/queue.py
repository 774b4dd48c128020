"""The queue: the cases of my agency, in the order of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import work
from feedback_gateway.access import coordinates
from feedback_gateway.case_states import OPEN
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from feedback_gateway.worklist import LISTS, TABS, next_due, tonight
from handlers.console import words
from handlers.console.alarms import alarm_lines
from handlers.console.belonging import crowd_lines
from handlers.console.blueprint import bp
from handlers.console.case_page import words_shown
from handlers.console.case_panels import NOT_ARRIVED, TO_BE_TOLD
from handlers.console.list_address import OWN_TAB, PAGE_SIZE, ListAddress, read_address, select_list
from handlers.console.visitor import me
from models import Case, Category, Event, Message, Place, User
from models.words import Actor, CaseState, Direction, Level, Priority, Role, Sensitivity

_EXCERPT = 110

_WITHOUT_OWNER = ("unowned", "noise")

EMPTY: Mapping[str, object] = {
    "mine": _l("Rien ne vous attend. Les dossiers que personne n'a pris sont dans « À prendre »."),
    "take": _l("Aucun dossier n'attend d'être pris. Les nouveaux dossiers de votre agence arrivent ici."),
    "active": _l("Aucun dossier en cours. Un dossier vient ici quand quelqu'un de l'agence le prend."),
    "late": _l("Aucune échéance n'est dépassée."),
    "reopening": _l("Personne ne demande de réouverture. Cela arrive quand une personne répond que rien n'a changé."),
    "unowned": _l("Chaque dossier a une agence. Ceux qu'aucune règle ne confie à une agence viennent ici."),
    "noise": _l("Rien n'est mis à part. Essais, publicités et messages vides viennent ici, jamais effacés."),
    "closed": _l("Aucun dossier clos."),
}
"""What an empty tab teaches."""


@bp.get("/")
def queue() -> ResponseReturnValue:
    """One page of one list. An exact reference that this user may see leads straight to its case."""
    user, now = me(), clock.now()
    address = read_address(request.args, user)
    with work.reading() as db:
        counts = count_tabs(db, user, address, now)
        total = counts[address.tab]
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(address.page, pages)
        start = (page - 1) * PAGE_SIZE
        query = select_list(user, address, db, now).options(joinedload(Case.category), joinedload(Case.agency))
        cases = db.scalars(query.limit(PAGE_SIZE).offset(start)).all()
        if address.filter.reference and len(cases) == 1:
            return redirect(url_for("console.show_case", case_id=cases[0].id))
        alarms = alarm_lines(db, user, now)
        spots = [(alarm.address["category"], alarm.address["region"]) for alarm in alarms]
        crowds, crowd_at = crowd_lines(db, user, now, spots)
        return render_template(
            "console/queue.html",
            address=address,
            alarms=alarms,
            cases=cases,
            coordinates=coordinates(user),
            counts=counts,
            crowd_at=crowd_at,
            crowds=crowds,
            due_of=next_due,
            empty_words=EMPTY,
            excerpts=first_words(db, cases, user),
            pages=pages,
            page=page,
            pickable=pickable(user, cases),
            parts=parts_of_day(cases, address, now),
            start=start,
            tabs=tabs_for(user, counts),
            total=total,
            tree=place_tree(db),
            undelivered=undelivered(db, cases),
            **choices(db),
        )


def pickable(user: User, cases: Sequence[Case]) -> set[UUID]:
    """Those of the cases on the page that may be chosen for an issue."""
    if user.role == Role.OPERATOR:
        return set()
    return {
        case.id
        for case in cases
        if case.issue_id is None and case.state in OPEN and case.hold is None and case.noise is None
        if case.sensitivity == Sensitivity.NORMAL
    }


def tabs_for(user: User, counts: Mapping[str, int]) -> list[str]:
    """The tabs that a user's queue has, in their order: one's own cases for focal points, and for whoever has some."""
    hidden = {tab for tab in _WITHOUT_OWNER if not coordinates(user)}
    if user.role != Role.FOCAL_POINT and not counts[OWN_TAB]:
        hidden.add(OWN_TAB)
    return [tab for tab in TABS if tab not in hidden]


Part = tuple[str, int, Sequence[Case]]
"""A title, the place of its first case on the page, and the cases under it."""


def parts_of_day(cases: Sequence[Case], address: ListAddress, now: datetime) -> list[Part]:
    """One's own cases in two parts: what is due by this evening, and the rest. Any other list is one part."""
    if address.tab != OWN_TAB:
        return [("", 0, cases)]
    today = [case for case in cases if (due := next_due(case)) is not None and due < tonight(now)]
    rest = [case for case in cases if case not in today]
    titled = [(str(_("À faire aujourd'hui")), 0, today), (str(_("Ensuite")), len(today), rest)]
    return [part for part in titled if part[2]]


def undelivered(db: Session, cases: Sequence[Case]) -> set[UUID]:
    """Those of these cases whose person does not know the answer: the last SMS to tell them has not arrived."""
    waiting = [case.id for case in cases if case.told_at is None and case.state != CaseState.CLOSED]
    if not waiting:
        return set()
    sent = select(Message.case_id, Message.delivery).where(
        Message.case_id.in_(waiting), Message.direction == Direction.OUT, Message.purpose.in_(TO_BE_TOLD)
    )
    last = {case_id: delivery for case_id, delivery in db.execute(sent.order_by(Message.id)) if case_id}
    return {case_id for case_id, delivery in last.items() if delivery in NOT_ARRIVED}


def count_tabs(db: Session, user: User, address: ListAddress, now: datetime) -> dict[str, int]:
    """How many cases stand in each tab and in the list shown, narrowed as the list is. One statement."""
    names = {**TABS, address.tab: LISTS[address.tab]}
    counts = [func.count().filter(condition(now, user)).label(name) for name, condition in names.items()]
    conditions = address.conditions(user, place_tree(db), now)
    row = db.execute(select(*counts).select_from(Case).where(*conditions)).one()
    return dict(row._mapping)


def first_words(db: Session, cases: Sequence[Case], user: User) -> dict[UUID, str]:
    """One line of what the person wrote, for cases that are open to all readers of the list only; without the numbers
    in it where this user may not have the person's."""
    ids = [case.id for case in cases if case.sensitivity == Sensitivity.NORMAL]
    written = (
        select(Event.case_id, Event.text)
        .where(Event.case_id.in_(ids), Event.actor == Actor.PERSON, Event.text.is_not(None))
        .order_by(Event.id.desc())
    )
    shown = {case.id: words_shown(user, case) for case in cases}
    rows = db.execute(written) if ids else ()
    found = {case_id: shown[case_id](" ".join((text or "").split())) for case_id, text in rows}
    return {
        case_id: text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()}…" for case_id, text in found.items()
    }


def choices(db: Session) -> dict[str, object]:
    """What the filters offer: groups of categories, regions, languages."""
    codes = db.scalars(select(Category.code).order_by(Category.code))
    groups = sorted({code.split(".")[0] for code in codes}, key=lambda code: words.group_name(code).casefold())
    regions: list[Place] = [place for place in place_tree(db).children.get(None, []) if place.level == Level.REGION]
    return {"groups": groups, "regions": regions, "languages": list(words.LANGUAGES), "priorities": list(Priority)}
