"""The tables that are filled, each with all its columns."""

from __future__ import annotations

from django.apps import apps

_SAID = {
    "tickets_ticket": """
        id number organisation_id requester_id created_by_id channel service_id type subject description
        service_object began_at affected background wanted_by answers impact urgency priority
        priority_overridden complexity state wait wait_until waiting_since turn team_id assignee_id merged_into_id
        received_at changed_at closed_at is_verified reopen_count rework_count last_line last_line_public due_at
        due_soon_at due_kind event_seq event_hash
    """,
    "tickets_message": "id ticket_id author_id kind visibility channel body at",
    "tickets_ticketevent": "id ticket_id seq kind at recorded_at actor_id visibility message_id data hash",
    "tickets_searchentry": "ticket_id public internal",
    "tickets_task": "id ticket_id title owner_id due_at created_at done_at done_by_id",
    "tickets_plan": """
        id ticket_id version state author_id reviewer_id reviewed_at proposed_at decided_by_id decided_at
        chosen_id created_at
    """,
    "tickets_planoption": "id plan_id position title steps effect resources duration risk risk_note",
    "tickets_delivery": """
        id ticket_id number message_id delivered_by_id delivered_at outcome decided_by_id decided_at
    """,
    "quality_survey": "id key ticket_id sent_at expires_at void_at answered_at answered_by_id answered_via comment",
    "quality_surveyanswer": "id survey_id dimension score",
    "sla_pin": "id ticket_id seq kind target_id calendar_version_id reason",
    "sla_clock": """
        id ticket_id kind cycle part state pin_id target_seconds started_at due_at soon_at stopped_at
        breached_at noticed_at counted paused read_at next_check_at parked_at problem
    """,
    "sla_clockstep": "id clock_id step at event_id",
    "sla_clockshare": "id clock_id cause team_id seconds",
    "notifications_notice": "id recipient_id kind dedupe_key data path in_page created_at read_at",
    "notifications_delivery": "id notice_id channel state attempts next_try_at sent_at error",
}
COLUMNS = {table: names.split() for table, names in _SAID.items()}


def check_columns() -> None:
    """Fail when a model has other columns than are written.

    Raises:
        LookupError: it names the columns.
    """
    for model in apps.get_models():
        if wanted := COLUMNS.get(model._meta.db_table):
            there = {str(field.column) for field in model._meta.local_concrete_fields}
            if there != set(wanted):
                raise LookupError(f"{model._meta.db_table} has other columns: {sorted(there ^ set(wanted))}")
