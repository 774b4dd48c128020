"""Bringing in a register kept elsewhere: choose a file, look at what is wrong row by row, confirm, follow.

For managers and administrators. A file is seen by whoever brought it, and by nobody else.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway import entry_import as imports
from feedback_gateway import work
from feedback_gateway.entry import DOORS
from feedback_gateway.entry_import import Choices, Fault, RefusedError
from feedback_gateway.lib import sheet
from feedback_gateway.lib.sheet import UnreadableError
from feedback_gateway.lib.spreadsheet import Cell
from feedback_gateway.places import place_tree
from handlers.console import words
from handlers.console.blueprint import bp
from handlers.console.visitor import me
from models import Agency, Category, EntryImport, User
from models.words import Medium, Role

MOST_SHOWN = 100
"""Rows with faults on a page; the file of what stays behind has them all."""

GLIMPSE = 5
MOST_NAME = 80

FIELDS: Mapping[str, object] = {
    "id": _l("Numéro dans le registre"),
    "date": _l("Date"),
    "medium": _l("Canal"),
    "text": _l("Ce que la personne a dit"),
    "language": _l("Langue"),
    "category": _l("Catégorie"),
    "region": _l("Région"),
    "province": _l("Province"),
    "commune": _l("Commune ou lieu"),
    "site": _l("Site, village"),
    "phone": _l("Téléphone"),
    "may_contact": _l("Accepte d'être contactée"),
    "by_proxy": _l("Quelqu'un parle pour elle"),
    "sealed": _l("Sensible"),
    "agency": _l("Agence mise en cause"),
}
"""What a column may hold."""

_FAULTS: Mapping[tuple[str, str], object] = {
    ("text", "missing"): _l("il n'y a pas de texte"),
    ("text", "long"): _l("le texte a plus de 4000 lettres"),
    ("date", "missing"): _l("il n'y a pas de date"),
    ("date", "date"): _l("cette date ne se lit pas : écrivez 31/12/2026 ou 2026-12-31"),
    ("date", "future"): _l("cette date n'est pas encore passée"),
    ("date", "old"): _l("cette date est de plus de deux ans"),
    ("place", "unknown"): _l("ce lieu n'est pas connu ici"),
    ("place", "several"): _l("plusieurs lieux ont ce nom : ajoutez la commune ou la province"),
    ("category", "unknown"): _l("cette catégorie n'est pas connue ici"),
    ("agency", "unknown"): _l("cette agence n'est pas connue ici"),
    ("phone", "number"): _l("ce n'est pas un numéro de téléphone, ou il y en a plusieurs"),
    ("row", "double"): _l("déjà dans ce fichier, à la ligne %(value)s"),
}

_REFUSALS: Mapping[str, object] = {
    "file": _l("Choisissez d'abord un fichier."),
    "empty": _l("Le fichier est vide."),
    "too_big": _l("Le fichier est trop grand : deux mégaoctets au plus. Coupez-le en plusieurs."),
    "too_many_rows": _l("Le fichier a plus de 5 000 lignes : coupez-le en plusieurs."),
    "no_table": _l("Ce fichier ne se lit pas comme un tableau CSV ou XLSX."),
    "no_rows": _l("Le fichier n'a pas de ligne sous les titres des colonnes."),
    "no_text": _l("Dites quelle colonne contient ce que la personne a dit."),
    "faults": _l("Des lignes sont à corriger : rien n'a été repris."),
    "nothing": _l("Aucune ligne n'est à reprendre : toutes sont à corriger, ou déjà reprises."),
    "changed": _l("Les choix ont changé entre-temps : regardez de nouveau."),
    "begun": _l("Ce fichier est déjà en cours de reprise, ou repris."),
}


def _importer() -> User:
    """The user, if they may bring in files; 403 for everybody else."""
    user = me()
    if user.role not in (Role.MANAGER, Role.ADMINISTRATOR):
        abort(403)
    return user


@bp.get("/enter/import")
def import_entries() -> ResponseReturnValue:
    """Asks for the file, and lists those that were brought before."""
    return _ask(_importer())


def _ask(by: User, error: str = "") -> ResponseReturnValue:
    with work.reading() as db:
        before = imports.imports_of(db, by)
    page = render_template(
        "console/entry_import.html", before=before, error=error, most=imports.MOST_ROWS, days=imports.KEPT_FOR.days
    )
    return page, 422 if error else 200


@bp.post("/enter/import")
def bring_entries() -> ResponseReturnValue:
    """Takes the file; nothing of it becomes a case yet."""
    by, file = _importer(), request.files.get("file")
    if file is None or not file.filename:
        return _ask(by, str(_REFUSALS["file"]))
    try:
        rows = sheet.read_rows(file.read())
        with work.unit_of_work() as db:
            imported = imports.begin(db, file.filename, rows, by=by)
    except (UnreadableError, RefusedError) as refusal:
        return _ask(by, str(_REFUSALS[refusal.code]))
    return redirect(url_for("console.show_import", import_id=imported.id))


@bp.get("/enter/import/template.<any(csv, xlsx):kind>")
def import_template(kind: str) -> ResponseReturnValue:
    """An empty register with the headings that are known, and one row as an example."""
    _importer()
    example = ["1", "2026-11-20", "Comité", _("Exemple, à effacer : la pompe est en panne depuis trois jours"), "mooré"]
    example += ["EHA.EAU", "Centre-Nord", "Sanmatenga", "Kaya", "", "70 00 00 00", "oui", "non", "non", ""]
    return _file([list(imports.TEMPLATE), example], _("registre"), kind)


@bp.get("/enter/import/<int(max=999999999):import_id>")
def show_import(import_id: int) -> ResponseReturnValue:
    """What is in the file: before, what would become of each row; while it runs, how far it is; then what was made."""
    return _show(_importer(), import_id)


def _show(by: User, import_id: int, error: str = "") -> ResponseReturnValue:
    with work.reading() as db:
        imported = imports.find_import(db, by, import_id)
        if imported is None:
            abort(404)
        facts = _preview(db, imported) if imported.state == "draft" else {}
    page = render_template("console/entry_import_file.html", imported=imported, error=error, **facts)
    return page, 422 if error else 200


def _preview(db: Session, imported: EntryImport) -> dict[str, Any]:
    rows, (choices, found) = imported.rows or [[]], imports.check(db, imported)
    good = [row for row in found if row.entry is not None and not row.known]
    wrong = [row for row in found if row.faults]
    categories = {each.code: words.category_name(each) for each in db.scalars(select(Category))}
    return {
        "headings": rows[0],
        "samples": [_sample(rows, at) for at in range(len(rows[0]))],
        "fields": FIELDS,
        "choices": choices,
        "media": [Medium.IMPORT, *DOORS],
        "good": good,
        "known": sum(row.known for row in found),
        "wrong": wrong[:MOST_SHOWN],
        "wrong_count": len(wrong),
        "kinds": Counter(str(_say_kind(fault)) for row in wrong for fault in row.faults).most_common(),
        "glimpse": good[:GLIMPSE],
        "say": lambda row: [_say(fault, categories) for fault in row.faults],
        "category_names": categories,
        "agency_names": {each.id: each.name for each in db.scalars(select(Agency))},
        "place_of": place_tree(db).show,
        "most_name": MOST_NAME,
    }


def _sample(rows: Sequence[Sequence[str]], at: int) -> str:
    """The first that stands in a column; no telephone number, which this page has no need to show."""
    found = next((row[at] for row in rows[1:] if at < len(row) and row[at]), "")
    is_number = sum(character.isdigit() for character in found) >= 8 and imports.read_day(found) is None
    return "" if is_number else found


def _say_kind(fault: Fault) -> object:
    if fault.code == "yes_or_no":
        return _("« %(field)s » : écrivez oui ou non", field=FIELDS[fault.field])
    if fault.field == "row":
        return _("ligne en double dans le fichier")
    return _FAULTS[fault.field, fault.code]


def _say(fault: Fault, categories: Mapping[str, str]) -> str:
    """What is wrong, what stands there, and what may be meant. A telephone number is not repeated."""
    if fault.field == "row":
        return str(_FAULTS["row", "double"]) % {"value": fault.value}
    said = str(_say_kind(fault))
    if fault.value:
        said = _("« %(value)s » : %(fault)s", value=fault.value[:60], fault=said)
    hints = [categories.get(hint, hint) for hint in fault.hints]
    return f"{said}. " + _("Peut-être : %(places)s.", places=", ".join(hints)) if hints else str(said)


def _on(import_id: int, verb: Callable[[Session, EntryImport], object]) -> str:
    """One verb on one's own file in one unit of work; returns why it was refused, in words."""
    by = _importer()
    try:
        with work.unit_of_work() as db:
            imported = imports.find_import(db, by, import_id, lock=True)
            if imported is None:
                abort(404)
            verb(db, imported)
    except RefusedError as refusal:
        return str(_REFUSALS[refusal.code])
    return ""


@bp.post("/enter/import/<int(max=999999999):import_id>/columns")
def choose_columns(import_id: int) -> ResponseReturnValue:
    """What the columns hold, and what goes for all rows."""
    choices = _read_choices(request.form)
    if error := _on(import_id, lambda _db, imported: imports.choose(imported, choices)):
        return _show(me(), import_id, error)
    return redirect(url_for("console.show_import", import_id=import_id))


def _read_choices(form: Mapping[str, str]) -> Choices:
    chosen = {field: form.get(f"column-{field}", "") for field in imports.FIELDS}
    medium = form.get("medium", "")
    return Choices(
        columns={field: int(at) for field, at in chosen.items() if at.isascii() and at.isdigit() and len(at) < 4},
        register=form.get("register", "").replace("\0", "").strip()[:MOST_NAME],
        medium=Medium(medium) if medium in DOORS else Medium.IMPORT,
        may_contact=form.get("may_contact") == "1",
        machine_sorts=form.get("machine_sorts") == "1",
    )


@bp.post("/enter/import/<int(max=999999999):import_id>/confirm")
def confirm_import(import_id: int) -> ResponseReturnValue:
    """Has the good rows brought in; with `all` only if none is wrong."""
    all_or_none = request.form.get("all") == "1"
    with work.reading() as db:
        looked_at = imports.find_import(db, _importer(), import_id)
        checked = imports.check(db, looked_at) if looked_at is not None else None
    if checked is None:
        abort(404)
    if error := _on(import_id, lambda db, imported: imports.confirm(db, imported, checked, all_or_none=all_or_none)):
        return _show(me(), import_id, error)
    return redirect(url_for("console.show_import", import_id=import_id))


@bp.post("/enter/import/<int(max=999999999):import_id>/discard")
def discard_import(import_id: int) -> ResponseReturnValue:
    """Forgets a file that nothing was made of."""
    if error := _on(import_id, imports.discard):
        return _show(me(), import_id, error)
    flash(_("Le fichier est oublié ; rien n'a été repris."), "info")
    return redirect(url_for("console.import_entries"))


@bp.get("/enter/import/<int(max=999999999):import_id>/rest.<any(csv, xlsx):kind>")
def import_rest(import_id: int, kind: str) -> ResponseReturnValue:
    """The rows that stay behind, as they came, and in a last column what is wrong: to correct and bring again."""
    by = _importer()
    with work.reading() as db:
        imported = imports.find_import(db, by, import_id)
        if imported is None or not imported.rows:
            abort(404)
        categories = {each.code: words.category_name(each) for each in db.scalars(select(Category))}
        left = imports.rows_left(imported) or _wrong(db, imported)
    width = len(imported.rows[0])
    table = [[*imported.rows[0], _("À corriger")]]
    for row, faults in left:
        padded = [*row, *[""] * (width - len(row))]
        table.append([*padded[:width], " ".join(_say(fault, categories) for fault in faults)])
    return _file(table, _("a-corriger"), kind)


def _wrong(db: Session, imported: EntryImport) -> list[tuple[Sequence[str], Sequence[Fault]]]:
    rows = imported.rows or []
    return [(rows[row.number - 1], row.faults) for row in imports.check(db, imported).rows if row.faults]


def _file(rows: Sequence[Sequence[Cell]], name: str, kind: str) -> Response:
    content = sheet.write_csv(rows) if kind == "csv" else sheet.write_xlsx(rows, name)
    media = "text/csv; charset=utf-8" if kind == "csv" else sheet.XLSX
    return Response(content, mimetype=media, headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})
