"""FLOIP's languages and ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.fold import fold_words

CODES: Mapping[str, str] = {
    **dict.fromkeys(("fra", "fre", "fr"), "fr"),
    **dict.fromkeys(("eng", "en"), "en"),
    "mos": "mos",
    "dyu": "dyu",
    **dict.fromkeys(("ful", "fuh", "fuv", "fuf", "ff"), "ff"),
    "gux": "gux",
}
"""Ours by the codes of ISO 639-3 (of Fulah the macrolanguage and the ones spoken here) and 639-1."""

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("french", "francais"), "fr"),
    **dict.fromkeys(("english", "anglais"), "en"),
    **dict.fromkeys(("moore", "mossi"), "mos"),
    **dict.fromkeys(("dioula", "jula", "dyula"), "dyu"),
    **dict.fromkeys(("fulfulde", "fula", "fulah", "peul", "pulaar"), "ff"),
    **dict.fromkeys(("gulmancema", "gourmanchema", "gourmantche"), "gux"),
}

ISO: Mapping[str, str] = {"fr": "fra", "en": "eng", "mos": "mos", "dyu": "dyu", "ff": "ful", "gux": "gux"}
"""ISO 639-3 of ours."""


@dataclass(frozen=True)
class Language:
    """One language of a container: its id there, and all else that may tell which one it is."""

    id: str
    codes: tuple[str, ...] = ()
    label: str = ""

    def ours(self, more: Mapping[str, str]) -> str | None:
        """Our code; None for a language that we do not speak. `more` maps further ids or codes to ours."""
        known = {**CODES, **more}
        written = [self.id, *self.codes]
        for code in (*written, *(code.lower().replace("_", "-").split("-")[0] for code in written)):
            if code in known:
                return known[code]
        words = fold_words(self.label).split()
        return _NAMES.get(words[0]) if words else None

    @property
    def name(self) -> str:
        """What a person would call it."""
        return self.label or next((code for code in self.codes if code), self.id) or "?"
