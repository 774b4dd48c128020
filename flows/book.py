"""The book: all flows, texts and keywords, read once, put together and checked."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from flows.actions import ACTIONS
from flows.circles import find_circle
from flows.definition import Action, Ask, Branch, Call, Flow, Menu, Node, Say, Target, targets
from flows.errors import BookError
from flows.keywords import FLOWS, Keywords, read_keywords
from flows.overlay import Overlay
from flows.reading import read_flow
from flows.template import fill, variables
from flows.texts import FALLBACK, Texts, option_keys, read_texts

HERE = Path(__file__).parent

HOME, LANGUAGE, LAST_WORD = "home", "language", "satisfaction"
ENTRIES = (HOME, LANGUAGE, "speak", "intake", "joined", LAST_WORD, *FLOWS)
"""The flows that the engine itself begins; all others must be reached from them."""

BUILT_IN = (
    *("back", "home.back", "more", "skip", "wrong", "give_up", "resume"),
    *("wrong.place", "wrong.number", "wrong.date", "wrong.phone", "wrong.pin", "wrong.new_pin"),
    *("place.last", "place.province", "place.commune", "place.site", "place.unknown", "place.here"),
)
"""The texts that the engine needs besides those of the flows."""

OWN_MENUS = {"place.last": {"1", "2"}, "resume": {"1", "2"}}
"""The engine's own menus, and the keys that their lines begin with."""

SENT = (
    *("sms.answer", "sms.kept", "sms.reference", "sms.reference_neutral", "sms.stopped", "system.unavailable"),
    *("sms.referred", "sms.referred_neutral", "sms.question", "sms.closed", "sms.closed_neutral"),
    *("sms.declined", "sms.declined_neutral", "sms.joined", "sms.joined_own", "sms.parted"),
)
"""The texts of messages that are sent outside a conversation; they may use {reference}, {answer} and {date}."""

PRINTED = "poster."
"""The texts whose key begins so stand on posters, for everybody to see. Nothing is filled in there."""

COMPUTED = ("medium", "hotline", "sms_number")
"""The variables that the engine asks the world for when a text or a branch needs them; see flows.steps."""

GIVEN = frozenset(
    {"reference", "answer", "date", "case_answer", "case_state", "place_name", "heard", "private", *COMPUTED}
)
"""The variables that the engine sets; see flows.steps."""


@dataclass(frozen=True)
class Book:
    """Everything that a conversation is made of. `edition`: 0 as shipped, else the number of the overlay."""

    flows: Mapping[str, Flow]
    texts: Texts
    keywords: Keywords
    edition: int = 0

    @property
    def languages(self) -> Mapping[str, str]:
        """Language codes, and what each is called by its speakers."""
        return self.texts.names

    def start(self, flow: str) -> Target:
        """Where a flow begins. Raises KeyError for a flow that does not exist."""
        return self.flows[flow].start

    def node(self, target: Target) -> Node | None:
        """The node, or None when the flows have changed under a stored state."""
        flow = self.flows.get(target.flow)
        return flow.nodes.get(target.node) if flow else None

    @cached_property
    def _returns(self) -> tuple[Target, ...]:
        return tuple(node.then for _, node in self.walk() if isinstance(node, Call) and not node.then.is_return)

    def next(self, node: Node) -> list[Target]:
        """Every node that may come next; a `return` leads to wherever a call goes on."""
        following = list(targets(node))
        if isinstance(node, Call):
            following = [node.flow]  # what comes after it is where its `return` leads
        return [to for target in following for to in (self._returns if target.is_return else (target,))]

    def fill(self, language: str | None, key: str, values: Mapping[str, str]) -> str:
        """A text with its variables filled in, as it is written. Raises KeyError for an unknown key."""
        return fill(self.texts.get(language, key).words, {**self._name_values, **values})

    def say(self, language: str | None, key: str, values: Mapping[str, str] | None = None) -> str:
        """A text for an SMS, filled in. Its letters are kept: what a channel makes of them is decided on sending."""
        return unicodedata.normalize("NFC", self.fill(language, key, values or {}))

    @property
    def _name_values(self) -> Mapping[str, str]:
        return {f"name_{code}": name for code, name in self.texts.names.items()}

    def walk(self) -> Iterator[tuple[Target, Node]]:
        """Every node of every flow."""
        for flow in self.flows.values():
            for name, node in flow.nodes.items():
                yield Target(flow.name, name), node


def read_sources(folder: Path = HERE) -> dict[str, str]:
    """The YAML of the flows below a folder, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "definitions").glob("*.yaml"))}


def load_book(folder: Path = HERE, overlay: Overlay | None = None) -> Book:
    """Reads `definitions/`, `texts/` and `keywords.yaml` below a folder, with an overlay's changes above them.

    Raises BookError at the first fault that would break a conversation; what else is wrong flows.check finds.
    """
    overlay = overlay or Overlay()
    read = [read_flow(source, name) for name, source in {**read_sources(folder), **overlay.flows}.items()]
    starts = {flow.name: flow.start for flow in read}
    flows = {flow.name: _settle(flow, starts) for flow in read}
    texts, keywords = read_texts(folder / "texts", overlay), read_keywords(folder / "keywords.yaml")
    book = Book(flows, texts, keywords, overlay.number)
    _check_targets(book)
    _check_loops(book)
    _check_values(book)
    _check_texts(book)
    return book


@cache
def open_book() -> Book:
    """The project's own book, read once a process."""
    return load_book()


def used_texts(node: Node) -> list[str]:
    """The text keys that a node shows."""
    match node:
        case Menu(text=text) | Ask(text=text) | Say(text=text):
            return [text]
        case Branch() | Action() | Call():
            return []


def _settle(flow: Flow, starts: Mapping[str, Target]) -> Flow:
    """The flow with every `flow x` replaced by the node at which x starts."""

    def settle(target: Target) -> Target:
        if target.node:  # RETURN too
            return target
        if target.flow not in starts:
            raise BookError(f"{flow.name}.yaml: no flow is called {target.flow!r}")
        return starts[target.flow]

    def perhaps(target: Target | None) -> Target | None:
        return target and settle(target)

    def settle_node(node: Node) -> Node:
        match node:
            case Menu(options=options, otherwise=otherwise):
                settled = {key: replace(option, then=settle(option.then)) for key, option in options.items()}
                return replace(node, options=settled, otherwise=perhaps(otherwise))
            case Ask(then=then, skip=skip, otherwise=otherwise, late=late):
                return replace(
                    node, then=settle(then), skip=perhaps(skip), otherwise=perhaps(otherwise), late=perhaps(late)
                )
            case Branch(cases=cases, otherwise=otherwise):
                ways = {value: settle(target) for value, target in cases.items()}
                return replace(node, cases=ways, otherwise=settle(otherwise))
            case Action(then=then):
                return replace(node, then=settle(then))
            case Say(then=then):
                return replace(node, then=perhaps(then))
            case Call(flow=called, then=then):
                return replace(node, flow=settle(called), then=settle(then))

    return replace(flow, nodes={name: settle_node(node) for name, node in flow.nodes.items()})


def _check_targets(book: Book) -> None:
    for name in ENTRIES:
        if name not in book.flows:
            raise BookError(f"{name}.yaml is missing: the engine begins this flow")
    for flow in book.flows.values():
        if flow.start.node not in flow.nodes:
            raise BookError(f"{flow.name}.yaml: start: no node is called {flow.start.node!r}")
    for here, node in book.walk():
        for target in targets(node):
            if not target.is_return and book.node(target) is None:
                raise BookError(f"{here.flow}.yaml: node {here.node}: no node is called {target.node!r}")


def _check_loops(book: Book) -> None:
    """What asks nobody anything (by SMS a text on the way asks nothing either) may not lead round to itself."""
    if found := find_circle(dict(book.walk()), {}):
        at, _ = found
        raise BookError(f"{at.flow}.yaml: node {at.node}: leads round in a circle that asks nothing")


def _check_values(book: Book) -> None:
    """Languages that there are, and no way back into what is private."""
    for at, node in book.walk():
        where = f"{at.flow}.yaml: node {at.node}"
        if isinstance(node, Menu):
            for key, option in node.options.items():
                if (spoken := option.sets.get("language")) and spoken not in book.languages:
                    raise BookError(f"{where}: option {key}: no language is called {spoken!r}")
        if isinstance(node, Action) and node.params.get("sealed") == "yes" and book.flows[at.flow].resume:
            raise BookError(f"{where}: a flow that opens a sealed case may not be taken up again (resume)")


def _check_texts(book: Book) -> None:
    """Every text is there in French, asks only for variables that exist, and fits its menu."""
    needed = [(key, "the engine") for key in BUILT_IN + SENT]
    needed += [(key, f"{at.flow}.yaml: node {at.node}") for at, node in book.walk() for key in used_texts(node)]
    for key, where in needed:
        if key not in book.texts.words[FALLBACK]:
            raise BookError(f"{FALLBACK}.yaml: text {key} is missing ({where})")
    known = GIVEN | {f"name_{code}" for code in book.languages} | _set_variables(book)
    for key, text in book.texts.words[FALLBACK].items():
        unknown = variables(text.words) - known
        if unknown:
            raise BookError(f"{FALLBACK}.yaml: text {key}: no variable is called {', '.join(sorted(unknown))}")
    for key, keys in OWN_MENUS.items():
        _check_lines(book, key, keys, "the keys of the engine's menu")
    for at, node in book.walk():
        if isinstance(node, Menu):
            _check_lines(book, node.text, set(node.options), f"the options of {at.flow}.yaml: node {at.node}")
        if isinstance(node, Branch) and node.on not in known:
            raise BookError(f"{at.flow}.yaml: node {at.node}: no variable is called {node.on}")


def _check_lines(book: Book, text: str, keys: set[str], of: str) -> None:
    for language, words in book.texts.words.items():
        if text in words and sorted(option_keys(words[text].words)) != sorted(keys):
            raise BookError(
                f"{language}.yaml: text {text}: its numbered lines are not {of} ({', '.join(sorted(keys))})"
            )


def _set_variables(book: Book) -> frozenset[str]:
    names: set[str] = set()
    for _, node in book.walk():
        match node:
            case Menu(options=options):
                names.update(name for option in options.values() for name in option.sets)
            case Ask(save=save):
                names.add(save)
            case Action(name=name):
                names.update(ACTIONS[name].gives)
            case Say() | Branch() | Call():
                pass
    return frozenset(names)
