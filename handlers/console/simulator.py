"""The simulator's page: phones side by side, on the line of this installation or without a database.

Every form carries the whole phone as a token. The answer is the phone alone for a script that asks for it
(X-Fragment), else the page with that phone.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_gateway import editions, simulate, work
from feedback_gateway.channels.contract import BadPayloadError
from feedback_gateway.lib import clock, phone
from feedback_gateway.simulate import LivePhone
from flows import gsm7
from flows.book import Book
from flows.screens import Limits
from handlers.console import trial_phone, words
from handlers.console.blueprint import bp
from handlers.console.trial_panel import tell_events, watch_cases
from handlers.console.trial_phone import ForgottenError, Trial
from handlers.console.visitor import demand_administrator, signed_in
from models.words import Role

MOST_LETTERS = 1000
MOST_STEPS = 200
"""Turns that one phone keeps: each is gone through again at every step of a pure one."""

WAITS = (600, 3600)


@bp.before_request
def _only_when_on() -> None:
    if (request.endpoint or "").startswith("console.simulator") and not work.settings().simulator:
        abort(404)


@bp.get("/simulator")
def simulator() -> ResponseReturnValue:
    """A new phone. `?pure=1`: without a database, `&language=` what it speaks; `?book=draft`: in the draft of the
    flows (administrators); `?number=`: on the line, with this number; `?tab=sms`: opened at its SMS."""
    view: trial_phone.View = "sms" if request.args.get("tab") == "sms" else "dial"
    draft = request.args.get("book") == "draft"
    if draft or "pure" in request.args:
        return _show(_pure(_find_book(draft), request.args.get("language"), draft=draft, view=view))
    return _show(_live(_read_number(request.args.get("number", "")), view))


@bp.post("/simulator/phone")
def simulator_phone() -> ResponseReturnValue:
    """Does one thing with a phone: `action` is one of ACTIONS, or `wait` and the seconds; `text` goes with it."""
    trial, notice = _read_phone()
    action, _space, amount = request.form.get("action", "").partition(" ")
    act = ACTIONS.get(action)
    if act is None or (action == "wait") != (amount in {str(seconds) for seconds in WAITS}):
        abort(400)
    text = amount or request.form.get("text", "").strip()[:MOST_LETTERS]
    if trial.steps >= MOST_STEPS and action in _STEPS:
        return _show(trial, _("Ce téléphone a beaucoup servi. Ajoutez-en un autre."))
    try:
        said = act(trial, text)
    except BadPayloadError:
        trial.handset.drop()
        trial.view, said = "lost", _("La session est perdue ; composez de nouveau.")
    return _show(trial, said or notice)


@bp.post("/simulator/look")
def simulator_look() -> ResponseReturnValue:
    """What may have changed on a phone on the line by itself: its SMS and its cases."""
    trial, _notice = _read_phone()
    return render_template("console/_phone_look.html", **_around(trial))


@bp.post("/simulator/record")
def simulator_record() -> ResponseReturnValue:
    """What was done on a phone as a dialogue file, which the tests of the flows read."""
    trial, _notice = _read_phone()
    about = " ".join(request.form.get("text", "").split())[:200] or _("Conversation enregistrée au téléphone d'essai")
    pure = (
        simulate.replay(trial.handset, _find_book(), _limits())
        if isinstance(trial.handset, LivePhone)
        else trial.handset
    )
    name = f"dialogue-{clock.now():%Y%m%d-%H%M%S}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pure.to_yaml(about), mimetype="application/yaml", headers=headers)


def _dial(trial: Trial, text: str) -> str | None:
    inputs = simulate.read_code(text or simulate.SERVICE_CODE)
    if inputs is None:
        trial.view = "dial"
        return str(_("Problème de connexion ou code MMI non valide : composez %(code)s", code=simulate.SERVICE_CODE))
    trial.handset.dial(inputs)
    trial.view = "session"
    return None


def _press(trial: Trial, text: str) -> str | None:
    # Like a phone, it sends nothing once the session is over, and no empty answer.
    if trial.is_open and text:
        trial.handset.press(text[: simulate.ANSWER_SEPTETS])
    return None


def _sms(trial: Trial, text: str) -> str | None:
    if text:
        trial.handset.sms(text)
    return _inbox(trial, "")


def _end(trial: Trial, _text: str) -> str | None:
    if trial.is_open:
        trial.handset.drop()  # the line is told nothing, as when a person walks out of reach
    return _home(trial, "")


def _drop(trial: Trial, _text: str) -> str | None:
    if trial.is_open:
        trial.handset.drop()
    if trial.view != "sms":
        trial.view = "lost"
    return None


def _again(trial: Trial, _text: str) -> str | None:
    if trial.view != "session":
        return None
    before = trial.handset.screen
    same = trial.handset.again() == before
    return str(_("Même écran : la ligne n'a rien compté deux fois.") if same else _("L'écran n'est PAS le même."))


def _wait(trial: Trial, seconds: str) -> str | None:
    if trial.pure is None:
        return None
    was_open = trial.is_open
    sent = simulate.let_pass(trial.pure, int(seconds))
    if was_open:
        trial.view = "lost"
    passed = _("%(minutes)s minutes ont passé.", minutes=int(seconds) // 60)
    return f"{passed} {_('La ligne a envoyé un SMS.')}" if sent else passed


def _home(trial: Trial, _text: str) -> str | None:
    trial.view = "dial"
    return None


def _inbox(trial: Trial, _text: str) -> str | None:
    trial.view = "sms"
    return None


def _number(trial: Trial, text: str) -> str | None:
    """Another phone on the line. The one before keeps its conversations."""
    number = _read_number(text)
    if trial.live is None or number is None:
        return str(_("Ce n'est pas un numéro de téléphone."))
    trial.handset, trial.view, trial.seen = LivePhone(number), "dial", 0
    return None


def _language(trial: Trial, text: str) -> str | None:
    """A pure phone anew, which has chosen this language before; none: it has never called."""
    if trial.pure:
        fresh = _pure(trial.pure.book, text, draft=trial.draft)
        trial.handset, trial.view, trial.seen = fresh.handset, "dial", 0
    return None


ACTIONS: Mapping[str, Callable[[Trial, str], str | None]] = {
    "dial": _dial,
    "press": _press,
    "sms": _sms,
    "end": _end,
    "drop": _drop,
    "again": _again,
    "wait": _wait,
    "home": _home,
    "inbox": _inbox,
    "number": _number,
    "language": _language,
    "show": lambda _trial, _text: None,
}
"""What can be done with a phone; each returns what is said about it, None for nothing."""

_STEPS = frozenset({"dial", "press", "sms", "again", "wait"})


def _read_phone() -> tuple[Trial, str | None]:
    """The phone of this form, and what is to be said about it."""
    try:
        return trial_phone.unseal(request.form.get("phone", ""), _find_book), None
    except ForgottenError:
        return _live(), _("Ce téléphone n'est plus connu. En voici un autre.")


def _find_book(draft: bool = False) -> Book:
    """The book that a phone speaks; the one in force where there is no draft to be read. 403 for whoever may not see
    the draft."""
    if draft:
        demand_administrator()
        return editions.draft_book() or editions.book_in_force()
    return editions.book_in_force()


def _live(number: str | None = None, view: trial_phone.View = "dial") -> Trial:
    made_up = f"+{work.settings().country_code}7000{secrets.randbelow(10_000):04d}"
    return trial_phone.new_phone(LivePhone(number or made_up), view)


def _pure(book: Book, language: str | None, *, draft: bool, view: trial_phone.View = "dial") -> Trial:
    chosen = language if language in book.languages else None
    return trial_phone.new_phone(simulate.new_pure(book, _limits(), chosen), view, draft=draft)


def _limits() -> Limits:
    """What a screen of the simulator's channel holds."""
    settings = work.settings()
    return Limits(settings.ussd_limit_for(simulate.CHANNEL), settings.ussd_folds_for(simulate.CHANNEL))


def _read_number(written: str) -> str | None:
    number = phone.normalise(written[:30], work.settings().country_code)
    return number if phone.is_number(number) else None


def _show(trial: Trial, notice: str | None = None) -> ResponseReturnValue:
    """The phone alone or in its page."""
    if trial.draft and editions.draft_book() is None:
        notice = _("Le brouillon manque ou ne se lit pas : ce téléphone parle l'édition en vigueur.")
    around = _around(trial)
    if trial.view == "sms" and around["letters"]:
        trial.seen = around["letters"][-1].number
    limits = trial.pure.scene.limits if trial.pure else _limits()
    user = signed_in()
    shown = {
        **around,
        "alphabet": {"basic": "".join(sorted(gsm7.BASIC)), "extended": "".join(sorted(gsm7.EXTENDED))},
        "answer_limit": (simulate.ANSWER_SEPTETS, simulate.units_in(simulate.ANSWER_SEPTETS)),
        "code": simulate.SERVICE_CODE,
        "may_draft": user is not None and user.role == Role.ADMINISTRATOR,
        "notice": notice,
        "room": simulate.room_of(trial.handset.screen, limits.size),
        "this_page": url_for("console.simulator"),
        "waits": WAITS,
    }
    # A phone is all in its token, so the token is made last.
    is_fragment = "X-Fragment" in request.headers
    template = "console/_phone.html" if is_fragment else "console/simulator.html"
    return render_template(template, token=trial_phone.seal(trial), languages=_languages(trial), **shown)


def _around(trial: Trial) -> dict[str, Any]:
    """What stands in and beside a phone besides its screen."""
    user = signed_in()
    with work.reading() as db:
        letters = trial_phone.letters_of(trial, db)
        watched = watch_cases(db, user, trial.live.number) if trial.live and user else []
    return {
        "trial": trial,
        "letters": letters,
        "unread": 0 if trial.view == "sms" else trial_phone.unread(trial, letters),
        "watched": watched,
        "decided": tell_events(trial.pure.turns) if trial.pure else [],
    }


def _languages(trial: Trial) -> dict[str, str]:
    return {code: words.language_name(code) for code in trial.pure.book.languages} if trial.pure else {}
