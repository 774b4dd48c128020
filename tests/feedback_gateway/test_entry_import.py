"""Bringing in a register: each row once, what is wrong said row by row, old clocks from the file's own days."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from feedback_gateway import access, entry_import, jobs, outbox, work
from feedback_gateway.entry_import import TEMPLATE, Choices, Fault, RefusedError, guess_columns
from feedback_gateway.entry_import.running import BATCH
from feedback_gateway.places import forget_places
from models import Case, Clock, Concern, EntryImport, Message, Notice, OutboxRow, Place, User
from models.words import Duty, ImportState, Medium, OutboxState, Sensitivity, Step
from tests import actors
from tests.conftest import House
from tests.factories import agency_id
from tests.worker import work_off

TUESDAY = datetime.fromisoformat("2026-12-01T09:00:00+00:00")
HEAD = ["Date", "Message", "Lieu"]
GOOD = ["2026-11-20", "la pompe est en panne", "Kaya"]


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def check(rows: Sequence[Sequence[str]], **choices: Any) -> list[entry_import.Row]:
    with work.reading() as db:
        return entry_import.check_rows(db, rows, Choices(guess_columns(rows[0]), **choices))


def faults(head: Sequence[str], row: Sequence[str], **choices: Any) -> list[Fault]:
    (found,) = check([head, row], **choices)
    assert (found.entry is None) == bool(found.faults)
    return list(found.faults)


def entry_of(head: Sequence[str], row: Sequence[str], **choices: Any) -> Any:
    (found,) = check([head, row], **choices)
    assert list(found.faults) == []
    return found.entry


def begin(rows: Sequence[Sequence[str]], name: str = "marc") -> EntryImport:
    by = actors.make(name)
    with work.unit_of_work() as db:
        return entry_import.begin(db, "registre.csv", rows, by=by)


def bring(
    rows: Sequence[Sequence[str]], name: str = "marc", *, all_or_none: bool = False, **choices: Any
) -> EntryImport:
    """Brings a file in, to its end."""
    started = begin(rows, name)
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        entry_import.choose(imported, Choices(guess_columns(rows[0]), **choices))
        entry_import.confirm(db, imported, entry_import.check(db, imported), all_or_none=all_or_none)
    finish()
    with work.reading() as db:
        return db.get_one(EntryImport, started.id)


def finish() -> None:
    """Does the batches, which wait for each other."""
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        for _ in range(200):
            work_off()
            with work.reading() as db:
                if db.scalar(select(EntryImport.id).where(EntryImport.state == ImportState.RUNNING)) is None:
                    return
            traveller.shift(timedelta(seconds=5))
    raise AssertionError("the import does not come to its end")


def all_cases() -> list[Case]:
    with work.reading() as db:
        return list(db.scalars(select(Case).order_by(Case.opened_at)))


def test_every_column_of_the_template_is_known_by_its_name() -> None:
    assert list(guess_columns(TEMPLATE)) == list(entry_import.FIELDS)
    assert list(guess_columns(TEMPLATE).values()) == list(range(len(TEMPLATE)))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Date (jj/mm/aaaa)", "date"),
        ("FEEDBACK COMMENT", "text"),
        ("Feedback channel", "medium"),
        ("Commentaire", "text"),
        ("N°", "id"),
        ("Admin2", "province"),
        ("Sensitive?", "sealed"),
        ("Consent to follow-up", "may_contact"),
        ("Numéro de téléphone", "phone"),
    ],
)
def test_headings_of_other_registers_are_understood(heading: str, field: str) -> None:
    assert guess_columns([heading]) == {field: 0}


def test_a_column_is_never_taken_for_two_things() -> None:
    guessed = guess_columns(["Numéro", "Numéro de téléphone", "Type", "Code", "Date", "Date de réception"])
    assert guessed == {"id": 0, "phone": 1, "category": 3, "date": 4}


def test_a_full_row_is_read(house: House) -> None:
    row = [
        "17",
        "20/11/2026",
        "Guichet",
        "la pompe",
        "mooré",
        "Water",
        "Centre-Nord",
        "Sanmatenga",
        "Kaya",
        "Secteur 4",
    ]
    row += ["70 12 34 56", "oui", "non", "non", "EHA"]
    entry = entry_of(TEMPLATE, row)
    assert entry.said_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert (entry.medium, entry.language, entry.category) == (Medium.HELP_DESK, "mos", "EHA.EAU")
    assert (entry.place, entry.text) == ("BF490304", "la pompe\n[Secteur 4]")
    assert (entry.phone, entry.may_contact) == ("+22670123456", True)
    assert (entry.by_proxy, entry.sealed, entry.concerned) == (False, False, agency_id("EHA"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-20", "2026-11-20T12:00"),
        ("20/11/2026", "2026-11-20T12:00"),
        ("20-11-2026", "2026-11-20T12:00"),
        ("20.11.2026", "2026-11-20T12:00"),
        ("20/11/26", "2026-11-20T12:00"),
        ("2026-11-20 08:15:00", "2026-11-20T08:15"),
        ("2026-11-20T08:15:00.123Z", "2026-11-20T08:15"),
        ("20/11/2026 08:15", "2026-11-20T08:15"),
        ("01/12/2026", "2026-12-01T09:00"),  # today, not later than now
    ],
)
def test_days_as_people_write_them(house: House, typed: str, said: str) -> None:
    assert entry_of(HEAD, [typed, *GOOD[1:]]).said_at == datetime.fromisoformat(f"{said}+00:00")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["2026-11-20", "", "Kaya"], Fault("text", "missing")),
        (["2026-11-20", "x" * 4001, "Kaya"], Fault("text", "long")),
        (["", *GOOD[1:]], Fault("date", "missing")),
        (["hier", *GOOD[1:]], Fault("date", "date", "hier")),
        (["11/31/2026", *GOOD[1:]], Fault("date", "date", "11/31/2026")),
        (["2026-12-02", *GOOD[1:]], Fault("date", "future", "2026-12-02")),
        (["2024-11-20", *GOOD[1:]], Fault("date", "old", "2024-11-20")),
        (["2026-11-20", "la pompe", "Kayaa"], Fault("place", "unknown", "Kayaa", ["Kaya (BF490304)"])),
    ],
)
def test_what_is_wrong_is_named(house: House, row: list[str], fault: Fault) -> None:
    assert faults(HEAD, row) == [fault]


@pytest.mark.parametrize(
    ("heading", "value", "fault"),
    [
        ("Téléphone", "7012", Fault("phone", "number")),
        ("Téléphone", "70123456 / 76123456", Fault("phone", "number")),
        ("Catégorie", "Zorglub", Fault("category", "unknown", "Zorglub", [])),
        ("Agence mise en cause", "ONG X", Fault("agency", "unknown", "ONG X")),
        ("Sensible", "peut-être", Fault("sealed", "yes_or_no", "peut-être")),
    ],
)
def test_what_is_wrong_in_other_columns(house: House, heading: str, value: str, fault: Fault) -> None:
    assert faults([*HEAD, heading], [*GOOD, value]) == [fault]


def test_several_faults_of_a_row_are_said_together(house: House) -> None:
    assert [fault.field for fault in faults(HEAD, ["hier", "", "Kayaa"])] == ["text", "date", "place"]


def test_a_category_that_covers_several_is_refused_with_them(house: House) -> None:
    (fault,) = faults([*HEAD, "Catégorie"], [*GOOD, "WASH"])
    assert (fault.field, fault.code) == ("category", "unknown")
    assert set(fault.hints) == {"EHA.EAU", "EHA.LAT"}


def test_unknown_categories_may_be_left_to_the_machine(house: House) -> None:
    assert entry_of([*HEAD, "Catégorie"], [*GOOD, "Zorglub"], machine_sorts=True).category is None


def test_of_two_places_of_one_name_the_wider_column_decides(house: House) -> None:
    with work.unit_of_work() as db:
        for code, parent in (("X1", "BF490304"), ("X2", "BF560304")):
            db.add(Place(code=code, parent_code=parent, level="site", name="Site A", aliases=[]))
    forget_places()
    head = ["Message", "Site", "Commune"]
    assert entry_of(head, ["la pompe", "Site A", "Djibo"]).place == "X2"
    (fault,) = faults(head, ["la pompe", "Site A", ""])
    assert (fault.code, set(fault.hints)) == ("several", {"Site A (X1)", "Site A (X2)"})


def test_rows_that_say_nothing_are_passed_over(house: House) -> None:
    found = check([HEAD, ["#date", "#meta", "#loc"], ["", "", ""], GOOD])
    assert [row.number for row in found] == [4]


def test_a_row_that_stands_twice_is_named_with_its_first_place(house: House) -> None:
    found = check([HEAD, GOOD, ["2026-11-21", *GOOD[1:]], GOOD])
    assert [list(row.faults) for row in found] == [[], [], [Fault("row", "double", "2")]]


def test_two_rows_of_one_number_are_one(house: House) -> None:
    found = check([["N°", "Message"], ["1", "la pompe"], ["1", "la pompe, corrigé"]])
    assert list(found[1].faults) == [Fault("row", "double", "2")]


def test_who_may_be_contacted_is_not_taken_for_granted(house: House) -> None:
    assert entry_of(HEAD, GOOD).may_contact is False
    assert entry_of(HEAD, GOOD, may_contact=True).may_contact is True
    assert entry_of([*HEAD, "Consentement"], [*GOOD, "non"], may_contact=True).may_contact is False


def test_good_rows_become_cases_that_are_routed_and_run_from_their_day(house: House) -> None:
    done = bring([[*HEAD, "Canal"], [*GOOD, "Comité"], ["2026-11-30", "les latrines sont pleines", "Kaya", ""]])
    assert (done.state, done.made, done.again, done.left) == (ImportState.DONE, 2, 0, [])
    first, second = all_cases()
    assert (first.opened_at, first.medium) == (datetime(2026, 11, 20, 12, tzinfo=UTC), Medium.COMMITTEE)
    assert second.medium == Medium.IMPORT
    assert (first.agency_id, first.entered_by_id) == (agency_id("EHA"), actors.make("marc").id)
    with work.reading() as db:
        answer = db.scalars(select(Clock).where(Clock.case_id == first.id, Clock.step == Step.ANSWER)).one()
        assert answer.started_at == first.opened_at
        assert answer.breached_at is not None  # P1: 7 days


def test_a_file_that_comes_twice_makes_nothing_twice(house: House) -> None:
    rows = [HEAD, GOOD, ["2026-11-21", *GOOD[1:]]]
    bring(rows)
    with pytest.raises(RefusedError, match="nothing"):
        bring(rows)
    again = bring([*rows, ["2026-11-22", *GOOD[1:]]])
    assert (again.made, again.again) == (1, 2)
    assert len(all_cases()) == 3


def test_a_number_is_one_of_its_register(house: House) -> None:
    rows = [["N°", "Message"], ["1", "la pompe est en panne"]]
    bring(rows, register="Comité de Kaya")
    with pytest.raises(RefusedError, match="nothing"):
        bring([rows[0], ["1", "la pompe, corrigé"]], register="comité de kaya ")
    bring(rows, register="Comité de Djibo")
    assert len(all_cases()) == 2


def test_all_or_none(house: House) -> None:
    rows = [HEAD, GOOD, ["hier", *GOOD[1:]]]
    with pytest.raises(RefusedError, match="faults"):
        bring(rows, all_or_none=True)
    assert all_cases() == []
    done = bring(rows)
    assert done.made == 1
    assert entry_import.rows_left(done) == [(["hier", *GOOD[1:]], [Fault("date", "date", "hier", [])])]


def test_what_was_looked_at_by_other_choices_is_not_brought_in(house: House) -> None:
    started = begin([HEAD, GOOD])
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        checked = entry_import.check(db, imported)
        entry_import.choose(imported, Choices(guess_columns(HEAD), may_contact=True))
        with pytest.raises(RefusedError, match="changed"):
            entry_import.confirm(db, imported, checked, all_or_none=True)


def test_two_workers_at_one_batch_make_its_cases_once(house: House) -> None:
    started = begin([HEAD, GOOD])
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        entry_import.confirm(db, imported, entry_import.check(db, imported), all_or_none=True)
    with work.unit_of_work() as db:
        row_id = db.scalars(select(OutboxRow.id).where(OutboxRow.duty == Duty.IMPORT_ENTRIES)).one()
        task = outbox.claim(db, row_id)
        assert task is not None
        first, second = entry_import.take_some(db, task), entry_import.take_some(db, task)
    assert first is not None
    assert second is not None
    first()
    second()
    assert len(all_cases()) == 1


def test_a_file_without_words_is_refused(house: House) -> None:
    with pytest.raises(RefusedError, match="no_text"):
        bring([["Date", "Lieu"], ["2026-11-20", "Kaya"]])


def test_a_file_that_is_too_long_or_too_short_is_refused(house: House) -> None:
    with pytest.raises(RefusedError, match="too_many_rows"):
        begin([HEAD, *[GOOD] * 5001])
    with pytest.raises(RefusedError, match="no_rows"):
        begin([HEAD])


def test_nobody_sees_the_file_of_another(house: House) -> None:
    started = begin([HEAD, GOOD])
    with work.reading() as db:
        assert entry_import.find_import(db, actors.make("marc"), started.id) is not None
        assert entry_import.find_import(db, actors.make("tina"), started.id) is None
        assert entry_import.imports_of(db, actors.make("tina")) == []


def test_a_large_file_is_taken_in_batches_and_survives_a_dying_worker(house: House, monkeypatch: Any) -> None:
    rows = [HEAD, *[["2026-11-20", f"la pompe numéro {n} est en panne", "Kaya"] for n in range(BATCH + 20)]]
    started = begin(rows)
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        entry_import.confirm(db, imported, entry_import.check(db, imported), all_or_none=True)
        row_id = db.scalars(select(OutboxRow.id).where(OutboxRow.duty == Duty.IMPORT_ENTRIES)).one()
    opened = []
    real = entry_import.running.open_entered

    def die(*args: Any, **kwargs: Any) -> Any:
        opened.append(1)
        if len(opened) == 10:
            raise MemoryError
        return real(*args, **kwargs)

    monkeypatch.setattr(entry_import.running, "open_entered", die)
    jobs.run(row_id)
    assert all_cases() == []
    monkeypatch.undo()
    with time_machine.travel(TUESDAY + timedelta(minutes=5), tick=False):
        jobs.run(row_id)
        assert len(all_cases()) == BATCH
        with work.reading() as db:
            waiting = db.scalars(
                select(OutboxRow).where(OutboxRow.duty == Duty.IMPORT_ENTRIES, OutboxRow.state == OutboxState.PENDING)
            ).one()
            assert waiting.next_attempt_at > TUESDAY + timedelta(minutes=5)
    with time_machine.travel(TUESDAY + timedelta(minutes=6), tick=False):
        jobs.run(waiting.id)
    assert len(all_cases()) == BATCH + 20


def test_what_disappears_meanwhile_stays_behind(house: House) -> None:
    started = begin([[*HEAD, "Agence mise en cause"], [*GOOD, "EHA"], [*GOOD[:2], "Djibo", ""]])
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        entry_import.confirm(db, imported, entry_import.check(db, imported), all_or_none=True)
        db.execute(update(Place).where(Place.code == "BF560304").values(valid_to=TUESDAY.date()))
    forget_places()
    finish()
    with work.reading() as db:
        done = db.get_one(EntryImport, started.id)
    assert (done.made, done.state) == (1, ImportState.DONE)
    assert [row[2] for row, _faults in entry_import.rows_left(done)] == ["Djibo"]


def test_a_closed_account_brings_nothing_more(house: House) -> None:
    started = begin([HEAD, GOOD])
    with work.unit_of_work() as db:
        imported = db.get_one(EntryImport, started.id)
        entry_import.confirm(db, imported, entry_import.check(db, imported), all_or_none=True)
        db.get_one(User, started.user_id).active = False
    finish()
    assert all_cases() == []


def test_sensitive_rows_and_those_about_an_agency_are_hidden_as_others_are(house: House) -> None:
    head = [*HEAD, "Sensible", "Agence mise en cause", "Catégorie"]
    bring([head, [*GOOD, "oui", "", "EHA.EAU"], ["2026-11-21", "la pompe", "Kaya", "", "EHA", "EHA.EAU"]])
    first, second = all_cases()
    assert first.sensitivity == Sensitivity.SEALED
    assert second.agency_id != agency_id("EHA")
    with work.reading() as db:
        assert db.scalars(select(Concern.agency_id)).all() == [agency_id("EHA")]
        seen = list(db.scalars(select(Case.id).where(access.accessible_to(actors.make("alice")))))
    assert seen == []


def test_old_cases_send_nobody_an_sms_and_remind_in_digests(house: House) -> None:
    head = [*HEAD, "Téléphone", "Consentement"]
    rows = [["2026-06-01", f"la pompe {n} est en panne", "Kaya", f"70 12 34 {n}", "oui"] for n in range(10, 30)]
    bring([head, *rows])
    with work.reading() as db:
        late = db.scalar(select(func.count()).where(Case.next_due_at < TUESDAY))
        assert late == 20
        to_people = select(func.count()).where(Message.contact_id.is_not(None))
        assert db.scalar(to_people) == 0
        notices = db.execute(
            select(Notice.user_id, Notice.case_id, Notice.kind, Notice.step, func.count())
            .group_by(Notice.user_id, Notice.case_id, Notice.kind, Notice.step)
            .having(func.count() > 1)
        ).all()
        assert notices == []


def test_what_people_wrote_is_forgotten_after_some_days(house: House) -> None:
    done = bring([HEAD, GOOD, ["hier", *GOOD[1:]]])
    draft = begin([HEAD, GOOD])
    later = TUESDAY + entry_import.KEPT_FOR
    with work.unit_of_work() as db:
        entry_import.forget_old(db, later)
        assert db.get_one(EntryImport, done.id).rows is not None
        entry_import.forget_old(db, later + timedelta(hours=1))
    with work.reading() as db:
        kept = db.get_one(EntryImport, done.id)
        assert (kept.rows, kept.left, kept.made) == (None, [], 1)
        assert db.get(EntryImport, draft.id) is None
        assert db.scalar(select(func.count()).select_from(Case)) == 1


def test_nothing_of_a_file_stands_in_clear_in_the_database(house: House) -> None:
    begin([HEAD, ["2026-11-20", "motsecret", "Kaya"]])
    with house.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT name, rows, choices, good FROM entry_imports").one()
    assert b"motsecret" not in b"".join(bytes(part) for part in raw)
    assert b"registre" not in b"".join(bytes(part) for part in raw)


CELLS = st.text(max_size=30) | st.sampled_from(["Kaya", "oui", "2026-11-20", "70123456", "EHA.EAU", "la pompe", "SMS"])


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=st.lists(st.lists(CELLS, max_size=len(TEMPLATE) + 2), max_size=6))
def test_whatever_stands_in_a_file_each_row_is_read_or_refused(house: House, body: list[list[str]]) -> None:
    found = check([list(TEMPLATE), *body])
    assert len({row.number for row in found}) == len(found) <= len(body)
    for row in found:
        assert (row.entry is None) == bool(row.faults)
        if row.entry is not None:
            assert row.entry.text
            assert row.entry.said_at is None or row.entry.said_at <= TUESDAY
