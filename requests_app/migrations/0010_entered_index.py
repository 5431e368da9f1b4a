"""An index for what a quarter brought to light about earlier ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0009_release_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(fields=["entered_at"], name="assistancerequest_entered"),
        ),
    ]
