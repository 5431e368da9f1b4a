"""Tables of the register."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# The one clock of the register. A demonstration may set it for a transaction; a real register never.
# The offset keeps two acts of one transaction apart and in order.
CLOCK = """
CREATE FUNCTION register_now() RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    set_to text := current_setting('app.demonstration_clock', true);
BEGIN
    IF set_to IS NULL OR set_to = '' THEN
        RETURN clock_timestamp();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.requests_app_installation WHERE kind = 'demonstration') THEN
        RAISE EXCEPTION 'Only a demonstration may set the clock.' USING ERRCODE = '42501';
    END IF;
    RETURN set_to::timestamptz + (clock_timestamp() - transaction_timestamp());
END
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(CLOCK, reverse_sql="DROP FUNCTION register_now()"),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("action", models.CharField(max_length=40)),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("forbidden", "Not permitted"),
                            ("illegal", "Not possible now"),
                            ("stale", "Changed meanwhile"),
                            ("policy", "Blocked by policy"),
                            ("input", "Please check"),
                        ],
                        max_length=12,
                    ),
                ),
                ("case_revision", models.PositiveIntegerField(blank=True, null=True)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("public_bytes", models.BinaryField()),
                ("leaf", models.BinaryField(max_length=64)),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "badge_number",
                    models.CharField(
                        error_messages={
                            "unique": "This badge number has an account already. Badge numbers are never reused."
                        },
                        max_length=20,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9-]{2,20}\\Z", "Use 2 to 20 capital letters, digits or hyphens."
                            )
                        ],
                    ),
                ),
                ("display_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, help_text="Where pages are sent.", max_length=254)),
                ("is_active", models.BooleanField(default=True)),
                ("is_system", models.BooleanField(default=False, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
            ],
            options={
                "ordering": ["badge_number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("badge_number__regex", "^[A-Z0-9-]{2,20}$")),
                        name="user_badge_number_is_capitals",
                        violation_error_message="A badge number is 2 to 20 capital letters, digits or hyphens.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_system", True)),
                        fields=("is_system",),
                        name="user_one_system_account",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssistanceRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("number", models.CharField(editable=False, max_length=12, unique=True)),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("intake", "Intake"),
                            ("abandoned", "Abandoned"),
                            ("waiting", "Waiting"),
                            ("under_review", "Under review"),
                            ("information_needed", "Information needed"),
                            ("decided", "Decided"),
                            ("in_field", "In the field"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="intake",
                        max_length=20,
                    ),
                ),
                ("is_exercise", models.BooleanField(default=False)),
                ("exercise_source", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "discovered_by",
                    models.CharField(
                        choices=[
                            ("live", "Live, as it happened"),
                            ("self_report", "Reported later by staff"),
                            ("audit", "Found in an audit"),
                            ("media", "Found by the media"),
                            ("complaint", "Found through a complaint"),
                            ("reconciliation", "Found in dispatch records"),
                        ],
                        default="live",
                        max_length=16,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("inbound", "They contacted us"), ("outbound", "We contacted them")],
                        default="inbound",
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("911", "911"),
                            ("non_emergency_line", "Non-emergency line"),
                            ("commander_direct", "Directly to a commander"),
                            ("personal_phone", "Personal phone"),
                            ("chat", "Chat"),
                            ("email", "E-mail"),
                            ("fax", "Fax"),
                            ("radio", "Radio"),
                            ("in_person", "In person"),
                            ("on_view", "Seen by an officer"),
                            ("task_force", "Task force"),
                        ],
                        default="non_emergency_line",
                        max_length=20,
                    ),
                ),
                (
                    "component",
                    models.CharField(
                        choices=[
                            ("ero", "ICE: Enforcement and Removal (ERO)"),
                            ("hsi", "ICE: Homeland Security Investigations (HSI)"),
                            ("cbp", "Customs and Border Protection (CBP)"),
                            ("uscis", "Citizenship and Immigration Services (USCIS)"),
                            ("fps", "Federal Protective Service (FPS)"),
                            ("other_dhs", "Another part of Homeland Security"),
                            ("dhs_contractor", "Contractor of Homeland Security"),
                            ("other_federal", "Another federal agency"),
                            ("state_local_delegate", "State or local officer acting for ICE"),
                            ("foreign", "Foreign authority"),
                            ("member_of_public", "Member of the public"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=24,
                    ),
                ),
                ("what_was_said", models.TextField(blank=True, max_length=4000)),
                ("requested_for", models.DateTimeField(blank=True, null=True)),
                ("persons_sought", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "division",
                    models.CharField(
                        choices=[
                            ("1", "First Division"),
                            ("2", "Second Division"),
                            ("3", "Third Division"),
                            ("4", "Fourth Division"),
                            ("5", "Fifth Division"),
                            ("6", "Sixth Division"),
                            ("7", "Seventh Division"),
                            ("8", "Eighth Division"),
                            ("other", "Another jurisdiction"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "place_kind",
                    models.CharField(
                        choices=[
                            ("residence", "House or apartment"),
                            ("business", "Business or workplace"),
                            ("road", "Road or vehicle"),
                            ("court", "Court"),
                            ("jail", "Jail"),
                            ("school", "School"),
                            ("hospital", "Hospital or clinic"),
                            ("worship", "Place of worship"),
                            ("federal_office", "Federal office"),
                            ("other", "Other place"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("cad_event_number", models.CharField(blank=True, max_length=32)),
                (
                    "cad_absence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_a_call", "Did not come in as a call for service"),
                            ("cad_down", "Dispatch system was down"),
                            ("paper", "Taken down on paper"),
                            ("not_known", "Number not known"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "grounds_claimed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("criminal_warrant", "Criminal warrant not related to immigration status"),
                                ("crime", "A crime that occurred or is occurring"),
                                ("public_danger", "Emergency with clear public danger"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_at_intake",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_by_commander",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_by_review",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("logged_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("information_needed", models.TextField(blank=True, max_length=1000)),
                ("information_requested_at", models.DateTimeField(blank=True, null=True)),
                ("information_due_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("review_due_at", models.DateTimeField(blank=True, null=True)),
                ("status_reason", models.TextField(blank=True, max_length=1000)),
                ("legal_hold", models.BooleanField(default=False)),
                (
                    "retention_class",
                    models.CharField(
                        choices=[
                            ("standard", "Standard"),
                            ("litigation", "Litigation"),
                            ("use_of_force", "Use of force"),
                            ("permanent", "Permanent"),
                        ],
                        default="standard",
                        max_length=16,
                    ),
                ),
                ("retain_until", models.DateField(blank=True, null=True)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "logged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CommanderCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded",
                    models.CharField(
                        choices=[
                            ("yes", "Recorded"),
                            ("failed", "Recorder failed"),
                            ("refused_by_caller", "Caller refused to be recorded"),
                            ("no", "Not recorded"),
                        ],
                        max_length=20,
                    ),
                ),
                ("recorder_reference", models.CharField(blank=True, max_length=60)),
                ("note", models.TextField(blank=True, max_length=1000)),
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
                        related_name="calls",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "commander",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=60)),
                ("is_restricted", models.BooleanField(default=False)),
                ("old", models.TextField(blank=True)),
                ("new", models.TextField(blank=True)),
                ("reason", models.TextField(max_length=1000)),
                ("occurred_at", models.DateTimeField()),
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
                        related_name="corrections",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "corrected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["entered_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("assist", "Assist, within limits"),
                            ("decline", "Decline"),
                            ("refer", "Refer"),
                            ("record_only", "Record only"),
                            ("ordinary_service", "Ordinary service"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("criminal_warrant", "Criminal warrant not related to immigration status"),
                                ("crime", "A crime that occurred or is occurring"),
                                ("public_danger", "Emergency with clear public danger"),
                                ("judicial_warrant", "Warrant signed by a judge (ordinance as reported)"),
                                (
                                    "risk_of_violence",
                                    "Risk of violence or clear danger (ordinance as reported)",
                                ),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "primary_ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("criminal_warrant", "Criminal warrant not related to immigration status"),
                            ("crime", "A crime that occurred or is occurring"),
                            ("public_danger", "Emergency with clear public danger"),
                            ("judicial_warrant", "Warrant signed by a judge (ordinance as reported)"),
                            ("risk_of_violence", "Risk of violence or clear danger (ordinance as reported)"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("named_in_policy", "Named in the policy as refused"),
                            ("no_ground", "No ground holds"),
                            ("administrative_document_only", "Administrative document only"),
                            ("immigration_offence_only", "Immigration offence only"),
                            ("warrant_not_confirmed", "Warrant not confirmed"),
                            ("warrant_recalled_or_mismatched", "Warrant recalled or does not match"),
                            ("not_extraditable", "Not extraditable"),
                            ("no_open_case", "No open LMPD case"),
                            ("danger_not_shown", "Danger not shown"),
                            ("danger_ended", "Danger has ended"),
                            ("caller_not_verified", "Caller not verified"),
                            ("impostor", "Impostor"),
                            ("unrecorded_line", "Line not recorded"),
                            ("informal_channel", "Informal channel"),
                            ("commander_not_reached", "Commander not reached"),
                            (
                                "officers_assessment",
                                "Permitted, and still declined on the officer's assessment",
                            ),
                            ("duplicate", "Duplicate of another request"),
                            ("other", "Other"),
                        ],
                        max_length=32,
                    ),
                ),
                ("reason_text", models.TextField(blank=True, max_length=2000)),
                (
                    "scope_allowed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("serve_criminal_warrant", "Serve the criminal warrant"),
                                ("arrest_local_crime", "Arrest for a local crime"),
                                ("investigate_crime", "Investigate a crime"),
                                ("protect_life", "Protect life"),
                                ("medical_aid", "Medical aid"),
                                ("secure_scene", "Secure the scene"),
                                ("crowd_safety", "Safety of a crowd"),
                                ("traffic_safety", "Traffic safety"),
                                ("take_report", "Take a report"),
                                ("transport_own_prisoner", "Transport our own prisoner"),
                                ("verify_identity", "Verify who the agents are"),
                                ("give_information", "Give information"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "scope_forbidden",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("serve_criminal_warrant", "Serve the criminal warrant"),
                                ("arrest_local_crime", "Arrest for a local crime"),
                                ("investigate_crime", "Investigate a crime"),
                                ("protect_life", "Protect life"),
                                ("medical_aid", "Medical aid"),
                                ("secure_scene", "Secure the scene"),
                                ("crowd_safety", "Safety of a crowd"),
                                ("traffic_safety", "Traffic safety"),
                                ("take_report", "Take a report"),
                                ("transport_own_prisoner", "Transport our own prisoner"),
                                ("verify_identity", "Verify who the agents are"),
                                ("give_information", "Give information"),
                                ("perimeter_for_federal_arrest", "Perimeter for a federal arrest"),
                                ("knock_or_clear_for_federal", "Knock or clear for federal agents"),
                                ("stop_vehicle_for_federal", "Stop a vehicle for federal agents"),
                                ("transport_for_federal", "Transport for federal agents"),
                                ("search_for_federal", "Search for federal agents"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("referred_to", models.CharField(blank=True, max_length=120)),
                ("decided_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("is_own_intake", models.BooleanField(default=False)),
                ("needs_agreement", models.BooleanField(default=False)),
                ("policy_version", models.CharField(max_length=40)),
                ("policy_sha256", models.CharField(max_length=64)),
                ("facts", models.JSONField()),
                ("verdict", models.JSONField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "logged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="requests_app.decision",
                    ),
                ),
            ],
            options={
                "ordering": ["case", "sequence"],
            },
        ),
        migrations.CreateModel(
            name="Deviation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("quarter", models.CharField(blank=True, max_length=7)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_commander_contact", "No commander contact"),
                            ("late_commander_contact", "Late commander contact"),
                            ("decided_own_intake", "Decided own intake"),
                            ("radio_decision_unconfirmed", "Radio decision unconfirmed"),
                            ("not_recorded", "Call not recorded"),
                            ("dispatched_before_decision", "Dispatched before the decision without danger"),
                            ("no_ground", "Officers sent with no ground"),
                            ("warrant_not_confirmed", "Officers sent on an unconfirmed warrant"),
                            ("commander_did_not_attend", "Commander did not attend"),
                            ("commander_attended_late", "Commander attended late"),
                            (
                                "dispatched_to_unverified_caller",
                                "Dispatched to an unverified caller without urgency",
                            ),
                            ("scope_exceeded", "Scope exceeded"),
                            ("entered_late", "Entered late"),
                            ("cad_number_missing", "CAD number missing"),
                            ("reclassified", "Reclassified"),
                            ("review_overdue", "Review overdue"),
                            ("released_late", "Period released late"),
                        ],
                        max_length=40,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("stands", models.BooleanField(default=True)),
                ("explanation", models.TextField(blank=True, max_length=2000)),
                ("explained_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deviations",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "explained_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["found_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="DirectoryNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "component",
                    models.CharField(
                        choices=[
                            ("ero", "ICE: Enforcement and Removal (ERO)"),
                            ("hsi", "ICE: Homeland Security Investigations (HSI)"),
                            ("cbp", "Customs and Border Protection (CBP)"),
                            ("uscis", "Citizenship and Immigration Services (USCIS)"),
                            ("fps", "Federal Protective Service (FPS)"),
                            ("other_dhs", "Another part of Homeland Security"),
                            ("dhs_contractor", "Contractor of Homeland Security"),
                            ("other_federal", "Another federal agency"),
                            ("state_local_delegate", "State or local officer acting for ICE"),
                            ("foreign", "Foreign authority"),
                            ("member_of_public", "Member of the public"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=24,
                    ),
                ),
                ("office", models.CharField(max_length=120)),
                ("number", models.CharField(max_length=40)),
                ("in_use", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["component", "office"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "component__in",
                                [
                                    "ero",
                                    "hsi",
                                    "cbp",
                                    "uscis",
                                    "fps",
                                    "other_dhs",
                                    "dhs_contractor",
                                    "other_federal",
                                    "state_local_delegate",
                                    "foreign",
                                    "member_of_public",
                                    "unknown",
                                ],
                            )
                        ),
                        name="directorynumber_component_is_known",
                        violation_error_message="Choose one of the listed values for component.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("in_use", True)),
                        fields=("component", "office"),
                        name="directorynumber_one_for_each_office",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("dispatched_at", models.DateTimeField()),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                    ),
                ),
                ("officers", models.PositiveSmallIntegerField()),
                ("first_arrival_at", models.DateTimeField(blank=True, null=True)),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("commander_arrived_at", models.DateTimeField(blank=True, null=True)),
                ("commander_left_at", models.DateTimeField(blank=True, null=True)),
                ("commander_absent_reason", models.TextField(blank=True, max_length=1000)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "commander",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "dispatches",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "claimed_class",
                    models.CharField(
                        choices=[
                            ("criminal_warrant", "Criminal warrant"),
                            ("criminal_search_warrant", "Criminal search warrant"),
                            ("immigration_crime_warrant", "Warrant for an immigration crime"),
                            (
                                "administrative_warrant",
                                "Administrative warrant (I-200, I-205, IVF hit, immigration judge)",
                            ),
                            ("detainer", "Detainer"),
                            ("judicial_civil_warrant", "Judicial civil warrant"),
                        ],
                        max_length=28,
                    ),
                ),
                (
                    "confirmed_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("criminal_warrant", "Criminal warrant"),
                            ("criminal_search_warrant", "Criminal search warrant"),
                            ("immigration_crime_warrant", "Warrant for an immigration crime"),
                            (
                                "administrative_warrant",
                                "Administrative warrant (I-200, I-205, IVF hit, immigration judge)",
                            ),
                            ("detainer", "Detainer"),
                            ("judicial_civil_warrant", "Judicial civil warrant"),
                        ],
                        max_length=28,
                    ),
                ),
                (
                    "confirmation",
                    models.CharField(
                        choices=[
                            ("confirmed_active", "Confirmed active"),
                            ("unconfirmed", "Not confirmed yet"),
                            ("recalled", "Recalled"),
                            ("not_extraditable", "Not extraditable"),
                        ],
                        default="unconfirmed",
                        max_length=20,
                    ),
                ),
                ("matches_subject", models.BooleanField(default=True)),
                ("court", models.CharField(blank=True, max_length=120)),
                ("document_number", models.CharField(blank=True, max_length=60)),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("struck", models.BooleanField(default=False)),
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
                        related_name="documents",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
            name="Endorsement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agrees", "Agrees"),
                            ("disagrees", "Disagrees"),
                            ("confirms_radio", "Confirms the radio decision"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=1000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endorsements",
                        to="requests_app.decision",
                    ),
                ),
                (
                    "officer",
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
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("verified_callback", "Verified by call-back"),
                            ("verified_at_scene", "Verified at the scene"),
                            ("unverified", "Not verified"),
                            ("failed", "Verification failed"),
                        ],
                        default="unverified",
                        max_length=20,
                    ),
                ),
                ("verification_method", models.CharField(blank=True, max_length=200)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "crime_status",
                    models.CharField(
                        choices=[
                            ("none", "No crime alleged"),
                            ("past", "Has occurred"),
                            ("in_progress", "Is occurring"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("crime_offence", models.CharField(blank=True, max_length=200)),
                ("immigration_offence_only", models.BooleanField(default=False)),
                (
                    "crime_basis",
                    models.CharField(
                        choices=[
                            ("none", "Nothing yet"),
                            ("own_report", "LMPD report"),
                            ("witnessed", "Seen by an LMPD officer"),
                            ("camera", "Seen on camera"),
                            ("other_caller", "Another caller"),
                            ("agent_detailed", "Agent gave details"),
                            ("agent_assertion", "Agent's word only"),
                        ],
                        default="none",
                        max_length=16,
                    ),
                ),
                ("lmpd_case_number", models.CharField(blank=True, max_length=32)),
                (
                    "danger_level",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("claimed", "Claimed, not clear"),
                            ("clear", "Clear danger to the public"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("danger_articulated", models.TextField(blank=True, max_length=1000)),
                ("danger_assessment", models.TextField(blank=True, max_length=1000)),
                (
                    "danger_corroboration",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("own_eyes", "Seen by an LMPD officer"),
                            ("camera", "Seen on camera"),
                            ("other_callers", "Other callers"),
                            ("requester_only", "Requester's word only"),
                        ],
                        default="none",
                        max_length=16,
                    ),
                ),
                ("danger_ended", models.BooleanField(default=False)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
            },
        ),
        migrations.CreateModel(
            name="FieldOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "actions_taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("serve_criminal_warrant", "Serve the criminal warrant"),
                                ("arrest_local_crime", "Arrest for a local crime"),
                                ("investigate_crime", "Investigate a crime"),
                                ("protect_life", "Protect life"),
                                ("medical_aid", "Medical aid"),
                                ("secure_scene", "Secure the scene"),
                                ("crowd_safety", "Safety of a crowd"),
                                ("traffic_safety", "Traffic safety"),
                                ("take_report", "Take a report"),
                                ("transport_own_prisoner", "Transport our own prisoner"),
                                ("verify_identity", "Verify who the agents are"),
                                ("give_information", "Give information"),
                                ("perimeter_for_federal_arrest", "Perimeter for a federal arrest"),
                                ("knock_or_clear_for_federal", "Knock or clear for federal agents"),
                                ("stop_vehicle_for_federal", "Stop a vehicle for federal agents"),
                                ("transport_for_federal", "Transport for federal agents"),
                                ("search_for_federal", "Search for federal agents"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("local_arrests", models.PositiveSmallIntegerField(default=0)),
                ("citations", models.PositiveSmallIntegerField(default=0)),
                ("handed_to_federal", models.PositiveSmallIntegerField(default=0)),
                ("federal_arrests_seen", models.PositiveSmallIntegerField(default=0)),
                ("force_used", models.BooleanField(default=False)),
                ("injuries", models.PositiveSmallIntegerField(default=0)),
                ("officer_minutes", models.PositiveIntegerField(default=0)),
                ("narrative", models.TextField(blank=True, max_length=4000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_outcome",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalAssistanceRequest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("number", models.CharField(db_index=True, editable=False, max_length=12)),
                ("public_id", models.CharField(db_index=True, editable=False, max_length=16)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("intake", "Intake"),
                            ("abandoned", "Abandoned"),
                            ("waiting", "Waiting"),
                            ("under_review", "Under review"),
                            ("information_needed", "Information needed"),
                            ("decided", "Decided"),
                            ("in_field", "In the field"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="intake",
                        max_length=20,
                    ),
                ),
                ("is_exercise", models.BooleanField(default=False)),
                ("exercise_source", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "discovered_by",
                    models.CharField(
                        choices=[
                            ("live", "Live, as it happened"),
                            ("self_report", "Reported later by staff"),
                            ("audit", "Found in an audit"),
                            ("media", "Found by the media"),
                            ("complaint", "Found through a complaint"),
                            ("reconciliation", "Found in dispatch records"),
                        ],
                        default="live",
                        max_length=16,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("inbound", "They contacted us"), ("outbound", "We contacted them")],
                        default="inbound",
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("911", "911"),
                            ("non_emergency_line", "Non-emergency line"),
                            ("commander_direct", "Directly to a commander"),
                            ("personal_phone", "Personal phone"),
                            ("chat", "Chat"),
                            ("email", "E-mail"),
                            ("fax", "Fax"),
                            ("radio", "Radio"),
                            ("in_person", "In person"),
                            ("on_view", "Seen by an officer"),
                            ("task_force", "Task force"),
                        ],
                        default="non_emergency_line",
                        max_length=20,
                    ),
                ),
                (
                    "component",
                    models.CharField(
                        choices=[
                            ("ero", "ICE: Enforcement and Removal (ERO)"),
                            ("hsi", "ICE: Homeland Security Investigations (HSI)"),
                            ("cbp", "Customs and Border Protection (CBP)"),
                            ("uscis", "Citizenship and Immigration Services (USCIS)"),
                            ("fps", "Federal Protective Service (FPS)"),
                            ("other_dhs", "Another part of Homeland Security"),
                            ("dhs_contractor", "Contractor of Homeland Security"),
                            ("other_federal", "Another federal agency"),
                            ("state_local_delegate", "State or local officer acting for ICE"),
                            ("foreign", "Foreign authority"),
                            ("member_of_public", "Member of the public"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=24,
                    ),
                ),
                ("what_was_said", models.TextField(blank=True, max_length=4000)),
                ("requested_for", models.DateTimeField(blank=True, null=True)),
                ("persons_sought", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "division",
                    models.CharField(
                        choices=[
                            ("1", "First Division"),
                            ("2", "Second Division"),
                            ("3", "Third Division"),
                            ("4", "Fourth Division"),
                            ("5", "Fifth Division"),
                            ("6", "Sixth Division"),
                            ("7", "Seventh Division"),
                            ("8", "Eighth Division"),
                            ("other", "Another jurisdiction"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "place_kind",
                    models.CharField(
                        choices=[
                            ("residence", "House or apartment"),
                            ("business", "Business or workplace"),
                            ("road", "Road or vehicle"),
                            ("court", "Court"),
                            ("jail", "Jail"),
                            ("school", "School"),
                            ("hospital", "Hospital or clinic"),
                            ("worship", "Place of worship"),
                            ("federal_office", "Federal office"),
                            ("other", "Other place"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("cad_event_number", models.CharField(blank=True, max_length=32)),
                (
                    "cad_absence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_a_call", "Did not come in as a call for service"),
                            ("cad_down", "Dispatch system was down"),
                            ("paper", "Taken down on paper"),
                            ("not_known", "Number not known"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "grounds_claimed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("criminal_warrant", "Criminal warrant not related to immigration status"),
                                ("crime", "A crime that occurred or is occurring"),
                                ("public_danger", "Emergency with clear public danger"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_at_intake",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_by_commander",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "types_by_review",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("knock_and_talk", "Knock and talk"),
                                ("clear_building", "Clear a house or apartment"),
                                ("perimeter", "Perimeter or block a street"),
                                ("traffic_stop", "Traffic stop"),
                                ("serve_warrant", "Serve a warrant"),
                                ("search_warrant_support", "Support a search warrant"),
                                ("emergency_assistance", "Emergency assistance"),
                                ("crowd_control", "Crowd control"),
                                ("standby", "Stand by"),
                                ("deconfliction_notice", "Notice of an operation"),
                                ("detainer", "Detainer"),
                                ("records_lookup", "Look up records"),
                                ("status_exchange", "Exchange of status information"),
                                ("equipment_or_staff", "Equipment or staff"),
                                ("task_force", "Task force work"),
                                ("identity_check", "Check who the agents are"),
                                ("ordinary_service", "Ordinary police or ambulance service"),
                                ("welfare_check", "Welfare check"),
                                ("court_order", "Court order"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("logged_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("information_needed", models.TextField(blank=True, max_length=1000)),
                ("information_requested_at", models.DateTimeField(blank=True, null=True)),
                ("information_due_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("review_due_at", models.DateTimeField(blank=True, null=True)),
                ("status_reason", models.TextField(blank=True, max_length=1000)),
                ("legal_hold", models.BooleanField(default=False)),
                (
                    "retention_class",
                    models.CharField(
                        choices=[
                            ("standard", "Standard"),
                            ("litigation", "Litigation"),
                            ("use_of_force", "Use of force"),
                            ("permanent", "Permanent"),
                        ],
                        default="standard",
                        max_length=16,
                    ),
                ),
                ("retain_until", models.DateField(blank=True, null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "logged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical assistance request",
                "verbose_name_plural": "historical assistance requests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCommanderCall",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded",
                    models.CharField(
                        choices=[
                            ("yes", "Recorded"),
                            ("failed", "Recorder failed"),
                            ("refused_by_caller", "Caller refused to be recorded"),
                            ("no", "Not recorded"),
                        ],
                        max_length=20,
                    ),
                ),
                ("recorder_reference", models.CharField(blank=True, max_length=60)),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "commander",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical commander call",
                "verbose_name_plural": "historical commander calls",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeviation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("quarter", models.CharField(blank=True, max_length=7)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_commander_contact", "No commander contact"),
                            ("late_commander_contact", "Late commander contact"),
                            ("decided_own_intake", "Decided own intake"),
                            ("radio_decision_unconfirmed", "Radio decision unconfirmed"),
                            ("not_recorded", "Call not recorded"),
                            ("dispatched_before_decision", "Dispatched before the decision without danger"),
                            ("no_ground", "Officers sent with no ground"),
                            ("warrant_not_confirmed", "Officers sent on an unconfirmed warrant"),
                            ("commander_did_not_attend", "Commander did not attend"),
                            ("commander_attended_late", "Commander attended late"),
                            (
                                "dispatched_to_unverified_caller",
                                "Dispatched to an unverified caller without urgency",
                            ),
                            ("scope_exceeded", "Scope exceeded"),
                            ("entered_late", "Entered late"),
                            ("cad_number_missing", "CAD number missing"),
                            ("reclassified", "Reclassified"),
                            ("review_overdue", "Review overdue"),
                            ("released_late", "Period released late"),
                        ],
                        max_length=40,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("stands", models.BooleanField(default=True)),
                ("explanation", models.TextField(blank=True, max_length=2000)),
                ("explained_at", models.DateTimeField(blank=True, null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "explained_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deviation",
                "verbose_name_plural": "historical deviations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDirectoryNumber",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "component",
                    models.CharField(
                        choices=[
                            ("ero", "ICE: Enforcement and Removal (ERO)"),
                            ("hsi", "ICE: Homeland Security Investigations (HSI)"),
                            ("cbp", "Customs and Border Protection (CBP)"),
                            ("uscis", "Citizenship and Immigration Services (USCIS)"),
                            ("fps", "Federal Protective Service (FPS)"),
                            ("other_dhs", "Another part of Homeland Security"),
                            ("dhs_contractor", "Contractor of Homeland Security"),
                            ("other_federal", "Another federal agency"),
                            ("state_local_delegate", "State or local officer acting for ICE"),
                            ("foreign", "Foreign authority"),
                            ("member_of_public", "Member of the public"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=24,
                    ),
                ),
                ("office", models.CharField(max_length=120)),
                ("number", models.CharField(max_length=40)),
                ("in_use", models.BooleanField(default=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical directory number",
                "verbose_name_plural": "historical directory numbers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDispatch",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("dispatched_at", models.DateTimeField()),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                    ),
                ),
                ("officers", models.PositiveSmallIntegerField()),
                ("first_arrival_at", models.DateTimeField(blank=True, null=True)),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("commander_arrived_at", models.DateTimeField(blank=True, null=True)),
                ("commander_left_at", models.DateTimeField(blank=True, null=True)),
                ("commander_absent_reason", models.TextField(blank=True, max_length=1000)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "commander",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical dispatch",
                "verbose_name_plural": "historical dispatches",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDocument",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "claimed_class",
                    models.CharField(
                        choices=[
                            ("criminal_warrant", "Criminal warrant"),
                            ("criminal_search_warrant", "Criminal search warrant"),
                            ("immigration_crime_warrant", "Warrant for an immigration crime"),
                            (
                                "administrative_warrant",
                                "Administrative warrant (I-200, I-205, IVF hit, immigration judge)",
                            ),
                            ("detainer", "Detainer"),
                            ("judicial_civil_warrant", "Judicial civil warrant"),
                        ],
                        max_length=28,
                    ),
                ),
                (
                    "confirmed_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("criminal_warrant", "Criminal warrant"),
                            ("criminal_search_warrant", "Criminal search warrant"),
                            ("immigration_crime_warrant", "Warrant for an immigration crime"),
                            (
                                "administrative_warrant",
                                "Administrative warrant (I-200, I-205, IVF hit, immigration judge)",
                            ),
                            ("detainer", "Detainer"),
                            ("judicial_civil_warrant", "Judicial civil warrant"),
                        ],
                        max_length=28,
                    ),
                ),
                (
                    "confirmation",
                    models.CharField(
                        choices=[
                            ("confirmed_active", "Confirmed active"),
                            ("unconfirmed", "Not confirmed yet"),
                            ("recalled", "Recalled"),
                            ("not_extraditable", "Not extraditable"),
                        ],
                        default="unconfirmed",
                        max_length=20,
                    ),
                ),
                ("matches_subject", models.BooleanField(default=True)),
                ("court", models.CharField(blank=True, max_length=120)),
                ("document_number", models.CharField(blank=True, max_length=60)),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("struck", models.BooleanField(default=False)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical document",
                "verbose_name_plural": "historical documents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEvidence",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("verified_callback", "Verified by call-back"),
                            ("verified_at_scene", "Verified at the scene"),
                            ("unverified", "Not verified"),
                            ("failed", "Verification failed"),
                        ],
                        default="unverified",
                        max_length=20,
                    ),
                ),
                ("verification_method", models.CharField(blank=True, max_length=200)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "crime_status",
                    models.CharField(
                        choices=[
                            ("none", "No crime alleged"),
                            ("past", "Has occurred"),
                            ("in_progress", "Is occurring"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("crime_offence", models.CharField(blank=True, max_length=200)),
                ("immigration_offence_only", models.BooleanField(default=False)),
                (
                    "crime_basis",
                    models.CharField(
                        choices=[
                            ("none", "Nothing yet"),
                            ("own_report", "LMPD report"),
                            ("witnessed", "Seen by an LMPD officer"),
                            ("camera", "Seen on camera"),
                            ("other_caller", "Another caller"),
                            ("agent_detailed", "Agent gave details"),
                            ("agent_assertion", "Agent's word only"),
                        ],
                        default="none",
                        max_length=16,
                    ),
                ),
                ("lmpd_case_number", models.CharField(blank=True, max_length=32)),
                (
                    "danger_level",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("claimed", "Claimed, not clear"),
                            ("clear", "Clear danger to the public"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("danger_articulated", models.TextField(blank=True, max_length=1000)),
                ("danger_assessment", models.TextField(blank=True, max_length=1000)),
                (
                    "danger_corroboration",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("own_eyes", "Seen by an LMPD officer"),
                            ("camera", "Seen on camera"),
                            ("other_callers", "Other callers"),
                            ("requester_only", "Requester's word only"),
                        ],
                        default="none",
                        max_length=16,
                    ),
                ),
                ("danger_ended", models.BooleanField(default=False)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical evidence",
                "verbose_name_plural": "historical evidence",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFieldOutcome",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "actions_taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("serve_criminal_warrant", "Serve the criminal warrant"),
                                ("arrest_local_crime", "Arrest for a local crime"),
                                ("investigate_crime", "Investigate a crime"),
                                ("protect_life", "Protect life"),
                                ("medical_aid", "Medical aid"),
                                ("secure_scene", "Secure the scene"),
                                ("crowd_safety", "Safety of a crowd"),
                                ("traffic_safety", "Traffic safety"),
                                ("take_report", "Take a report"),
                                ("transport_own_prisoner", "Transport our own prisoner"),
                                ("verify_identity", "Verify who the agents are"),
                                ("give_information", "Give information"),
                                ("perimeter_for_federal_arrest", "Perimeter for a federal arrest"),
                                ("knock_or_clear_for_federal", "Knock or clear for federal agents"),
                                ("stop_vehicle_for_federal", "Stop a vehicle for federal agents"),
                                ("transport_for_federal", "Transport for federal agents"),
                                ("search_for_federal", "Search for federal agents"),
                                ("other", "Other"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("local_arrests", models.PositiveSmallIntegerField(default=0)),
                ("citations", models.PositiveSmallIntegerField(default=0)),
                ("handed_to_federal", models.PositiveSmallIntegerField(default=0)),
                ("federal_arrests_seen", models.PositiveSmallIntegerField(default=0)),
                ("force_used", models.BooleanField(default=False)),
                ("injuries", models.PositiveSmallIntegerField(default=0)),
                ("officer_minutes", models.PositiveIntegerField(default=0)),
                ("narrative", models.TextField(blank=True, max_length=4000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical field outcome",
                "verbose_name_plural": "historical field outcomes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPage",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("order", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("logged", "Request logged"),
                            ("no_acknowledgement", "No acknowledgement from the officer before"),
                            ("by_hand", "Paged by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                ("paged_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical page",
                "verbose_name_plural": "historical pages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPolicyInForce",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("version", models.CharField(max_length=40)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "in_force_from",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField())
                    ),
                ),
                ("reason", models.TextField(max_length=1000)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical policy in force",
                "verbose_name_plural": "historical policies in force",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRestrictedDetails",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("requester_name", models.CharField(blank=True, max_length=120)),
                ("requester_badge", models.CharField(blank=True, max_length=40)),
                ("callback_number", models.CharField(blank=True, max_length=40)),
                ("callback_digits", models.CharField(blank=True, editable=False, max_length=40)),
                ("identity_refused", models.BooleanField(default=False)),
                ("location", models.CharField(blank=True, max_length=300)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical restricted details",
                "verbose_name_plural": "historical restricted details",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReview",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("in_policy", "Within policy"),
                            ("in_policy_with_remarks", "Within policy, with remarks"),
                            ("not_in_policy", "Not within policy"),
                            ("cannot_tell", "Cannot be told from the record"),
                        ],
                        max_length=24,
                    ),
                ),
                ("note", models.TextField(max_length=4000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("follow_up", models.TextField(blank=True, max_length=2000)),
                ("follow_up_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, max_length=4000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "follow_up_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical review",
                "verbose_name_plural": "historical reviews",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRoleGrant",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("dispatcher", "Dispatcher"),
                            ("commanding_officer", "Commanding officer"),
                            ("oversight", "Oversight"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField())
                    ),
                ),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(max_length=500)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical role grant",
                "verbose_name_plural": "historical role grants",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRosterEntry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("escalation_order", models.PositiveSmallIntegerField(default=1)),
                ("cancelled", models.BooleanField(default=False)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical roster entry",
                "verbose_name_plural": "historical roster entries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalThreshold",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("acknowledge", "Acknowledge the page"),
                            ("page_second", "Page the next officer"),
                            ("page_third", "Page the officer after that"),
                            ("decide", "Decide"),
                            ("information", "Information time-out"),
                            ("commander_at_scene", "Commander at the scene after the first officer"),
                            ("entry", "Entry after receipt"),
                            ("recording", "Recorder's reference after the call"),
                            ("review", "Review (short: emergency, deviation or blocked attempt)"),
                            ("radio_confirmation", "Confirm a radio decision"),
                            (
                                "own_intake",
                                "Second officer must acknowledge before own intake may be decided",
                            ),
                            ("release", "Release after the end of the quarter"),
                        ],
                        db_index=True,
                        max_length=24,
                    ),
                ),
                ("minutes", models.PositiveIntegerField(help_text="Minutes from the event before.")),
                ("emergency_minutes", models.PositiveIntegerField(help_text="Minutes when there is danger.")),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical threshold",
                "verbose_name_plural": "historical thresholds",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalUser",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "badge_number",
                    models.CharField(
                        db_index=True,
                        error_messages={
                            "unique": "This badge number has an account already. Badge numbers are never reused."
                        },
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9-]{2,20}\\Z", "Use 2 to 20 capital letters, digits or hyphens."
                            )
                        ],
                    ),
                ),
                ("display_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, help_text="Where pages are sent.", max_length=254)),
                ("is_active", models.BooleanField(default=True)),
                ("is_system", models.BooleanField(default=False, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical user",
                "verbose_name_plural": "historical users",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField()),
                ("digest", models.BinaryField(max_length=32)),
                ("action", models.CharField(max_length=40)),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("demonstration", "Demonstration"), ("real", "Real cases")], max_length=16
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="installation_is_one_row",
                        violation_error_message="There is one installation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["demonstration", "real"])),
                        name="installation_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerPrivate",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="private",
                        serialize=False,
                        to="requests_app.ledgerentry",
                    ),
                ),
                ("private_bytes", models.BinaryField()),
                ("public_salt", models.BinaryField(max_length=32)),
                ("private_salt", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_entries",
                to="requests_app.assistancerequest",
            ),
        ),
        migrations.CreateModel(
            name="LedgerPosition",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="position",
                        to="requests_app.ledgerentry",
                    ),
                ),
            ],
            options={
                "ordering": ["index"],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("order", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("logged", "Request logged"),
                            ("no_acknowledgement", "No acknowledgement from the officer before"),
                            ("by_hand", "Paged by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                ("paged_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PageAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("failed", "Not sent"),
                            ("no_address", "Officer has no address"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="requests_app.page",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PolicyInForce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("version", models.CharField(max_length=40)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "in_force_from",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField())
                    ),
                ),
                ("reason", models.TextField(max_length=1000)),
            ],
            options={
                "verbose_name_plural": "policies in force",
                "ordering": ["-in_force_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("in_force_from",), name="policyinforce_one_at_a_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.CharField(max_length=7)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["quarter", "number"],
            },
        ),
        migrations.CreateModel(
            name="RestrictedDetails",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("requester_name", models.CharField(blank=True, max_length=120)),
                ("requester_badge", models.CharField(blank=True, max_length=40)),
                ("callback_number", models.CharField(blank=True, max_length=40)),
                ("callback_digits", models.CharField(blank=True, editable=False, max_length=40)),
                ("identity_refused", models.BooleanField(default=False)),
                ("location", models.CharField(blank=True, max_length=300)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restricted",
                        to="requests_app.assistancerequest",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "restricted details",
            },
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(max_length=500)),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveals",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("in_policy", "Within policy"),
                            ("in_policy_with_remarks", "Within policy, with remarks"),
                            ("not_in_policy", "Not within policy"),
                            ("cannot_tell", "Cannot be told from the record"),
                        ],
                        max_length=24,
                    ),
                ),
                ("note", models.TextField(max_length=4000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField()),
                        editable=False,
                    ),
                ),
                ("follow_up", models.TextField(blank=True, max_length=2000)),
                ("follow_up_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, max_length=4000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="requests_app.assistancerequest",
                    ),
                ),
                (
                    "follow_up_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["entered_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("dispatcher", "Dispatcher"),
                            ("commanding_officer", "Commanding officer"),
                            ("oversight", "Oversight"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        db_default=models.Func(function="register_now", output_field=models.DateTimeField())
                    ),
                ),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(max_length=500)),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_approved",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["user", "starts_at"],
            },
        ),
        migrations.CreateModel(
            name="RosterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("escalation_order", models.PositiveSmallIntegerField(default=1)),
                ("cancelled", models.BooleanField(default=False)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "roster entries",
                "ordering": ["starts_at", "escalation_order"],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("acknowledge", "Acknowledge the page"),
                            ("page_second", "Page the next officer"),
                            ("page_third", "Page the officer after that"),
                            ("decide", "Decide"),
                            ("information", "Information time-out"),
                            ("commander_at_scene", "Commander at the scene after the first officer"),
                            ("entry", "Entry after receipt"),
                            ("recording", "Recorder's reference after the call"),
                            ("review", "Review (short: emergency, deviation or blocked attempt)"),
                            ("radio_confirmation", "Confirm a radio decision"),
                            (
                                "own_intake",
                                "Second officer must acknowledge before own intake may be decided",
                            ),
                            ("release", "Release after the end of the quarter"),
                        ],
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("minutes", models.PositiveIntegerField(help_text="Minutes from the event before.")),
                ("emergency_minutes", models.PositiveIntegerField(help_text="Minutes when there is danger.")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "key__in",
                                [
                                    "acknowledge",
                                    "page_second",
                                    "page_third",
                                    "decide",
                                    "information",
                                    "commander_at_scene",
                                    "entry",
                                    "recording",
                                    "review",
                                    "radio_confirmation",
                                    "own_intake",
                                    "release",
                                ],
                            )
                        ),
                        name="threshold_key_is_known",
                        violation_error_message="Choose one of the listed values for key.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("emergency_minutes__gte", 1), ("minutes__gte", 1)),
                        name="threshold_is_positive",
                        violation_error_message="A time limit is a minute or more.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("emergency_minutes__lte", models.F("minutes"))),
                        name="threshold_emergency_is_shorter",
                        violation_error_message="The limit for emergencies is not longer than the ordinary one.",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(fields=["status", "logged_at"], name="assistancerequest_queue"),
        ),
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(fields=["-received_at", "-id"], name="assistancerequest_received"),
        ),
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(
                condition=models.Q(("cad_event_number", ""), _negated=True),
                fields=["cad_event_number"],
                name="assistancerequest_cad",
            ),
        ),
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at"],
                name="assistancerequest_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="assistancerequest",
            index=models.Index(
                condition=models.Q(("review_due_at__isnull", False)),
                fields=["review_due_at"],
                name="assistancerequest_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[0-9]{4}-[0-9]{4,}$")),
                name="assistancerequest_number_is_year_and_count",
                violation_error_message="A number is the year and a count, such as 2026-0001.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "intake",
                            "abandoned",
                            "waiting",
                            "under_review",
                            "information_needed",
                            "decided",
                            "in_field",
                            "closed",
                            "withdrawn",
                        ],
                    )
                ),
                name="assistancerequest_status_is_known",
                violation_error_message="Choose one of the listed values for status.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "discovered_by__in",
                        ["live", "self_report", "audit", "media", "complaint", "reconciliation"],
                    )
                ),
                name="assistancerequest_discovered_by_is_known",
                violation_error_message="Choose one of the listed values for discovered by.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["inbound", "outbound"])),
                name="assistancerequest_direction_is_known",
                violation_error_message="Choose one of the listed values for direction.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "channel__in",
                        [
                            "911",
                            "non_emergency_line",
                            "commander_direct",
                            "personal_phone",
                            "chat",
                            "email",
                            "fax",
                            "radio",
                            "in_person",
                            "on_view",
                            "task_force",
                        ],
                    )
                ),
                name="assistancerequest_channel_is_known",
                violation_error_message="Choose one of the listed values for channel.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "component__in",
                        [
                            "ero",
                            "hsi",
                            "cbp",
                            "uscis",
                            "fps",
                            "other_dhs",
                            "dhs_contractor",
                            "other_federal",
                            "state_local_delegate",
                            "foreign",
                            "member_of_public",
                            "unknown",
                        ],
                    )
                ),
                name="assistancerequest_component_is_known",
                violation_error_message="Choose one of the listed values for component.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("division__in", ["1", "2", "3", "4", "5", "6", "7", "8", "other", "unknown"])
                ),
                name="assistancerequest_division_is_known",
                violation_error_message="Choose one of the listed values for division.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "place_kind__in",
                        [
                            "residence",
                            "business",
                            "road",
                            "court",
                            "jail",
                            "school",
                            "hospital",
                            "worship",
                            "federal_office",
                            "other",
                            "unknown",
                        ],
                    )
                ),
                name="assistancerequest_place_kind_is_known",
                violation_error_message="Choose one of the listed values for place kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("cad_absence__in", ["not_a_call", "cad_down", "paper", "not_known", ""])),
                name="assistancerequest_cad_absence_is_known",
                violation_error_message="Choose one of the listed values for cad absence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retention_class__in", ["standard", "litigation", "use_of_force", "permanent"])
                ),
                name="assistancerequest_retention_class_is_known",
                violation_error_message="Choose one of the listed values for retention class.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grounds_claimed__contained_by", ["criminal_warrant", "crime", "public_danger"])
                ),
                name="assistancerequest_grounds_claimed_are_known",
                violation_error_message="Choose only listed values for grounds claimed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "types_at_intake__contained_by",
                        [
                            "knock_and_talk",
                            "clear_building",
                            "perimeter",
                            "traffic_stop",
                            "serve_warrant",
                            "search_warrant_support",
                            "emergency_assistance",
                            "crowd_control",
                            "standby",
                            "deconfliction_notice",
                            "detainer",
                            "records_lookup",
                            "status_exchange",
                            "equipment_or_staff",
                            "task_force",
                            "identity_check",
                            "ordinary_service",
                            "welfare_check",
                            "court_order",
                            "other",
                        ],
                    )
                ),
                name="assistancerequest_types_at_intake_are_known",
                violation_error_message="Choose only listed values for types at intake.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "types_by_commander__contained_by",
                        [
                            "knock_and_talk",
                            "clear_building",
                            "perimeter",
                            "traffic_stop",
                            "serve_warrant",
                            "search_warrant_support",
                            "emergency_assistance",
                            "crowd_control",
                            "standby",
                            "deconfliction_notice",
                            "detainer",
                            "records_lookup",
                            "status_exchange",
                            "equipment_or_staff",
                            "task_force",
                            "identity_check",
                            "ordinary_service",
                            "welfare_check",
                            "court_order",
                            "other",
                        ],
                    )
                ),
                name="assistancerequest_types_by_commander_are_known",
                violation_error_message="Choose only listed values for types by commander.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "types_by_review__contained_by",
                        [
                            "knock_and_talk",
                            "clear_building",
                            "perimeter",
                            "traffic_stop",
                            "serve_warrant",
                            "search_warrant_support",
                            "emergency_assistance",
                            "crowd_control",
                            "standby",
                            "deconfliction_notice",
                            "detainer",
                            "records_lookup",
                            "status_exchange",
                            "equipment_or_staff",
                            "task_force",
                            "identity_check",
                            "ordinary_service",
                            "welfare_check",
                            "court_order",
                            "other",
                        ],
                    )
                ),
                name="assistancerequest_types_by_review_are_known",
                violation_error_message="Choose only listed values for types by review.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_at__lte", models.F("entered_at"))),
                name="assistancerequest_received_before_entered",
                violation_error_message="A request cannot have been received after it was entered. Check the date and time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["intake", "abandoned"]),
                    models.Q(("logged_at__isnull", False), ("logged_by__isnull", False)),
                    _connector="OR",
                ),
                name="assistancerequest_logged_is_complete",
                violation_error_message="A logged request has the person who logged it and the time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_at__isnull", True), ("claimed_by__isnull", True)),
                    models.Q(("claimed_at__isnull", False), ("claimed_by__isnull", False)),
                    _connector="OR",
                ),
                name="assistancerequest_claim_is_complete",
                violation_error_message="A claim has an officer and a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "under_review"), _negated=True),
                    ("claimed_by__isnull", False),
                    _connector="OR",
                ),
                name="assistancerequest_under_review_is_claimed",
                violation_error_message="A request under review is claimed by an officer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "decided"), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="assistancerequest_decided_has_time",
                violation_error_message="A decided request has the time of its decision.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    ("closed_at__isnull", False),
                    _connector="OR",
                ),
                name="assistancerequest_closed_has_time",
                violation_error_message="A closed request has the time it was closed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), _negated=True),
                    ("withdrawn_at__isnull", False),
                    _connector="OR",
                ),
                name="assistancerequest_withdrawn_has_time",
                violation_error_message="A withdrawn request has the time of withdrawal.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "abandoned"), _negated=True),
                    models.Q(("status_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="assistancerequest_abandoned_has_reason",
                violation_error_message="An abandoned intake keeps its number with a reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assistancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_exercise", True), ("exercise_source", ""), _connector="OR"),
                name="assistancerequest_exercise_has_source",
                violation_error_message="Only an exercise has a source of the exercise.",
            ),
        ),
        migrations.AddConstraint(
            model_name="commandercall",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded__in", ["yes", "failed", "refused_by_caller", "no"])),
                name="commandercall_recorded_is_known",
                violation_error_message="Choose one of the listed values for recorded.",
            ),
        ),
        migrations.AddConstraint(
            model_name="commandercall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="commandercall_ends_after_start",
                violation_error_message="A call cannot end before it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="commandercall",
            constraint=models.CheckConstraint(
                condition=models.Q(("started_at__lte", models.F("entered_at"))),
                name="commandercall_started_before_entered",
                violation_error_message="A call cannot start after it is entered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_restricted", False), models.Q(("new", ""), ("old", "")), _connector="OR"
                ),
                name="correction_restricted_shows_no_value",
                violation_error_message="Values of a restricted field stay in its history.",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="correction_has_reason",
                violation_error_message="Say why this is corrected.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["assist", "decline", "refer", "record_only", "ordinary_service"])
                ),
                name="decision_outcome_is_known",
                violation_error_message="Choose one of the listed outcomes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "primary_ground__in",
                        [
                            "criminal_warrant",
                            "crime",
                            "public_danger",
                            "judicial_warrant",
                            "risk_of_violence",
                            "",
                        ],
                    )
                ),
                name="decision_primary_ground_is_known",
                violation_error_message="Choose one of the listed values for primary ground.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason_code__in",
                        [
                            "named_in_policy",
                            "no_ground",
                            "administrative_document_only",
                            "immigration_offence_only",
                            "warrant_not_confirmed",
                            "warrant_recalled_or_mismatched",
                            "not_extraditable",
                            "no_open_case",
                            "danger_not_shown",
                            "danger_ended",
                            "caller_not_verified",
                            "impostor",
                            "unrecorded_line",
                            "informal_channel",
                            "commander_not_reached",
                            "officers_assessment",
                            "duplicate",
                            "other",
                            "",
                        ],
                    )
                ),
                name="decision_reason_code_is_known",
                violation_error_message="Choose one of the listed values for reason code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grounds__contained_by",
                        [
                            "criminal_warrant",
                            "crime",
                            "public_danger",
                            "judicial_warrant",
                            "risk_of_violence",
                        ],
                    )
                ),
                name="decision_grounds_are_known",
                violation_error_message="Choose only listed values for grounds.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scope_allowed__contained_by",
                        [
                            "serve_criminal_warrant",
                            "arrest_local_crime",
                            "investigate_crime",
                            "protect_life",
                            "medical_aid",
                            "secure_scene",
                            "crowd_safety",
                            "traffic_safety",
                            "take_report",
                            "transport_own_prisoner",
                            "verify_identity",
                            "give_information",
                        ],
                    )
                ),
                name="decision_scope_allowed_are_known",
                violation_error_message="Choose only listed values for scope allowed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scope_forbidden__contained_by",
                        [
                            "serve_criminal_warrant",
                            "arrest_local_crime",
                            "investigate_crime",
                            "protect_life",
                            "medical_aid",
                            "secure_scene",
                            "crowd_safety",
                            "traffic_safety",
                            "take_report",
                            "transport_own_prisoner",
                            "verify_identity",
                            "give_information",
                            "perimeter_for_federal_arrest",
                            "knock_or_clear_for_federal",
                            "stop_vehicle_for_federal",
                            "transport_for_federal",
                            "search_for_federal",
                            "other",
                        ],
                    )
                ),
                name="decision_scope_forbidden_are_known",
                violation_error_message="Choose only listed values for scope forbidden.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "assist"), _negated=True),
                    models.Q(
                        ("verdict__outcome", "assist"),
                        ("grounds__len__gte", 1),
                        models.Q(("primary_ground", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="decision_assist_has_ground",
                violation_error_message="Officers go only on a ground of the policy. None holds on the facts recorded.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", "assist"),
                    models.Q(("grounds", []), ("primary_ground", ""), ("scope_allowed", [])),
                    _connector="OR",
                ),
                name="decision_grounds_only_for_assist",
                violation_error_message="Grounds and scope belong to a decision to assist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "assist"), _negated=True),
                    ("scope_allowed__len__gte", 1),
                    _connector="OR",
                ),
                name="decision_assist_is_limited",
                violation_error_message="Help is always limited: choose what officers may do.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "decline"), _negated=True),
                    models.Q(("reason_code", ""), _negated=True),
                    _connector="OR",
                ),
                name="decision_decline_has_reason",
                violation_error_message="Choose why the request is declined.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "refer"), _negated=True),
                    models.Q(("referred_to", ""), _negated=True),
                    _connector="OR",
                ),
                name="decision_refer_names_custodian",
                violation_error_message="Say to whom the request is referred.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_agreement", False), models.Q(("reason_text", ""), _negated=True), _connector="OR"
                ),
                name="decision_under_danger_has_reason",
                violation_error_message="Declining under clear public danger needs a written reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", models.F("logged_by")), _negated=True),
                    ("is_own_intake", True),
                    _connector="OR",
                ),
                name="decision_not_by_own_intake",
                violation_error_message="Who logged a request does not decide it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_at__lte", models.F("entered_at"))),
                name="decision_decided_before_entered",
                violation_error_message="A decision cannot be made after it is entered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("case", "sequence"), name="decision_one_for_each_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("case",),
                name="decision_one_first_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "no_commander_contact",
                            "late_commander_contact",
                            "decided_own_intake",
                            "radio_decision_unconfirmed",
                            "not_recorded",
                            "dispatched_before_decision",
                            "no_ground",
                            "warrant_not_confirmed",
                            "commander_did_not_attend",
                            "commander_attended_late",
                            "dispatched_to_unverified_caller",
                            "scope_exceeded",
                            "entered_late",
                            "cad_number_missing",
                            "reclassified",
                            "review_overdue",
                            "released_late",
                        ],
                    )
                ),
                name="deviation_kind_is_known",
                violation_error_message="Choose one of the listed values for kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("quarter", "")),
                    models.Q(("case__isnull", True), models.Q(("quarter", ""), _negated=True)),
                    _connector="OR",
                ),
                name="deviation_of_request_or_quarter",
                violation_error_message="A deviation belongs to a request or to a quarter.",
            ),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("explanation", ""),
                    models.Q(("explained_at__isnull", False), ("explained_by__isnull", False)),
                    _connector="OR",
                ),
                name="deviation_explanation_is_complete",
                violation_error_message="An explanation has its author and time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.UniqueConstraint(fields=("case", "kind"), name="deviation_one_of_each_kind"),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("quarter", ""), _negated=True),
                fields=("quarter", "kind"),
                name="deviation_one_of_each_quarter",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("dispatched_at__lte", models.F("entered_at"))),
                name="dispatch_before_entered",
                violation_error_message="Officers cannot be sent after this is entered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_arrival_at__isnull", True),
                    ("first_arrival_at__gte", models.F("dispatched_at")),
                    _connector="OR",
                ),
                name="dispatch_arrival_after_dispatch",
                violation_error_message="The first officer cannot arrive before being sent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cleared_at__isnull", True),
                    ("cleared_at__gte", models.F("dispatched_at")),
                    _connector="OR",
                ),
                name="dispatch_cleared_after_dispatch",
                violation_error_message="Officers cannot leave the scene before being sent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commander_left_at__isnull", True),
                    ("commander_left_at__gte", models.F("commander_arrived_at")),
                    _connector="OR",
                ),
                name="dispatch_commander_leaves_after_arrival",
                violation_error_message="The commander cannot leave before arriving.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commander_arrived_at__isnull", True), ("commander__isnull", False), _connector="OR"
                ),
                name="dispatch_commander_arrival_is_complete",
                violation_error_message="Say which commander arrived.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "claimed_class__in",
                        [
                            "criminal_warrant",
                            "criminal_search_warrant",
                            "immigration_crime_warrant",
                            "administrative_warrant",
                            "detainer",
                            "judicial_civil_warrant",
                        ],
                    )
                ),
                name="document_claimed_class_is_known",
                violation_error_message="Choose one of the listed values for claimed class.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "confirmed_class__in",
                        [
                            "criminal_warrant",
                            "criminal_search_warrant",
                            "immigration_crime_warrant",
                            "administrative_warrant",
                            "detainer",
                            "judicial_civil_warrant",
                            "",
                        ],
                    )
                ),
                name="document_confirmed_class_is_known",
                violation_error_message="Choose one of the listed values for confirmed class.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmation__in", ["confirmed_active", "unconfirmed", "recalled", "not_extraditable"])
                ),
                name="document_confirmation_is_known",
                violation_error_message="Choose one of the listed values for confirmation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmation", "unconfirmed"),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_class", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="document_confirmation_is_complete",
                violation_error_message="A confirmation has the class that was confirmed, the officer and the time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["agrees", "disagrees", "confirms_radio"])),
                name="endorsement_kind_is_known",
                violation_error_message="Choose one of the listed values for kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "disagrees"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="endorsement_disagreement_has_reason",
                violation_error_message="Say why you disagree.",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["agrees", "disagrees"])),
                fields=("decision",),
                name="endorsement_one_second_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "confirms_radio")),
                fields=("decision",),
                name="endorsement_one_confirmation",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verification__in", ["verified_callback", "verified_at_scene", "unverified", "failed"])
                ),
                name="evidence_verification_is_known",
                violation_error_message="Choose one of the listed values for verification.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("crime_status__in", ["none", "past", "in_progress"])),
                name="evidence_crime_status_is_known",
                violation_error_message="Choose one of the listed values for crime status.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "crime_basis__in",
                        [
                            "none",
                            "own_report",
                            "witnessed",
                            "camera",
                            "other_caller",
                            "agent_detailed",
                            "agent_assertion",
                        ],
                    )
                ),
                name="evidence_crime_basis_is_known",
                violation_error_message="Choose one of the listed values for crime basis.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("danger_level__in", ["none", "claimed", "clear"])),
                name="evidence_danger_level_is_known",
                violation_error_message="Choose one of the listed values for danger level.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "danger_corroboration__in",
                        ["none", "own_eyes", "camera", "other_callers", "requester_only"],
                    )
                ),
                name="evidence_danger_corroboration_is_known",
                violation_error_message="Choose one of the listed values for danger corroboration.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verification", "unverified"),
                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                    _connector="OR",
                ),
                name="evidence_verification_is_complete",
                violation_error_message="A verification has the officer who made it and the time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldoutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "actions_taken__contained_by",
                        [
                            "serve_criminal_warrant",
                            "arrest_local_crime",
                            "investigate_crime",
                            "protect_life",
                            "medical_aid",
                            "secure_scene",
                            "crowd_safety",
                            "traffic_safety",
                            "take_report",
                            "transport_own_prisoner",
                            "verify_identity",
                            "give_information",
                            "perimeter_for_federal_arrest",
                            "knock_or_clear_for_federal",
                            "stop_vehicle_for_federal",
                            "transport_for_federal",
                            "search_for_federal",
                            "other",
                        ],
                    )
                ),
                name="fieldoutcome_actions_taken_are_known",
                violation_error_message="Choose only listed values for actions taken.",
            ),
        ),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(
                fields=("user", "key"), name="idempotencykey_once_for_each_person"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["case", "id"], name="ledgerentry_timeline"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("refusal", ""), _negated=True),
                fields=["refusal", "-id"],
                name="ledgerentry_refused",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("refusal__in", ["forbidden", "illegal", "stale", "policy", "input", ""])),
                name="ledgerentry_refusal_is_known",
                violation_error_message="Choose one of the listed values for refusal.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case_revision__isnull", False)),
                fields=("case", "case_revision"),
                name="ledgerentry_one_for_each_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("refusal", ""), ("case_revision__isnull", True), _connector="OR"),
                name="ledgerentry_refusal_makes_no_revision",
                violation_error_message="A refusal changes nothing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["logged", "no_acknowledgement", "by_hand"])),
                name="page_reason_is_known",
                violation_error_message="Choose one of the listed values for reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acknowledged_at__isnull", True),
                    ("acknowledged_at__gte", models.F("paged_at")),
                    _connector="OR",
                ),
                name="page_acknowledged_after_paged",
                violation_error_message="A page cannot be acknowledged before it was sent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(fields=("case", "order"), name="page_one_for_each_place"),
        ),
        migrations.AddConstraint(
            model_name="pageattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["sent", "failed", "no_address"])),
                name="pageattempt_result_is_known",
                violation_error_message="Choose one of the listed values for result.",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__regex", "^[0-9]{4}-Q[1-4]$")),
                name="release_quarter_is_year_and_quarter",
                violation_error_message="A quarter is written 2026-Q1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("quarter", "number"), name="release_one_of_each_number"
            ),
        ),
        migrations.AddIndex(
            model_name="restricteddetails",
            index=models.Index(
                condition=models.Q(("callback_digits", ""), _negated=True),
                fields=["callback_digits"],
                name="restricted_callback",
            ),
        ),
        migrations.AddIndex(
            model_name="reveal",
            index=models.Index(fields=["case", "user", "-expires_at"], name="reveal_open"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finding__in", ["in_policy", "in_policy_with_remarks", "not_in_policy", "cannot_tell"])
                ),
                name="review_finding_is_known",
                violation_error_message="Choose one of the listed values for finding.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="review_has_note",
                violation_error_message="Say what the finding rests on.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("follow_up", ""),
                    models.Q(("follow_up_at__isnull", False), ("follow_up_by__isnull", False)),
                    _connector="OR",
                ),
                name="review_follow_up_is_complete",
                violation_error_message="A follow-up has its author and time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer", ""),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("follow_up", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_answer_is_complete",
                violation_error_message="An answer has its author and time, and a question.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["dispatcher", "commanding_officer", "oversight", "administrator"])
                ),
                name="rolegrant_role_is_known",
                violation_error_message="Choose one of the listed values for role.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                ),
                name="rolegrant_ends_after_start",
                violation_error_message="A role cannot end before it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("granted_by")), _negated=True),
                name="rolegrant_approved_by_another",
                violation_error_message="Another person than the one who grants the role must approve it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at__isnull", True)),
                fields=("user", "role"),
                name="rolegrant_one_open_grant",
                violation_error_message="This person holds the role already. End that grant first.",
            ),
        ),
        migrations.AddIndex(
            model_name="rosterentry",
            index=models.Index(fields=["ends_at", "starts_at"], name="rosterentry_on_duty"),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="rosterentry_ends_after_start",
                violation_error_message="A turn of duty ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("escalation_order__gte", 1), ("escalation_order__lte", 9)),
                name="rosterentry_order_is_positive",
                violation_error_message="The order of escalation is 1 to 9.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled", False)),
                fields=("officer", "starts_at"),
                name="rosterentry_one_start",
            ),
        ),
    ]
