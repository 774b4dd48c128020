"""Channels that were paused because their provider refuses the account."""

import logging

from sqlalchemy.orm import Session

from feedback_gateway.lib.refusal import RefusedError
from models import PausedChannel, User

log = logging.getLogger(__name__)


def resume_channel(db: Session, channel: str, *, by: User) -> None:
    """Lets a paused channel send again; what waited for it is tried at its next turn. Raises RefusedError."""
    paused = db.get(PausedChannel, channel)
    if paused is None:
        raise RefusedError("gone")
    db.delete(paused)
    log.info("user %s resumed channel %s", by.id, channel)
