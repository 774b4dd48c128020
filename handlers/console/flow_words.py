"""The flows' pages in plain words: refusals, what was done, and what a text takes."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from handlers.console.flow_view import Count, Size
from models.words import FlowChange

REFUSALS: Mapping[str, object] = {
    "problems": _l("Pas publié : le contrôle a trouvé ce qui suit. Corrigez, puis publiez."),
    "nothing_changed": _l("Il n'y a rien à publier : rien n'est changé."),
    "changed": _l("Le brouillon vient d'être changé par quelqu'un d'autre. Relisez-le, puis recommencez."),
    "unreadable": _l("Cette version n'est plus lisible par le logiciel d'aujourd'hui ; on ne peut pas y revenir."),
    "gone": _l("Cette version n'existe pas."),
    "flow_name": _l("Nom de parcours : 40 lettres minuscules, chiffres ou _ au plus, une lettre d'abord."),
    "flow_taken": _l("Ce nom de parcours existe déjà."),
    "source_too_long": _l("Le parcours est trop long : 64 ko au plus."),
    "text_too_long": _l("Un texte est trop long : 1 000 caractères au plus."),
    "text_key": _l("Une clé de texte n'a que des lettres minuscules, des chiffres, des points et _."),
    "language": _l("Cette langue n'a pas de fichier de textes."),
}

TITLES: Mapping[str, object] = {
    "home": _l("Le premier écran du code"),
    "language": _l("Choisir sa langue"),
    "speak": _l("Une langue vient d'être choisie ou nommée"),
    "question": _l("Une question"),
    "aid": _l("Plainte : l'aide, les listes"),
    "services": _l("Plainte : eau, santé, abri, école"),
    "site": _l("Plainte : le site où l'on vit"),
    "tell": _l("Où, quoi, et peut-on vous contacter : la fin de chaque plainte par le code"),
    "callback": _l("Parler à une personne ; le dossier est scellé"),
    "safe_time": _l("Quand peut-on appeler sans danger"),
    "follow": _l("Suivre sa demande par le code"),
    "status": _l("Où en est un dossier"),
    "thanks": _l("Un merci ou une suggestion"),
    "thanked": _l("Un merci par SMS"),
    "intake": _l("Un SMS qui ouvre un dossier"),
    "joined": _l("Un SMS qui va à un dossier ouvert"),
    "new": _l("NOUVEAU : un autre dossier"),
    "satisfaction": _l("Est-ce que cela a aidé ? Après la réponse"),
    "help": _l("AIDE, ou un SMS vide"),
    "stop": _l("STOP : ne plus écrire à cette personne"),
    "start": _l("START : on peut de nouveau écrire"),
    "more": _l("PLUS : un SMS à chaque étape"),
    "less": _l("MOINS : seulement la réponse"),
    "pace": _l("RYTHME : combien de SMS"),
    "leave": _l("FIN pendant une question : la question est close"),
}
"""What the shipped flows are about, for those who do not read their English files."""

DONE: Mapping[FlowChange, object] = {
    FlowChange.SAVED: _l("a modifié"),
    FlowChange.IMPORTED: _l("a importé"),
    FlowChange.DISCARDED: _l("a abandonné le brouillon"),
    FlowChange.PUBLISHED: _l("a publié"),
    FlowChange.RESTORED: _l("est revenu en arrière"),
}


def say_count(count: Count) -> str:
    """What a text takes, folded and with its letters kept, on one line."""
    folded, kept = _say(count.folded), _say(count.kept)
    return folded if folded == kept else _("plié : %(folded)s · tel quel : %(kept)s", folded=folded, kept=kept)


def _say(taken: Size) -> str:
    size, parts = taken.size, taken.parts
    said = (
        ngettext("%(size)s unités UCS-2, %(num)s SMS", "%(size)s unités UCS-2, %(num)s SMS", parts, size=size)
        if taken.ucs2
        else ngettext("%(size)s septets, %(num)s SMS", "%(size)s septets, %(num)s SMS", parts, size=size)
    )
    return str(said)
