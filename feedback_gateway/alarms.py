"""Alarms: more cases of a kind at a place today than its own last weeks explain; coordination is told at once.

Counted are cases by the day (UTC, which is the country's time), the category and the commune. Noise is left out, and
all that is sealed: not even a number of it is shown. An alarm on a restricted category is for those who may read it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.access import coordinates
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from feedback_gateway.lib.spike import is_spike, usual
from feedback_gateway.outgoing import queue_notice
from feedback_gateway.partners.mail import Letter
from feedback_gateway.places import PlaceTree, place_tree
from feedback_gateway.routing import choose_route
from models import Alarm, Case, Category, Place, Route, User
from models.words import Level, Role, Sensitivity

PAST_DAYS = 28
SHOWN_DAYS = 3
LEAST_PHONES = 3
"""One person who writes four times is no alarm."""

Key = tuple[str, str]
"""A category's code and that of a commune, or of the wider place where no commune is known."""


def watch(db: Session, now: datetime) -> list[Alarm]:
    """Raises the alarms of today, each once, and returns those that are new; a standing one's count rises with it.

    Called every few minutes. Nothing is known of the days before the first case: they are no past.
    """
    begin = _begin_of_day(now)
    tree = place_tree(db)
    counts: dict[Key, list[int]] = defaultdict(lambda: [0] * (PAST_DAYS + 1))
    known_days = 0
    for category, place, days_ago, count in db.execute(_counts_by_day(begin)):
        counts[category, _spot(tree, place)][days_ago] += count
        known_days = max(known_days, days_ago)
    standing = {(alarm.category, alarm.place_code): alarm for alarm in _of_day(db, begin)}
    raised = []
    for key, (today, *past) in counts.items():
        if key in standing:
            standing[key].count = max(standing[key].count, today)
        elif is_spike(today, past[:known_days]) and _phones(db, begin, tree, key) >= LEAST_PHONES:
            raised.append(_raise(db, key, now, today, usual(past[:known_days])))
    return [alarm for alarm in raised if alarm is not None]


def letters_for(db: Session, alarm: Alarm) -> list[Letter]:
    """The letters to coordination about a new alarm; notices by SMS are queued here.

    Told are the active managers of all agencies. An alarm on a restricted category goes to those of them who may read
    such cases, and does not name it: a letter may be read by anybody.
    """
    category = db.get_one(Category, alarm.category)
    place = db.get_one(Place, alarm.place_code)
    managers = select(User).where(User.role == Role.MANAGER, User.agency_id.is_(None), User.active)
    letters = []
    for user in db.scalars(managers.order_by(User.id)):
        if not _may_know(user, category):
            continue
        subject = _say(alarm, category, place, user.language)
        if user.notify_by == "email" and user.email:
            letters.append(Letter(to=user.email, subject=subject, body=f"{subject}\n\n{_link()}\n"))
        elif user.notify_by == "sms" and user.phone:
            queue_notice(db, subject, user=user, channel=_channel(db))
    return letters


def visible_alarms(db: Session, user: User, now: datetime) -> list[Alarm]:
    """The alarms of the last days that nobody has marked as seen and that concern this user, the newest first.

    Managers of all agencies and administrators: all of them; others: those that their agency answers for by the routes.
    """
    since = (_begin_of_day(now) - timedelta(days=SHOWN_DAYS - 1)).date()
    unseen = (
        select(Alarm, Category)
        .join(Category, Category.code == Alarm.category)
        .where(Alarm.day >= since, Alarm.seen_at.is_(None))
        .order_by(Alarm.day.desc(), Alarm.count.desc(), Alarm.id)
    )
    if not user.active:
        return []
    found = [(alarm, category) for alarm, category in db.execute(unseen) if _may_know(user, category)]
    if not found or coordinates(user):
        return [alarm for alarm, _ in found]
    routes, tree = db.scalars(select(Route)).all(), place_tree(db)
    return [alarm for alarm, category in found if _answers_for(user, alarm, category, routes, tree)]


def mark_seen(db: Session, alarm: Alarm, by: User) -> None:
    """Somebody of coordination has seen it: it is shown to nobody any more. The first one's name stays.

    Raises NotAllowedError("not_yours") for others: a focal point must not silence what coordination has not seen.
    """
    if not coordinates(by) or not _may_know(by, db.get_one(Category, alarm.category)):
        raise NotAllowedError("not_yours")
    if alarm.seen_at is None:
        alarm.seen_at = clock.now()
        alarm.seen_by_id = by.id


def _begin_of_day(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC), time.min, UTC)


def _counted(since: datetime) -> ColumnElement[bool]:
    return and_(
        Case.opened_at >= since,
        Case.classified_at.is_not(None),
        Case.noise.is_(None),
        Case.sensitivity != Sensitivity.SEALED,
        Case.hold.is_(None),  # nobody has read it: not even its number is for all
        Case.category.has(Category.sensitivity != Sensitivity.SEALED),
        Case.place_code.is_not(None),
    )


def _counts_by_day(begin: datetime) -> Select[str, str, int, int]:
    """Category, place, how many days ago, and how many cases."""
    # Compared instead of cut to dates: the databases do not agree on the time zone of a date.
    starts = [(begin - timedelta(days=days), days) for days in range(PAST_DAYS + 1)]
    days_ago = case(*((Case.opened_at >= start, days) for start, days in starts)).label("days_ago")
    rows = select(Case.category_code, Case.place_code, days_ago).where(_counted(starts[-1][0])).subquery()
    return select(*rows.c, func.count()).group_by(*rows.c)


def _spot(tree: PlaceTree, code: str) -> str:
    return next((above for above in tree.ladder(code) if tree.by_code[above].level == Level.COMMUNE), code)


def _of_day(db: Session, begin: datetime) -> Sequence[Alarm]:
    return db.scalars(select(Alarm).where(Alarm.day == begin.date())).all()


def _phones(db: Session, begin: datetime, tree: PlaceTree, key: Key) -> int:
    """How many phones today's cases of this kind and place came from."""
    category, spot = key
    places = [spot, *(place.code for place in tree.inside(spot) if _spot(tree, place.code) == spot)]
    phones = select(func.count(Case.contact_id.distinct()))
    return db.scalars(phones.where(_counted(begin), Case.category_code == category, Case.place_code.in_(places))).one()


def _raise(db: Session, key: Key, now: datetime, count: int, usually: float) -> Alarm | None:
    """The new alarm; None when another dispatcher was faster and tells of it."""
    category, place = key
    day = _begin_of_day(now).date()
    alarm_id = work.insert_if_new(
        db, Alarm, category=category, place_code=place, day=day, count=count, usual=usually, at=now
    )
    return db.get(Alarm, alarm_id) if alarm_id is not None else None


def _may_know(user: User, category: Category) -> bool:
    """Sealed categories have no alarms; one that was sealed after an alarm hides it."""
    if category.sensitivity == Sensitivity.RESTRICTED:
        return user.may_read_restricted
    return category.sensitivity == Sensitivity.NORMAL


def _answers_for(user: User, alarm: Alarm, category: Category, routes: Sequence[Route], tree: PlaceTree) -> bool:
    if user.agency_id is None:
        return False
    ladder = tree.ladder(alarm.place_code)
    return choose_route(routes, alarm.category, ladder, category.sensitivity).agency_id == user.agency_id


def _say(alarm: Alarm, category: Category, place: Place, language: str) -> str:
    named = category.sensitivity == Sensitivity.NORMAL
    if language == "en":
        what = category.name_en if named else "Alarm"
        usually = f"{alarm.usual:.0f}" if alarm.usual >= 1 else "less than one"
        return f"{what} at {place.name}: {alarm.count} today, usually {usually}"
    what = category.name_fr if named else "Alerte"
    usually = f"{alarm.usual:.0f}" if alarm.usual >= 1 else "moins d'un"
    return f"{what} à {place.name} : {alarm.count} aujourd'hui, d'habitude {usually}"


def _link() -> str:
    """The page on which the alarms stand. No address of a list: it would name the category."""
    return f"{work.settings().public_base_url}/console/"


def _channel(db: Session) -> str:
    """The channel by which the newest case came in: it is known to work."""
    return db.scalars(select(Case.channel).order_by(Case.opened_at.desc()).limit(1)).one()
