"""Who may change what about whom, and what cannot be kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import accounts, administration, work
from feedback_gateway.administration import Details
from feedback_gateway.lib.refusal import RefusedError
from feedback_gateway.lib.worktime import Hours
from models import Agency, SealedReader, User, vault
from models.words import Role
from tests import actors
from tests.conftest import House
from tests.factories import agency_id
from tests.feedback_gateway.responsibility.house_rules import NOW


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def find(user: User) -> User:
    with work.reading() as db:
        return db.get_one(User, user.id)


def details(user: User, by: User, **change: Any) -> User:
    with work.unit_of_work() as db:
        given = Details(**{"name": user.name, "email": "x@example.org", **change})
        return administration.set_details(db, user.id, given, by=by)


def absence(user: User, by: User, first: str | None, last: str | None, deputy: User | None = None) -> None:
    with work.unit_of_work() as db:
        administration.set_absence(
            db,
            user.id,
            first=date.fromisoformat(first) if first else None,
            last=date.fromisoformat(last) if last else None,
            deputy_id=deputy.id if deputy else None,
            by=by,
        )


def refused(code: str) -> Any:
    return pytest.raises(RefusedError, match=f"^{code}$")


def test_a_number_is_kept_as_it_is_dialled_from_anywhere_and_found_again(house: House) -> None:
    alice, ada = actors.make("alice"), actors.make("ada")
    details(alice, ada, phone="70 11 22 33", notify_by="sms", language="en")
    found = find(alice)
    assert (found.phone, found.notify_by, found.language) == ("+22670112233", "sms", "en")
    assert found.phone_hash == vault.lookup("phone", "+22670112233")
    with refused("phone_taken"):
        details(actors.make("bob"), ada, phone="+226 70112233")
    details(alice, ada, phone="")
    assert (find(alice).phone, find(alice).phone_hash) == (None, None)


def test_of_two_who_save_one_number_at_the_same_moment_the_second_is_told(house: House) -> None:
    alice, bob, ada = actors.make("alice"), actors.make("bob"), actors.make("ada")
    with ThreadPoolExecutor(1) as other:
        with work.unit_of_work() as db:
            administration.set_details(db, alice.id, Details("A", "a@example.org", "70112233"), by=ada)
            second = other.submit(details, bob, ada, phone="70112233")
            wait([second], timeout=0.3)
        with refused("phone_taken"):
            second.result(timeout=20)
    assert find(alice).phone == "+22670112233"
    assert find(bob).phone is None


def test_another_phone_has_no_pin(house: House) -> None:
    alice, ada = actors.make("alice"), actors.make("ada")
    details(alice, ada, phone="70112233")
    with work.unit_of_work() as db:
        stored = db.get_one(User, alice.id)
        stored.sms_pin_hash, stored.wrong_sms_pins = "hash", 2
    details(alice, ada, phone="70112233", name="Alice B")
    assert find(alice).sms_pin_hash == "hash"
    details(alice, ada, phone="70112234")
    assert (find(alice).sms_pin_hash, find(alice).wrong_sms_pins) == (None, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "name"),
        ({"email": "nowhere"}, "email"),
        ({"email": "a@b\nBcc: x@y"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"notify_by": "pigeon"}, "notify_by"),
        ({"notify_by": "sms"}, "notify_by"),
        ({"email": "", "phone": "70112233"}, "notify_by"),
    ],
)
def test_details_by_which_nobody_can_be_reached_are_refused(house: House, change: dict[str, str], code: str) -> None:
    with refused(code):
        details(actors.make("alice"), actors.make("ada"), **change)


def test_somebody_without_a_log_in_needs_a_phone_or_a_letter_box_and_never_logs_in(house: House) -> None:
    ada, water = actors.make("ada"), agency_id("EHA")
    with refused("unreachable"), work.unit_of_work() as db:
        user = administration.create_contact(db, name="Point d'eau", agency_id=water, by=ada)
        administration.set_details(db, user.id, Details("Point d'eau", notify_by="none"), by=ada)
    with work.unit_of_work() as db:
        user = administration.create_contact(db, name="Point d'eau", agency_id=water, by=ada)
        administration.set_details(db, user.id, Details("Point d'eau", phone="70112233", notify_by="sms"), by=ada)
    assert (user.may_log_in, user.role) == (False, Role.FOCAL_POINT)
    with refused("no_login"), work.unit_of_work() as db:
        administration.reset_password(db, user.login, by=ada)
    with work.unit_of_work() as db:
        db.get_one(User, user.id).password_hash = accounts.hash_password("a long enough password")
    with work.unit_of_work() as db:
        assert accounts.log_in(db, user.login, "a long enough password") is None


def test_anybody_says_when_they_are_away_and_nobody_says_so_of_another_agency(house: House) -> None:
    alice, bob, mona, charlie = (actors.make(name) for name in ("alice", "bob", "mona", "charlie"))
    absence(alice, alice, "2026-12-24", "2027-01-02", bob)
    found = find(alice)
    assert (found.absent_from, found.absent_until, found.deputy_id) == (date(2026, 12, 24), date(2027, 1, 2), bob.id)
    absence(alice, mona, None, None)
    assert (find(alice).absent_from, find(alice).deputy_id) == (None, None)
    for other in (bob, charlie, actors.make("marc")):
        with refused("not_yours"):
            absence(alice, other, "2026-12-24", None)


@pytest.mark.parametrize(
    ("first", "last", "deputy", "code"),
    [
        ("2026-12-24", "2026-12-23", None, "period"),
        ("2026-11-01", "2026-11-30", None, "past"),
        (None, None, "alice", "deputy_self"),
        (None, None, "charlie", "deputy"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    house: House, first: str | None, last: str | None, deputy: str | None, code: str
) -> None:
    alice = actors.make("alice")
    with refused(code):
        absence(alice, alice, first, last, actors.make(deputy) if deputy else None)


def test_a_manager_makes_people_of_their_own_agency_and_gives_no_rights(house: House) -> None:
    mona, water, food = actors.make("mona"), agency_id("EHA"), agency_id("VIVRES")
    good = {"login": "fanta", "name": "Fanta", "role": Role.FOCAL_POINT, "agency_id": water, "by": mona}
    for change in (
        {"agency_id": food},
        {"agency_id": None, "role": Role.MANAGER},
        {"role": Role.ADMINISTRATOR},
        {"role": Role.OPERATOR},
        {"restricted": True},
        {"sealed": ["*"]},
        {"by": actors.make("alice")},
        {"by": actors.make("marc")},
    ):
        with refused("not_yours"), work.unit_of_work() as db:
            administration.create_user(db, **{**good, **change})
    with refused("not_yours"), work.unit_of_work() as db:
        administration.create_contact(db, name="x", agency_id=food, by=mona)
    with work.unit_of_work() as db:
        user, _password = administration.create_user(db, **good)
    with refused("not_yours"), work.unit_of_work() as db:
        administration.set_rights(db, user.id, restricted=True, sealed=[], by=mona)


def test_a_manager_does_not_touch_how_those_are_reached_who_read_more(house: House) -> None:
    mona, alice, bob = (actors.make(name) for name in ("mona", "alice", "bob"))
    ada = actors.make("ada")
    details(alice, mona)
    with work.unit_of_work() as db:
        administration.set_rights(db, alice.id, restricted=True, sealed=[], by=ada)
        administration.set_rights(db, bob.id, restricted=False, sealed=["PRO.VBG"], by=ada)
    for reader in (alice, bob):
        with refused("not_yours"):
            details(reader, mona)
        with refused("not_yours"), work.unit_of_work() as db:
            administration.reset_password(db, reader.login, by=mona)
        absence(reader, mona, "2026-12-24", None)
    with work.unit_of_work() as db:
        administration.set_active(db, alice.id, active=False, by=mona)
    with refused("not_yours"), work.unit_of_work() as db:
        administration.set_active(db, alice.id, active=True, by=mona)
    with work.unit_of_work() as db:
        administration.set_rights(db, mona.id, restricted=True, sealed=["*"], by=ada)
    mona = find(mona)
    details(find(bob), mona)


def test_the_list_of_sealed_readers_is_what_an_administrator_says(house: House) -> None:
    alice, ada = actors.make("alice"), actors.make("ada")
    for sealed in (["PRO.VBG", "CON.EAS"], ["CON.EAS"], []):
        with work.unit_of_work() as db:
            administration.set_rights(db, alice.id, restricted=True, sealed=sealed, by=ada)
        with work.reading() as db:
            kept = db.scalars(select(SealedReader.category_code).where(SealedReader.user_id == alice.id)).all()
        assert sorted(kept) == sorted(sealed)
    with refused("category"), work.unit_of_work() as db:
        administration.set_rights(db, alice.id, restricted=False, sealed=["XXX"], by=ada)
    assert find(alice).may_read_restricted


def test_own_hours_and_the_agencys_again(house: House) -> None:
    alice, mona = actors.make("alice"), actors.make("mona")
    with work.unit_of_work() as db:
        administration.set_working_hours(db, alice.id, Hours(frozenset({6, 1}), 480, 720), by=mona)
    assert (find(alice).workdays, find(alice).opens, find(alice).closes) == ("16", 480, 720)
    with work.unit_of_work() as db:
        administration.set_working_hours(db, alice.id, None, by=mona)
    assert (find(alice).workdays, find(alice).opens) == (None, None)


def test_the_other_names_of_an_agency_are_kept_without_those_that_are_words(house: House) -> None:
    ada, water = actors.make("ada"), agency_id("EHA")
    with work.unit_of_work() as db:
        administration.edit_agency(
            db, water, name="Eau", aliases=["  ONG   Eau ", "ONG Eau", "", "l'hydraulique"], by=ada
        )
    with work.reading() as db:
        agency = db.get_one(Agency, water)
    assert (agency.name, agency.aliases, agency.sample) == ("Eau", ["ONG Eau", "l'hydraulique"], False)
    for name, aliases, code in (("Eau", ["de"], "aliases"), (" ", [], "name"), ("Eau", ["x" * 121], "aliases")):
        with refused(code), work.unit_of_work() as db:
            administration.edit_agency(db, water, name=name, aliases=aliases, by=ada)
