"""One entry of the lexicon as a form: a pattern a line, empty fields for what the entry leaves to its category."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicon_text import Row, begin, read_safely, rows_of
from feedback_gateway.classify.lexicons import Entry, Lexicon, LexiconError, parse_lexicon

ID = re.compile("[a-z0-9][a-z0-9_-]{0,59}")
_WORDS = ("category", "sensitive", "type")
_NUMBERS = ("weight", "urgent", "longest")
_LISTS = ("unless", "patterns")
FIELDS = ("id", *_WORDS, *_NUMBERS, *_LISTS)

PROBLEMS: Mapping[str, object] = {
    "yaml": _l("Le fichier ne se lit pas à la ligne %(quoted)s : ce n'est pas du YAML."),
    "too_long": _l("Le fichier a plus de %(quoted)s ko."),
    "alias": _l("Les renvois YAML (*%(quoted)s) ne sont pas permis."),
    "shape": _l("Le fichier doit avoir version, language et entries, une liste d'entrées."),
    "language": _l("Le fichier dit être d'une autre langue : %(quoted)s."),
    "unknown_keys": _l("Champ inconnu : %(quoted)s."),
    "no_words": _l("Un ensemble de mots (sets, elisions) n'a pas de mots : %(quoted)s."),
    "no_id": _l("Une entrée n'a pas de nom (id)."),
    "id": _l("Nom : lettres minuscules sans accent, chiffres et tirets, 60 au plus."),
    "twice": _l("Deux entrées portent ce nom."),
    "category": _l("Il n'y a pas de catégorie %(quoted)s."),
    "empty": _l("Il n'y a pas de mot dans « %(quoted)s »."),
    "stem": _l("« %(quoted)s » est trop court : il faut trois lettres au moins avant l'étoile."),
    "set": _l("Il n'y a pas d'ensemble de mots %(quoted)s dans ce fichier."),
    "words": _l("« %(quoted)s » est plus d'un mot : séparez par des espaces ce qui se suit."),
    "value": _l("Une valeur n'est pas permise : %(quoted)s."),
    "needs": _l("Il faut au moins un motif, un poids au-dessus de 0 (100 au plus), et une urgence entre 0 et 1."),
    "changed": _l("%(quoted)s a changé ce lexique entre-temps. Rien n'est enregistré : relisez, puis recommencez."),
    "gone": _l("Cela n'existe plus."),
}
"""What can be wrong with a lexicon, by the code of LexiconError."""


@dataclass(frozen=True)
class Line:
    """An entry as the list shows it: as the file has it, and as it is read."""

    row: Row
    entry: Entry

    @property
    def id(self) -> str:
        """Its name in the file."""
        return str(self.row["id"])

    def says(self, words: str) -> bool:
        """Whether folded words stand in its name or its patterns."""
        return any(words in fold(str(text)) for text in (self.id, *self.row["patterns"]))


@lru_cache(maxsize=16)
def read_lines(source: str) -> Sequence[Line]:
    """The entries of a file that is in force."""
    lexicon = read_lexicon(source)
    rows = rows_of(source) if lexicon else []
    return [Line(row, entry) for row, entry in zip(rows, lexicon.entries if lexicon else (), strict=True)]


def read_lexicon(source: str) -> Lexicon | None:
    """The lexicon of a file; None where there is no file, or none that this release can read."""
    try:
        return parse_lexicon(read_safely(source)) if source else None
    except LexiconError:
        return None


def fill(row: Row) -> dict[str, str]:
    """What stands in the fields for an entry."""
    given = {key: "" if row.get(key) is None else str(row[key]) for key in FIELDS}
    return given | {key: "\n".join(map(str, row.get(key, ()))) for key in _LISTS}


def read_form(form: Mapping[str, str]) -> dict[str, Any]:
    """The entry of a form that was sent: what was left empty is not in it. A number that is none stays as typed."""
    row: dict[str, Any] = {"id": form.get("id", "").strip()}
    row |= {key: word for key in _WORDS if (word := form.get(key, "").strip())}
    row |= {key: _number(word) for key in _NUMBERS if (word := form.get(key, "").strip())}
    lists = {key: [" ".join(line.split()) for line in form.get(key, "").splitlines()] for key in _LISTS}
    row |= {"patterns": []} | {key: kept for key, lines in lists.items() if (kept := [line for line in lines if line])}
    return row


def _number(word: str) -> int | float | str:
    plain = word.replace(",", ".")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", plain):
        return word
    return float(plain) if "." in plain else int(plain)


def source_or_beginning(source: str, language: str) -> str:
    """The file, or the head of a new one."""
    return source or begin(language)


def explain(problem: LexiconError) -> tuple[str, str]:
    """(the entry in question or nothing, what is wrong) in the language of the page."""
    return problem.entry, str(PROBLEMS[problem.code]) % {"quoted": problem.quoted}


def read_sets(source: str) -> Mapping[str, str]:
    """The sets of words that the patterns of a file may name."""
    try:
        return dict(read_safely(source).get("sets") or {}) if source else {}
    except LexiconError:
        return {}
