"""The walls: what the database refuses for ever, whoever asks and however.

Plain SQL, because any session may switch off a trigger of django-pgtrigger by a setting, and
ENABLE ALWAYS, because a session may call itself a replica. Guards only: no trigger decides.
The table names are written out: a migration speaks of its own moment.
"""

from django.db import migrations

TRACKED = (
    "user",
    "rolegrant",
    "assistancerequest",
    "restricteddetails",
    "evidence",
    "document",
    "page",
    "commandercall",
    "dispatch",
    "fieldoutcome",
    "deviation",
    "review",
    "rosterentry",
    "threshold",
    "directorynumber",
    "policyinforce",
)
# An account changes its password outside a transition, so it alone needs no actor.
ACTORLESS = ("user",)
APPEND_ONLY = (
    "decision",
    "endorsement",
    "pageattempt",
    "correction",
    "reveal",
    "release",
    "installation",
    "idempotencykey",
    "ledgerentry",
    "ledgerprivate",
    "ledgerposition",
    *(f"historical{name}" for name in TRACKED),
)
NEVER_DELETED = (*TRACKED, "numbercounter", "ledgerhead")
# Tables whose rows carry the moment of entry: the database clock, not the application's.
ENTERED = (
    "assistancerequest",
    "document",
    "commandercall",
    "dispatch",
    "fieldoutcome",
    "review",
    "decision",
    "endorsement",
    "pageattempt",
    "correction",
    "reveal",
    "release",
    "idempotencykey",
    "ledgerentry",
)

FUNCTIONS = """
CREATE FUNCTION register_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded stays.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '42501', HINT = 'Record a correction instead.';
END
$$;

CREATE FUNCTION register_actor() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT nullif(current_setting('app.actor', true), '')::bigint
$$;

-- A change has an actor, is the next revision, and leaves identity and moment of entry alone.
CREATE FUNCTION register_guard_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    fixed text;
BEGIN
    IF TG_ARGV[0] = 'actor' AND NOT EXISTS (
        SELECT 1 FROM public.requests_app_user WHERE id = register_actor()
    ) THEN
        RAISE EXCEPTION 'A change of % without an actor is refused.', TG_TABLE_NAME
            USING ERRCODE = '42501', HINT = 'Use a transition of requests_app.workflow.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.revision <> 1 THEN
            RAISE EXCEPTION 'A new row of % is revision 1.', TG_TABLE_NAME USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.revision <> OLD.revision + 1 THEN
        RAISE EXCEPTION 'Each change of % is one revision.', TG_TABLE_NAME
            USING ERRCODE = '42501', HINT = 'Use a transition of requests_app.workflow.';
    END IF;
    FOREACH fixed IN ARRAY ARRAY['id', 'number', 'public_id', 'entered_at', 'case_id', 'badge_number'] LOOP
        IF to_jsonb(NEW) -> fixed IS DISTINCT FROM to_jsonb(OLD) -> fixed THEN
            RAISE EXCEPTION 'Column % of % is never changed.', fixed, TG_TABLE_NAME USING ERRCODE = '42501';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;

-- At commit: the revision has its history row, equal to the row.
CREATE FUNCTION register_require_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM public.%I h WHERE h.id = $1 AND h.revision = $2'
        ' AND to_jsonb(h) - ARRAY[''history_id'', ''history_date'', ''history_change_reason'','
        ' ''history_type'', ''history_user_id''] = $3)',
        TG_ARGV[0]
    ) INTO written USING NEW.id, NEW.revision, to_jsonb(NEW) - 'password';
    IF NOT written THEN
        RAISE EXCEPTION 'Revision % of % has no true history row.', NEW.revision, TG_TABLE_NAME
            USING ERRCODE = '42501', HINT = 'Use a transition of requests_app.workflow.';
    END IF;
    RETURN NULL;
END
$$;

-- A history row is dated by the database and names the actor of its transaction.
CREATE FUNCTION register_guard_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_ARGV[0] = 'actor' AND NEW.history_user_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'A history row names the actor of its transaction.' USING ERRCODE = '42501';
    END IF;
    NEW.history_date := register_now();
    RETURN NEW;
END
$$;

-- At commit: history is not written ahead of the row.
CREATE FUNCTION register_require_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    exists_already boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE id = $1 AND revision >= $2)', TG_ARGV[0])
        INTO exists_already USING NEW.id, NEW.revision;
    IF NOT exists_already THEN
        RAISE EXCEPTION 'History of % cannot be written ahead of the row.', TG_ARGV[0] USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END
$$;

-- At commit: every revision of a case is one act in the ledger.
CREATE FUNCTION register_require_ledger() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.requests_app_ledgerentry
        WHERE case_id = NEW.id AND case_revision = NEW.revision
    ) THEN
        RAISE EXCEPTION 'Revision % of % has no entry in the ledger.', NEW.revision, TG_TABLE_NAME
            USING ERRCODE = '42501', HINT = 'Use a transition of requests_app.workflow.';
    END IF;
    RETURN NULL;
END
$$;

-- The moment of entry lies within this transaction, by the database clock.
CREATE FUNCTION register_guard_entered() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.entered_at > register_now()
        OR NEW.entered_at < register_now() - (clock_timestamp() - transaction_timestamp())
    THEN
        RAISE EXCEPTION 'The moment of entry is the database clock, and no other.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION register_guard_ledger_actor() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.actor_id IS DISTINCT FROM register_actor() THEN
        RAISE EXCEPTION 'A ledger entry names the actor of its transaction.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;

-- At commit: the entry has its private part, both commitments are true, and it takes the next place.
-- The head row is locked from here to the end of the commit, so places follow the order of commits.
CREATE FUNCTION register_place_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place bigint;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.requests_app_ledgerprivate p
        WHERE p.entry_id = NEW.id
          AND NEW.leaf = sha256(p.public_salt || NEW.public_bytes) || sha256(p.private_salt || p.private_bytes)
          AND length(p.public_salt) = 32 AND length(p.private_salt) = 32
    ) THEN
        RAISE EXCEPTION 'Entry % does not commit to its bytes.', NEW.id USING ERRCODE = '42501';
    END IF;
    UPDATE public.requests_app_ledgerhead SET size = size + 1 WHERE id = 1 RETURNING size - 1 INTO place;
    INSERT INTO public.requests_app_ledgerposition (index, entry_id) VALUES (place, NEW.id);
    RETURN NULL;
END
$$;

-- Who logged, decided or commanded a request does not review it.
CREATE FUNCTION register_guard_reviewer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.requests_app_decision
        WHERE case_id = NEW.case_id AND NEW.reviewer_id IN (decided_by_id, entered_by_id)
        UNION ALL
        SELECT 1 FROM public.requests_app_assistancerequest
        WHERE id = NEW.case_id AND NEW.reviewer_id IN (logged_by_id, taken_by_id)
        UNION ALL
        SELECT 1 FROM public.requests_app_dispatch
        WHERE case_id = NEW.case_id AND NEW.reviewer_id = commander_id
    ) THEN
        RAISE EXCEPTION 'Who logged, decided or commanded a request does not review it.' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$;
"""


def trigger(name: str, table: str, when: str, call: str, *, each: str = "ROW") -> str:
    """A trigger that fires for every session, replicas included."""
    return (
        f"CREATE TRIGGER {name} {when} ON requests_app_{table} FOR EACH {each} EXECUTE FUNCTION {call};\n"
        f"ALTER TABLE requests_app_{table} ENABLE ALWAYS TRIGGER {name};\n"
    )


def at_commit(name: str, table: str, when: str, call: str) -> str:
    """A check that runs when the transaction commits."""
    return (
        f"CREATE CONSTRAINT TRIGGER {name} {when} ON requests_app_{table} DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION {call};\n"
        f"ALTER TABLE requests_app_{table} ENABLE ALWAYS TRIGGER {name};\n"
    )


def walls() -> str:
    """All walls, table by table. Triggers of one table fire in the order of their names."""
    sql = ""
    for table in APPEND_ONLY:
        sql += trigger("wall_append_only", table, "BEFORE UPDATE OR DELETE", "register_refuse()")
        sql += trigger("wall_no_truncate", table, "BEFORE TRUNCATE", "register_refuse()", each="STATEMENT")
    for table in NEVER_DELETED:
        sql += trigger("wall_no_delete", table, "BEFORE DELETE", "register_refuse()")
        sql += trigger("wall_no_truncate", table, "BEFORE TRUNCATE", "register_refuse()", each="STATEMENT")
    for table in TRACKED:
        actor = "actorless" if table in ACTORLESS else "actor"
        history = f"requests_app_historical{table}"
        sql += trigger("guard_change", table, "BEFORE INSERT OR UPDATE", f"register_guard_change('{actor}')")
        sql += at_commit(
            "require_history",
            table,
            "AFTER INSERT OR UPDATE",
            f"register_require_history('{history}')",
        )
        sql += f"CREATE UNIQUE INDEX historical{table}_one_for_each_revision ON {history} (id, revision);\n"
        sql += trigger(
            "guard_history", f"historical{table}", "BEFORE INSERT", f"register_guard_history('{actor}')"
        )
        sql += at_commit(
            "require_row",
            f"historical{table}",
            "AFTER INSERT",
            f"register_require_row('requests_app_{table}')",
        )
    for table in ENTERED:
        sql += trigger("guard_entered", table, "BEFORE INSERT", "register_guard_entered()")
    sql += at_commit(
        "require_ledger", "assistancerequest", "AFTER INSERT OR UPDATE", "register_require_ledger()"
    )
    sql += trigger("guard_actor", "ledgerentry", "BEFORE INSERT", "register_guard_ledger_actor()")
    sql += at_commit("place_entry", "ledgerentry", "AFTER INSERT", "register_place_entry()")
    sql += trigger("guard_reviewer", "review", "BEFORE INSERT OR UPDATE", "register_guard_reviewer()")
    return sql


def no_walls() -> str:
    """Take everything down again: functions CASCADE to their triggers."""
    names = (
        "register_refuse",
        "register_guard_change",
        "register_require_history",
        "register_guard_history",
        "register_require_row",
        "register_require_ledger",
        "register_guard_entered",
        "register_guard_ledger_actor",
        "register_place_entry",
        "register_guard_reviewer",
        "register_actor",
    )
    sql = "".join(f"DROP FUNCTION {name}() CASCADE;\n" for name in names)
    return sql + "".join(f"DROP INDEX historical{table}_one_for_each_revision;\n" for table in TRACKED)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0002_reference_data")]

    operations = [migrations.RunSQL(FUNCTIONS + walls(), reverse_sql=no_walls())]
