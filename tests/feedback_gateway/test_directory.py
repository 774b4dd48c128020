"""The directory: which number is given for a place, what is refused, and that nothing stale is given out."""

import logging
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from feedback_gateway import directory, doctor, work
from feedback_gateway.directory import GIVE_OUT, STALE_AFTER, Entry, Freshness, RefusedError, freshness, hotline_for
from feedback_gateway.lib import clock
from models import Service
from models.words import ServiceKind
from tests import actors
from tests.conftest import House

LINE = Entry(ServiceKind.HOTLINE, "Ligne verte", "80 00 11 11")
KAYA, SANMATENGA, CENTRE_NORD, SAHEL = "BF490304", "BF4903", "BF49", "BF56"


def add(phone: str, place: str | None = None, *, days: int | None = 0, kind: ServiceKind = ServiceKind.HOTLINE) -> int:
    """A service that was verified so many days ago; None: never."""
    alice = actors.make("alice")
    with work.unit_of_work() as db:
        entry = Entry(kind, f"Service {phone}", phone, place_code=place)
        service = directory.add_service(db, entry, verified=days is not None, by=alice)
        if days is not None:
            service.verified_at = clock.now() - timedelta(days=days)
        return service.id


def given(place: str | None) -> str | None:
    with work.reading() as db:
        return hotline_for(db, place)


def fresh(service_id: int) -> Service:
    with work.reading() as db:
        return db.get_one(Service, service_id)


def test_the_nearest_hotline_is_given_then_the_one_of_the_country(house: House) -> None:
    assert given(KAYA) is None
    add("116")
    add("222", CENTRE_NORD)
    add("333", SANMATENGA)
    assert [given(place) for place in (KAYA, SANMATENGA, CENTRE_NORD, SAHEL, None, "nowhere")] == [
        *("333", "333", "222"),
        *("116", "116", "116"),
    ]


def test_without_one_for_the_country_a_place_that_has_none_gets_none(house: House) -> None:
    add("222", CENTRE_NORD)
    assert given(SAHEL) is None
    assert given(None) is None


def test_of_two_at_one_place_the_one_verified_last_is_given(house: House) -> None:
    add("111", days=40)
    add("222", days=2)
    add("333", days=80)
    assert given(KAYA) == "222"


def test_a_number_is_given_until_its_verification_is_too_old(house: House) -> None:
    add("222", CENTRE_NORD, days=GIVE_OUT.days - 1)
    add("116", days=1)
    assert given(KAYA) == "222"
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert given(KAYA) == "116"


@pytest.mark.parametrize("kind", [kind for kind in ServiceKind if kind != ServiceKind.HOTLINE])
def test_only_hotlines_are_given_out(house: House, kind: ServiceKind) -> None:
    add("222", kind=kind)
    assert given(None) is None


def test_a_number_that_nobody_has_called_is_not_given(house: House) -> None:
    bob, service = actors.make("bob"), add("222", days=None)
    assert given(None) is None
    with work.unit_of_work() as db:
        directory.verify_service(db, service, by=bob)
    assert given(None) == "222"
    assert fresh(service).verified_by_id == bob.id


def test_a_retired_number_is_given_again_only_when_somebody_has_called_it(house: House) -> None:
    alice, service = actors.make("alice"), add("222")
    assert given(None) == "222"
    with work.unit_of_work() as db:
        directory.retire_service(db, service, by=alice)
    assert given(None) is None
    with work.unit_of_work() as db:
        directory.reopen_service(db, service, by=alice)
    assert fresh(service).retired_at is None
    assert given(None) is None


def test_reopening_what_was_never_retired_changes_nothing(house: House) -> None:
    alice, service = actors.make("alice"), add("222")
    with work.unit_of_work() as db:
        directory.reopen_service(db, service, by=alice)
    assert given(None) == "222"


def test_a_changed_number_has_to_be_called_again_and_a_changed_name_has_not(house: House) -> None:
    alice, service = actors.make("alice"), add("222")
    with work.unit_of_work() as db:
        directory.edit_service(db, service, LINE._replace(phone="222"), verified=False, by=alice)
    assert given(None) == "222"
    with work.unit_of_work() as db:
        directory.edit_service(db, service, LINE._replace(phone="333"), verified=False, by=alice)
    assert given(None) is None
    with work.unit_of_work() as db:
        directory.edit_service(db, service, LINE._replace(phone="444"), verified=True, by=alice)
    assert given(None) == "444"


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (None, Freshness.NEVER),
        (0, Freshness.FRESH),
        (STALE_AFTER.days - 1, Freshness.FRESH),
        (STALE_AFTER.days + 1, Freshness.STALE),
        (GIVE_OUT.days - 1, Freshness.STALE),
        (GIVE_OUT.days + 1, Freshness.LAPSED),
    ],
)
def test_a_verification_ages_in_steps(days: int | None, step: Freshness) -> None:
    now = clock.now()
    verified_at = None if days is None else now - timedelta(days=days)
    assert freshness(Service(verified_at=verified_at), now) == step


@pytest.mark.parametrize("phone", ["116", "3-2-1", "80 00 11 11", "+226 70 12 34 56", "*123#", "#31#116", " 80  00 "])
def test_numbers_as_they_are_dialled_are_taken(house: House, phone: str) -> None:
    assert fresh(add(phone)).phone == " ".join(phone.split())


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (LINE._replace(name=" "), "name"),
        (LINE._replace(name="a" * 121), "name"),
        *(
            (LINE._replace(phone=phone), "phone")
            for phone in ("", "1", "*#", "- 116", "80.00", "vert", "1" * 21, "٨٠٠")
        ),
        (LINE._replace(hours="a" * 81), "hours"),
        (LINE._replace(place_code="BF99"), "place"),
    ],
)
def test_what_makes_no_sense_is_refused(house: House, entry: Entry, code: str) -> None:
    alice = actors.make("alice")
    with pytest.raises(RefusedError, match=code), work.unit_of_work() as db:
        directory.add_service(db, entry, verified=True, by=alice)


def test_the_same_number_stands_once_for_a_place_and_a_service(house: House) -> None:
    alice, service = actors.make("alice"), add("116")
    with pytest.raises(RefusedError, match="taken"):
        add("116")
    add("116", SAHEL)
    add("116", kind=ServiceKind.CHILD)
    with work.unit_of_work() as db:
        directory.edit_service(db, service, LINE._replace(phone="116"), verified=False, by=alice)
        directory.retire_service(db, service, by=alice)
    add("116")


@pytest.mark.parametrize("phone", ["80001111", "8000-1111", "80-00-11 11"])
def test_a_number_is_the_same_however_it_is_typed(house: House, phone: str) -> None:
    alice, service = actors.make("alice"), add("80 00 11 11")
    with pytest.raises(RefusedError, match="taken"):
        add(phone)
    with work.unit_of_work() as db:
        directory.edit_service(db, service, LINE._replace(phone=phone), verified=False, by=alice)
    assert given(None) == phone


def test_a_service_that_is_gone_is_refused(house: House) -> None:
    alice = actors.make("alice")
    with pytest.raises(RefusedError, match="gone"), work.unit_of_work() as db:
        directory.verify_service(db, 999, by=alice)


def test_every_change_is_logged_by_ids(house: House, caplog: pytest.LogCaptureFixture) -> None:
    alice = actors.make("alice")
    with caplog.at_level(logging.INFO, "feedback_gateway.directory"), work.unit_of_work() as db:
        service = directory.add_service(db, LINE, verified=False, by=alice)
        directory.edit_service(db, service.id, LINE._replace(hours="jour et nuit"), verified=False, by=alice)
        directory.verify_service(db, service.id, by=alice)
        directory.retire_service(db, service.id, by=alice)
        directory.reopen_service(db, service.id, by=alice)
    said = [record.getMessage() for record in caplog.records]
    verbs = ("added", "edited", "verified", "retired", "reopened")
    assert said == [f"user {alice.id} {verb} service {service.id}" for verb in verbs]


def test_the_number_costs_one_statement_a_minute(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add("222", SANMATENGA)
    given(KAYA)
    directory.forget_hotlines()
    asked: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert {given(KAYA) for _ in range(5)} == {"222"}
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 1
    monkeypatch.setattr(directory, "KEEP_SECONDS", -1)
    directory.forget_hotlines()
    assert [given(KAYA), given(KAYA)] == ["222", "222"]
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 3


def test_doctor_counts_the_numbers_that_must_be_called_again(house: House) -> None:
    def look() -> doctor.Check:
        return next(check for check in doctor.examine() if check.name == "services")

    assert look().ok
    assert "empty" in look().detail
    add("111")
    assert look().ok
    add("222", days=STALE_AFTER.days + 1)
    add("333", days=GIVE_OUT.days + 1)
    add("444", days=None)
    assert not look().ok
    assert look().detail == "4 in use, 1 to be called again, 2 not given out for want of a verification"
