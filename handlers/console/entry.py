"""The form for what a person says face to face, by phone, at a desk, in a committee or on paper; without network too.

Whoever has signed in may enter. The same address takes the form of a page and, as JSON, what a phone has kept while it
had no network (static/entry.js); what the worker keeps of the page names nobody.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from feedback_gateway import editions, entry, outgoing, work
from feedback_gateway.entry import EntryError
from feedback_gateway.lib import clock
from feedback_gateway.places import place_tree
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.page import STATIC
from handlers.console.visitor import me
from models import Agency, Category
from models.words import ContactBy, SafeTime

SHELL = "X-Entry-Shell"
"""Marks the page that a phone may keep: a page of signing in, which may come in its place, does not have it."""

BLANK = "0000000000"
"""Stands for a reference in the sentences of the slip until there is one."""

_FAULTS: Mapping[tuple[str, str], object] = {
    ("text", "missing"): _l("Écrivez ce que la personne a dit."),
    ("text", "long"): _l("Le texte a plus de 4000 lettres : gardez l'essentiel."),
    ("medium", "choose"): _l("Dites comment la personne s'est adressée à vous."),
    ("phone", "number"): _l("Ce numéro n'en est pas un. Huit chiffres, comme 70 12 34 56, ou + et le code du pays."),
    ("phone", "missing"): _l("Pour lui répondre ainsi, il faut un numéro. Sans numéro, laissez « Pas dit »."),
    ("place", "unknown"): _l("Ce lieu n'est pas connu ici. Choisissez la commune, et gardez son nom dans le texte."),
    ("place", "several"): _l("Plusieurs lieux ont ce nom : choisissez."),
    ("category", "unknown"): _l("Cette catégorie n'existe plus."),
    ("agency", "unknown"): _l("Cette agence n'existe plus."),
    ("said_on", "date"): _l("Cette date ne se lit pas."),
    ("said_on", "future"): _l("Cette date n'est pas encore passée."),
    ("said_on", "old"): _l("Cette date est de plus de deux ans."),
    ("safe_time", "choose"): _l("Choisissez dans la liste."),
    ("contact_by", "choose"): _l("Choisissez dans la liste."),
    ("reference", "taken"): _l("Cette référence ne vaut plus. Envoyez sans elle : une autre sera donnée."),
    ("entry_key", "missing"): _l("Ouvrez la page de nouveau, puis recommencez."),
}


def say_fault(field: str, code: str) -> str:
    """What is wrong with a field, and what to do."""
    return str(_FAULTS[field, code])


@bp.get("/enter")
def enter() -> ResponseReturnValue:
    """The form."""
    return _page({"entry_key": str(uuid4())})


@bp.get("/enter/shell")
def entry_shell() -> ResponseReturnValue:
    """The same page for nobody in particular: what a phone keeps for the time without network."""
    nobody: dict[str, Any] = {"visitor": None, "csrf_token": str, "this_page": ""}
    nobody["get_flashed_messages"] = lambda **_: []  # they are for the next page that a person opens
    return Response(_page({}, offline=True, **nobody), headers={SHELL: "1"})


@bp.post("/enter")
def take_entry() -> ResponseReturnValue:
    """Takes the form: opens the case and shows its reference. Sent again, it gives the same reference again.

    As JSON: 200 {reference}, 422 {faults, places}, or 409 when somebody else than `user` has signed in meanwhile.
    """
    by = me()
    form, as_json = request.form, request.accept_mimetypes.best == "application/json"
    if form.get("user", str(by.id)) != str(by.id):
        return {"error": "other_user"}, 409
    try:
        reference = work.persist(lambda db: entry.enter(db, form, by=by))
    except EntryError as refusal:
        faults = {field: say_fault(field, code) for field, code in refusal.faults.items()}
        if as_json:
            return {"faults": faults, "places": _offer(refusal.places)}, 422
        return _page(form.to_dict(), faults=faults, proposed=_offer(refusal.places)), 422
    if as_json:
        return {"reference": reference}
    session["entered"] = [reference, form.get("language", "")]
    return redirect(url_for("console.entry_taken"))


@bp.get("/enter/done")
def entry_taken() -> ResponseReturnValue:
    """The reference of what was entered last, large, and a slip to print. It says nothing of what was entered."""
    if "entered" not in session:
        return redirect(url_for("console.enter"))
    reference, spoken = session["entered"]
    return render_template("console/entered.html", reference=reference, spoken=spoken, line=_line(), slip=_slip())


@bp.get("/enter/session")
def entry_session() -> ResponseReturnValue:
    """Who has signed in, and a token to send forms with; 401 when nobody has."""
    return {"user": me().id, "token": generate_csrf()}


@bp.post("/enter/references")
def reserve_references() -> ResponseReturnValue:
    """References that this user may give out without network, `want` at most."""
    by, want = me(), request.form.get("want", 0, int)
    with work.unit_of_work() as db:
        return {"user": by.id, "references": entry.reserve_references(db, want, by=by)}


@bp.get("/enter/worker.js")
def entry_worker() -> ResponseReturnValue:
    """The service worker. Its address and header let it serve the form's page, and nothing else of the console."""
    headers = {"Service-Worker-Allowed": url_for("console.enter"), "Cache-Control": "no-cache"}
    return Response((STATIC / "entry-worker.js").read_bytes(), mimetype="text/javascript", headers=headers)


def _offer(codes: Sequence[str]) -> list[dict[str, str]]:
    """Places to choose from, with what they lie in: two may have one name."""
    with work.reading() as db:
        tree = place_tree(db)
    names = {code: [tree.by_code[step].name for step in tree.ladder(code)] for code in codes}
    return [{"code": code, "name": ", ".join(names[code])} for code in codes]


def _page(typed: Mapping[str, str], **more: Any) -> str:
    with work.reading() as db:
        tree = place_tree(db)
        categories = db.scalars(select(Category).order_by(Category.code)).all()
        agencies = db.scalars(select(Agency).order_by(Agency.name)).all()
    page = {"faults": {}, "proposed": [], "offline": False, **more}
    return render_template(
        "console/enter.html",
        typed=typed,
        doors=entry.DOORS,
        languages={code: words.language_name(code) for code in entry.LANGUAGES},
        categories=categories,
        agencies=agencies,
        places=sorted((tree.show(code), tree.ladder(place.parent_code)) for code, place in tree.by_code.items()),
        tree=tree,
        ways=list(ContactBy),
        times=list(SafeTime),
        most_letters=entry.MOST_LETTERS,
        block=entry.BLOCK,
        today=clock.now().date(),
        line=_line(),
        slip=_slip(),
        **page,
    )


def _line() -> dict[str, str]:
    """How the line is reached, as far as the settings say. A sender of SMS that is a name cannot be written to."""
    settings = work.settings()
    numbers = (settings.africastalking.short_code, settings.africastalking.sender, settings.twilio.sender)
    return {
        "USSD": settings.africastalking.service_code,
        "SMS": next(filter(re.compile(r"\+?[0-9]{3,15}").fullmatch, numbers), ""),
    }


def _slip() -> dict[str, str]:
    """What the slip says in each language that the line writes in, with BLANK for the reference. Never a topic."""
    spoken = editions.book_in_force().languages
    return {code: outgoing.frame(code, "sms.reference", reference=BLANK) for code in spoken}
