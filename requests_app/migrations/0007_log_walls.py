"""The two-person erasure, and the entries that fill the log up to a multiple of 64.

Only a row of `ledgererasure` lets private bytes go, and only those of one case whose time is over.
"""

from django.db import migrations

APPEND_ONLY = ("ledgererasureproposal", "ledgererasure")

FUNCTIONS = """
-- The second person confirms: another than the first, of an ended case, past its day, without a hold.
CREATE FUNCTION register_guard_erasure() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    today date := (register_now() AT TIME ZONE 'America/Kentucky/Louisville')::date;
BEGIN
    IF NEW.confirmed_by_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'An erasure names the actor of its transaction.' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM public.requests_app_ledgererasureproposal
        WHERE id = NEW.proposal_id AND case_id = NEW.case_id AND proposed_by_id <> NEW.confirmed_by_id
    ) THEN
        RAISE EXCEPTION 'Two people erase: one asks, another confirms.' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM public.requests_app_assistancerequest
        WHERE id = NEW.case_id AND status IN ('abandoned', 'closed', 'withdrawn')
          AND NOT legal_hold AND retain_until < today
    ) THEN
        RAISE EXCEPTION 'Nothing is erased before its day, under a hold, or of a case that is open.'
            USING ERRCODE = '42501';
    END IF;
    -- Audit records are kept for a year at least (CJIS AU-11), whatever somebody set.
    SELECT max(id) INTO NEW.last_entry FROM public.requests_app_ledgerentry
    WHERE case_id = NEW.case_id AND entered_at < register_now() - interval '1 year';
    IF NEW.last_entry IS NULL THEN
        RAISE EXCEPTION 'Nothing is erased within a year of its entry.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION register_erase_private() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM public.requests_app_ledgerprivate p USING public.requests_app_ledgerentry e
    WHERE p.entry_id = e.id AND e.case_id = NEW.case_id AND e.id <= NEW.last_entry;
    RETURN NULL;
END
$$;

CREATE FUNCTION register_refuse_unless_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.requests_app_ledgerentry e
        JOIN public.requests_app_ledgererasure a ON a.case_id = e.case_id AND e.id <= a.last_entry
        WHERE e.id = OLD.entry_id
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of % is refused: what was recorded stays.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '42501', HINT = 'Two people of oversight erase, when the case''s time is over.';
END
$$;

-- Entries without content, by the register's own account, up to the next multiple of 64; 64 of them when
-- nothing happened since the last signature. All bytes are those that `requests_app.ledger` would write.
-- Answers with the size of the log.
CREATE FUNCTION register_pad_ledger(signed bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    system_id bigint;
    badge text;
    here bigint;
    missing bigint;
    moment timestamptz;
    told bytea;
    kept bytea;
    salts bytea[];
    entry bigint;
BEGIN
    SELECT id, badge_number INTO STRICT system_id, badge FROM public.requests_app_user WHERE is_system;
    PERFORM set_config('app.actor', system_id::text, true);
    SELECT size INTO here FROM public.requests_app_ledgerhead WHERE id = 1 FOR UPDATE;
    missing := (64 - here % 64) % 64;
    IF here = signed THEN
        missing := 64;
    END IF;
    FOR i IN 1 .. missing LOOP
        moment := register_now();
        told := convert_to(
            '{"action":"ledger:pad","quarter":"'
            || to_char(moment AT TIME ZONE 'America/Kentucky/Louisville', 'YYYY"-Q"Q')
            || '","refusal":"","v":2}', 'UTF8');
        kept := convert_to(
            replace('{"actor":' || to_json(badge) || ',"case":null,"case_revision":null,"entered_at":"@",'
            || '"occurred_at":"@","reason":"","rows":[],"v":2}',
            '@', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), 'UTF8');
        -- 32 bytes each, of which 244 bits are random.
        salts := ARRAY[
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
        ];
        INSERT INTO public.requests_app_ledgerentry
            (actor_id, action, refusal, occurred_at, entered_at, public_bytes, leaf)
        VALUES (system_id, 'ledger:pad', '', moment, moment, told,
            sha256(salts[1] || told) || sha256(salts[2] || kept))
        RETURNING id INTO entry;
        INSERT INTO public.requests_app_ledgerprivate (entry_id, private_bytes, public_salt, private_salt, row_salt)
        VALUES (entry, kept, salts[1], salts[2], salts[3]);
    END LOOP;
    RETURN here + missing;
END
$$;
"""

NO_FUNCTIONS = """
DROP TRIGGER wall_no_delete ON requests_app_ledgerprivate;
DROP TRIGGER wall_append_only ON requests_app_ledgerprivate;
CREATE TRIGGER wall_append_only BEFORE UPDATE OR DELETE ON requests_app_ledgerprivate
    FOR EACH ROW EXECUTE FUNCTION register_refuse();
ALTER TABLE requests_app_ledgerprivate ENABLE ALWAYS TRIGGER wall_append_only;
DROP FUNCTION register_guard_erasure() CASCADE;
DROP FUNCTION register_erase_private() CASCADE;
DROP FUNCTION register_refuse_unless_erased() CASCADE;
DROP FUNCTION register_pad_ledger(bigint);
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
    sql += trigger("guard_erasure", "ledgererasure", "BEFORE INSERT", "register_guard_erasure()")
    sql += trigger("erase_private", "ledgererasure", "AFTER INSERT", "register_erase_private()")
    sql += "DROP TRIGGER wall_append_only ON requests_app_ledgerprivate;\n"
    sql += trigger("wall_append_only", "ledgerprivate", "BEFORE UPDATE", "register_refuse()")
    sql += trigger("wall_no_delete", "ledgerprivate", "BEFORE DELETE", "register_refuse_unless_erased()")
    return sql


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_erasure")]

    operations = [migrations.RunSQL(FUNCTIONS + walls(), reverse_sql=NO_FUNCTIONS)]
