"""Agencies: their codes, names, and the other names under which people speak of them."""

import logging
import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.lib.refusal import RefusedError
from models import Agency, User

log = logging.getLogger(__name__)

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
LEAST_LETTERS = 3
"""Of an alias: shorter ones are words of every complaint."""


def find_agency(db: Session, code: str) -> Agency:
    """The agency with this code. Raises RefusedError."""
    agency = db.scalar(select(Agency).where(Agency.code == code.strip().upper()))
    if agency is None:
        raise RefusedError("agency")
    return agency


def add_agency(db: Session, *, code: str, name: str, aliases: Iterable[str] = (), by: User) -> Agency:
    """A new agency. Raises RefusedError: "agency_code", "agency_taken", "name", "aliases"."""
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise RefusedError("agency_code")
    if db.scalar(select(Agency.id).where(Agency.code == code)) is not None:
        raise RefusedError("agency_taken")
    agency = Agency(code=code, name=_name(name), aliases=_aliases(aliases))
    db.add(agency)
    db.flush()
    log.info("user %s added agency %s", by.id, agency.code)
    return agency


def edit_agency(db: Session, agency_id: int, *, name: str, aliases: Iterable[str], by: User) -> Agency:
    """Its name and aliases; the code stays, files speak of it. Raises RefusedError: "gone", "name", "aliases".

    Who puts a name of their own on a sample agency has made it theirs.
    """
    agency = db.get(Agency, agency_id, with_for_update=True)
    if agency is None:
        raise RefusedError("gone")
    if name.strip() != agency.name:
        agency.sample = False
    agency.name, agency.aliases = _name(name), _aliases(aliases)
    log.info("user %s changed agency %s", by.id, agency.code)
    return agency


def _name(name: str) -> str:
    if not name.strip():
        raise RefusedError("name")
    return name.replace("\0", "").strip()[:120]


def _aliases(aliases: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(" ".join(alias.replace("\0", "").split()) for alias in aliases if alias.strip()))
    if any(not LEAST_LETTERS <= len(alias) <= 120 for alias in found) or len(found) > 40:
        raise RefusedError("aliases")
    return found
