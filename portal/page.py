"""Everything the page of one request shows, for one client, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import User
from portal import forms, words
from portal.ways import SURVEY, WAYS, Way, survey_of
from quality.models import Survey
from quality.services import surveys
from sla.models import Clock
from tickets.acts import Act, Offer, offers_for
from tickets.models import Delivery, Plan, PlanOption, Ticket
from tickets.states import State, Wait
from web.acts import ActForm
from web.timeline import Entry, Side, timeline


@dataclass
class Page:
    """One request. `refused` are the forms that came back with problems, by act; `opened` is what the address opens."""

    ticket: Ticket
    user: User
    at: datetime
    refused: dict[str, ActForm] = field(default_factory=dict)
    opened: str = ""

    # --- what there is

    @cached_property
    def entries(self) -> list[Entry]:
        """The conversation and what happened."""
        return timeline(self.ticket, self.user, now=self.at)

    @property
    def seen(self) -> int:
        """The last event on the page; a later one means that something changed."""
        return max((entry.seq for entry in self.entries), default=0)

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """What this person can do, or could if nothing stood in the way."""
        return {offer.act: offer for offer in offers_for(self.ticket, self.user)}

    def may(self, act: Act) -> bool:
        """Whether an act is possible now."""
        return act in self.offers and self.offers[act].is_possible

    @cached_property
    def plan(self) -> Plan | None:
        """The plan that is with the client."""
        return self.ticket.current_plan if self.may(Act.CONFIRM_PLAN) else None

    @cached_property
    def delivery(self) -> Delivery | None:
        """The delivery that waits for acceptance."""
        if not self.may(Act.ACCEPT):
            return None
        return self.ticket.deliveries.select_related("message", "delivered_by").order_by("-number").first()

    @cached_property
    def delivery_entry(self) -> Entry | None:
        """Its message with the files, as the conversation has it."""
        if self.delivery is None:
            return None
        found = [entry for entry in self.entries if entry.is_message and entry.what == "delivered"]
        return found[-1] if found else None

    @property
    def has_question(self) -> bool:
        """Whether we wait for the client's answer."""
        return self.ticket.wait == Wait.CLIENT and self.plan is None and self.may(Act.REPLY)

    @cached_property
    def question(self) -> Entry | None:
        """The last thing we said, which is what we wait for an answer to."""
        said = [entry for entry in self.entries if entry.is_message and entry.side == Side.STAFF]
        return said[-1] if said else None

    @cached_property
    def survey(self) -> Survey | None:
        """The survey this person may answer now."""
        if self.ticket.state != State.CLOSED:
            return None
        found = survey_of(self.ticket, self.user)
        return found if found is not None and not surveys.why_over(found, self.at) else None

    # --- where it stands

    @property
    def panel(self) -> str:
        """The one thing the client can do now, by name and version; the page swaps it only when this changes."""
        if self.plan is not None:
            return f"plan-{self.plan.version}"
        if self.delivery is not None:
            return f"delivery-{self.delivery.number}"
        if self.has_question:
            return "question"
        return f"survey-{self.survey.pk}" if self.survey is not None else ""

    @property
    def next(self) -> str:
        """What happens next."""
        return words.what_next(self.ticket, self.at, plan_waits=self.plan is not None)

    @cached_property
    def promises(self) -> list[words.Promise]:
        """By when: every target that runs while it is our turn."""
        if not self.ticket.is_open or self.panel:
            return []
        clocks = Clock.objects.on(self.ticket, self.user).unfinished()
        return words.promises_of(clocks, self.at)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The process, for the stepper."""
        return words.steps_of(self.ticket, self.entries, plan_waits=self.plan is not None)

    @property
    def merged_into(self) -> Ticket | None:
        """Where a merged request goes on, if this person may see it."""
        if self.ticket.merged_into_id is None:
            return None
        return Ticket.objects.visible_to(self.user).filter(pk=self.ticket.merged_into_id).first()

    # --- forms

    @cached_property
    def forms(self) -> dict[str, ActForm]:
        """The forms of the acts that are possible: the refused ones as they came back, the others empty."""
        fresh = {name: self.form_of(name, way) for name, way in WAYS.items() if self.may(Act(name))}
        if self.survey is not None:
            fresh[SURVEY] = forms.SurveyForm(auto_id="survey_%s")
        return {name: self._came_back(name, form) for name, form in fresh.items()}

    def _came_back(self, name: str, fresh: ActForm) -> ActForm:
        """The refused form with its problems and its text, but about what the page shows now."""
        form = self.refused.get(name)
        if form is None:
            return fresh
        for about in ("version", "delivery"):
            if about in fresh.initial and form.data.get(about) != str(fresh.initial[about]):
                kept = {key: value for key, value in form.data.items() if key != "option"}  # of another version
                form.data = {**kept, about: str(fresh.initial[about])}
        return form

    def form_of(self, name: str, way: Way) -> ActForm:
        """An empty form that knows which version it is about."""
        about: dict[str, Any] = {}
        if name in (Act.CONFIRM_PLAN, Act.RETURN_PLAN) and self.plan is not None:
            about["version"] = self.plan.version
        if name in (Act.ACCEPT, Act.REJECT) and self.delivery is not None:
            about["delivery"] = self.delivery.number
        if name == Act.REPLY:
            about["body"] = self.left_over
        more: dict[str, Any] = {"by": self.user} if issubclass(way.form, forms.FilesForm) else {}
        return way.form(auto_id=f"{name}_%s", initial=about, **more)

    @property
    def gone(self) -> list[ActForm]:
        """Refused forms of acts that are not possible any more; their problems stand on top of the page."""
        return [form for name, form in self.refused.items() if name not in self.forms]

    @property
    def left_over(self) -> str:
        """What was typed into a form that is gone; it goes into the message field, so that it is not lost."""
        for name, form in self.refused.items():
            typed = WAYS[name].typed if name in WAYS else "comment"
            if typed and name != Act.REPLY and (name == SURVEY or not self.may(Act(name))):
                return str(form.data.get(typed, ""))
        return ""

    def draft_key(self, name: str) -> str:
        """Under which name the browser keeps what is typed into the form of an act."""
        return f"{self.user.pk}-{self.ticket.number}-{name}"

    @property
    def draft_keys(self) -> dict[str, str]:
        """For templates."""
        return {name: self.draft_key(name) for name in (*WAYS, SURVEY)}

    @property
    def options(self) -> list[tuple[PlanOption, bool]]:
        """The options of the plan, each with whether it is ticked: the one that was sent, or the only one there is."""
        if self.plan is None:
            return []
        options = list(self.plan.options.all())
        sent = self.forms[Act.CONFIRM_PLAN].data.get("option")
        return [(option, str(option.position) == sent or len(options) == 1) for option in options]

    @property
    def reopen(self) -> Offer | None:
        """The offer to reopen, possible or not, with its reasons."""
        return self.offers.get(Act.REOPEN)
