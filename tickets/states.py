"""The words of the workflow: states, waits, kinds of request, priorities. Enums that know things."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a request stands in the process."""

    INTAKE = "intake", _("Intake")
    ASSESSMENT = "assessment", _("Assessment")
    EXECUTION = "execution", _("Execution")
    ACCEPTANCE = "acceptance", _("Acceptance")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def is_open(self) -> bool:
        """Whether anybody still has something to do."""
        return self in OPEN_STATES


STEPS = (State.INTAKE, State.ASSESSMENT, State.EXECUTION, State.ACCEPTANCE)
OPEN_STATES = frozenset(STEPS)


class Wait(models.TextChoices):
    """What a request waits for; beside the state, not a state. Pauses the clocks whose target lists it (SLA-17)."""

    NONE = "", _("Not waiting")
    CLIENT = "client", _("Waiting for the client")
    THIRD_PARTY = "third_party", _("Waiting for a third party")
    DATE = "date", _("Waiting for a date")


class Turn(models.TextChoices):
    """Who has to do something next."""

    STAFF = "staff", _("Our turn")
    CLIENT = "client", _("Client's turn")
    NOBODY = "nobody", _("Nothing to do")


class TicketType(models.TextChoices):
    """What kind of matter it is (R-003)."""

    CONSULTATION = "consultation", _("Consultation")
    INCIDENT = "incident", _("Incident")
    SERVICE_REQUEST = "service_request", _("Service request")
    COMPLAINT = "complaint", _("Complaint")
    CHANGE = "change", _("Change")
    PROBLEM = "problem", _("Problem")


class Impact(models.IntegerChoices):
    """How far it reaches."""

    LOW = 1, _("One person")
    MEDIUM = 2, _("Several people or a team")
    HIGH = 3, _("A whole department or site")


class Urgency(models.IntegerChoices):
    """How soon it hurts."""

    LOW = 1, _("It can wait")
    MEDIUM = 2, _("Work is hindered")
    HIGH = 3, _("Work has stopped")


class Priority(models.IntegerChoices):
    """In which order things are done."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    CRITICAL = 4, _("Critical")


class Complexity(models.TextChoices):
    """How hard the matter is; complex ones have their own target (SLA-11)."""

    SIMPLE = "simple", _("Simple")
    COMPLEX = "complex", _("Complex")


class Channel(models.TextChoices):
    """How a request came in (R-001)."""

    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    API = "api", _("API")
    CHAT = "chat", _("Chat")


class Visibility(models.TextChoices):
    """Who may read a message, a file or an event."""

    PUBLIC = "public", _("Client and staff")
    INTERNAL = "internal", _("Staff only")


class MessageKind(models.TextChoices):
    """What a message is to the conversation."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Internal note")
    CALL = "call", _("Phone call")
    AUTO = "auto", _("Automatic message")


class PlanState(models.TextChoices):
    """The life of one version of a plan."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("With the client")
    RETURNED = "returned", _("Sent back")
    CONFIRMED = "confirmed", _("Confirmed")
    REPLACED = "replaced", _("Replaced")


class Risk(models.IntegerChoices):
    """How much can go wrong with a plan."""

    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class DeliveryOutcome(models.TextChoices):
    """What the client said to a delivery."""

    PENDING = "pending", _("With the client")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    LAPSED = "lapsed", _("Accepted by lapse")
    VOID = "void", _("Void")


class EventKind(models.TextChoices):
    """Everything that can be on a request's record. Rows hold data; wording is made when shown."""

    SUBMITTED = "submitted", _("Submitted")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Internal note")
    CALL_LOGGED = "call_logged", _("Call logged")
    CLASSIFIED = "classified", _("Classified")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    ASSIGNED = "assigned", _("Assigned")
    ASSESSMENT_STARTED = "assessment_started", _("Assessment started")
    DECLINED = "declined", _("Declined")
    PLAN_DRAFTED = "plan_drafted", _("Plan drafted")
    PLAN_REVIEWED = "plan_reviewed", _("Plan reviewed")
    PLAN_PROPOSED = "plan_proposed", _("Plan proposed")
    PLAN_CONFIRMED = "plan_confirmed", _("Plan confirmed")
    PLAN_RETURNED = "plan_returned", _("Plan sent back")
    EXECUTION_STARTED = "execution_started", _("Execution started")
    TASK_ADDED = "task_added", _("Task added")
    TASK_DONE = "task_done", _("Task done")
    TASK_REOPENED = "task_reopened", _("Task reopened")
    PROGRESS_REPORTED = "progress_reported", _("Progress reported")
    VERIFIED = "verified", _("Work verified")
    DELIVERED = "delivered", _("Delivered")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Delivery rejected")
    REOPENED = "reopened", _("Reopened")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")
    WAIT_STARTED = "wait_started", _("Waiting started")
    WAIT_ENDED = "wait_ended", _("Waiting ended")
    CLOCK_WARNED = "clock_warned", _("Target warning")
    CLOCK_BREACHED = "clock_breached", _("Target missed")
    ESCALATED = "escalated", _("Escalated")
    RECALCULATED = "recalculated", _("Targets recalculated")
    SURVEY_SENT = "survey_sent", _("Survey sent")
    SURVEY_ANSWERED = "survey_answered", _("Survey answered")
