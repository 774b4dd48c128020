"""The check finds what would fail in the field: each thing that it refuses in a small book of its own."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows.book import Book
from flows.check import Problem, check, check_folder, report
from flows.errors import BookError
from flows.screens import Limits
from tests.flows.small_book import flow, load_small_book, write_small_book

NOTHING_TO_SAY = "said: {say: said}"
ASK = "menu: {menu: tried, options: {1: {then: said}}}\nsaid: {say: said}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small_book(tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Broken:
    """What is changed in the small book, and every problem that must be found then."""

    found: tuple[str, ...]
    tried: str = NOTHING_TO_SAY
    texts: dict[str, str] = field(default_factory=dict)
    english: dict[str, str] | None = None
    flows: dict[str, str] = field(default_factory=dict)
    limits: tuple[Limits, ...] = ()

    def load(self, folder: Path) -> Book:
        return load_small_book(folder, {"tried": self.tried, **self.flows}, self.texts, self.english)


def test_a_book_in_order_has_no_problems(folder: Path) -> None:
    assert check(Broken(()).load(folder)) == []


FAULTS = {
    "a missing English text": Broken(
        ("texts/tried [en]: the text is missing",), tried="said: {say: tried}", texts={"tried": "Voilà."}, english={}
    ),
    "a text that no screen uses": Broken(
        ("texts/spare [en]: no screen uses this text", "texts/spare [fr]: no screen uses this text"),
        texts={"spare": "Rien"},
    ),
    "a node that nothing leads to": Broken(
        ("tried/alone: nothing leads here",), tried="said: {say: said}\nalone: {say: said}"
    ),
    "a flow that nothing leads to": Broken(
        ("lonely: nothing leads to this flow",),
        flows={"lonely": "said: {say: said, then: more}\nmore: {say: said}\nalone: {say: said}"},
    ),
    "a loop without exit": Broken(
        ("tried/menu: a dead end: a loop without exit, no last words can be reached",),
        tried="menu: {menu: tried, options: {1: {then: menu}}}",
        texts={"tried": "Encore\n1 Encore"},
    ),
    "two screens that lead to each other and nowhere else": Broken(
        (
            "tried/first: a dead end: a loop without exit, no last words can be reached",
            "tried/second: a dead end: a loop without exit, no last words can be reached",
        ),
        tried="first: {say: said, then: second}\nsecond: {menu: tried, options: {1: {then: first}}}",
        texts={"tried": "Encore\n1 Encore"},
    ),
    "a screen that does not fit": Broken(
        (
            "tried/ask [en]: does not fit 156 septets: 52 too many",
            "tried/ask [fr]: does not fit 156 septets: 52 too many",
        ),
        tried="ask: {ask: text, text: tried, save: words, then: said}\nsaid: {say: said}",
        texts={"tried": "a" * 200},
    ),
    "a line of a menu that does not fit": Broken(
        ("tried/menu [en]: does not fit 156 septets", "tried/menu [fr]: does not fit 156 septets"),
        tried=ASK,
        texts={"tried": "Choix\n1 " + "a" * 200},
    ),
    "a title for which the lines leave no room": Broken(
        ("tried/menu [en]: does not fit 156 septets", "tried/menu [fr]: does not fit 156 septets"),
        tried=ASK,
        texts={"tried": "Choisissez bien\n1 " + "a" * 140},
    ),
    "a title that is cut once letters are kept": Broken(
        (
            "tried/ask [en]: does not fit 156 septets with its letters kept",
            "tried/ask [fr]: does not fit 156 septets with its letters kept",
        ),
        tried="ask: {ask: text, text: tried, save: words, then: said}\nsaid: {say: said}",
        texts={"tried": "ç" * 70},
        limits=(Limits(156), Limits(156, folds=False), Limits(182, folds=False)),
    ),
    "a text of too many pages": Broken(
        (
            "tried/said [en]: takes 5 screens of 156 septets; at most 4",
            "tried/said [fr]: takes 5 screens of 156 septets; at most 4",
        ),
        tried="said: {say: tried}",
        texts={"tried": "Des mots et encore des mots. " * 22},
    ),
    "a menu of too many pages once letters are kept": Broken(
        (
            "tried/menu [en]: takes 5 screens of 156 septets with its letters kept; at most 4",
            "tried/menu [fr]: takes 5 screens of 156 septets with its letters kept; at most 4",
        ),
        tried="menu: {menu: tried, options: {1: {then: said}, 2: {then: said}, 3: {then: said}, 4: {then: said},"
        " 5: {then: said}}}\nsaid: {say: said}",
        texts={"tried": "Choix\n" + "\n".join(f"{key} {'ç' * 30}" for key in range(1, 6))},
        limits=(Limits(156), Limits(156, folds=False)),
    ),
    "an SMS that costs more": Broken(
        ("help/said [en]: costs 2 SMS", "help/said [fr]: costs 2 SMS"),
        flows={"help": "said: {say: tried}"},
        texts={"tried": "a" * 161},
    ),
    "an SMS that costs more with what follows it": Broken(
        ("help/said [en]: costs 2 SMS", "help/said [fr]: costs 2 SMS"),
        flows={"help": "said: {say: tried, then: more}\nmore: {say: said}"},
        texts={"tried": "a" * 156},
    ),
    "a sensitive word on a screen": Broken(
        (
            "tried/menu [en]: a shared phone would show 'violences'",
            "tried/menu [fr]: a shared phone would show 'violences'",
        ),
        tried=ASK,
        texts={"tried": "Choix\n1 Violences"},
    ),
    "a sensitive word in an SMS": Broken(
        ("help/said [en]: a shared phone would show 'gbv'",),
        flows={"help": "said: {say: tried}"},
        texts={"tried": "Question"},
        english={"tried": "GBV"},
    ),
    "digits that only the person may know": Broken(
        (
            "texts/tried [en]: shows {digits}, which only the person may know",
            "texts/tried [fr]: shows {digits}, which only the person may know",
        ),
        tried="ask: {ask: new_pin, text: said, save: digits, then: shown}\nshown: {say: tried}",
        texts={"tried": "Vos chiffres : {digits}"},
    ),
    "a flow that returns and is also gone on to": Broken(
        ("inner/menu: returns to nobody: its flow is also come to without a call",),
        tried="ask: {menu: tried, options: {1: {then: sub}, 2: {then: flow inner}}}\n"
        "sub: {call: inner, then: said}\nsaid: {say: said}",
        flows={"inner": "menu: {menu: tried, options: {1: {then: return}, 2: {then: return}}}"},
        texts={"tried": "Choix\n1 Un\n2 Deux"},
    ),
    "a flow that returns and is begun": Broken(
        ("help/menu: returns to nobody: its flow is also come to without a call",),
        tried="sub: {call: help, then: said}\nsaid: {say: said}",
        texts={"tried": "Choix\n1 Un\n2 Deux"},
        flows={"help": "menu: {menu: tried, options: {1: {then: return}, 2: {then: return}}}"},
    ),
    "calls in a circle": Broken(
        (
            "inner/again: calls in a circle: what it calls comes back here to call again",
            "tried/sub: calls in a circle: what it calls comes back here to call again",
        ),
        tried="sub: {call: inner, then: said}\nsaid: {say: said}",
        flows={
            "inner": "menu: {menu: two, options: {1: {then: again}, 2: {then: return}}}\n"
            "again: {call: tried, then: return}"
        },
        texts={"two": "Choix\n1 Un\n2 Deux"},
    ),
    "what comes after a call that never comes back": Broken(
        ("tried/said: nothing leads here",),
        tried="sub: {call: inner, then: said}\nsaid: {say: said}",
        flows={"inner": NOTHING_TO_SAY},
    ),
    "a number that cannot be right": Broken(
        ("tried/ask: no answer can be right: least 5 is above most 3",),
        tried="ask: {ask: number, text: said, save: size, least: 5, most: 3, then: said}\nsaid: {say: said}",
    ),
}


@pytest.mark.parametrize("broken", FAULTS.values(), ids=FAULTS)
def test_what_would_fail_is_found_and_nothing_else(folder: Path, broken: Broken) -> None:
    problems = sorted(str(problem) for problem in check(broken.load(folder), *broken.limits))
    expected = sorted(broken.found)
    assert len(problems) == len(expected), problems
    for problem, start in zip(problems, expected, strict=True):
        assert problem.startswith(start)


@pytest.mark.parametrize(
    ("tried", "texts", "fault"),
    [
        ("menu: {menu: tried, options: {1: {then: gone}}}", {"tried": "A\n1 B"}, "no node is called 'gone'"),
        ("menu: {menu: tried, options: {1: {then: flow gone}}}", {"tried": "A\n1 B"}, "no flow is called 'gone'"),
        ("sub: {call: gone, then: said}\nsaid: {say: said}", {}, "no flow is called 'gone'"),
        ("said: {say: gone}", {}, "text gone is missing"),
        ("said: {say: tried}", {"tried": "Bonjour {who}"}, "no variable is called who"),
        (
            "menu: {branch: who, cases: {yes: said}, otherwise: said}\nsaid: {say: said}",
            {},
            "no variable is called who",
        ),
        ("act: {action: dance, then: said}\nsaid: {say: said}", {}, "no action is called 'dance'"),
        ("ask: {ask: colour, text: said, save: words, then: said}\nsaid: {say: said}", {}, "colour"),
        ("ask: {ask: text, text: said, save: words}", {}, "then"),
        (
            "menu: {menu: tried, options: {9: {then: said}}}\nsaid: {say: said}",
            {"tried": "A\n9 B"},
            "'9' is not one of",
        ),
        ("menu: {menu: tried, options: {1: {then: said}}}\nsaid: {say: said}", {"tried": "A\n2 B"}, "numbered lines"),
        ("one: {branch: heard, cases: {yes: said}, otherwise: one}\nsaid: {say: said}", {}, "in a circle"),
        ("one: {say: said, then: two}\ntwo: {say: said, then: one}", {}, "in a circle"),
    ],
)
def test_what_cannot_even_be_put_together_is_one_problem(
    folder: Path, tried: str, texts: dict[str, str], fault: str
) -> None:
    with pytest.raises(BookError, match=fault):
        load_small_book(folder, {"tried": tried}, texts)
    (folder / "definitions/tried.yaml").write_text(flow("tried", tried))
    french = folder / "texts/fr.yaml"
    french.write_text(
        french.read_text() + "".join(f"  {key}: |-\n    {indent(words)}\n" for key, words in texts.items())
    )
    found = check_folder(folder)
    assert len(found.problems) == 1
    assert fault in str(found.problems[0])
    assert found.screens == ()


def indent(words: str) -> str:
    return words.replace("\n", "\n    ")


def test_a_menu_of_ten_keys_is_refused(folder: Path) -> None:
    options = ", ".join(f"{key}: {{then: said}}" for key in range(10))
    lines = "\n".join(f"{key} Choix" for key in range(10))
    with pytest.raises(BookError, match="option '9' is not one of 0 to 8"):
        load_small_book(folder, {"tried": f"menu: {{menu: tried, options: {{{options}}}}}"}, {"tried": f"A\n{lines}"})


def test_a_text_on_the_way_is_priced_with_each_thing_that_can_follow(folder: Path) -> None:
    book = load_small_book(
        folder,
        {
            "help": "first: {say: said, then: known}\nknown: {branch: heard, cases: {none: short}, otherwise: long}\n"
            "short: {say: said}\nlong: {say: tried}"
        },
        {"tried": "Une suite plus longue."},
    )
    rows = [
        shown for shown in report(book).screens if (shown.flow, shown.node, shown.language) == ("help", "first", "fr")
    ]
    assert {(shown.step, shown.text) for shown in rows} == {
        ("help/short", "Bien.\nBien."),
        ("help/long", "Bien.\nUne suite plus longue."),
    }


def test_what_is_found_depends_on_the_limits_that_are_asked_for(folder: Path) -> None:
    book = load_small_book(
        folder,
        {"tried": "ask: {ask: text, text: tried, save: words, then: said}\nsaid: {say: said}"},
        {"tried": "a" * 145},
    )
    assert check(book, Limits(160)) == []
    both = check(book, Limits(140), Limits(160), Limits(120))
    assert [problem.what.partition(":")[0] for problem in both if problem.language == "fr"] == [
        "does not fit 140 septets",
        "does not fit 120 septets",
    ]


def test_how_much_an_sms_may_cost_can_be_told_and_by_which_letters(folder: Path) -> None:
    book = load_small_book(folder, {"help": "said: {say: tried}"}, {"tried": "ç" * 71})
    assert check(book) == []
    assert report(book, letters="keep").problems == ()
    assert {str(problem) for problem in report(book, letters="keep", most_parts=1).problems} == {
        "help/said [en]: costs 2 SMS",
        "help/said [fr]: costs 2 SMS",
    }
    dear = load_small_book(folder, {"help": "said: {say: tried}"}, {"tried": "ç" * 135})
    assert {problem.what for problem in report(dear, letters="keep").problems} == {"costs 3 SMS"}


def test_one_language_can_be_looked_at_alone(folder: Path) -> None:
    book = load_small_book(folder, {"tried": "said: {say: tried}"}, {"tried": "a" * 700, "spare": "Rien"})
    found = report(book, languages=["en"])
    assert {problem.language for problem in found.problems} == {"en"}
    assert {shown.language for shown in found.screens} == {"en"}
    assert [line.language for line in found.languages] == ["en"]


def test_a_problem_names_flow_node_and_language() -> None:
    assert str(Problem("tell", "what", "en", "is wrong")) == "tell/what [en]: is wrong"
    assert str(Problem("tell", "", "", "is wrong")) == "tell: is wrong"
    assert str(Problem("", "", "", "home.yaml: is wrong")) == "home.yaml: is wrong"
