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
    OPERATOR = "operator"  # of a hotline: calls back, whatever the agency


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
    """How a message travels, or where somebody wrote down what was said."""

    SMS = "sms"
    USSD = "ussd"
    FACE_TO_FACE = "face_to_face"
    CALL = "call"
    HELP_DESK = "help_desk"
    COMMITTEE = "committee"
    BOX = "box"
    IMPORT = "import"


class Step(StrEnum):
    """What has a clock. Which events start and stop each is one table in feedback_gateway/lib/clocks.py."""

    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    REFER = "refer"
    ACCEPT = "accept"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"  # somebody decides on what the person has asked for


class ReferralState(StrEnum):
    """How a referral stands: the five states of Primero."""

    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    DONE = "done"
    REJECTED = "rejected"
    REVOKED = "revoked"


class Needed(StrEnum):
    """The service that a referral asks for, by Primero's ids (lookup-service-type)."""

    SAFEHOUSE = "safehouse_service"
    HEALTH = "health_medical_service"
    PSYCHOSOCIAL = "psychosocial_service"
    POLICE = "police_other_service"
    LEGAL = "legal_assistance_service"
    LIVELIHOODS = "livelihoods_service"
    CHILD_PROTECTION = "child_protection_service"
    FAMILY_MEDIATION = "family_mediation_service"
    EDUCATION = "education_service"
    NFI = "nfi_clothes_shoes_service"
    WATER = "water_sanitation_service"
    REGISTRATION = "registration_service"
    FOOD = "food_service"
    OTHER = "other_service"


class Recipient(StrEnum):
    """Who is reminded, the nearest first."""

    FOCAL_POINT = "focal_point"
    DEPUTY = "deputy"
    MANAGER = "manager"  # of the agency
    COORDINATION = "coordination"  # who looks after all agencies


class Means(StrEnum):
    """How somebody is reminded."""

    AS_WISHED = "as_wished"
    EMAIL = "email"
    SMS = "sms"


class NoticeKind(StrEnum):
    """Why somebody who works on cases hears from us."""

    NEW = "new"
    ASSIGNED = "assigned"  # somebody else has given it to them
    MESSAGE = "message"  # the person has written again
    REMINDER = "reminder"
    LATE = "late"
    RETURNED = "returned"
    REOPENING = "reopening"
    ABOVE = "above"  # the person has said no a second time
    UNDELIVERED = "undelivered"
    NO_OWNER = "no_owner"
    STALE_ROUTE = "stale_route"
    WRONG_PINS = "wrong_pins"
    CONFIRM_ROUTES = "confirm_routes"
    GAP = "gap"  # their agency is to close one


class WhyNot(StrEnum):
    """Why an answer did not help: the four choices that the person is given."""

    NOTHING_CHANGED = "nothing_changed"
    NOT_UNDERSTOOD = "not_understood"
    OTHER_NEED = "other_need"
    OTHER = "other"


class Pace(StrEnum):
    """How often a person wants to hear of their case."""

    EACH_STEP = "each_step"
    ANSWER_ONLY = "answer_only"


class CallReason(StrEnum):
    """Why somebody is to be called."""

    ASKED = "asked"
    UNDELIVERED = "undelivered"
    NO_SMS = "no_sms"
    QUESTION = "question"


class CallOutcome(StrEnum):
    """How a call went."""

    TOLD = "told"
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    LATER = "later"
    WRONG_PERSON = "wrong_person"
    REFUSED = "refused"


class IssueState(StrEnum):
    """Where a common problem stands."""

    OPEN = "open"
    SOLVED = "solved"


class Given(StrEnum):
    """How far one answer to all has come with one case."""

    WAITING = "waiting"
    SMS = "sms"
    SAME_PHONE = "same_phone"  # that phone has it with another case of the issue
    CALL = "call"  # the person has asked for a call
    ON_ASKING = "on_asking"  # no SMS may be written: heard by reference
    FAILED = "failed"


class GapState(StrEnum):
    """Where a service gap stands."""

    OPEN = "open"
    REFERRED = "referred"
    IN_ACTION = "in_action"
    CLOSED = "closed"


class SiteService(StrEnum):
    """The services that a site needs, as site management (GSAT) lists them."""

    WATER = "water"
    LATRINES = "latrines"
    WASTE = "waste"
    LIGHT = "light"
    SHELTER = "shelter"
    NFI = "nfi"
    FOOD = "food"
    HEALTH = "health"
    NUTRITION = "nutrition"
    SCHOOL = "school"
    PROTECTION = "protection"
    REGISTRATION = "registration"
    MANAGEMENT = "management"


class Delivery(StrEnum):
    """How far a message to a person has come. Final ones are never left; see feedback_gateway/delivery.py."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # the provider was called and its answer was lost
    SENT = "sent"  # the provider has accepted it
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class ImportState(StrEnum):
    """How far a file of cases is."""

    DRAFT = "draft"  # looked at, nothing is stored as a case
    RUNNING = "running"
    DONE = "done"


class Duty(StrEnum):
    """What an outbox row asks for."""

    SEND_MESSAGE = "send_message"
    CLASSIFY_CASE = "classify_case"
    NOTIFY_FOCAL_POINTS = "notify_focal_points"
    FOLLOW_CASE = "follow_case"  # its clocks, and what they ask for
    SEND_DIGEST = "send_digest"  # the notices that wait for one user
    ANSWER_ISSUE = "answer_issue"  # one answer to many cases, some at a time
    GIVE_TO_ISSUE_OWNER = "give_to_issue_owner"  # a case goes to whoever answers for its issue
    ASK_SATISFACTION = "ask_satisfaction"
    INFORM_PERSON = "inform_person"  # of what has happened since they last heard of it
    TELL_COORDINATION = "tell_coordination"  # of an alarm
    IMPORT_ENTRIES = "import_entries"  # of one user, some rows at a time


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
    REFERRED = "referred"  # where the case has gone
    CLOSED = "closed"
    QUESTION = "question"  # something that only the person knows
    JOINED = "joined"  # with others about the same
    PARTED = "parted"
    NOTICE = "notice"  # to a focal point
    DESK = "desk"  # what a focal point's command by SMS is answered
