"""What is true before a written conversation begins: the phone's language, its world, and what a screen holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flows import reference
from flows.errors import BookError
from flows.screens import Limits
from flows.simulation import DictWorld, sample_tree
from flows.world import KnownCase, Place


@dataclass(frozen=True)
class SceneCase:
    """A case that exists before the first turn."""

    state: str = "received"
    answer: str | None = None
    outcome: str | None = None
    sensitive: bool = False
    pin: str | None = None


@dataclass(frozen=True)
class Scene:
    """`last_place` is a code; `languages` gives the texts whose language is sure; `asked` is the reference of the case
    about which a dial asks whether it helped.

    The places are those of flows.simulation.sample_tree(), or none at all (`places` False).
    """

    language: str | None = None
    places: bool = True
    last_place: str | None = None
    hotline: str | None = None
    sms_number: str | None = None
    asked: str | None = None
    cases: Mapping[str, SceneCase] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def make_world(self) -> DictWorld:
        """The world as it is before the first turn, a new one each time."""
        cases = {
            ref: KnownCase(ref, case.state, case.outcome, case.sensitive, case.answer, case.pin is not None)
            for ref, case in self.cases.items()
        }
        return DictWorld(
            sample_tree() if self.places else {},
            cases,
            last=_find(self.last_place) if self.last_place else None,
            pins={ref: case.pin for ref, case in self.cases.items() if case.pin},
            hotlines={None: self.hotline} if self.hotline else {},
            sms=self.sms_number,
            asked=self.asked,
            languages=dict(self.languages),
        )

    def to_plain(self) -> dict[str, Any]:
        """As a dialogue file writes it: only what is not as usual."""
        world = _unusual(self, but={"language", "limits"})
        if self.cases:
            world["cases"] = {ref: _unusual(case) for ref, case in self.cases.items()}
        written = {"language": self.language, "world": world, "limits": _unusual(self.limits)}
        return {name: value for name, value in written.items() if value}

    @classmethod
    def from_plain(cls, written: Mapping[str, Any]) -> "Scene":
        """Reads what a dialogue file says. Raises BookError naming what it does not know."""
        world = _mapping(written.get("world"), "world")
        values = _check(cls, world, "world", but={"language", "limits"})
        if "cases" in values:
            values["cases"] = {
                _reference(ref): SceneCase(**_check(SceneCase, _mapping(case, ref), f"world: case {ref}"))
                for ref, case in _mapping(values["cases"], "world: cases").items()
            }
        if "languages" in values:
            values["languages"] = _mapping(values["languages"], "world: languages")
        if asked := values.get("asked"):
            _reference(asked)
        if place := values.get("last_place"):
            _find(place)
        language = written.get("language")
        if language is not None and not isinstance(language, str):
            raise BookError("language: a language code")
        limits = _check(Limits, _mapping(written.get("limits"), "limits"), "limits")
        limits = {name: value if isinstance(value, bool) else _number(value, name) for name, value in limits.items()}
        return cls(language=language, limits=Limits(**limits), **values)


def _unusual(thing: Any, but: set[str] | None = None) -> dict[str, Any]:
    """The fields of a dataclass that are not what they are when nothing is said."""
    usual = type(thing)()
    names = [each.name for each in fields(thing) if each.name not in (but or set())]
    return {name: getattr(thing, name) for name in names if getattr(thing, name) != getattr(usual, name)}


def _check(kind: type, written: Mapping[str, Any], where: str, but: set[str] | None = None) -> dict[str, Any]:
    """The values for a dataclass; its yes-or-no fields must be true or false."""
    known = {each.name: each.type for each in fields(kind) if each.name not in (but or set())}
    for name, value in written.items():
        if name not in known:
            raise BookError(f"{where}: {name} is not one of {', '.join(known)}")
        if (known[name] is bool) != isinstance(value, bool):
            raise BookError(f"{where}: {name}: {'true or false' if known[name] is bool else 'not true or false'}")
    return dict(written)


def _mapping(written: object, where: str) -> dict[str, Any]:
    if written is None:
        return {}
    if not isinstance(written, dict):
        raise BookError(f"{where}: names and values")
    return written


def _number(written: object, name: str) -> int:
    if not str(written).isdecimal():
        raise BookError(f"limits: {name}: a number")
    return int(str(written))


def _reference(written: str) -> str:
    if not reference.is_valid(written):
        raise BookError(f"world: cases: {written!r} is no reference")
    return written


def _find(code: str) -> Place:
    for places in sample_tree().values():
        for place in places:
            if place.code == code:
                return place
    raise BookError(f"world: last_place: {code} is not one of flows.simulation.sample_tree()")
