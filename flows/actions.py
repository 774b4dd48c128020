"""What the actions of a flow file do: each makes one event out of its parameters and the conversation's variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from flows import events
from flows.texts import FALLBACK
from flows.world import World

PURPOSES = get_args(events.Purpose)

Value = Callable[[str], str | None]
"""Gives the value of a parameter or variable, None when it is not set."""


@dataclass(frozen=True)
class Kind:
    """One action: the parameters it takes and how it makes its event. `gives` are the variables it sets."""

    make: Callable[[Value, World], tuple[events.Event, Mapping[str, str]]]
    params: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()


def _of(value: Value) -> str:
    """The reference of the case that the conversation is about."""
    return value("reference") or ""


def _open_case(value: Value, world: World) -> tuple[events.Event, Mapping[str, str]]:
    reference = world.new_reference()
    purpose = value("purpose")
    event = events.OpenCase(
        reference=reference,
        purpose=cast(events.Purpose, purpose if purpose in PURPOSES else "complaint"),
        category=value("category"),
        text=value("words") or "",
        place=value("place"),
        may_contact=value("may_contact") == "yes",
        sealed=value("sealed") == "yes",
    )
    return event, {"reference": reference}


ACTIONS: Mapping[str, Kind] = {
    "open_case": Kind(_open_case, frozenset({"purpose", "category", "sealed", "words"}), frozenset({"reference"})),
    "add_message": Kind(lambda value, _: (events.AddMessage(_of(value), value("heard") or ""), {})),
    "set_place": Kind(lambda value, _: (events.SetPlace(_of(value), value("place") or ""), {})),
    "set_language": Kind(lambda value, _: (events.SetLanguage(value("language") or FALLBACK), {})),
    "opt_out": Kind(lambda _, __: (events.OptOut(), {})),
    "opt_in": Kind(lambda _, __: (events.OptIn(), {})),
    "record_helped": Kind(lambda value, _: (events.Helped(_of(value), value("helped") == "yes"), {})),
    "ask_reopening": Kind(lambda value, _: (events.AskReopening(_of(value)), {})),
}
