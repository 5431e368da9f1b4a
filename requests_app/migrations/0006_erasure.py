"""Erasure of what the ledger keeps privately: asked for by one person, carried out by another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0005_account_walls"),
    ]

    operations = [
        # Entries from before note no rows, so they need no salt for them.
        migrations.AddField(
            model_name="ledgerprivate",
            name="row_salt",
            field=models.BinaryField(default=b"", max_length=32),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="LedgerErasureProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_proposals",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LedgerErasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_entry", models.BigIntegerField(default=0, editable=False)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure",
                        to="requests_app.ledgererasureproposal",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]
