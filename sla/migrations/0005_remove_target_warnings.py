from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sla", "0004_ladders")]

    operations = [migrations.RemoveField(model_name="target", name="warnings")]
