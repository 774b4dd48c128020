"""What is remembered. One file per aggregate; import the tables from here."""

from models.agency import Agency, SealedReader, User
from models.base import Base
from models.case import Case, Event
from models.contact import Contact, Conversation
from models.edition import Edition, EditionChange
from models.message import DeliveryReport, Message
from models.outbox import Heartbeat, OutboxRow, PausedChannel
from models.reference import Category, Place, Route
from models.service import Service

__all__ = [
    "Agency",
    "Base",
    "Case",
    "Category",
    "Contact",
    "Conversation",
    "DeliveryReport",
    "Edition",
    "EditionChange",
    "Event",
    "Heartbeat",
    "Message",
    "OutboxRow",
    "PausedChannel",
    "Place",
    "Route",
    "SealedReader",
    "Service",
    "User",
]
