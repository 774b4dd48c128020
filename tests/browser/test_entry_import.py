"""The pages on which a register is brought in, on a phone and on a desk, with and without scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from feedback_gateway import work
from feedback_gateway.lib import clock
from models import Case
from tests.browser.axe import look_closely
from tests.worker import work_off

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)]
OpenBrowser = Callable[..., Page]


def register() -> bytes:
    day = (clock.now() - timedelta(days=2)).strftime("%d/%m/%Y")
    good = [f"{n};{day};la pompe {n} est en panne;Kaya;70 12 34 {n}" for n in range(10, 13)]
    wrong = [f"20;hier;{'x' * 200};Kayaa;7012", f"21;{day};;;"]
    return "\n".join(["N°;Date;Plainte;Commune;Téléphone", *good, *wrong]).encode()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_file_to_the_cases(open_browser: OpenBrowser, scripts: bool) -> None:
    page = open_browser("marc", scripts=scripts)
    page.goto("/console/enter/import")
    page.set_input_files("#import-file", {"name": "comité.csv", "mimeType": "text/csv", "buffer": register()})
    page.click("text=Regarder ce fichier")
    expect(page.locator("h1")).to_have_text("comité.csv")
    expect(page.locator("#wrong-title")).to_have_text("2 lignes à corriger")
    if scripts:
        assert fits(page)
        look_closely(page)
    page.fill("#import-register", "Comité de Kaya")
    page.check("#import-contact")
    page.click("text=Regarder de nouveau")
    page.click("text=Reprendre les 3 lignes justes")
    expect(page.locator("#running-title")).to_be_visible()
    if scripts:
        assert fits(page)
        look_closely(page)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(3):
            work_off()
            traveller.shift(timedelta(seconds=5))
    if not scripts:
        page.click("text=Voir où elle en est")
    # With scripts the page looks by itself, every five seconds.
    expect(page.locator("#done-title")).to_be_visible(timeout=10_000)
    expect(page.locator("main")).to_contain_text("3 dossiers ouverts")
    if scripts:
        assert fits(page)
        look_closely(page)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Case)) == 3
