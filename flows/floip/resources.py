"""The texts of a container: one resource holds one text in many languages, for many channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.floip.fields import as_line, as_list, as_object, as_text, pick

_BEST_MODES = ("ussd", "sms", "text")
"""A telephone's screen first: where the wording differs by channel, its is the shortest."""


@dataclass(frozen=True)
class Value:
    """One wording. `kind` is text, audio, image or video."""

    language: str
    text: str
    kind: str
    modes: frozenset[str] = frozenset()

    @property
    def rank(self) -> int:
        """How well it suits a telephone's screen: lower is better."""
        return next((place for place, mode in enumerate(_BEST_MODES) if mode in self.modes), len(_BEST_MODES))


@dataclass(frozen=True)
class Resource:
    """All wordings of one text."""

    values: tuple[Value, ...]

    def texts(self) -> dict[str, str]:
        """The best wording by language id, in the order that the languages come in."""
        best: dict[str, Value] = {}
        for value in self.values:
            if value.kind == "text" and (value.language not in best or value.rank < best[value.language].rank):
                best[value.language] = value
        return {language: value.text for language, value in best.items()}

    @property
    def media(self) -> int:
        """How many recordings, pictures and films it has."""
        return sum(value.kind != "text" for value in self.values)

    @property
    def other_wordings(self) -> int:
        """How many texts there are that texts() does not give."""
        given = self.texts()
        return len({(one.language, one.text) for one in self.values if one.kind == "text"}) - len(given)


def read_resources(content: object) -> dict[str, Resource]:
    """Resources by uuid, from a list of them or from an object that has them by uuid."""
    if isinstance(content, dict):
        return {as_line(uuid): read_resource(resource) for uuid, resource in content.items()}
    listed = [as_object(resource) for resource in as_list(content)]
    return {as_line(pick(one, "uuid", "id")): read_resource(one) for one in listed if pick(one, "uuid", "id")}


def read_resource(content: object) -> Resource:
    """One resource, from a list of values, `{values: [...]}`, `{text: {eng: ...}}`, `{eng: ...}` or a plain text."""
    if isinstance(content, str):
        return Resource(_wordings({"": content}, "text"))
    if isinstance(content, list):
        return Resource(tuple(value for one in content if (value := _value(as_object(one)))))
    given = as_object(content)
    if "values" in given:
        return read_resource(as_list(given["values"]))
    kinds = {kind: given[kind] for kind in ("text", "audio", "image", "video") if isinstance(given.get(kind), dict)}
    if kinds:
        return Resource(tuple(value for kind, texts in kinds.items() for value in _wordings(texts, kind)))
    return Resource(_wordings(given, "text"))


def _wordings(texts: Mapping[str, Any], kind: str) -> tuple[Value, ...]:
    return tuple(Value(as_line(language), text, kind) for language, one in texts.items() if (text := as_text(one)))


def _value(content: Mapping[str, Any]) -> Value | None:
    text = as_text(pick(content, "value", "text"))
    if not text:
        return None
    mime = as_line(pick(content, "mime_type")).lower().partition("/")[0]
    kind = as_line(pick(content, "content_type")).lower() or mime or "text"
    modes = frozenset(as_line(mode).lower() for mode in as_list(pick(content, "modes")))
    return Value(as_line(pick(content, "language_id", "language")), text, kind, modes)
