"""The help beside the nodes of a flow: what each kind of node is for, its keys, and a small example."""

from dataclasses import dataclass
from typing import get_args

from flask_babel import lazy_gettext as _l

from flows.actions import ACTIONS
from flows.book import GIVEN
from flows.definition import AskKind
from flows.reading import NODE_KEYS

EXAMPLES = {
    "menu": "menu: thanks.which\noptions:\n  1: {set: {purpose: thanks}, then: words}\n  2: {then: flow home}",
    "ask": "ask: text\ntext: thanks.words\nsave: words\nskip: contact\nthen: contact",
    "say": "say: thanks.thanked",
    "branch": "branch: medium\ncases: {sms: by_sms}\notherwise: by_code",
    "action": "action: open_case\nthen: done",
    "call": "call: safe_time\nthen: done",
}


@dataclass(frozen=True)
class Kind:
    """A kind of node."""

    name: str
    what: object
    example: str


KINDS = [
    Kind(name, what, EXAMPLES[name])
    for name, what in (
        ("menu", _l("Un choix numéroté. Les lignes du texte commencent par les touches des options, de 0 à 8.")),
        ("ask", _l("Une question. La réponse est gardée sous le nom après save. skip : où mène la touche 0.")),
        ("say", _l("Les derniers mots ; avec then, un écran en chemin.")),
        ("branch", _l("Continue selon la valeur d'une variable ; none : elle n'a pas de valeur.")),
        ("action", _l("Fait quelque chose, par exemple ouvrir un dossier, puis continue.")),
        ("call", _l("Passe par un autre parcours, qui revient par then: return.")),
    )
]

KEYS = {kind: [kind, *sorted(keys - {kind})] for kind, keys in NODE_KEYS.items()}
"""The keys of each kind of node."""

ASKED = get_args(AskKind)
"""What can be asked for."""

ACTION_PARAMS = {name: sorted(kind.params) for name, kind in sorted(ACTIONS.items())}
"""The actions, each with the parameters it takes."""

VARIABLES = sorted(GIVEN)
"""The variables that are there without a question."""
