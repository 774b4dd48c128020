"""Times as people say them. Burkina Faso keeps UTC all year, so nothing is ever shifted."""

from datetime import datetime, timedelta

from babel.dates import format_timedelta
from flask_babel import format_datetime as in_locale
from flask_babel import get_locale
from flask_babel import gettext as _

from feedback_gateway.lib import clock


def _span(delta: timedelta) -> str:
    """`3 h`, `2 j`: the largest unit only, and never less than a minute."""
    whole = max(abs(delta), timedelta(minutes=1))
    return format_timedelta(whole, granularity="minute", threshold=1.2, format="short", locale=get_locale())


def ago(at: datetime) -> str:
    """`il y a 3 h`."""
    return str(_("il y a %(span)s", span=_span(clock.now() - at)))


def due_in(at: datetime) -> str:
    """`dans 2 j`, or `en retard de 1 j`."""
    left = at - clock.now()
    if left < timedelta(0):
        return str(_("en retard de %(span)s", span=_span(left)))
    return str(_("dans %(span)s", span=_span(left)))


def late_by(at: datetime, due: datetime) -> str:
    """`2 j après l'échéance`."""
    return str(_("%(span)s après l'échéance", span=_span(at - due)))


def at_clock(at: datetime) -> str:
    """Date and time in the language of the page."""
    return str(in_locale(at, "d MMM y, HH:mm"))


def is_past(at: datetime) -> bool:
    """Whether this was before now."""
    return at < clock.now()
