"""Keywords: whole messages, however they are typed; a complaint that holds one stays a complaint."""

import pytest

from flows.book import open_book
from flows.fold import fold_words


@pytest.mark.parametrize(
    ("typed", "keyword"),
    [
        *((word, "stop") for word in ("STOP", "stop.", "Arrêt", "ARRETE", "Arrêter !", "DÉSABONNER", "StopAll")),
        *((word, "stop") for word in ("UNSUBSCRIBE", "revoke", "OPTOUT", "Stop all")),
        *((word, "leave") for word in ("END", "quit", "Cancel", "fin")),
        *((word, "start") for word in ("START", "Unstop", "YES", "oui")),
        *((word, "help") for word in ("HELP", "Info", "Aide", "menu", "Bonjour")),
        *((word, "status") for word in ("statut", "STATUS", "Suivi")),
        *((word, "language") for word in ("LANGUE", "language")),
    ],
)
def test_keywords(typed: str, keyword: str) -> None:
    assert open_book().keywords.flows[fold_words(typed)] == keyword


@pytest.mark.parametrize(
    "typed",
    ["stop violence", "Stop please", "ils veulent arrêter l'aide", "aidez-nous", "au secours", "non", "fin de mois"],
)
def test_more_words_are_no_keyword(typed: str) -> None:
    assert fold_words(typed) not in open_book().keywords.flows


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Français", "fr"),
        ("English", "en"),
        ("MOORE", "mos"),
        ("Dioula", "dyu"),
        ("fulfuldé", "ff"),
        ("gulmancema", "gux"),
    ],
)
def test_a_language_is_chosen_by_its_name(typed: str, language: str) -> None:
    assert open_book().keywords.languages[fold_words(typed)] == language
