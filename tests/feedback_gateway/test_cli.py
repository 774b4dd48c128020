"""The command line, as an operator types it, against a real installation."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from feedback_gateway import accounts, doctor, schedule, simulate, work
from feedback_gateway.cli import main
from feedback_gateway.lib import clock
from flows.book import open_book
from flows.dialogue import play, read_dialogue
from flows.reference import show
from models import Contact, User
from tests import actors
from tests.conftest import House
from tests.factories import make_case
from tests.settings import AT_TOKEN


def run(feedback: CliRunner, *arguments: str) -> Result:
    return feedback.invoke(main, list(arguments))


def test_channels_prints_every_full_address(feedback: CliRunner) -> None:
    rows = json.loads(run(feedback, "channels", "--json").output)
    base = "https://plaintes.example.org/webhooks"
    urls = {(row["channel"], row["kind"]): row["url"] for row in rows}
    for kind in ("sms", "status", "ussd", "ussd-events", "opt-out"):
        assert urls["africastalking", kind] == f"{base}/africastalking/{AT_TOKEN}/{kind}"
    assert urls["twilio", "sms"] == f"{base}/twilio/sms"
    assert urls["twilio", "status"] == f"{base}/twilio/status"


def test_case_prints_codes_and_times_and_nothing_personal(feedback: CliRunner) -> None:
    case = make_case("EHA.EAU", text="motsecret", phone="+22670998877")
    printed = run(feedback, "case", show(case.reference), "--json").output
    found = json.loads(printed)
    assert found["state"] == "referred"
    assert found["category"] == "EHA.EAU"
    assert found["agency"] == "EHA"
    assert found["sensitivity"] == "normal"
    assert {each["step"] for each in found["clocks"]} == {"acknowledge", "triage", "refer", "accept", "answer", "close"}
    assert found["next_step"] == "accept"
    assert [event["kind"] for event in found["events"]][:2] == ["opened", "acknowledged"]
    assert "motsecret" not in printed
    assert "70998877" not in printed
    assert "EHA.EAU" in run(feedback, "case", case.reference).output


def test_an_unknown_reference_is_said_plainly(feedback: CliRunner) -> None:
    result = run(feedback, "case", "1234567890")
    assert result.exit_code == 1
    assert "no case has this reference" in result.output


def test_create_user_prints_a_password_once(feedback: CliRunner) -> None:
    result = run(feedback, "create-user", "nouveau", "--role", "focal_point", "--agency", "EHA", "--sealed", "CON.EAS")
    login, password = result.output.strip().split("\t")
    assert login == "nouveau"
    assert len(password) >= 10
    with work.reading() as db:
        user = db.query(User).filter_by(login="nouveau").one()
    assert user.password_hash.startswith("$argon2id$")
    assert password not in user.password_hash


def test_a_forgotten_password_is_replaced(feedback: CliRunner) -> None:
    actors.make("alice")
    _, password = run(feedback, "reset-password", "alice").output.strip().split("\t")
    with work.unit_of_work() as db:
        assert accounts.log_in(db, "alice", password) is not None
        assert accounts.log_in(db, "alice", actors.PASSWORD) is None
    assert run(feedback, "reset-password", "nobody").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("x", "--role", "focal_point", "--agency", "NONE"),
        ("x y", "--role", "manager"),
        ("abc", "--role", "focal_point"),
        ("abc", "--role", "manager", "--sealed", "NOT.HERE"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(feedback: CliRunner, arguments: tuple[str, ...]) -> None:
    result = run(feedback, "create-user", *arguments)
    assert result.exit_code != 0
    assert "refused" in result.output


def test_places_are_imported_from_a_file(feedback: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_text("code,parent_code,level,name,aliases\nKY12,BF490304,site,Secteur 6,\n")
    assert "1 places imported" in run(feedback, "import-places", str(file)).output
    file.write_text("code,parent_code,level,name,aliases\nKY13,NOWHERE,site,Secteur 7,\n")
    result = run(feedback, "import-places", str(file))
    assert result.exit_code == 1
    assert "line 2" in result.output


def test_the_flows_are_in_order_and_stand_in_a_table(feedback: CliRunner) -> None:
    result = run(feedback, "flows", "check")
    assert result.exit_code == 0
    assert "aid/topic" in result.output


def test_a_flow_is_drawn(feedback: CliRunner) -> None:
    assert run(feedback, "flows", "draw", "tell").output.startswith("<svg")
    assert "no flow is called" in run(feedback, "flows", "draw", "nothing").output


def test_doctor_says_what_does_not_work_and_fails(feedback: CliRunner) -> None:
    result = run(feedback, "doctor")
    assert result.exit_code == 1
    assert "FAIL queue" in result.output
    assert "FAIL dispatcher" in result.output
    assert "ok   database" in result.output
    assert "ok   owners" in result.output


def test_doctor_misses_readers_of_sealed_cases(house: House) -> None:
    with work.unit_of_work() as db:
        for user in db.query(User).filter_by(login="protection"):
            user.active = False
    checks = {check.name: check for check in doctor.examine()}
    assert not checks["sealed readers"].ok
    assert "CON.EAS" in checks["sealed readers"].detail


def test_doctor_notices_a_clock_that_was_set_back(house: House) -> None:
    schedule.beat()
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        checks = {check.name: check for check in doctor.examine()}
    assert not checks["clock"].ok
    assert {check.name: check for check in doctor.examine()}["clock"].ok


def test_keys_rotate_counts_what_it_rewrote(feedback: CliRunner) -> None:
    make_case("EHA.EAU")
    assert "contacts: 1 rows" in run(feedback, "keys", "rotate").output


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    result = CliRunner(env={"FEEDBACK_HOME": str(tmp_path), "FEEDBACK_KEYS": ""}).invoke(main, ["channels"])
    assert result.exit_code == 2
    assert "FEEDBACK_KEYS is not set" in result.output


def test_the_phone_in_the_terminal(feedback: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "WAIT_SECONDS", 0.1)  # no worker runs here: the SMS stays on its way
    keys = "1\n3\n1\n8\nla pompe est en panne\n1\n/sms AIDE\n"
    result = feedback.invoke(main, ["simulate", "+22670000001"], input=keys)
    assert result.exit_code == 0
    assert "Langue / Language" in result.output
    assert "Votre numéro" in result.output
    assert "/156 septets" in result.output
    assert "the session is over" in result.output
    assert "septets, 1 SMS" in result.output


def test_one_sms_from_the_terminal(feedback: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "WAIT_SECONDS", 0.1)
    result = run(feedback, "simulate", "70 00 00 01", "--sms", "AIDE")
    assert result.exit_code == 0
    assert "septets" in result.output
    with work.reading() as db:
        assert db.query(Contact).one().phone == "+22670000001"


def test_a_live_phone_in_the_terminal_is_recorded(feedback: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "live.yaml"
    keys = "1\n/again\n/wait 60\n/drop\n/dial\n/quit\nnot read\n"
    result = feedback.invoke(main, ["simulate", "--record", str(file)], input=keys)
    assert result.exit_code == 0
    assert "the same screen" in result.output
    assert "time passes by itself here" in result.output
    dialogue = read_dialogue(file)
    assert [turn.kind for turn in dialogue.turns] == ["dial", "press", "again", "drop", "dial"]


@pytest.mark.parametrize("arguments", [("--language", "fr"), ("nobody",), ("--pure", "--language", "xx")], ids=" ".join)
def test_a_phone_that_makes_no_sense_is_refused(feedback: CliRunner, arguments: tuple[str, ...]) -> None:
    assert run(feedback, "simulate", *arguments).exit_code == 2


def test_a_pure_phone_in_the_terminal_needs_no_installation(tmp_path: Path) -> None:
    file = tmp_path / "pure.yaml"
    keys = "\n".join(
        [
            *("/help", "3", "1", "8", "la pompe est en panne", "/drop", "/drop", "/again", "/dial", "1"),
            *("/wait", "/wait 4000", "", "7", "/what", "/dial *384*1*6#", "/dial 110", "/sms STOP"),
        ]
    )
    arguments = ["simulate", "--pure", "--language", "fr", "--record", str(file)]
    runner = CliRunner(env={"FEEDBACK_HOME": str(tmp_path / "none"), "DATABASE_URL": "no address", "FEEDBACK_KEYS": ""})
    result = runner.invoke(main, arguments, input=keys)
    assert result.exit_code == 0, result.output
    for said in (
        "the network drops the session",
        "no session is open",
        "there is no request to repeat",
        "1 Continuer",
        "/wait SECONDS",
        "4000 seconds have passed",
        "000 000 0013",
        "/what: not a command",
        "invalid MMI code",
    ):
        assert said in result.output
    dialogue = read_dialogue(file)
    assert [turn.kind for turn in dialogue.turns] == [
        *("dial", "press", "press", "press", "press", "drop", "dial", "press"),
        *("drop", "wait", "abandon", "dial", "sms"),
    ]
    assert play(open_book(), dialogue) == []
    assert not (tmp_path / "none").exists()
