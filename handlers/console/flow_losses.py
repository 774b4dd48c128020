"""What FLOIP and our flows could not carry over, and why a file is not imported, in French; flows/floip says it in
English, a test compares the two."""

from collections.abc import Mapping

from flows.floip.losses import Loss
from flows.floip.refusals import FloipError
from handlers.console.words import in_english

FRENCH: Mapping[str, str] = {
    "settings": "pas gardé : {what}",
    "modes": "manières de parler aux gens que la ligne n'a pas : {what}",
    "same_flow": "ce parcours est deux fois dans le conteneur ; le premier est pris",
    "empty_flow": "le parcours n'a aucun bloc ; il est laissé de côté",
    "same_block": "deux blocs ont le même uuid ; le premier est pris",
    "start": "le premier bloc n'est pas nommé ou n'est pas là ; le parcours commence au premier de la liste",
    "unreachable": "aucune sortie ne mène à ce bloc ; il est laissé de côté",
    "edited": "le bloc a été changé depuis son export d'ici ; ce que FLOIP ne sait pas dire est perdu",
    "passed_over": "{type} n'a pas d'équivalent et est sauté : {what}",
    "select_many": "plusieurs réponses possibles : demandées l'une après l'autre, chacune dans sa variable",
    "choice_limits": "{most} réponses au plus : ce n'est pas contrôlé",
    "no_choices": "il n'y a rien à choisir ; repris comme un message",
    "pages": "{count} choix : au-delà de huit, ils viennent sur d'autres écrans",
    "choice_tests": "les mots et touches propres aux choix sont perdus : les choix sont numérotés",
    "range": "le moins et le plus permis ({least}, {most}) ne vont pas ensemble et sont perdus",
    "whole_numbers": "seuls des nombres entiers sont acceptés",
    "not_below_zero": "un nombre au-dessous de 0 n'est pas accepté : sinon les sorties se confondraient",
    "property": "la propriété {name} du contact n'est pas gardée après la conversation",
    "config": "réglages du bloc qui ne sont pas repris : {what}",
    "no_such_flow": "il appelle un parcours absent du conteneur ({what}) ; il est sauté",
    "run_error": "la sortie pour un parcours qui échoue est perdue",
    "recursion": "le parcours s'appelle lui-même au bout ; il y passe et ne revient pas",
    "test": "le test {what} ne peut pas être repris ; sa sortie ({exit}) n'est jamais prise",
    "not_asked": "il dépend de {what}, que personne ne demande ; la sortie par défaut est toujours prise",
    "too_many": "ses tests ont trop de résultats différents ; la sortie par défaut est toujours prise",
    "exact_words": "comparé lettre à lettre, alors que FLOIP ne regarde pas les majuscules",
    "broken_exit": "la sortie {exit} mène à un bloc absent ; la conversation finit là",
    "circle": "des blocs tournent en rond sans rien demander ; le cercle est coupé et la conversation finit ici",
    "end_added": "les sorties qui ne mènent nulle part finissent par un merci neutre, ajouté ici",
    "no_text": "aucun texte pour un écran de téléphone ; le nom du bloc en tient lieu, à confirmer",
    "no_label": "le choix {what} n'a pas de texte ; son nom en tient lieu",
    "no_resource": "le texte {what} n'est pas dans le conteneur",
    "media": "{count} enregistrements, images ou films sont perdus",
    "other_wordings": "{count} autres versions du même texte sont perdues (un autre canal, une autre variante)",
    "language": "{count} textes en {language} sont perdus : la ligne ne parle pas cette langue",
    "no_french": "{count} textes n'avaient pas de français ; une autre langue en tient lieu, à confirmer",
    "partly": "textes dont une partie n'était pas en {language}, et qui sont donc à confirmer : {count}",
    "expression": "le texte demande {what}, inconnu ici ; c'est ôté",
    "only_in_translation": "seul le texte en {language} demande {what} ; c'est ôté là",
    "braces": "les caractères {{ et }} sont devenus ( et )",
    "action": "FLOIP n'a pas de bloc pour l'action {what} ; écrite comme {type}, et relue ici",
    "question": "FLOIP n'a pas de bloc pour une question de type {what} ; écrite comme {type}, et relue ici",
    "sets": "FLOIP n'a pas de mot pour les variables que posent les choix ({what}) ; seul ce logiciel les relit",
    "late": "FLOIP n'a pas de mot pour la suite quand le temps presse ({what}) ; seul ce logiciel la relit",
    "bounds": "FLOIP n'a pas de mot pour les bornes de cette réponse ({what}) ; seul ce logiciel les relit",
    "tries": "FLOIP n'a pas de mot pour le nombre d'essais ({what}) ; seul ce logiciel le relit",
    "jump": "le passage au parcours {what} est écrit comme un appel, puis la fin",
    "outside": "le parcours {what} n'est pas dans le conteneur",
    "variable": "la variable {what} n'est pas une réponse de ce parcours ; écrite comme propriété du contact",
}

REFUSALS: Mapping[str, str] = {
    "json": "le fichier n'est pas du JSON : ligne {line}, caractère {column}",
    "number": "le fichier n'est pas du JSON lisible : un nombre a trop de chiffres",
    "deep": "le fichier a trop de niveaux imbriqués",
    "no_container": "le fichier n'est pas un conteneur FLOIP : un conteneur a des parcours (flows)",
    "rapidpro": "c'est un export de RapidPro, pas un conteneur FLOIP",
    "no_flow": "le conteneur n'a aucun parcours avec des blocs",
    "flows": "le conteneur a {count} parcours ; on peut en importer {most} au plus à la fois",
    "blocks": "le conteneur a plus de {most} blocs ; importez ses parcours en plusieurs fois",
    "choices": "le conteneur a plus de {most} choix ; importez ses parcours en plusieurs fois",
    "block_choices": "le bloc {block} a {count} choix ; on peut en importer {most} au plus",
    "block_exits": "le bloc {block} a {count} sorties ; on peut en importer {most} au plus",
}


def say(loss: Loss) -> str:
    """The sentence in the language of the page."""
    if in_english():
        return loss.what
    return FRENCH[loss.code].format_map(loss.details)


def say_refusal(fault: FloipError) -> str:
    """Why a file is not imported, in the language of the page."""
    return str(fault) if in_english() else REFUSALS[fault.code].format_map(fault.details)
