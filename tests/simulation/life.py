"""A year made up by chance from a seed: people write, agencies act or do not, administrators change things."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from feedback_gateway import cases, triage, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib.worktime import Hours
from feedback_gateway.responsibility import times
from models import Agency, Case, Category, ClockPolicy, User
from models.words import Noise, Outcome, Priority, Rejection, Step
from tests.phone import Phone
from tests.simulated_time import Simulation
from tests.simulation.conftest import change, user

TEXTS = (
    "la pompe est en panne à Kaya, pas d'eau depuis 3 jours",
    "on m'a oublié sur la liste de distribution à Djibo",
    "les vivres ne sont pas arrivés à Kaya, nous sommes 40 familles",
    "beaucoup de diarrhée et des vomissements au site, des enfants meurent à Kaya",
    "lagent veut coucher avec moi pour me mettre sur la liste à Kaya",
    "notre tente est déchirée par le vent à Djibo",
    "les enfants ne vont pas à l'école à Kaya, pas d'enseignant",
    "merci beaucoup pour le forage à Kaya",
    "quand est la prochaine distribution à Djibo ?",
    "les gens d'Eau Vive Sahel nous insultent et demandent de l'argent à Kaya",
    "le centre de santé refuse de nous soigner sans payer à Kaya",
    "xyzzy plugh",
)
AGAIN = ("toujours rien", "merci", "2", "1", "le problème continue à Kaya")
FORGOTTEN = 0.15
"""Of so many cases nobody ever does anything."""

Verb = Callable[[Any, Case], object]


class Life:
    """Plans a story. Its last quarter is left to what has been begun."""

    def __init__(self, story: Simulation, seed: int, complaints: int, start: datetime, year: timedelta) -> None:
        self.story, self.chance = story, random.Random(seed)
        self.phones: dict[str, Phone] = {}
        self.days: list[tuple[datetime, date, bool]] = []
        """What was said of a day, and when: (moment, day, whether nobody works)."""
        for number in range(complaints):
            story.at(start + self.chance.random() * year * 0.75, lambda number=number: self.write(number))
        for _ in range(16):
            story.at(start + self.chance.random() * year * 0.9, self.change_rules)
        for _ in range(25):
            story.at(start + self.chance.random() * year * 0.9, self.leave)

    def write(self, number: int) -> None:
        """Somebody writes, perhaps again later; and somebody looks at whatever has come of it from time to time."""
        phone = Phone(f"+2267{number % 150:07d}")
        phone.sms(self.chance.choice(TEXTS))
        for _ in range(self.chance.choice((0, 0, 1, 3))):
            words = self.chance.choice(AGAIN)
            self.story.after(lambda words=words: phone.sms(words), days=self.chance.expovariate(1 / 12))
        with work.reading() as db:
            references = db.scalars(select(Case.reference).order_by(Case.opened_at, Case.reference)).all()
        for reference in [each for each in references if each not in self.phones]:
            self.phones[reference] = phone
            if self.chance.random() > FORGOTTEN:
                self._act_later(reference, self.chance.randrange(3, 14))

    def _act_later(self, reference: str, times_more: int) -> None:
        self.story.after(lambda: self.act(reference, times_more), days=self.chance.expovariate(1 / 3))

    def act(self, reference: str, times_more: int) -> None:
        """Somebody tries something, allowed or not."""
        with work.reading() as db:
            case = db.scalars(select(Case).where(Case.reference == reference)).one()
            users = db.scalars(select(User).where(User.active).order_by(User.id)).all()
            theirs = [each for each in users if each.agency_id == case.agency_id] or users
        if case.satisfaction_asked_at is not None and case.said_at is None:
            self.phones[reference].sms(self.chance.choice("122"))
            self.phones[reference].sms("1")
        elif case.classified_at is not None:
            self._try(case.id, self.chance.choice(theirs if self.chance.random() < 0.8 else users))
        if times_more:
            self._act_later(reference, times_more - 1)

    def _try(self, case_id: UUID, by: User) -> None:
        try:
            with work.unit_of_work() as db:
                self.chance.choice(self._verbs(db, by))(db, db.get_one(Case, case_id))
        except NotAllowedError:
            pass  # the console would not have offered it

    def _verbs(self, db: Any, by: User) -> tuple[Verb, ...]:
        chance = self.chance
        agency = chance.choice(db.scalars(select(Agency).order_by(Agency.id)).all())
        category = chance.choice(db.scalars(select(Category).order_by(Category.code)).all())
        taken: Verb = lambda db, case: cases.accept(db, case, by=by)  # noqa: E731
        answered: Verb = lambda db, case: cases.respond(db, case, "On arrive demain.", by=by)  # noqa: E731
        outcome = chance.choice([Outcome.RESOLVED, Outcome.RESOLVED, *Outcome])
        closed: Verb = lambda db, case: cases.close(db, case, outcome, by=by)  # noqa: E731
        return (
            taken,
            taken,
            taken,
            answered,
            answered,
            answered,
            *(closed,) * 5,
            lambda db, case: cases.start_action(db, case, by=by),
            lambda db, case: cases.wait_for_person(db, case, "Quel quartier ?", by=by),
            lambda db, case: cases.refer(db, case, agency, by=by),
            lambda db, case: cases.reject(db, case, chance.choice(list(Rejection)), by=by),
            lambda db, case: cases.reopen(db, case, by=by),
            lambda db, case: cases.reopen(db, case, by=by),
            lambda db, case: cases.decline_reopening(db, case, by=by, note="non"),
            lambda db, case: triage.recategorise(db, case, category, by=by),
            lambda db, case: triage.mark_noise(db, case, chance.choice([None, *Noise]), by=by),
            lambda db, case: triage.set_concerns(db, case, users=[by.id], by=by),
            lambda db, case: cases.record_consent(db, case, given=True, how="call", by=by),
        )

    def change_rules(self) -> None:
        """An administrator gives a step another time, an agency other hours, or a feast another day."""
        chance, admin = self.chance, user("admin")
        with work.unit_of_work() as db:
            agencies = [None, None, *db.scalars(select(Agency.id).order_by(Agency.id))]
            standing = db.scalars(select(ClockPolicy).where(ClockPolicy.until.is_(None)).order_by(ClockPolicy.id)).all()
            for policy in standing:
                if chance.random() < 0.4:
                    times.end_policy(db, policy.id, by=admin)
            times.add_policy(
                db,
                step=chance.choice(list(Step)),
                priority=chance.choice([None, Priority.P1, Priority.P2]),
                category=chance.choice([None, None, "EHA", "EHA.EAU"]),
                agency_id=chance.choice(agencies),
                minutes=chance.choice([480, 1440, 10080]),
                working=chance.random() < 0.6,
                by=admin,
            )
            opens = chance.choice([360, 450, 600])
            days = frozenset(map(int, chance.choice(["12345", "123456", "67"])))
            hours = Hours(days, opens, opens + chance.choice([240, 480]))
            times.set_hours(db, chance.choice(agencies), hours, by=admin)
            day = self.story.now.date() + timedelta(days=chance.randrange(1, 30))
            off = chance.random() < 0.7
            times.set_day_off(db, day, off=off, by=admin)
        self.days.append((self.story.now, day, off))

    def leave(self) -> None:
        """Somebody goes on leave in the next days."""
        with work.reading() as db:
            logins = db.scalars(select(User.login).where(User.active).order_by(User.id)).all()
        first = self.story.now.date() + timedelta(days=self.chance.randrange(5))
        away = timedelta(days=self.chance.randrange(1, 25))
        change(self.chance.choice(logins), absent_from=first, absent_until=first + away)
