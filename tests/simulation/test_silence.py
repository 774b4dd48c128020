"""An agency that never answers: who is reminded when, how the case comes back by itself, and where it goes then."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback_gateway import cases, routing, triage, work
from models import Agency, Case, Referral
from models.words import CaseState, ReferralState, Role
from tests.conftest import House
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import agency, change, do, fresh, hire, log_of, login_of, newest, user

ACCEPT = timedelta(hours=72)
"""Of a case of priority P1, from its referral, around the clock."""


def complain(story: Simulation, text: str = "la pompe est en panne à Kaya, pas d'eau depuis 3 jours") -> Case:
    Phone().sms(text)
    story.run_for(minutes=1)
    case = newest()
    assert (case.category_code, case.agency_id) == ("EHA.EAU", agency("EHA"))
    return case


def reminded(case: Case, step: str) -> list[tuple[float, str, set[str]]]:
    """(share, recipient, who it was)."""
    return [
        (event.data["share"], event.data["recipient"], {login_of(each) for each in event.data["users"]})
        for event in log_of(case.id, "reminded")
        if event.data["step"] == step
    ]


def test_it_climbs_and_comes_back_by_itself(story: Simulation, house: House) -> None:
    hire("chief", Role.MANAGER, "EHA")
    hire("colleague", Role.FOCAL_POINT, "EHA")
    case = complain(story)
    taker = login_of(fresh(case.id).focal_point_id or 0)
    other = ({"eau", "colleague"} - {taker}).pop()
    change(taker, deputy_id=user(other).id)
    story.run(case.opened_at + ACCEPT * 2)
    assert reminded(case, "accept") == [
        (0.5, "focal_point", {taker}),
        (0.8, "deputy", {other}),
        (1.0, "manager", {"chief"}),
        (1.25, "coordination", {"manager", "tri"}),
    ]
    start = fresh(case.id).referred_at
    assert start is not None
    for event, share in zip(
        [e for e in log_of(case.id, "reminded") if e.data["step"] == "accept"], (0.5, 0.8, 1, 1.25), strict=True
    ):
        assert event.at == start + share * ACCEPT
    (silent,), (back,) = log_of(case.id, "unresponded"), log_of(case.id, "returned")
    assert (silent.at, back.at) == (start + ACCEPT, start + 1.5 * ACCEPT)
    (late,) = (event for event in log_of(case.id, "breached") if event.data["step"] == "accept")
    assert late.data["due"] == (start + ACCEPT).isoformat()
    case = fresh(case.id)
    assert (case.state, case.agency_id, case.focal_point_id) == (CaseState.REJECTED, None, None)
    with work.reading() as db:
        referral = db.scalars(select(Referral).where(Referral.case_id == case.id)).one()
    assert (referral.state, referral.silent, referral.ended_at) == (ReferralState.REVOKED, True, back.at)


def test_who_was_silent_does_not_get_it_again_by_a_rule_and_the_next_owner_is_suggested(story: Simulation) -> None:
    case = complain(story)
    story.run_for(days=6)
    assert fresh(case.id).agency_id is None
    with work.unit_of_work() as db:
        mine = db.get_one(Case, case.id)
        assert routing.route_case(db, mine).agency_id is None
        assert agency("EHA") not in routing.next_owners(db, mine)
        db.add(routing.Route(category="EHA", agency_id=agency("GSAT"), confirmed_at=story.now))
        triage.assign_by_rule(db, mine)
    assert fresh(case.id).agency_id is None, "what came back waits for a person"
    Phone().sms("toujours pas d'eau a Kaya")
    story.run_for(days=1)
    with work.unit_of_work() as db:
        assert routing.next_owners(db, db.get_one(Case, case.id)) == [agency("GSAT")]


def test_what_one_agency_sent_to_another_comes_back_to_who_sent_it_and_then_goes_up(story: Simulation) -> None:
    case = complain(story)
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency("GSAT")), by=user("eau"))
    start = story.now
    story.run(start + 1.5 * ACCEPT)
    back = fresh(case.id)
    assert (back.agency_id, back.state) == (agency("EHA"), CaseState.REJECTED)
    assert login_of(back.focal_point_id or 0) == "eau"
    story.run_for(days=2)  # over the weekend
    assert any("revenu" in letter.text for letter in story.hears("eau"))
    story.run(start + 1.5 * ACCEPT + 1.5 * timedelta(days=2))  # the sender has two days to refer it on
    assert fresh(case.id).agency_id is None
    up = log_of(case.id, "returned")[-1]
    assert (up.data["agency"], up.data["to"]) == (agency("EHA"), None)
    story.run_for(days=1)
    assert any("sans responsable" in letter.text for letter in story.hears("manager"))


def test_accepted_and_then_forgotten_it_climbs_as_well_and_never_falls_silent(story: Simulation) -> None:
    hire("chief", Role.MANAGER, "EHA")
    case = complain(story)
    do(case.id, cases.accept, by=user("eau"))
    story.run_for(days=40)
    by_share = {(share, who) for share, who, _ in reminded(case, "answer")}
    assert {(0.5, "focal_point"), (0.8, "deputy"), (1.0, "manager"), (1.25, "coordination")} <= by_share
    again = {share for share, who in by_share if share > 1.25}
    assert again == {2.25, 3.25, 5.25}, "it comes again, less and less often"
    assert fresh(case.id).follow_at is not None
    assert [event.data["step"] for event in log_of(case.id, "breached")].count("answer") == 1


def test_nobody_owns_it_and_coordination_hears_of_it_again_and_again(story: Simulation) -> None:
    with work.unit_of_work() as db:
        db.query(routing.Route).filter_by(category="EHA").delete()
    Phone().sms("la pompe est en panne à Kaya, pas d'eau depuis 3 jours")
    story.run_for(minutes=5)
    case = newest()
    assert case.agency_id is None
    assert (case.next_step, case.next_due_at) == ("triage", case.opened_at + timedelta(days=1))
    story.run_for(days=9)
    assert {who for _, _, users in reminded(case, "refer") for who in users} == {"manager", "tri"}
    assert max(share for share, _, _ in reminded(case, "refer")) == 3.25
    assert fresh(case.id).follow_at is not None


def test_a_long_power_cut_brings_one_reminder_each_and_not_all_that_were_missed(
    story: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire("chief", Role.MANAGER, "EHA")
    case = complain(story)
    do(case.id, cases.accept, by=user("eau"))
    story._go_to(story.now + timedelta(days=30))
    story.run_for(minutes=10)
    at_once = [event for event in log_of(case.id, "reminded") if event.data["step"] == "answer"]
    users = [each for event in at_once for each in event.data["users"]]
    assert len(users) == len(set(users))


def test_waiting_for_the_person_ends_by_itself_and_nothing_is_late_meanwhile(story: Simulation) -> None:
    case = complain(story)
    do(case.id, cases.accept, by=user("eau"))
    do(case.id, cases.wait_for_person, "A quel quartier ?", by=user("eau"))
    story.run_for(days=6)
    waiting = fresh(case.id)
    assert (waiting.next_step, waiting.next_due_at) == (None, None)
    assert reminded(case, "answer") == []
    story.run_for(days=30)
    (ended,) = log_of(case.id, "waiting_ended")
    assert ended.at == waiting.waiting_since + timedelta(days=work.settings().wait_days)
    assert fresh(case.id).next_due_at is not None


def test_what_is_handed_on_while_the_person_is_waited_for_waits_no_longer(story: Simulation) -> None:
    case = complain(story)
    do(case.id, cases.accept, by=user("eau"))
    do(case.id, cases.wait_for_person, "A quel quartier ?", by=user("eau"))
    with work.unit_of_work() as db:
        cases.refer(db, db.get_one(Case, case.id), db.get_one(Agency, agency("GSAT")), by=user("eau"))
    assert fresh(case.id).waiting_since is None
    assert fresh(case.id).next_step == "accept"
