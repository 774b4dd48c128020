"""The columns of a register, by the names that French and English registers and the IFRC feedback logbook give them."""

from collections.abc import Mapping, Sequence

from flows.fold import fold_words

FIELDS = (
    "id",
    "date",
    "medium",
    "text",
    "language",
    "category",
    "region",
    "province",
    "commune",
    "site",
    "phone",
    "may_contact",
    "by_proxy",
    "sealed",
    "agency",
)
"""What a column may hold, in the order of the template."""

PLACES = ("site", "commune", "province", "region")
"""The columns that say where, the narrowest first."""

# As they are once folded; the first of each names its column in the template.
_NAMES: Mapping[str, Sequence[str]] = {
    field: names.split(", ")
    for field, names in {
        "id": "Numéro, numero du dossier, no, n, id, uuid, case id, case number, feedback id, feedback number, "
        "identifiant, reference, reference number, ref, code du dossier, no de plainte, serial number",
        "date": "Date, date de la plainte, date de reception, date de collecte, date received, date recorded, "
        "date of feedback, date feedback received, date collected, recu le, received, submission time, day",
        "medium": "Canal, channel, feedback channel, canal de retour, canal de feedback, collection method, "
        "mode de collecte, moyen, source",
        "text": "Message, texte, plainte, feedback comment, comment, commentaire, feedback, feedback received, "
        "description, description de la plainte, complaint, contenu, details, verbatim, retour",
        "language": "Langue, language, langue de la personne",
        "category": "Catégorie, category, feedback category, code, type de plainte, type of feedback, theme, topic, "
        "sujet, sector, secteur, type",
        "region": "Région, admin1, adm1, admin 1, adm1 name, adm1 pcode",
        "province": "Province, admin2, adm2, admin 2, adm2 name, adm2 pcode, district",
        "commune": "Commune, admin3, adm3, admin 3, adm3 name, adm3 pcode, location, lieu, localite, place, where",
        "site": "Site, village, camp, quartier, settlement, site name, nom du site",
        "phone": "Téléphone, phone, phone number, numero de telephone, tel, contact, contact number, mobile, "
        "contact details, telephone de la personne",
        "may_contact": "Accepte d'être contacté, consentement, consent, consent to contact, consent to follow up, "
        "accepte d etre contactee, follow up consent, consentement au suivi",
        "by_proxy": "Parle pour quelqu'un, proxy, on behalf, on behalf of, au nom de quelqu un, parle pour",
        "sealed": "Sensible, sensitive, sensitivity, sensitive feedback, sensibilite, confidentiel, confidential",
        "agency": "Agence mise en cause, agence concernee, organisation concernee, agency concerned, "
        "concerned agency, organisation, agence, agency",
    }.items()
}

TEMPLATE = tuple(_NAMES[field][0] for field in FIELDS)
"""The headings of the file to fill in."""


def guess_columns(headings: Sequence[str]) -> dict[str, int]:
    """For each field the number of the column that seems to hold it: one each.

    A heading that is a known name counts before one that only begins with it ("Date (jj/mm/aaaa)").
    """
    folded = [fold_words(heading) for heading in headings]
    names = {field: [fold_words(name) for name in _NAMES[field]] for field in FIELDS}
    found: dict[str, int] = {}
    for begins in (False, True):
        for field in FIELDS:
            for name in names[field]:
                if field in found:
                    break
                for index, heading in enumerate(folded):
                    is_it = heading == name or (begins and len(name) > 2 and heading.startswith(f"{name} "))
                    if is_it and index not in found.values():
                        found[field] = index
                        break
    return found
