"""What stands for the variables of a text when it is measured: as long as they are likely to be."""

from collections.abc import Mapping, Sequence

from flows.book import Book
from flows.definition import Ask, Menu
from flows.simulation import DictWorld, sample_tree
from flows.world import Place

REFERENCE = "4821937058"
DATE = "21/11/2026"
ANSWER = "Le point d'eau sera réparé."
HOTLINE, SMS_NUMBER = "+226 70 12 34 56", "+22670123456"
WORDS = "Nous n'avons pas reçu notre part du riz."
"""Words of a person, as many as a text repeats."""

LONG_NAME = Place("KY99", "Barsalogho secteur 2 extension", "site")
"""A place whose name is as long as a screen shows."""

_BY_KIND = {"number": "100000", "date": "2026-11-21", "phone": SMS_NUMBER, "yes_no": "yes", "place": LONG_NAME.code}


def sample_world() -> DictWorld:
    """A world whose names are long and whose numbers are known."""
    tree: dict[str | None, Sequence[Place]] = sample_tree()
    tree["BF490304"] = [*tree["BF490304"], LONG_NAME]
    return DictWorld(tree, last=LONG_NAME, hotlines={None: HOTLINE}, sms=SMS_NUMBER)


def sample_values(book: Book, medium: str) -> dict[str, str]:
    """A value for every variable that a text of this book may show."""
    values: dict[str, str] = {}
    for _, node in book.walk():
        if isinstance(node, Menu):
            for option in node.options.values():
                values |= _longer(values, {name: value for name, value in option.sets.items() if value})
        if isinstance(node, Ask):
            values |= _longer(values, {node.save: _BY_KIND.get(node.kind, WORDS)})
    computed = {"medium": medium, "hotline": HOTLINE, "sms_number": SMS_NUMBER, "place_name": LONG_NAME.name}
    given = {"reference": REFERENCE, "answer": ANSWER, "case_answer": ANSWER, "date": DATE}
    return {**values, **computed, **given, "heard": WORDS}


def _longer(values: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in more.items() if len(value) > len(values.get(name, ""))}
