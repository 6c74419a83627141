"""Knows how families are made from texts: oldest first, each suggestion joins the family of the likest before it."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from django.db import transaction
from django.db.models import Prefetch

from tibandu.insight import rules
from tibandu.insight.models import Kin
from tibandu.insight.queries.lineage import comparable
from tibandu.insight.rules import Matter
from tibandu.suggestions.enums import Repeated
from tibandu.suggestions.models import Ask, Suggestion
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.similar import search_text

BATCH = 500
FEW = 100  # so many are looked up one by one in the index; for more, all texts are read once
CANDIDATES = 12
SKETCH = 48
POSTINGS = 400
Progress = Callable[[int, int], None]


def forget() -> None:
    """Takes all families away, as before they are made anew."""
    Kin.objects.all().delete()


def refresh(progress: Progress = lambda done, of: None) -> int:
    """Gives every suggestion on file its place that has none yet, and says how many; stopped midway, it goes on from there."""
    Kin.objects.exclude(suggestion__in=comparable().values("pk")).delete()
    waiting = list(comparable().filter(kin=None).order_by("pk").values_list("pk", flat=True))
    if len(waiting) <= FEW:
        for done, pk in enumerate(waiting, 1):
            add_one(pk)
            progress(done, len(waiting))
    else:
        _add_all(waiting, progress)
    return len(waiting)


def add_one(pk: int) -> Kin:
    """The place of one suggestion, found through the index."""
    ((_pk, title, matter),) = _read([pk])
    text = "\n".join([title, title, matter.text])
    near = [key for key, _score in INDEX.like(text, limit=CANDIDATES, without=[pk])]
    families = dict(Kin.objects.filter(suggestion__in=near).values_list("suggestion", "family"))
    eldest = set(families.values())
    matters = {key: other for key, _title, other in _read({*families, *eldest})}
    kin = _placed(pk, matter, families, matters.get)
    kin.save()
    return kin


def _placed(
    pk: int, matter: Matter, families: dict[int, int], matter_of: Callable[[int], Matter | None]
) -> Kin:
    """In the family of the likest candidate, if it is like its eldest too; else the first of a family of its own."""
    likes = [(rules.kinship(matter, other), -key) for key in families if (other := matter_of(key))]
    for score, key in sorted(likes, reverse=True):
        if not score:
            break
        family = families[-key]
        eldest = matter_of(family)
        if family == -key or (eldest and rules.is_of_family(matter, eldest)):
            return Kin(suggestion_id=pk, family=family, nearest_id=-key, score=min(score, 1.0))
    return Kin(suggestion_id=pk, family=pk)


def _read(keys: Iterable[int]) -> Iterator[tuple[int, str, Matter]]:
    """Key, title and matter of each suggestion, in the order of the keys."""
    asks = Prefetch("asks", Ask.objects.order_by("number"))
    columns = ("title", "facts", "analysis", "repeated")
    rows = Suggestion.objects.filter(pk__in=list(keys)).only(*columns).prefetch_related(asks).order_by("pk")
    for row in rows:
        text = search_text(row, [ask.text for ask in row.asks.all()]).split("\n", 2)[2]
        yield row.pk, row.title, Matter(row.title, text, row.repeated != Repeated.NO)


class _Shelf:
    """All texts at hand, with a sketch of each: the pairs of its title, and of its text those that fall first in a lottery.

    Two texts that share most of their pairs share most of their sketches, however many texts there are.
    """

    def __init__(self) -> None:
        self.texts: dict[int, tuple[str, str, bool]] = {}
        self.families: dict[int, int] = {}
        self.postings: dict[str | int, list[int]] = defaultdict(list)
        self.matter_of = lru_cache(4096)(self._matter_of)

    def _matter_of(self, key: int) -> Matter | None:
        return Matter(*self.texts[key]) if key in self.texts else None

    def put(self, key: int, matter: Matter, family: int) -> None:
        self.texts[key] = (matter.title, matter.text, matter.says_repeated)
        self.families[key] = family
        for clue in _sketch(matter):
            found = self.postings[clue]
            found.append(key)
            if len(found) > POSTINGS:  # the newest count; what is common is told apart by what is rare
                del found[: POSTINGS // 4]

    def near(self, matter: Matter) -> dict[int, int]:
        """The families of the likest texts, by key; what few texts say weighs more."""
        scores: dict[int, float] = defaultdict(float)
        for clue in _sketch(matter):
            found = self.postings.get(clue, ())
            weight = 1.0 / math.log(2 + len(found))
            for key in found:
                scores[key] += weight
        best = sorted(scores, key=lambda key: (-scores[key], key))[:CANDIDATES]
        return {key: self.families[key] for key in best}


def _sketch(matter: Matter) -> list[str | int]:
    lots = sorted(crc32(pair.encode()) for pair in matter.text_pairs)[:SKETCH]
    return [*matter.title_pairs, *lots]


def _add_all(waiting: Sequence[int], progress: Progress) -> None:
    """Reads every text once, oldest first; what has its place already is only put on the shelf."""
    placed = dict(Kin.objects.values_list("suggestion", "family"))
    shelf = _Shelf()
    every = sorted({*placed, *waiting})
    for start in range(0, len(every), BATCH):
        made = []
        for key, _title, matter in _read(every[start : start + BATCH]):
            family = placed.get(key)
            if family is None:
                kin = _placed(key, matter, shelf.near(matter), shelf.matter_of)
                made.append(kin)
                family = kin.family
            shelf.put(key, matter, family)
        with transaction.atomic():
            Kin.objects.bulk_create(made)
        progress(min(start + BATCH, len(every)), len(every))
