"""What a recalculation moved is counted as it happens, no longer summed up when it is done."""

from django.db import migrations, models


def take_over(apps, schema_editor):
    """What was summed up before."""
    model = apps.get_model("sla", "Recalculation")
    for asked in model.objects.filter(outcome__isnull=False):
        asked.moved_requests = asked.outcome.get("requests", 0)
        asked.moved_clocks = asked.outcome.get("clocks", 0)
        asked.save(update_fields=["moved_requests", "moved_clocks"])


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0005_remove_target_warnings'),
    ]

    operations = [
        migrations.AddField("recalculation", "moved_clocks", models.PositiveIntegerField(default=0)),
        migrations.AddField("recalculation", "moved_requests", models.PositiveIntegerField(default=0)),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField("recalculation", "outcome"),
    ]
