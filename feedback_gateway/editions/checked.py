"""The check's findings on a state of the flows, kept for the pages that show them again and again."""

import json
import logging
from dataclasses import dataclass, replace
from functools import lru_cache

from feedback_gateway import work
from feedback_gateway.editions.books import lay_over
from feedback_gateway.settings import CHANNELS
from flows.book import Book, open_book
from flows.check import UNUSED, Problem, Report, dearest_letters, report
from flows.errors import BookError
from flows.gsm7 import Letters
from flows.overlay import Overlay
from flows.screens import Limits
from flows.texts import FALLBACK

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """A state of the flows as the check sees it. Without a book it cannot be put together: one problem says why."""

    book: Book | None
    report: Report

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands against publishing."""
        return self.report.problems


def check_overlay(overlay: Overlay) -> Checked:
    """Walks every screen of the state in every language, as each channel would show it.

    Takes a second; the last answers are kept.
    """
    carriage = work.settings().carriage
    content = json.dumps(overlay.to_json(), sort_keys=True)
    return _check(content, carriage.screens(), dearest_letters(carriage.sms_letters[channel] for channel in CHANNELS))


@lru_cache(maxsize=4)
def _check(content: str, limits: tuple[Limits, ...], letters: Letters) -> Checked:
    try:
        book = lay_over(Overlay.from_json(json.loads(content)))
        found = report(book, *limits, letters=letters)
        return Checked(book, replace(found, problems=tuple(p for p in found.problems if not _is_left_over(p))))
    except BookError as fault:
        what = str(fault)
    except Exception as error:  # a draft must stay open to be mended, whatever it holds
        log.exception("the check of the flows failed")
        what = f"cannot be checked: {type(error).__name__}"
    return Checked(None, Report((Problem("", "", "", what),), (), ()))


def _is_left_over(problem: Problem) -> bool:
    """A shipped text that no screen shows any more: an overlay cannot take it away, and it harms nobody."""
    return problem.what == UNUSED and problem.node in open_book().texts.words[FALLBACK]
