"""Commands that focal points send by SMS: `OK 4821937054`, `FAIT 4821937054 pompe réparée 12345`. Pure, and total.

Only a command word next to a reference is a command, or LISTE, AIDE and a PIN when they stand alone; everything else is
an ordinary message. Upper case, accents, spaces inside the reference and the order of word and reference do not matter.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from flows import reference as references
from flows.fold import fold_words

PIN_DIGITS = 5
HIDDEN = "•••••"
"""What is stored in place of a PIN."""


class Act(StrEnum):
    """What a command asks for. PIN: nothing but digits, for the command that waits for them."""

    ACCEPT = "accept"
    DONE = "done"
    REJECT = "reject"
    ASK = "ask"
    LIST = "list"
    HELP = "help"
    PIN = "pin"


_SAID = {
    Act.ACCEPT: ("ok", "okay", "accepte", "accepter", "accept", "accepted", "pris"),
    Act.DONE: ("fait", "faite", "faits", "fini", "termine", "done", "finished"),
    Act.REJECT: ("non", "no", "refus", "refuse", "rejet", "reject"),
    Act.ASK: ("question", "questions", "ask"),
    Act.LIST: ("liste", "listes", "list"),
    Act.HELP: ("aide", "help"),
}
WORDS = {word: act for act, words in _SAID.items() for word in words}
_ALONE = frozenset({Act.LIST, Act.HELP})
_BEFORE_REFERENCE = frozenset({"ref", "reference", "dossier", "numero", "num", "n", "no", "case", "number"})
_LABELS = frozenset({"pin", "code"})
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_LEADING = " \t\r\n:;,.-–—)?!"
_TRAILING = " \t\r\n:;,-–—("


@dataclass(frozen=True)
class Command:
    """One command. `words` is what follows, a number at its end included.

    `pin`: digits where only a PIN stands. `last`: as many digits at the end of the words, which may be the PIN or may
    be text; `words_before` are the words without them, should they be the PIN: then what stood in a PIN's place before
    the words is text. `pin_at` and `last_at`: where they stand in the text.
    """

    act: Act
    reference: str = ""
    words: str = ""
    pin: str | None = None
    pin_at: tuple[int, int] | None = None
    last: str | None = None
    last_at: tuple[int, int] | None = None
    words_before: str = ""


class _Token(NamedTuple):
    """A run of letters, folded, or of digits, as 0-9."""

    said: str
    start: int
    end: int

    @property
    def is_pin(self) -> bool:
        return len(self.said) == PIN_DIGITS and self.said.isdigit()

    @property
    def act(self) -> Act | None:
        return WORDS.get(self.said)


class _Head(NamedTuple):
    """The beginning of a command: word, reference and PIN, and the index of the token after them."""

    act: Act
    reference: str
    pin: _Token | None
    after: int


def parse(text: str) -> Command | None:
    """The command that a text is; None for any other text."""
    tokens = [_read(found) for found in _TOKEN.finditer(text)]
    if not tokens:
        return None
    heads = list(_heads(tokens))
    if heads:
        head = next((head for head in heads if references.is_valid(head.reference)), heads[0])
        return _finish(text, tokens, head)
    return _alone(tokens)


def _read(found: re.Match[str]) -> _Token:
    said = found.group()
    plain = "".join(str(unicodedata.decimal(digit)) for digit in said) if said[0].isdecimal() else fold_words(said)
    return _Token(plain, found.start(), found.end())


def _heads(tokens: Sequence[_Token]) -> Iterator[_Head]:
    """Every way in which the text begins with word and reference, in either order, and a PIN before or between."""
    yield from _heads_from(tokens, 0, None)
    if tokens[0].is_pin:
        yield from _heads_from(tokens, 1, tokens[0])


def _heads_from(tokens: Sequence[_Token], at: int, pin: _Token | None) -> Iterator[_Head]:
    if at >= len(tokens):
        return
    act = tokens[at].act
    if act is not None and act not in _ALONE:
        for reference, between, after in _references(tokens, at + 1, may_be_pin=pin is None):
            yield _Head(act, reference, pin or between, after)
    if found := _joined(tokens, at):
        reference, after = found
        between = tokens[after] if pin is None and after < len(tokens) and tokens[after].is_pin else None
        after += between is not None
        if after < len(tokens) and (act := tokens[after].act) and act not in _ALONE:
            yield _Head(act, reference, pin or between, after + 1)


def _references(tokens: Sequence[_Token], at: int, *, may_be_pin: bool) -> Iterator[tuple[str, _Token | None, int]]:
    """The references that may begin here, with a PIN in front or without, and what comes after."""
    while at < len(tokens) and tokens[at].said in _BEFORE_REFERENCE:
        at += 1
    if found := _joined(tokens, at):
        yield found[0], None, found[1]
    if may_be_pin and at < len(tokens) and tokens[at].is_pin and (found := _joined(tokens, at + 1)):
        yield found[0], tokens[at], found[1]


def _joined(tokens: Sequence[_Token], at: int) -> tuple[str, int] | None:
    """Groups of digits that together are as long as a reference, whether its check digit is right or not."""
    digits = ""
    while at < len(tokens) and tokens[at].said.isdigit() and len(digits) < references.LENGTH:
        digits += tokens[at].said
        at += 1
    return (digits, at) if len(digits) == references.LENGTH else None


def _finish(text: str, tokens: Sequence[_Token], head: _Head) -> Command:
    pin, after = head.pin, head.after
    if pin is None and after < len(tokens) and tokens[after].is_pin:
        pin, after = tokens[after], after + 1
    words = text[tokens[after - 1].end :].lstrip(_LEADING).rstrip() if after < len(tokens) else ""
    last = tokens[-1] if after < len(tokens) and tokens[-1].is_pin else None
    before = ""
    if last is not None:
        kept = len(tokens) - 1
        while kept > head.after and tokens[kept - 1].said in _LABELS:
            kept -= 1
        before = text[tokens[head.after - 1].end : tokens[kept].start].lstrip(_LEADING).rstrip(_TRAILING)
    return Command(
        act=head.act,
        reference=head.reference,
        words=words,
        pin=pin.said if pin else None,
        pin_at=(pin.start, pin.end) if pin else None,
        last=last.said if last else None,
        last_at=(last.start, last.end) if last else None,
        words_before=before,
    )


def _alone(tokens: Sequence[_Token]) -> Command | None:
    """LISTE and AIDE, with a PIN or without; or about as many digits as a PIN has and nothing else."""
    pins = [token for token in tokens if token.is_pin]
    acts = [token.act for token in tokens if token.act in _ALONE]
    if len(acts) == 1 and len(acts) + len(pins) == len(tokens) <= 2:
        at = (pins[0].start, pins[0].end) if pins else None
        return Command(acts[0] or Act.HELP, pin=pins[0].said if pins else None, pin_at=at)
    digits = [token for token in tokens if token.said not in _LABELS]
    pin = "".join(token.said for token in digits)
    if abs(len(pin) - PIN_DIGITS) > 1 or not pin.isdigit():
        return None
    return Command(Act.PIN, pin=pin, pin_at=(digits[0].start, digits[-1].end))


def hide(text: str, *spans: tuple[int, int] | None) -> str:
    """The text with HIDDEN in place of what stands at these places."""
    for start, end in sorted((span for span in spans if span), reverse=True):
        text = text[:start] + HIDDEN + text[end:]
    return text


def without(text: str, pin: str) -> str:
    """The text with HIDDEN wherever exactly these digits stand by themselves, in whatever script."""
    spans = [(token.start, token.end) for token in map(_read, _TOKEN.finditer(text)) if token.said == pin]
    return hide(text, *spans)


_REASONS = (
    (
        "no_capacity",
        r"moyen|budget|fonds|capacit|stock|personnel|argent|carburant|no fund|no mean|no money|no staff|cannot afford",
    ),
    (
        "insufficient_info",
        r"info|precis|incomplet|pas clair|unclear|details|quel village|quel site|ou est ce|which village|not enough",
    ),
)


def reason_of(words: str) -> str:
    """The code of models.words.Rejection that the words of a NON stand for; what nobody recognises: not responsible."""
    said = fold_words(words)
    return next((code for code, pattern in _REASONS if re.search(rf"\b(?:{pattern})", said)), "not_responsible")
