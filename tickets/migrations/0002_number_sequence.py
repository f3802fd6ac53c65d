"""The count behind request numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [migrations.RunSQL("CREATE SEQUENCE tickets_number", "DROP SEQUENCE tickets_number")]
