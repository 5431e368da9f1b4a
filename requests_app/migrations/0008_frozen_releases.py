"""What is to be published, what was, and the calls for service beside it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0007_log_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenQuarter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.CharField(max_length=7)),
                ("number", models.PositiveSmallIntegerField()),
                ("document", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("numbers", models.JSONField(default=list)),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "frozen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReleaseDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.BinaryField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "frozen",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="requests_app.frozenquarter",
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="requests_app.release",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CallsForService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.CharField(max_length=7)),
                ("calls", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("url", models.URLField(max_length=500)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__regex", "^[0-9]{4}-Q[1-4]$")),
                        name="callsforservice_quarter_is_year_and_quarter",
                        violation_error_message="A quarter is written 2026-Q1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("calls__gt", 0)),
                        name="callsforservice_are_some",
                        violation_error_message="Enter how many calls there were.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="frozenquarter",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__regex", "^[0-9]{4}-Q[1-4]$")),
                name="frozenquarter_quarter_is_year_and_quarter",
                violation_error_message="A quarter is written 2026-Q1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="frozenquarter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "facts_corrected",
                            "found_later",
                            "cases_went_on",
                            "calls_for_service",
                            "counted_differently",
                            "mistake",
                            "",
                        ],
                    )
                ),
                name="frozenquarter_reason_is_known",
                violation_error_message="Choose one of the listed values for reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="frozenquarter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("reason", "")),
                    models.Q(("number__gt", 1), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="frozenquarter_correction_has_a_reason",
                violation_error_message="A correction needs a reason, and a first release has none.",
            ),
        ),
    ]
