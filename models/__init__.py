"""What is remembered. One file per aggregate; import the tables from here."""

from models.agency import Agency, SealedReader, User, WorkingHours
from models.base import Base
from models.callback import CallAttempt, Callback
from models.case import Case, Concern, Event
from models.clock import Clock, ClockPolicy, DayOff, ReminderRule
from models.contact import Contact, Conversation
from models.edition import Edition, EditionChange
from models.entry_import import EntryImport
from models.gap import Gap, GapChange, GapRule
from models.issue import Issue, IssueAnswer, IssueAnswerCase, IssueChange
from models.learning import (
    Label,
    LearntLanguage,
    LexiconEdition,
    ModelChoice,
    ModelVersion,
    Prediction,
)
from models.likeness import Alarm, Fingerprint, Likeness
from models.message import DeliveryReport, Message
from models.notice import Notice
from models.outbox import Heartbeat, OutboxRow, PausedChannel
from models.reference import Category, Place, Route
from models.referral import CaseLink, Referral, RouteLesson
from models.service import Service
from models.wording import AnswerTemplate, ReservedReference

__all__ = [
    "Agency",
    "Alarm",
    "AnswerTemplate",
    "Base",
    "CallAttempt",
    "Callback",
    "Case",
    "CaseLink",
    "Category",
    "Clock",
    "ClockPolicy",
    "Concern",
    "Contact",
    "Conversation",
    "DayOff",
    "DeliveryReport",
    "Edition",
    "EditionChange",
    "EntryImport",
    "Event",
    "Fingerprint",
    "Gap",
    "GapChange",
    "GapRule",
    "Heartbeat",
    "Issue",
    "IssueAnswer",
    "IssueAnswerCase",
    "IssueChange",
    "Label",
    "LearntLanguage",
    "LexiconEdition",
    "Likeness",
    "Message",
    "ModelChoice",
    "ModelVersion",
    "Notice",
    "OutboxRow",
    "PausedChannel",
    "Place",
    "Prediction",
    "Referral",
    "ReminderRule",
    "ReservedReference",
    "Route",
    "RouteLesson",
    "SealedReader",
    "Service",
    "User",
    "WorkingHours",
]
