"""One phone of the simulator's page: all that it is stands in a signed token, and nothing on the server."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from feedback_gateway import work
from feedback_gateway.simulate import CHANNEL, LivePhone, read_letters
from flows.book import Book
from flows.dialogue import Recorder
from handlers.console.sms import Sms, measure
from models.words import Delivery, Direction

View = Literal["dial", "session", "lost", "sms"]


class ForgottenError(Exception):
    """The token is not ours, or of another release."""


@dataclass
class Trial:
    """A phone. `view` is what its screen shows, `seen` the number of the last SMS that was looked at, `draft` whether
    it speaks the book that is being edited."""

    handset: LivePhone | Recorder
    key: str
    draft: bool = False
    view: View = "dial"
    seen: int = 0

    @property
    def live(self) -> LivePhone | None:
        """The phone, if it is on the line of this installation."""
        return self.handset if isinstance(self.handset, LivePhone) else None

    @property
    def pure(self) -> Recorder | None:
        """The phone, if it has no database."""
        return self.handset if isinstance(self.handset, Recorder) else None

    @property
    def is_open(self) -> bool:
        """Whether its screen waits for an answer."""
        return self.view == "session" and not self.handset.ended

    @property
    def steps(self) -> int:
        """How much was done on it."""
        return len(self.handset.done if isinstance(self.handset, LivePhone) else self.handset.turns)


@dataclass(frozen=True)
class Letter:
    """One SMS on a phone. `delivery` is None where no provider carries it."""

    number: int
    mine: bool
    sms: Sms
    language: str | None
    delivery: Delivery | None


def new_phone(handset: LivePhone | Recorder, view: View = "dial", *, draft: bool = False) -> Trial:
    """A phone that nobody has used yet."""
    return Trial(handset, secrets.token_hex(4), draft, view)


def seal(trial: Trial) -> str:
    """The token of a phone."""
    kept = {"key": trial.key, "draft": trial.draft, "view": trial.view, "seen": trial.seen}
    kind = "live" if trial.live else "pure"
    return str(_sealer().dumps({**kept, kind: trial.handset.to_json()}))


def unseal(token: str, find_book: Callable[[bool], Book]) -> Trial:
    """The phone of a token. A pure one goes through its conversation again in the book that is found for it, given
    whether that is the draft. Raises ForgottenError."""
    try:
        kept = _sealer().loads(token)
        live = kept.pop("live", None)
        handset = LivePhone.from_json(live) if live else Recorder.from_json(find_book(kept["draft"]), kept.pop("pure"))
        return Trial(handset, **kept)
    except (AttributeError, BadSignature, KeyError, TypeError, ValueError) as error:
        raise ForgottenError from error


def letters_of(trial: Trial, db: Session) -> list[Letter]:
    """The SMS of a phone, oldest first, those of the line as the simulator's channel sends them."""
    if trial.live:
        return [
            Letter(
                message.id,
                message.direction == Direction.IN,
                measure(message.text),
                message.language,
                message.delivery if message.direction == Direction.OUT else None,
            )
            for message in read_letters(db, trial.live.number)
        ]
    policy = work.settings().sms_policy_for(CHANNEL)
    said: list[tuple[bool, str]] = []
    for turn in trial.pure.turns if trial.pure else ():
        if turn.kind == "sms":
            said.append((True, turn.said))
        if turn.kind in ("sms", "ask", "abandon") and turn.shown:
            said.append((False, policy.dress(turn.shown)))
    return [Letter(number, mine, measure(text), None, None) for number, (mine, text) in enumerate(said, start=1)]


def unread(trial: Trial, letters: Sequence[Letter]) -> int:
    """How many SMS came that were not looked at."""
    return sum(1 for letter in letters if not letter.mine and letter.number > trial.seen)


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="phone")
