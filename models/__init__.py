"""What is remembered. One file per aggregate; import the tables from here."""

from models.agency import Agency, SealedReader, User
from models.base import Base
from models.case import Case, Event
from models.contact import Contact, Conversation
from models.edition import Edition, EditionChange
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
from models.outbox import Heartbeat, OutboxRow, PausedChannel
from models.reference import Category, Place, Route
from models.service import Service

__all__ = [
    "Agency",
    "Alarm",
    "Base",
    "Case",
    "Category",
    "Contact",
    "Conversation",
    "DeliveryReport",
    "Edition",
    "EditionChange",
    "Event",
    "Fingerprint",
    "Heartbeat",
    "Label",
    "LearntLanguage",
    "LexiconEdition",
    "Likeness",
    "Message",
    "ModelChoice",
    "ModelVersion",
    "OutboxRow",
    "PausedChannel",
    "Place",
    "Prediction",
    "Route",
    "SealedReader",
    "Service",
    "User",
]
