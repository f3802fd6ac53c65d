"""Acts on working calendars: drafted, saved, published, renamed, taken out of use (R-047, SLA-30).

A draft is edited and saved any number of times; publishing settles it for good, and whoever wants other hours begins a
new draft.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services.calendar_content import Composed, Content, check_usable, compose
from sla.services.public_days import countries as known_countries
from sla.services.public_days import regions
from sla.services.published import published_of
from sla.services.rights import by_configurers
from sla.services.versions import check_revision
from tickets.errors import ActError, Invalid

NAME_LIMIT, NOTE_LIMIT = 120, 300


class CalendarRefused(ActError):
    """A calendar that can't be published or changed now."""

    code = "calendar_refused"


# --- drafts -----------------------------------------------------------------------------------------


@by_configurers
def create(name: str, content: Content, *, by: User | None, at: datetime) -> CalendarVersion:
    """A new calendar with its first draft.

    Raises:
        Invalid: at `name` or where `compose` says.
    """
    name = _clean_name(name)
    composed = compose(content, at=at)
    with transaction.atomic():
        calendar = WorkingCalendar.objects.create(name=name)
        return _store(CalendarVersion(calendar=calendar, number=1), content, composed, by=by, at=at)


def _clean_name(name: str, own: int | None = None) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid({"name": [_("Please give it a name.")]})
    if len(name) > NAME_LIMIT:
        raise Invalid({"name": [_("This is too long.")]})
    namesakes = WorkingCalendar.objects.filter(name=name)
    if (namesakes if own is None else namesakes.exclude(pk=own)).exists():
        raise Invalid({"name": [_("There is a calendar of this name already.")]})
    return name


@by_configurers
def rename(calendar: WorkingCalendar, name: str, *, by: User | None) -> WorkingCalendar:
    """Another name; what was measured under the calendar stays.

    Raises:
        Invalid: at `name`.
    """
    calendar.name = _clean_name(name, own=calendar.pk)
    calendar.save(update_fields=["name"])
    return calendar


@by_configurers
def draft_for(
    calendar: WorkingCalendar, *, by: User | None, at: datetime, like: CalendarVersion | None = None
) -> CalendarVersion:
    """The draft of a calendar: the one there is, else a new one that says what another version says (the newest).

    Public days are taken over anew, so a draft is also how a calendar learns what was announced meanwhile.
    """
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
        there = calendar.versions.filter(state=VersionState.DRAFT).first()
        if there is not None:
            return there
        model = like or calendar.versions.order_by("-number")[:1].get()
        number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        content = _carried_over(Content.of(model), at)
        return _store(CalendarVersion(calendar=calendar, number=number), content, compose(content, at=at), by=by, at=at)


def _carried_over(content: Content, at: datetime) -> Content:
    """What can still be said today: own days of long ago, and a country the library dropped, are left behind."""
    country = content.country if content.country in known_countries() else ""
    region = content.region if country and content.region in regions(country) else ""
    own_days = tuple(own for own in content.own_days if own.is_near(at))
    return replace(content, country=country, region=region, own_days=own_days)


@by_configurers
def take_over_public_days(calendar: WorkingCalendar, *, by: User | None, at: datetime) -> CalendarVersion:
    """The draft of a calendar with the public days as the library knows them today (SLA-03).

    What somebody wrote into a draft stays; its public days are read anew, which counts as a saving.
    """
    with transaction.atomic():
        draft = _held_draft(draft_for(calendar, by=by, at=at))
        content = _carried_over(Content.of(draft), at)
        composed = compose(content, at=at)
        if composed == Composed(draft.definition, draft.covered_years, draft.provisional_years):
            return draft
        draft.revision += 1
        return _store(draft, content, composed, by=by, at=at)


@by_configurers
def save_draft(
    version: CalendarVersion, content: Content, *, revision: int, by: User, at: datetime, note: str = ""
) -> CalendarVersion:
    """Keep what somebody wrote into a draft.

    Args:
        revision: the one the person began with.

    Raises:
        Invalid: where `compose` says, or at `note`.
        EditedMeanwhile: somebody saved since; nothing was kept.
        CalendarRefused: it was published meanwhile.
    """
    if len(note) > NOTE_LIMIT:
        raise Invalid({"note": [_("This is too long.")]})
    composed = compose(content, at=at)
    check_usable(composed, at)
    with transaction.atomic():
        locked = _held_draft(version)
        check_revision(locked, revision)
        locked.revision += 1
        locked.note = " ".join(note.replace("\x00", "").split())
        return _store(locked, content, composed, by=by, at=at)


def _held_draft(version: CalendarVersion) -> CalendarVersion:
    locked = CalendarVersion.objects.select_for_update().get(pk=version.pk)
    if not locked.is_draft:
        raise CalendarRefused(_("%(version)s was published and can't be changed any more.") % {"version": locked})
    return locked


def _store(
    version: CalendarVersion, content: Content, composed: Composed, *, by: User | None, at: datetime
) -> CalendarVersion:
    version.country, version.region = content.country, content.region
    version.definition = composed.definition
    version.exceptions = [own.to_json() for own in sorted(content.own_days, key=lambda own: own.day)]
    version.covered_years, version.provisional_years = composed.covered_years, composed.provisional_years
    version.edited_by, version.edited_at = by, at
    version.save()
    return version


@by_configurers
def discard_draft(version: CalendarVersion, *, by: User | None) -> None:
    """Throw a draft away, and with its only version the calendar.

    Raises:
        CalendarRefused: it was published meanwhile.
    """
    with transaction.atomic():
        locked = _held_draft(version)
        calendar = locked.calendar
        locked.delete()
        if not calendar.versions.exists():
            calendar.delete()


@by_configurers
def set_in_use(calendar: WorkingCalendar, in_use: bool, *, by: User | None) -> WorkingCalendar:
    """Offer a calendar for new targets, or no longer. Targets that count in it already go on as they are.

    Raises:
        CalendarRefused: nothing was published yet, so there is nothing to take out of use.
    """
    if not in_use and not published_of(calendar.pk).exists():
        raise CalendarRefused(_("Nothing of this calendar was published yet; discard its draft instead."))
    calendar.is_active = in_use
    calendar.save(update_fields=["is_active"])
    return calendar


# --- publishing -------------------------------------------------------------------------------------


@by_configurers
def publish_draft(
    version: CalendarVersion,
    *,
    at: datetime,
    by: User | None = None,
    effective_from: datetime | None = None,
    revision: int | None = None,
) -> CalendarVersion:
    """Settle a draft: cycles that start from its date on use it (SLA-31). Publishing twice does nothing.

    Args:
        effective_from: `at` when not given; never earlier, since what has started keeps its version.
        revision: the one the person saw; nobody publishes what somebody else saved since without knowing it.

    Raises:
        Invalid: at `effective_from`, or no working time in the coming year (SLA-06).
        EditedMeanwhile: the draft has another revision.
    """
    begins = effective_from or at
    if begins < at - timedelta(minutes=1):  # a form filled in a moment ago is not the past
        raise Invalid({"effective_from": [_("This lies in the past.")]})
    with transaction.atomic():
        calendar = WorkingCalendar.objects.select_for_update().get(pk=version.calendar_id)
        locked = CalendarVersion.objects.select_for_update().get(pk=version.pk)
        if locked.is_draft:
            if revision is not None:
                check_revision(locked, revision)
            composed = Composed(locked.definition, locked.covered_years, locked.provisional_years)
            check_usable(composed, at)
            _check_order(calendar, begins)
            locked.state, locked.effective_from = VersionState.PUBLISHED, max(begins, at)
            locked.published_at, locked.published_by = at, by
            locked.save()
    return locked


def _check_order(calendar: WorkingCalendar, begins: datetime) -> None:
    """Versions take over in the order in which they were published."""
    last = published_of(calendar.pk).aggregate(last=Max("effective_from"))["last"]
    if last is not None and begins < last:
        raise Invalid({"effective_from": [_("A version that was published before takes effect later than this.")]})


def publish(
    calendar: WorkingCalendar,
    content: Content,
    *,
    at: datetime,
    effective_from: datetime | None = None,
) -> CalendarVersion:
    """Publish the next version of a calendar in one step; for what an installation begins with.

    Args:
        effective_from: may lie in the past for a calendar that has no published version yet.

    Raises:
        Invalid: where `compose` says, or no working time in the coming year (SLA-06).
    """
    composed = compose(content, at=at)
    check_usable(composed, at)
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
        _check_order(calendar, effective_from or at)
        number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = CalendarVersion(
            calendar=calendar,
            number=number,
            state=VersionState.PUBLISHED,
            effective_from=effective_from or at,
            published_at=at,
        )
        return _store(version, content, composed, by=None, at=at)
