"""The walls around accounts, as 0003 built them around cases; and the table of shared counts."""

from django.db import migrations

TRACKED = ("accountstep", "signinlock", "training")
APPEND_ONLY = ("rolereview", *(f"historical{name}" for name in TRACKED))

# As `createcachetable` makes it. Counts of requests and nothing else.
CACHE_TABLE = """
CREATE TABLE register_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX register_cache_expires ON register_cache (expires);
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
    sql = ""
    for table in APPEND_ONLY:
        sql += trigger("wall_append_only", table, "BEFORE UPDATE OR DELETE", "register_refuse()")
        sql += trigger("wall_no_truncate", table, "BEFORE TRUNCATE", "register_refuse()", each="STATEMENT")
    for table in TRACKED:
        history = f"requests_app_historical{table}"
        sql += trigger("wall_no_delete", table, "BEFORE DELETE", "register_refuse()")
        sql += trigger("wall_no_truncate", table, "BEFORE TRUNCATE", "register_refuse()", each="STATEMENT")
        sql += trigger("guard_change", table, "BEFORE INSERT OR UPDATE", "register_guard_change('actor')")
        sql += at_commit(
            "require_history", table, "AFTER INSERT OR UPDATE", f"register_require_history('{history}')"
        )
        sql += f"CREATE UNIQUE INDEX historical{table}_one_for_each_revision ON {history} (id, revision);\n"
        sql += trigger(
            "guard_history", f"historical{table}", "BEFORE INSERT", "register_guard_history('actor')"
        )
        sql += at_commit(
            "require_row",
            f"historical{table}",
            "AFTER INSERT",
            f"register_require_row('requests_app_{table}')",
        )
    return sql


def no_walls() -> str:
    sql = "".join(
        f"DROP TRIGGER {name} ON requests_app_{table};\n"
        for table in APPEND_ONLY
        for name in ("wall_append_only", "wall_no_truncate")
    )
    for table in TRACKED:
        for name in ("wall_no_delete", "wall_no_truncate", "guard_change", "require_history"):
            sql += f"DROP TRIGGER {name} ON requests_app_{table};\n"
        for name in ("guard_history", "require_row"):
            sql += f"DROP TRIGGER {name} ON requests_app_historical{table};\n"
        sql += f"DROP INDEX historical{table}_one_for_each_revision;\n"
    return sql + "DROP TABLE register_cache;\n"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0004_accounts")]

    operations = [migrations.RunSQL(CACHE_TABLE + walls(), reverse_sql=no_walls())]
