"""What an installation has changed in the flows and texts that are shipped: an overlay, laid over the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wording:
    """One text as somebody wrote it; a draft awaits a speaker's word."""

    words: str
    draft: bool = False


@dataclass(frozen=True)
class Overlay:
    """Whole flows by name, as the YAML that a flow file holds, and texts by language and key.

    What is not in it is as shipped, so a newer release brings its new texts along. `number` is the edition's, 0 for
    the files as they are.
    """

    flows: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Wording]] = field(default_factory=dict)
    number: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dictionary that from_json reads back, without the number."""
        texts = {
            language: {key: {"words": text.words, "draft": text.draft} for key, text in words.items()}
            for language, words in self.texts.items()
        }
        return {"flows": dict(self.flows), "texts": texts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], number: int = 0) -> "Overlay":
        """Reads what to_json gave."""
        texts = {
            language: {key: Wording(text["words"], text["draft"]) for key, text in words.items()}
            for language, words in stored.get("texts", {}).items()
        }
        return cls(dict(stored.get("flows", {})), texts, number)
