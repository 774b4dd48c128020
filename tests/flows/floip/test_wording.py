"""Texts: languages, channels, and places to fill in."""

from typing import Any

import pytest

from flows.floip.templates import kept_places, to_floip, to_ours
from flows.overlay import Wording
from tests.flows.floip.containers import codes, imported, message, one_flow


def _texts(values: object, languages: object = None, **more: Any) -> tuple[dict[str, Wording], list[str]]:
    """The wordings of one message by language, and what was lost."""
    flow = one_flow(message("r1"), resources=[{"uuid": "r1", "values": values}], **more)
    if languages is not None:
        flow["flows"][0]["languages"] = languages
    got = imported(flow)
    return {language: words["sample.n0"] for language, words in got.texts.items()}, codes(got)


def _value(language: str, text: str, *modes: str, kind: str = "TEXT") -> dict[str, Any]:
    return {"language_id": language, "value": text, "modes": list(modes), "content_type": kind}


@pytest.mark.parametrize(
    ("language", "ours"),
    [
        ({"id": "1", "iso_639_3": "fra"}, "fr"),
        ({"id": "1", "iso_639_3": "eng", "variant": "female"}, "en"),
        ({"id": "1", "iso_639_3": "fuh"}, "ff"),
        ({"id": "1", "iso_639_3": "fuv"}, "ff"),
        ({"id": "1", "iso_639_3": "dyu"}, "dyu"),
        ({"id": "1", "iso_639_3": "mos"}, "mos"),
        ({"id": "1", "iso_639_3": "gux"}, "gux"),
        ({"id": "1", "bcp_47": "fr-BF"}, "fr"),
        ({"id": "1", "name": "English", "abbreviation": "EN"}, "en"),
        ({"id": "1", "label": "Français (Burkina)"}, "fr"),
    ],
)
def test_languages(language: dict[str, str], ours: str) -> None:
    texts, _ = _texts([_value("1", "Texte")], [language])
    assert texts[ours] == Wording("Texte")


def test_a_variant_of_a_language_is_its_first_one() -> None:
    texts, lost = _texts([_value("eng-male", "One"), _value("eng-female", "Two")], ["eng-male", "eng-female"])
    assert texts["en"] == Wording("One")
    assert "other_wordings" in lost


def test_english_stands_in_for_french() -> None:
    texts, lost = _texts([_value("swa", "Karibu"), _value("eng", "Welcome")], ["swa", "eng"])
    assert texts == {"fr": Wording("Welcome", draft=True), "en": Wording("Welcome")}
    assert lost == ["language", "no_french"]


def test_any_language_stands_in_when_there_is_no_other() -> None:
    texts, lost = _texts([_value("swa", "Karibu")], ["swa"])
    assert texts == {"fr": Wording("Karibu", draft=True)}
    assert lost == ["no_french"]


def test_the_wording_for_a_telephone_comes_first() -> None:
    values = [_value("fra", "Long", "RICH_MESSAGING"), _value("fra", "SMS", "SMS"), _value("fra", "Court", "USSD")]
    texts, lost = _texts([*values, _value("fra", "son.mp3", "IVR", kind="AUDIO"), _value("fra", "", "TEXT")])
    assert texts == {"fr": Wording("Court")}
    assert lost == ["media", "other_wordings"]


@pytest.mark.parametrize(
    "resources",
    [
        {"r1": {"values": [_value("fra", "Texte")]}},
        {"r1": {"text": {"fra": "Texte"}}},
        {"r1": {"fra": "Texte"}},
        {"r1": "Texte"},
        [{"uuid": "r1", "values": [{"languageId": "fra", "contentType": "text", "value": "Texte"}]}],
    ],
)
def test_resources_in_every_form(resources: object) -> None:
    got = imported(one_flow(message("r1"), resources=resources))
    assert got.texts["fr"]["sample.n0"] == Wording("Texte")


def test_resources_may_stand_in_the_container() -> None:
    content = one_flow(message("r1")) | {"resources": [{"uuid": "r1", "values": [_value("fra", "Texte")]}]}
    assert imported(content).texts["fr"]["sample.n0"] == Wording("Texte")


def test_a_resource_that_is_missing() -> None:
    got = imported(one_flow(message("7e9f1f1e-33d9-4c80-8cbb-8ce15a1dbbf1")))
    assert codes(got) == ["no_resource", "no_text"]


@pytest.mark.parametrize(
    ("text", "ours", "left_out"),
    [
        ("Bonjour @flow.name.", "Bonjour {name}.", []),
        ("Bonjour @flow.name.value !", "Bonjour {name} !", []),
        ("Bonjour @(flow.name.value)!", "Bonjour {name}!", []),
        ("Bonjour @name", "Bonjour {name}", []),
        ("Bonjour @PROPER(flow.name)", "Bonjour {name}", []),
        ("a@b.org et @@name", "a@b.org et @name", []),
        ("{x} et } et {", "(x) et ) et (", []),
        ("Le @contact.birthday.", "Le ", ["@contact.birthday."]),
        ("A @(1 + flow.name) B", "A B", ["@(1 + flow.name)"]),
        ("A @(flow.name", "A", ["@(flow.name"]),
        ("A @TODAY() B", "A B", ["@TODAY()"]),
    ],
)
def test_places_to_fill_in(text: str, ours: str, left_out: list[str]) -> None:
    def resolve(words: tuple[str, ...]) -> str | None:
        return "name" if words[:2] == ("flow", "name") or words == ("name",) else None

    written, lost = to_ours(text, resolve)
    assert written.rstrip(" .") == ours.rstrip(" .")
    assert [one.rstrip(".") for one in lost] == [one.rstrip(".") for one in left_out]


def _again(text: str, holes: list[str]) -> str:
    written, left_out = to_ours(text, kept_places(holes, lambda words: None))
    assert not left_out
    return written


@pytest.mark.parametrize(
    "text", ["Rien.", "{reference|ref} : {case_state?}", "a@b {x} @{y}", "@(contact.x) {x}", "{x} {x?} {x}"]
)
def test_our_places_come_back(text: str) -> None:
    written, holes = to_floip(text)
    assert "{" not in written
    assert _again(written, holes) == text


def test_a_place_that_was_moved_comes_back() -> None:
    written, holes = to_floip("{reference|ref}, {place_name?}")
    assert written == "@(contact.reference), @(contact.place_name)"
    moved = "Lieu @(contact.place_name) : @(contact.reference) {}"
    assert _again(moved, holes) == "Lieu {place_name?} : {reference|ref} ()"


def test_what_only_a_translation_asks_for_is_left_out() -> None:
    words = {"type": "MobilePrimitives.OpenResponse", "name": "who", "config": {"prompt": "Qui ?"}}
    resources = {"r1": {"fra": "Merci.", "eng": "Thank you @flow.who."}}
    got = imported(one_flow(words, message("r1"), resources=resources))
    assert got.texts["en"]["sample.n1"] == Wording("Thank you .", draft=True)
    assert codes(got) == ["only_in_translation"]
