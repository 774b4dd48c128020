"""What an administrator may change, and an agency's manager for their own agency: log-ins, who answers, agencies,
paused channels. Each verb is logged, by ids only.
"""

from feedback_gateway.administration.agencies import add_agency, edit_agency, find_agency
from feedback_gateway.administration.channels import resume_channel
from feedback_gateway.administration.people import (
    Details,
    set_absence,
    set_details,
    set_rights,
    set_working_hours,
)
from feedback_gateway.administration.permission import looks_after_agency, may_look_after
from feedback_gateway.administration.users import create_contact, create_user, reset_password, set_active
from feedback_gateway.lib.refusal import RefusedError

__all__ = [
    "Details",
    "RefusedError",
    "add_agency",
    "create_contact",
    "create_user",
    "edit_agency",
    "find_agency",
    "looks_after_agency",
    "may_look_after",
    "reset_password",
    "resume_channel",
    "set_absence",
    "set_active",
    "set_details",
    "set_rights",
    "set_working_hours",
]
