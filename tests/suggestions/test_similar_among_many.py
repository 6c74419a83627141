"""How many of thirty matters, each written twice in different words, are found among 5,000 other texts."""

import tomllib
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from django.db import connection

from tests.town import Town
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.similar import search_text, similar_to
from tibandu.web.demo import topics

PAIRS = tomllib.loads(Path(__file__).with_name("similar_pairs.toml").read_text("utf-8"))["pair"]
OTHERS = 5_000
# Topics of the demo that are themselves about the matter of one of the pairs: right answers, not distractors.
SAME_MATTER = frozenset(
    {
        *("nursery", "rural_ecom", "irrigation", "charging", "lift", "river_clean", "clinic", "medical_card"),
        *("mental", "small_loan", "air_dust", "wage", "pest_citrus", "community_net", "disabled_ramp"),
        *("heritage", "school_safety", "drug_lab", "teacher_flow", "garbage", "cold_store"),
    }
)


def other_texts(left_out: frozenset[str]) -> list[topics.Matter]:
    """The demo's topics again and again, each time in another place and with other figures."""
    files = sorted((topics.DATA / "topics").glob("*.toml"))
    found = [topic for file in files for topic in tomllib.loads(file.read_text("utf-8"))["topic"]]
    kept = [topic for topic in found if topic["key"] not in left_out]
    return [topics.matter(kept[n % len(kept)], n // len(kept)) for n in range(OTHERS)]


def fill(town: Town, others: list[topics.Matter]) -> list[Suggestion]:
    """The first of every pair, oldest of all, and the others: on file and in the index."""
    base = {"congress": town.congress, "state": "registered", "registered_on": date(2025, 3, 1)}
    firsts = [Suggestion(title=pair["earlier"][0], facts=pair["earlier"][1], **base) for pair in PAIRS]
    rest = [
        Suggestion(title=(m.title, m.also)[n // 70 % 2], facts=m.facts, analysis=m.analysis, **base)
        for n, m in enumerate(others)
    ]
    made = Suggestion.objects.bulk_create([*firsts, *rest])
    asks = [()] * len(firsts) + [m.asks for m in others]
    for suggestion, wanted in zip(made, asks, strict=True):
        INDEX.put(suggestion.pk, search_text(suggestion, wanted))
    return made[: len(firsts)]


def ranks(town: Town, twins: list[Suggestion]) -> tuple[list[int], list[float]]:
    """The place of every twin among the five shown (0: not shown), and the seconds of every look-up."""
    places, seconds = [], []
    for pair, twin in zip(PAIRS, twins, strict=True):
        title, facts = pair["later"]
        began = perf_counter()
        shown = similar_to(town.alice, f"{title}\n{title}\n{facts}", congress_id=town.congress.pk)
        seconds.append(perf_counter() - began)
        keys = [item.suggestion.pk for item in shown]
        places.append(keys.index(twin.pk) + 1 if twin.pk in keys else 0)
    return places, seconds


def test_there_are_thirty_pairs_of_the_agreed_length() -> None:
    lengths = [len(side[1]) for pair in PAIRS for side in (pair["earlier"], pair["later"])]
    assert len(PAIRS) == 30
    assert [length for length in lengths if not 60 <= length <= 150] == []


@pytest.mark.parametrize(
    ("left_out", "at_least"),
    [pytest.param(SAME_MATTER, 23, id="others"), pytest.param(frozenset(), 14, id="rivals")],
)
def test_the_twin_is_found_among_five_thousand(town: Town, left_out: frozenset[str], at_least: int) -> None:
    if connection.vendor == "postgresql":
        pytest.skip(
            "5,000 single puts are slow on PostgreSQL; the tokens are the same, test_similar runs on both"
        )
    places, seconds = ranks(town, fill(town, other_texts(left_out)))
    found = sum(place > 0 for place in places)
    print(f"\nrecall@5 {found}/30, first {places.count(1)}/30, median {median(seconds) * 1000:.0f} ms")
    assert places[0] == 1  # the bridge
    assert found >= at_least
