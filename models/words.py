"""The closed vocabularies of the field, stored as text. Sources: IFRC Feedback Kit, Primero, Zite/CCCM practice."""

from enum import StrEnum


class Sensitivity(StrEnum):
    """Who may read a case. Order matters: it may be raised by a text, never lowered by a machine."""

    NORMAL = "normal"
    RESTRICTED = "restricted"  # the protection role only
    SEALED = "sealed"  # a named list of readers only

    @property
    def rank(self) -> int:
        return list(Sensitivity).index(self)

    @classmethod
    def highest(cls, *values: "Sensitivity | None") -> "Sensitivity":
        return max((value for value in values if value is not None), key=lambda s: s.rank, default=cls.NORMAL)


class Priority(StrEnum):
    """P0 is a matter of hours, P3 of weeks."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class FeedbackType(StrEnum):
    """The six types of the IFRC Feedback Kit."""

    QUESTION = "question"
    REQUEST = "request_or_suggestion"
    REPORT = "report"
    PRAISE = "encouragement_or_praise"
    OBSERVATION = "observation_perception_belief"
    INCOMPLETE = "incomplete"


class CategorySource(StrEnum):
    """Who said what a case is about. A person's word stands above the menu's choice, and both above a guess."""

    MACHINE = "machine"
    MENU = "menu"
    PERSON = "person"


class CaseState(StrEnum):
    """Where a case stands. Which change is allowed is one table in feedback_gateway/case_states.py."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_ACTION = "in_action"
    AGENCY_RESPONDED = "agency_responded"
    PERSON_INFORMED = "person_informed"
    UNRESPONDED = "unresponded"
    CLOSED = "closed"
    REOPENED = "reopened"


class Hold(StrEnum):
    """Why a machine keeps a case from ordinary readers until a person has read it. Only a person ends a hold."""

    LANGUAGE = "language"  # in no language that we know: nobody can say what is in it
    UNSORTED = "unsorted"  # about nothing that we recognise
    SCORE = "score"  # it reads like something sensitive
    WORDS = "words"  # it names something sensitive


class Guess(StrEnum):
    """What a guess of the category is good for."""

    ROUTE = "route"  # sure enough to go on by itself
    CONFIRM = "confirm"  # a person picks one of two
    TRIAGE = "triage"  # a person reads it
    TOLD = "told"  # nothing was guessed: the person or a focal point has said it


class Noise(StrEnum):
    """A message that is no complaint."""

    SPAM = "spam"
    INSULT = "insult"
    TEST = "test"
    INCOMPLETE = "incomplete"


class LabelSource(StrEnum):
    """How somebody came to say what a text is about."""

    CORRECTION = "correction"  # the guess or the menu was wrong
    CONFIRMATION = "confirmation"
    SECOND = "second"  # a second reader, who did not see the first one's word
    READ = "read"  # only whether it is sensitive was said
    HISTORY = "history"  # an agency's own past, imported


class LikenessKind(StrEnum):
    """Why two cases may belong together."""

    SAME_PERSON = "same_person"
    SAME_PROBLEM = "same_problem"


class Verdict(StrEnum):
    """What a person said of a suggestion."""

    LINKED = "linked"
    DISMISSED = "dismissed"


class Outcome(StrEnum):
    """Why a case was closed."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NOT_POSSIBLE_EXPLAINED = "not_possible_explained"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"
    ANONYMOUS_NO_CONTACT = "anonymous_no_contact"


class Rejection(StrEnum):
    """Why an agency gave a case back (Primero's rejected referral, with a coded reason)."""

    NOT_RESPONSIBLE = "not_responsible"
    INSUFFICIENT_INFO = "insufficient_info"
    NO_CAPACITY = "no_capacity"


class Role(StrEnum):
    """What a user of the console is."""

    FOCAL_POINT = "focal_point"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Level(StrEnum):
    """The steps of the administrative ladder (COD-AB admin 1 to 3), and sites below them."""

    REGION = "region"
    PROVINCE = "province"
    COMMUNE = "commune"
    SITE = "site"


class ContactBy(StrEnum):
    """How a person wants to be answered."""

    SMS = "sms"
    CALL = "call"


class SafeTime(StrEnum):
    """When a person says that a call is safe. Whoever else may pick up the phone is why it is asked."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    ANY = "any"


class ServiceKind(StrEnum):
    """What a number in the directory of services is for. Only `hotline` is ever shown unasked, and without its name."""

    HOTLINE = "hotline"
    HEALTH = "health"
    MHPSS = "mhpss"
    GBV = "gbv"
    CHILD = "child"
    TRAFFICKING = "trafficking"
    SHELTER = "shelter"
    OTHER = "other"


class FlowChange(StrEnum):
    """What somebody did to the flows."""

    SAVED = "saved"
    IMPORTED = "imported"
    DISCARDED = "discarded"
    PUBLISHED = "published"
    RESTORED = "restored"


class Direction(StrEnum):
    """Seen from here: `in` came from a person, `out` goes to one."""

    IN = "in"
    OUT = "out"


class Medium(StrEnum):
    """How a message travels."""

    SMS = "sms"
    USSD = "ussd"


class Delivery(StrEnum):
    """How far a message to a person has come. Final ones are never left; see feedback_gateway/delivery.py."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # the provider was called and its answer was lost
    SENT = "sent"  # the provider has accepted it
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class Duty(StrEnum):
    """What an outbox row asks for."""

    SEND_MESSAGE = "send_message"
    CLASSIFY_CASE = "classify_case"
    NOTIFY_FOCAL_POINTS = "notify_focal_points"
    ASK_SATISFACTION = "ask_satisfaction"
    TELL_COORDINATION = "tell_coordination"  # of an alarm


class OutboxState(StrEnum):
    """Where an outbox row stands: the database is the truth, Redis only rings the bell."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Actor(StrEnum):
    """Who did what an event says."""

    PERSON = "person"
    USER = "user"
    SYSTEM = "system"


class Purpose(StrEnum):
    """Why a message goes out."""

    REPLY = "reply"  # what the conversation answers to an SMS
    REFERENCE = "reference"  # the reference again, by SMS, after a USSD session
    ANSWER = "answer"  # what the agency says
    SATISFACTION = "satisfaction"
    NOTICE = "notice"  # to a focal point
