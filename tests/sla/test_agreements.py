"""The life of an agreement: draft, negotiation, signature, in force, ended; then as a new version (R-045)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import InternalError, connection, transaction

from accounts.models import User
from accounts.roles import Role
from notifications.models import Notice
from sla.models import (
    Agreement,
    AgreementDeed,
    AgreementEntry,
    AgreementState,
    AgreementVersion,
    CalendarVersion,
    EscalationStep,
    Target,
    VersionState,
    WorkingCalendar,
)
from sla.services import agreements, calendars
from sla.services.agreements import AgreementRefused
from sla.services.periods import end, turn
from sla.services.reminders import remind
from sla.services.selection import agreement_for
from sla.services.terms import Rung, Terms, digest_of, promises_of, terms_of
from sla.services.versions import EditedMeanwhile
from tests.cast import MONDAY, Cast, a_file
from tests.sla.kit import DAYS, HOURS, agreement, calendar, default_agreement, ladder, promise
from tickets.errors import Invalid, NotAllowed

JANUARY = MONDAY + 46 * DAYS


def draft(cast: Cast, *, name: str = "Premium", **terms: Any) -> AgreementVersion:
    """A draft for Huaxin that holds from January on."""
    version = agreements.create(name, cast.huaxin, by=cast.ma, at=MONDAY)
    terms.setdefault("promises", (promise("first_response", 20),))
    terms.setdefault("effective_from", JANUARY)
    return agreements.save(version, Terms(**terms), revision=1, by=cast.ma, at=MONDAY)


def offered(cast: Cast, **terms: Any) -> AgreementVersion:
    return agreements.offer(draft(cast, **terms), by=cast.ma, at=MONDAY + HOURS)


def signed(cast: Cast, at: datetime = MONDAY + DAYS, **terms: Any) -> AgreementVersion:
    version = offered(cast, **terms)
    return agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=at)


def next_version(cast: Cast, version: AgreementVersion, at: datetime, **changes: Any) -> AgreementVersion:
    """The next version, signed; with other terms."""
    made = agreements.draft_for(version.agreement, by=cast.ma, at=at, like=version)
    agreements.save(made, replace(terms_of(made), **changes), revision=made.revision, by=cast.ma, at=at)
    agreements.offer(made, by=cast.ma, at=at)
    made.refresh_from_db()
    return agreements.sign(made, by=cast.hua, name="华总", revision=made.revision, at=at)


def deeds(version: AgreementVersion) -> list[str]:
    return [entry.deed for entry in version.record.all()]


def told(kind: str, since: int = 0) -> list[str]:
    found = Notice.objects.filter(kind=kind, pk__gt=since).order_by("pk")
    return sorted(notice.recipient.email.split("@")[0] for notice in found)


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_begins_like_another_version_with_targets_ladders_and_texts(cast: Cast) -> None:
    model = default_agreement()
    made = agreements.create("  Premium   support ", cast.huaxin, by=cast.ma, at=MONDAY, like=model)
    assert made.agreement.name == "Premium support"
    assert list(promises_of(made)) == list(promises_of(model))
    assert (made.state, made.number, made.effective_from) == (AgreementState.DRAFT, 1, None)


def test_there_is_one_default_agreement(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        agreements.create("Another", None, by=cast.ma, at=MONDAY)
    assert "organisation" in refused.value.message_dict
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_an_agreement_has_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        agreements.create(name, cast.huaxin, by=cast.ma, at=MONDAY)
    assert "name" in refused.value.message_dict


def test_asking_for_a_draft_twice_gives_the_same_one(cast: Cast) -> None:
    version = signed(cast)
    first = agreements.draft_for(version.agreement, by=cast.ma, at=MONDAY, like=version)
    assert agreements.draft_for(version.agreement, by=cast.ma, at=MONDAY, like=version) == first
    assert first.number == version.number + 1


def test_a_draft_edited_by_two_people_at_once_is_not_overwritten(cast: Cast) -> None:
    """Whoever saves second hears of the first, and may then save over it."""
    version = draft(cast)
    mine = Terms(promises=(promise("first_response", 10),), effective_from=JANUARY)
    agreements.save(version, replace(mine, content="theirs"), revision=2, by=cast.root, at=MONDAY)
    with pytest.raises(EditedMeanwhile) as refused:
        agreements.save(version, mine, revision=2, by=cast.ma, at=MONDAY)
    assert cast.root.name in str(refused.value.sentence)
    version.refresh_from_db()
    assert version.content == "theirs"
    agreements.save(version, mine, revision=refused.value.revision, by=cast.ma, at=MONDAY)
    version.refresh_from_db()
    assert (version.content, version.revision) == ("", 4)


def test_what_makes_no_sense_is_said_all_at_once_and_nothing_is_kept(cast: Cast) -> None:
    """A target of zero or ten years, two equal ones, an unpublished calendar, an end before the beginning."""
    version = draft(cast)
    unpublished = WorkingCalendar.objects.create(name="Not yet")
    CalendarVersion.objects.create(calendar=unpublished, number=1, state=VersionState.DRAFT, definition={})
    nonsense = Terms(
        promises=(
            promise("first_response", 0),
            promise("resolution", 10 * 365 * 24 * 60),
            promise("resolution", 60),
            promise("next_response", 60, calendar=unpublished.pk),
            promise("progress_report", 60, ladder=ladder("80%", "80%", "soon")),
        ),
        effective_from=JANUARY,
        effective_to=JANUARY - DAYS,
        review_on=(JANUARY - 5 * DAYS).date(),
    )
    with pytest.raises(Invalid) as refused:
        agreements.save(version, nonsense, revision=2, by=cast.ma, at=MONDAY)
    assert set(refused.value.message_dict) == {
        "promises.0.seconds",
        "promises.1.seconds",
        "promises.2.kind",
        "promises.3.calendar",
        "promises.4.ladder.1",
        "promises.4.ladder.2",
        "effective_to",
        "review_on",
    }
    version.refresh_from_db()
    assert (version.revision, version.targets.count()) == (2, 1)


def test_new_targets_do_not_count_in_calendars_out_of_use_and_old_ones_go_on(cast: Cast) -> None:
    version = draft(cast)
    around, office = promise(), promise("resolution", calendar=calendar("Office hours").pk)
    for each in (around, office):
        calendars.set_in_use(WorkingCalendar.objects.get(pk=each.calendar), False, by=cast.ma)
    with pytest.raises(Invalid) as refused:
        agreements.save(version, Terms(promises=(around, office)), revision=2, by=cast.ma, at=MONDAY)
    assert set(refused.value.message_dict) == {"promises.1.calendar"}
    assert agreements.save(version, Terms(promises=(around,)), revision=2, by=cast.ma, at=MONDAY).revision == 3


def test_a_draft_nobody_was_shown_can_be_thrown_away_and_its_agreement_with_it(cast: Cast) -> None:
    version = draft(cast)
    agreements.attach(version, [a_file("contract.pdf")], by=cast.ma, at=MONDAY)
    agreements.discard(version, by=cast.ma)
    assert not Agreement.objects.filter(organisation=cast.huaxin).exists()


def test_a_draft_the_client_has_seen_stays_on_record(cast: Cast) -> None:
    version = agreements.take_back(offered(cast), by=cast.ma, at=MONDAY)
    with pytest.raises(AgreementRefused):
        agreements.discard(version, by=cast.ma)
    assert deeds(version) == [AgreementDeed.OFFERED, AgreementDeed.TAKEN_BACK]


def test_files_are_taken_out_only_before_it_is_agreed_and_added_at_any_time(cast: Cast) -> None:
    version = offered(cast)
    for name in ("draft.pdf", "annex.pdf"):
        agreements.attach(version, [a_file(name)], by=cast.ma, at=MONDAY)
    agreements.detach(version.files.get(name="draft.pdf"), by=cast.ma)
    agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=MONDAY)
    agreements.attach(version, [a_file("signed.pdf")], by=cast.ma, at=MONDAY)
    with pytest.raises(AgreementRefused):
        agreements.detach(version.files.get(name="annex.pdf"), by=cast.ma)
    assert sorted(file.name for file in version.files.all()) == ["annex.pdf", "signed.pdf"]


# --- negotiation ------------------------------------------------------------------------------------


def test_an_offer_is_told_to_those_who_may_sign(cast: Cast) -> None:
    version = offered(cast)
    assert version.state == AgreementState.NEGOTIATION
    assert told("agreement_offered") == ["hua"]
    notice = Notice.objects.get(kind="agreement_offered")
    assert notice.path == f"/portal/agreements/{version.pk}/"


def test_nothing_incomplete_is_offered(cast: Cast) -> None:
    for terms in ({"promises": ()}, {"effective_from": None}):
        with pytest.raises(AgreementRefused):
            offered(cast, name=f"Without {terms}", **terms)
    User.objects.filter(pk=cast.hua.pk).update(is_active=False)
    with pytest.raises(AgreementRefused):
        offered(cast, name="Nobody to sign")
    default = default_agreement()
    ours = agreements.draft_for(default.agreement, by=cast.ma, at=MONDAY, like=default)
    with pytest.raises(AgreementRefused):
        agreements.offer(ours, by=cast.ma, at=MONDAY)


def test_drafts_are_ours_and_offers_are_the_clients_managers_too(cast: Cast) -> None:
    """R-045: drafts, contacts, other clients, people who left."""
    other = User.objects.create(email="o@x.test", name="O", role=Role.CLIENT_MANAGER, organisation=cast.yuanhang)
    version = draft(cast)

    def readers() -> list[User]:
        people = [cast.hua, cast.chen, other, cast.zhou, cast.qin]
        return [
            person for person in people if AgreementVersion.objects.visible_to(person).filter(pk=version.pk).exists()
        ]

    assert readers() == [cast.zhou, cast.qin]
    agreements.offer(version, by=cast.ma, at=MONDAY)
    assert readers() == [cast.hua, cast.zhou, cast.qin]
    cast.hua.is_active = False
    assert readers() == [cast.zhou, cast.qin]


def test_comments_are_told_to_the_other_side(cast: Cast) -> None:
    version = offered(cast)
    agreements.comment(version, by=cast.hua, body="能否缩短？", at=MONDAY)
    assert told("agreement_commented") == ["ma", "root"]
    agreements.comment(version, by=cast.ma, body="可以。", at=MONDAY)
    assert told("agreement_commented") == ["hua", "ma", "root"]
    assert [comment.revision for comment in version.comments.all()] == [version.revision] * 2


def test_strangers_and_contacts_have_no_say(cast: Cast) -> None:
    other = User.objects.create(email="o@x.test", name="O", role=Role.CLIENT_MANAGER, organisation=cast.yuanhang)
    version = offered(cast)
    for person in (other, cast.chen, cast.stranger):
        with pytest.raises(NotAllowed):
            agreements.comment(version, by=person, body="?", at=MONDAY)
        with pytest.raises(NotAllowed):
            agreements.sign(version, by=person, name="x", revision=version.revision, at=MONDAY)
    with pytest.raises(NotAllowed):
        agreements.record_signature(version, by=cast.zhou, name="x", revision=version.revision, at=MONDAY)
    with pytest.raises(NotAllowed):  # we don't sign for the client
        agreements.sign(version, by=cast.ma, name="x", revision=version.revision, at=MONDAY)
    version.refresh_from_db()
    assert version.state == AgreementState.NEGOTIATION


def test_a_change_in_negotiation_is_told_but_not_a_saving_without_change(cast: Cast) -> None:
    version = offered(cast)
    same = terms_of(version)
    local = replace(same, effective_from=JANUARY.astimezone(None))  # the same instant in another zone
    agreements.save(version, local, revision=version.revision, by=cast.ma, at=MONDAY + HOURS)
    assert told("agreement_changed") == []
    agreements.save(
        version, replace(same, content="More"), revision=version.revision + 1, by=cast.ma, at=MONDAY + HOURS
    )
    assert told("agreement_changed") == ["hua"]


def test_what_is_being_reworked_is_hidden_from_the_client_and_can_be_offered_again(cast: Cast) -> None:
    version = agreements.take_back(offered(cast), by=cast.ma, at=MONDAY + 2 * HOURS)
    assert not AgreementVersion.objects.visible_to(cast.hua).exists()
    with pytest.raises(NotAllowed):
        agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=MONDAY + 2 * HOURS)
    agreements.offer(version, by=cast.ma, at=MONDAY + 3 * HOURS)
    assert told("agreement_offered") == ["hua", "hua"]


# --- signatures -------------------------------------------------------------------------------------


def test_a_signature_keeps_who_when_and_which_terms(cast: Cast) -> None:
    version = signed(cast)
    entry = version.record.get(deed=AgreementDeed.SIGNED)
    assert (entry.name, entry.actor, entry.at, entry.on_paper) == ("华总", cast.hua, MONDAY + DAYS, False)
    assert entry.terms_sha256 == digest_of(terms_of(version))
    assert told("agreement_signed") == ["ma", "root"]


def test_a_signature_is_bound_to_the_terms_that_were_read(cast: Cast) -> None:
    version = offered(cast)
    read = version.revision
    changed = replace(terms_of(version), promises=(promise("first_response", 60),))
    agreements.save(version, changed, revision=read, by=cast.ma, at=MONDAY)
    with pytest.raises(EditedMeanwhile):
        agreements.sign(version, by=cast.hua, name="华总", revision=read, at=MONDAY)
    agreements.sign(version, by=cast.hua, name="华总", revision=read + 1, at=MONDAY)
    assert version.record.get(deed=AgreementDeed.SIGNED).terms_sha256 == digest_of(changed)


def test_every_part_of_the_terms_makes_another_digest(cast: Cast) -> None:
    terms = terms_of(draft(cast))
    first = terms.promises[0]
    others = [
        replace(terms, content="x"),
        replace(terms, effective_to=JANUARY + DAYS),
        replace(terms, promises=()),
        replace(terms, promises=(replace(first, seconds=first.seconds + 1),)),
        replace(terms, promises=(replace(first, ladder=(Rung("80%"),)),)),
    ]
    assert len({digest_of(one) for one in [terms, *others]}) == 6
    assert digest_of(replace(terms, note="ours")) == digest_of(terms)


def test_a_signature_on_paper_names_who_signed_and_who_took_it_down(cast: Cast) -> None:
    version = offered(cast)
    agreements.record_signature(version, by=cast.ma, name="华 国锋", revision=version.revision, at=MONDAY)
    entry = version.record.get(deed=AgreementDeed.SIGNED)
    assert (entry.name, entry.actor, entry.on_paper) == ("华 国锋", cast.ma, True)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_signature_has_a_name(cast: Cast, name: str) -> None:
    version = offered(cast)
    with pytest.raises(Invalid) as refused:
        agreements.sign(version, by=cast.hua, name=name, revision=version.revision, at=MONDAY)
    assert "name" in refused.value.message_dict


def test_nobody_signs_twice(cast: Cast) -> None:
    version = signed(cast)
    with pytest.raises(AgreementRefused):
        agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=MONDAY + DAYS)
    assert version.record.filter(deed=AgreementDeed.SIGNED).count() == 1


def test_the_record_can_be_added_to_and_nothing_else(cast: Cast) -> None:
    """The database itself refuses."""
    entry = signed(cast).record.first()
    for change in (lambda: AgreementEntry.objects.update(name="other"), lambda: entry.delete()):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            change()


def test_what_is_agreed_never_changes(cast: Cast) -> None:
    """SLA-30."""
    version = signed(cast)
    with pytest.raises(AgreementRefused):
        agreements.save(version, Terms(), revision=version.revision, by=cast.ma, at=MONDAY)
    for act in (agreements.take_back, agreements.offer):
        with pytest.raises(AgreementRefused):
            act(version, by=cast.ma, at=MONDAY)
    with pytest.raises(AgreementRefused):
        agreements.discard(version, by=cast.ma)
    assert (Target.objects.filter(version=version).count(), version.state) == (1, AgreementState.SIGNED)


# --- in force ---------------------------------------------------------------------------------------


def test_what_is_signed_ahead_comes_into_force_on_its_date(cast: Cast) -> None:
    version = signed(cast)
    assert version.state == AgreementState.SIGNED
    assert turn(JANUARY - HOURS) == 0
    assert turn(JANUARY + HOURS) == 1
    assert turn(JANUARY + HOURS) == 0
    version.refresh_from_db()
    assert version.state == AgreementState.IN_FORCE
    entry = version.record.get(deed=AgreementDeed.IN_FORCE)
    assert (entry.at, entry.actor) == (JANUARY, None)
    assert told("agreement_in_force") == ["hua", "ma", "root"]


def test_the_dates_decide_and_not_the_minute_at_which_a_timer_ran(cast: Cast) -> None:
    version = signed(cast)
    assert agreement_for(cast.huaxin.pk, JANUARY) == version
    assert agreement_for(cast.huaxin.pk, JANUARY - timedelta(microseconds=1)) == default_agreement()


def test_what_is_signed_after_its_date_holds_from_the_signature_on(cast: Cast) -> None:
    """SLA-31: nothing holds for what began before it was agreed."""
    version = signed(cast, at=JANUARY + 3 * DAYS)
    assert (version.effective_from, version.state) == (JANUARY + 3 * DAYS, AgreementState.IN_FORCE)
    assert agreement_for(cast.huaxin.pk, JANUARY + 2 * DAYS) == default_agreement()


def test_a_successor_ends_its_forerunner_where_it_begins(cast: Cast) -> None:
    first = signed(cast)
    turn(JANUARY)
    second = next_version(cast, first, JANUARY + 10 * DAYS, effective_from=JANUARY + 20 * DAYS)
    first.refresh_from_db()
    assert (first.effective_to, first.state) == (JANUARY + 20 * DAYS, AgreementState.IN_FORCE)
    assert agreement_for(cast.huaxin.pk, JANUARY + 19 * DAYS) == first
    assert agreement_for(cast.huaxin.pk, JANUARY + 20 * DAYS) == second
    turn(JANUARY + 21 * DAYS)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (AgreementState.ENDED, AgreementState.IN_FORCE)
    assert first.record.get(deed=AgreementDeed.ENDED).at == JANUARY + 20 * DAYS
    assert told("agreement_ended") == []  # a change of version is no end


def test_a_later_version_that_is_agreed_already_is_not_undercut(cast: Cast) -> None:
    first = signed(cast)
    next_version(cast, first, MONDAY + 2 * DAYS, effective_from=JANUARY + 30 * DAYS)
    with pytest.raises(AgreementRefused):
        next_version(cast, first, MONDAY + 3 * DAYS, effective_from=JANUARY + 10 * DAYS)


def test_two_agreements_of_one_client_do_not_hold_at_the_same_time(cast: Cast) -> None:
    """Refused when it is saved, offered and signed; other dates are fine."""
    first = signed(cast, effective_to=JANUARY + 90 * DAYS)
    with pytest.raises(Invalid) as refused:
        draft(cast, name="Second", effective_from=JANUARY + 89 * DAYS)
    assert str(first) in refused.value.message_dict["effective_from"][0]
    later = draft(cast, name="Third", effective_from=JANUARY + 90 * DAYS)
    earlier = draft(cast, name="Fourth", effective_from=JANUARY - 20 * DAYS, effective_to=JANUARY)
    for version in (later, earlier):
        agreements.offer(version, by=cast.ma, at=MONDAY)
    AgreementVersion.objects.filter(pk=first.pk).update(effective_to=None)
    with pytest.raises(AgreementRefused):
        agreements.sign(later, by=cast.hua, name="华总", revision=2, at=MONDAY)
    agreements.sign(earlier, by=cast.hua, name="华总", revision=2, at=MONDAY)


def test_an_agreement_ends_now_or_at_a_date_and_the_default_agreement_holds(cast: Cast) -> None:
    version = signed(cast, at=JANUARY)
    since = Notice.objects.latest("pk").pk
    end(version, by=cast.ma, at=JANUARY + DAYS, when=JANUARY + 5 * DAYS)
    assert agreement_for(cast.huaxin.pk, JANUARY + 4 * DAYS) == version
    assert agreement_for(cast.huaxin.pk, JANUARY + 5 * DAYS) == default_agreement()
    turn(JANUARY + 5 * DAYS)
    version.refresh_from_db()
    assert version.state == AgreementState.ENDED
    assert told("agreement_ended", since) == ["hua", "ma", "root"]
    other = signed(cast, at=JANUARY + 6 * DAYS, name="Other", effective_from=JANUARY + 6 * DAYS)
    end(other, by=cast.ma, at=JANUARY + 7 * DAYS)
    other.refresh_from_db()
    assert (other.state, other.effective_to) == (AgreementState.ENDED, JANUARY + 7 * DAYS)
    assert other.record.get(deed=AgreementDeed.ENDED).actor == cast.ma


def test_an_end_lies_neither_in_the_past_nor_after_the_end_that_was_agreed(cast: Cast) -> None:
    version = signed(cast, at=JANUARY, effective_to=JANUARY + 30 * DAYS)
    for when in (JANUARY - DAYS, JANUARY + 31 * DAYS, datetime.max.replace(tzinfo=JANUARY.tzinfo)):
        with pytest.raises(Invalid) as refused:
            end(version, by=cast.ma, at=JANUARY + DAYS, when=when)
        assert "when" in refused.value.message_dict
    end(version, by=cast.ma, at=JANUARY + DAYS + timedelta(seconds=40), when=JANUARY + DAYS)  # this minute is now
    version.refresh_from_db()
    assert version.state == AgreementState.ENDED


def test_what_is_ended_before_it_began_never_holds_and_is_in_nobodys_way(cast: Cast) -> None:
    version = signed(cast)
    end(version, by=cast.ma, at=MONDAY + 2 * DAYS)
    version.refresh_from_db()
    assert version.state == AgreementState.ENDED
    assert deeds(version) == [AgreementDeed.OFFERED, AgreementDeed.SIGNED, AgreementDeed.ENDED]
    assert agreement_for(cast.huaxin.pk, JANUARY) == default_agreement()
    turn(JANUARY + DAYS)
    assert told("agreement_in_force") == []
    again = next_version(cast, version, MONDAY + 3 * DAYS, effective_from=MONDAY + 4 * DAYS)
    assert agreement_for(cast.huaxin.pk, JANUARY) == again


def test_the_default_agreement_is_replaced_and_never_ends(cast: Cast) -> None:
    old = default_agreement()
    version = agreements.draft_for(old.agreement, by=cast.ma, at=MONDAY, like=old)
    terms = replace(terms_of(version), promises=(promise("first_response", 45),))
    with pytest.raises(Invalid) as refused:
        agreements.save(
            version, replace(terms, effective_from=MONDAY, effective_to=JANUARY), revision=1, by=cast.ma, at=MONDAY
        )
    assert "effective_to" in refused.value.message_dict
    agreements.save(version, terms, revision=1, by=cast.ma, at=MONDAY)
    with pytest.raises(EditedMeanwhile):
        agreements.put_in_force(version, by=cast.ma, at=MONDAY + HOURS, revision=1)
    agreements.put_in_force(version, by=cast.ma, at=MONDAY + HOURS, revision=2)
    version.refresh_from_db()
    old.refresh_from_db()
    assert (version.state, version.effective_from) == (AgreementState.IN_FORCE, MONDAY + HOURS)
    assert (old.state, old.effective_to) == (AgreementState.ENDED, MONDAY + HOURS)
    with pytest.raises(AgreementRefused):
        end(version, by=cast.ma, at=MONDAY + DAYS)
    assert told("agreement_in_force") == ["ma", "root"]


def test_a_clients_agreement_is_not_put_in_force_by_us(cast: Cast) -> None:
    with pytest.raises(AgreementRefused):
        agreements.put_in_force(draft(cast), by=cast.ma, at=MONDAY)


@pytest.mark.django_db(transaction=True)
def test_of_two_overlapping_agreements_signed_at_the_same_moment_one_is_refused(cast: Cast) -> None:
    versions = [offered(cast, name=name) for name in ("First", "Second")]
    barrier = Barrier(2)

    def sign(version: AgreementVersion) -> bool:
        try:
            barrier.wait(timeout=10)
            agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=MONDAY)
        except AgreementRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, versions)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_turn_passes_over_an_agreement_that_somebody_is_busy_with(cast: Cast) -> None:
    version = signed(cast)

    def turned() -> int:
        try:
            return turn(JANUARY)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Agreement.objects.select_for_update().get(pk=version.agreement_id)
            assert pool.submit(turned).result(timeout=10) == 0
        assert pool.submit(turned).result(timeout=10) == 1


# --- reminders --------------------------------------------------------------------------------------


def expiring() -> list[tuple[str, int]]:
    found = Notice.objects.filter(kind="agreement_expiring").order_by("pk")
    return [(notice.recipient.email.split("@")[0], notice.data["days"]) for notice in found]


def test_an_end_is_announced_60_30_and_7_days_ahead_once_each(cast: Cast) -> None:
    """R-091."""
    ends = JANUARY + 90 * DAYS
    signed(cast, at=JANUARY, effective_to=ends)
    for days in range(70, -2, -1):
        for _ in range(2):
            remind(ends - days * DAYS)
    assert [days for person, days in expiring() if person == "hua"] == [60, 30, 7]
    assert [days for person, days in expiring() if person == "ma"] == [60, 30, 7]
    assert {person for person, _ in expiring()} == {"hua", "ma", "root"}


def test_a_reminder_that_was_missed_is_made_up_by_the_next_one(cast: Cast) -> None:
    ends = JANUARY + 90 * DAYS
    signed(cast, at=JANUARY, effective_to=ends)
    remind(ends - 20 * DAYS)
    assert {days for _, days in expiring()} == {30}


def test_an_end_with_a_successor_is_not_announced(cast: Cast) -> None:
    ends = JANUARY + 90 * DAYS
    first = signed(cast, at=JANUARY, effective_to=ends)
    remind(ends - 50 * DAYS)
    assert len(expiring()) == 3
    next_version(cast, first, ends - 40 * DAYS, effective_from=ends, effective_to=None)
    for days in range(40, 0, -1):
        remind(ends - days * DAYS)
    assert len(expiring()) == 3


def test_a_draft_is_no_successor(cast: Cast) -> None:
    ends = JANUARY + 90 * DAYS
    first = signed(cast, at=JANUARY, effective_to=ends)
    agreements.draft_for(first.agreement, by=cast.ma, at=JANUARY, like=first)
    remind(ends - 7 * DAYS)
    assert {days for _, days in expiring()} == {7}


def test_a_review_is_due_once_and_told_to_those_who_look_after_agreements(cast: Cast) -> None:
    version = signed(cast, at=JANUARY, review_on=(JANUARY + 30 * DAYS).date())
    remind(JANUARY + 28 * DAYS)
    assert told("agreement_review") == []
    for day in (30, 31, 40):
        remind(JANUARY + day * DAYS)
    assert told("agreement_review") == ["ma", "root"]
    assert Notice.objects.filter(kind="agreement_review").first().path == f"/desk/agreements/versions/{version.pk}/"


def test_the_promises_of_the_requirements_are_in_the_default_agreement_and_can_be_edited(cast: Cast) -> None:
    """SLA-11."""
    said = {
        (one.kind, one.type, one.technical_only, one.complexity): one.seconds / 3600
        for one in promises_of(default_agreement())
    }
    assert said == {
        ("first_response", "", False, ""): 0.5,
        ("technical_response", "", True, ""): 2,
        ("resolution", "", False, "complex"): 48,
        ("first_response", "complaint", False, ""): 24,
        ("resolution", "complaint", False, ""): 72,
    }
    edited = agreements.draft_for(default_agreement().agreement, by=cast.ma, at=MONDAY, like=default_agreement())
    assert edited.is_editable


def test_ladders_are_stored_with_their_targets(cast: Cast) -> None:
    """SLA-10, SLA-44: what is saved is what is read."""
    rungs = (
        Rung("50%", ("assignee",)),
        Rung("-10m", ("team", "team_lead")),
        Rung("breach", ("manager",), raise_to=4),
        Rung("+30m", ("quality_officer",), give_to=cast.data.pk),
    )
    said = promise(
        "resolution", 60, ladder=rungs, pauses=("client", "third_party"), priority=4, service=cast.support.pk
    )
    version = draft(cast, promises=(said,))
    assert list(promises_of(version)) == [said]
    agreements.save(version, Terms(promises=()), revision=2, by=cast.ma, at=MONDAY)
    assert not EscalationStep.objects.filter(target__version=version).exists()


def test_a_version_of_another_client_holds_for_nobody_else(cast: Cast) -> None:
    agreement(promise("first_response", 5), client=cast.yuanhang)
    assert agreement_for(cast.huaxin.pk, MONDAY) == default_agreement()
