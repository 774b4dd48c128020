"""Label names of other people, as their files have them, and what they are in our tree."""

import pytest

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.model.label_names import _NAMES, GROUPS, expand, find_codes


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("EHA.EAU", ("EHA.EAU",)),
        (" eha.eau ", ("EHA.EAU",)),
        ("none", ("NONE",)),
        ("other", ("NONE",)),
        ("Autres", ("NONE",)),
        ("water", ("EHA.EAU",)),
        ("Eau potable", ("EHA.EAU",)),
        ("accès à l'eau", ("EHA.EAU",)),
        ("EHA", ("EHA.EAU", "EHA.LAT")),
        ("WASH", ("EHA.EAU", "EHA.LAT")),
        ("food_security", ("FSL.MIS", "FSL.QUA", "NUT.ENF")),
        ("Sécurité alimentaire", ("FSL.MIS", "FSL.QUA", "NUT.ENF")),
        ("child protection", ("PRO.ENF",)),
        ("VBG", ("PRO.VBG",)),
        ("Santé mentale", ("SMP.DET", "SMP.RIS")),
        ("clothing", ("AME.MIS",)),
        ("money", ("CVA.PAY",)),
        ("Suggestion d'amélioration", ("SUG.AME",)),  # not "AME"
        ("AME / NFI", ("AME.MIS",)),
        ("PSEA", ("CON.EAS",)),
        ("SEA", ("CON.EAS",)),
        ("search and rescue", ()),  # not "SEA"
        ("xyzzy", ()),
        ("", ()),
        ("steam", ()),
    ],
)
def test_a_name_and_its_categories(label: str, codes: tuple[str, ...]) -> None:
    assert find_codes(label) == codes


@pytest.mark.parametrize("label", ["water", "food", "shelter", "medical", "clothing", "money", "protection", "other"])
def test_the_usual_needs_of_an_emergency_are_all_understood(label: str) -> None:
    assert find_codes(label)


def test_the_needs_of_an_emergency_do_not_overlap() -> None:
    needs = ("water", "food", "shelter", "medical", "clothing", "money", "protection", "infrastructure")
    found = [code for need in needs for code in find_codes(need)]
    assert len(found) == len(set(found))


def test_every_name_leads_to_categories_that_exist() -> None:
    for _, codes in _NAMES:
        assert set(expand(codes)) <= {*CATEGORIES, "NONE"}
        assert expand(codes)


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_is_all_its_categories(group: str) -> None:
    assert find_codes(group) == tuple(code for code in CATEGORIES if code.startswith(f"{group}."))


def test_nothing_is_named_twice_by_what_overlaps() -> None:
    assert expand(["EHA.EAU", "EHA", "NONE"]) == ("EHA.EAU", "EHA.LAT", "NONE")
    assert expand(["NOWHERE"]) == ()
