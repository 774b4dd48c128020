"""The conversation engine: pure functions from a state and what a person sent to the next state, words and events.

Every function is total: any text gives a Turn. The same arguments give the same Turn, but for a new reference.
`book` is the edition in force, in which everything new begins; `begun` is that of State.edition, in which what is open
goes on. Left out, they are the same.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows import events, reference
from flows.answers import PIN_DIGITS
from flows.book import HOME, LANGUAGE, LAST_WORD, Book
from flows.fold import fold_words
from flows.ladder import leading_place, sure_place
from flows.screens import Limits
from flows.state import State, Turn
from flows.steps import Walk
from flows.world import World

__all__ = ["Limits", "abandon", "ask", "dial", "hear", "press", "rescue"]

ANSWER_SECONDS = 14 * 24 * 3600
"""How long a bare "1" or "oui" is taken for the answer to our last question."""

REMARK_SECONDS = 48 * 3600
"""How long other words are taken for a remark on our last question, not for something new."""

REFERENCES_READ = 3
"""How many references in one SMS are looked up."""

MISTYPED_DIGITS = 6
"""From so many digits after `suivi` on, a reference was meant, even if it is not one."""

LEAST_DIGITS = 5
"""Fewer digits, without a letter, say nothing."""

_DIALLED = "dialled"
"""Keys of a deep dial (*384*44135*2#) that wait until a language is chosen, joined by `*`."""


def dial(
    book: Book, state: State, inputs: Sequence[str], world: World, limits: Limits, begun: Book | None = None
) -> Turn:
    """A USSD session begins. `inputs` is what a deep dial already carries.

    A session that was dropped inside a flow with `resume`, less than `limits.resume_seconds` ago, is offered again;
    else the old state's language alone counts, and words that were written in it are kept as by abandon(). Whoever has
    not said yet whether an answer helped is asked that first, unless the dial carries keys: they want something else.
    """
    dropped = Walk(begun or book, state, world, limits)
    is_known = state.language in book.languages
    if (
        is_known
        and not inputs
        and _may_go_on(dropped)
        and dropped.here()
        and _age(state, world) < limits.resume_seconds
    ):
        dropped.state = replace(state, tries=0)
        return dropped.offer()
    kept = dropped.kept_words()
    walk = Walk(book, state if is_known else State(), world, limits)
    if is_known and not inputs and (asked := world.open_question()):
        turn = walk.begin(LAST_WORD, {"reference": asked})
    elif is_known:
        turn = _press_all(book, walk.begin(HOME), inputs, world, limits)
    else:
        turn = walk.begin(LANGUAGE, {_DIALLED: "*".join(inputs)} if inputs else None)
    return replace(turn, events=(*kept, *turn.events))


def abandon(book: Book, state: State, world: World, limits: Limits | None = None, begun: Book | None = None) -> Turn:
    """What becomes of a USSD session that broke off: call it when a session ends, and again by a sweeper.

    While the person may still come back (`limits.resume_seconds`) the turn changes nothing: a network reports the end
    of a dropped session within seconds, and a case opened then would be opened twice by whoever dials again. After
    that nothing stays open. Words that were written become a case, marked incomplete, without consent to be contacted
    unless that was given, and `text` is one SMS with its reference: a person who wrote something has done their part.
    Nothing written, a flow without `resume` or a sealed case: `text` is empty, for the phone may be in other hands.
    Whoever sends the SMS must hold it back when the words turn out to be sensitive.
    """
    if state.node is None:
        return Turn(state, "", True)
    if _age(state, world) < (limits or Limits()).resume_seconds:
        return Turn(state, "", False)
    kept = Walk(begun or book, state, world, limits).kept_words()
    text = book.say(state.language, "sms.kept", {"reference": kept[0].reference}) if kept and not kept[0].sealed else ""
    return Turn(state.over(), text, True, kept)


def _may_go_on(walk: Walk) -> bool:
    """Whether the state is inside a flow that may be taken up again, by whoever holds the phone."""
    return all(flow and flow.resume for flow in walk.flows_around()) and walk.state.answers.get("sealed") != "yes"


def press(book: Book, state: State, text: str, world: World, limits: Limits, begun: Book | None = None) -> Turn:
    """One more USSD input. A state without an open screen begins again, as if dialled."""
    walk = Walk(begun or book, state, world, limits)
    turn = walk.press(text)
    if turn is None:
        if walk.here() is None:
            return dial(book, state, [], world, limits, begun)
        # Left on purpose, but what was written is not thrown away for that.
        kept = walk.kept_words()
        home = Walk(book, state, world, limits).begin_home()
        return replace(home, events=(*kept, *home.events))
    if turn.state.flow == HOME and _DIALLED in turn.state.answers:
        waiting = turn.state.answers[_DIALLED].split("*")
        cleared = replace(turn, state=replace(turn.state, answers={}))
        return _press_all(book, cleared, waiting, world, limits)
    return turn


def _press_all(book: Book, turn: Turn, inputs: Sequence[str], world: World, limits: Limits) -> Turn:
    for text in inputs:
        if turn.ends:
            break
        following = press(book, turn.state, text, world, limits)
        turn = replace(following, events=turn.events + following.events)
    return turn


def hear(book: Book, state: State, text: str, world: World, begun: Book | None = None) -> Turn:
    """One SMS. In this order: STOP; a short answer to what is open; the other keywords; a reference; a remark on
    what is open; and else it is taken as it is: more words for the case of a moment ago, or a new one.

    A keyword is a whole message, one slip of the finger allowed (Keywords.correct). The code of a place in front
    ("KY12 pas d'eau") says where; the words stay as they were written. A phone that has chosen no language is answered
    in that of its words where that is sure.
    """
    walk = Walk(begun or book, state, world, None)
    words, said = text.strip(), fold_words(text)
    meant = book.keywords.correct(said)
    if meant != said and world.find_places(words):
        meant = said  # the name of a place is no keyword typed wrongly
    keyword = book.keywords.flows.get(meant)
    if keyword == "stop":
        return Walk(book, state, world, None).begin("stop")
    age = None if walk.here() is None else _age(state, world)  # None: no question is open
    if age is not None and age <= ANSWER_SECONDS and (turn := walk.reply(words)):
        return turn
    if keyword == "leave":
        return Walk(book, state, world, None).begin("stop" if age is None else "leave")
    if keyword == "new":
        return Walk(book, state, world, None).begin("new")
    if keyword or _says_nothing(words):
        return _aside(book, walk, keyword or "help", {})
    if meant in book.keywords.languages:
        return _aside(book, walk, "speak", {"language": book.keywords.languages[meant]})
    if turn := _hear_reference(book, walk, words, said):
        return turn
    asked_for_new = age is not None and age <= REMARK_SECONDS and state.flow == "new"
    is_new = asked_for_new or book.keywords.is_new(said)
    if not is_new and age is not None and age <= REMARK_SECONDS and (turn := walk.remark(words)):
        return turn
    if not is_new and (recent := world.recent_case()):
        return _aside(book, walk, "joined", {"reference": recent, "heard": words})
    return _take_in(book, state, words, world, state.answers.get("place") if asked_for_new else None)


def _take_in(book: Book, state: State, words: str, world: World, asked_at: str | None) -> Turn:
    """A new complaint, taken as it is written. The name of a place alone says where, and is asked what happened."""
    if (state.language is None or state.guessed) and (spoken := world.sure_language(words)) in book.languages:
        state = state.speaking(spoken, guessed=True)
    place = leading_place(world, words) or sure_place(world.find_places(words), book.keywords.ordinary)
    walk, code = Walk(book, state, world, None), place.code if place else asked_at
    known = {"may_contact": "yes", **({"place": code} if code else {})}
    if place and not asked_at and _joined(words) in {_joined(place.code), _joined(place.name)}:
        return walk.begin("new", known)
    if world.is_private(words):
        known["private"] = "yes"
    return walk.begin("intake", {"words": words, **known})


def ask(book: Book, state: State, flow: str, answers: Mapping[str, str], world: World) -> Turn:
    """We open a conversation by SMS. Raises KeyError for a flow that does not exist."""
    return Walk(book, state, world, None).begin(flow, answers)


def rescue(book: Book, state: State, text: str, world: World, medium: str) -> Turn:
    """The last resort when a flow has failed: what was written becomes a case, by no flow at all.

    USSD: the complaint typed before counts, not a key; consent only if it was given. Nothing written: a polite end.
    """
    sms = medium == "sms"
    words = text.strip() if sms else state.answers.get("words", "")
    if not words:
        return Turn(state.over(), book.say(state.language, "give_up"), True)
    opened = events.OpenCase(
        reference=world.new_reference(),
        purpose="complaint",
        category=state.answers.get("category") if not sms else None,
        text=words,
        place=state.answers.get("place") if not sms else None,
        may_contact=sms or state.answers.get("may_contact") == "yes",
        sealed=False,
    )
    said = book.say(state.language, "intake.done" if sms else "tell.done", {"reference": opened.reference})
    return Turn(state.over(), said, True, (opened,))


def _hear_reference(book: Book, open_walk: Walk, words: str, said: str) -> Turn | None:
    """A reference alone, or with no more than asking after it: how the case stands, told to its digits where it has a
    PIN. With words of its own: they go to that case.
    """
    world = open_walk.world
    words = re.sub(r"^([^\W\d]+)(?=\d)", r"\1 ", words) if book.keywords.before(said) else words  # suivi4821937054
    after = book.keywords.without_keyword(fold_words(words))
    ref, pin = _reference_and_pin(words if reference.read(words) or after is None else after)
    found = [one for one in reference.find(words)[:REFERENCES_READ] if world.case(one)]
    if ref is None and found and book.keywords.only_asks(fold_words(words)):
        ref = found[0]
    digits = (after or "").replace(" ", "")
    if ref or (digits.isdigit() and len(digits) >= MISTYPED_DIGITS) or _is_mistyped(words):
        walk = Walk(book, State(language=open_walk.state.language), world, None)
        walk.know_case(ref)
        if pin:
            walk.unlock(pin)
        turn = _aside(book, open_walk, "status", walk.state.answers)
        return replace(turn, events=(*walk.events, *turn.events))
    if found:
        return _aside(book, open_walk, "joined", {"reference": found[0], "heard": words})
    return None


def _reference_and_pin(text: str) -> tuple[str | None, str | None]:
    """`482 193 7058` and `482 193 7058 4321`, however they are spaced."""
    if ref := reference.read(text):
        return ref, None
    digits = _joined(text)
    if not digits.isdigit() or len(digits) != reference.LENGTH + PIN_DIGITS:
        return None, None
    ref, pin = digits[:-PIN_DIGITS], digits[-PIN_DIGITS:]
    return (ref, pin) if reference.is_valid(ref) else (None, None)


def _is_mistyped(words: str) -> bool:
    """Digits alone, one too few or too many for a reference, and no telephone number of this country's length."""
    digits = _joined(words)
    return digits.isdigit() and len(digits) in (reference.LENGTH - 1, reference.LENGTH + 1) and digits[:3] != "226"


def _aside(book: Book, open_walk: Walk, flow: str, answers: Mapping[str, str]) -> Turn:
    """A flow that is over in one turn leaves what was open before open; one that asks takes its place."""
    before = open_walk.state
    turn = Walk(book, before, open_walk.world, None).begin(flow, answers)
    if turn.ends and open_walk.here() is not None:
        spoken = before.speaking(turn.state.language, guessed=turn.state.guessed)
        return replace(turn, state=spoken, ends=False)
    return turn


def _age(state: State, world: World) -> int:
    return int(world.now().timestamp()) - state.asked_at


def _joined(text: str) -> str:
    return fold_words(text).replace(" ", "")


def _says_nothing(words: str) -> bool:
    """No letter, and too few digits for a number: `?`, `...`, a lone picture, a key for a question that is not open."""
    letters = any(unicodedata.category(character).startswith("L") for character in words)
    return not letters and sum(map(str.isdigit, words)) < LEAST_DIGITS
