import multiprocessing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from feedback_gateway import home, settings


def test_a_new_home_is_made_with_secrets_that_only_this_account_reads(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "home"
    assert home.init(place) is True
    assert place.stat().st_mode & 0o777 == 0o700
    assert (place / settings.SECRETS_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.iterdir()] == [settings.SECRETS_FILE]


def test_the_secrets_are_all_that_the_settings_ask_for(tmp_path: Path) -> None:
    home.init(tmp_path / "home")
    loaded = settings.load({"FEEDBACK_HOME": str(tmp_path / "home")})
    fernet = Fernet(loaded.keys[0])
    assert fernet.decrypt(fernet.encrypt(b"text")) == b"text"
    generated = [loaded.lookup_key, loaded.secret_key, loaded.africastalking.webhook_token]
    assert len(set(generated)) == 3
    assert all(len(secret) >= 43 for secret in generated), "256 bits each"


def test_secrets_are_never_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "home"
    home.init(place)
    before = (place / settings.SECRETS_FILE).read_bytes()
    assert home.init(place) is False
    assert (place / settings.SECRETS_FILE).read_bytes() == before


def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    home.init(tmp_path / "a")
    home.init(tmp_path / "b")
    one, other = (set(settings.read_secrets(tmp_path / name).values()) for name in "ab")
    assert len(one) == 4
    assert not one & other


def test_a_home_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    home.init(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        home.init(tmp_path / "file" / "home")


@pytest.mark.processes
def test_of_many_at_once_exactly_one_creates_them(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert sorted(pool.map(home.init, [tmp_path / "home"] * 8)) == [False] * 7 + [True]
        pool.close()
        pool.join()
