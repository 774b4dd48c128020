"""What stands on a poster, as words and pictograms, before anything is drawn."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_gateway.places import PlaceTree
from feedback_gateway.posters.line import Line
from flows.book import PRINTED
from flows.texts import FALLBACK, Texts
from models import Place

TALK_KEY = "5"
"""What the first screen of the code has for talking to a person; flows/definitions/home.yaml."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a pictogram, the same in the words of each language, and what to press, if anything.

    `number` counts the steps that follow one another; what is always true has none.
    """

    pictogram: str
    words: tuple[str, ...]
    number: int | None = None
    press: str = ""


@dataclass(frozen=True)
class Poster:
    """One page. Each tuple of words has one entry a column: French, then the languages of the place.

    `inside` are the places above, the narrowest first; `drafts` the languages in which a speaker has yet to confirm
    something, which `proof` asks for.
    """

    place_code: str
    place_name: str
    inside: tuple[str, ...]
    languages: tuple[str, ...]
    title: tuple[str, ...]
    code_of: tuple[str, ...]
    dial: tuple[str, ...]
    send: tuple[str, ...]
    message: tuple[str, ...]
    line: Line
    rows: tuple[Row, ...]
    drafts: tuple[str, ...]
    proof: str


def compose(place: Place, tree: PlaceTree, texts: Texts, line: Line, languages: Sequence[str]) -> Poster:
    """Puts a poster together, in French and the languages given. What they lack stands there in French."""
    columns = (FALLBACK, *languages)
    read = _Reader(texts, columns)
    steps = [
        Row("speak", read("tell"), 1),
        Row("number", read("number"), 2),
        Row("clock", read("answer"), 3),
        Row("answer", read("helped"), 4),
    ]
    always = [
        Row("person", read("person"), press=TALK_KEY) if line.code else Row("person", read("person_by_sms")),
        Row("lock", read("confidential")),
        *([Row("free", read("free"))] if line.free else []),
        Row("aid", read("aid_is_free")),
    ]
    return Poster(
        place_code=place.code,
        place_name=_tidy(place.name),
        inside=tuple(_tidy(tree.by_code[code].name) for code in tree.ladder(place.parent_code)),
        languages=tuple(texts.names[language] for language in columns),
        title=read("title"),
        code_of=read("place"),
        dial=read("dial"),
        send=read("send"),
        message=read("message"),
        line=line,
        rows=(*steps, *always),
        drafts=tuple(texts.names[code] for code in columns if code in read.drafts),
        proof=read("proof")[0],
    )


class _Reader:
    """The texts of a poster by their short names, one a column."""

    def __init__(self, texts: Texts, columns: Sequence[str]) -> None:
        self.texts = texts
        self.columns = columns
        self.drafts: set[str] = set()

    def __call__(self, name: str) -> tuple[str, ...]:
        return tuple(self._read(f"{PRINTED}{name}", column) for column in self.columns)

    def _read(self, key: str, column: str) -> str:
        text = self.texts.get(column, key)
        if text.draft:
            self.drafts.add(text.language)
        return _tidy(text.words)


def _tidy(words: str) -> str:
    """On one line, composed, with French punctuation held to the word before it."""
    line = " ".join(unicodedata.normalize("NFC", words).split())
    return re.sub(r" (?=[?!:;»])|(?<=«) ", "\u00a0", line)
