"""Is somebody there for every case? What `feedback doctor` says of desks, coordination, and cases that nobody sees.

A notice for which nobody is left goes nowhere, so whoever runs the house must hear of it before. Each check gives
whether all is well, and a text of codes and numbers, never of names.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import access, routing
from feedback_gateway.case_states import OPEN
from feedback_gateway.lib import clock
from models import Agency, Case, Category, Route, User
from models.words import Role, Sensitivity

Health = tuple[bool, str]


def desks(db: Session) -> Health:
    """Whether every agency that a rule names has somebody who is there today, can be told, and may read what comes."""
    today = clock.now().date()
    restricted = set(db.scalars(select(Category.code).where(Category.sensitivity == Sensitivity.RESTRICTED)))
    rules: dict[int, list[Route]] = {}
    for rule in db.scalars(select(Route)):
        rules.setdefault(rule.agency_id, []).append(rule)
    team: dict[int | None, list[User]] = {}
    for user in db.scalars(select(User).where(User.role == Role.FOCAL_POINT, User.active)):
        team.setdefault(user.agency_id, []).append(user)
    empty, away, unable, deaf = [], [], [], 0
    for agency in db.scalars(select(Agency).where(Agency.id.in_(rules)).order_by(Agency.code)):
        people = team.get(agency.id, [])
        deaf += sum(not can_be_told(user) for user in people)
        if not people:
            empty.append(agency.code)
        elif not any(routing.stand_in(db, user, today) for user in people):
            away.append(agency.code)
        elif _gets_any(rules[agency.id], restricted) and not any(user.may_read_restricted for user in people):
            unable.append(agency.code)
    found = [
        _listed("no focal point at", empty),
        _listed("everybody is away today at", away),
        _listed("nobody may read the restricted cases that go to", unable),
        f"{deaf} focal points have neither an address nor a phone" if deaf else "",
    ]
    faults = [each for each in found if each]
    return not faults, "; ".join(faults) or f"somebody is there at each of {len(rules)} agencies"


def _gets_any(rules: Iterable[Route], codes: Iterable[str]) -> bool:
    return any(rule.category in (code, code.split(".")[0]) for rule in rules for code in codes)


def _listed(what: str, codes: list[str]) -> str:
    return f"{what} {', '.join(codes)}" if codes else ""


def can_be_told(user: User) -> bool:
    """Whether a notice reaches them, or they have said that they look for themselves."""
    return bool(user.email or user.phone) or (user.notify_by == "none" and user.may_log_in)


def coordination(db: Session) -> Health:
    """Whether somebody looks after all agencies: what no agency has, or answers, is told to them."""
    managers = [user for user in access.coordination(db) if user.role == Role.MANAGER]
    if not managers:
        return False, "no manager of all agencies: what nobody answers for is told to administrators only"
    told = sum(can_be_told(user) for user in managers)
    return told > 0, f"{told} of {len(managers)} managers of all agencies can be told"


def unseen(db: Session) -> Health:
    """Whether every open case may be seen by somebody: one about its only readers may not be."""
    waiting = select(Case.id, Case.opened_at).where(
        Case.classified_at.is_not(None), Case.noise.is_(None), Case.state.in_(OPEN)
    )
    users = db.scalars(select(User).where(User.active).order_by(User.role == Role.FOCAL_POINT, User.id)).all()
    nobody = dict(db.execute(waiting).all())
    for first in range(0, len(users), access.AT_ONCE):
        if not nobody:
            break
        seen_by_none = [~access.accessible_to(user) for user in users[first : first + access.AT_ONCE]]
        left = set(db.scalars(waiting.with_only_columns(Case.id).where(*seen_by_none)))
        nobody = {id_: opened_at for id_, opened_at in nobody.items() if id_ in left}
    if not nobody:
        return True, "somebody may see each open case"
    oldest = min(nobody.values())
    return (
        False,
        f"{len(nobody)} open cases that nobody may see, the oldest since {oldest:%Y-%m-%d}: name another reader",
    )
