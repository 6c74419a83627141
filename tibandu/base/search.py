"""A full text index beside any table, on SQLite (FTS5) and PostgreSQL (tsvector), that finds, filters and compares.

Texts are cut into tokens by `searchtext` before they reach the database, so both databases find the same rows.
The index lives in the caller's database and transaction. On SQLite the tokens stay in a table of their own, because
FTS5 before 3.43 can only forget a row when it is told again what the row said.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias, cast

from django.apps.registry import Apps
from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from tibandu.base.searchtext import clean, keywords, query_tokens, tokens

LONGEST_TEXT = 40_000  # PostgreSQL refuses a tsvector over 1 MB; forms refuse text long before
RARE = 1_000  # a word with fewer hits is sorted from the index, a commoner one is read newest first
COMMON = 8  # words with so many hits in the newest blocks are read block by block
MOST_KEYS = 20_000
NO_KEY = 2**62
TELLING_WORDS = 40
PAIRED_WORDS = 6
POSTING_CAP = 400
CANDIDATES = 200
BLOCKS = (12, 15, 18)  # bits of a key that a block leaves out; every vector names the blocks its key lies in

_SQLITE_CREATE = (
    "CREATE TABLE {name}_tokens (key INTEGER PRIMARY KEY, words TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE {name} USING fts5"
    "(words, content='{name}_tokens', content_rowid='key', tokenize='ascii')",
)
_SQLITE_DROP = ("DROP TABLE {name}", "DROP TABLE {name}_tokens")
# The function carries its own setting: vectors live outside the main heap, which therefore looks cheap to scan.
_POSTGRESQL_CREATE = (
    "CREATE TABLE {name} (key bigint PRIMARY KEY, words text NOT NULL, vector tsvector NOT NULL)",
    "CREATE INDEX {name}_vector ON {name} USING gin (vector) WITH (fastupdate = off)",
    "CREATE FUNCTION {name}_keys(wanted tsquery, most integer) RETURNS SETOF bigint LANGUAGE sql STABLE "
    "SET enable_seqscan = off AS "
    "'SELECT found.key FROM {name} found WHERE found.vector @@ wanted LIMIT most'",
)
_POSTGRESQL_DROP = ("DROP FUNCTION {name}_keys(tsquery, integer)", "DROP TABLE {name}")
_SQLITE_FIND = "SELECT rowid FROM {name} WHERE {name} MATCH %s ORDER BY rowid {order} LIMIT %s OFFSET %s"
_POSTGRESQL_FIND = (
    "SELECT key FROM {name} WHERE vector @@ %s::tsquery ORDER BY key {order} LIMIT %s OFFSET %s"
)

Clue: TypeAlias = tuple[str, ...]
Piece: TypeAlias = tuple[str, tuple[Any, ...]]  # of SQL, with its parameters
Span: TypeAlias = tuple[int, int, Piece]  # a first and a last key, and what stands between them


@dataclass(frozen=True, slots=True)
class Matches:
    """All keys of the texts that hold some words, and about how many they are.

    They come in order, or can be had span by span: `spans(is_descending)`.
    """

    keys: Piece
    size: Callable[[], int]
    spans: Callable[[bool], Iterable[Span]] | None = None

    @property
    def is_ordered(self) -> bool:
        return self.spans is not None or not _is_postgresql()


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """One index, named by a plain lower-case identifier; its keys are the keys of the rows it describes."""

    name: str

    def __post_init__(self) -> None:
        if not (self.name.isidentifier() and self.name.isascii() and self.name.islower()):
            raise ValueError(f"not a plain name for an index: {self.name!r}")

    def create(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        self._run_all(schema_editor, _POSTGRESQL_CREATE if is_postgresql else _SQLITE_CREATE)

    def drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        self._run_all(schema_editor, _POSTGRESQL_DROP if is_postgresql else _SQLITE_DROP)

    def operation(self) -> migrations.RunPython:
        """The operation that a migration lists: makes the index, and takes it away when undone."""

        def forwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            self.create(schema_editor)

        def backwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            self.drop(schema_editor)

        return migrations.RunPython(forwards, backwards)

    def name_blocks(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Puts the blocks of their keys into vectors that were made when vectors did not name them."""
        if schema_editor.connection.vendor == "postgresql":
            blocks = ", ".join(f"'@{bits}/' || (key >> {bits})" for bits in BLOCKS)
            lacking = f"NOT vector @@ $$'@{BLOCKS[0]}/':*$$::tsquery"
            sql = f"UPDATE {{name}} SET vector = vector || array_to_tsvector(ARRAY[{blocks}]) WHERE {lacking}"
            self._run_all(schema_editor, [sql])

    def put(self, key: int, text: str) -> None:
        """Index a text under its key, in place of what stood there."""
        words = tokens(clean(text)[:LONGEST_TEXT])
        if _is_postgresql():
            self._execute(
                "INSERT INTO {name} (key, words, vector) VALUES (%s, %s, %s::tsvector) ON CONFLICT (key) "
                "DO UPDATE SET words = excluded.words, vector = excluded.vector",
                [key, words, vector(key, words)],
            )
            return
        self.remove(key)
        self._execute("INSERT INTO {name}_tokens (key, words) VALUES (%s, %s)", [key, words])
        self._execute("INSERT INTO {name} (rowid, words) VALUES (%s, %s)", [key, words])

    def remove(self, key: int) -> None:
        """Forget a key; one that was never there does no harm."""
        if _is_postgresql():
            self._execute("DELETE FROM {name} WHERE key = %s", [key])
            return
        for (words,) in self._rows("SELECT words FROM {name}_tokens WHERE key = %s", [key]):
            forget = "INSERT INTO {name} ({name}, rowid, words) VALUES ('delete', %s, %s)"
            self._execute(forget, [key, words])
            self._execute("DELETE FROM {name}_tokens WHERE key = %s", [key])

    def clear(self) -> None:
        """Forget everything, as before all texts are put again."""
        if _is_postgresql():
            self._execute("DELETE FROM {name}", [])
            return
        self._execute("INSERT INTO {name} ({name}) VALUES ('delete-all')", [])
        self._execute("DELETE FROM {name}_tokens", [])

    def find(self, words: str, *, limit: int, offset: int = 0, newest_first: bool = True) -> list[int]:
        """The keys of the texts that hold all these words, by key."""
        wanted = _query(words)
        if wanted is None:
            return []
        order = "DESC" if newest_first else "ASC"
        if not _is_postgresql():
            return self._keys(_SQLITE_FIND.replace("{order}", order), [wanted, limit, offset])
        rare = self._keys("SELECT {name}_keys(%s::tsquery, %s)", [wanted, RARE + 1])
        if len(rare) <= RARE:
            return sorted(rare, reverse=newest_first)[offset : offset + limit]
        return self._keys(_POSTGRESQL_FIND.replace("{order}", order), [wanted, limit, offset])

    def matches(self, words: str) -> RawSQL:
        """All matching keys as a subquery: `rows.filter(pk__in=index.matches(words))`; no words match nothing."""
        wanted = _query(words)
        if wanted is None:
            return RawSQL("SELECT 0 WHERE 1 = 0", (), output_field=BigIntegerField())
        sql = "SELECT rowid FROM {name} WHERE {name} MATCH %s"
        if _is_postgresql():
            sql = "SELECT {name}_keys(%s::tsquery, NULL)"
        return RawSQL(sql.format(name=self.name), (wanted,), output_field=BigIntegerField())

    def lead(self, column: str, words: str) -> Matches:
        """All matching keys, under a name.

        PostgreSQL's index gives them in no order and the texts beside it in half a second, so common words are looked
        for in the newest blocks of keys first.
        """
        wanted = _query(words)
        if wanted is None:
            return Matches((f"SELECT 0 AS {column} WHERE 1 = 0", ()), lambda: 0)
        if not _is_postgresql():
            sql = f"SELECT rowid AS {column} FROM {self.name} WHERE {self.name} MATCH %s"
            return Matches((sql, (wanted,)), lambda: self._size(wanted))
        top, hits = self._newest(wanted)
        if hits < COMMON:
            keys = self._keys("SELECT {name}_keys(%s::tsquery, %s)", [wanted, MOST_KEYS + 1])
            if len(keys) <= MOST_KEYS:
                every = "{" + ",".join(map(str, keys)) + "}"
                return Matches((f"SELECT unnest(%s::bigint[]) AS {column}", (every,)), lambda: len(keys))

        def found(query: str) -> Piece:
            return f"SELECT {self.name}_keys(%s::tsquery, NULL) AS {column}", (query,)

        def spans(is_descending: bool) -> Iterator[Span]:
            for low, high, blocks in _spans(top, is_descending):
                yield low, high, found(f"({wanted}) & ({blocks})" if blocks else wanted)

        return Matches(found(wanted), lambda: _of_all(top, hits), spans)

    def _newest(self, wanted: str) -> tuple[int, int]:
        """The newest key, and how many hits there are in the newest blocks, which say how common the words are."""
        bits = BLOCKS[0]
        newest, params = "SELECT COALESCE(MAX(rowid), 0) AS top FROM {name}", [wanted]
        found = f"{{name}} WHERE {{name}} MATCH %s AND rowid >= ((top >> {bits}) - 1) << {bits}"
        if _is_postgresql():
            newest = newest.replace("rowid", "key")
            params = [f"({wanted}) & ('@{bits}/", f"' | '@{bits}/", "')"]
            found = (
                f"{{name}}_keys((%s || (top >> {bits}) || %s || (top >> {bits}) - 1 || %s)::tsquery, NULL)"
            )
        asked = f"SELECT top, (SELECT COUNT(*) FROM {found}) FROM ({newest}) newest"
        ((top, hits),) = self._rows(asked, params)
        return top, hits

    def _size(self, wanted: str) -> int:
        """About how many texts hold the words: counted where they are rare, else as common as in the newest blocks."""
        top, hits = self._newest(wanted)
        if hits >= COMMON:
            return _of_all(top, hits)
        few = "SELECT 1 FROM {name} WHERE {name} MATCH %s LIMIT %s"
        return self._keys(f"SELECT COUNT(*) FROM ({few}) few", [wanted, MOST_KEYS])[0]

    def check(self, key: str, words: str) -> tuple[str, tuple[Any, ...]]:
        """A condition that one row fits, where rows are few and matches are many: the text of that row is read."""
        if _is_postgresql():
            wanted = _query(words)
            # OFFSET keeps the database from reading all matches into a hash.
            row = f"SELECT 1 FROM {self.name} said WHERE said.key = {key} AND said.vector @@ %s::tsquery"
            sql = f"EXISTS ({row} OFFSET 0)"
            return (sql, (wanted,)) if wanted else ("1 = 0", ())
        phrases = [" " + " ".join(phrase) for phrase in query_tokens(words)]
        said = [phrase[:-1] if phrase.endswith("*") else f"{phrase} " for phrase in phrases]
        if not said:
            return "1 = 0", ()
        has = " AND ".join(["instr(' ' || said.words || ' ', %s) > 0"] * len(said))
        return f"EXISTS (SELECT 1 FROM {self.name}_tokens said WHERE said.key = {key} AND {has})", tuple(said)

    def like(self, text: str, *, limit: int, without: Iterable[int] = ()) -> list[tuple[int, float]]:
        """The keys of the texts most like this one with their likeness (0.0 to 1.0), the likest first."""
        asked = tokens(clean(text)[:LONGEST_TEXT]).split()
        scores = self._scores(_clues(text, asked), frozenset(without))
        candidates = sorted(scores, key=lambda key: (-scores[key], -key))[:CANDIDATES]
        ranked = _likenesses(asked, self._tokens_of(candidates))
        return sorted(ranked, key=lambda pair: (-pair[1], -pair[0]))[:limit]

    def _scores(self, clues: Sequence[Clue], without: frozenset[int]) -> dict[int, float]:
        """Rough likeness of every text that holds a clue: the fewer texts hold it, the more it weighs."""
        scores: dict[int, float] = defaultdict(float)
        for found in self._postings(clues):
            weight = 1.0 / math.log(2 + len(found))
            for key in found:
                scores[key] += weight
        for key in without:
            scores.pop(key, None)
        return scores

    def _postings(self, clues: Sequence[Clue]) -> list[list[int]]:
        """The keys (some hundred at most) of the texts that hold each clue."""
        if not _is_postgresql():
            sql = "SELECT rowid FROM {name} WHERE {name} MATCH %s ORDER BY rowid DESC LIMIT %s"
            asked = (" AND ".join(f'"{token}"' for token in clue) for clue in clues)
            return [self._keys(sql, [query, POSTING_CAP]) for query in asked]
        sql = (
            "SELECT array(SELECT {name}_keys(asked.wanted::tsquery, %s)) "
            "FROM unnest(%s::text[]) WITH ORDINALITY AS asked(wanted, place) ORDER BY asked.place"
        )
        queries = [" & ".join(f"'{token}'" for token in clue) for clue in clues]
        return [found for (found,) in self._rows(sql, [POSTING_CAP, queries])]

    def _tokens_of(self, keys: Sequence[int]) -> dict[int, list[str]]:
        if not keys:
            return {}
        table = "{name}" if _is_postgresql() else "{name}_tokens"
        marks = ", ".join(["%s"] * len(keys))
        rows = self._rows(f"SELECT key, words FROM {table} WHERE key IN ({marks})", keys)
        return {key: words.split() for key, words in rows}

    def _execute(self, sql: str, params: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(name=self.name), params)

    def _rows(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(name=self.name), params)
            return list(cursor.fetchall())

    def _keys(self, sql: str, params: Sequence[Any]) -> list[int]:
        return [cast(int, row[0]) for row in self._rows(sql, params)]

    def _run_all(self, schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
        for statement in statements:
            schema_editor.execute(statement.format(name=self.name), params=None)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _query(words: str) -> str | None:
    """The words in the database's query language; tokens are letters and digits only, so quoting is safe."""
    phrases = query_tokens(words)
    if not phrases:
        return None
    if _is_postgresql():
        return " & ".join("(" + " <-> ".join(map(_lexeme, phrase)) + ")" for phrase in phrases)
    return " AND ".join(
        f'"{" ".join(phrase).removesuffix("*")}"' + "*" * phrase[-1].endswith("*") for phrase in phrases
    )


def _lexeme(token: str) -> str:
    return f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'"


def vector(key: int, words: str) -> str:
    """The tokens with their places, and the blocks of the key, in the notation of tsvector; past the server's own parser."""
    places = (f"'{token}':{place}" for place, token in enumerate(words.split()[:16_000], start=1))
    return " ".join([*places, *(_block(bits, key >> bits) for bits in BLOCKS)])


def _block(bits: int, number: int) -> str:
    """A lexeme that no token can be, for tokens are letters and digits."""
    return f"'@{bits}/{number}'"


def _blocks(bits: int, number: int, step: int) -> str:
    """A block and the one beside it: together at least as many keys as one block holds."""
    return f"{_block(bits, number)} | {_block(bits, number + step)}"


def _edge(top: int, bits: int) -> int:
    """The first key of the newest two blocks."""
    return max(0, (top >> bits) - 1 << bits)


def _of_all(top: int, hits: int) -> int:
    """About how many hits there are in all, if the newest two blocks have so many."""
    return hits * (top + 1) // (top + 1 - _edge(top, BLOCKS[0]))


def _spans(top: int, is_descending: bool) -> Iterator[tuple[int, int, str]]:
    """Spans of keys that lie one after the other, each longer than the one before, with the blocks that hold them."""
    low, high = 0, top + 1
    for bits in BLOCKS:
        if is_descending:
            edge = _edge(top, bits)
            yield edge, high - 1, _blocks(bits, top >> bits, -1)
            high = edge
        else:
            edge = min(high, 2 << bits)
            yield low, edge - 1, _blocks(bits, 0, 1)
            low = edge
        if low == high:
            return
    yield low, high - 1, ""


def _clues(text: str, asked: Sequence[str]) -> list[Clue]:
    """What to look for: each pair of characters of the keywords, and the first keywords two at a time.

    Two at a time, because every single word may be common in a large index of texts about the same things.
    """
    words = [_pairs(word) for word in keywords(text, TELLING_WORDS)]
    singles = dict.fromkeys(token for word in words for token in word) or dict.fromkeys(asked)
    together = [one + other for one, other in combinations(words[:PAIRED_WORDS], 2)]
    return [*((token,) for token in list(singles)[: 2 * TELLING_WORDS]), *together]


def _pairs(word: str) -> Clue:
    return tuple(token for token in tokens(word).split() if len(token) > 1)


def _likenesses(asked: Sequence[str], texts: dict[int, list[str]]) -> list[tuple[int, float]]:
    """How much of the asked text each text says, by TF-IDF of pairs and single characters.

    Single characters, because other words for one thing often share one. Half way between cosine and share
    of the asked, because a long text that says it all among more is about the same matter.
    """
    counts = {key: _with_characters(words) for key, words in texts.items()}
    spread = Counter(token for words in counts.values() for token in words)
    wanted = _weighed(_with_characters(asked), spread, len(texts))
    length = _length(wanted)
    ranked = []
    for key, words in counts.items():
        weights = _weighed(words, spread, len(texts))
        shared = sum(weight * weights[token] for token, weight in wanted.items() if token in weights)
        norm = length * math.sqrt(length * _length(weights))
        ranked.append((key, round(min(shared / norm, 1.0), 4) if norm else 0.0))
    return ranked


def _with_characters(words: Sequence[str]) -> Counter[str]:
    """The tokens, and the first character of each pair; with the closing ones these are all Han characters."""
    return Counter([*words, *(word[0] for word in words if len(word) == 2 and not word.isascii())])


def _weighed(counts: Counter[str], spread: Counter[str], total: int) -> dict[str, float]:
    logs = _LOGS
    return {
        token: logs[min(count, 63)] * math.log(1 + (total + 1) / (spread[token] + 1))
        for token, count in counts.items()
    }


def _length(weights: dict[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights.values()))


_LOGS = [1 + math.log(count) if count else 0.0 for count in range(64)]
