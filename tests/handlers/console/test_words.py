"""The English words are complete and fit; the vocabularies are complete; vendored files are what they say."""

import hashlib
import json
import re
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from feedback_gateway.worklist import LISTS
from handlers import console
from handlers.console import TRANSLATIONS, words
from handlers.console.page import STATIC
from models import words as vocabulary

HERE = Path(console.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}


def in_source() -> set[str | tuple[str, ...]]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    return {found[2] for found in extract_from_dir(str(HERE), methods, keywords=KEYWORDS)}


def in_english() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (TRANSLATIONS / "en/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    assert not [message.id for message in catalog if message.id and message.fuzzy]
    return {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: message.string
        for message in catalog
        if message.id
    }


def test_every_french_message_has_an_english_one_and_no_english_one_is_left_over() -> None:
    english = in_english()
    assert set(english) == in_source()
    assert [message for message, said in english.items() if not said or not all(said)] == []


def test_translations_fill_in_the_same_values() -> None:
    for french, english in in_english().items():
        for before, after in zip(_each(french), _each(english), strict=True):
            assert set(PLACEHOLDER.findall(before)) == set(PLACEHOLDER.findall(after)), before


def _each(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


SHOWN = (
    *("CaseState", "Outcome", "Rejection", "Priority", "Sensitivity", "Role"),
    *("FeedbackType", "Delivery", "Purpose", "Medium", "Level"),
    *("SafeTime", "ServiceKind", "ReferralState", "Needed", "Recipient", "Means", "NoticeKind", "WhyNot", "Pace"),
    *("CallReason", "CallOutcome", "IssueState", "GapState", "SiteService"),
)


@pytest.mark.parametrize("name", SHOWN)
def test_every_word_of_a_vocabulary_that_pages_show_has_a_name(name: str) -> None:
    kind: type[StrEnum] = getattr(vocabulary, name)
    assert [word for word in kind if (kind, word.value) not in words.WORDS] == []


def test_every_list_and_every_promise_has_a_name() -> None:
    assert set(words.TABS) == set(LISTS)
    assert set(words.STEPS) == set(vocabulary.Step)
    assert set(words.CONTACT_BY) == set(vocabulary.ContactBy)
    assert set(words.NOISES) == set(vocabulary.Noise)
    assert set(words.HOLDS) == set(vocabulary.Hold)


def test_vendored_files_are_the_published_ones_and_carry_their_licence() -> None:
    vendor = STATIC / "vendor"
    listed = json.loads((vendor / "manifest.json").read_text())
    for entry in listed:
        assert hashlib.sha256((vendor / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert (vendor / entry["license_file"]).read_text().strip()
    known = {entry[key] for entry in listed for key in ("file", "license_file")} | {"manifest.json"}
    assert {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()} == known


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert not re.search(r"https?:|@import|url\(", path.read_text()), path
