"""How many dead links one address may try, and that it never keeps anybody from a good one."""

from datetime import datetime, timedelta

import pytest
import time_machine

from handlers.desk import throttle as throttles
from handlers.desk.throttle import Throttle, address_of
from handlers.desk.views import WINDOW, throttle
from tests.conftest import House
from tests.desk import open_desk
from tests.factories import make_case
from tests.handlers.desk.conftest import Reader, path_of

NOW = datetime.fromisoformat("2026-12-01T09:00:00+00:00")


def test_an_address_may_try_some_dead_links_and_then_waits(house: House, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        path = path_of(open_desk().user, make_case())
        form = reader.form(path)
        tried = [reader.get(f"/dossier/forged{number}").status_code for number in range(throttle.most)]
        assert set(tried) == {404}
        late = reader.get("/dossier/forged")
        assert (late.status_code, late.headers["Retry-After"]) == (429, "600")
        assert "Attendez dix minutes" in late.text
        assert reader.send("/dossier/forged", "accept", "x").status_code == 429
        assert reader.send(path, "accept", "forged form").status_code == 429
        assert reader.get(path).status_code == 200, "a good link opens all the same: many phones share one address"
        assert reader.send(path, "accept", form).status_code == 200
        traveller.shift(WINDOW)
        assert reader.get("/dossier/forged").status_code == 404


def test_another_address_is_not_kept_out(house: House, reader: Reader) -> None:
    for _ in range(throttle.most + 1):
        reader.get("/dossier/forged", headers={"X-Forwarded-For": "198.51.100.7"})
    assert reader.get("/dossier/forged", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 429
    assert reader.get("/dossier/forged", headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 404


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (None, "", ""),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(peer: str | None, forwarded: str, address: str) -> None:
    assert address_of(peer, forwarded) == address


def test_a_window_begins_anew() -> None:
    limit = Throttle(most=2, window=timedelta(minutes=10))
    assert [limit.count("a", NOW) for _ in range(3)] == [True, True, False]
    assert limit.count("b", NOW)
    assert not limit.count("a", NOW + timedelta(minutes=9))
    assert limit.count("a", NOW + timedelta(minutes=10))


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MOST_ADDRESSES", 3)
    limit = Throttle(most=1, window=timedelta(minutes=10))
    for address in "abcd":
        limit.count(address, NOW)
    assert not limit.count("d", NOW)
    assert limit.count("a", NOW), "the one that was seen longest ago is forgotten"
