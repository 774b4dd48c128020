import logging

import pytest
from sqlalchemy import func, select

from feedback_gateway import administration, work
from feedback_gateway.accounts import log_in
from feedback_gateway.administration import RefusedError
from models import User
from models.words import Role
from tests import actors
from tests.conftest import House
from tests.factories import agency_id


def test_every_change_is_logged_by_ids_and_nothing_personal(house: House, caplog: pytest.LogCaptureFixture) -> None:
    ada, water = actors.make("ada"), agency_id("EHA")
    with caplog.at_level(logging.INFO, "feedback_gateway.administration"), work.unit_of_work() as db:
        user, password = administration.create_user(
            db,
            login="fanta",
            name="Point focal 7",
            email="p7@example.org",
            role=Role.FOCAL_POINT,
            agency_id=water,
            by=ada,
        )
        administration.set_active(db, user.id, active=False, by=ada)
        administration.add_agency(db, code="ONEA", name="Office", by=ada)
        contact = administration.create_contact(db, name="Fanta Ouédraogo", agency_id=water, by=ada)
        details = administration.Details("Fanta Ouédraogo", email="fanta@example.org", phone="70112233")
        administration.set_details(db, contact.id, details, by=ada)
        administration.reset_password(db, "fanta", by=ada)
    assert len(caplog.records) == 6
    assert all(f"user {ada.id} " in record.getMessage() for record in caplog.records)
    for personal in (password, "fanta", "Point focal", "p7@example.org", "Ouédraogo", "70112233"):
        assert personal not in caplog.text


def test_a_generated_password_opens_the_account_and_is_not_kept(house: House) -> None:
    ada = actors.make("ada")
    with work.unit_of_work() as db:
        user, password = administration.create_user(
            db, login=" FANTA ", name=" Gestion ", role=Role.MANAGER, agency_id=None, by=ada
        )
        assert (user.login, user.name, user.email) == ("fanta", "Gestion", None)
        assert password not in user.password_hash
    with work.unit_of_work() as db:
        found = log_in(db, "fanta", password)
    assert found is not None
    assert found.id == user.id


@pytest.mark.parametrize("login", ["", "a", "ab", "a b c", "é" * 5, "-abc", "abc-", "x" * 121, "a\nb", "<b>abc</b>"])
def test_a_login_that_nobody_could_type_is_refused(house: House, login: str) -> None:
    ada = actors.make("ada")
    with pytest.raises(RefusedError, match="login"), work.unit_of_work() as db:
        administration.create_user(db, login=login, name="x", role=Role.MANAGER, agency_id=None, by=ada)


def test_a_refusal_leaves_nothing_behind(house: House) -> None:
    ada = actors.make("ada")
    with work.reading() as db:
        before = db.scalar(select(func.count()).select_from(User))
    for agency in (None, 999999):
        with pytest.raises(RefusedError), work.unit_of_work() as db:
            administration.create_user(db, login="fanta", name="x", role=Role.FOCAL_POINT, agency_id=agency, by=ada)
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(User)) == before


def test_what_is_gone_is_said(house: House) -> None:
    ada = actors.make("ada")
    for change in (
        lambda db: administration.set_active(db, 999999, active=True, by=ada),
        lambda db: administration.edit_agency(db, 999999, name="x", aliases=[], by=ada),
        lambda db: administration.set_absence(db, 999999, first=None, last=None, deputy_id=None, by=ada),
        lambda db: administration.resume_channel(db, "none", by=ada),
    ):
        with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
            change(db)
