"""Places and lines for posters, without a database."""

from io import BytesIO

from pypdf import PdfReader

from feedback_gateway.places import PlaceTree, build_tree
from feedback_gateway.posters import Line, Poster, compose, draw, languages_for
from flows.book import open_book
from models import Place
from models.words import Level

CODE, SMS = "*384*44135#", "21512"
BOTH = Line(CODE, SMS)

LONG_NAME = "Site d'accueil temporaire des personnes déplacées internes du secteur 6 de Kaya"
ONE_LONG_WORD = "Hamdallayekouloubadinderessotamissiradougou" + "kouloubadinderessotamissiradougoukaya"

ROWS: list[tuple[str, str | None, Level, str, list[str]]] = [
    ("BF49", None, Level.REGION, "Centre-Nord", ["mos", "ff"]),
    ("BF490304", "BF49", Level.COMMUNE, "Kaya", []),
    ("KY12", "BF490304", Level.SITE, "Secteur 6", []),
    ("KY13", "BF490304", Level.SITE, LONG_NAME, []),
    ("KY14", "BF490304", Level.SITE, ONE_LONG_WORD, ["fr", "ff"]),
    ("SECTEUR-12-DE-KAYANORD1", "BF490304", Level.SITE, "Secteur 12", []),
    ("BF53", None, Level.REGION, "Hauts-Bassins", ["dyu"]),
    ("BOB7", "BF53", Level.SITE, "Belleville", []),
    ("BF52", None, Level.REGION, "Est", ["bib", "mos"]),
    ("FA1", "BF52", Level.SITE, "Secteur 1", []),
    ("FA2", "BF52", Level.SITE, "Secteur 2", ["bib"]),
]


def sample_tree() -> PlaceTree:
    return build_tree(
        [
            Place(code=code, parent_code=parent, level=level, name=name, aliases=[], languages=languages)
            for code, parent, level, name, languages in ROWS
        ]
    )


def poster_of(code: str, line: Line = BOTH, *wished: str) -> Poster:
    tree, texts = sample_tree(), open_book().texts
    place = tree.by_code[code]
    return compose(place, tree, texts, line, languages_for(tree, place, texts, wished))


def words_of(poster: Poster) -> tuple[int, str]:
    """The number of pages of the PDF, and the words that can be taken out of it, on one line."""
    reader = PdfReader(BytesIO(draw(poster)))
    return len(reader.pages), " ".join(" ".join(page.extract_text() for page in reader.pages).split())
