"""`feedback model`: report, versions, going back, training, and measuring on any labelled CSV."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from feedback_gateway import learning, model_making, work
from feedback_gateway.classify.model import measuring, seeds
from feedback_gateway.classify.model.in_use import STARTER, load_starter, use_model
from feedback_gateway.cli import main, model
from feedback_gateway.lib import clock
from tests.feedback_gateway.classify.model.samples import write
from tests.handlers.console.learnt import REPORT, make_version

# What the commands read and write is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SETS = {name: list(measuring.read_set(name)) for name in ("check", "red_team")}
EXAMPLES = [each for at, each in enumerate(seeds.read_examples()) if each[0] == "en" and at % 10 == 0]


@pytest.fixture(autouse=True)
def starter_before_and_after() -> Iterator[None]:
    use_model(STARTER, None)
    yield
    use_model(STARTER, None)


@pytest.fixture
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """English examples only, one in ten, and no lexicon to spell out: a training takes a moment."""
    monkeypatch.setattr(seeds, "read_examples", lambda **_: iter(EXAMPLES))
    monkeypatch.setattr(seeds, "load_lexicons", lambda: ())


def run(feedback: CliRunner, *arguments: str) -> Result:
    return feedback.invoke(main, ["model", *arguments])


def said(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_the_report_is_of_the_model_that_reads_and_says_on_what(
    feedback: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Measuring the whole sets is tested with the starter; here it is enough that it is they.
    monkeypatch.setattr(measuring, "read_set", lambda name: islice(SETS[name], 0, None, 10))
    printed = said(run(feedback, "report"))
    assert printed.startswith("model starter; thresholds {'route': 0.")
    for words in ("check: 50 texts", "macro F1", "calibration error", "go on by themselves", "sensitive texts kept"):
        assert words in printed
    found = json.loads(said(run(feedback, "report", "--json")))
    assert found["model"] == STARTER
    assert [part["name"] for part in found["sets"]] == ["check"]
    assert found["sensitive"]["count"] > 40


def test_versions_and_which_one_reads(feedback: CliRunner) -> None:
    assert "reading: starter; 0 new labels; 0 frozen cases" in said(run(feedback, "versions"))
    taken, refused = make_version(), make_version(taken=False, reason="loses_check", labels=500)
    with work.unit_of_work() as db:
        learning.use(db, taken.id, by=None)
    lines = said(run(feedback, "versions")).splitlines()
    assert lines[0].startswith(f"reading: {taken.id};")
    assert [line.split()[0] for line in lines[1:]] == [str(refused.id), str(taken.id)]
    assert lines[1].endswith(f"500 labels  F1 {REPORT['sets'][0]['macro_f1']:.3f}  refused: loses_check")
    assert lines[2].endswith("480 labels  F1 0.810  taken")


def test_going_back_and_to_any_that_is_kept(feedback: CliRunner) -> None:
    first, second = make_version(), make_version()
    for to in (first.id, second.id):
        assert said(run(feedback, "rollback", "--to", str(to))) == f"reading from now on: {to}\n"
    assert said(run(feedback, "rollback")) == f"reading from now on: {first.id}\n"
    assert said(run(feedback, "rollback")) == "reading from now on: starter\n"
    assert said(run(feedback, "rollback", "--to", str(second.id))) == f"reading from now on: {second.id}\n"
    assert said(run(feedback, "rollback", "--to", "0")) == "reading from now on: starter\n"


@pytest.mark.parametrize(
    ("arguments", "words"), [((), "there is nothing older"), (("--to", "99"), "no such version")], ids=["older", "none"]
)
def test_going_where_nothing_is_says_so(feedback: CliRunner, arguments: Sequence[str], words: str) -> None:
    result = run(feedback, "rollback", *arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_a_training_keeps_a_version_and_says_what_became_of_it(
    feedback: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_making, "seed_documents", lambda: write(30, 0.3))
    monkeypatch.setattr(measuring, "read_set", lambda name: islice(SETS[name], 0, None, 10))
    printed = said(run(feedback, "train"))
    assert "not taken (loses_" in printed  # thirty texts are worse than what is shipped
    assert "0 labels" in printed
    assert "check: 50 texts" in printed
    with work.reading() as db:
        assert len(learning.status(db).versions) == 1
        assert not learning.is_training(db, clock.now())


def test_a_training_that_breaks_off_leaves_its_beginning_on_record(
    feedback: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(db: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(model_making, "make_and_measure", fail)
    assert run(feedback, "train").exit_code == 1
    with work.reading() as db:
        assert learning.is_training(db, clock.now())
        assert learning.status(db).versions == []


def test_a_starter_is_written_where_it_is_read_from(
    feedback: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (model.STARTER_FOLDER / "model.npz").exists()
    monkeypatch.setattr(model, "STARTER_FOLDER", tmp_path)
    monkeypatch.setattr("feedback_gateway.classify.model.starting.seed_documents", lambda: write(30, 0.3))
    monkeypatch.setattr("feedback_gateway.classify.model.starting.calibration_documents", lambda: write(30))
    monkeypatch.setattr(measuring, "read_set", lambda name: islice(SETS[name], 0, None, 10))
    assert "check: 50 texts" in said(run(feedback, "starter"))
    written = json.loads((tmp_path / "model.json").read_text("utf-8"))
    assert written["classes"] == ["EHA.EAU", "FSL.MIS", "PRO.VBG"]
    assert written["facts"]["lexicon"] == load_starter().facts["lexicon"]
    assert (tmp_path / "model.npz").read_bytes().startswith(b"PK")


FOREIGN = """id;message;need;lang
1;no water at the tap since monday;water;en
2;we have nothing to eat;food;en
3;hello how are you;other;en
4;zuxo zuxo;water;
5;nobody said;;en
"""


@pytest.fixture
def foreign(tmp_path: Path) -> str:
    return write_file(tmp_path, "foreign.csv", FOREIGN)


def write_file(folder: Path, name: str, content: str, encoding: str = "utf-8") -> str:
    (folder / name).write_bytes(content.encode(encoding))
    return str(folder / name)


def evaluate(feedback: CliRunner, file: str, *arguments: str) -> Result:
    return run(feedback, "evaluate", file, "--text", "message", "--label", "need", *arguments)


def test_labels_of_any_name_are_measured(feedback: CliRunner, few_seeds: None, foreign: str) -> None:
    printed = said(evaluate(feedback, foreign, "--language", "lang"))
    assert "held_out: 4 texts" in printed  # a row without a label is no example
    assert "food" in printed
    found = json.loads(said(evaluate(feedback, foreign, "--json")))
    assert {row["code"] for row in found["sets"][0]["categories"]} == {"food", "other", "water"}
    assert found["sets"][0]["languages"] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_what_spreadsheets_write_is_read(feedback: CliRunner, few_seeds: None, tmp_path: Path, encoding: str) -> None:
    file = write_file(tmp_path, "odd.csv", "message,need\r\nl'eau est coupée,water\r\non a faim,food\r\n", encoding)
    assert "held_out: 2 texts" in said(evaluate(feedback, file))


def test_labels_of_another_file_are_learnt_so_many_of_them(
    feedback: CliRunner, few_seeds: None, tmp_path: Path, foreign: str
) -> None:
    rows = "\n".join(f"{at},zuxo {at},water" for at in range(12))
    taught = write_file(tmp_path, "taught.csv", f"id,message,need\n{rows}\n")

    def recall(*arguments: str) -> float:
        found = json.loads(said(evaluate(feedback, foreign, "--json", *arguments)))
        return float(next(row["recall"] for row in found["sets"][0]["categories"] if row["code"] == "water"))

    assert recall("--learn", taught, "--labels", "0") < 1.0
    assert recall("--learn", taught, "--labels", "8", "--seed", "3") == 1.0


def test_labels_0_and_1_are_what_is_kept_back(feedback: CliRunner, tmp_path: Path) -> None:
    rows = "message,need\nun agent demande de coucher avec lui pour la carte,1\nthe water point is broken,0\n"
    printed = said(evaluate(feedback, write_file(tmp_path, "sensitive.csv", rows)))
    assert "sensitive texts kept back" in printed
    assert "1.000 of 1" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--text", "words"), "has no column words: id, message, need, lang"),
        (("--language", "tongue"), "has no column tongue"),
        (("--label", "id"), "what do these labels mean? --map 'LABEL=CODE': 1, 2, 3, 4, 5"),
        (("--map", "water=EAU"), "--map water=EAU: LABEL=CODE"),
    ],
    ids=["text", "language", "label", "map"],
)
def test_what_cannot_be_measured_says_why(
    feedback: CliRunner, foreign: str, arguments: Sequence[str], words: str
) -> None:
    result = evaluate(feedback, foreign, *arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_a_label_without_a_meaning_is_given_one(feedback: CliRunner, few_seeds: None, tmp_path: Path) -> None:
    file = write_file(tmp_path, "odd.csv", "message,need\nno water at the tap,zone 4\nwe have nothing to eat,food\n")
    assert "zone 4" in evaluate(feedback, file).output
    assert "held_out: 2 texts" in said(evaluate(feedback, file, "--map", "zone 4=EHA.EAU,EHA.LAT"))


@pytest.mark.parametrize(
    "content", ["", "message,need\n", "message,need\nwater,\n"], ids=["empty", "head", "unlabelled"]
)
def test_a_file_with_nothing_in_it_says_so(feedback: CliRunner, tmp_path: Path, content: str) -> None:
    result = evaluate(feedback, write_file(tmp_path, "empty.csv", content))
    assert result.exit_code == 1
    assert "no column" in result.output or "no labelled row" in result.output
