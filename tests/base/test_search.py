"""The full text index on whatever database the suite runs on."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tibandu.base.search import BLOCKS, SearchIndex

TEXTS = {
    1: "关于在老旧小区加装电梯的建议",
    2: "关于人民路天桥加装电梯的建议",
    3: "关于新建人民路过街天桥的建议 5G",
    4: "关于保障𠮷水河流域农田灌溉的建议",
    5: "桥",
}


def _editor():
    # Not entered: SQLite's editor refuses to open inside the transaction that a test runs in.
    return connection.SchemaEditorClass(connection, atomic=False)


@pytest.fixture
def index(db):
    index = SearchIndex("tried_search")
    index.create(_editor())
    for key, text in TEXTS.items():
        index.put(key, text)
    return index


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("天桥", [3, 2]),
        ("加装电梯", [2, 1]),
        ("天桥 电梯", [2]),
        ("桥", [5, 3, 2]),
        ("梯", [2, 1]),
        ("加桥", []),
        ("𠮷水河", [4]),
        ("5g", [3]),
        ("5G 天", [3]),
        ("建议5", []),
        ("建议 5G'\"*", [3]),
        ("   ", []),
    ],
)
def test_words_find_the_newest_first(index, words, expected):
    assert index.find(words, limit=10) == expected


def test_pages_and_the_oldest_first(index):
    assert index.find("建议", limit=2) == [4, 3]
    assert index.find("建议", limit=2, offset=2) == [2, 1]
    assert index.find("建议", limit=2, newest_first=False) == [1, 2]


def test_a_common_word_is_read_newest_first(index, monkeypatch):
    monkeypatch.setattr("tibandu.base.search.RARE", 1)
    assert index.find("建议", limit=2, offset=1) == [3, 2]


def test_a_text_put_again_replaces_the_old_one(index):
    index.put(2, "中学生营养午餐")
    assert index.find("天桥", limit=10) == [3]
    assert index.find("午餐", limit=10) == [2]


def test_a_removed_text_is_not_found(index):
    index.remove(2)
    index.remove(99)
    assert index.find("天桥", limit=10) == [3]


def test_a_cleared_index_finds_nothing_and_can_be_filled_again(index):
    index.clear()
    assert index.find("建议", limit=10) == []
    index.put(2, TEXTS[2])
    assert index.find("建议", limit=10) == [2]


def test_matches_filters_a_queryset(index):
    first, second = [ContentType.objects.create(app_label="tried", model=name) for name in ("one", "two")]
    index.put(first.pk, "社区食堂")
    index.put(second.pk, "社区 老年 食堂")
    rows = ContentType.objects.filter(app_label="tried").order_by("pk")
    assert list(rows.filter(pk__in=index.matches("社区食堂"))) == [first]
    assert list(rows.filter(pk__in=index.matches("食堂"))) == [first, second]
    assert list(rows.filter(pk__in=index.matches("，"))) == []


@pytest.mark.parametrize("common", [0, 300])
@pytest.mark.parametrize(
    "words", ["天桥", "加装电梯", "天桥 电梯", "桥", "加桥", "5g", "5G 天", "建议5", "", "𠮷水河"]
)
def test_a_lead_and_a_check_of_each_row_find_what_a_search_finds(index, monkeypatch, words, common):
    monkeypatch.setattr("tibandu.base.search.COMMON", common)  # at none, every word is held for common
    found = index.find(words, limit=10, newest_first=False)
    lead = index.lead("key", words)
    sql, params = lead.keys
    check, checked = index.check("every.n", words)
    every = " UNION ALL ".join(f"SELECT {key} AS n" for key in TEXTS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM ({sql}) lead ORDER BY key", params)
        assert [key for (key,) in cursor.fetchall()] == found
        cursor.execute(f"SELECT n FROM ({every}) every WHERE {check} ORDER BY n", checked)
        assert [key for (key,) in cursor.fetchall()] == found
    assert lead.size() == len(found)


@pytest.mark.parametrize("is_descending", [True, False])
def test_spans_of_keys_hold_all_that_is_found_in_order(index, monkeypatch, is_descending):
    """Texts far apart, so that they lie in blocks of every length."""
    monkeypatch.setattr("tibandu.base.search.COMMON", 0)
    far = [20_000, 90_000, 300_000, 700_000, 900_000, 990_000, 999_000, 1_000_000]
    for key in far:
        index.put(key, "又一座天桥")
    lead = index.lead("key", "天桥")
    found, edges = [], []
    for low, high, (sql, params) in lead.spans(is_descending) if lead.spans else [(0, max(far), lead.keys)]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT key FROM ({sql}) lead WHERE key BETWEEN {low} AND {high}", params)
            found += sorted((key for (key,) in cursor.fetchall()), reverse=is_descending)
        edges += [high, low] if is_descending else [low, high]
    assert found == sorted([2, 3, *far], reverse=is_descending)
    assert edges == sorted(edges, reverse=is_descending)
    assert {edges[0], edges[-1]} == {0, max(far)}
    assert lead.spans is None or len(edges) == 2 * (len(BLOCKS) + 1)


def test_vectors_made_without_blocks_are_told_of_them(index):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tried_search SET vector = array_to_tsvector(ARRAY['天桥'])")
    for _twice in range(2):
        index.name_blocks(_editor())
    spans = index.lead("key", "天桥").spans
    assert connection.vendor == "sqlite" or spans is None
    assert index.lead("key", "天桥").size() == (5 if connection.vendor == "postgresql" else 2)


def test_like_ranks_the_likest_first(index):
    found = index.like("建议在老旧小区加装电梯", limit=3)
    assert [key for key, likeness in found] == [1, 2]
    assert found[0][1] > found[1][1] > 0
    assert index.like(TEXTS[1], limit=1) == [(1, 1.0)]


def test_like_leaves_out_and_finds_nothing_for_nothing(index):
    assert [key for key, _ in index.like(TEXTS[1], limit=3, without=[1])] == [2]
    assert index.like("", limit=3) == []
    assert index.like("完全没有关系", limit=3) == []


def test_a_very_long_text_is_indexed_to_its_limit(index):
    index.put(6, "水库" * 30_000 + "尾声")
    assert index.find("水库", limit=1) == [6]


def test_odd_text_is_indexed_like_any_other(index):
    index.put(6, "a" * 5_000 + " \0 '天桥' \\ \" : & | ! <-> ﷺ" + "﷽" * 3_000)
    assert index.find("a" * 5_000, limit=1) == [6]
    assert index.find("天桥'", limit=1) == [6]


def test_the_migration_operation_makes_and_takes_away_the_index(db):
    index = SearchIndex("tried_operation")
    operation = index.operation()
    operation.code(None, _editor())
    index.put(1, "天桥")
    assert index.find("天桥", limit=1) == [1]
    operation.reverse_code(None, _editor())
    assert not [name for name in connection.introspection.table_names() if name.startswith("tried_operation")]


@pytest.mark.parametrize("name", ["Bad", "a b", "a;drop", "", "天"])
def test_an_index_has_a_plain_name(name):
    with pytest.raises(ValueError, match="plain name"):
        SearchIndex(name)
