"""`feedback flows try`: dialogue files on the command line, without an installation."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback_gateway.cli import main
from flows.book import open_book
from flows.dialogue import Recorder


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A file that goes as written."""
    phone = Recorder(open_book(), "fr")
    phone.dial("3")
    phone.sms("STOP")
    path = tmp_path / "some" / "stop.yaml"
    path.parent.mkdir()
    path.write_text(phone.to_yaml("STOP after a look at the menu"), encoding="utf-8")
    return path


def try_files(*arguments: object) -> Result:
    return CliRunner(env={"FEEDBACK_HOME": None}).invoke(main, ["flows", "try", *map(str, arguments)])


def test_files_and_folders_that_go_as_written(recording: Path) -> None:
    for given in (recording, recording.parent.parent):
        result = try_files(given)
        assert (result.exit_code, result.output) == (0, "1 of 1 conversations go as written\n")


def test_every_turn_that_goes_otherwise_is_told(recording: Path) -> None:
    written = recording.read_text(encoding="utf-8")
    recording.write_text(written.replace("1 Eau", "1 Vin").replace("OptOut", "OptIn"), encoding="utf-8")
    result = try_files(recording)
    assert result.exit_code == 1
    for said in (f"{recording}: STOP after a look", "turn 1: screen is not", "| 1 Vin", "| 1 Eau", "turn 2: events"):
        assert said in result.output
    assert result.output.endswith("0 of 1 conversations go as written\n")


def test_what_comes_now_can_be_written(recording: Path) -> None:
    written = recording.read_text(encoding="utf-8")
    recording.write_text(written.replace("1 Eau", "1 Vin"), encoding="utf-8")
    result = try_files("--update", recording)
    assert (result.exit_code, result.output) == (0, "1 conversations were written as they go now\n")
    assert recording.read_text(encoding="utf-8") == written


def test_a_file_that_is_none_is_refused_by_name(recording: Path) -> None:
    recording.write_text("about: nothing\nturns: [drop]", encoding="utf-8")
    result = try_files(recording)
    assert result.exit_code == 1
    assert f"{recording}: turn 1: a turn begins with one of" in result.output
    recording.write_text("about: nothing\nturns: [{ask: nothing}]", encoding="utf-8")
    assert f"{recording}: turn 1: no flow is called 'nothing'" in try_files(recording).output
    recording.unlink()
    assert "no conversation" in try_files(recording.parent).output
    assert try_files(recording).exit_code == 2
