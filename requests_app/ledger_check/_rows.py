"""Where rows stand for good, the history or a table that is only added to, and their canonical bytes."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from psycopg import sql

from requests_app.ledger import NOT_CONTENT
from requests_app.models import TRACKED_MODELS, AssistanceRequest, RoleGrant

# Statements end after five seconds and idle transactions after fifteen; the rest is for a machine that stood
# still. Whatever is dated further apart was not one act.
LONGEST_ACT = timedelta(minutes=10)
MOST_ARGUMENTS = 100  # of a function of PostgreSQL
MOMENT = """'"' || to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'"""
FORMS: dict[type[models.Field], str] = {
    models.DateTimeField: MOMENT,
    models.DateField: """'"' || to_char({}, 'YYYY-MM-DD') || '"'""",
    models.BinaryField: """'"' || encode({}, 'hex') || '"'""",
    models.UUIDField: """'"' || {}::text || '"'""",
    models.BooleanField: "{}::text",
    models.IntegerField: "{}::text",
    models.CharField: "to_json({})::text",
    models.TextField: "to_json({})::text",
    models.GenericIPAddressField: "to_json(host({}))::text",
    models.JSONField: "{}::text",
    ArrayField: "to_json({})::text",
}


@dataclass(frozen=True)
class Table:
    """Where the rows of a model stand for good, and how they are written canonically."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def has_history(self) -> bool:
        return self.model in TRACKED_MODELS

    @property
    def source(self) -> sql.Identifier:
        if self.has_history:
            return sql.Identifier(self.model.history.model._meta.db_table)  # type: ignore[attr-defined]
        return sql.Identifier(self.model._meta.db_table)

    @property
    def key(self) -> sql.Identifier:
        return sql.Identifier(str(self.model._meta.pk.column))

    @cached_property
    def fields(self) -> list[models.Field]:
        """Those of the content, in the order of canonical JSON."""
        content = [one for one in self.model._meta.concrete_fields if one.attname not in NOT_CONTENT]
        return sorted(content, key=lambda one: one.attname)

    @cached_property
    def needs_sorting(self) -> bool:
        return any(isinstance(one, models.JSONField) for one in self.fields)

    @property
    def text(self) -> sql.Composed:
        """The canonical bytes, but for the order and the spaces inside a JSON column."""
        parts: list[sql.Composable] = []
        for number, one in enumerate(self.fields):
            opening = ("," if number else "{") + f'"{one.attname}":'
            column = sql.SQL(_form(one)).format(sql.SQL("h.") + _column(one))
            parts += [sql.Literal(opening), sql.SQL("coalesce({}, 'null')").format(column)]
        return _joined([*parts, sql.Literal("}")])

    @property
    def case_column(self) -> sql.Composable:
        """The case that the row belongs to, if it can."""
        if self.model is AssistanceRequest:
            return self.key
        has_one = any(one.name == "case" for one in self.model._meta.concrete_fields)
        return sql.Identifier("case_id") if has_one else sql.SQL("NULL::bigint")

    @property
    def moment_column(self) -> sql.Composable:
        """When the row was written; some tables do not say."""
        if self.has_history:
            return sql.Identifier("history_date")
        has_one = any(one.name == "entered_at" for one in self.model._meta.concrete_fields)
        return sql.Identifier("entered_at") if has_one else sql.SQL("NULL::timestamptz")

    @property
    def all_keys(self) -> sql.Composed:
        """Every row, in the order of its key: number, revision, case, moment. Of roles, those of people."""
        revision = sql.SQL("revision" if self.has_history else "0")
        by_people = sql.SQL("WHERE granted_by_id NOT IN (SELECT id FROM requests_app_user WHERE is_system)")
        where = by_people if self.model is RoleGrant else sql.SQL("")
        return sql.SQL("SELECT {}, {}, {}, {} FROM {} {} ORDER BY 1, 2").format(
            self.key, revision, self.case_column, self.moment_column, self.source, where
        )

    @property
    def living(self) -> sql.Composed:
        """The first row that is not its last revision, and the first history that is not whole."""
        content = [_column(one) for one in self.fields]
        row, last = (
            sql.SQL(", ").join(sql.SQL("{}.").format(sql.Identifier(of)) + column for column in content)
            for of in ("l", "h")
        )
        return sql.SQL(
            "SELECT coalesce(l.id, g.id), l.id IS NULL, g.id IS NULL, g.first <> 1 OR g.count <> g.last,"
            " g.last <> l.revision, g.last"
            " FROM {} l FULL JOIN (SELECT id, min(revision) AS first, max(revision) AS last,"
            " count(*) AS count FROM {} GROUP BY id) g ON g.id = l.id"
            " LEFT JOIN {} h ON h.id = l.id AND h.revision = l.revision"
            " WHERE l.id IS NULL OR g.id IS NULL OR g.first <> 1 OR g.count <> g.last OR g.last <> l.revision"
            " OR ROW({}) IS DISTINCT FROM ROW({}) ORDER BY 1 LIMIT 1"
        ).format(sql.Identifier(self.model._meta.db_table), self.source, self.source, row, last)

    @cached_property
    def lookup(self) -> sql.Composed:
        """Of the rows that entries note, in their order: the text as it stands now, NULL where the row is
        gone; and whether the history of the row tells of another act than the entry.
        """
        revision = sql.SQL("AND h.revision = k.revision" if self.has_history else "")
        return sql.SQL(
            "SELECT CASE WHEN h.{} IS NOT NULL THEN {} END, {}"
            " FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::timestamptz[])"
            " WITH ORDINALITY AS k(id, revision, actor, entered, n)"
            " LEFT JOIN {} h ON h.{} = k.id {} ORDER BY k.n"
        ).format(self.key, self.text, self._is_another, self.source, self.key, revision)

    @property
    def _is_another(self) -> sql.Composable:
        """The history of the row tells of another act than the entry."""
        if not self.has_history:
            return sql.SQL("false")
        return sql.SQL(
            "(h.history_user_id IS DISTINCT FROM k.actor"
            " OR h.history_type <> CASE k.revision WHEN 1 THEN '+' ELSE '~' END"
            " OR abs(extract(epoch FROM h.history_date - k.entered)) > {})"
        ).format(sql.Literal(LONGEST_ACT.total_seconds()))


def _joined(parts: list[sql.Composable]) -> sql.Composed:
    """By concat(), which takes a hundred; || would copy what is there already each time."""
    hundreds = [parts[start : start + MOST_ARGUMENTS] for start in range(0, len(parts), MOST_ARGUMENTS)]
    words = [sql.SQL("concat({})").format(sql.SQL(", ").join(each)) for each in hundreds]
    return sql.SQL(" || ").join(words)


def _column(field: models.Field) -> sql.Identifier:
    return sql.Identifier(str(field.column))


def _form(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind in type(field).__mro__:
        if kind in FORMS:
            return FORMS[kind]
    raise TypeError(f"No canonical form for {field}.")


def tables() -> dict[str, Table]:
    """By the name that entries use."""
    kept = (model for model in apps.get_app_config("requests_app").get_models())
    return {str(model._meta.model_name): Table(model) for model in kept if not hasattr(model, "history_id")}
