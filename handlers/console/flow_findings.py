"""The check's findings for the pages: where each is to be mended, and what it says, in French too.

The check speaks English. The French sentences stand here beside the English ones that they translate, and a test goes
through the sources of flows/ for one that has none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.check import Problem
from handlers.console.words import in_english

_WHERE = re.compile(
    r"(?P<file>[a-z0-9_]+)\.yaml: "
    r"(?:node (?P<node>[^:\n]+): |text (?P<text>[a-z0-9_.]+): |(?P<start>start): )?"
    r"(?:option (?P<option>[^:\n ]+): )?"
)

_FRENCH: Sequence[tuple[str, str]] = (
    (r"a colon is missing", "il manque un deux-points"),
    (
        r"there is a colon too many .*",
        "il y a un deux-points de trop (mettez les mots entre guillemets droits), ou des espaces au début",
    ),
    (r"a tab stands here: .*", "il y a une tabulation : seuls des espaces peuvent précéder les mots"),
    (r"words may not begin so: .*", "des mots ne commencent pas ainsi : mettez-les entre guillemets droits"),
    (r"a quotation mark is not closed", "un guillemet n'est pas fermé"),
    (r"a comma or a closing bracket is missing", "il manque une virgule, ou un crochet ou une accolade à la fin"),
    (
        r"the spaces at the beginning are not as many as .*",
        "le nombre d'espaces au début n'est pas celui des lignes autour",
    ),
    (r"between quotation marks like these every .*", "entre ces guillemets, chaque \\ s'écrit deux fois"),
    (r"a list cannot stand before a colon", "une liste ne peut pas précéder un deux-points"),
    (r"& and \* are not allowed at the .*", "& et * ne commencent pas des mots : mettez-les entre guillemets droits"),
    (r"holds a character that cannot be shown", "contient un caractère qui ne peut pas être montré"),
    (r"too many lists within lists", "trop de listes dans des listes"),
    (r"holds a number or a code of a character .*", "contient un nombre ou un code de caractère trop grand"),
    (
        r"cannot be understood: .*",
        "incompréhensible : regardez les espaces, les deux-points et les guillemets, ici et une ligne plus haut",
    ),
    (r"(.*) stands twice", "{0} y est deux fois"),
    (r"nothing leads here", "rien ne mène ici"),
    (r"nothing leads to this flow", "rien ne mène à ce parcours"),
    (r"a dead end: a loop without exit.*", "une impasse : d'ici, aucun dernier mot ne peut être atteint"),
    (r"no screen uses this text", "aucun écran n'emploie ce texte"),
    (r"the text is missing", "le texte manque"),
    (r"costs (\d+) SMS", "coûte {0} SMS"),
    (r"does not fit (.+?): (\d+) too many", "ne tient pas dans {0} : {1} de trop"),
    (r"does not fit (.+)", "ne tient pas dans {0}"),
    (r"takes (\d+) screens of (.+); at most (\d+)", "prend {0} écrans de {1} ; {2} au plus"),
    (r"shows (.*), which only the person may know", "montre {0}, que seule la personne doit connaître"),
    (
        r"no answer can be right: least (.*) is above most (.*)",
        "aucune réponse n'est bonne : least {0} dépasse most {1}",
    ),
    (r"returns to nobody: .*", "revient à personne : on arrive aussi à ce parcours sans call"),
    (r"calls in a circle: .*", "s'appelle en rond : ce qui est appelé revient appeler ici"),
    (r"says the same without end by SMS: .*", "redit la même chose sans fin par SMS : rien n'est demandé en chemin"),
    (r"a shared phone would show (.*)", "un téléphone partagé montrerait {0}"),
    (r"nothing is filled in on a poster", "sur une affiche, rien ne remplit une variable"),
    (r"a poster would show (.*) to everybody", "une affiche montrerait {0} à tout le monde"),
    (r"the flow is called (.*); it belongs in .*", "flow: dit {0}, ce n'est pas le nom de ce parcours"),
    (r"a flow's name is lower-case letters, digits and _", "un nom de parcours : lettres minuscules, chiffres et _"),
    (r"version is a whole number of at most nine digits", "version: est un nombre entier de neuf chiffres au plus"),
    (r"resume is yes, or left out", "resume: est yes, ou absent"),
    (r"nodes are missing", "nodes: manque"),
    (r"a node is a list of keys and values", "une étape est une liste de clés et de valeurs"),
    (r"a node has exactly one of (.*)", "une étape a exactement une de ces clés : {0}"),
    (r"no node may be called return.*", "une étape ne peut pas s'appeler return : c'est le retour à qui appelle"),
    (r"a menu has options", "un menu a des options"),
    (r"option (.*) is not one of 0 to 8", "l'option {0} n'est pas une touche de 0 à 8"),
    (r"option (.*) leads nowhere", "l'option {0} ne mène nulle part"),
    (r"one can ask for (.*), not for (.*)", "on ne peut pas demander {1} ; on peut demander {0}"),
    (r"no (\S+) is called (.*); there are (.*)", "{0} : {1} n'existe pas ; il y a {2}"),
    (r"no language is called (.*)", "langue : {0} n'existe pas"),
    (
        r"a flow that opens a sealed case may not be taken up again \(resume\)",
        "un parcours qui ouvre un dossier scellé ne peut pas être repris (resume)",
    ),
    (r"a node's name is lower-case letters, digits and _", "un nom d'étape : lettres minuscules, chiffres et _"),
    (r"save: (.*) is a name of the engine's; choose another", "save: {0} est un nom du logiciel ; prenez-en un autre"),
    (r"no (purpose|action|node|flow|variable) is called (.*)", "{0} : {1} n'existe pas"),
    (r"unknown key (.*)", "clé inconnue : {0}"),
    (r"(.*) is a whole number, not (.*)", "{0}: est un nombre entier, pas {1}"),
    (r"(.*) is at least (\d+)", "{0}: est au moins {1}"),
    (r"a list of keys and plain values is expected", "il faut une liste de clés et de valeurs simples"),
    (r"leads round in a circle that asks nothing", "tourne en rond sans rien demander à personne"),
    (
        r"text (\S+) is missing \((\S+)\.yaml: node (.*)\)",
        "le texte {0} manque : l'étape {2} du parcours {1} l'emploie",
    ),
    (r"text (\S+) is missing \(.*\)", "le texte {0} manque : le logiciel lui-même l'emploie"),
    (r"text (\S+) is not in \S+\.yaml", "le texte {0} manque en français"),
    (r"its numbered lines are not (?:.*) \((.*)\)", "il faut exactement les lignes numérotées {0}"),
    (r"(.*) is not in the French text", "{{{0}}} n'est pas dans le texte français"),
    (r"a text, or draft: and a text", "le texte est vide"),
    (r"no filter is called (.*)", "{0} n'existe pas après la barre |"),
    (r"a brace does not belong to a variable", "une accolade {{ ou }} n'entoure pas une variable"),
    (r"a file holds keys and values", "il faut des clés et des valeurs"),
    (r"cannot be (?:read|checked): (.*)", "le contrôle n'y arrive pas ({0}) : défaites le dernier changement"),
    (r"(.*)\.yaml is missing: the engine begins this flow", "{0} manque : le moteur commence lui-même ce parcours"),
    (r"(.*)\.yaml is missing: it has no file of texts", "la langue {0} n'a pas de fichier de textes"),
    (r"(.*) is missing", "{0}: manque"),
)
_WORDS = {"purpose": "but", "node": "étape", "flow": "parcours", "line": "ligne"}
_KEPT = ("septets with its letters kept", "septets, lettres gardées")


@dataclass(frozen=True)
class Finding:
    """One finding. Of `flow`, `node` and `text` those are empty that it does not name; `language` is a code."""

    flow: str
    node: str
    text: str
    language: str
    what: str

    @property
    def part(self) -> str:
        """The part of a flow's page on which it is mended."""
        return "texts" if self.text or self.language else "nodes"


def find(problem: Problem, languages: Sequence[str], homes: Mapping[str, str]) -> Finding:
    """A problem of the check, taken apart and in the language of the page. `homes`: the flow that shows a text."""
    found = _take_apart(problem, languages)
    return replace(found, flow=homes.get(found.text, found.flow)) if found.text and not found.node else found


def _take_apart(problem: Problem, languages: Sequence[str]) -> Finding:
    where = _WHERE.match(problem.what) if not problem.flow else None
    if where is None:
        text = problem.node if problem.flow in ("texts", "engine") else ""
        flow, node = ("", "") if text else (problem.flow, problem.node)
        return Finding(flow, node, text, problem.language, say(problem.what))
    core, file = problem.what[where.end() :], where["file"]
    if where["option"]:
        core = f"option {where['option']}: {core}"
    missing = re.match(r"text (\S+) is", core)
    text = where["text"] or (missing[1] if missing else "")
    is_language = file in languages and bool(text)
    return Finding("" if is_language else file, where["node"] or "", text, file if is_language else "", say(core))


def say(what: str) -> str:
    """The sentence of the check in the language of the page; one that nobody has translated stays as it is."""
    return what if in_english() else french(what) or what


def french(what: str) -> str | None:
    """The French of a sentence of the check; None for one that has none."""
    at = re.match(r"(option|line) (\S+): ", what)
    if at and (said := french(what[at.end() :])):
        return f"{_WORDS.get(at[1], at[1])} {at[2]} : {said}"
    for pattern, said in _FRENCH:
        if found := re.fullmatch(pattern, what, re.DOTALL):
            return said.format(*(_WORDS.get(word, word).replace(*_KEPT) for word in found.groups()))
    return None
