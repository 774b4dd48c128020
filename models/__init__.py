"""What is remembered. One file per aggregate; import the tables from here."""

from models.agency import Agency, SealedReader, User
from models.base import Base
from models.case import Case, Event
from models.contact import Contact, Conversation
from models.message import DeliveryReport, Message
from models.outbox import Heartbeat, OutboxRow, PausedChannel
from models.reference import Category, Place, Route

__all__ = [
    "Agency",
    "Base",
    "Case",
    "Category",
    "Contact",
    "Conversation",
    "DeliveryReport",
    "Event",
    "Heartbeat",
    "Message",
    "OutboxRow",
    "PausedChannel",
    "Place",
    "Route",
    "SealedReader",
    "User",
]
