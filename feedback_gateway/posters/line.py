"""How the line is reached: the code to dial and the number for SMS, from the settings or by word of the operator."""

import re
from dataclasses import dataclass

from feedback_gateway.posters.refusal import PosterError
from feedback_gateway.settings import Settings

NONE = ""
"""The line has no such entrance, and the operator has said so."""

_CODE = re.compile(r"[*#][0-9*#]{1,20}#")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


@dataclass(frozen=True)
class Line:
    """The entrances, at least one, and whether they cost the person nothing."""

    code: str
    sms: str
    free: bool = True


def read_line(settings: Settings, *, code: str | None = None, sms: str | None = None, free: bool = True) -> Line:
    """The entrances that the operator names, else those of the settings; NONE for one that the line does not have.

    Raises PosterError for an entrance that nobody knows, for something that cannot be dialled, and for a line without
    any: a poster with a hole, or with a number that nobody answers, is worse than none.
    """
    if code is None:
        code = settings.africastalking.service_code
        if not code:
            raise PosterError("the code to dial is not known: set AT_SERVICE_CODE, or give --code, or --no-code")
    if sms is None:
        sms = next(filter(_NUMBER.fullmatch, _numbers(settings)), None)
        if sms is None:
            raise PosterError(
                "the number for SMS is not known: set AT_SHORT_CODE, AT_SENDER or TWILIO_SENDER to a number, "
                "or give --sms, or --no-sms"
            )
    if code and not _CODE.fullmatch(code):
        raise PosterError(f"{code!r} is no code to dial, such as *384*44135# (--code)")
    if sms and not _NUMBER.fullmatch(sms):
        raise PosterError(f"{sms!r} is no number for SMS, such as 21512 or +22670000000 (--sms)")
    if not code and not sms:
        raise PosterError("a line without a code and without a number for SMS cannot be reached: give one")
    return Line(code, sms, free)


def _numbers(settings: Settings) -> tuple[str, ...]:
    """What SMS may go to, the best first; a sender may also be a name, or Twilio's id of a service."""
    return (settings.africastalking.short_code, settings.africastalking.sender, settings.twilio.sender)
