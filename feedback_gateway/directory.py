"""The directory of services: numbers that a person can call at once, by place, kept true by those who answer cases.

A number that nobody has called for a long time is worse than none (a person in danger calls it), so each carries the
day when it was last called and answered. Changes are logged, by ids only.
"""

import logging
import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from models import Place, Service, User
from models.words import ServiceKind

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(days=90)
"""From this age of its verification on, a number is to be called again."""

GIVE_OUT = timedelta(days=180)
"""From this age on it is not given to people any more."""

KEEP_SECONDS = 60

# As it is dialled in the country: 3-2-1, 116, *123#, 80 00 11 11, +226 70 12 34 56.
_PHONE = re.compile(r"[0-9+*#][0-9 +*#-]*")
_LONGEST = {"name": 120, "phone": 20, "hours": 80}


class RefusedError(Exception):
    """The change makes no sense. `code` names why, for the console to put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Freshness(StrEnum):
    """How far the verification of a number can be trusted. The last two are not given to people."""

    FRESH = "fresh"
    STALE = "stale"
    LAPSED = "lapsed"
    NEVER = "never"


def freshness(service: Service, now: datetime) -> Freshness:
    """How long ago somebody called the number and was answered, in the steps of STALE_AFTER and GIVE_OUT."""
    if service.verified_at is None:
        return Freshness.NEVER
    age = now - service.verified_at
    if age > GIVE_OUT:
        return Freshness.LAPSED
    return Freshness.STALE if age > STALE_AFTER else Freshness.FRESH


class Entry(NamedTuple):
    """What stands in the directory about one service. An empty place is the whole country."""

    kind: ServiceKind
    name: str
    phone: str
    hours: str = ""
    place_code: str | None = None


def list_services(db: Session) -> Sequence[Service]:
    """The whole directory, retired services too, with who verified each."""
    return db.scalars(select(Service).options(joinedload(Service.verified_by)).order_by(Service.name, Service.id)).all()


def add_service(db: Session, entry: Entry, *, verified: bool, by: User) -> Service:
    """A new service; `verified`: somebody has called it today and was answered. Raises RefusedError."""
    service = Service(created_at=clock.now())
    _write(db, service, entry)
    db.add(service)
    if verified:
        _verify(service, by)
    db.flush()
    _log("added", service, by)
    return service


def edit_service(db: Session, service_id: int, entry: Entry, *, verified: bool, by: User) -> Service:
    """Changes what is known of a service. Raises RefusedError. Another number is one that nobody has verified yet."""
    service = _find(db, service_id)
    before = service.phone
    _write(db, service, entry)
    if verified:
        _verify(service, by)
    elif _dialled(service.phone) != _dialled(before):
        service.verified_at, service.verified_by_id = None, None
    _log("edited", service, by)
    return service


def verify_service(db: Session, service_id: int, *, by: User) -> Service:
    """Somebody has called the number today and was answered. Raises RefusedError."""
    service = _find(db, service_id)
    _verify(service, by)
    _log("verified", service, by)
    return service


def retire_service(db: Session, service_id: int, *, by: User) -> Service:
    """Takes a service out of use; it stays on record. Raises RefusedError."""
    service = _find(db, service_id)
    service.retired_at = service.retired_at or clock.now()
    _log("retired", service, by)
    return service


def reopen_service(db: Session, service_id: int, *, by: User) -> Service:
    """Puts a retired service back. There was a reason to retire it, so it is given out once it is verified again."""
    service = _find(db, service_id)
    if service.retired_at is not None:
        service.retired_at = service.verified_at = service.verified_by_id = None
    _log("reopened", service, by)
    return service


def _find(db: Session, service_id: int) -> Service:
    service = db.get(Service, service_id, with_for_update=True)
    if service is None:
        raise RefusedError("gone")
    return service


def _write(db: Session, service: Service, entry: Entry) -> None:
    name, phone, hours = (" ".join(text.split()) for text in (entry.name, entry.phone, entry.hours))
    if not name or len(name) > _LONGEST["name"]:
        raise RefusedError("name")
    if not _PHONE.fullmatch(phone) or not 2 <= len(phone) <= _LONGEST["phone"] or sum(map(str.isdigit, phone)) < 2:
        raise RefusedError("phone")
    if len(hours) > _LONGEST["hours"]:
        raise RefusedError("hours")
    if entry.place_code is not None and db.get(Place, entry.place_code) is None:
        raise RefusedError("place")
    same = select(Service.id).where(
        Service.kind == entry.kind,
        Service.place_code.is_not_distinct_from(entry.place_code),
        func.replace(func.replace(Service.phone, " ", ""), "-", "") == _dialled(phone),
        Service.retired_at.is_(None),
        Service.id.is_distinct_from(service.id),
    )
    if db.scalar(same.limit(1)) is not None:
        raise RefusedError("taken")
    service.kind, service.place_code = entry.kind, entry.place_code
    service.name, service.phone, service.hours = name, phone, hours


def _dialled(phone: str) -> str:
    """The keys that are pressed, however the number is written: 80 00 11 11 is 8000-1111."""
    return phone.replace(" ", "").replace("-", "")


def _verify(service: Service, by: User) -> None:
    service.verified_at = clock.now()
    service.verified_by_id = by.id


def _log(what: str, service: Service, by: User) -> None:
    forget_hotlines()
    log.info("user %s %s service %s", by.id, what, service.id)


class _Hotline(NamedTuple):
    phone: str
    place_code: str | None
    verified_at: datetime


class _Kept:
    hotlines: Sequence[_Hotline] | None = None
    until: float = 0.0


def forget_hotlines() -> None:
    """Call after services were changed in this process."""
    _Kept.hotlines = None


def _hotlines(db: Session) -> Sequence[_Hotline]:
    """The hotlines in use, the most recently verified last; at most a minute old: every sensitive call asks."""
    kept = _Kept.hotlines
    if kept is None or time.monotonic() > _Kept.until:
        rows = db.execute(
            select(Service.phone, Service.place_code, Service.verified_at)
            .where(Service.kind == ServiceKind.HOTLINE, Service.retired_at.is_(None))
            .order_by(Service.verified_at, Service.id)
        )
        kept = [_Hotline(number, place, at) for number, place, at in rows if at is not None]
        _Kept.until = time.monotonic() + KEEP_SECONDS
        _Kept.hotlines = kept
    return kept


def hotline_for(db: Session, place_code: str | None) -> str | None:
    """The number to call at once: the nearest hotline up the ladder of places, else the country's.

    Of several at one place the most recently verified; none that was verified longer ago than GIVE_OUT.
    """
    since = clock.now() - GIVE_OUT
    numbers = {line.place_code: line.phone for line in _hotlines(db) if line.verified_at >= since}
    above = place_tree(db).ladder(place_code) if numbers.keys() - {None} else []
    return next((numbers[code] for code in [*above, None] if code in numbers), None)
