"""Whatever a person does, in any order and any letters, on any screen: what always holds of the engine."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import engine
from flows.book import HOME, LANGUAGE, open_book
from flows.definition import Menu, Target
from flows.dialogue import Recorder, Scene, SceneCase, Step
from flows.events import AddMessage, OpenCase
from flows.gsm7 import fits
from flows.pages import split_text
from flows.screens import Limits
from flows.simulation import DictWorld
from flows.state import State, Turn
from flows.texts import take_apart
from flows.world import Place

BOOK = open_book()
LANGUAGES = st.sampled_from([None, *BOOK.languages, "xx"])
KEYS = st.sampled_from([*"0123456789", *"1111355589", "00", "4821937058", "0000000013", "4321"])
ODD = st.sampled_from(
    ["", "😭", "\x00\x1b", "a" * 3000, "*", "1*2", "{name}", "KY12", "oui", "١", "²", "\ud800", "e\u0301"]
)
WORDS = st.sampled_from(
    ["STOP", "arrett", "suivi 4821937058", "NOUVEAU", "langue", "mooré", "non", "plus d'eau à Kaya"]
)
TEXTS = KEYS | KEYS | ODD | WORDS | st.text(max_size=30)
LIMITS = st.builds(
    Limits, size=st.integers(60, 182), folds=st.booleans(), seconds_left=st.sampled_from([None, 20, 180])
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), TEXTS),
        st.tuples(st.just("press"), KEYS),
        st.tuples(st.just("press"), KEYS),
        st.tuples(st.just("dial"), st.sampled_from(["", "", "3*1*8", "5*1", "6", "2*1*1*mots", "9*9"])),
        st.tuples(st.just("sms"), TEXTS),
        st.tuples(st.just("wait"), st.sampled_from(["30", "1700", "1800", "200000"])),
        st.sampled_from([("drop", ""), ("again", ""), ("abandon", ""), ("ask", "satisfaction")]),
    ),
    max_size=25,
)
CASES: Mapping[str, SceneCase] = {
    "4821937058": SceneCase("closed", answer="La pompe sera réparée. " * 20, outcome="resolved"),
    "0000000013": SceneCase("in_action", sensitive=True, pin="4321"),
}


def examples(number: int) -> settings:
    """How many are tried; how long one takes says nothing on a busy machine."""
    return settings(max_examples=number, deadline=None)


class Watched(Recorder):
    """A phone on which every turn is looked at."""

    opened = 0

    def do(self, step: Step) -> Step:
        if step.kind == "dial" or self.ended:
            self.opened = 0
        return super().do(step)

    def _keep(self, turn: Turn, medium: str) -> Turn:
        """One case at most for an SMS, and by USSD for what is done between two visits to the first screen.

        What was left unfinished before comes on top.
        """
        assert State.from_json(turn.state.to_json()) == turn.state
        cases = sum(isinstance(event, OpenCase) and not event.incomplete for event in turn.events)
        self.opened += cases if medium == "ussd" else 0
        assert max(cases, self.opened) <= 1
        if medium == "ussd" and turn.state.flow in (HOME, LANGUAGE):
            self.opened = 0
        return super()._keep(turn, medium)

    def _show(self, turn: Turn) -> Turn:
        assert turn.text
        assert fits(turn.text, self.scene.limits.size)
        assert (turn.state.node is None) == turn.ends
        return super()._show(turn)


def watch(language: str | None, limits: Limits, acts: list[tuple[str, str]]) -> Watched:
    """A phone on which all this was done."""
    phone = Watched(BOOK, world=Scene(language=language, cases=CASES, limits=limits, hotline="116", sms_number="3434"))
    for name, said in acts:
        act: Any = getattr(phone, name)
        match name:
            case "wait":
                act(int(said))
            case "ask":
                act(said, "4821937058")
            case "dial" | "press" | "sms":
                act(said)
            case _:
                act()
    return phone


@examples(300)
@given(LANGUAGES, LIMITS, ACTS)
def test_whatever_is_done_every_turn_is_good(language: str | None, limits: Limits, acts: list[tuple[str, str]]) -> None:
    watch(language, limits, acts)


@examples(300)
@given(st.sampled_from(["fr", "mos"]), st.sampled_from("3571"), st.lists(st.sampled_from(["0", "1", "2", "8", "mots"])))
def test_no_way_back_leads_in_front_of_a_case(language: str, first: str, keys: list[str]) -> None:
    watch(language, Limits(140, folds=False), [("dial", first), *(("press", key) for key in keys)])


@examples(50)
@given(LANGUAGES, LIMITS, ACTS)
def test_the_same_inputs_give_the_same_screens(
    language: str | None, limits: Limits, acts: list[tuple[str, str]]
) -> None:
    assert watch(language, limits, acts).turns == watch(language, limits, acts).turns


@examples(100)
@given(LANGUAGES, LIMITS, st.lists(TEXTS, max_size=12))
def test_two_noughts_lead_home_from_everywhere(language: str | None, limits: Limits, keys: list[str]) -> None:
    phone = watch(language, limits, [("dial", ""), *(("press", key) for key in keys)])
    if phone.ended:
        phone.dial()
    home = Recorder(BOOK, phone.language, replace(phone.scene, language=None)).dial()
    assert phone.press("00") == home
    assert phone.state.stack == phone.state.calls == ()


@examples(100)
@given(st.sampled_from([*BOOK.languages]), LIMITS, st.lists(KEYS, max_size=10))
def test_going_back_keeps_the_language(language: str, limits: Limits, keys: list[str]) -> None:
    phone = watch(language, limits, [("dial", ""), *(("press", key) for key in keys)])
    spoken = phone.language
    for _ in range(len(keys)):
        phone.press("0")
        assert phone.state.language == phone.language == spoken
        if phone.ended:
            break


@examples(150)
@given(LANGUAGES, st.text(max_size=40), st.booleans())
def test_what_is_written_is_kept_to_the_letter(language: str | None, text: str, is_new: bool) -> None:
    words = f"il manque {text} ici"
    phone = Recorder(BOOK, language)
    if is_new:
        phone.sms("plus d'eau à Kaya")
    phone.sms(words)
    event = phone.events[-1]
    assert isinstance(event, OpenCase | AddMessage)
    assert event.text == words


# --- pages ---

MENUS = [(at, node) for at, node in BOOK.walk() if isinstance(node, Menu)]


def pages(first: State, world: DictWorld, limits: Limits) -> list[list[str]]:
    """The lines of every page of an open screen, turned by 9 until the first comes again."""
    screens: list[list[str]] = []
    # A menu with a single page takes 9 for a wrong key, and one of them goes elsewhere after the first.
    turn = engine.press(BOOK, replace(first, page=1000, tries=-100), "9", world, limits)
    for _ in range(40):
        if turn.text.splitlines() in screens:
            return screens
        screens.append(turn.text.splitlines())
        turn = engine.press(BOOK, turn.state, "9", world, limits)
    raise AssertionError("the pages do not come round")


@examples(60)
@given(st.sampled_from([*BOOK.languages]), LIMITS, st.booleans())
def test_the_pages_of_a_menu_hold_every_line_once(language: str, limits: Limits, is_deep: bool) -> None:
    limits = replace(limits, size=max(limits.size, 120))
    for at, menu in MENUS:
        stack = ("home/menu", "aid/topic") if is_deep and at.flow != HOME else ()
        state = State(language, at.flow, 0, at.node, stack=stack)
        values = {f"name_{code}": name for code, name in BOOK.languages.items()}
        wanted = take_apart(BOOK.fill(language, menu.text, values)).lines
        lines = [line for page in pages(state, DictWorld(), limits) for line in page]
        for key in menu.options:
            if key != "0":
                assert lines.count(limits.dress(wanted[key])) == 1, f"{at} {language} {limits}"


NAMES = st.lists(st.text("aeioukmnst'- éèɛŋɩ", min_size=3, max_size=40), min_size=1, max_size=25)


@examples(80)
@given(st.sampled_from([*BOOK.languages]), LIMITS, NAMES)
def test_every_place_can_be_chosen(language: str, limits: Limits, names: list[str]) -> None:
    world = DictWorld({None: [Place(f"P{number}", name, "region") for number, name in enumerate(names)]})
    limits = replace(limits, size=max(limits.size, 120), seconds_left=None)
    turn = engine.dial(BOOK, State(language), ["3", "1"], world, limits)
    chosen: list[str] = []
    for _ in range(len(names)):
        for key in "1234567":
            taken = engine.press(BOOK, turn.state, key, world, limits)
            if taken.state.node != turn.state.node:
                chosen.append(taken.state.answers["place"])
        if len(chosen) >= len(names):
            break
        turn = engine.press(BOOK, turn.state, "9", world, limits)
        assert fits(turn.text, limits.size)
    assert chosen == [f"P{number}" for number in range(len(names))]


@examples(150)
@given(st.text(max_size=700), LIMITS)
def test_the_pages_of_a_text_hold_every_word(text: str, limits: Limits) -> None:
    tail = ["9 Suite", "0 Retour"]
    parts = split_text(text, tail, limits)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(fits(limits.dress(part, *tail), limits.size) for part in parts[:-1])
    assert fits(limits.dress(parts[-1]), limits.size)


def test_every_menu_was_looked_at() -> None:
    assert Target(HOME, "menu") in dict(MENUS)
    assert len(MENUS) > 8
