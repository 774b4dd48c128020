"""What the actions of a flow file do: each makes one event out of its parameters and the conversation's variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from flows import events
from flows.texts import FALLBACK
from flows.world import World

PURPOSES, SAFE_TIMES, CONTACT_BY, WHY_NOT, PACES = (
    get_args(kind) for kind in (events.Purpose, events.SafeTime, events.ContactBy, events.WhyNot, events.Pace)
)

Value = Callable[[str], str | None]
"""Gives the value of a parameter or variable, None when it is not set."""


@dataclass(frozen=True)
class Kind:
    """One action: the parameters it takes and how it makes its event. `gives` are the variables it sets or forgets."""

    make: Callable[[Value, World], tuple[events.Event, Mapping[str, str | None]]]
    params: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()


def _of(value: Value) -> str:
    """The reference of the case that the conversation is about."""
    return value("reference") or ""


def _open_case(value: Value, world: World) -> tuple[events.Event, Mapping[str, str | None]]:
    reference = world.new_reference()
    purpose, contact_by = value("purpose"), value("contact_by")
    event = events.OpenCase(
        reference=reference,
        purpose=cast(events.Purpose, purpose if purpose in PURPOSES else "complaint"),
        category=value("category"),
        text=value("words") or "",
        place=value("place"),
        may_contact=value("may_contact") == "yes",
        sealed=value("sealed") == "yes",
        contact_by=cast(events.ContactBy, contact_by) if contact_by in CONTACT_BY else None,
        safe_time=_safe_time(value),
    )
    # The words are in a case now: a session that breaks off after this must not open a second one with them.
    return event, {"reference": reference, "words": None}


def _safe_time(value: Value) -> events.SafeTime | None:
    said = value("safe_time")
    return cast(events.SafeTime, said) if said in SAFE_TIMES else None


def _why(value: Value) -> events.WhyNot | None:
    said = value("why")
    return cast(events.WhyNot, said) if said in WHY_NOT else None


def _pace(value: Value) -> events.Pace:
    said = value("pace")
    return cast(events.Pace, said) if said in PACES else "each_step"


ACTIONS: Mapping[str, Kind] = {
    "open_case": Kind(
        _open_case, frozenset({"purpose", "category", "sealed", "words"}), frozenset({"reference", "words"})
    ),
    "add_message": Kind(lambda value, _: (events.AddMessage(_of(value), value("heard") or ""), {})),
    "set_place": Kind(lambda value, _: (events.SetPlace(_of(value), value("place") or ""), {})),
    "set_safe_time": Kind(lambda value, _: (events.SetSafeTime(_of(value), _safe_time(value) or "any"), {})),
    "set_pin": Kind(
        lambda value, _: (events.SetPin(_of(value), value("pin") or ""), {"pin": None}), gives=frozenset({"pin"})
    ),
    "set_language": Kind(lambda value, _: (events.SetLanguage(value("language") or FALLBACK), {})),
    "set_pace": Kind(lambda value, _: (events.SetPace(_pace(value)), {}), frozenset({"pace"})),
    "opt_out": Kind(lambda _, __: (events.OptOut(), {})),
    "opt_in": Kind(lambda _, __: (events.OptIn(), {})),
    "note_shown": Kind(lambda value, _: (events.QuestionShown(_of(value)), {})),
    "record_helped": Kind(lambda value, _: (events.Helped(_of(value), value("helped") == "yes", _why(value)), {})),
    "ask_reopening": Kind(lambda value, _: (events.AskReopening(_of(value)), {})),
}
