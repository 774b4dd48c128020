"""One answer to all before it is sent: how many people it reaches, in which languages, by which way, at what cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from feedback_gateway import work
from feedback_gateway.case_states import OPEN
from feedback_gateway.cases import NEEDS_TELLING, variables_of
from feedback_gateway.issues.sight import members
from feedback_gateway.outgoing import dress, frame, language_for, may_write
from feedback_gateway.wording import fill, holes
from flows import gsm7
from models import Case, Contact, Issue, User
from models.words import CaseState, ContactBy, Given, Outcome, Purpose

MAIN = "fr"
"""Who speaks none of the languages that an answer is written in gets this one."""


@dataclass(frozen=True)
class Share:
    """The people who speak one language: what they get, in how many paid parts each, and in all."""

    language: str
    written_in: str
    people: int
    parts: int
    whole: int


@dataclass(frozen=True)
class Plan:
    """What an answer comes to. `cost` in francs CFA, None while the price of a part is not known (SMS_PRICE).

    `same_phone`: cases whose person has it with another of theirs. `questions`: SMS that ask afterwards whether it
    helped. `unknown`: people for whom a variable of the text stands for nothing: it does not go to them. `cut`: the
    end would not leave, because a channel pays for no more parts.
    """

    cases: int
    shares: tuple[Share, ...]
    same_phone: int
    by_call: int
    on_asking: int
    questions: int
    unknown: int
    cut: bool

    @property
    def people(self) -> int:
        return sum(share.people for share in self.shares)

    @property
    def parts(self) -> int:
        return sum(share.whole for share in self.shares)

    @property
    def cost(self) -> int | None:
        price = work.settings().sms_price
        return price * (self.parts + self.questions) if price else None


def text_for(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The answer for somebody who speaks this language, and the language that it is in."""
    written = language if texts.get(language) else MAIN
    return texts[written], written


def way_to(case: Case, contact: Contact | None) -> Given:
    """How an answer reaches the person of a case by itself: by SMS, by the call that they asked for, or on asking."""
    if case.contact_by == ContactBy.CALL:
        return Given.CALL
    return Given.SMS if may_write(contact, case, Purpose.ANSWER) else Given.ON_ASKING


def cases_to_answer(db: Session, issue: Issue, user: User) -> list[tuple[Case, Contact | None]]:
    """The open cases of an issue as far as this user may see them, one phone's together, its newest first."""
    rows = db.execute(
        select(Case, Contact)
        .outerjoin(Contact, Contact.id == Case.contact_id)
        .options(defer(Contact.phone))
        .where(Case.issue_id == issue.id, members(user), Case.state.in_(OPEN - {CaseState.RECEIVED}))
        .order_by(Case.contact_id, Case.opened_at.desc(), Case.id)
    )
    return [(case, contact) for case, contact in rows]


def languages_of(db: Session, issue: Issue, user: User) -> Mapping[str, int]:
    """The languages that the people of an issue are written to in, the most spoken first."""
    spoken = Counter(language_for(contact, case) for case, contact in cases_to_answer(db, issue, user))
    return dict(spoken.most_common())


def plan_answer(
    db: Session, issue: Issue, texts: Mapping[str, str], user: User, outcome: Outcome | None = None
) -> Plan:
    """What this answer would come to, sent now. Writes nothing."""
    found = cases_to_answer(db, issue, user)
    ways: Counter[Given] = Counter()
    written: dict[str, list[tuple[str, Case]]] = defaultdict(list)
    served: set[int] = set()
    for case, contact in found:
        way = way_to(case, contact)
        if way == Given.SMS and contact is not None:
            if contact.id in served:
                way = Given.SAME_PHONE
            else:
                served.add(contact.id)
                written[language_for(contact, case)].append((contact.channel, case))
        ways[way] += 1
    weighed = [_weigh(db, texts, language, each) for language, each in written.items()]
    shares = [share for share, _, _ in weighed if share.people]
    return Plan(
        cases=len(found),
        shares=tuple(sorted(shares, key=lambda share: (-share.people, share.language))),
        same_phone=ways[Given.SAME_PHONE],
        by_call=ways[Given.CALL],
        on_asking=ways[Given.ON_ASKING],
        questions=sum(share.people for share in shares) if outcome in NEEDS_TELLING else 0,
        unknown=sum(unknown for _, unknown, _ in weighed),
        cut=any(cut for _, _, cut in weighed),
    )


def _weigh(
    db: Session, texts: Mapping[str, str], language: str, each: Sequence[tuple[str, Case]]
) -> tuple[Share, int, bool]:
    """What the people who speak one language get; for how many a variable is unknown; whether the end is cut off."""
    text, written = text_for(texts, language)
    sizes: dict[str, int] = {}
    counted: list[int] = []
    cut = False
    for channel, case in each:
        # References are of one length and one alphabet: without variables one case of a channel stands for all of it.
        key = channel if not holes(text) else f"{channel} {case.id}"
        if key not in sizes:
            filled = fill(text, variables_of(db, case, Purpose.ANSWER))
            whole = frame(language, "sms.answer", reference=case.reference, answer=filled)
            sizes[key] = 0 if holes(filled) else gsm7.parts(dress(whole, channel))
            cut = cut or _is_cut(whole, channel)
        counted.append(sizes[key])
    known = [parts for parts in counted if parts]
    return Share(language, written, len(known), max(known, default=0), sum(known)), len(counted) - len(known), cut


def _is_cut(whole: str, channel: str) -> bool:
    policy = work.settings().sms_policy_for(channel)
    both = gsm7.preview(whole.replace("\r\n", "\n"))
    parts = both.parts_folded if policy.letters == "fold" else both.parts_kept
    return policy.most_parts is not None and parts > policy.most_parts
