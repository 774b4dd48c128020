"""Is the house in order? The checks behind /ready and `feedback doctor`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from redis import RedisError
from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_gateway import directory, editions, queue, work
from feedback_gateway.directory import Freshness
from feedback_gateway.lib import clock
from feedback_gateway.responsibility import staffing, watch
from feedback_gateway.schedule import HEARTBEAT
from flows.overlay import Overlay
from models import Category, Heartbeat, OutboxRow, PausedChannel, Route, SealedReader, User
from models.words import OutboxState, Role, Sensitivity

SILENT_FOR = timedelta(seconds=30)
LATE_AFTER = timedelta(minutes=2)
AHEAD = timedelta(minutes=1)
GIVEN_UP_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `detail` is for the operator and holds nothing personal."""

    name: str
    ok: bool
    detail: str = ""


def readiness() -> list[Check]:
    """Database, queue and dispatcher: what a complaint needs to be stored, answered and worked on."""
    return [_guard("database", _database), _guard("queue", _queue), _guard("dispatcher", _dispatcher)]


def examine() -> list[Check]:
    """Everything `feedback doctor` tells an operator."""
    extra: list[tuple[str, Callable[[], str]]] = [
        ("outbox", _outbox),
        ("channels", _channels),
        ("owners", _owners),
        ("rules", lambda: _health(watch.health)),
        ("desks", lambda: _health(staffing.desks)),
        ("coordination", lambda: _health(staffing.coordination)),
        ("unseen", lambda: _health(staffing.unseen)),
        ("sealed readers", _sealed_readers),
        ("sorting", _sorting),
        ("flows", _flows),
        ("services", _services),
        ("clock", _clock),
    ]
    return [*readiness(), *(_guard(name, check) for name, check in extra)]


class _FaultError(Exception):
    pass


def _guard(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=check())
    except _FaultError as fault:
        return Check(name, ok=False, detail=str(fault))
    except (SQLAlchemyError, RedisError, OSError) as error:
        return Check(name, ok=False, detail=type(error).__name__)


def _database() -> str:
    with work.reading() as db:
        cases = db.scalar(select(func.count()).select_from(Category))
        if not cases:
            raise _FaultError("no categories: run `feedback seed`")
        return db.get_bind().dialect.name


def _queue() -> str:
    started = time.monotonic()
    queue.connect(work.settings()).ping()
    return f"Redis answered in {(time.monotonic() - started) * 1000:.1f} ms"


def _dispatcher() -> str:
    with work.reading() as db:
        beat = db.get(Heartbeat, HEARTBEAT)
    if beat is None:
        raise _FaultError("has never run: start `feedback dispatcher`")
    age = clock.now() - beat.at
    if age > SILENT_FOR:
        raise _FaultError(f"silent for {age.total_seconds():.0f} s")
    return f"last sign of life {age.total_seconds():.0f} s ago"


def _outbox() -> str:
    with work.reading() as db:
        open_states = [OutboxState.PENDING, OutboxState.QUEUED, OutboxState.RUNNING]
        waiting = select(func.count()).where(OutboxRow.state.in_(open_states))
        late = db.scalar(waiting.where(OutboxRow.next_attempt_at < clock.now() - LATE_AFTER)) or 0
        lately = clock.now() - GIVEN_UP_WITHIN
        given_up = select(func.count()).where(OutboxRow.state == OutboxState.FAILED, OutboxRow.finished_at > lately)
        failed = db.scalar(given_up) or 0
        total = db.scalar(waiting) or 0
    text = f"{total} waiting, {late} late, {failed} given up in the last day"
    if late or failed:
        raise _FaultError(text)
    return text


def _channels() -> str:
    settings = work.settings()
    if settings.twilio.auth_token and urlsplit(settings.public_base_url).hostname in ("localhost", "127.0.0.1"):
        raise _FaultError("Twilio cannot reach PUBLIC_BASE_URL on localhost: its webhooks and reports will not come")
    with work.reading() as db:
        paused = db.scalars(select(PausedChannel)).all()
    if paused:
        raise _FaultError("; ".join(f"{row.channel} is paused: {row.reason}" for row in paused))
    return "none is paused"


def _owners() -> str:
    with work.reading() as db:
        ruled = {route.category for route in db.scalars(select(Route))}
        bare = [c for c in db.scalars(select(Category.code)) if not ruled & {None, c, c.split(".")[0]}]
    if bare:
        raise _FaultError(f"no rule names an agency for {', '.join(sorted(bare))}")
    return "every category has a rule"


def _health(check: Callable[[Session], tuple[bool, str]]) -> str:
    with work.reading() as db:
        well, text = check(db)
    if not well:
        raise _FaultError(text)
    return text


def _sealed_readers() -> str:
    with work.reading() as db:
        active = select(SealedReader.category_code).join(User, User.id == SealedReader.user_id).where(User.active)
        read = set(db.scalars(active))
        sealed = db.scalars(select(Category.code).where(Category.sensitivity == Sensitivity.SEALED))
        unread = [] if "*" in read else [code for code in sealed if code not in read]
        of = select(User.agency_id).join(SealedReader, SealedReader.user_id == User.id).where(User.active).distinct()
        agencies = len(db.scalars(of).all())
    if unread:
        raise _FaultError(f"nobody may read sealed cases of {', '.join(sorted(unread))}")
    one = "; all are of one agency: a complaint about it could be read by nobody" if agencies == 1 else ""
    return f"every sealed category has a reader{one}"


def _sorting() -> str:
    with work.reading() as db:
        readers = select(func.count()).where(
            User.active,
            User.may_read_restricted,
            or_(User.role == Role.ADMINISTRATOR, and_(User.role == Role.MANAGER, User.agency_id.is_(None))),
        )
        found = db.scalar(readers) or 0
    if not found:
        raise _FaultError("nobody may read what no machine could sort: a manager of all agencies has to")
    return f"{found} may read what no machine could sort"


def _services() -> str:
    with work.reading() as db:
        kept = [service for service in directory.list_services(db) if service.retired_at is None]
    if not kept:
        return "the directory is empty: nobody is given a number to call at once"
    now = clock.now()
    found = [directory.freshness(service, now) for service in kept]
    silent = sum(step in (Freshness.LAPSED, Freshness.NEVER) for step in found)
    stale = found.count(Freshness.STALE)
    text = f"{len(kept)} in use, {stale} to be called again, {silent} not given out for want of a verification"
    if stale or silent:
        raise _FaultError(text)
    return text


def _flows() -> str:
    with work.reading() as db:
        number = editions.current(db)
        overlay = editions.overlay_of(db, number)
    checked = editions.check_overlay(overlay or Overlay())
    name = f"edition {number}" if number else "as shipped"
    if checked.book is None:
        raise _FaultError(f"{name} cannot be read, the shipped flows are used: {checked.problems[0]}")
    if checked.problems:
        raise _FaultError(f"{name}: {len(checked.problems)} problems, the first: {checked.problems[0]}")
    return f"{name}, {len(checked.report.screens)} screens without a problem"


def _clock() -> str:
    with work.reading() as db:
        newest = db.scalar(select(func.max(Heartbeat.at)))
    if newest is not None and newest > clock.now() + AHEAD:
        raise _FaultError("behind what is stored: due times and retries will be wrong until it is set right")
    return f"{clock.now():%Y-%m-%d %H:%M:%S} UTC: compare with a clock you trust"
