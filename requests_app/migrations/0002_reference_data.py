"""The register's own account, the ledger's head, and the department's time limits."""

from django.db import migrations

SYSTEM_ACCOUNT = """
INSERT INTO requests_app_user (password, badge_number, display_name, email, is_active, is_system, revision)
VALUES ('!', 'SYSTEM', 'The register', '', true, true, 1);
INSERT INTO requests_app_historicaluser
    (id, badge_number, display_name, email, is_active, is_system, created_at, revision,
     history_date, history_change_reason, history_type, history_user_id)
SELECT id, badge_number, display_name, email, is_active, is_system, created_at, revision,
       register_now(), 'made with the database', '+', id
FROM requests_app_user WHERE is_system;
INSERT INTO requests_app_ledgerhead (id, size) VALUES (1, 0);
"""

# Minutes from the event before, and in an emergency. Review: 7 days and 72 hours; release: 45 days.
THRESHOLDS = """
INSERT INTO requests_app_threshold (key, minutes, emergency_minutes, revision) VALUES
    ('acknowledge', 5, 2, 1),
    ('page_second', 3, 1, 1),
    ('page_third', 6, 2, 1),
    ('decide', 30, 5, 1),
    ('information', 240, 15, 1),
    ('commander_at_scene', 30, 30, 1),
    ('entry', 60, 60, 1),
    ('recording', 1440, 1440, 1),
    ('review', 10080, 4320, 1),
    ('radio_confirmation', 60, 60, 1),
    ('own_intake', 10, 10, 1),
    ('release', 64800, 64800, 1);
INSERT INTO requests_app_historicalthreshold
    (id, key, minutes, emergency_minutes, revision,
     history_date, history_change_reason, history_type, history_user_id)
SELECT t.id, t.key, t.minutes, t.emergency_minutes, t.revision,
       register_now(), 'made with the database', '+', u.id
FROM requests_app_threshold t, requests_app_user u WHERE u.is_system;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]

    operations = [
        migrations.RunSQL(
            SYSTEM_ACCOUNT,
            reverse_sql="DELETE FROM requests_app_ledgerhead; DELETE FROM requests_app_historicaluser;"
            " DELETE FROM requests_app_user;",
        ),
        migrations.RunSQL(
            THRESHOLDS,
            reverse_sql="DELETE FROM requests_app_historicalthreshold; DELETE FROM requests_app_threshold;",
        ),
    ]
