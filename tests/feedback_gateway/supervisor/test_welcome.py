from pathlib import Path

from feedback_gateway import settings
from feedback_gateway.supervisor.welcome import LOGINS_FILE, welcome
from tests.feedback_gateway.supervisor.test_embedded_redis import SECRETS

LOGINS = (
    "administrator\tadmin\tpw-1\t\n"
    "manager\tmanager\tpw-2\t\n"
    "focal_point\tfocal.water\tpw-3\tSample water agency\n"
    "focal_point\tfocal.food\tpw-4\tSample food agency\n"
)


def settings_at(home: Path, **environ: str) -> settings.Settings:
    return settings.load({"FEEDBACK_HOME": str(home), **SECRETS, **environ})


def test_it_shows_the_addresses_and_the_first_log_in_of_each_role(tmp_path: Path) -> None:
    (tmp_path / LOGINS_FILE).write_text(LOGINS)
    assert welcome(settings_at(tmp_path)).splitlines() == [
        "",
        "feedback_gateway is running",
        "  console      http://localhost:8000/",
        "  simulator    http://localhost:8000/console/simulator",
        "",
        "  sample log-ins (role, login, password)",
        "    focal point    focal.water  pw-3   (Sample water agency)",
        "    manager        manager      pw-2",
        "    administrator  admin        pw-1",
        f"    the others stand in {tmp_path / LOGINS_FILE}",
        "",
        "  stop         Ctrl-C",
    ]


def test_without_sample_log_ins_it_says_nothing_of_them(tmp_path: Path) -> None:
    text = welcome(settings_at(tmp_path, PUBLIC_BASE_URL="https://line.example.org", SIMULATOR="0"))
    assert "https://line.example.org/" in text
    assert "log-ins" not in text
    assert "simulator" not in text
