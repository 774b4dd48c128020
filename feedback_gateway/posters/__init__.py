"""Posters: one printable page a site that says how to reach the line, in the languages of the place."""

from feedback_gateway.posters.contents import Poster, Row, compose
from feedback_gateway.posters.line import NONE, Line, read_line
from feedback_gateway.posters.page import draw
from feedback_gateway.posters.places import check_code, find_place, languages_for, places_to_print
from feedback_gateway.posters.refusal import PosterError

__all__ = [
    "NONE",
    "Line",
    "Poster",
    "PosterError",
    "Row",
    "check_code",
    "compose",
    "draw",
    "find_place",
    "languages_for",
    "places_to_print",
    "read_line",
]
