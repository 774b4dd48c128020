"""The blocks that ask: choices become menus, numbers and words become questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.definition import Ask, Menu, Option, Target
from flows.floip.building import FlowBuilder
from flows.floip.choices import MOST_LINES, has_own_tests, number_lines, read_choices, with_own_lines
from flows.floip.container import Block
from flows.floip.context import KINDS, limits
from flows.floip.exits import sort_exits
from flows.floip.fields import as_number, as_object, pick
from flows.floip.variables import Variable, written
from flows.floip.wording import Words, added, literal

MORE = added("Autres choix", "More choices")
DONE = added("C'est tout", "That is all")
AGAIN = added("C'est noté. Autre chose ?", "Noted. Anything else?")


@dataclass(frozen=True)
class Row:
    """One line of a menu: its label, what it sets, and where it leads."""

    label: Words
    sets: dict[str, str | None]
    then: Target


def make_question(builder: FlowBuilder, block: Block, name: str) -> None:
    """Adds the node of a block that asks, and the branches after it."""
    variable = builder.context.answers[builder.flow.uuid, block.uuid]
    kind = KINDS[block.kind]
    if kind in ("one", "many") and not variable.choices:
        builder.lose(block, "no_choices")
        builder.say(block, name)
    elif kind == "one":
        _choose(builder, block, name, variable)
    elif kind == "many":
        _choose_many(builder, block, name, variable)
    else:
        _ask(builder, block, name, variable)


def _choose(builder: FlowBuilder, block: Block, name: str, variable: Variable) -> None:
    labels = _labels(builder, block)
    exits = sort_exits(block, [choice.name for choice in variable.choices])
    rows = [
        Row(label, {variable.name: written(choice.name)}, builder.decide(block, exits, exits.main, variable, known))
        for choice, label in zip(variable.choices, labels, strict=True)
        for known in [{variable.name: choice}]
    ]
    otherwise = builder.to(block, exits.failed) if exits.failed else None
    prompt = builder.words(block, "prompt")
    own_lines = with_own_lines(prompt, len(rows)) if len(rows) <= MOST_LINES else None
    if own_lines:
        _put_menu(builder, name, own_lines, rows, otherwise)
    else:
        title = builder.words(block, "question_prompt") or prompt or builder.stand_in(block, name)
        if len(rows) > MOST_LINES:
            builder.lose(block, "pages", count=str(len(rows)))
        _put_pages(builder, block, name, title, rows, otherwise)


def _choose_many(builder: FlowBuilder, block: Block, name: str, variable: Variable) -> None:
    """One choice after the other, until `that is all`. Begun again, it forgets what was chosen."""
    labels, exits = _labels(builder, block), sort_exits(block)
    done = builder.decide(block, exits, exits.main, variable, {})
    otherwise = builder.to(block, exits.failed) if exits.failed else None
    again = builder.name_node(block, f"{name}_again")
    names = [variable.each[choice.name] for choice in variable.choices]
    none: dict[str, str | None] = dict.fromkeys(names)
    builder.lose(block, "select_many")
    least, most = (as_number(pick(block.config, f"{bound}_choices")) for bound in ("minimum", "maximum"))
    if most is not None and most < len(names):
        builder.lose(block, "choice_limits", most=str(int(most)))
    to = Target(builder.name, again)
    first = [Row(label, {**none, one: "yes"}, to) for one, label in zip(names, labels, strict=True)]
    if not least or least < 1:
        first.append(Row(DONE, none, done))
    more = [Row(label, {one: "yes"}, to) for one, label in zip(names, labels, strict=True)]
    title = builder.words(block, "question_prompt", "prompt") or builder.stand_in(block, name)
    _put_pages(builder, block, name, title, first, otherwise)
    _put_pages(builder, block, again, AGAIN, [*more, Row(DONE, {}, done)], otherwise)


def _labels(builder: FlowBuilder, block: Block) -> list[Words]:
    labels, own_tests = [], False
    for number, choice in enumerate(read_choices(pick(block.config, "choices")), 1):
        words = builder.reader.read(choice.prompt, builder.lose_of(block))
        if not words:
            builder.lose(block, "no_label", what=choice.name)
        labels.append(words or literal(choice.name.replace("_", " ")))
        own_tests = own_tests or has_own_tests(choice, number, [*words.texts.values(), words.stand_in])
    if own_tests:
        builder.lose(block, "choice_tests")
    return labels


def _put_pages(
    builder: FlowBuilder, block: Block, name: str, title: Words, rows: Sequence[Row], otherwise: Target | None
) -> None:
    if len(rows) > MOST_LINES:
        more = builder.name_node(block, f"{name}_more")
        _put_pages(builder, block, more, title, rows[MOST_LINES - 1 :], otherwise)
        rows = [*rows[: MOST_LINES - 1], Row(MORE, {}, Target(builder.name, more))]
    _put_menu(builder, name, number_lines(title, [row.label for row in rows]), rows, otherwise)


def _put_menu(builder: FlowBuilder, name: str, text: Words, rows: Sequence[Row], otherwise: Target | None) -> None:
    options = {str(key): Option(row.then, row.sets) for key, row in enumerate(rows, 1)}
    builder.put(name, text)
    builder.nodes[name] = Menu(builder.key(name), options, otherwise)


def _ask(builder: FlowBuilder, block: Block, name: str, variable: Variable) -> None:
    exits = sort_exits(block)
    then = builder.decide(block, exits, exits.main, variable, {})
    otherwise = builder.to(block, exits.failed) if exits.failed else None
    builder.put(name, builder.words(block, "prompt") or builder.stand_in(block, name))
    least, most = variable.least, variable.most
    if variable.kind == "number":
        _tell_bounds(builder, block)
    else:
        longest = as_number(pick(block.config, "max_response_characters")) or as_number(
            pick(as_object(pick(block.config, "text", "TEXT")), "max_response_characters")
        )
        most = int(longest) if longest and longest >= 1 else None
    builder.nodes[name] = Ask(
        "number" if variable.kind == "number" else "text",
        builder.key(name),
        variable.name,
        then,
        otherwise=otherwise,
        least=least,
        most=most,
    )


def _tell_bounds(builder: FlowBuilder, block: Block) -> None:
    least, most = limits(block)
    if least is not None and most is not None and least > most:
        builder.lose(block, "range", least=f"{least:g}", most=f"{most:g}")
    if any(bound is not None and not bound.is_integer() for bound in (least, most)):
        builder.lose(block, "whole_numbers")
