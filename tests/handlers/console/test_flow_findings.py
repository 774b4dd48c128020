"""The check's sentences: each has its French, and leads to the flow, the text and the language that it is about."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import flows
from flows import files
from flows.check import Problem
from flows.errors import BookError
from flows.floip.losses import SENTENCES
from flows.reading import read_flow
from handlers.console import flow_losses
from handlers.console.flow_findings import Finding, find, french

HERE = Path(flows.__file__).parent
RAISED = {"BookError", "TemplateError", "Problem"}
NOT_EDITED = {"keywords.py", "sensitive.py", "dialogue.py", "script.py", "scene.py", "recorder.py"}
"""Files whose errors cannot come of what is edited in the console."""
OF_FILES = (
    "a language file has language",
    "name is what its speakers call the language",
    "texts are keys and texts",
    "1.yaml is missing: every other language",
)
"""Errors of the shipped files alone."""


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that the sources of flows/ raise, its holes filled with `x`, or a number where they say so."""
    for path in sorted(HERE.glob("*.py")):
        if path.name in NOT_EDITED:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RAISED and call.args:
                said = said_by(call.args[-1])
                if said is not None and not said.startswith(OF_FILES):
                    yield f"{path.name}:{call.lineno}", said


def said_by(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    filled = "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
    for where in ("1.yaml: ", "1: "):
        filled = filled.removeprefix(where)
    return filled if filled.strip("1 :") else None


def test_every_sentence_of_the_check_has_its_french() -> None:
    found = list(sentences())
    assert len(found) > 40
    bare = {what.removeprefix("node 1: ").removeprefix("text 1: ").removeprefix("start: "): at for at, what in found}
    assert {at: what for what, at in bare.items() if french(what) is None} == {}


KINDS = [
    (Problem("thanks", "which", "", "nothing leads here"), Finding("thanks", "which", "", "", "nothing leads here")),
    (Problem("texts", "home", "mos", "the text is missing"), Finding("home", "", "home", "mos", "the text is missing")),
    (Problem("texts", "back", "", "x"), Finding("other-texts", "", "back", "", "x")),
    (Problem("", "", "", "thanks.yaml: nodes are missing"), Finding("thanks", "", "", "", "nodes are missing")),
    (Problem("", "", "", "thanks.yaml: node a: then is missing"), Finding("thanks", "a", "", "", "then is missing")),
    (
        Problem("", "", "", "thanks.yaml: node a: option 1: no purpose is called 'x'"),
        Finding("thanks", "a", "", "", "option 1: no purpose is called 'x'"),
    ),
    (
        Problem("", "", "", "mos.yaml: text home: a brace does not belong to a variable"),
        Finding("home", "", "home", "mos", "a brace does not belong to a variable"),
    ),
    (
        Problem("", "", "", "fr.yaml: text home.more is missing (home.yaml: node menu)"),
        Finding("home", "", "home.more", "fr", "text home.more is missing (home.yaml: node menu)"),
    ),
    (
        Problem("", "", "", "thanks.yaml: line 7: a colon is missing"),
        Finding("thanks", "", "", "", "line 7: a colon is missing"),
    ),
    (Problem("", "", "", "something else"), Finding("", "", "", "", "something else")),
]


@pytest.mark.parametrize(("problem", "found"), KINDS, ids=lambda given: str(given)[:60])
def test_a_finding_says_what_it_is_about(problem: Problem, found: Finding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.console.flow_findings.in_english", lambda: True)
    homes = {"home": "home", "home.more": "home", "back": "other-texts"}
    assert find(problem, ["fr", "mos"], homes) == found


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("option 3: no purpose is called 'x'", "option 3 : but : 'x' n'existe pas"),
        ("no node is called 'x'", "étape : 'x' n'existe pas"),
        ("one can ask for text, date, not for 'x'", "on ne peut pas demander 'x' ; on peut demander text, date"),
        ("does not fit 156 septets: 163 too many", "ne tient pas dans 156 septets : 163 de trop"),
        (
            "does not fit 156 septets with its letters kept: 2 too many",
            "ne tient pas dans 156 septets, lettres gardées : 2 de trop",
        ),
        (
            "text survey.first is missing (survey.yaml: node first)",
            "le texte survey.first manque : l'étape first du parcours survey l'emploie",
        ),
        ("text back is missing (the engine)", "le texte back manque : le logiciel lui-même l'emploie"),
        ("while parsing a flow node", None),
    ],
)
def test_what_a_finding_names_is_in_its_french(english: str, said: str | None) -> None:
    assert french(english) == said


@pytest.mark.parametrize(
    "nodes", ["[1]", "{a: 1}", "{a: {menu: x}}", "{a: {say: []}}", "{a: {ask: text, save: {}}}", "{? [a] : b}", "null"]
)
def test_whatever_stands_in_the_yaml_is_a_finding(nodes: str) -> None:
    with pytest.raises(BookError):
        read_flow(f"flow: x\nversion: 1\nabout: x\nstart: a\nnodes: {nodes}\n", "x")


def test_every_loss_of_an_import_has_its_french_with_the_same_details() -> None:
    assert set(flow_losses.FRENCH) == set(SENTENCES)
    for code, english in SENTENCES.items():
        assert holes(flow_losses.FRENCH[code]) == holes(english), code


def holes(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_fault_of_the_yaml_has_its_french() -> None:
    said = [plain for _, plain in files.PLAIN]
    said += [files.ALIAS, files.UNSHOWABLE, files.TOO_DEEP, files.TOO_LARGE, files.UNKNOWN, "a stands twice"]
    assert [plain for plain in said if not (french(f"line 7: {plain}") or "").startswith("ligne 7 : ")] == []
