"""Knows how a row is read with all that hangs on it by one statement, where prefetch_related takes one a relation.

Each relation is a subquery that gives its rows as one JSON text. The models' own querysets are compiled into it, so
that order, joined rows and rules of sight are theirs; the rows are tied as prefetch_related ties them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from sys import intern
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet

from tibandu.base.prepared import keeping_cursor

KEY = -(2**60)  # stands for the key of the whole where a statement is made before its key is known
MOST_ARGUMENTS = 100  # of a function, in PostgreSQL
VIEWERS = 4096
_PLACE = re.compile("(?<!%)%s")

Seen = Callable[[Any], QuerySet[Any]]
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Branch:
    """A relation to many: what is joined to its rows, which of them a viewer sees, and what hangs on them in turn."""

    name: str
    joined: tuple[str, ...] = ()
    seen: Seen | None = None
    branches: tuple["Branch", ...] = ()


class Whole:
    """A row with its branches, read as `seen(viewer).select_related(*joined)` with a prefetch of each would be.

    `seen` is a pure function of the viewer, a hashable value: the statement made from it is kept.
    A foreign key that leads to a row of the same whole gets that very row.
    """

    def __init__(
        self, model: type[Model], seen: Seen, joined: Iterable[str], branches: Iterable[Branch]
    ) -> None:
        self.model = model
        self.branch = Branch("", tuple(joined), seen, tuple(branches))
        self._nodes: list[_Node] = []
        self._statement_for = lru_cache(VIEWERS)(self._statement)

    def get(self, viewer: Any, pk: int) -> Any:
        """The row of this key as the viewer sees it; raises DoesNotExist out of sight."""
        try:
            sql, params = self._statement_for(viewer)
        except EmptyResultSet:
            raise self.model.DoesNotExist from None  # type: ignore[attr-defined]
        with keeping_cursor() as cursor:
            cursor.execute(sql, {**params, "key": pk})
            texts = cursor.fetchone()
        if texts is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]
        found = [json.loads(text) if text else [] for text in texts]
        found[0] = [found[0]]
        rows = [node.built(values) for node, values in zip(self._nodes, found, strict=True)]
        _tie(self._nodes, rows, viewer)
        return rows[0][0]

    def _statement(self, viewer: Any) -> tuple[str, dict[str, Any]]:
        """One row of JSON texts, the whole's own first; nothing of the branches is read where the whole is unseen.

        Its parameters have names: Django puts them into so long a text ten times as fast as unnamed ones.
        """
        self._nodes = self._nodes or list(_Node(self.branch, self.model, None).all())
        root, *branches = self._nodes
        sql, params = root.select(viewer)
        texts = [branch.subquery(viewer) for branch in branches]
        own = root.packed if root.vendor == "sqlite" else f"{root.packed}::text"
        columns = ", ".join([own, *(text for text, _params in texts)])
        inside = [value for _text, values in texts for value in values]
        values = [*inside, *params]
        names = ["key" if value == KEY else f"p{place}" for place, value in enumerate(values)]
        places = iter(names)
        named = _PLACE.sub(lambda _match: f"%({next(places)})s", f"SELECT {columns} FROM ({sql}) AS whole")
        return intern(named), dict(zip(names, values, strict=True))


class _Node:
    """A branch in its place: how its rows are selected and built, and on which rows they hang.

    `table` is what is selected: the rows themselves, or the pairs of a many-to-many with the rows joined.
    """

    def __init__(self, branch: Branch, model: type[Model], parent: "_Node | None") -> None:
        self.branch, self.parent, self.model, self.table = branch, parent, model, model
        self.vendor = connections[DEFAULT_DB_ALIAS].vendor
        self.path, self.far, self.is_one, self.joined = "pk", "", False, branch.joined
        self.kept: Statement | None = None
        self.packed, self.is_chunked = "", False
        self.keys: list[tuple[str, str, Any]] = []
        beside = list(branch.branches)
        if parent is not None:
            self._hang_on(parent)
        else:  # a join of many tables costs PostgreSQL more to plan than as many subqueries
            pairs = [path.partition("__") for path in branch.joined]
            beside += [Branch(name, (rest,) if rest else ()) for name, _dot, rest in pairs]
            self.joined = ()
        self.children = [_Node(child, self.model, self) for child in beside]

    def _hang_on(self, parent: "_Node") -> None:
        link: Any = parent.model._meta.get_field(self.branch.name)
        self.model = self.table = link.related_model
        self.is_one = link.many_to_one or link.one_to_one
        if not link.many_to_many:
            self.near = link.field if link.auto_created else link
        else:
            self.table, self.far = link.remote_field.through, link.m2m_reverse_field_name()
            self.near = self.table._meta.get_field(link.m2m_field_name())
        if not link.many_to_one:
            self.path = "__".join([self.near.name, *([parent.path] if parent.parent else [])])

    def all(self) -> Iterator["_Node"]:
        yield self
        for child in self.children:
            yield from child.all()

    def seen(self, viewer: Any) -> QuerySet[Any]:
        """The rows as a prefetch would be given them."""
        rows = self.branch.seen(viewer) if self.branch.seen else self.model._default_manager.all()
        return rows.select_related(*self.joined) if self.joined else rows

    def pairs(self) -> QuerySet[Any]:
        pairs: QuerySet[Any] = self.table._default_manager.select_related(self.far)
        return pairs.order_by(*(f"{self.far}__{name}" for name in self.model._meta.ordering or ("pk",)))

    def managed(self, parent: Model, viewer: Any) -> QuerySet[Any]:
        """The rows of one parent as its manager would query them."""
        found: QuerySet[Any] = getattr(parent, self.branch.name)._apply_rel_filters(self.seen(viewer))
        return found

    def select(self, viewer: Any) -> Statement:
        """What hangs on the whole of the coming key; raises EmptyResultSet where the viewer can see nothing."""
        rows = (self.pairs() if self.far else self.seen(viewer)).filter(**{self.path: KEY})
        compiler = (rows if rows.ordered else rows.order_by("pk")).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql(with_col_aliases=True)
        if not self.packed:
            self._learn(compiler)
        return sql, tuple(params)

    def subquery(self, viewer: Any) -> Statement:
        """The rows as one JSON text; a statement that hangs on no viewer is made once."""
        if self.kept:
            return self.kept
        try:
            sql, params = self.select(viewer)
        except EmptyResultSet:
            return "NULL", ()
        if self.path == "pk" and self.parent:
            sql, params = sql.replace("%s", f"whole.col{self.parent.names.index(self.near.attname) + 1}"), ()
        collect = "json_group_array(%s)" if self.vendor == "sqlite" else "json_agg(%s)::text"
        made = f"(SELECT {collect % self.packed} FROM ({sql}) AS part)", params
        if self.branch.seen is None:
            self.kept = made
        return made

    def _learn(self, compiler: Any) -> None:
        """How a row of the statement becomes objects, which is the same for every viewer."""
        info, fields = compiler.klass_info, [column.target for column, _sql, _alias in compiler.select]
        self.own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [field.attname for field in fields[self.own]]
        self.joins = list(_joins(info, fields))
        readers = [_reader(field, self.vendor) for field in fields]
        self.readers = [(place, reader) for place, reader in enumerate(readers) if reader]
        joined = {name.partition("__")[0] for name in (*self.joined, self.far)}
        self.keys = [
            (field.attname, field.name, field.related_model)
            for field in self.table._meta.concrete_fields
            if field.is_relation and field.name not in joined
        ]
        columns = [f"col{place}" for place in range(1, len(fields) + 1)]
        function = "json_array" if self.vendor == "sqlite" else "json_build_array"
        chunks = [columns[at : at + MOST_ARGUMENTS] for at in range(0, len(columns), MOST_ARGUMENTS)]
        packed = [f"{function}({', '.join(chunk)})" for chunk in chunks]
        self.is_chunked = len(packed) > 1
        self.packed = f"{function}({', '.join(packed)})" if self.is_chunked else packed[0]

    def built(self, rows: list[list[Any]]) -> list[Any]:
        """The rows as objects, with what is joined to them."""
        if not rows:
            return []
        if self.is_chunked:
            rows = [[value for chunk in row for value in chunk] for row in rows]
        found = []
        for row in rows:
            for place, reader in self.readers:
                if row[place] is not None:
                    row[place] = reader(row[place])
            made = self.table.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for join in self.joins:
                join.populate(row, made)
            found.append(made)
        return found


class _Join:
    """How a joined row is built and hung on the row it was joined to, as select_related does it."""

    def __init__(self, info: Any, fields: list[Any]) -> None:
        self.model, self.own = info["model"], slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [field.attname for field in fields[self.own]]
        self.key = info["select_fields"][0] + self.names.index(self.model._meta.pk.attname)
        self.near, self.far = info["local_setter"], info["remote_setter"]
        self.joins = list(_joins(info, fields))

    def populate(self, row: list[Any], near: Any) -> None:
        far = None
        if row[self.key] is not None:
            far = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for join in self.joins:
                join.populate(row, far)
            self.far(far, near)
        self.near(near, far)


def _joins(info: Any, fields: list[Any]) -> Iterator[_Join]:
    for far in info.get("related_klass_infos", ()):
        yield _Join(far, fields)


def _reader(field: "Field[Any, Any]", vendor: str) -> Callable[[Any], Any] | None:
    """What makes a value of JSON the field's own; SQLite stores moments as text in UTC, and JSON as text."""
    kind = field.get_internal_type()
    if kind == "DateField":
        return date.fromisoformat
    if kind == "DateTimeField":
        return _moment if vendor == "sqlite" else datetime.fromisoformat
    if kind == "BooleanField":
        return bool
    if kind == "JSONField":
        return json.loads if vendor == "sqlite" else None
    if kind.endswith(
        ("AutoField", "CharField", "IntegerField", "SlugField", "TextField", "ForeignKey", "OneToOneField")
    ):
        return None
    raise NotImplementedError(f"{field} cannot be gathered")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class _Read(QuerySet[Any, Any]):
    """Rows that are read already; asked for others, it is what the relation's manager makes of the same sight."""

    anew: Callable[[], QuerySet[Any]]
    _prefetch_done: bool

    @property
    def query(self) -> Any:  # type: ignore[override]
        return self.anew().query

    def _clone(self) -> Any:
        return self.anew()


def _read(node: _Node, parent: Model, rows: list[Any], viewer: Any) -> _Read:
    made = _Read(node.model, query=_LATER)
    made._result_cache, made._prefetch_done = rows, True
    made.anew = partial(node.managed, parent, viewer)
    return made


_LATER: Any = object()  # in place of a query that most are never asked for


def _tie(nodes: list[_Node], rows: list[list[Any]], viewer: Any) -> None:
    """Ties every key that leads inside the whole, and hangs every row on its parent's manager; drops orphans."""
    pairs = list(zip(nodes, rows, strict=True))
    known = {
        node.model: {row.pk: row for row in members}
        for node, members in pairs
        if not (node.far or node.is_one)
    }
    for node, members in pairs:
        for attname, name, model in node.keys:
            inside = known.get(model, {})
            for row in members:
                if target := inside.get(row.__dict__[attname]):
                    row._state.fields_cache[name] = target
        if node.is_one:
            _join(node, rows[0][0], next(iter(members), None))
        elif node.parent is not None:
            _hang(node, node.parent, members, known, viewer)


def _join(node: _Node, whole: Any, far: Any) -> None:
    whole._state.fields_cache[node.branch.name] = far
    if far is not None and node.path != "pk":
        far._state.fields_cache[node.near.name] = whole


def _hang(
    node: _Node, parent: _Node, members: list[Any], known: dict[type[Model], dict[int, Any]], viewer: Any
) -> None:
    held: dict[int, list[Any]] = {}
    for row in members:
        held.setdefault(row.__dict__[node.near.attname], []).append(row)
    for pk, owner in known[parent.model].items():
        mine = held.get(pk, [])
        if node.far:
            inside = known.get(node.model, {})
            mine = [inside.get(row.__dict__[f"{node.far}_id"]) or getattr(row, node.far) for row in mine]
        cache = owner.__dict__.setdefault("_prefetched_objects_cache", {})
        cache[node.branch.name] = _read(node, owner, mine, viewer)
