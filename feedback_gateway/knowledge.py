"""What this process reads with, kept up to date: the model, the lexicons and the languages that a house has changed."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_gateway import learning, learnt_languages, lexicon_editions, work

log = logging.getLogger(__name__)

EVERY_SECONDS = 20


def keep_up(db: Session) -> None:
    """Takes over what was changed since the last time: three small statements when nothing was."""
    learning.refresh(db)
    lexicon_editions.refresh(db)
    learnt_languages.refresh(db)


def keep_up_in_background(stop: threading.Event | None = None) -> threading.Thread:
    """For a process that answers people: no answer waits for it. Ends with the process, or when `stop` is set."""
    end = stop or threading.Event()

    def look() -> None:
        while not end.wait(EVERY_SECONDS):
            try:
                with work.reading() as db:
                    keep_up(db)
            except SQLAlchemyError as error:
                log.warning("the database is away (%s); what was known stays in use", type(error).__name__)

    thread = threading.Thread(target=look, name="keep-up", daemon=True)
    thread.start()
    return thread
