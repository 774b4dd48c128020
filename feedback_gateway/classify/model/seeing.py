"""From a text to what a model is given of it: folded, with what the lexicon found in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicons import Entry, load_lexicons
from feedback_gateway.classify.model.features import Seen

# A word of another language than the text's is often an accident ("pain" is bread in French). French is mixed into
# every language of the country, so it is never one.
_STRANGER = 0.4


def match_entries(folded: str) -> list[Entry]:
    """The entries of every language's lexicon that a folded text matches."""
    return [entry for lexicon in load_lexicons() for entry in lexicon.match(folded)]


def see(folded: str, entries: Iterable[Entry], language: str | None, context: Sequence[str] = ()) -> Seen:
    """What a model is given. `language`: the code when it is sure, else None: then no word is a stranger's."""
    hits: defaultdict[str, float] = defaultdict(float)
    for entry in entries:
        if entry.category:
            at_home = language is None or entry.language == language or (entry.language == "fr" and language != "en")
            hits[entry.category] += entry.weight * (1.0 if at_home else _STRANGER)
    return Seen(folded, dict(hits), tuple(context))


def see_text(text: str, language: str | None, context: Sequence[str] = ()) -> Seen:
    """The same from a text as it came."""
    folded = fold(text)
    return see(folded, match_entries(folded), language, context)
