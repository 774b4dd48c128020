"""The category codes that a text can suggest, with what each one alone already says of it."""

from typing import NamedTuple

from models.words import FeedbackType, Sensitivity


class Category(NamedTuple):
    """`sensitivity` of a text that names such a thing, how `urgent` it is (0 to 1), and the usual `type`."""

    sensitivity: Sensitivity = Sensitivity.NORMAL
    urgent: float = 0.0
    type: FeedbackType = FeedbackType.REPORT


_HOURS, _DAYS, _WEEK, _MONTH = 0.9, 0.5, 0.2, 0.05  # the clocks of P0 to P3 as a score
_R, _X = Sensitivity.RESTRICTED, Sensitivity.SEALED
_QUESTION = FeedbackType.QUESTION

# A text may be about water and speak of an illness in passing: being restricted comes from the winning category,
# being sealed from any that is met. Source: the category tree in docs/classification.md.
CATEGORIES: dict[str, Category] = {
    "INF.ELI": Category(urgent=_MONTH, type=_QUESTION),
    "INF.DIS": Category(urgent=_MONTH, type=_QUESTION),
    "INF.SRV": Category(urgent=_MONTH, type=_QUESTION),
    "REG.EXC": Category(urgent=_WEEK),
    "REG.INC": Category(urgent=_WEEK),
    "REG.DOC": Category(urgent=_WEEK),
    "FSL.MIS": Category(urgent=_WEEK),
    "FSL.QUA": Category(urgent=_WEEK),
    "CVA.PAY": Category(urgent=_WEEK),
    "AME.MIS": Category(urgent=_WEEK),
    "ABR.DAM": Category(urgent=_DAYS),
    "EHA.EAU": Category(urgent=_DAYS),
    "EHA.LAT": Category(urgent=_WEEK),
    "SAN.ACC": Category(_R, _DAYS),
    "SAN.EPI": Category(_R, _HOURS),
    "NUT.ENF": Category(_R, _DAYS),
    "EDU.ACC": Category(urgent=_MONTH),
    "SIT.GAP": Category(urgent=_WEEK),
    "SIT.SEC": Category(_R, _DAYS),
    "SIT.GOV": Category(_R, _WEEK),
    "SIT.NOU": Category(urgent=_DAYS),
    "SMP.DET": Category(_R, _DAYS),
    "SMP.RIS": Category(_X, _HOURS),
    "PRO.ENF": Category(_X, _HOURS),
    "PRO.VBG": Category(_X, _HOURS),
    "PRO.TRA": Category(_X, _HOURS),
    "PRO.VIE": Category(_X, _HOURS),
    "PRO.DOC": Category(urgent=_MONTH),
    "PRO.HAN": Category(_R, _WEEK),
    "SOC.HOT": Category(_R, _DAYS),
    "SOC.FON": Category(_R, _DAYS),
    "CON.EAS": Category(_X, _HOURS),
    "CON.FRA": Category(_X, _DAYS),
    "CON.CMP": Category(_R, _WEEK),
    "CON.DON": Category(_X, _HOURS),
    "RUM.CRO": Category(urgent=_MONTH, type=FeedbackType.OBSERVATION),
    "MER.REM": Category(type=FeedbackType.PRAISE),
    "SUG.AME": Category(urgent=_MONTH, type=FeedbackType.REQUEST),
    "AUT.HOR": Category(urgent=_MONTH, type=FeedbackType.REQUEST),
    "AUT.SEC": Category(_X, _DAYS),
    "AUT.INC": Category(type=FeedbackType.INCOMPLETE),
}


def is_sensitive(code: str) -> bool:
    """Whether a category is one that only some may read because of what people did: sealed, or degrading treatment."""
    return code == "CON.CMP" or (code in CATEGORIES and CATEGORIES[code].sensitivity is Sensitivity.SEALED)
