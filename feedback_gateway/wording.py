"""Texts that are used again: which suits a case, what its variables stand for, and keeping the list of them.

A variable stands in braces: `{place}`. What it stands for may be unknown for a case; then nothing is sent with a hole
in it. `models.AnswerTemplate` says what each purpose is for.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.lib import clock
from flows import reference as references
from models import AnswerTemplate, Case, Category, User
from models.words import Purpose

PURPOSES = (Purpose.ANSWER, Purpose.REFERRED, Purpose.CLOSED)
"""What there are templates for."""

VARIABLES = ("reference", "category", "place", "agency", "date", "hotline", "answer")
"""What may stand in braces. `date`: by when an answer is due (REFERRED), else today. `answer`: what the focal point
has written (ANSWER), or the last answer (CLOSED)."""

_NOT_YET = frozenset({"answer"})
"""What nobody can know when a case is passed on."""

MOST_LETTERS = 600
MOST_NAME = 80

SAMPLES: Mapping[str, str] = {
    "reference": references.show("4821937054"),
    "category": "Point d'eau en panne",
    "place": "Barsalogho secteur 2",
    "agency": "Eau hygiène assainissement",
    "date": "21/11/2026",
    "hotline": "80 00 11 11",
    "answer": "Une équipe vient jeudi.",
}
"""What a preview puts in place of each variable."""

_HOLE = re.compile(r"\{([a-z_]+)\}")


class HoleError(NotAllowedError):
    """A text would leave with a variable that stands for nothing: `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("empty_variable")
        self.names = tuple(names)


def holes(text: str) -> list[str]:
    """The names in braces, each once, in order."""
    return list(dict.fromkeys(_HOLE.findall(text)))


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """The text with what is known filled in; what is not stays in its braces, for a person to see."""
    return _HOLE.sub(lambda hole: values.get(hole[1]) or hole[0], text)


def fill_whole(text: str, values: Mapping[str, str | None]) -> str:
    """The text with everything filled in. Raises HoleError when something is unknown."""
    empty = [name for name in holes(text) if not values.get(name)]
    if empty:
        raise HoleError(empty)
    return fill(text, values)


def check_text(purpose: Purpose, text: str) -> None:
    """Raises NotAllowedError: "empty", "too_long", "brace", "unknown_variable", "no_reference".

    What goes out by itself must say which request it speaks of; an answer is framed with it anyway.
    """
    if not text.strip():
        raise NotAllowedError("empty")
    if len(text) > MOST_LETTERS:
        raise NotAllowedError("too_long")
    if re.search(r"[{}]", _HOLE.sub("", text)):
        raise NotAllowedError("brace")
    allowed = set(VARIABLES) - (_NOT_YET if purpose == Purpose.REFERRED else frozenset())
    if not allowed.issuperset(holes(text)):
        raise NotAllowedError("unknown_variable")
    if purpose != Purpose.ANSWER and "reference" not in holes(text):
        raise NotAllowedError("no_reference")


def save_template(
    db: Session,
    template_id: int | None,
    *,
    purpose: Purpose,
    category: str | None,
    language: str,
    name: str,
    text: str,
    by: User,
) -> AnswerTemplate:
    """Adds a template (`template_id` None) or changes one. `category` is a code, the first part of one, or None: any.

    Raises NotAllowedError as check_text() does, or with "purpose", "category", "name", "taken" (one text that goes out
    by itself for each purpose, category and language), "gone".
    """
    name, text = " ".join(name.split()), text.strip().replace("\r\n", "\n")
    if purpose not in PURPOSES:
        raise NotAllowedError("purpose")
    if not name or len(name) > MOST_NAME:
        raise NotAllowedError("name")
    check_text(purpose, text)
    if category and not _is_category(db, category):
        raise NotAllowedError("category")
    if purpose != Purpose.ANSWER and _same(db, template_id, purpose, category, language):
        raise NotAllowedError("taken")
    template = db.get(AnswerTemplate, template_id) if template_id is not None else AnswerTemplate(used=0)
    if template is None:
        raise NotAllowedError("gone")
    template.purpose, template.category, template.language = purpose, category or None, language
    template.name, template.text = name, text
    template.changed_by_id, template.changed_at = by.id, clock.now()
    db.add(template)
    db.flush()
    return template


def remove_template(db: Session, template_id: int) -> None:
    """Takes a template away; what was sent with it stays as it was. Raises NotAllowedError("gone")."""
    template = db.get(AnswerTemplate, template_id)
    if template is None:
        raise NotAllowedError("gone")
    db.delete(template)


def _is_category(db: Session, code: str) -> bool:
    like = or_(Category.code == code, Category.code.startswith(f"{code}.", autoescape=True))
    return db.scalar(select(Category.code).where(like).limit(1)) is not None


def _same(db: Session, template_id: int | None, purpose: Purpose, category: str | None, language: str) -> bool:
    same = select(AnswerTemplate.id).where(
        AnswerTemplate.purpose == purpose,
        func.coalesce(AnswerTemplate.category, "") == (category or ""),
        AnswerTemplate.language == language,
    )
    return any(found != template_id for found in db.scalars(same))


def list_templates(db: Session) -> list[AnswerTemplate]:
    """All templates: by purpose, category, name and language."""
    found = db.scalars(select(AnswerTemplate)).all()
    order = list(PURPOSES)
    return sorted(found, key=lambda each: (order.index(each.purpose), each.category or "", each.name, each.language))


def offer_templates(db: Session, case: Case, language: str) -> list[AnswerTemplate]:
    """The answers that suit a case, in the person's language: the narrowest category first, then the most used.

    In French where there is none in that language: somebody may translate it aloud, or by hand.
    """
    suiting = _suiting(db, case, Purpose.ANSWER)
    spoken = [each for each in suiting if each.language == language] or [
        each for each in suiting if each.language == "fr"
    ]
    return sorted(spoken, key=lambda each: (-len(each.category or ""), -each.used, each.name))


def find_template(db: Session, case: Case, purpose: Purpose, language: str) -> AnswerTemplate | None:
    """The template that takes the place of a text of flows/texts, in exactly this language; the narrowest one."""
    found = [each for each in _suiting(db, case, purpose) if each.language == language]
    return max(found, key=lambda each: len(each.category or ""), default=None)


def _suiting(db: Session, case: Case, purpose: Purpose) -> Sequence[AnswerTemplate]:
    code = case.category_code or ""
    suits = or_(AnswerTemplate.category.is_(None), AnswerTemplate.category.in_([code, code.split(".")[0]]))
    return db.scalars(select(AnswerTemplate).where(AnswerTemplate.purpose == purpose, suits)).all()


def count_use(db: Session, template_id: int) -> None:
    """One more message has gone out with a template; nothing happens when it is gone."""
    template = db.get(AnswerTemplate, template_id)
    if template is not None:
        template.used += 1
