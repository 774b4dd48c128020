"""An SMS before it is sent: what it takes on the wire, which letters change, and what keeping or folding them costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_gateway import work
from feedback_gateway.outgoing import dress, frame, language_for
from flows import gsm7
from models import Case, Contact

BLANK = "{}"
"""Stands in a frame where the answer goes."""


@dataclass(frozen=True)
class Sms:
    """An SMS as it would leave: its text, its size in septets or units, and its parts."""

    text: str
    size: int
    parts: int
    gsm: bool


@dataclass(frozen=True)
class AnswerPreview:
    """An answer as the person's channel would carry it, and what it would cost with its letters kept or folded.

    `changed`: the letters that folding changes, with what becomes of each. `most_parts` is set when the end of the
    answer would not leave, because the channel pays for no more parts. `price` in francs CFA, 0 where none is set.
    """

    sms: Sms
    folds: bool
    changed: tuple[tuple[str, str], ...]
    parts_kept: int
    parts_folded: int
    most_parts: int | None
    price: int = 0


def measure(text: str) -> Sms:
    """The size of a text on the wire."""
    return Sms(text, gsm7.size(text), gsm7.parts(text), gsm7.septets(text) is not None)


def write_answer(contact: Contact | None, case: Case, text: str, key: str = "sms.answer") -> str:
    """The SMS that an answer would leave as, before its channel's letters (see outgoing.write_message); or a question,
    by the key of its frame."""
    return frame(language_for(contact, case), key, reference=case.reference, answer=text)


def preview_answer(contact: Contact, case: Case, text: str, key: str = "sms.answer") -> AnswerPreview:
    """What sending this answer, or question, to this person would come to."""
    written = write_answer(contact, case, text.strip(), key)
    policy = work.settings().sms_policy_for(contact.channel)
    both = gsm7.preview(written.replace("\r\n", "\n"))
    folds = policy.letters == "fold"
    whole = both.parts_folded if folds else both.parts_kept
    leaving = measure(dress(written, contact.channel))
    return AnswerPreview(
        sms=leaving,
        price=leaving.parts * work.settings().sms_price,
        folds=folds,
        changed=both.changed,
        parts_kept=both.parts_kept,
        parts_folded=both.parts_folded,
        most_parts=policy.most_parts if policy.most_parts and whole > policy.most_parts else None,
    )


def counting(contact: Contact, case: Case, key: str = "sms.answer") -> Mapping[str, Any]:
    """What a browser needs to count along while an answer is typed: static/answer.js."""
    policy = work.settings().sms_policy_for(contact.channel)
    return {
        "frame": write_answer(contact, case, BLANK, key),
        "folds": policy.letters == "fold",
        "most": policy.most_parts,
        "basic": "".join(sorted(gsm7.BASIC)),
        "extended": "".join(sorted(gsm7.EXTENDED)),
        "plain": gsm7.FOLDS,
    }
