"""Each node of ours as a FLOIP block: its type, config, choices and exits, and what they cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.book import Book
from flows.definition import NONE, TRIES, Action, Ask, Branch, Call, Flow, Menu, Node, Option, Say, Target
from flows.texts import take_apart

Way = tuple[str, str, Target | None]
"""An exit: its name, its test (empty: the default), and where it leads."""

_YES_NO: Mapping[str, Mapping[str, str]] = {"yes": {"fr": "Oui", "en": "Yes"}, "no": {"fr": "Non", "en": "No"}}


@dataclass(frozen=True)
class Written:
    """A node in FLOIP's words. `choices` are names and keys, `labels` their texts by key of a resource; `calls` is a
    flow that it runs."""

    type: str
    exits: list[Way]
    prompt: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    calls: str = ""
    losses: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def write_node(node: Node, flow: Flow, book: Book) -> Written:
    """One node of a flow of the book."""
    match node:
        case Menu():
            return _menu(node, book)
        case Ask(kind="yes_no"):
            return _yes_no(node, book)
        case Ask():
            return _ask(node)
        case Say(text=text, then=then):
            return Written("MobilePrimitives.Message", [("Default", "", then)], text)
        case Branch():
            return _branch(node, flow)
        case Action(name=action, then=then):
            told = [("action", {"what": action, "type": "Core.Log"})]
            return Written("Core.Log", [("Default", "", then)], config={"message": action}, losses=told)
        case Call(flow=called, then=then):
            return Written("Core.RunFlow", [("Default", "", then)], calls=called.flow)


def _menu(node: Menu, book: Book) -> Written:
    labels = {key: _labels(book, node.text, key) for key in node.options}
    exits: list[Way] = [(f"choice {key}", f"block.value = '{key}'", one.then) for key, one in node.options.items()]
    sets = sorted({name for option in node.options.values() for name in option.sets})
    return Written(
        "MobilePrimitives.SelectOneResponse",
        [*exits, ("Default", "", node.otherwise)],
        node.text,
        choices=tuple((key, key) for key in node.options),
        labels={f"{node.text}#{key}": words for key, words in labels.items()},
        losses=_parts(sets=", ".join(sets), tries=_tries(node.tries)),
    )


def _yes_no(node: Ask, book: Book) -> Written:
    labels = {value: _labels(book, node.text, key) or _YES_NO[value] for value, key in (("yes", "1"), ("no", "2"))}
    return Written(
        "MobilePrimitives.SelectOneResponse",
        [*_skip(node), ("Answer", "OR(block.value = 'yes', block.value = 'no')", node.then), _failed(node)],
        node.text,
        choices=(("yes", "1"), ("no", "2")),
        labels={f"{node.text}#{value}": words for value, words in labels.items()},
        losses=_ask_parts(node),
    )


def _ask(node: Ask) -> Written:
    if node.kind == "number":
        bounds = {"validation_minimum": node.least, "validation_maximum": node.most}
        config = {key: bound for key, bound in bounds.items() if bound is not None}
        exits = [*_skip(node), ("Answer", "ISNUMBER(block.value)", node.then), _failed(node)]
        return Written("MobilePrimitives.NumericResponse", exits, node.text, config, losses=_ask_parts(node))
    exits = [*_skip(node), ("Answer", "LEN(block.value) > 0", node.then), _failed(node)]
    losses = _ask_parts(node, least=node.least, most=node.most)
    if node.kind != "text":
        losses.insert(0, ("question", {"what": node.kind, "type": "MobilePrimitives.OpenResponse"}))
    return Written("MobilePrimitives.OpenResponse", exits, node.text, losses=losses)


def _branch(node: Branch, flow: Flow) -> Written:
    exits: list[Way] = [(value, _condition(node.on, value, flow), to) for value, to in node.cases.items()]
    is_foreign = node.on != "medium" and not _savers(node.on, flow)
    losses = [("variable", {"what": node.on})] if is_foreign else []
    return Written("Core.Case", [*exits, ("Default", "", node.otherwise)], losses=losses)


def _condition(variable: str, value: str, flow: Flow) -> str:
    """The test for one case of a branch, on the answers of this flow that the variable can come from."""
    if variable == "medium":
        return f"flow.mode = '{value.upper()}'"
    tests = []
    for name, node in _savers(variable, flow):
        path = f"flow.{name if len(name) > 1 else f'{name}_'}.value"
        if value == NONE:
            tests.append(f"{path} = NULL")
        elif isinstance(node, Menu):
            tests += [f"{path} = '{key}'" for key, one in node.options.items() if _sets(one, variable) == value]
        else:
            tests.append(f"{path} = {_quoted(value)}")
    if not tests:
        return f"contact.{variable} = {'NULL' if value == NONE else _quoted(value)}"
    return tests[0] if len(tests) == 1 else f"{'AND' if value == NONE else 'OR'}({', '.join(tests)})"


def _savers(variable: str, flow: Flow) -> list[tuple[str, Node]]:
    found: list[tuple[str, Node]] = []
    for name, node in flow.nodes.items():
        is_asked = isinstance(node, Ask) and node.save == variable
        is_set = isinstance(node, Menu) and any(variable in option.sets for option in node.options.values())
        if is_asked or is_set:
            found.append((name, node))
    return found


def _sets(option: Option, variable: str) -> str | None:
    return option.sets.get(variable)


def _quoted(value: str) -> str:
    return f'"{value}"' if "'" in value else f"'{value}'"


def _labels(book: Book, text: str, key: str) -> dict[str, str]:
    """What stands beside a key, by language."""
    lines = {one: take_apart(words[text].words).lines for one, words in book.texts.words.items() if text in words}
    return {language: by_key[key][2:] for language, by_key in lines.items() if key in by_key}


def _skip(node: Ask) -> list[Way]:
    return [("Skip", "block.value = '0'", node.skip)] if node.skip else []


def _failed(node: Ask) -> Way:
    return ("Default", "", node.otherwise)


def _ask_parts(node: Ask, least: int | None = None, most: int | None = None) -> list[tuple[str, dict[str, str]]]:
    bounds = ", ".join(str(bound) for bound in (least, most) if bound is not None)
    late = str(node.late.node) if node.late else ""
    return _parts(late=late, bounds=bounds, tries=_tries(node.tries))


def _parts(**parts: str) -> list[tuple[str, dict[str, str]]]:
    return [(code, {"what": value}) for code, value in parts.items() if value]


def _tries(tries: int) -> str:
    return "" if tries == TRIES else str(tries)
