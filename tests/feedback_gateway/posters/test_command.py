"""`feedback posters`, as an operator types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback_gateway import seed, work
from feedback_gateway.cli import main

SITES = """code,parent_code,level,name,aliases,languages
KY12,BF490304,site,Secteur 6,,
DO3,BF560202,site,Wendou,,
FA/4,BF520203,site,Secteur 4,,bib;mos
"""
REACHED = ("--code", "*384*44135#", "--sms", "21512")


@pytest.fixture
def feedback(feedback: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner in an installation with three sites."""
    monkeypatch.chdir(tmp_path)
    with work.unit_of_work() as db:
        seed.import_places(db, iter(SITES.splitlines(keepends=True)))
    return feedback


def run(feedback: CliRunner, *arguments: str) -> Result:
    return feedback.invoke(main, ["posters", *arguments])


def printed(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*") if path.read_bytes().startswith(b"%PDF-")}


def test_one_file_a_site_with_its_languages(feedback: CliRunner, tmp_path: Path) -> None:
    result = run(feedback, *REACHED)
    assert result.exit_code == 0
    assert printed(tmp_path / "affiches") == {"affiche-KY12.pdf", "affiche-DO3.pdf", "affiche-FA%2F4.pdf"}
    assert "affiche-KY12.pdf: Français, Mooré, Fulfulde" in result.output
    assert "affiche-DO3.pdf: Français, Fulfulde, Mooré" in result.output
    assert "affiche-FA%2F4.pdf: Français, Mooré" in result.output
    assert "Drafts, to be read by a speaker" in result.output


def test_places_may_be_named_as_before_or_as_now(feedback: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(feedback, *REACHED, "--below", "Liptako", "--site", "BF490304", "--out", str(out)).exit_code == 0
    assert printed(out) == {"affiche-DO3.pdf", "affiche-BF490304.pdf"}


def test_the_settings_are_asked_when_nothing_is_given(feedback: CliRunner, tmp_path: Path) -> None:
    feedback.env.update(AT_SERVICE_CODE="*384*44135#", AT_SHORT_CODE="21512")
    assert run(feedback, "--site", "KY12", "--languages", "fr").exit_code == 0
    assert printed(tmp_path / "affiches") == {"affiche-KY12.pdf"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "give --code"),
        (("--no-code",), "give --sms"),
        (("--no-code", "--no-sms"), "cannot be reached"),
        ((*REACHED, "--site", "NOWHERE"), "NOWHERE"),
        ((*REACHED, "--languages", "xx"), "'xx' has no texts"),
    ],
)
def test_a_refusal_is_a_sentence_and_leaves_no_file(
    feedback: CliRunner, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    result = run(feedback, *arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert why in result.output
    assert not (tmp_path / "affiches").exists()


def test_a_line_that_costs_something(feedback: CliRunner, tmp_path: Path) -> None:
    free, paid = tmp_path / "free", tmp_path / "paid"
    run(feedback, *REACHED, "--site", "KY12", "--out", str(free))
    run(feedback, *REACHED, "--site", "KY12", "--out", str(paid), "--not-free")
    assert len((paid / "affiche-KY12.pdf").read_bytes()) < len((free / "affiche-KY12.pdf").read_bytes())


def test_a_place_that_can_have_none_does_not_stop_the_others(feedback: CliRunner, tmp_path: Path) -> None:
    unfit = ["code,parent_code,level,name,aliases,languages\n", "D1,BF490304,site,A,,\n", "EE2,BF490304,site,كايا,,\n"]
    with work.unit_of_work() as db:
        seed.import_places(db, iter(unfit))
    result = run(feedback, *REACHED)
    assert result.exit_code == 1
    assert printed(tmp_path / "affiches") == {"affiche-KY12.pdf", "affiche-DO3.pdf", "affiche-FA%2F4.pdf"}
    last = result.output[result.output.index("Error: no poster for 2 of the places:") :]
    assert "D1: an SMS that begins with D1 would not be understood" in last
    assert "EE2: 'كايا' has letters that a poster cannot print" in last
