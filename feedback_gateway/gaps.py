"""The gap register: services that a site lacks, as complaints show them, and what is done about each.

A rule opens a gap where so many people have spoken of one kind of thing at one site within so many days; only a person
closes one. The responsible agency is found by the rules of routing. A gap that stands on complaints which not all may
read is seen by those who may, until one of them puts it on the register; what is sealed is never counted.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway import access, notices, routing, work
from feedback_gateway.case_states import OPEN, NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.places import PlaceTree, place_tree
from models import Agency, Case, Category, Gap, GapChange, GapRule, Place, Route, User
from models.words import CaseState, GapState, Level, NoticeKind, Role, Sensitivity, SiteService

QUIET_AFTER = timedelta(days=21)
"""Without a new complaint for so long, and with none still open, a gap may be closed: somebody goes and looks."""

_AT = (Level.SITE, Level.COMMUNE)
"""Where a gap can be: at a site, or in a commune where no site was named."""

_BEING_DONE = (CaseState.ACCEPTED, CaseState.IN_ACTION, CaseState.AGENCY_RESPONDED, CaseState.PERSON_INFORMED)


def watch(db: Session, now: datetime) -> list[Gap]:
    """Opens the gaps that the rules find, brings the figures of the open ones up to date; returns the new ones."""
    tree = place_tree(db)
    rules = db.scalars(select(GapRule).order_by(GapRule.id)).all()
    standing = {gap.open_key: gap for gap in db.scalars(select(Gap).where(Gap.open_key.is_not(None)))}
    opened = []
    for rule in rules:
        everybody = _is_open_to_all(db, rule)
        for place, people, count, first, last in _speak_of(db, rule, now - timedelta(days=rule.days), everybody):
            spot = tree.by_code.get(place)
            key = _key(place, rule.service)
            if people < rule.people or spot is None or spot.level not in _AT or key in standing:
                continue
            gap = _open(db, key, place, rule.service, everybody=everybody, now=now, first=first, last=last)
            if gap is None:
                continue
            gap.people, gap.cases = people, count
            standing[key] = gap
            _give(db, gap, _responsible(db, rule.category, place, tree), by=None, note="", now=now)
            opened.append(gap)
    for gap in standing.values():
        _count_again(db, gap, [rule for rule in rules if rule.service == gap.service], now)
    return opened


def _key(place: str, service: SiteService) -> str:
    return f"{place}:{service}"


def _of_rule(rule: GapRule) -> ColumnElement[bool]:
    return or_(Case.category_code == rule.category, Case.category_code.startswith(f"{rule.category}.", autoescape=True))


def _counted(everybody: bool) -> ColumnElement[bool]:
    """Which cases count: read, no noise, not sealed; restricted ones only where the whole kind is."""
    open_to = [Sensitivity.NORMAL] if everybody else [Sensitivity.NORMAL, Sensitivity.RESTRICTED]
    return and_(
        Case.classified_at.is_not(None), Case.noise.is_(None), Case.hold.is_(None), Case.sensitivity.in_(open_to)
    )


def _people() -> ColumnElement[int]:
    """Each phone once; who came without one counts each time."""
    return func.count(Case.contact_id.distinct()) + func.count().filter(Case.contact_id.is_(None))


def _speak_of(
    db: Session, rule: GapRule, since: datetime, everybody: bool
) -> Sequence[tuple[str, int, int, datetime, datetime]]:
    """(place, people, cases, first, last) of the complaints that a rule looks at.

    What was said before a gap was closed has had its answer by that.
    """
    closed = select(func.max(Gap.closed_at)).where(Gap.place_code == Case.place_code, Gap.service == rule.service)
    since_closed = closed.correlate(Case).scalar_subquery()
    rows = db.execute(
        select(Case.place_code, _people(), func.count(), func.min(Case.opened_at), func.max(Case.opened_at))
        .where(_of_rule(rule), _counted(everybody), Case.place_code.is_not(None), Case.opened_at >= since)
        .where(Case.state.in_(OPEN), or_(since_closed.is_(None), Case.opened_at > since_closed))
        .group_by(Case.place_code)
    )
    return [(place, people, count, first, last) for place, people, count, first, last in rows if place]


def _is_open_to_all(db: Session, rule: GapRule) -> bool:
    kinds = select(Category.sensitivity).where(
        or_(Category.code == rule.category, Category.code.startswith(f"{rule.category}.", autoescape=True))
    )
    return all(sensitivity == Sensitivity.NORMAL for sensitivity in db.scalars(kinds))


def _open(
    db: Session,
    key: str,
    place: str,
    service: SiteService,
    *,
    everybody: bool,
    now: datetime,
    first: datetime,
    last: datetime,
    by_rule: bool = True,
) -> Gap | None:
    """The new gap; None when another dispatcher was faster."""
    gap_id = work.insert_if_new(
        db,
        Gap,
        place_code=place,
        service=service,
        state=GapState.OPEN,
        open_key=key,
        by_rule=by_rule,
        shown=everybody,
        people=0,
        cases=0,
        first_at=first,
        last_at=last,
        opened_at=now,
        missing="",
        version=1,
    )
    return db.get(Gap, gap_id) if gap_id is not None else None


def _responsible(db: Session, category: str, place: str, tree: PlaceTree) -> int | None:
    """Who answers for this kind of thing at this place, by the rules of now."""
    now = clock.now()
    circumstances = routing.Circumstances(now.date(), routing.confirmed_since(now))
    routes = db.scalars(select(Route)).all()
    return routing.choose_route(routes, category, tree.ladder(place), Sensitivity.NORMAL, circumstances).agency_id


def _count_again(db: Session, gap: Gap, rules: Sequence[GapRule], now: datetime) -> None:
    """New figures, and the state that the cases show: somebody has begun to act."""
    if not rules:
        return
    about = and_(or_(*map(_of_rule, rules)), _counted(all(_is_open_to_all(db, rule) for rule in rules)))
    mine = and_(about, Case.place_code == gap.place_code, Case.opened_at >= gap.first_at)
    doing = func.count().filter(Case.state.in_(_BEING_DONE))
    row = db.execute(select(_people(), func.count(), func.max(Case.opened_at), doing).where(mine)).one()
    people, count, last, begun = row
    figures = (people, count, last or gap.last_at)
    if figures != (gap.people, gap.cases, gap.last_at):
        gap.people, gap.cases, gap.last_at = figures
    if begun and gap.state == GapState.REFERRED:
        _change(db, gap, GapState.IN_ACTION, by=None, now=now)


def _change(db: Session, gap: Gap, state: GapState, *, by: User | None, now: datetime, note: str = "") -> None:
    gap.state = state
    db.add(
        GapChange(gap_id=gap.id, state=state, agency_id=gap.agency_id, note=note, user_id=by.id if by else None, at=now)
    )


def _give(db: Session, gap: Gap, agency_id: int | None, *, by: User | None, note: str, now: datetime) -> None:
    gap.agency_id = agency_id
    gap.referred_at = now if agency_id is not None else None
    if agency_id is not None:
        theirs = select(User).where(User.agency_id == agency_id, User.role == Role.FOCAL_POINT, User.active)
        able = [user for user in db.scalars(theirs.order_by(User.id)) if gap.shown or user.may_read_restricted]
        notices.tell(db, able, NoticeKind.GAP, urgent=False)
    _change(db, gap, GapState.REFERRED if agency_id is not None else GapState.OPEN, by=by, now=now, note=note)


def visible_to(user: User) -> ColumnElement[bool]:
    """Which gaps this user may know of."""
    return Gap.shown | user.may_read_restricted if user.active else Gap.id.is_(None)


def find(db: Session, user: User, gap_id: int) -> Gap | None:
    """The gap, if this user may know of it."""
    return db.scalar(
        select(Gap).where(visible_to(user), Gap.id == gap_id).options(joinedload(Gap.place), joinedload(Gap.agency))
    )


def register(
    db: Session,
    user: User,
    *,
    place: str | None = None,
    service: SiteService | None = None,
    agency_id: int | None = None,
    closed: bool = False,
) -> list[Gap]:
    """The register, by place and service; `place` with all that is below it. `closed`: those that were closed."""
    wanted = [visible_to(user), Gap.open_key.is_(None) if closed else Gap.open_key.is_not(None)]
    if place:
        wanted.append(Gap.place_code.in_([place, *(each.code for each in place_tree(db).inside(place))]))
    if service:
        wanted.append(Gap.service == service)
    if agency_id is not None:
        wanted.append(Gap.agency_id == agency_id)
    found = select(Gap).where(*wanted).options(joinedload(Gap.place), joinedload(Gap.agency))
    order = (Gap.closed_at.desc(),) if closed else ()
    return list(db.scalars(found.join(Place, Place.code == Gap.place_code).order_by(*order, Place.name, Gap.service)))


def may_change(user: User, gap: Gap) -> bool:
    """Who keeps the register: coordination, the managers, and the agency that is responsible for this gap."""
    if user.role in (Role.MANAGER, Role.ADMINISTRATOR) or access.coordinates(user):
        return user.active
    return user.active and user.agency_id is not None and user.agency_id == gap.agency_id


def open_by_hand(db: Session, place: str, service: SiteService, *, by: User, missing: str = "") -> Gap:
    """A gap that somebody has seen. Raises NotAllowedError: "place", "gap_is_open"."""
    spot = db.get(Place, place)
    if spot is None or spot.level not in _AT:
        raise NotAllowedError("place")
    now = clock.now()
    gap = _open(db, _key(place, service), place, service, everybody=True, now=now, first=now, last=now, by_rule=False)
    if gap is None:
        raise NotAllowedError("gap_is_open")
    rule = db.scalar(select(GapRule).where(GapRule.service == service).order_by(GapRule.id).limit(1))
    agency_id = _responsible(db, rule.category, place, place_tree(db)) if rule else None
    gap.missing = missing.strip()
    _give(db, gap, agency_id, by=by, note="", now=now)
    return gap


def refer(db: Session, gap: Gap, agency: Agency, *, by: User, note: str = "") -> None:
    """Another agency is responsible. Raises NotAllowedError("not_yours"), ("closed")."""
    _check(gap, by)
    _give(db, gap, agency.id, by=by, note=note.strip(), now=clock.now())


def update(
    db: Session, gap: Gap, *, by: User, state: GapState, missing: str, due_on: date | None, note: str = ""
) -> None:
    """What is known for the next meeting: how it stands, what is still missing, by when. CLOSED needs a note.

    Raises NotAllowedError: "not_yours", "closed", "empty", "no_agency" (nobody can act where nobody is responsible).
    """
    _check(gap, by)
    if state == GapState.CLOSED and not note.strip():
        raise NotAllowedError("empty")
    if state in (GapState.REFERRED, GapState.IN_ACTION) and gap.agency_id is None:
        raise NotAllowedError("no_agency")
    now = clock.now()
    gap.missing, gap.due_on = missing.strip(), due_on
    _change(db, gap, state, by=by, now=now, note=note.strip())
    if state == GapState.CLOSED:
        gap.open_key, gap.closed_at, gap.closed_by_id = None, now, by.id


def publish(db: Session, gap: Gap, *, by: User) -> None:
    """Puts a gap on the register of all. Raises NotAllowedError("not_yours") to those who may not see it yet."""
    if not by.may_read_restricted:
        raise NotAllowedError("not_yours")
    gap.shown = True
    _change(db, gap, gap.state, by=by, now=clock.now())


def _check(gap: Gap, by: User) -> None:
    if not may_change(by, gap):
        raise NotAllowedError("not_yours")
    if gap.open_key is None:
        raise NotAllowedError("closed")


def history(db: Session, gap: Gap) -> list[GapChange]:
    """What was done about a gap, oldest first."""
    changes = select(GapChange).where(GapChange.gap_id == gap.id).options(joinedload(GapChange.user))
    return list(db.scalars(changes.order_by(GapChange.id)))


def is_quiet(gap: Gap, now: datetime) -> bool:
    """Whether nobody has spoken of an open gap for so long that somebody should go and look whether it still is one."""
    return gap.open_key is not None and gap.by_rule and now - gap.last_at >= QUIET_AFTER


def is_overdue(gap: Gap, today: date) -> bool:
    """Whether an open gap should have been closed before today."""
    return gap.open_key is not None and gap.due_on is not None and gap.due_on < today


def categories_of(db: Session, service: SiteService) -> list[str]:
    """The kinds of complaints that speak of a service."""
    return list(db.scalars(select(GapRule.category).where(GapRule.service == service).order_by(GapRule.category)))
