"""The lexicon files as an operator may edit them: what is shipped is sound, and a slip is named."""

import pytest

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicons import LexiconError, load_lexicons, parse_lexicon
from models.words import FeedbackType, Sensitivity

ALL = [entry for lexicon in load_lexicons() for entry in lexicon.entries]


def make(**entry: object) -> dict[str, object]:
    row = {"id": "one", "category": "EHA.EAU", "patterns": ["water"]} | entry
    return {"version": 1, "language": "xx", "sets": {"no": "no|none"}, "entries": [row]}


def test_every_language_is_there_once_with_a_version() -> None:
    assert [lexicon.language for lexicon in load_lexicons()] == ["dyu", "en", "ff", "fr", "mos"]
    assert all(lexicon.version >= 1 for lexicon in load_lexicons())


def test_ids_are_unique_over_all_files() -> None:
    assert len({entry.id for entry in ALL}) == len(ALL)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_category_can_be_reached(language: str) -> None:
    assert {entry.category for entry in ALL if entry.language == language} - {None} == CATEGORIES.keys()


def test_the_tree_holds_41_categories() -> None:
    assert len(CATEGORIES) == 41


def test_what_belongs_to_a_sealed_category_is_sealed() -> None:
    sealed = {code for code, category in CATEGORIES.items() if category.sensitivity is Sensitivity.SEALED}
    assert {e.id for e in ALL if e.category in sealed and e.sensitivity is not Sensitivity.SEALED} == set()


def test_a_sealed_entry_outweighs_a_single_everyday_word() -> None:
    assert all(entry.weight >= 3 for entry in ALL if entry.category and entry.sensitivity is Sensitivity.SEALED)


def test_entry_without_category_says_something_else() -> None:
    assert all(entry.urgent or entry.type for entry in ALL if entry.category is None)


@pytest.mark.parametrize(
    ("slip", "message"),
    [
        ({"category": "EHA.XXX"}, "xx.one: no category EHA.XXX"),
        ({"sensitive": "secret"}, "xx.one: 'secret' is not a valid Sensitivity"),
        ({"type": "shout"}, "xx.one: 'shout' is not a valid FeedbackType"),
        ({"colour": "red"}, r"xx.one: unknown keys \['colour'\]"),
        ({"patterns": ["wa*"]}, "xx.one: 'wa\\*' is too short a stem in 'wa\\*'"),
        ({"patterns": ["@yes water"]}, "xx.one: no set of the name @yes"),
        ({"patterns": ["..."]}, "xx.one: nothing to look for"),
        ({"patterns": ["water & "]}, "xx.one: nothing to look for"),
        ({"patterns": ["ice-water"]}, "xx.one: 'ice-water' is more than one word"),
        ({"patterns": [True]}, "xx.one: "),
        ({"patterns": []}, "xx.one: needs patterns"),
        ({"weight": 0}, "xx.one: needs patterns, a weight above 0"),
        ({"weight": "heavy"}, "xx.one: could not convert"),
        ({"urgent": 2}, "xx.one: .*urgent between 0 and 1"),
    ],
)
def test_a_slip_is_named(slip: dict[str, object], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        parse_lexicon(make(**slip))


def test_missing_patterns_and_double_ids_and_unknown_keys_are_named() -> None:
    row = {"id": "one", "category": "EHA.EAU", "patterns": ["water"]}
    with pytest.raises(LexiconError, match=r"xx\.one: 'patterns'"):
        parse_lexicon(make() | {"entries": [{"id": "one"}]})
    with pytest.raises(LexiconError, match=r"xx: ids used twice: \['xx\.one'\]"):
        parse_lexicon(make() | {"entries": [row, row]})
    with pytest.raises(LexiconError, match=r"xx: unknown keys \['langage'\]"):
        parse_lexicon(make() | {"langage": "xx"})


def match(text: str, **entry: object) -> bool:
    return bool(parse_lexicon(make(**entry)).match(fold(text)))


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("water", "Water!", True),
        ("water", "waters", False),
        ("water*", "waters", True),
        ("no water", "there is no water", True),
        ("no water", "no clean water", False),
        ("no ... water", "no clean drinking bottled water", True),
        ("no ... water", "no clean cold drinking bottled water", False),
        ("@no water|food", "none, food", True),
        ("well & dry*", "dried up, dry is the well", True),
        ("well & dry*", "the well is fine", False),
        ("no water", "water no", False),
        ("no", "", False),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert match(text, patterns=[pattern]) is matches


def test_unless_makes_a_turn_of_phrase_harmless() -> None:
    assert match("name removed", patterns=["remove*"])
    assert not match("name removed", patterns=["remove*"], unless=["name ... remove*"])


def test_unless_takes_nothing_back_that_was_said_elsewhere() -> None:
    assert match("name removed. son removed", patterns=["remove*"], unless=["name ... remove*"])
    assert match("water for the removed name", patterns=["water", "remove*"], unless=["removed name"])
    assert not match("cold kills", patterns=["kill*"], unless=["cold & kill*"])
    assert match("heat kills", patterns=["kill*"], unless=["cold & kill*"])


def test_longest_counts_in_short_texts_only() -> None:
    assert match("a test", patterns=["test"], longest=2)
    assert not match("the test failed", patterns=["test"], longest=2)


@pytest.mark.parametrize("text", ["l'eau", "leau", "LEAU", "l’eau", "d eau", "deau", "qu'eau"])
def test_elisions_are_cut_with_and_without_apostrophe(text: str) -> None:
    french = make(patterns=["eau"]) | {"elisions": ["qu", "l", "d"]}
    assert parse_lexicon(french).match(fold(text))


@pytest.mark.parametrize("text", ["frappe", "frape", "FRAPPPE"])
def test_doubled_letters_count_once_where_the_file_says_so(text: str) -> None:
    assert parse_lexicon(make(patterns=["frappe"]) | {"squeezed": True}).match(fold(text))


def test_marks_of_an_entry_are_kept() -> None:
    lexicon = parse_lexicon(make(category="SAN.ACC", sensitive="restricted", urgent=0.7, type="question", weight=2))
    (entry,) = lexicon.match("water")
    assert (entry.sensitivity, entry.urgent) == (Sensitivity.RESTRICTED, 0.7)
    assert (entry.type, entry.weight) == (FeedbackType.QUESTION, 2.0)
