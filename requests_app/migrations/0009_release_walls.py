"""What is published was frozen, looked at by a second person, and thirty days old; and it stays."""

from django.db import migrations

APPEND_ONLY = ("frozenquarter", "releasedocument", "callsforservice")

FUNCTIONS = """
-- Thirty days after the quarter's end, at local midnight.
CREATE FUNCTION register_public_from(quarter text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (make_date(left(quarter, 4)::int, 3 * right(quarter, 1)::int - 2, 1)
            + interval '3 months' + interval '30 days') AT TIME ZONE 'America/Kentucky/Louisville'
$$;

CREATE FUNCTION register_guard_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.frozen_by_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'A frozen quarter names the actor of its transaction.' USING ERRCODE = '42501';
    END IF;
    IF NEW.sha256 <> encode(sha256(NEW.document), 'hex') THEN
        RAISE EXCEPTION 'The digest of a frozen quarter is that of its document.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION register_guard_release_document() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    published requests_app_release;
    frozen requests_app_frozenquarter;
BEGIN
    SELECT * INTO STRICT published FROM public.requests_app_release WHERE id = NEW.release_id;
    SELECT * INTO STRICT frozen FROM public.requests_app_frozenquarter WHERE id = NEW.frozen_id;
    IF published.released_by_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'A release names the actor of its transaction.' USING ERRCODE = '42501';
    END IF;
    IF (published.quarter, published.number, NEW.document)
        IS DISTINCT FROM (frozen.quarter, frozen.number, frozen.document) THEN
        RAISE EXCEPTION 'What is published is what was frozen.' USING ERRCODE = '42501';
    END IF;
    IF frozen.frozen_by_id = published.released_by_id THEN
        RAISE EXCEPTION 'Two people publish: one freezes, another releases.' USING ERRCODE = '42501';
    END IF;
    IF register_now() < register_public_from(published.quarter) THEN
        RAISE EXCEPTION 'Nothing is published within thirty days of the quarter.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

-- At commit: no release without the bytes that it stands for.
CREATE FUNCTION register_require_document() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.requests_app_releasedocument WHERE release_id = NEW.id) THEN
        RAISE EXCEPTION 'A release has a document.' USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION register_guard_calls() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.entered_by_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'Calls for service name the actor of their transaction.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
"""

NO_FUNCTIONS = """
DROP FUNCTION register_guard_frozen() CASCADE;
DROP FUNCTION register_guard_release_document() CASCADE;
DROP FUNCTION register_require_document() CASCADE;
DROP FUNCTION register_guard_calls() CASCADE;
DROP FUNCTION register_public_from(text);
"""


def trigger(name: str, table: str, when: str, call: str, *, each: str = "ROW") -> str:
    """A trigger that fires for every session, replicas included."""
    return (
        f"CREATE TRIGGER {name} {when} ON requests_app_{table} FOR EACH {each} EXECUTE FUNCTION {call};\n"
        f"ALTER TABLE requests_app_{table} ENABLE ALWAYS TRIGGER {name};\n"
    )


def walls() -> str:
    sql = ""
    for table in APPEND_ONLY:
        sql += trigger("wall_append_only", table, "BEFORE UPDATE OR DELETE", "register_refuse()")
        sql += trigger("wall_no_truncate", table, "BEFORE TRUNCATE", "register_refuse()", each="STATEMENT")
        sql += trigger("guard_entered", table, "BEFORE INSERT", "register_guard_entered()")
    sql += trigger("guard_frozen", "frozenquarter", "BEFORE INSERT", "register_guard_frozen()")
    sql += trigger("guard_document", "releasedocument", "BEFORE INSERT", "register_guard_release_document()")
    sql += trigger("guard_calls", "callsforservice", "BEFORE INSERT", "register_guard_calls()")
    sql += (
        "CREATE CONSTRAINT TRIGGER require_document AFTER INSERT ON requests_app_release"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register_require_document();\n"
        "ALTER TABLE requests_app_release ENABLE ALWAYS TRIGGER require_document;\n"
    )
    return sql


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0008_frozen_releases")]

    operations = [migrations.RunSQL(FUNCTIONS + walls(), reverse_sql=NO_FUNCTIONS)]
