"""Other people's label names, understood: "water", "Eau potable" or "EHA.EAU" are one thing. A person checks it."""

from collections.abc import Iterable

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold, split_words
from feedback_gateway.classify.model.linear import NONE

OTHER = NONE
GROUPS = frozenset(code.split(".")[0] for code in CATEGORIES)

# The names under which the needs of an emergency are usually coded, by the categories that they cover. A name is
# looked for as the beginning of a word, in this order: "food security" is food. One with a space is the whole word.
_NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("psea", "sea ", "eas ", "sexual exploitation", "exploitation sexuelle"), ("CON.EAS",)),
    (("fraud", "corrupt", "bribe", "detourn", "pot de vin"), ("CON.FRA",)),
    (("gbv", "vbg", "sgbv", "viol", "rape"), ("PRO.VBG",)),
    (("traffic", "traite"), ("PRO.TRA",)),
    (("child protection", "child", "enfant", "protection de l'enfan"), ("PRO.ENF",)),
    (("conduct", "conduite", "comportement", "staff"), ("CON",)),
    (("mental", "mhpss", "smsps", "psycho", "detresse", "distress"), ("SMP",)),
    (("water", "eau", "forage"), ("EHA.EAU",)),
    (("latrin", "sanitation", "assainissement", "hygien", "toilet"), ("EHA.LAT",)),
    (("wash", "eha"), ("EHA",)),
    (("food", "vivre", "nourriture", "aliment", "faim", "hunger"), ("FSL", "NUT.ENF")),
    (("nutrition", "malnutrition"), ("NUT.ENF",)),
    (("shelter", "abri", "tent", "logement", "housing"), ("ABR",)),
    (("health", "medic", "sante", "soin", "doctor"), ("SAN",)),
    (("cloth", "vetement", "habit", "nfi", "ame ", "non food"), ("AME",)),
    (("money", "cash", "argent", "espece", "cva", "transfer"), ("CVA",)),
    (("registr", "enregistrement", "liste", "list "), ("REG",)),
    (("education", "school", "ecole"), ("EDU",)),
    (("protection", "security", "securite", "safety"), ("PRO", "SIT.SEC", "SMP.RIS", "CON.EAS", "CON.DON", "AUT.SEC")),
    (("infrastr", "site", "camp", "road", "route", "electric"), ("SIT.GAP",)),
    (("cohesion", "tension", "conflict", "conflit", "land", "terre"), ("SOC",)),
    (("rumour", "rumor", "rumeur", "croyance"), ("RUM",)),
    (("thank", "merci", "remerci", "praise", "encourag"), ("MER",)),
    (("suggest",), ("SUG",)),
    (("info", "question"), ("INF",)),
    (("none", "other", "autre", "neant", "divers", "unrelated", "nothing", "rien"), (NONE,)),
)


def find_codes(label: str) -> tuple[str, ...]:
    """The categories that a foreign label name covers: codes, or NONE; empty when we cannot tell."""
    code = label.strip().upper()
    if code == NONE or code in CATEGORIES:
        return (code,)
    if code in GROUPS:
        return expand((code,))
    words = f" {' '.join(split_words(fold(label).replace('_', ' ')))} "
    for names, codes in _NAMES:
        if any(f" {name}" in words for name in names):
            return expand(codes)
    return ()


def expand(codes: Iterable[str]) -> tuple[str, ...]:
    """Groups (the first part of a code) replaced by their categories."""
    return tuple(dict.fromkeys(full for code in codes for full in ((NONE,) if code == NONE else _inside(code))))


def _inside(code: str) -> tuple[str, ...]:
    return tuple(full for full in CATEGORIES if full == code or full.startswith(f"{code}."))
