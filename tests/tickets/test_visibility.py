"""Who sees what (R-070, R-083): always in the queryset."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from quality.models import Survey
from sla.models import Clock
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.states import Visibility


def seen(cast: Cast, name: str) -> set[Ticket]:
    """What the database gives a person, which is what a request at hand says of itself."""
    person = getattr(cast, name)
    found = set(Ticket.objects.visible_to(person))
    assert {ticket for ticket in Ticket.objects.all() if ticket.is_visible_to(person)} == found
    return found


def test_each_role_sees_what_it_should(cast: Cast) -> None:
    hers, colleague, foreign = cast.submit(), cast.submit(by=cast.wang), cast.submit(by=cast.stranger)
    data = cast.submit(service=cast.complaint)
    everything = {hers, colleague, foreign, data}
    assert seen(cast, "chen") == {hers, data}
    assert seen(cast, "hua") == {hers, colleague, data}
    assert seen(cast, "stranger") == {foreign}
    for name in ("zhou", "zhao", "li"):
        assert seen(cast, name) == {hers, colleague, foreign}
    assert seen(cast, "sun") == {data}
    for name in ("qin", "ma", "root"):
        assert seen(cast, name) == everything


def test_a_request_without_a_team_is_everybodys_until_somebody_takes_it(cast: Cast) -> None:
    cast.support.team = None
    cast.support.save()
    ticket = cast.submit()
    assert ticket in seen(cast, "sun")


def test_whoever_is_responsible_sees_it_whatever_the_team(cast: Cast) -> None:
    ticket = cast.submit()
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.sun)
    assert ticket in seen(cast, "sun")


def test_what_one_carries_or_has_in_ones_teams_is_said_more_briefly_but_is_the_same(cast: Cast) -> None:
    """`of_teams` and `carried_by` are `visible_to` and the team or the person, for everybody and all teams."""
    ticket = cast.submit()
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.sun)
    cast.submit(by=cast.wang), cast.submit(service=cast.complaint), cast.closed()
    teams = [cast.support.team_id, cast.complaint.team_id, 0]
    for name in ("chen", "hua", "zhou", "zhao", "li", "sun", "qin", "ma", "root"):
        person = getattr(cast, name)
        visible = Ticket.objects.visible_to(person)
        is_client = person.is_client
        assert set(Ticket.objects.carried_by(person)) == set(visible.filter(assignee=person)), name
        for wanted in ([], teams[:1], teams[1:2], teams[2:], teams):
            found = set() if is_client else set(visible.filter(team__in=wanted))
            assert set(Ticket.objects.of_teams(wanted, person)) == found, (name, wanted)
    cast.zhou.is_active = False
    for person in (cast.zhou, AnonymousUser()):
        assert not Ticket.objects.of_teams(teams, person).exists()  # type: ignore[arg-type]
        assert not Ticket.objects.carried_by(person).exists()  # type: ignore[arg-type]


def test_nobody_sees_anything_without_signing_in_or_after_leaving(cast: Cast) -> None:
    ticket = cast.submit()
    assert not Ticket.objects.visible_to(AnonymousUser()).exists()  # type: ignore[arg-type]
    assert not ticket.is_visible_to(AnonymousUser())  # type: ignore[arg-type]
    cast.chen.is_active = False
    assert seen(cast, "chen") == set()


def test_what_hangs_on_a_request_follows_it(cast: Cast) -> None:
    ticket = cast.closed()
    services.note(ticket, by=cast.zhou, at=MONDAY, body="The client is difficult.", files=[a_file("secret.txt")])
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="Thank you.", files=[a_file("public.txt")])
    for model in (Message, Attachment, TicketEvent, Clock, Survey):
        assert not model.objects.visible_to(cast.stranger).exists()
        assert model.objects.visible_to(cast.zhou).exists()
    for model in (Message, Attachment, TicketEvent):
        rows = model.objects.visible_to(cast.chen)
        assert rows.exists()
        assert not rows.exclude(visibility=Visibility.PUBLIC).exists()


def test_what_hangs_on_one_request_is_what_one_sees_of_all(cast: Cast) -> None:
    ticket, other = cast.closed(), cast.submit(by=cast.stranger)
    services.note(ticket, by=cast.zhou, at=MONDAY, body="The client is difficult.", files=[a_file("secret.txt")])
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="Thank you.", files=[a_file("public.txt")])
    for model in (Message, Attachment, TicketEvent, Clock):
        for name in ("chen", "wang", "hua", "stranger", "zhou", "sun", "ma"):
            person = getattr(cast, name)
            for each in (ticket, other):
                expected = set(model.objects.visible_to(person).filter(ticket=each))
                assert set(model.objects.on(each, person)) == expected
        assert not model.objects.on(ticket, cast.stranger).exists()
        assert model.objects.on(ticket, cast.zhou).exists()


def test_a_note_is_not_even_found_or_quoted(cast: Cast) -> None:
    """Search, the line in lists and notices never show a client an internal word."""
    ticket = cast.submit()
    services.note(ticket, by=cast.zhou, at=MONDAY, body="Schwierigkeiten 内部消息")
    ticket = cast.fresh(ticket)
    assert "内部消息" in ticket.last_line
    assert "内部消息" not in ticket.last_line_public
    for text in ("Schwierigkeiten", "内部消息"):
        assert Ticket.objects.visible_to(cast.zhou).matching(text, internal=True).exists()
        assert not Ticket.objects.visible_to(cast.chen).matching(text, internal=False).exists()


@pytest.mark.parametrize("name", ["chen", "wang", "hua", "stranger"])
def test_clients_write_no_notes(cast: Cast, name: str) -> None:
    ticket = cast.submit(by=getattr(cast, name))
    with pytest.raises(Exception, match=r".+"):
        services.note(ticket, by=getattr(cast, name), at=MONDAY, body="x")
    assert not ticket.messages.exists()
