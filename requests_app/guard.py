"""What the superuser keeps about the walls: how they stood when the roles were granted, and who re-checks it.

A table's owner can rename it away and make another under its name, switch a trigger off, or drop it. So the
schema `register_guard`, which belongs to the superuser, holds every fact about the protected tables, and
event triggers compare after each command that changes a definition, by name: a difference undoes the command.
A migration is let through by `grant_database_roles --open-ledger`, for as long as it takes.
"""

from collections.abc import Iterator, Mapping

from psycopg import sql

SCHEMA = "register_guard"
EVENTS = {
    "register_guard_ddl": ("ddl_command_end", "refuse_breach"),
    "register_guard_drop": ("sql_drop", "refuse_breach"),
    "register_guard_rewrite": ("table_rewrite", "refuse_rewrite"),
}

TABLES = """
CREATE TABLE IF NOT EXISTS register_guard.role (kind text PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS register_guard.protected (name text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS register_guard.pin (
    kind text, name text, fact text NOT NULL, PRIMARY KEY (kind, name)
)
"""

# The oid tells a table or function from another that was made later under its name.
FACTS = """
    WITH guarded AS (
        SELECT c.* FROM pg_class c JOIN register_guard.protected p ON p.name = c.relname
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')
    )
    SELECT 'table', c.relname::text, concat_ws(' ', c.oid, c.relkind, c.relpersistence,
        pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, c.relispartition)
    FROM guarded c
    UNION ALL
    SELECT 'trigger', concat(c.relname, '.', t.tgname),
        concat_ws(' ', t.tgenabled, t.tgfoid::oid, pg_get_triggerdef(t.oid))
    FROM pg_trigger t JOIN guarded c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'rule', concat(c.relname, '.', r.rulename), pg_get_ruledef(r.oid)
    FROM pg_rewrite r JOIN guarded c ON c.oid = r.ev_class
    UNION ALL
    SELECT 'policy', concat(c.relname, '.', p.polname), p.oid::text
    FROM pg_policy p JOIN guarded c ON c.oid = p.polrelid
    UNION ALL
    SELECT 'inheritance', concat(i.inhrelid::oid, ' of ', i.inhparent::oid), c.relname::text
    FROM pg_inherits i JOIN guarded c ON c.oid IN (i.inhrelid, i.inhparent)
    UNION ALL
    SELECT 'column', concat(c.relname, '.', a.attnum), concat_ws(' ', a.attname,
        format_type(a.atttypid, a.atttypmod), a.attcollation, a.attnotnull, a.attgenerated, a.attidentity)
    FROM pg_attribute a JOIN guarded c ON c.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint', concat(c.relname, '.', k.conname), pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN guarded c ON c.oid = k.conrelid WHERE k.contype <> 't'
    UNION ALL
    SELECT 'index', n.relname::text, concat_ws(' ', i.indisvalid, pg_get_indexdef(i.indexrelid))
    FROM pg_index i JOIN guarded c ON c.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid
    WHERE i.indisunique
    UNION ALL
    SELECT 'function', concat(f.proname, '(', pg_get_function_identity_arguments(f.oid), ')'),
        concat_ws(' ', f.oid, pg_get_userbyid(f.proowner), f.prolang, f.prosecdef, f.proconfig, f.provolatile,
            sha256(convert_to(f.prosrc, 'UTF8')))
    FROM pg_proc f
    WHERE f.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')
      AND (f.proname ~ '^register_' OR f.oid IN (
          SELECT t.tgfoid FROM pg_trigger t JOIN guarded c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal))
"""

# A new column, constraint or index takes nothing away; anything else that is new may.
BREACHES = """
    SELECT format('%s %s is %s', coalesce(p.kind, f.kind), coalesce(p.name, f.name),
        CASE WHEN f.fact IS NULL THEN 'gone' WHEN p.fact IS NULL THEN 'new' ELSE 'changed' END)
    FROM register_guard.pin p FULL JOIN register_guard.facts() f ON f.kind = p.kind AND f.name = p.name
    WHERE p.fact IS DISTINCT FROM f.fact
      AND (p.fact IS NOT NULL OR f.kind NOT IN ('column', 'constraint', 'index'))
    ORDER BY 1
"""

REFUSE_BREACH = """
DECLARE
    found text;
BEGIN
    SELECT string_agg(b, ', ') INTO found FROM (SELECT b FROM register_guard.breaches() b LIMIT 5) few;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'The walls of the register stay as they are: %.', found
            USING ERRCODE = '42501', HINT = 'For a migration: manage.py grant_database_roles --open-ledger';
    END IF;
END
"""

# ALTER TABLE ... TYPE ... USING writes every row anew, and no trigger of the table sees it.
REFUSE_REWRITE = """
BEGIN
    IF EXISTS (
        SELECT FROM pg_class c JOIN register_guard.protected p ON p.name = c.relname
        WHERE c.oid = pg_event_trigger_table_rewrite_oid()
    ) THEN
        RAISE EXCEPTION 'The walls of the register stay as they are: no table is written anew.'
            USING ERRCODE = '42501', HINT = 'For a migration: manage.py grant_database_roles --open-ledger';
    END IF;
END
"""

FUNCTIONS = {
    "facts": ("TABLE (kind text, name text, fact text)", "sql STABLE", FACTS),
    "breaches": ("SETOF text", "sql STABLE", BREACHES),
    "refuse_breach": ("event_trigger", "plpgsql", REFUSE_BREACH),
    "refuse_rewrite": ("event_trigger", "plpgsql", REFUSE_REWRITE),
}

# Append-only tables that a session could still change: no trigger that always refuses it, by kind of change.
# Private bytes of the ledger go by the act of two people, and their wall is the one that asks for it.
# The bits are PostgreSQL's, of pg_trigger.tgtype: row 1, before 2, delete 8, update 16, truncate 32.
UNWALLED = """
    SELECT c.relname || ' (' || e.what || ')'
    FROM pg_class c CROSS JOIN (VALUES ('UPDATE', 19), ('DELETE', 11), ('TRUNCATE', 34)) AS e(what, bits)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) AND NOT EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'A'
        AND t.tgtype & e.bits = e.bits AND t.tgqual IS NULL AND t.tgattr::text = ''
        AND (t.tgfoid = to_regproc('public.register_refuse')
            OR (c.relname = 'requests_app_ledgerprivate' AND e.what = 'DELETE'
                AND t.tgfoid = to_regproc('public.register_refuse_unless_erased'))))
    ORDER BY 1
"""
# The ledger and history by name, and whatever else has a wall.
PROTECTED = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (
        c.relname = ANY(%s) OR EXISTS (
            SELECT FROM pg_trigger t
            WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'A'))
    ORDER BY 1
"""


def lower() -> Iterator[sql.Composable]:
    """The re-check is off. The facts stay, so that what was changed meanwhile can be told."""
    for name in EVENTS:
        yield sql.SQL("DROP EVENT TRIGGER IF EXISTS {}").format(sql.Identifier(name))


def raise_again(protected: list[str], roles: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Keep the facts as they are now, and re-check from now on."""
    schema = sql.Identifier(SCHEMA)
    yield sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema)
    yield from map(sql.SQL, TABLES.split(";\n"))
    for name, (returns, language, body) in FUNCTIONS.items():
        create = sql.SQL(
            "CREATE OR REPLACE FUNCTION {}.{}() RETURNS {} LANGUAGE {}"
            " SET search_path = pg_catalog, pg_temp AS {}"
        )
        words = (schema, sql.Identifier(name), sql.SQL(returns), sql.SQL(language), sql.Literal(body))
        yield create.format(*words)
    # Names and hashes, no secrets: the check and a dump read them as who they are.
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC").format(schema)
    yield sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO PUBLIC").format(schema)
    yield sql.SQL("TRUNCATE {0}.role, {0}.protected, {0}.pin").format(schema)
    for kind, role in roles.items():
        insert = sql.SQL("INSERT INTO {}.role VALUES ({}, {})")
        yield insert.format(schema, sql.Literal(kind), sql.Literal(role))
    names = sql.SQL("), (").join(map(sql.Literal, protected))
    yield sql.SQL("INSERT INTO {}.protected VALUES ({})").format(schema, names)
    yield sql.SQL("INSERT INTO {0}.pin SELECT * FROM {0}.facts()").format(schema)
    for name, (event, function) in EVENTS.items():
        trigger, call = sql.Identifier(name), sql.Identifier(SCHEMA, function)
        create = sql.SQL("CREATE EVENT TRIGGER {} ON {} EXECUTE FUNCTION {}()")
        yield create.format(trigger, sql.SQL(event), call)
        yield sql.SQL("ALTER EVENT TRIGGER {} ENABLE ALWAYS").format(trigger)
