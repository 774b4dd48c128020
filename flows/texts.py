"""The texts of every language: one file a language, one key a screen, French where a translation is missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.errors import BookError
from flows.files import read_yaml
from flows.overlay import Overlay
from flows.template import TemplateError, variables

FALLBACK = "fr"
COMPLETE = ("fr", "en")
"""The languages in which no text may be missing. The others grow as drafts are confirmed."""

_OPTION = re.compile(r"^([0-9]) \S")


@dataclass(frozen=True)
class Text:
    """A text in the language asked for or, `borrowed`, in the fallback one. A draft awaits a speaker's word."""

    words: str
    language: str
    draft: bool = False
    borrowed: bool = False


@dataclass(frozen=True)
class Screen:
    """A menu's text taken apart: what stands above, and its lines by key."""

    title: str
    lines: Mapping[str, str]


@dataclass(frozen=True)
class Texts:
    """All texts by language and key; `names` are the languages as their speakers call them."""

    names: Mapping[str, str]
    words: Mapping[str, Mapping[str, Text]]

    def get(self, language: str | None, key: str) -> Text:
        """The text in this language, else in French. Raises KeyError for a key that no file has."""
        own = self.words.get(language or FALLBACK, {}).get(key)
        if own:
            return own
        fallback = self.words[FALLBACK][key]
        return Text(fallback.words, fallback.language, fallback.draft, borrowed=True)


def read_texts(folder: Path, overlay: Overlay | None = None) -> Texts:
    """Reads every language of a folder, with the texts of an overlay above. Raises BookError naming file and key."""
    names: dict[str, str] = {}
    words: dict[str, dict[str, Text]] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = read_yaml(path)
        if set(content) != {"language", "name", "texts"} or content["language"] != path.stem:
            raise BookError(f"{path.name}: a language file has language ({path.stem}), name and texts")
        if not isinstance(content["name"], str) or not content["name"]:
            raise BookError(f"{path.name}: name is what its speakers call the language")
        language = path.stem
        names[language] = content["name"]
        written = content["texts"] or {}
        if not isinstance(written, dict):
            raise BookError(f"{path.name}: texts are keys and texts")
        words[language] = {key: _read(text, language, f"{path.name}: text {key}") for key, text in written.items()}
    for language, changed in overlay.texts.items() if overlay else ():
        if language not in words:
            raise BookError(f"{language}.yaml is missing: it has no file of texts")
        for key, text in changed.items():
            laid = {"draft": text.words} if text.draft else text.words
            words[language][key] = _read(laid, language, f"{language}.yaml: text {key}")
    if FALLBACK not in words:
        raise BookError(f"{FALLBACK}.yaml is missing: every other language falls back on it")
    texts = Texts(names, words)
    _check_variables(texts)
    return texts


def take_apart(words: str) -> Screen:
    """A menu's text as its title and its numbered lines."""
    title = [line for line in words.splitlines() if not _OPTION.match(line)]
    return Screen("\n".join(title), {line[0]: line for line in words.splitlines() if _OPTION.match(line)})


def option_keys(words: str) -> list[str]:
    """The keys with which a menu's lines begin, one for each line."""
    return [line[0] for line in words.splitlines() if _OPTION.match(line)]


def _read(written: object, language: str, where: str) -> Text:
    draft = isinstance(written, dict) and set(written) == {"draft"}
    words = written["draft"] if isinstance(written, dict) and draft else written
    if not isinstance(words, str) or not words.strip():
        raise BookError(f"{where}: a text, or draft: and a text")
    try:
        variables(words)
    except TemplateError as error:
        raise BookError(f"{where}: {error}") from error
    return Text(words.strip(), language, draft)


def _check_variables(texts: Texts) -> None:
    """A translation may ask only for what the French text asks for."""
    for language, words in texts.words.items():
        for key, text in words.items():
            if key not in texts.words[FALLBACK]:
                raise BookError(f"{language}.yaml: text {key} is not in {FALLBACK}.yaml")
            extra = variables(text.words) - variables(texts.words[FALLBACK][key].words)
            if extra:
                raise BookError(f"{language}.yaml: text {key}: {', '.join(sorted(extra))} is not in the French text")
