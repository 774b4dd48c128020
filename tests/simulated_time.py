"""A simulator of time: an installation lives through days or a year in seconds.

Something happens at the moments that a story names (`at`); in between, time jumps to the next moment at which anything
is due: a clock, a duty, a digest, an unfinished session. At each of them the dispatcher's periodic work and the workers
run until nothing is left to do. The same story gives the same history.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import time_machine
from sqlalchemy import func, select

from feedback_gateway import schedule, work
from feedback_gateway.lib import clock
from feedback_gateway.partners import mail
from feedback_gateway.timetable import timetable
from models import Case, Conversation, Message, Notice, OutboxRow, User
from models.words import OutboxState, Purpose
from tests.worker import work_off

DAILY = ("unreported answers", "alarms", "gaps", "rules to confirm", "old imports")
"""What the dispatcher does every few minutes and a story needs once a day."""

LEFT_OUT = ("beat", "training", "clocks", "digests")
"""The last two are done by work_off."""

MOST_STOPS = 100_000


class Heard(NamedTuple):
    """A letter or an SMS that reached somebody who works on cases."""

    at: datetime
    user: str
    text: str
    by: str


class Simulation:
    """A story and its clock. Begin it inside `with begin(start) as story`."""

    def __init__(self, traveller: time_machine.Traveller, grain: timedelta = timedelta()) -> None:
        self._traveller = traveller
        self._grain, self._begun = grain, clock.now()
        self._plan: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._order = count()
        self._last_day: Any = None
        self.letters: list[Heard] = []
        self.stops = 0
        self.look: Callable[[], None] = lambda: None
        """Called whenever everything has come to rest."""

    @property
    def now(self) -> datetime:
        return clock.now()

    def at(self, moment: datetime, do: Callable[[], Any]) -> None:
        """Has something happen at that moment (at once, if it is past)."""
        heapq.heappush(self._plan, (moment, next(self._order), do))

    def after(self, do: Callable[[], Any], **span: float) -> None:
        """Has something happen so much later."""
        self.at(self.now + timedelta(**span), do)

    def run(self, until: datetime) -> None:
        """Lives until that moment, and through it."""
        self._rest()
        while (moment := self._next()) is not None and moment <= until:
            self._go_to(min(self._late_by_a_grain(moment), until))
            while self._plan and self._plan[0][0] <= self.now:
                heapq.heappop(self._plan)[2]()
            self._rest()
        self._go_to(until)
        self._rest()

    def run_for(self, **span: float) -> None:
        """Lives so much longer."""
        self.run(self.now + timedelta(**span))

    def hears(self, login: str) -> list[Heard]:
        """What this user was sent, letters and SMS, the oldest first."""
        with work.reading() as db:
            notices = select(Message, User.login).join(User, User.id == Message.user_id)
            found = db.execute(notices.where(Message.purpose == Purpose.NOTICE, User.login == login)).all()
        sms = [Heard(message.at, name, message.text, "sms") for message, name in found]
        return sorted([*(letter for letter in self.letters if letter.user == login), *sms])

    def _late_by_a_grain(self, moment: datetime) -> datetime:
        """As a machine that is busy, or off for a while, would come to it: at the next full grain."""
        return moment + (self._begun - moment) % self._grain if self._grain else moment

    def _go_to(self, moment: datetime) -> None:
        self.stops += 1
        assert self.stops < MOST_STOPS, "time does not move on"
        if moment > self.now:
            self._traveller.move_to(moment)

    def _rest(self) -> None:
        for periodic in schedule.PERIODIC:
            if periodic.name in LEFT_OUT or (periodic.name in DAILY and self._last_day == self.now.date()):
                continue
            periodic.do()
        self._last_day = self.now.date()
        work_off(most_rounds=200)
        self.look()

    def _next(self) -> datetime | None:
        moments = [self._plan[0][0]] if self._plan else []
        with work.reading() as db:
            waiting = [OutboxState.PENDING]
            held = [OutboxState.QUEUED, OutboxState.RUNNING]
            for found in (
                select(func.min(Case.follow_at)),
                select(func.min(OutboxRow.next_attempt_at)).where(OutboxRow.state.in_(waiting)),
                select(func.min(OutboxRow.lease_until)).where(OutboxRow.state.in_(held)),
                select(func.min(Conversation.abandoned_after)),
            ):
                if (moment := db.scalar(found)) is not None:
                    moments.append(moment)
            told = select(Notice.user_id).where(Notice.sent_at.is_(None), Notice.dropped_at.is_(None))
            pause = timedelta(minutes=work.settings().digest_minutes)
            for user in db.scalars(select(User).where(User.id.in_(told))):
                rested = max(user.digest_at + pause if user.digest_at else self.now, self.now)
                moments.append(timetable(db).at_work(user, rested).next_open(rested))
        # What is due now and was not done waits for something else, which is among these.
        return min((moment for moment in moments if moment > self.now or self._is_planned(moment)), default=None)

    def _is_planned(self, moment: datetime) -> bool:
        return bool(self._plan) and self._plan[0][0] == moment


class begin:  # noqa: N801 - it reads like a verb: with begin(...) as story
    """`with begin(start) as story`: time stands at `start` and moves only as the story does; letters are kept.

    With a `grain` everything that is due within one is done at its end: fewer stops, for a long story.
    """

    def __init__(self, start: datetime, grain: timedelta = timedelta()) -> None:
        self._travel, self._grain = time_machine.travel(start, tick=False), grain

    def __enter__(self) -> Simulation:
        story = Simulation(self._travel.start(), self._grain)
        self._post = mail.post

        def keep(_settings: Any, letters: list[mail.Letter]) -> None:
            for letter in letters:
                text = f"{letter.subject}\n{letter.body}"
                story.letters.append(Heard(clock.now(), letter.to.split("@")[0], text, "email"))

        mail.post = keep
        return story

    def __exit__(self, *_: object) -> None:
        mail.post = self._post
        self._travel.stop()
