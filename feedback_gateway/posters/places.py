"""Which places get a poster, and in which languages."""

from collections.abc import Iterable, Sequence

from feedback_gateway.places import PlaceTree
from feedback_gateway.posters.refusal import PosterError
from flows.book import PRINTED
from flows.texts import FALLBACK, Texts
from models import Place
from models.words import Level

MOST_LANGUAGES = 2
"""Languages beside French: three columns are what a page holds in letters that can be read from where one stands."""


def find_place(tree: PlaceTree, words: str) -> Place:
    """The place with this code or, failing that, this name, old or new. Raises PosterError for none or several."""
    if place := tree.by_code.get(words):
        return place
    found = tree.named_in(words)
    if not found:
        raise PosterError(f"no place has the code or the name {words!r}")
    if len(found) > 1:
        codes = ", ".join(f"{place.code} {place.name}" for place in found)
        raise PosterError(f"{words!r} may be several places; give the code: {codes}")
    return found[0]


def places_to_print(tree: PlaceTree, named: Sequence[str] = (), below: str | None = None) -> list[Place]:
    """The places that are named, whatever their level, and the sites below one; every site when nothing is said.

    Raises PosterError when that comes to nothing.
    """
    wanted = [find_place(tree, words) for words in named]
    if below is not None:
        above = find_place(tree, below)
        sites = _sites(tree.inside(above.code))
        if not sites:
            raise PosterError(f"no site is known in {above.name}: import them with `feedback import-places`")
        wanted += sites
    if not named and below is None:
        wanted = _sites(tree.by_code.values())
        if not wanted:
            raise PosterError("no site is known yet: import them with `feedback import-places`, or name a place")
    return list({place.code: place for place in wanted}.values())


def check_code(tree: PlaceTree, place: Place) -> None:
    """Raises PosterError for a place that cannot be told from others in an SMS."""
    if not _is_understood(tree, place):
        raise PosterError(
            f"an SMS that begins with {place.code} would not be understood: "
            "a code needs three characters, and one of them a digit"
        )


def languages_for(tree: PlaceTree, place: Place, texts: Texts, wished: Sequence[str] = ()) -> list[str]:
    """The languages of a place's poster beside French: those wished, else the first that are spoken there.

    A language without words for posters is passed over; of those wished for it raises PosterError, as of too many.
    """
    if len(wished) > MOST_LANGUAGES:
        raise PosterError(f"a poster has room for {MOST_LANGUAGES} languages beside French, not {len(wished)}")
    for code in wished:
        if not has_words(texts, code):
            known = ", ".join(language for language in texts.words if has_words(texts, language))
            raise PosterError(f"{code!r} has no texts for posters; these have: {known}")
    spoken = wished or tree.languages(place.code)
    able = [code for code in dict.fromkeys(spoken) if code != FALLBACK and has_words(texts, code)]
    return able[:MOST_LANGUAGES]


def has_words(texts: Texts, language: str) -> bool:
    """Whether anything of a poster is written in this language."""
    return any(key.startswith(PRINTED) for key in texts.words.get(language, {}))


def _is_understood(tree: PlaceTree, place: Place) -> bool:
    """Whether `flows.ladder.leading_place` knows the code at the head of an SMS."""
    return any(map(str.isdigit, place.code)) and place in tree.named_in(place.code)


def _sites(places: Iterable[Place]) -> list[Place]:
    return sorted((place for place in places if place.level == Level.SITE), key=lambda place: place.code)
