"""What this process reads with, kept up to date: the model, the lexicons and the languages that a house has changed."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_gateway import learning, learnt_languages, lexicon_editions, work
from feedback_gateway.lib.fault import describe

log = logging.getLogger(__name__)

EVERY_SECONDS = 20


def keep_up(db: Session) -> None:
    """Takes over what was changed since the last time: three small statements when nothing was."""
    for refresh in (learning.refresh, lexicon_editions.refresh, learnt_languages.refresh):
        try:
            refresh(db)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # What cannot be read (a lost key, a put-back database) must not keep anybody's message from being read.
            log.error("%s: %s; what was known stays in use", refresh.__module__, describe(error))


def keep_up_in_background(stop: threading.Event | None = None) -> threading.Thread:
    """For a process that answers people: no answer waits for it. Ends with the process, or when `stop` is set."""
    end = stop or threading.Event()

    def look() -> None:
        while not end.wait(EVERY_SECONDS):
            try:
                with work.reading() as db:
                    keep_up(db)
            except Exception as error:
                log.warning("nothing new could be learnt (%s); what was known stays in use", describe(error))

    thread = threading.Thread(target=look, name="keep-up", daemon=True)
    thread.start()
    return thread
