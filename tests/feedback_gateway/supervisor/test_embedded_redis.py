import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import redis

from feedback_gateway import settings
from feedback_gateway.supervisor import embedded_redis
from tests.feedback_gateway.supervisor.programs import running, wait_until

SECRETS = dict.fromkeys(("FEEDBACK_KEYS", "FEEDBACK_LOOKUP_KEY", "SECRET_KEY", "AT_WEBHOOK_TOKEN"), "x")


def fake_server(directory: Path, name: str, version: str) -> Path:
    program = directory / name
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ({"redis-server": "Redis server v=7.0.15 sha=0"}, "redis-server"),
        ({"redis-server": "Redis server v=7.0.15", "valkey-server": "Valkey server v=8.1.0"}, "redis-server"),
        ({"redis-server": "Redis server v=5.0.7 sha=0", "valkey-server": "Valkey server v=8.1.0"}, "valkey-server"),
        ({"redis-server": "command not found", "valkey-server": "Valkey server v=8.1.0"}, "valkey-server"),
    ],
)
def test_a_new_enough_server_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: dict[str, str], chosen: str
) -> None:
    for name, version in installed.items():
        fake_server(tmp_path, name, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert embedded_redis.find_program() == str(tmp_path / chosen)


def test_without_any_server_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(embedded_redis.NoRedisError, match="install redis-server or valkey-server"):
        embedded_redis.find_program()


def find_program() -> str:
    try:
        return embedded_redis.find_program()
    except embedded_redis.NoRedisError as error:
        pytest.skip(str(error))


@pytest.mark.processes
@pytest.mark.parametrize("name", ["plain", "with space, é, =, # and ?", "long" * 30])
def test_it_answers_at_the_address_of_the_settings(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    path = settings.redis_socket(home)
    embedded_redis.prepare_socket(path, home)
    try:
        with running(embedded_redis.command(find_program(), path), tmp_path / "said") as program:
            assert wait_until(lambda: embedded_redis.answers(path)), program.said()
            client = redis.Redis.from_url(settings.load({"FEEDBACK_HOME": str(home), **SECRETS}).redis_url)
            assert client.client_info(), "an RQ worker asks for it when it starts"
            client.close()
            assert path.stat().st_mode & 0o077 == 0
            assert program.stop() == 0
            assert not embedded_redis.answers(path)
            assert list(path.parent.iterdir()) == [], "Redis keeps nothing"
    finally:
        if path.parent != home:
            shutil.rmtree(path.parent)


def test_a_socket_left_behind_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    assert not embedded_redis.answers(path)
    embedded_redis.prepare_socket(path, tmp_path)
    assert not path.exists()


def test_a_short_directory_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.mkdir(mode=0o755)
    with pytest.raises(embedded_redis.UnsafeDirectoryError, match=str(short)):
        embedded_redis.prepare_socket(short / "redis.sock", tmp_path / "home")


def test_a_short_directory_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(embedded_redis.UnsafeDirectoryError):
        embedded_redis.prepare_socket(tmp_path / "link" / "redis.sock", tmp_path / "home")


def test_the_short_path_is_the_same_whatever_the_temp_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / ("long" * 40)
    before = settings.redis_socket(home)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert settings.redis_socket(home) == before
    assert len(str(before)) < 100


def test_only_the_address_of_the_home_is_embedded(tmp_path: Path) -> None:
    ours = {"FEEDBACK_HOME": str(tmp_path), **SECRETS}
    assert settings.load(ours).embedded_redis
    assert not settings.load({**ours, "REDIS_URL": "redis://localhost:6379/0"}).embedded_redis


def test_a_program_that_hangs_is_no_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("redis-server", 10)

    fake_server(tmp_path, "redis-server", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("subprocess.run", hang)
    with pytest.raises(embedded_redis.NoRedisError):
        embedded_redis.find_program()
