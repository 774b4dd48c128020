"""A text in our languages, and how it comes to be one: languages, channels and what stands in for a missing French."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flows.floip.container import FloipFlow
from flows.floip.fields import as_text
from flows.floip.languages import Language
from flows.floip.resources import Resource, Value, read_resource
from flows.texts import FALLBACK

STAND_INS = (FALLBACK, "en", "mos", "dyu", "ff", "gux")
"""Which language stands in for one that is missing: the first that there is."""

Lose = Callable[..., None]
"""Notes a loss of the block at hand: its code and details."""


Convert = Callable[[str, str, Lose], tuple[str, bool]]
"""Makes a text of a language ours: its places to fill in; and whether all of it could be kept."""


@dataclass(frozen=True)
class Words:
    """One text by our language codes. `stand_in` is what is shown where it has none of them; `drafts` are languages
    whose words somebody has to look at, `partly` those in which a part is in another language."""

    texts: Mapping[str, str] = field(default_factory=dict)
    stand_in: str = ""
    drafts: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()
    is_added: bool = False  # words of our own, which do not make a text one in their languages

    def get(self, language: str) -> tuple[str, bool]:
        """The text for a language, and whether it is a draft there because it is borrowed or not sure."""
        if language in self.texts:
            return self.texts[language], language in self.drafts
        return next((self.texts[one] for one in STAND_INS if one in self.texts), self.stand_in), True

    def __bool__(self) -> bool:
        return bool(self.texts or self.stand_in)


def join(parts: Iterable[Words], written: Callable[[list[str]], str]) -> Words:
    """One text out of several, in every language that one of them has; what is borrowed makes it a draft."""
    listed = list(parts)
    texts, drafts, partly = dict[str, str](), set[str](), set[str]()
    for language in dict.fromkeys(language for part in listed if not part.is_added for language in part.texts):
        got = [part.get(language) for part in listed]
        texts[language] = written([words for words, _ in got])
        if any(draft for words, draft in got if words):
            drafts.add(language)
        if any(part.texts and language not in part.texts for part in listed if not part.is_added):
            partly.add(language)
    stand_in = written([part.get(FALLBACK)[0] for part in listed])
    return Words(texts, stand_in, frozenset(drafts), frozenset(partly))


class Reader:
    """Reads the texts of one flow's blocks. Counts what languages are lost."""

    def __init__(self, flow: FloipFlow, more_languages: Mapping[str, str], convert: Convert) -> None:
        self._flow = flow
        self._more = more_languages
        self._convert = convert
        self._by_id = {language.id: language for language in flow.languages}
        self.unspoken: dict[str, int] = {}

    def read(self, reference: object, lose: Lose) -> Words:
        """The text that a block's config names: a resource's uuid, the text itself, or one resource written there."""
        resource = self._resource(reference, lose)
        if resource is None:
            return Words()
        if resource.media:
            lose("media", count=str(resource.media))
        if resource.other_wordings:
            lose("other_wordings", count=str(resource.other_wordings))
        texts: dict[str, str] = {}
        foreign: dict[str, str] = {}
        drafts: set[str] = set()
        for id_, text in resource.texts().items():
            language = self._language(id_)
            ours = language.ours(self._more)
            if ours is None:
                foreign.setdefault(language.name, text)
            elif ours in texts:
                lose("other_wordings", count="1")
            else:
                texts[ours], is_whole = self._convert(ours, text, lose)
                if not is_whole:
                    drafts.add(ours)
        stand_in = "" if texts else self._convert("", next(iter(foreign.values()), ""), lose)[0]
        for name in list(foreign)[0 if texts else 1 :]:
            self.unspoken[name] = self.unspoken.get(name, 0) + 1
        return Words({language: text for language, text in texts.items() if text}, stand_in, frozenset(drafts))

    def _resource(self, reference: object, lose: Lose) -> Resource | None:
        if isinstance(reference, dict | list):
            return read_resource(reference)
        written = as_text(reference)
        if not written or written in self._flow.resources:
            return self._flow.resources.get(written)
        if _is_uuid(written):
            lose("no_resource", what=written)
            return None
        first = self._flow.languages[0].id if self._flow.languages else ""
        return Resource((Value(first, written, "text"),))

    def _language(self, id_: str) -> Language:
        if not id_ and self._flow.languages:
            return self._flow.languages[0]
        return self._by_id.get(id_) or Language(id_)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def literal(name: str) -> Words:
    """A name that stands in for a text; braces are none of its places to fill in."""
    return Words({}, name.replace("{", "(").replace("}", ")"))


def added(french: str, english: str) -> Words:
    """Words of our own."""
    return Words({FALLBACK: french, "en": english}, is_added=True)
