"""The book: all flows, texts and keywords, read once, put together and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from flows.actions import ACTIONS
from flows.definition import Action, Ask, Branch, Flow, Menu, Node, Say, Target, targets
from flows.errors import BookError
from flows.gsm7 import fold_for_sms
from flows.keywords import FLOWS, Keywords, read_keywords
from flows.reading import read_flow
from flows.template import fill, variables
from flows.texts import COMPLETE, FALLBACK, Texts, read_texts, take_apart

HERE = Path(__file__).parent

HOME, LANGUAGE = "home", "language"
ENTRIES = (HOME, LANGUAGE, "speak", "intake", "joined", "satisfaction", *FLOWS)
"""The flows that the engine itself begins; all others must be reached from them."""

BUILT_IN = (
    *("back", "more", "skip", "wrong", "give_up", "resume"),
    *("place.last", "place.province", "place.commune", "place.site", "place.unknown", "place.here"),
)
"""The texts that the engine needs besides those of the flows."""

OWN_MENUS = {"place.last": {"1", "2"}, "resume": {"1", "2"}}
"""The engine's own menus, and the keys that their lines begin with."""

SENT = ("sms.answer", "sms.kept", "sms.reference", "sms.reference_neutral", "system.unavailable")
"""The texts of messages that are sent outside a conversation; they may use {reference} and {answer}."""

GIVEN = frozenset({"reference", "answer", "case_answer", "case_state", "place_name", "heard", "medium"})
"""The variables that the engine sets; see flows.steps."""


@dataclass(frozen=True)
class Book:
    """Everything that a conversation is made of."""

    flows: Mapping[str, Flow]
    texts: Texts
    keywords: Keywords

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

    def fill(self, language: str | None, key: str, values: Mapping[str, str]) -> str:
        """A text with its variables filled in, as it is written. Raises KeyError for an unknown key."""
        return fill(self.texts.get(language, key).words, {**self._name_values, **values})

    def say(self, language: str | None, key: str, values: Mapping[str, str] | None = None) -> str:
        """A text for an SMS: filled in, and folded to GSM-7 unless that would lose letters of another script."""
        return fold_for_sms(self.fill(language, key, values or {}))

    @property
    def _name_values(self) -> Mapping[str, str]:
        return {f"name_{code}": name for code, name in self.texts.names.items()}

    def walk(self) -> Iterator[tuple[Target, Node]]:
        """Every node of every flow."""
        for flow in self.flows.values():
            for name, node in flow.nodes.items():
                yield Target(flow.name, name), node


def load_book(folder: Path = HERE) -> Book:
    """Reads `definitions/`, `texts/` and `keywords.yaml` below a folder. Raises BookError at the first fault."""
    read = [read_flow(path) for path in sorted((folder / "definitions").glob("*.yaml"))]
    starts = {flow.name: flow.start for flow in read}
    flows = {flow.name: _settle(flow, starts) for flow in read}
    book = Book(flows, read_texts(folder / "texts"), read_keywords(folder / "keywords.yaml"))
    _check_targets(book)
    _check_loops(book)
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
        case Branch() | Action():
            return []


def _settle(flow: Flow, starts: Mapping[str, Target]) -> Flow:
    """The flow with every `flow x` replaced by the node at which x starts."""

    def settle(target: Target) -> Target:
        if target.node:
            return target
        if target.flow not in starts:
            raise BookError(f"{flow.name}.yaml: no flow is called {target.flow!r}")
        return starts[target.flow]

    def settle_node(node: Node) -> Node:
        match node:
            case Menu():
                options = {key: replace(option, then=settle(option.then)) for key, option in node.options.items()}
                return replace(node, options=options)
            case Ask():
                skip, otherwise = node.skip and settle(node.skip), node.otherwise and settle(node.otherwise)
                late = node.late and settle(node.late)
                return replace(node, then=settle(node.then), skip=skip, otherwise=otherwise, late=late)
            case Branch():
                cases = {value: settle(target) for value, target in node.cases.items()}
                return replace(node, cases=cases, otherwise=settle(node.otherwise))
            case Action():
                return replace(node, then=settle(node.then))
            case Say():
                return node

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
            if book.node(target) is None:
                raise BookError(f"{here.flow}.yaml: node {here.node}: no node is called {target.node!r}")


def _check_loops(book: Book) -> None:
    """Branches and actions that lead round to themselves would never ask anybody anything."""
    for here, _ in book.walk():
        seen: set[Target] = set()
        next_up = [here]
        while next_up:
            at = next_up.pop()
            node = book.node(at)
            if at in seen or not isinstance(node, Branch | Action):
                continue
            seen.add(at)
            if here in targets(node):
                raise BookError(f"{here.flow}.yaml: node {here.node}: branches and actions lead round in a circle")
            next_up += targets(node)


def _check_texts(book: Book) -> None:
    """Every text is there in the complete languages, asks only for variables that exist, and fits its menu."""
    needed = [(key, "the engine") for key in BUILT_IN + SENT]
    needed += [(key, f"{at.flow}.yaml: node {at.node}") for at, node in book.walk() for key in used_texts(node)]
    for key, where in needed:
        for language in COMPLETE:
            if key not in book.texts.words.get(language, {}):
                raise BookError(f"{language}.yaml: text {key} is missing ({where})")
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
        if text in words and set(take_apart(words[text].words).lines) != keys:
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
            case Say() | Branch():
                pass
    return frozenset(names)
