"""Which of a block's exits is which: tested, taken when no test holds, or for an answer that is none."""

from collections.abc import Collection
from dataclasses import dataclass

from flows.floip.container import Block, Exit
from flows.floip.expressions import Call, Expression, Literal, Path, read
from flows.fold import fold_words

_FAILURES = frozenset({"error", "erreur", "invalid", "no response", "no valid response", "failure", "timeout"})


@dataclass(frozen=True)
class Exits:
    """The exits of a block. `tested` has each test read, None where it is no expression."""

    tested: tuple[tuple[Exit, Expression | None], ...]
    main: Exit | None
    failed: Exit | None


def sort_exits(block: Block, choices: Collection[str] = ()) -> Exits:
    """The exits of a block by their use.

    Older containers have an exit `Error` without a test beside the default one. An exit of a choice that has no test
    but is called as the choice is meant for it.
    """
    tested: list[tuple[Exit, Expression | None]] = []
    untested: list[Exit] = []
    named = {choice.casefold(): choice for choice in choices}
    for way in block.exits:
        if way.test and not way.is_default:
            tested.append((way, read(way.test)))
        elif not way.is_default and way.name.casefold() in named:
            choice = Literal(named[way.name.casefold()])
            tested.append((way, Call("=", (Path(("block", "value")), choice))))
        else:
            untested.append(way)
    failed = next((way for way in untested if fold_words(way.name) in _FAILURES and len(block.exits) > 1), None)
    default = next((way for way in untested if way.is_default), None)
    plain = next((way for way in untested if way != failed), None)
    if default == failed:
        default = None
    return Exits(tuple(tested), default or plain, failed or default)
