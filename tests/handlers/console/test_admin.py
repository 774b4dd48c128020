import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import PausedChannel, Place
from tests.handlers.console.browser import Browser, text_of

# The page alone: what it reads and writes is tested on both databases where it is done.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)

SignIn = Callable[[str], Browser]


@pytest.mark.parametrize("name", ["alice", "dora", "marc"])
def test_only_administrators_see_or_change_anything(app: Flask, sign_in: SignIn, name: str) -> None:
    browser = sign_in(name)
    assert browser.get("/console/admin").status_code == 403
    assert "Réglages" not in browser.get("/console/").text
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/admin/"):
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            assert browser.post(path).status_code == 403, path


def test_a_paused_channel_is_shown_with_its_reason_and_resumed(sign_in: SignIn) -> None:
    with work.unit_of_work() as db:
        db.add(PausedChannel(channel="africastalking", reason="InvalidCredentials", at=clock.now()))
    ada = sign_in("ada")
    assert "InvalidCredentials" in text_of(ada.get("/console/admin"))
    assert "Canal repris." in text_of(ada.post("/console/admin/channels/africastalking/resume"))
    with work.reading() as db:
        assert db.get(PausedChannel, "africastalking") is None
    assert ada.post("/console/admin/channels/africastalking/resume").status_code == 422


HEAD = "code,parent_code,level,name,aliases\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ((HEAD + "S1,BF490304,site,Site un,Un;Camp un\nS2,nowhere,site,Site deux,\n").encode(), "line 3"),
        ((HEAD + "S1,BF490304,village,Site un,\n").encode(), "line 2"),
        ("a;b\n1;2\n".encode("utf-16"), "UTF-8"),
        (b"", None),
    ],
)
def test_places_come_whole_or_not_at_all(sign_in: SignIn, content: bytes, says: str | None) -> None:
    page = sign_in("ada").post("/console/admin/places", file=(io.BytesIO(content), "places.csv"))
    assert page.status_code == (422 if says else 200)
    assert (says or "0 lieux repris") in text_of(page)
    with work.reading() as db:
        assert db.get(Place, "S1") is None


def test_places_are_taken_up_at_once(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    content = (HEAD + "S1,BF490304,site,Site un,Un;Camp un\n").encode("utf-8-sig")
    page = ada.post("/console/admin/places", file=(io.BytesIO(content), "places.csv"))
    assert "1 lieux repris" in text_of(page)
    assert "Site un" in ada.get("/console/responsibilities/cell").text
    assert "Choisissez d'abord un fichier" in text_of(ada.post("/console/admin/places"))
