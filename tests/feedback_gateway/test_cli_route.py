"""`feedback route`: who would get a case, and why."""

import pytest
from click.testing import CliRunner

from feedback_gateway.cli import main
from feedback_gateway.responsibility.rules import Subject
from tests.feedback_gateway.responsibility.house_rules import set_rule


def test_it_says_who_why_and_until_when(feedback: CliRunner) -> None:
    set_rule("GSAT", Subject("EHA.EAU", "BF49"))
    result = feedback.invoke(main, ["route", "eha.eau", "Kaya", "--about", "GSAT"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "EHA.EAU, BF490304, normal, P1"
    assert lines[1] == "goes to EHA by the rule EHA|*|*"
    assert lines[2].startswith("passed over GSAT by EHA.EAU|BF49|*: concerned (valid ")
    assert lines[3] == "taken by eau: 0 open cases"
    assert lines[4].startswith("acknowledge 1:00:00 around the clock, now until ")
    assert len(lines) == 11


def test_sealed_cases_go_to_their_readers(feedback: CliRunner) -> None:
    result = feedback.invoke(main, ["route", "EHA.EAU", "--sensitivity", "sealed"])
    assert "taken by protection" in result.output
    assert "no place, sealed" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["XXX"], "refused: category"),
        (["EHA.EAU", "Tombouctou"], "refused: place"),
        (["EHA.EAU", "--about", "NOBODY"], "refused: agency"),
    ],
)
def test_what_there_is_not_is_said(feedback: CliRunner, arguments: list[str], says: str) -> None:
    result = feedback.invoke(main, ["route", *arguments])
    assert result.exit_code == 1
    assert says in result.output
