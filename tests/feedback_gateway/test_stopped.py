"""STOP stops what we send and never what people may tell us."""

from sqlalchemy import select

from feedback_gateway import work
from models import Case, Contact
from tests.conftest import House
from tests.phone import Phone
from tests.worker import work_off


def cases() -> list[Case]:
    with work.reading() as db:
        return list(db.scalars(select(Case).order_by(Case.opened_at)))


def test_who_writes_after_stop_is_heard_and_answered_once(house: House) -> None:
    phone = Phone()
    phone.sms("STOP")
    phone.sms("pas d'eau à Kaya")
    phone.sms("toujours pas d'eau")
    phone.sms("NOUVEAU et pas de vivres")
    work_off()
    confirmation, answer = phone.inbox()
    first, second = cases()
    assert confirmation.startswith("C'est noté")
    shown = f"{first.reference[:3]} {first.reference[3:6]} {first.reference[6:]}"
    heard, number = answer.splitlines()
    assert heard == "Message recu. Vous ne recevez plus nos SMS. Pour recevoir la réponse : START."
    assert number == f"Votre numéro : {shown}"
    assert second.reference != first.reference


def test_stop_again_is_not_confirmed_again(house: House) -> None:
    phone = Phone()
    phone.sms("STOP")
    phone.sms("arrêt")
    assert len(phone.inbox()) == 1


def test_start_opens_the_way_and_a_new_stop_gives_one_answer_again(house: House) -> None:
    phone = Phone()
    for text in ("STOP", "pas d'eau à Kaya", "START"):
        phone.sms(text)
    assert phone.inbox()[-1].startswith("Bonjour.")
    with work.reading() as db:
        contact = db.scalars(select(Contact)).one()
    assert (contact.opted_out_at, contact.stop_answered_at) == (None, None)
    before = len(phone.inbox())
    for text in ("STOP", "il manque des tentes à Dori", "rien encore"):
        phone.sms(text)
    assert len(phone.inbox()) == before + 2


def test_a_word_that_opens_no_case_is_answered_without_a_number(house: House) -> None:
    phone = Phone()
    phone.sms("STOP")
    phone.sms("aide")
    assert phone.inbox()[-1] == "Message recu. Vous ne recevez plus nos SMS. Pour recevoir la réponse : START."
