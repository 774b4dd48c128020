"""Why a case is where it is: the rule, the rules that it was passed over, and why this person was to take it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_gateway.routing import Objection
from handlers.console.keeping import Labels
from handlers.console.timeline import Names, explain_route
from models import Case, Event, User

_ROUTED = ("referred", "no_owner")


def tell_route(db: Session, case: Case, events: Sequence[Event], names: Names) -> list[str]:
    """The story of the last routing, in plain sentences. `events` are those of the case, in order."""
    told = [explain_route(case, names)]
    last = next((event for event in reversed(events) if event.kind in _ROUTED), None)
    if last is None or (last.kind == "referred") != (case.agency_id is not None):
        return told
    labels = Labels(names.agencies, names.categories, names.tree)
    for agency, because, objection in last.data.get("passed", ()):
        told.append(
            str(
                _(
                    "Laissée de côté : %(agency)s (%(rule)s), %(why)s.",
                    agency=names.agency(agency),
                    rule=labels.rule(because),
                    why=say_why(Objection(objection)),
                )
            )
        )
    if last.data.get("agency") == case.agency_id and last.kind == "referred":
        told += _tell_choice(db, last)
    return told


def say_why(objection: Objection) -> str:
    """Why a rule did not count when the case was routed."""
    match objection:
        case Objection.NOT_VALID:
            return str(_("la règle ne valait pas ce jour-là"))
        case Objection.STALE:
            return str(_("la règle n'avait pas été confirmée depuis longtemps"))
        case Objection.CONCERNED:
            return str(_("la plainte porte sur cette agence"))
        case Objection.SAID_NO:
            return str(_("cette agence avait rendu le dossier ou n'avait pas réagi"))


def _tell_choice(db: Session, event: Event) -> list[str]:
    weighed = event.data.get("weighed")
    if weighed is None:  # written before it was noted who else could have taken it
        return []
    if not weighed:
        return [str(_("Personne de l'agence n'était là pour le prendre et le lire : son responsable a été prévenu."))]
    ids = {each for user, _count, instead in weighed for each in (user, instead) if each}
    known = {user.id: user.name for user in db.scalars(select(User).where(User.id.in_(ids)))}
    user, count, instead = weighed[0]
    name = known.get(user, "–")
    if len(weighed) == 1:
        told = [str(_("Proposé à %(name)s, seule personne là pour le lire.", name=name))]
    elif count == 0:
        told = [str(_("Proposé à %(name)s, qui n'avait aucun dossier ouvert.", name=name))]
    else:
        told = [
            str(
                ngettext(
                    "Proposé à %(name)s, qui avait le moins de dossiers (%(num)s ouvert).",
                    "Proposé à %(name)s, qui avait le moins de dossiers (%(num)s ouverts).",
                    count,
                    name=name,
                )
            )
        ]
    if instead:
        told.append(str(_("%(name)s remplace %(other)s, en absence.", name=name, other=known.get(instead, "–"))))
    return told
