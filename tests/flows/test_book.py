"""A faulty book does not load, and the error says where to look."""

import shutil
from pathlib import Path

import pytest

from flows.book import HERE, load_book, open_book
from flows.errors import BookError

FAULTS = [
    ("definitions/home.yaml", "start: menu", "start: nowhere", "home.yaml: start: no node is called 'nowhere'"),
    ("definitions/home.yaml", "flow: home", "flow: house", "home.yaml: the flow is called 'house'"),
    ("definitions/home.yaml", "version: 1", "version: one", "home.yaml: version"),
    ("definitions/home.yaml", "version: 1", "versoin: 1", "home.yaml: unknown key versoin"),
    (
        "definitions/home.yaml",
        "3: {then: flow services}",
        "3: {then: flow service}",
        "home.yaml: no flow is called 'service'",
    ),
    (
        "definitions/home.yaml",
        "3: {then: flow services}",
        "9: {then: flow services}",
        "home.yaml: node menu: option '9'",
    ),
    ("definitions/home.yaml", "3: {then: flow services}", "2: {then: flow services}", ": 2 stands twice"),
    (
        "definitions/home.yaml",
        "3: {then: flow services}",
        "3: services",
        "home.yaml: node menu: option 3 leads nowhere",
    ),
    (
        "definitions/home.yaml",
        "      7: {then: flow thanks}\n",
        "",
        "text home: its numbered lines are not the options",
    ),
    ("definitions/home.yaml", "    menu: home", "    menu: house", "text house is missing (home.yaml: node menu)"),
    ("definitions/tell.yaml", "    then: done", "    then: gone", "tell.yaml: node open: no node is called 'gone'"),
    ("definitions/tell.yaml", "    then: done\n", "", "tell.yaml: node open: then is missing"),
    ("definitions/tell.yaml", "ask: text", "ask: novel", "tell.yaml: node ask: one can ask for"),
    ("definitions/tell.yaml", "    skip: contact", "    skipp: contact", "tell.yaml: node ask: unknown key skipp"),
    (
        "definitions/tell.yaml",
        "action: open_case",
        "action: opencase",
        "tell.yaml: node open: no action is called 'opencase'",
    ),
    (
        "definitions/tell.yaml",
        "    say: tell.done",
        "    say: tell.done\n    menu: home",
        "tell.yaml: node done: a node has exactly one of",
    ),
    (
        "definitions/callback.yaml",
        "purpose: callback",
        "purpose: chat",
        "callback.yaml: node open: no purpose is called 'chat'",
    ),
    ("definitions/callback.yaml", "sealed: yes", "seald: yes", "callback.yaml: node open: unknown key seald"),
    (
        "definitions/thanks.yaml",
        "purpose: thanks,",
        "purpose: praise,",
        "thanks.yaml: node which: option 1: no purpose",
    ),
    (
        "definitions/thanks.yaml",
        "branch: purpose",
        "branch: porpoise",
        "thanks.yaml: node said: no variable is called porpoise",
    ),
    (
        "definitions/speak.yaml",
        "cases: {sms: said}",
        "cases: {sms: remember}",
        "leads round in a circle that asks nothing",
    ),
    ("definitions/callback.yaml", "sealed: yes", "sealed: oui", "no sealed is called 'oui'; there are yes, no"),
    ("definitions/safe_time.yaml", "safe_time: noon", "safe_time: midi", "no safe_time is called 'midi'"),
    ("definitions/language.yaml", "language: mos", "language: klingon", "no language is called 'klingon'"),
    ("definitions/callback.yaml", "start: agree", "start: agree\nresume: yes", "may not be taken up again"),
    ("definitions/thanks.yaml", "save: words", "save: case_state", "case_state is a name of the engine's"),
    ("definitions/thanks.yaml", "save: words", "save: place", "place is a name of the engine's"),
    ("definitions/thanks.yaml", "  words:\n", "  w>h:\n", "a node's name is lower-case letters"),
    ("texts/en.yaml", "    2 No\n", "    2 No\n    2 Perhaps\n", "its numbered lines are not the options"),
    ("definitions/stop.yaml", "flow: stop", "flow: [", "stop.yaml:"),
    ("texts/fr.yaml", "  back: Retour\n", "", "text back is not in fr.yaml"),
    ("texts/en.yaml", "  back: Back", "  back: Back\n  rest: Rest", "en.yaml: text rest is not in fr.yaml"),
    ("texts/en.yaml", "  back: Back", "  back: Back {", "en.yaml: text back: a brace"),
    (
        "texts/en.yaml",
        "  back: Back",
        "  back: Back {reference}",
        "en.yaml: text back: reference is not in the French text",
    ),
    ("texts/en.yaml", "  back: Back", "  back: {rough: Back}", "en.yaml: text back: a text, or draft: and a text"),
    ("texts/en.yaml", "language: en", "language: eng", "en.yaml: a language file has language (en)"),
    ("texts/en.yaml", "    7 Thanks, suggestion\n", "", "en.yaml: text home: its numbered lines are not the options"),
    (
        "texts/fr.yaml",
        "    2 Recommencer\n",
        "",
        "fr.yaml: text resume: its numbered lines are not the keys of the engine",
    ),
    ("definitions/tell.yaml", "resume: yes", "resume: no", "tell.yaml: resume is yes, or left out"),
    ("keywords.yaml", "fr: [langue, langues]", "fr: [langue, stop]", "keywords.yaml: 'stop' means both"),
    ("keywords.yaml", "fr: [oui, ouai,", "fr: [non, ouai,", "keywords.yaml: non means both yes and no"),
    ("keywords.yaml", "fr: [langue, langues]", "fr: [langue, '!']", "keywords.yaml: language holds an empty word"),
    ("keywords.yaml", "fr: [langue, langues]", "fr: langue", "keywords.yaml: language holds lists of words"),
    ("keywords.yaml", "ordinary:", "ordinaire:", "keywords.yaml: unknown key ordinaire"),
]


@pytest.mark.parametrize(("file", "before", "after", "message"), FAULTS)
def test_a_fault_is_named(tmp_path: Path, file: str, before: str, after: str, message: str) -> None:
    for name in ("definitions", "texts"):
        shutil.copytree(HERE / name, tmp_path / name)
    shutil.copy(HERE / "keywords.yaml", tmp_path)
    text = (tmp_path / file).read_text()
    assert text.count(before) >= 1
    (tmp_path / file).write_text(text.replace(before, after, 1))
    with pytest.raises(BookError) as caught:
        load_book(tmp_path)
    assert message in str(caught.value)


def test_a_missing_flow_of_the_engine_is_named(tmp_path: Path) -> None:
    for name in ("definitions", "texts"):
        shutil.copytree(HERE / name, tmp_path / name)
    shutil.copy(HERE / "keywords.yaml", tmp_path)
    (tmp_path / "definitions" / "stop.yaml").unlink()
    with pytest.raises(BookError, match=r"stop\.yaml is missing"):
        load_book(tmp_path)


def test_a_missing_translation_is_said_in_french() -> None:
    assert open_book().say("gux", "more") == open_book().say("fr", "more") == "Suite"
    assert (
        open_book().say(None, "joined", {"reference": "0000005724"})
        == "Bien reçu, ajouté à votre demande 000 000 5724."
    )


def test_the_languages_are_called_as_their_speakers_call_them() -> None:
    assert set(open_book().languages) == {"fr", "en", "mos", "dyu", "ff", "gux"}
    assert open_book().languages["mos"] == "Mooré"
