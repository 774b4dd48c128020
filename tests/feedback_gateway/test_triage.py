"""What the machine made of a case, what people say of it, and who may read it meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from feedback_gateway import access, cases, coding, follow_up, notices, triage, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from models import Case, Category, Event, Label, Prediction
from models.words import CaseState, CategorySource, Guess, Hold, LabelSource, Noise, Recipient, Sensitivity
from tests import actors
from tests.conftest import House
from tests.factories import agency_id, make_case

CLEAR = "la pompe du forage est en panne depuis 3 jours, il n'y a plus d'eau au site"
UNKNOWN = "mba unzo kwrt zzyxo plimbu"
STRANGE = "wszyscy ludzie rodza sie wolni i rowni pod wzgledem swej godnosci"  # Polish: none of ours
HINT = "quand les filles vont chercher l'eau la nuit les gardiens les suivent et elles reviennent en pleurant"


def fresh(case: Case) -> Case:
    with work.reading() as db:
        return db.get_one(Case, case.id)


def category(code: str) -> Category:
    with work.reading() as db:
        return db.get_one(Category, code)


def labels(case: Case) -> list[tuple[str | None, LabelSource]]:
    with work.reading() as db:
        found = db.scalars(select(Label).where(Label.case_id == case.id).order_by(Label.id))
        return [(label.category_code, label.source) for label in found]


def guess_of(case: Case) -> Prediction:
    with work.reading() as db:
        return db.scalars(select(Prediction).where(Prediction.case_id == case.id).order_by(Prediction.id)).all()[-1]


def test_a_clear_message_goes_on_by_itself_and_the_guess_is_kept(house: House) -> None:
    case = make_case(None, text=CLEAR)
    assert (case.category_code, case.category_source) == ("EHA.EAU", CategorySource.MACHINE)
    assert (fresh(case).state, fresh(case).agency_id) == (CaseState.REFERRED, agency_id("EHA"))
    guess = guess_of(case)
    assert (guess.guess, guess.model, guess.category_code) == (Guess.ROUTE, "starter", "EHA.EAU")
    assert 0.5 < guess.probability <= 1


def test_what_the_menu_says_is_no_guess(house: House) -> None:
    assert guess_of(make_case("EHA.LAT", text=CLEAR)).guess is Guess.TOLD


def test_a_text_in_no_known_language_waits_for_a_reader_with_the_right(house: House) -> None:
    case = fresh(make_case(None, text=UNKNOWN))
    assert (case.sensitivity, case.agency_id) == (Sensitivity.RESTRICTED, None)
    assert case.hold in (Hold.LANGUAGE, Hold.UNSORTED)
    with work.reading() as db:
        assert access.find_case(db, actors.make("tina"), case.id) is not None
        assert access.find_case(db, actors.make("marc"), case.id) is None


def test_saying_what_an_unread_case_is_about_ends_its_hold_and_routes_it(house: House) -> None:
    case = make_case(None, text=UNKNOWN)
    tina = actors.make("tina")
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("EHA.EAU"), by=tina)
    now = fresh(case)
    assert (now.hold, now.sensitivity) == (None, Sensitivity.NORMAL)
    assert (now.state, now.agency_id) == (CaseState.REFERRED, agency_id("EHA"))
    assert labels(case) == [("EHA.EAU", LabelSource.CORRECTION)]
    with work.unit_of_work() as db:  # read again, it is not held back again: somebody has read it
        follow_up.classify_case(db, db.get_one(Case, case.id))
    assert (fresh(case).hold, fresh(case).sensitivity) == (None, Sensitivity.NORMAL)


def test_a_new_category_may_raise_the_sensitivity_and_never_lowers_it(house: House) -> None:
    marc, case = actors.make("marc"), make_case("EHA.EAU")
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("CON.EAS"), by=marc)
    assert fresh(case).sensitivity == Sensitivity.SEALED
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("EHA.EAU"), by=marc)
    assert fresh(case).sensitivity == Sensitivity.SEALED


def test_a_sign_of_something_sensitive_holds_until_somebody_says_that_it_is_none(house: House) -> None:
    case, tina = make_case(None, text=HINT), actors.make("tina")
    assert fresh(case).hold in (Hold.WORDS, Hold.SCORE)
    held = fresh(case).sensitivity
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("EHA.EAU"), by=tina)
    assert (fresh(case).sensitivity, fresh(case).hold) == (held, fresh(case).hold)
    with work.unit_of_work() as db:
        triage.release(db, db.get_one(Case, case.id), by=tina)
    assert (fresh(case).sensitivity, fresh(case).hold) == (Sensitivity.NORMAL, None)
    assert labels(case)[-1][1] is LabelSource.READ
    if held is Sensitivity.RESTRICTED:
        with work.unit_of_work() as db:
            follow_up.classify_case(db, db.get_one(Case, case.id))
        assert fresh(case).sensitivity is Sensitivity.NORMAL


def test_after_a_release_new_words_may_hold_it_again(house: House) -> None:
    case, tina = make_case("EHA.EAU", text=HINT), actors.make("tina")
    with work.unit_of_work() as db:
        triage.release(db, db.get_one(Case, case.id), by=tina)
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.add_message(db, stored, "le gardien a viole ma soeur")
        follow_up.classify_case(db, stored)
    assert fresh(case).sensitivity is Sensitivity.SEALED


def test_what_a_person_asked_to_be_private_no_reader_opens_to_all(house: House) -> None:
    case = make_case("EHA.EAU", sealed=True)
    dora = actors.make("dora")
    with pytest.raises(NotAllowedError, match="no_hold"), work.unit_of_work() as db:
        triage.release(db, db.get_one(Case, case.id), by=dora)
    assert fresh(case).sensitivity is Sensitivity.SEALED


def test_another_category_sends_a_case_that_nobody_took_to_its_own_agency(house: House) -> None:
    case, alice = make_case(None, text=CLEAR), actors.make("alice")
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("FSL.MIS"), by=alice)
    assert (fresh(case).category_code, fresh(case).agency_id) == ("FSL.MIS", agency_id("VIVRES"))
    assert labels(case) == [("FSL.MIS", LabelSource.CORRECTION)]


def test_confirming_the_guess_is_a_label_too_and_a_taken_case_stays(house: House) -> None:
    case, alice = make_case(None, text=CLEAR), actors.make("alice")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.accept(db, stored, by=alice)
        triage.recategorise(db, stored, category("EHA.EAU"), by=alice)
    assert labels(case) == [("EHA.EAU", LabelSource.CONFIRMATION)]
    assert (fresh(case).state, fresh(case).focal_point_id) == (CaseState.ACCEPTED, alice.id)
    with work.reading() as db:
        assert "confirmed" in db.scalars(select(Event.kind).where(Event.case_id == case.id)).all()


@pytest.mark.parametrize(
    ("text", "noise"), [("test 123", Noise.TEST), ("Gagnez un iphone! cliquez http://x.io", Noise.SPAM)]
)
def test_what_is_no_complaint_is_kept_apart_and_goes_to_nobody(house: House, text: str, noise: Noise) -> None:
    case = fresh(make_case(None, text=text))
    assert (case.noise, case.agency_id) == (noise, None)
    marc = actors.make("marc")
    with work.unit_of_work() as db:
        triage.mark_noise(db, db.get_one(Case, case.id), None, by=marc)
    assert fresh(case).noise is None


def test_a_person_may_set_a_case_apart_and_teaches_the_model_so(house: House) -> None:
    case = make_case(None, text=CLEAR)
    marc = actors.make("marc")
    with work.unit_of_work() as db:
        triage.mark_noise(db, db.get_one(Case, case.id), Noise.SPAM, by=marc)
    assert fresh(case).noise is Noise.SPAM
    assert labels(case) == [("AUT.INC", LabelSource.CORRECTION)]


def test_others_who_say_the_same_at_the_same_place_make_it_more_urgent(house: House) -> None:
    alone = make_case(None, text=CLEAR, phone="+22670000001")
    for number in range(2, 12):
        last = make_case(None, text=CLEAR, phone=f"+226700000{number:02d}")
    assert fresh(last).urgency > fresh(alone).urgency


def test_an_old_register_makes_no_hurry(house: House) -> None:
    of_a_day = clock.now() - timedelta(days=40)
    for number in range(1, 12):
        last = make_case(None, text=CLEAR, phone=f"+226700000{number:02d}", opened_at=of_a_day)
    alone = make_case(None, text=CLEAR, phone="+22670000020", place=None)
    assert fresh(last).urgency == fresh(alone).urgency


def add(case: Case, text: str) -> Case:
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        cases.add_message(db, stored, text)
        follow_up.classify_case(db, stored)
    return fresh(case)


def sort(case: Case, code: str) -> Case:
    tina = actors.make("tina")
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category(code), by=tina)
    return fresh(case)


def test_a_strong_reason_takes_the_place_of_a_weak_one(house: House) -> None:
    case = make_case(None, text=UNKNOWN)
    assert add(case, "j'ai tres peur de cet homme, il nous menace").hold is Hold.WORDS
    assert sort(case, "EHA.EAU").sensitivity is not Sensitivity.NORMAL


def test_what_only_a_guess_restricted_is_open_once_somebody_has_sorted_it(house: House) -> None:
    case = make_case(None, text="le dispensaire est ferme et nous n'avons pas de medicaments")
    assert fresh(case).category_code == "SAN.ACC"
    assert sort(case, "EHA.EAU").sensitivity is (Sensitivity.NORMAL if case.hold is None else Sensitivity.RESTRICTED)


def test_new_words_that_nobody_can_read_hold_a_sorted_case_again(house: House) -> None:
    case = make_case(None, text=CLEAR)
    assert sort(case, "EHA.EAU").hold is None
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        held = add(case, STRANGE)
    assert held.hold is not None
    assert held.sensitivity is Sensitivity.RESTRICTED


def test_a_sealed_guess_stays_with_the_readers_named_for_it(house: House) -> None:
    case = make_case(None, text="le gardien demande de coucher avec lui pour avoir la carte")
    sealed = fresh(case).category_code
    assert fresh(case).sensitivity is Sensitivity.SEALED
    assert add(case, "la pompe est en panne. " * 20).category_code == sealed


def test_a_released_sealed_guess_is_dropped_and_the_case_open(house: House) -> None:
    case, dora = make_case(None, text="le gardien demande de coucher avec lui pour avoir la carte"), actors.make("dora")
    with work.unit_of_work() as db:
        triage.release(db, db.get_one(Case, case.id), by=dora)
    assert (fresh(case).category_code, fresh(case).sensitivity) == (None, Sensitivity.NORMAL)
    with work.unit_of_work() as db:  # its place becomes known: no new word, so no new seal
        stored = db.get_one(Case, case.id)
        cases.set_place(db, stored, "BF490304")
        follow_up.classify_case(db, stored)
    assert fresh(case).sensitivity is Sensitivity.NORMAL
    assert sort(case, "EHA.EAU").sensitivity is Sensitivity.NORMAL


def test_a_sensitive_word_after_many_others_is_read(house: House) -> None:
    case = make_case(None, text="on n'a pas recu les vivres ce mois ci au site. " * 60)
    assert fresh(case).sensitivity is not Sensitivity.SEALED
    assert add(case, "et le gestionnaire a viole ma fille hier").sensitivity is Sensitivity.SEALED


def test_a_second_reader_who_finds_it_sensitive_holds_it(house: House) -> None:
    case, alice, bob = make_case("EHA.EAU"), actors.make("alice"), actors.make("bob")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        triage.recategorise(db, stored, category("EHA.EAU"), by=alice)
        stored.second_coding = True
    with work.unit_of_work() as db:
        assert coding.code_second(db, db.get_one(Case, case.id), category("EHA.EAU"), True, by=bob)
    assert (fresh(case).sensitivity, fresh(case).hold) == (Sensitivity.RESTRICTED, Hold.WORDS)


def test_noise_that_was_none_teaches_nothing(house: House) -> None:
    case, marc = make_case(None, text=CLEAR), actors.make("marc")
    for noise in (Noise.SPAM, None):
        with work.unit_of_work() as db:
            triage.mark_noise(db, db.get_one(Case, case.id), noise, by=marc)
    assert labels(case) == []


def test_a_restricted_case_that_its_agency_cannot_read_is_told_to_coordination(house: House) -> None:
    case, tina = make_case("EHA.EAU", text=HINT), actors.make("tina")
    actors.make("alice")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        stored.sensitivity = Sensitivity.RESTRICTED
        db.flush()
        told = notices.recipients(db, stored, Recipient.FOCAL_POINT)
        assert tina.login in {user.login for user in told}
        assert all(user.may_read_restricted for user in told)


@pytest.mark.parametrize("sealed_by_menu", ["CON.EAS", "PRO.VIE"])
def test_a_topic_that_the_person_chose_stays_sealed_whatever_nobody_could_read(
    house: House, sealed_by_menu: str
) -> None:
    case = make_case(sealed_by_menu, text=UNKNOWN)
    assert (fresh(case).sensitivity, fresh(case).hold) == (Sensitivity.SEALED, None)
    dora = actors.make("dora")
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), category("EHA.EAU"), by=dora)
    assert fresh(case).sensitivity is Sensitivity.SEALED


def test_a_topic_that_is_restricted_by_itself_is_not_opened_as_noise(house: House) -> None:
    case, tina = make_case("SAN.ACC", text=UNKNOWN), actors.make("tina")
    assert (fresh(case).sensitivity, fresh(case).hold) == (Sensitivity.RESTRICTED, None)
    with work.unit_of_work() as db:
        triage.mark_noise(db, db.get_one(Case, case.id), Noise.TEST, by=tina)
    assert fresh(case).sensitivity is Sensitivity.RESTRICTED


def test_thanks_after_a_clear_complaint_hold_nothing(house: House) -> None:
    case = make_case(None, text=CLEAR)
    for text in ("ok merci", "je suis au secteur 4", "pa resu"):
        assert (add(case, text).sensitivity, fresh(case).hold) == (Sensitivity.NORMAL, None), text
