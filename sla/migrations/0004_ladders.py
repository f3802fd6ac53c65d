"""Warnings become rungs of ladders, with those who were told so far; calendars say which years they cover."""

from django.db import migrations

WARNED = ["assignee"]
MISSED = ["assignee", "team_lead", "manager"]


def build_ladders(apps, schema_editor):
    Target, Step = apps.get_model("sla", "Target"), apps.get_model("sla", "EscalationStep")
    steps = []
    for target in Target.objects.all():
        rungs = [(point, WARNED) for point in dict.fromkeys(target.warnings)] + [("breach", MISSED)]
        steps += [
            Step(target=target, position=position, point=point, tell=tell)
            for position, (point, tell) in enumerate(rungs, start=1)
        ]
    Step.objects.bulk_create(steps)


def note_years(apps, schema_editor):
    for version in apps.get_model("sla", "CalendarVersion").objects.exclude(country=""):
        made = version.published_at or version.effective_from
        if made is not None:
            version.covered_years = list(range(made.year - 2, made.year + 3))
            version.save(update_fields=["covered_years"])


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_levels_with_pages")]

    operations = [
        migrations.RunPython(build_ladders, migrations.RunPython.noop),
        migrations.RunPython(note_years, migrations.RunPython.noop),
    ]
