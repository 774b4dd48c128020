"""Opening the page of a link, and doing one deed by one POST."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy.orm import Session

from feedback_gateway import cases, desk, links, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.desk import Deed
from feedback_gateway.lib import clock
from feedback_gateway.links import Opened
from handlers.desk import room
from handlers.desk.throttle import Throttle, address_of
from handlers.desk.words import LANGUAGES, say
from models import Agency
from models.words import Rejection, Sensitivity

STATIC = Path(__file__).parent / "static"
WINDOW = timedelta(minutes=10)
throttle = Throttle(most=20, window=WINDOW)

bp = Blueprint("desk", __name__, url_prefix="/dossier", template_folder="templates", static_folder="static")

Form = Mapping[str, str]
_NOT_DONE = {code: f"no_{code}" for code in ("changed", "choose", "empty", "empty_variable", "too_long")}


class _Done(NamedTuple):
    """What is said after a deed. `alive`: the link still opens the case."""

    deed: Deed
    language: str
    written: bool
    due_at: datetime | None
    alive: bool


@bp.after_request
def _keep_away(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The case, or the page of a dead link, which says the same whatever the reason.

    Looking changes nothing, but that the reading of a case that is not open to all is logged; a browser or a messenger
    that fetches pages ahead of anybody's wish gets nothing at all.
    """
    if _is_ahead_of_time():
        return "", 204
    with work.reading() as db:
        opened = links.open_link(db, token)
        if opened is None:
            return _show_dead()
        page = _render(db, token, opened)
    if opened.case.sensitivity != Sensitivity.NORMAL and request.method == "GET":
        with work.unit_of_work() as db:
            cases.record_reading(db, opened.case, by=opened.user)
    return page


@bp.get("/<token>/<path:_rest>")
def come_back(token: str, _rest: str) -> ResponseReturnValue:
    """The address of a deed, opened by hand: the page of the case."""
    return redirect(url_for("desk.show", token=token, lang=request.args.get("lang")))


@bp.post("/<token>/<deed_name>")
def act(token: str, deed_name: str) -> ResponseReturnValue:
    """Does one deed, once: a form that was sent twice gets the same answer twice. What was typed is kept when not."""
    if deed_name not in list(Deed):
        return _show_dead()
    deed, form = Deed(deed_name), request.form
    try:
        done = work.persist(partial(_do, token=token, deed=deed, form=form))
    except NotAllowedError as refusal:
        return _show_again(token, deed, form, refusal.code)
    return _show_dead() if done is None else _show_done(token, done)


def _do(db: Session, *, token: str, deed: Deed, form: Form) -> _Done | None:
    """None: link or form are not, or no longer, good. Raises NotAllowedError, with "changed" when somebody else was
    faster."""
    found = links.read_form(db, token, form.get("form", ""))
    if found is None:
        return None
    link, since = found
    user = link.user
    opened = links.open_link(db, token)
    if not desk.was_done(db, user, link.case_id, deed, since):
        if opened is None:
            return None
        if desk.changed_since(db, user, opened.case, since):
            raise NotAllowedError("changed")
        desk.do(
            db,
            user,
            opened.case,
            deed,
            words=form.get("text", "").replace("\r\n", "\n"),
            reason=_reason(form.get("reason", "")),
            but=_agency(db, form.get("but", "")),
        )
        db.flush()
        opened = links.open_link(db, token)
    language = _language(user.language)
    if opened is None:  # given back: nothing of the case is theirs to see any more
        return _Done(deed, language, written=True, due_at=None, alive=False)
    written = desk.hears_by_sms(db, opened.case)
    return _Done(deed, language, written=written, due_at=opened.case.answer_due_at, alive=True)


def _reason(word: str) -> Rejection | None:
    return Rejection(word) if word in list(Rejection) else None


def _agency(db: Session, written: str) -> Agency | None:
    return db.get(Agency, int(written)) if written.isascii() and written.isdigit() and len(written) < 9 else None


def _render(db: Session, token: str, opened: Opened, **more: object) -> str:
    """The page of a case. The numbers in it are masked by desk.look."""
    link, user, case = opened
    language = _language(user.language)
    sight = desk.look(db, user, case)
    said, left_out = room.pick(sight.said)
    with force_locale(language):
        return render_template(
            "desk/case.html",
            **_common(language, token),
            form=links.make_form(link, desk.last_event(db, case)),
            sight=sight,
            said=said,
            left_out=left_out,
            note=room.cut(sight.note, room.NOTE_BYTES) if sight.note else None,
            written=desk.hears_by_sms(db, case),
            others=room.fit_agencies(desk.likely_owners(db, case)) if Deed.REJECT in sight.deeds else [],
            rejections=list(Rejection),
            most=desk.MOST_LETTERS,
            **{"failed": None, "typed": {}, "error": "", **more},
        )


def _show_again(token: str, deed: Deed, form: Form, code: str) -> ResponseReturnValue:
    with work.reading() as db:
        opened = links.open_link(db, token)
        if opened is None:
            return _show_dead()
        error = say(_language(opened.user.language), _NOT_DONE.get(code, "no_state"), most=desk.MOST_LETTERS)
        page = _render(db, token, opened, failed=deed, typed=form, error=error)
    return page, 409 if code == "changed" else 422


def _show_done(token: str, done: _Done) -> ResponseReturnValue:
    return render_template("desk/done.html", **_common(done.language, token), done=done)


def _show_dead() -> ResponseReturnValue:
    """One page for links that are forged, expired, revoked or over: whoever tries learns nothing of any case."""
    patient = throttle.count(address_of(request.remote_addr, request.headers.get("X-Forwarded-For", "")), clock.now())
    language = _language(request.accept_languages.best_match(list(LANGUAGES)) or "fr")
    page = render_template("desk/dead.html", **_common(language, ""), number=desk.line_number(), patient=patient)
    if patient:
        return page, 404
    return page, 429, {"Retry-After": str(int(WINDOW.total_seconds()))}


def _common(language: str, token: str) -> dict[str, object]:
    return {
        "language": language,
        "languages": LANGUAGES,
        "say": partial(say, language),
        "css": url_for("desk.static", filename="desk.css", v=_fingerprint()),
        "token": token,
        "address": url_for("desk.show", token=token) if token else "",
    }


@cache
def _fingerprint() -> str:
    return hashlib.sha256((STATIC / "desk.css").read_bytes()).hexdigest()[:10]


def _language(usual: str) -> str:
    chosen = request.values.get("lang", "")
    return chosen if chosen in LANGUAGES else usual if usual in LANGUAGES else "fr"


def _is_ahead_of_time() -> bool:
    """Whether nobody has asked to see the page yet."""
    purposes = [request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")]
    return any(word in purpose.lower() for purpose in purposes for word in ("prefetch", "preview", "prerender"))
