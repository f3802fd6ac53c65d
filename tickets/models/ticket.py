"""The request itself: its fields, its states and who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Organisation, Team, User
from accounts.prepared import OneOf, array_of, prepared
from accounts.roles import Capability
from tickets import checks
from tickets.models.catalogue import Service
from tickets.search import WordQuery, few_matching, search_query
from tickets.states import (
    OPEN_STATES,
    Channel,
    Complexity,
    Impact,
    Priority,
    State,
    TicketType,
    Turn,
    Urgency,
    Wait,
)

if TYPE_CHECKING:
    from tickets.models.plan import Plan

OPEN = Q(state__in=sorted(OPEN_STATES))
ENDED = Q(closed_at__isnull=False)

# What the queue can be narrowed to. One index each, in the queue's order: a page is read from it row by row, however
# few requests fit. They hold open requests only, a small part of all.
_QUEUE_FILTERS = {
    "team": "team",
    "assignee": "assignee",
    "organisation": "client",
    "service": "service",
    "state": "state",
    "priority": "priority",
    "channel": "channel",
}
# Of what has ended, where a value may be rare; the rest is met soon enough on the way through all.
_ENDED_FILTERS = {"team": "team", "assignee": "assignee", "organisation": "client", "service": "service"}


def _is_staff(user: User) -> bool:
    return user.is_authenticated and user.is_active and not user.is_client


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Requests, by what one asks of them. `visible_to` comes first, always."""

    def visible_to(self, user: User) -> TicketQuerySet:
        """What this person may see (R-070, R-083): the only way from a person to requests. `Ticket.is_visible_to`
        says the same of one that is at hand."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_client:
            mine = Q(organisation=user.organisation_id)
            return self.filter(mine if user.may(Capability.SEE_ORGANISATION) else mine & Q(requester=user))
        if user.may(Capability.SEE_ALL):
            return self
        return self.for_staff(user.pk, array_of(user.team_ids))

    def for_staff(self, user: Any, teams: Any) -> TicketQuerySet:
        """What `visible_to` holds for a member of staff who doesn't see everything.

        Args:
            user: their id.
            teams: the ids of theirs, as `array_of` writes them; of both also the place in a prepared statement.
        """
        return self.filter(Q(OneOf("team", teams)) | Q(team__isnull=True) | Q(assignee=user))

    def of_teams(self, teams: Collection[int], user: User) -> TicketQuerySet:
        """Of the requests of some teams what this member of staff may see (R-071): all of the teams they belong to or
        lead, of others' what they carry. The same as `visible_to` and the teams, but a plain range of an index: the
        database multiplies two conditions that say the same, and takes a long list for a short one."""
        if not _is_staff(user):
            return self.none()
        if user.may(Capability.SEE_ALL) or user.team_ids.issuperset(teams):
            return self.filter(team__in=teams)
        if user.team_ids.isdisjoint(teams):
            return self.carried_by(user).filter(team__in=teams)
        return self.visible_to(user).filter(team__in=teams)

    def carried_by(self, user: User) -> TicketQuerySet:
        """What this member of staff is responsible for, all of which they may see; a plain range as well."""
        return self.filter(assignee=user) if _is_staff(user) else self.none()

    def open(self) -> TicketQuerySet:
        """Those somebody still has something to do with."""
        return self.filter(OPEN)

    def late(self, at: datetime) -> TicketQuerySet:
        """Open ones whose next target ran out before `at`."""
        return self.open().filter(due_at__lt=at)

    def due_before(self, until: datetime) -> TicketQuerySet:
        """Open ones with a target that runs out before `until`, late ones included."""
        return self.open().filter(due_at__lt=until)

    def by_due(self) -> TicketQuerySet:
        """What is due next comes first; what has no running target comes last."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "pk")

    def matching(self, text: str, *, internal: bool) -> TicketQuerySet:
        """Full-text search over number, subject and conversation, Chinese and Latin (R-082).

        Where few requests hold the words, they are looked up at once: left to itself the database would go through
        all requests in the list's order, since it can't know how rare the beginning of a word is.

        Args:
            internal: whether internal notes are searched too; never for clients.
        """
        query = search_query(text)
        if not query:
            return self.none()
        column = "internal" if internal else "public"
        few = few_matching(query, column)
        if few is None:
            return self.filter(**{f"search__{column}": WordQuery(query)})
        return self.filter(OneOf("pk", array_of(few)))

    def with_people(self) -> TicketQuerySet:
        """Everything a row or a page shows of a request, in one query."""
        return self.select_related("service", "organisation", "requester", "assignee", "team")


class Ticket(models.Model):
    """What a client asks for. Changed only by `tickets.services`; `state` only by its transitions."""

    number = models.CharField(max_length=20, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tickets")
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="requested")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.PORTAL)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="tickets")
    type = models.CharField(max_length=20, choices=TicketType.choices)
    subject = models.CharField(max_length=200)
    description = models.TextField()
    service_object = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    affected = models.CharField(max_length=200, blank=True)
    background = models.TextField(blank=True)
    wanted_by = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)

    impact = models.PositiveSmallIntegerField(choices=Impact.choices, default=Impact.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.MEDIUM)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    priority_overridden = models.BooleanField(default=False)
    complexity = models.CharField(max_length=10, choices=Complexity.choices, default=Complexity.SIMPLE)

    state = FSMField(max_length=20, choices=State.choices, default=State.INTAKE, protected=True)
    wait = models.CharField(max_length=20, choices=Wait.choices, blank=True, default=Wait.NONE)
    wait_until = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    turn = models.CharField(max_length=10, choices=Turn.choices, default=Turn.STAFF)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    is_verified = models.BooleanField(default=False)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    rework_count = models.PositiveSmallIntegerField(default=0)
    last_line = models.CharField(max_length=160, blank=True)
    last_line_public = models.CharField(max_length=160, blank=True)

    # The next instant a target runs out, kept by whoever runs the clocks, so that a queue of a million requests is one
    # index scan. NULL: nothing is running.
    due_at = models.DateTimeField(null=True, blank=True)
    due_soon_at = models.DateTimeField(null=True, blank=True)
    due_kind = models.CharField(max_length=30, blank=True)

    # The head of the request's event chain; see `tickets.events`.
    event_seq = models.PositiveIntegerField(default=0)
    event_hash = models.CharField(max_length=64, blank=True)

    # The instant of the act under way, set by `tickets.services.door`; checks read it instead of the wall clock.
    acting_at: datetime | None = None

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="ended_requests_wait_for_nothing",
                condition=OPEN | Q(wait=""),
            ),
            models.CheckConstraint(
                name="date_waits_have_a_date",
                condition=~Q(wait="date") | Q(wait_until__isnull=False),
            ),
        ]
        indexes = [
            # Figures of what is open are read from this index alone.
            models.Index(
                fields=["due_at", "id"],
                include=["state", "team", "assignee", "received_at", "wait"],
                name="queue_of_all",
                condition=OPEN,
            ),
            *(
                models.Index(fields=[column, "due_at", "id"], name=f"queue_of_{name}", condition=OPEN)
                for column, name in _QUEUE_FILTERS.items()
            ),
            # Which requests have nobody: to the database, nothing is no value that an index could be in the order of.
            models.Index(
                fields=["due_at", "id"],
                include=["team"],
                name="queue_of_nobody",
                condition=OPEN & Q(assignee__isnull=True),
            ),
            models.Index(fields=["due_at", "id"], name="tickets_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["-changed_at", "-id"], name="tickets_changed"),
            models.Index(fields=["organisation", "-changed_at", "-id"], name="tickets_of_client"),
            models.Index(fields=["requester", "-changed_at", "-id"], name="tickets_of_contact"),
            models.Index(fields=["received_at"], name="tickets_received"),
            models.Index(fields=["-closed_at", "-id"], name="tickets_ended", condition=ENDED),
            *(
                models.Index(fields=[column, "-closed_at", "-id"], name=f"ended_of_{name}", condition=ENDED)
                for column, name in _ENDED_FILTERS.items()
            ),
            models.Index(fields=["wait_until"], name="waits_for_a_date", condition=Q(wait="date")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Whether anybody still has something to do with it."""
        return State(self.state).is_open

    def is_visible_to(self, user: User) -> bool:
        """Whether `visible_to` holds it for this person, said of a request that is at hand."""
        if not user.is_authenticated or not user.is_active:
            return False
        if user.is_client:
            is_ours = self.organisation_id == user.organisation_id
            return is_ours and (user.may(Capability.SEE_ORGANISATION) or self.requester_id == user.pk)
        is_with_us = self.team_id is None or self.assignee_id == user.pk
        return is_with_us or user.may(Capability.SEE_ALL) or self.team_id in user.team_ids

    @cached_property
    def current_plan(self) -> Plan | None:
        """The newest version of the plan, with its options. `tickets.services.plans` forgets it when it changes."""
        for plan in _newest_plan(self.pk):
            plan.ticket = self
            return plan
        return None

    # The workflow (docs/workflow.md). Conditions come from `tickets.checks`, which also says what is missing. Called by
    # `tickets.services` alone, inside its lock; `tests/architecture` keeps it so.

    @transition(
        field=state,
        source=State.INTAKE,
        target=State.ASSESSMENT,
        conditions=[checks.is_classified, checks.has_assignee],
    )
    def to_assessment(self) -> None:
        """Somebody takes responsibility."""

    @transition(field=state, source=State.INTAKE, target=State.DECLINED)
    def to_declined(self, at: datetime) -> None:
        """Outside what we do (R-006)."""
        self._end(at)

    @transition(field=state, source=State.ASSESSMENT, target=State.EXECUTION, conditions=[checks.plan_is_settled])
    def to_execution(self) -> None:
        """Work begins."""

    @transition(
        field=state,
        source=State.EXECUTION,
        target=State.ACCEPTANCE,
        conditions=[checks.tasks_are_done, checks.work_is_verified],
    )
    def to_acceptance(self) -> None:
        """The work is handed over; the client looks at it."""
        self.turn = Turn.CLIENT
        self.stop_waiting()

    @transition(field=state, source=State.ACCEPTANCE, target=State.CLOSED)
    def to_closed(self, at: datetime) -> None:
        """The client is content, or did not answer in time (R-034). `back_to_work` undoes what `_end` does."""
        self._end(at)

    @transition(field=state, source=State.ACCEPTANCE, target=State.EXECUTION)
    def back_from_acceptance(self) -> None:
        """The client is not content: rework (R-031)."""
        self.rework_count += 1
        self.is_verified = False
        self.turn = Turn.STAFF

    @transition(field=state, source=State.CLOSED, target=State.EXECUTION, conditions=[checks.may_still_be_reopened])
    def back_to_work(self) -> None:
        """Reopened within its period (SLA-19); undoes `_end`."""
        self.reopen_count += 1
        self.is_verified = False
        self.closed_at = None
        self.turn = Turn.STAFF

    @transition(field=state, source=sorted(OPEN_STATES), target=State.WITHDRAWN)
    def to_withdrawn(self, at: datetime) -> None:
        """Withdrawn by the client, or merged into another request."""
        self._end(at)

    def _end(self, at: datetime) -> None:
        self.turn = Turn.NOBODY
        self.closed_at = at
        self.stop_waiting()

    def stop_waiting(self) -> None:
        """It waits for nothing any more."""
        self.wait, self.wait_until, self.waiting_since = Wait.NONE, None, None


@prepared
def _newest_plan(ticket: int) -> models.QuerySet[Plan]:
    from tickets.models.plan import Plan  # its module begins with this one

    return Plan.objects.filter(ticket=ticket).prefetch_related("options").order_by("-version")[:1]


class SubmissionKey(models.Model):
    """One row per form that was sent, so that a second click finds the first one's result instead of doing it again."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.act} {self.key}"
