"""The lexicon: which words speak of what, entry by entry or as a file; tried on a text; who changed it, and back."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import learnt_languages, lexicon_editions, work
from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicon_text import drop_row, put_row
from feedback_gateway.classify.lexicons import LexiconError, load_lexicons, shipped_sources
from feedback_gateway.classify.reading import read
from feedback_gateway.lexicon_editions import Edited
from handlers.console import lexicon_form, words
from handlers.console.blueprint import bp
from handlers.console.flow_view import compare
from handlers.console.lexicon_form import ID, Line
from handlers.console.visitor import demand_administrator
from models import Category, LexiconEdition, User
from models.words import FeedbackType, Sensitivity

FIRST = "fr"
_MOST_TRIED = 1000


@bp.get("/lexicon")
def lexicon() -> ResponseReturnValue:
    """The entries of one language, searched and narrowed, with what was done to them."""
    demand_administrator()
    return _show_list(_language(request.args.get("language", FIRST)))


@bp.post("/lexicon/<language>/try")
def try_lexicon(language: str) -> ResponseReturnValue:
    """What the words in force find in a text, and what comes out. The text is stored nowhere."""
    demand_administrator()
    text = request.form.get("text", "")[:_MOST_TRIED]
    with work.reading() as db:
        lexicon_editions.refresh(db)
        learnt_languages.refresh(db)
    folded = fold(text)
    matched = [entry for lexicon in load_lexicons() for entry in lexicon.match(folded)]
    return _show_list(_language(language), tried=text, matched=matched, reading=read(text) if text.strip() else None)


@bp.get("/lexicon/<language>/entry")
def lexicon_entry(language: str) -> ResponseReturnValue:
    """The form of an entry; of a new one without an id."""
    demand_administrator()
    name = request.args.get("id", "")
    edited = _look(language)
    if not name:
        return _show_entry(language, edited, "", {"weight": "1"})
    return _show_entry(language, edited, name, lexicon_form.fill(_line(edited, name).row))


@bp.post("/lexicon/<language>/entry")
def save_entry(language: str) -> ResponseReturnValue:
    """Adds an entry, or changes the one whose name was `original`."""
    by = demand_administrator()
    form, edited = request.form, _look(language)
    original, row = form.get("original", ""), lexicon_form.read_form(form)
    problems: Sequence[LexiconError] = []
    if original not in {"", *(line.id for line in lexicon_form.read_lines(edited.source))}:
        problems = [LexiconError("gone", "gone")]
    elif not ID.fullmatch(row["id"]):
        problems = [LexiconError("no id", "id")]
    else:
        source = put_row(lexicon_form.source_or_beginning(edited.source, language), row, instead_of=original or None)
        problems = _save(language, source, by)
    if problems:
        return _show_entry(language, _look(language), original, form, 422, problems)
    flash(_("Entrée %(name)s enregistrée. Elle est en force.", name=row["id"]), "success")
    return redirect(url_for("console.lexicon", language=language))


@bp.post("/lexicon/<language>/entry/delete")
def delete_entry(language: str) -> ResponseReturnValue:
    """Takes an entry out; an older edition brings it back."""
    by = demand_administrator()
    edited, name = _look(language), request.form.get("original", "")
    line = _line(edited, name)
    if problems := _save(language, drop_row(edited.source, name), by):
        return _show_entry(language, _look(language), name, lexicon_form.fill(line.row), 422, problems)
    flash(_("Entrée %(name)s retirée.", name=name), "success")
    return redirect(url_for("console.lexicon", language=language))


@bp.route("/lexicon/<language>/file", methods=["GET", "POST"])
def lexicon_file(language: str) -> ResponseReturnValue:
    """The whole file, for who prefers it."""
    by = demand_administrator()
    edited = _look(language)
    typed = source = lexicon_form.source_or_beginning(edited.source, language)
    problems: Sequence[LexiconError] = []
    if request.method == "POST":
        typed = lexicon_editions.tidy(request.form.get("source", ""))
        problems = _save(language, typed, by)
        if not problems:
            same = typed == source
            flash(_("Rien n'a changé.") if same else _("Enregistré. Ce lexique est en force."), "success")
            return redirect(url_for("console.lexicon", language=language))
    now = _look(language)
    collision = any(problem.code == "changed" for problem in problems)
    page = render_template(
        "console/lexicon_file.html",
        language=language,
        edited=now,
        source=typed,
        between=list(compare(now.source, typed)) if collision else (),
        problems=[lexicon_form.explain(problem) for problem in problems],
        note=request.form.get("note", ""),
    )
    return page, 422 if problems else 200


@bp.get("/lexicon/<language>/editions/<int:number>")
def lexicon_edition(language: str, number: int) -> ResponseReturnValue:
    """What an edition changed."""
    demand_administrator()
    with work.reading() as db:
        edition = db.get(LexiconEdition, number) if number < 2**31 else None
        if edition is None or edition.language != language:
            abort(404)
        before, after = lexicon_editions.before_and_after(db, edition)
        return render_template(
            "console/lexicon_edition.html",
            language=language,
            edition=edition,
            lines=list(compare(before, after)),
            in_force=lexicon_editions.current(db, language).version == edition.id,
        )


@bp.post("/lexicon/<language>/go-back")
def restore_lexicon(language: str) -> ResponseReturnValue:
    """Puts an older edition, or the shipped file, in force again."""
    by = demand_administrator()
    word = request.form.get("number", "")
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 9 else -1
    _language(language)
    wanted = None if number == lexicon_editions.AS_SHIPPED else number
    problems = work.persist(lambda db: lexicon_editions.restore(db, language, wanted, by=by))
    if problems:
        return _show_list(language, 422, error=lexicon_form.explain(problems[0])[1])
    flash(_("Retour fait."), "success")
    return redirect(url_for("console.lexicon", language=language))


def _language(language: str) -> str:
    """The code, if there may be a lexicon of it; 404 otherwise."""
    if language not in words.LANGUAGES:
        with work.reading() as db:
            if language not in [*lexicon_editions.languages(db), *_added(db)]:
                abort(404)
    return language


def _added(db: Session) -> list[str]:
    return [language.code for language in learnt_languages.added(db)]


def _look(language: str) -> Edited:
    _language(language)
    with work.reading() as db:
        return lexicon_editions.current(db, language)


def _line(edited: Edited, name: str) -> Line:
    line = next((line for line in lexicon_form.read_lines(edited.source) if line.id == name), None)
    if line is None:
        abort(404)
    return line


def _save(language: str, source: str, by: User) -> Sequence[LexiconError]:
    """Saves against the edition that the form began with, and reads with it from now on in this process."""
    seen, note = request.form.get("seen", ""), request.form.get("note", "")
    began = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    return work.persist(lambda db: lexicon_editions.save(db, language, source, note, by=by, seen=began))


def _show_list(language: str, status: int = 200, **more: Any) -> ResponseReturnValue:
    query, group = request.args.get("q", "").strip()[:60], request.args.get("category", "")
    with work.reading() as db:
        edited = lexicon_editions.current(db, language)
        lines = lexicon_form.read_lines(edited.source)
        has_words = lexicon_editions.languages(db)
        page = render_template(
            "console/lexicon.html",
            **{
                "language": language,
                "has_words": has_words if language in has_words else sorted([*has_words, language]),
                "beginnings": sorted({*words.LANGUAGES, *_added(db)} - set(has_words)),
                "edited": edited,
                "unreadable": bool(edited.source) and lexicon_form.read_lexicon(edited.source) is None,
                "has_shipped": language in shipped_sources(),
                "lines": [line for line in lines if _wanted(line, query, group)],
                "count": len(lines),
                "query": query,
                "group": group,
                "groups": sorted({code.split(".")[0] for code in CATEGORIES}, key=words.group_name),
                "names": {category.code: words.category_name(category) for category in db.scalars(select(Category))},
                "editions": lexicon_editions.editions(db, language),
                "tried": "",
                "matched": (),
                "reading": None,
                "error": "",
                **more,
            },
        )
    return page, status


def _wanted(line: Line, query: str, group: str) -> bool:
    if group == "sensitive" and line.entry.sensitivity is Sensitivity.NORMAL:
        return False
    if group not in ("", "sensitive") and (line.entry.category or "none").split(".")[0] != group:
        return False
    return not query or line.says(fold(query))


def _show_entry(
    language: str,
    edited: Edited,
    name: str,
    typed: Any,
    status: int = 200,
    problems: Sequence[LexiconError] = (),
) -> ResponseReturnValue:
    with work.reading() as db:
        categories = db.scalars(select(Category).order_by(Category.code)).all()
        page = render_template(
            "console/lexicon_entry.html",
            language=language,
            edited=edited,
            name=name,
            typed=typed,
            problems=[lexicon_form.explain(problem) for problem in problems],
            categories=[category for category in categories if category.code in CATEGORIES],
            sensitivities=[Sensitivity.RESTRICTED, Sensitivity.SEALED],
            types=list(FeedbackType),
            sets=lexicon_form.read_sets(edited.source),
        )
    return page, status
