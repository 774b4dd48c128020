"""How urgent a text is: a score that orders the queue and never drops anything."""

import math
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.head_counts import Counting, count
from feedback_gateway.classify.lexicons import Entry
from feedback_gateway.classify.patterns import Spelling
from feedback_gateway.classify.sign_books import SignBook, SignIndex, parse_book, read_files


class Shelf(NamedTuple):
    """The signs of those languages whose texts are cut alike, their words for numbers, and how each of them counts."""

    signs: SignIndex
    numbers: frozenset[str]
    countings: tuple[Counting, ...]


_KEYS_OF_FILE = frozenset({"numbers", "people", "we", "spans", "past", "ahead", "without", "number_after"})
_MEASURES = {"urgent": 1.0, "people": 1e6, "days": 3650.0}

# What being without something takes from calm in the end, and the days after which it has taken half of that.
# Nobody lives three days without water; the rest follows the clocks of the categories.
_WITHOUT = {"EHA.EAU": (0.7, 2.0), "SAN": (0.6, 3.0), "NUT": (0.6, 5.0), "FSL": (0.5, 5.0)}
_WITHOUT_OTHER = (0.25, 10.0)
_A_TENFOLD_OF_PEOPLE, _MOST_BY_PEOPLE = 0.15, 0.5
_A_DOUBLING_OF_VOICES, _MOST_BY_VOICES = 0.1, 0.5
_LESSER_CATEGORY = 0.35

_lock = threading.Lock()
_shelves: tuple[Shelf, ...] | None = None


def load_signs() -> tuple[Shelf, ...]:
    """The signs of all languages, read at the first call, once, whichever thread comes first."""
    global _shelves
    if _shelves is None:
        with _lock:
            if _shelves is None:
                books = [parse_book(data, _MEASURES, _KEYS_OF_FILE) for data in read_files("urgency")]
                _shelves = tuple(
                    _arrange(books, spelling) for spelling in dict.fromkeys(book.spelling for book in books)
                )
    return _shelves


def _arrange(books: Sequence[SignBook], spelling: Spelling) -> Shelf:
    alike = [book for book in books if book.spelling == spelling]
    countings = tuple(Counting.parse(book.rest, spelling) for book in alike)
    return Shelf(
        signs=SignIndex(spelling, (sign for book in alike for sign in book.signs)),
        numbers=frozenset(word for counting in countings for word in counting.numbers),
        countings=countings,
    )


def score_urgency(folded: str, entries: Sequence[Entry], category: str | None, *, same_this_hour: int = 0) -> float:
    """How soon somebody should read this, 0 to 1.

    `folded` is the text after fold(), `entries` what the lexicon found in it, `category` the code that it has been
    given, `same_this_hour` how many others told of the same at the same place within the hour.

    Each sign takes its share of the calm that was left: no sign, number, day or voice more ever makes the score
    smaller, and none brings it above 1. Of two signs of one name (in the lexicon and here, in two languages) the
    stronger counts. Of what a text is about, all but the gravest count a third: asking for everything is no danger.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    about = {category: CATEGORIES[category].urgent} if category in CATEGORIES else {}
    for entry in entries:
        if entry.category:
            about[entry.category] = max(about.get(entry.category, 0.0), entry.urgent)
        else:
            _strengthen(shares, entry.id.partition(".")[2], entry.urgent)
    people, days = _look(folded, shares)
    _strengthen(shares, "many", min(_A_TENFOLD_OF_PEOPLE * math.log10(max(people, 1.0)), _MOST_BY_PEOPLE))
    _strengthen(shares, "since", max(_share_of_days(days, code) for code in about or ("",)))
    voices = min(_A_DOUBLING_OF_VOICES * math.log2(1 + max(same_this_hour, 0)), _MOST_BY_VOICES)
    ranked = sorted(about.values(), reverse=True)
    calm = (1 - voices) * math.prod(1 - share for share in shares.values())
    calm *= math.prod(1 - urgent * (_LESSER_CATEGORY if place else 1) for place, urgent in enumerate(ranked))
    return round(1 - calm, 4)


def _look(folded: str, shares: defaultdict[str, float]) -> tuple[float, float]:
    """Adds the signs of every language to the shares, and says how many people and days the text speaks of."""
    people = days = 0.0
    for shelf in load_signs():
        tokens, signs = shelf.signs.find(folded)
        for sign in signs:
            if sign.measure == "people":
                people = max(people, sign.amount)
            elif sign.measure == "days":
                days = max(days, sign.amount)
            else:
                _strengthen(shares, sign.name, sign.amount)
        if not any(token[0] in shelf.numbers or token[0][0].isdigit() for token in tokens):
            continue
        for counting in shelf.countings:
            told = count(tokens, counting)
            people, days = max(people, told.people), max(days, told.days)
    return people, days


def _strengthen(shares: defaultdict[str, float], name: str, share: float) -> None:
    shares[name] = max(shares[name], share)


def _share_of_days(days: float, code: str) -> float:
    most, half = _WITHOUT.get(code) or _WITHOUT.get(code.partition(".")[0]) or _WITHOUT_OTHER
    return most * days / (days + half)
