"""The models of a request, by room; import them from here."""

from tickets.models.catalogue import (
    FieldKind,
    PriorityRule,
    Service,
    ServiceClass,
    ServiceField,
    ServiceFieldChoice,
    ServiceStatus,
)
from tickets.models.conversation import Attachment, Message, SearchEntry
from tickets.models.plan import MAX_OPTIONS, Plan, PlanOption
from tickets.models.record import TicketEvent
from tickets.models.ticket import SubmissionKey, Ticket, TicketQuerySet
from tickets.models.work import Delivery, Task

__all__ = [
    "MAX_OPTIONS",
    "Attachment",
    "Delivery",
    "FieldKind",
    "Message",
    "Plan",
    "PlanOption",
    "PriorityRule",
    "SearchEntry",
    "Service",
    "ServiceClass",
    "ServiceField",
    "ServiceFieldChoice",
    "ServiceStatus",
    "SubmissionKey",
    "Task",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
]
