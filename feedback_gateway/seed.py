"""Fills an empty house: the category tree, the places, and sample agencies, rules and log-ins marked as samples.

Safe to run at every start: what is there already is left as it is, so an edited row is never overwritten.
"""

import csv
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_gateway.accounts import hash_password
from feedback_gateway.lib import clock
from feedback_gateway.lib.private_file import write_private
from feedback_gateway.places import forget_places
from models import Agency, Category, GapRule, Place, ReminderRule, Route, SealedReader, User
from models.words import FeedbackType, Level, Means, Priority, Recipient, Role, Sensitivity, SiteService, Step

LOGINS_FILE = "logins.txt"
DATA = Path(__file__).parent / "seed_data"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def seed_reference(db: Session) -> None:
    """Categories and places that are not there yet."""
    known = set(db.scalars(select(Category.code)))
    for row in _rows("categories.csv"):
        if row["code"] not in known:
            db.add(
                Category(
                    code=row["code"],
                    name_en=row["name_en"],
                    name_fr=row["name_fr"],
                    sensitivity=Sensitivity(row["sensitivity"]),
                    priority=Priority(row["priority"]),
                    type=FeedbackType(row["type"]),
                    owner=row["owner"],
                )
            )
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as lines:
        import_places(db, lines, keep=True)
    _seed_rules(db)


def _seed_rules(db: Session) -> None:
    """Who is reminded when, and when complaints are a gap in a service: once, then they are the administrator's."""
    if db.scalar(select(ReminderRule.id).limit(1)) is None:
        for row in _rows("reminders.csv"):
            db.add(
                ReminderRule(
                    step=Step(row["step"]),
                    share=float(row["share"]),
                    recipient=Recipient(row["recipient"]),
                    means=Means(row["means"]),
                    priority=Priority(row["priority"]) if row["priority"] else None,
                )
            )
    if db.scalar(select(GapRule.id).limit(1)) is None:
        for row in _rows("gap_rules.csv"):
            db.add(
                GapRule(
                    category=row["category"],
                    service=SiteService(row["service"]),
                    people=int(row["people"]),
                    days=int(row["days"]),
                )
            )


def import_places(db: Session, lines: Iterator[str], *, keep: bool = False) -> int:
    """Reads places from CSV (code,parent_code,level,name,aliases,languages). Returns how many.

    `aliases` and `languages` (codes, the most spoken first) are parted by `;`. Without the column `languages` those of
    a place stay as they are. `keep` leaves places that are there already alone, but for languages that nobody has
    given yet; else they are updated. Raises ValueError naming the line when a level is unknown, a code or name is
    empty, a language is no code, or a parent is neither in the file above nor in the database.
    """
    known = {place.code: place for place in db.scalars(select(Place))}
    count = 0
    for number, row in enumerate(csv.DictReader(lines), start=2):
        code, parent, level, name = ((row.get(key) or "").strip() for key in ("code", "parent_code", "level", "name"))
        if not code or not name:
            raise ValueError(f"line {number}: code and name must not be empty")
        if level not in list(Level):
            raise ValueError(f"line {number}: level {level!r} is not one of {', '.join(Level)}")
        if parent and parent not in known:
            raise ValueError(f"line {number}: parent {parent!r} of {code} is not known; put it above")
        languages = _listed(row.get("languages"))
        if wrong := [language for language in languages if not re.fullmatch(r"[a-z]{2,3}", language)]:
            raise ValueError(f"line {number}: language {wrong[0]!r} of {code} is not a code such as mos, dyu or ff")
        if code in known and keep:
            known[code].languages = known[code].languages or languages
            continue
        place = known.setdefault(code, Place(code=code, languages=[]))
        place.parent_code, place.level, place.name = parent or None, Level(level), name
        place.aliases = _listed(row.get("aliases"))
        if "languages" in row:
            place.languages = languages
        db.add(place)
        count += 1
    db.flush()
    forget_places()
    return count


def _listed(cell: str | None) -> list[str]:
    return [word.strip() for word in (cell or "").split(";") if word.strip()]


def seed_samples(db: Session) -> list[tuple[str, str, str, str]]:
    """Sample agencies, rules and users, once, into a house without users. Returns (role, login, password, agency)."""
    if db.scalar(select(func.count()).select_from(User)):
        return []
    agencies = {
        row["code"]: Agency(code=row["code"], name=row["name"], sample=True) for row in _rows("sample_agencies.csv")
    }
    db.add_all(agencies.values())
    db.flush()
    for row in _rows("sample_routes.csv"):
        db.add(
            Route(
                category=row["category"] or None,
                place_code=row["place_code"] or None,
                sensitivity=Sensitivity(row["sensitivity"]) if row["sensitivity"] else None,
                agency_id=agencies[row["agency"]].id,
                sample=True,
                confirmed_at=clock.now(),
            )
        )
    return [_sample_user(db, row, agencies) for row in _rows("sample_users.csv")]


def _sample_user(db: Session, row: dict[str, str], agencies: dict[str, Agency]) -> tuple[str, str, str, str]:
    agency = agencies.get(row["agency"])
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    user = User(
        login=row["login"],
        name=f"[Exemple] {row['login']}",
        email=f"{row['login']}@example.org",
        password_hash=hash_password(password),
        role=Role(row["role"]),
        agency_id=agency.id if agency else None,
        may_read_restricted=row["restricted"] == "1",
        language=row["language"],
        sample=True,
        created_at=clock.now(),
    )
    db.add(user)
    db.flush()
    if row["sealed"]:
        db.add(SealedReader(user_id=user.id, category_code=row["sealed"]))
    return (row["role"], row["login"], password, agency.name if agency else "")


def write_logins(home: Path, logins: list[tuple[str, str, str, str]]) -> None:
    """Keeps the generated passwords where only the operator can read them."""
    write_private(home / LOGINS_FILE, "".join("\t".join(login) + "\n" for login in logins))
