"""The conversation engine: pure functions from a state and what a person sent to the next state, words and events.

Every function is total: any text gives a Turn. The same arguments give the same Turn, but for a new reference.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows import events, reference
from flows.actions import ACTIONS
from flows.book import HOME, LANGUAGE, Book
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

_DIALLED = "dialled"
"""Keys of a deep dial (*384*44135*2#) that wait until a language is chosen, joined by `*`."""


def dial(book: Book, state: State, inputs: Sequence[str], world: World, limits: Limits) -> Turn:
    """A USSD session begins. `inputs` is what a deep dial already carries.

    A session that was dropped inside a flow with `resume`, less than `limits.resume_seconds` ago, is offered again;
    else the old state's language alone counts, and words that were written in it are kept as by abandon().
    """
    walk = Walk(book, state, world, limits)
    is_known = state.language in book.languages
    if (
        is_known
        and not inputs
        and _may_go_on(book, state)
        and walk.here()
        and _age(state, world) < limits.resume_seconds
    ):
        walk.state = replace(state, tries=0)
        return walk.offer()
    kept = _keep_words(book, state, world)
    if is_known:
        turn = _press_all(book, walk.begin(HOME), inputs, world, limits)
    else:
        walk.state = State()
        turn = walk.begin(LANGUAGE, {_DIALLED: "*".join(inputs)} if inputs else None)
    return replace(turn, events=(*kept, *turn.events))


def abandon(book: Book, state: State, world: World, limits: Limits | None = None) -> Turn:
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
    kept = _keep_words(book, state, world)
    text = book.say(state.language, "sms.kept", {"reference": kept[0].reference}) if kept and not kept[0].sealed else ""
    return Turn(State(language=state.language), text, True, kept)


def _may_go_on(book: Book, state: State) -> bool:
    """Whether the state is inside a flow that may be taken up again, by whoever holds the phone."""
    flow = book.flows.get(state.flow or "")
    return flow is not None and flow.resume and state.answers.get("sealed") != "yes"


def _keep_words(book: Book, state: State, world: World) -> tuple[events.OpenCase, ...]:
    """The case of a complaint that was written but not finished; none when nothing was written."""
    words = state.answers.get("words", "").strip()
    flow = book.flows.get(state.flow or "")
    if not words or flow is None or not flow.resume:
        return ()
    event, _ = ACTIONS["open_case"].make(state.answers.get, world)
    assert isinstance(event, events.OpenCase)
    return (replace(event, incomplete=True),)


def press(book: Book, state: State, text: str, world: World, limits: Limits) -> Turn:
    """One more USSD input. A state without an open screen begins again, as if dialled."""
    turn = Walk(book, state, world, limits).press(text)
    if turn is None:
        return dial(book, state, [], world, limits)
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


def hear(book: Book, state: State, text: str, world: World) -> Turn:
    """One SMS. In this order: STOP; a short answer to what is open; the other keywords; a reference; a remark on
    what is open; and else it is taken as it is: more words for the case of a moment ago, or a new one.

    A keyword is a whole message, one slip of the finger allowed (Keywords.correct). The code of a place in front
    ("KY12 pas d'eau") says where; the words stay as they were written.
    """
    walk = Walk(book, state, world, None)
    words, said = text.strip(), fold_words(text)
    meant = book.keywords.correct(said)
    if meant != said and world.find_places(words):
        meant = said  # the name of a place is no keyword typed wrongly
    keyword = book.keywords.flows.get(meant)
    if keyword == "stop":
        return walk.begin("stop")
    age = _question_age(walk)
    if age is not None and age <= ANSWER_SECONDS and (turn := walk.reply(said)):
        return turn
    if keyword == "leave":
        return walk.begin("stop" if age is None else "leave")
    if keyword or _is_blank(words):
        return _aside(book, state, keyword or "help", {}, world)
    if meant in book.keywords.languages:
        return _aside(book, state, "speak", {"language": book.keywords.languages[meant]}, world)
    if turn := _hear_reference(book, state, words, said, world):
        return turn
    if age is not None and age <= REMARK_SECONDS and (turn := walk.remark(words)):
        return turn
    if recent := world.recent_case():
        return _aside(book, state, "joined", {"reference": recent, "heard": words}, world)
    place = leading_place(world, words) or sure_place(world.find_places(words), book.keywords.ordinary)
    known = {"place": place.code} if place else {}
    return walk.begin("intake", {"words": words, "may_contact": "yes", **known})


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
        return Turn(State(language=state.language), book.say(state.language, "give_up"), True)
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
    return Turn(State(language=state.language), said, True, (opened,))


def _hear_reference(book: Book, state: State, words: str, said: str, world: World) -> Turn | None:
    """A reference alone (or after `suivi`): how the case stands. With more words: they go to that case."""
    after = book.keywords.without_keyword(said)
    ref = reference.read(words) or (reference.read(after) if after else None)
    digits = (after or "").replace(" ", "")
    if ref or (digits.isdigit() and len(digits) >= MISTYPED_DIGITS):
        walk = Walk(book, State(language=state.language), world, None)
        walk.know_case(ref)
        return _aside(book, state, "status", walk.state.answers, world)
    for found in reference.find(words)[:REFERENCES_READ]:
        if world.case(found):
            return _aside(book, state, "joined", {"reference": found, "heard": words}, world)
    return None


def _aside(book: Book, state: State, flow: str, answers: Mapping[str, str], world: World) -> Turn:
    """A flow that is over in one turn leaves what was open before open; one that asks takes its place."""
    walk = Walk(book, state, world, None)
    was_open = walk.here() is not None
    turn = walk.begin(flow, answers)
    if turn.ends and was_open:
        return replace(turn, state=state.speaking(turn.state.language), ends=False)
    return turn


def _question_age(walk: Walk) -> int | None:
    """Seconds since the open question was asked; None when nothing is open."""
    return None if walk.here() is None else _age(walk.state, walk.world)


def _age(state: State, world: World) -> int:
    return int(world.now().timestamp()) - state.asked_at


def _is_blank(words: str) -> bool:
    return all(unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") for character in words)
