"""Whether matters lead to the unit whose published duty they are, and what past cases add; the list's own order."""

import json
import tomllib
from pathlib import Path

import pytest

from tibandu.suggestions.queries.advising import DUTY_LIST, duty_list
from tibandu.suggestions.rules.advice import (
    NOT_BY_DUTY,
    Learned,
    case_words,
    found_words,
    kind_of,
    matter_of,
    ranked,
)

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "real-suggestions.jsonl"


@pytest.mark.parametrize(
    ("title", "kind", "word"),
    [
        ("关于在青石路口增设红绿灯的建议", "public_security", "红绿灯"),
        ("关于开通城北至高铁站公交线路的建议", "transport", "公交线路"),
        ("关于加快病险水库除险加固的建议", "water", "病险水库"),
        ("关于老旧小区加装电梯的建议", "housing_construction", "加装电梯"),
        ("关于增加城南片区小学学位的建议", "education", "学位"),
        ("关于建设村级老年食堂的建议", "civil_affairs", "老年食堂"),
        ("关于提高乡村医生待遇的建议", "health", "乡村医生"),
        ("关于防控松材线虫病的建议", "forestry", "松材线虫病"),
        ("关于整治占道经营的建议", "urban_management", "占道经营"),
        ("关于扩大门诊慢特病报销范围的建议", "medical_security", "门诊慢特病"),
    ],
)
def test_a_matter_leads_to_the_unit_whose_duty_it_is(title: str, kind: str, word: str) -> None:
    first = ranked(title, "", duty_list())[0]
    assert first.code == kind
    assert first.clause is not None
    assert word in first.clause.words
    assert word in first.words
    assert first.clause.source


def test_every_proposal_cites_a_clause_and_the_shares_make_a_whole() -> None:
    found = ranked("关于写一首校园诗的建议", "没有对应的职责。", duty_list())
    assert sum(proposal.share for proposal in found) == pytest.approx(1)
    assert [p.code for p in found if p.clause is None or p.clause.kind != p.code] == []
    assert not {proposal.code for proposal in found} & set(NOT_BY_DUTY)


def test_a_word_inside_a_longer_one_is_left_aside() -> None:
    assert [word for _place, word in found_words("农村公路养护", duty_list())] == ["农村公路养护"]
    assert [word for _place, word in found_words("农村饮水安全", duty_list())] == ["农村饮水", "饮水安全"]


@pytest.mark.parametrize(
    ("title", "matter"),
    [
        ("关于修建汀溪大桥的建议", "修建汀溪大桥"),
        ("修建汀溪大桥的几点意见和建议", "修建汀溪大桥"),
        ("修建汀溪大桥", "修建汀溪大桥"),
    ],
)
def test_the_frame_of_a_title_says_nothing(title: str, matter: str) -> None:
    assert matter_of(title) == matter


def test_the_body_helps_where_the_title_is_silent() -> None:
    title = "关于为群众办好一件实事的建议"
    assert ranked(title, "村里的水库渗漏，灌区渠道多年没有清淤。", duty_list())[0].code == "water"


def test_past_cases_teach_where_duties_overlap() -> None:
    title = "关于增设背街小巷路灯的建议"
    without = [proposal.code for proposal in ranked(title, "", duty_list())[:2]]
    assert set(without) == {"housing_construction", "urban_management"}
    learned = Learned()
    for other in ("关于维修滨河路路灯的建议", "关于城西路灯不亮的建议"):
        learned.add(case_words(other, duty_list()), without[1], 6)
    assert ranked(title, "", duty_list(), learned)[0].code == without[1]
    for other in ("关于维修滨河路路灯的建议", "关于城西路灯不亮的建议"):
        learned.add(case_words(other, duty_list()), without[1], -6)
    assert [proposal.code for proposal in ranked(title, "", duty_list(), learned)[:2]] == without


def test_a_unit_without_a_kind_is_learned_by_itself() -> None:
    learned = Learned()
    learned.add(case_words("关于发布汀溪流域统计数据的建议", duty_list()), "#17", 30)
    found = {proposal.code: proposal for proposal in ranked("关于统计数据的建议", "", duty_list(), learned)}
    assert found["#17"].clause is None
    assert found["#17"].share > 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("兴澜市住房和城乡建设局", "housing_construction"),
        ("汀溪区住建局", "housing_construction"),
        ("兴澜市自然资源和规划局", "natural_resources"),
        ("兴澜供电公司", "power_supply"),
        ("兴澜市中级人民法院", "court"),
        ("柳塘镇人民政府", "township_subdistrict"),
        ("榴花街道办事处", "township_subdistrict"),
        ("兴澜市乡村振兴局", "rural_revitalization"),
        ("兴澜市医疗保障局", "medical_security"),
        ("兴澜市卫生健康委员会", "health"),
        ("兴澜市统计局", ""),
    ],
)
def test_the_name_of_a_unit_says_its_kind(name: str, kind: str) -> None:
    assert kind_of(name, duty_list()) == kind


def test_the_duty_list_names_a_source_for_every_clause() -> None:
    table = tomllib.loads(DUTY_LIST.read_text("utf-8"))
    clauses = [clause for entry in table.values() for clause in entry["clause"]]
    assert [clause["text"] for clause in clauses if not (clause["source"] and clause["words"].split())] == []
    assert [c["text"] for c in clauses if len(set(c["words"].split())) < len(c["words"].split())] == []


@pytest.mark.skipif(not REAL.is_file(), reason="the real suggestions are not beside the repository")
def test_real_titles_of_many_places_find_their_unit() -> None:
    """The floor under docs/advice.md: all rows with a stated unit, without those of townships and government offices."""
    rows = [json.loads(line) for line in REAL.read_text("utf-8").splitlines()]
    left_out = {*NOT_BY_DUTY, "other"}
    asked = [r for r in rows if r["unit_kind_source"] == "stated_unit" and r["unit_kind"] not in left_out]
    orders = [
        (row["unit_kind"], [p.code for p in ranked(row["title"], "", duty_list())[:3]]) for row in asked
    ]
    assert sum(kind == order[0] for kind, order in orders) >= len(asked) * 0.62
    assert sum(kind in order for kind, order in orders) >= len(asked) * 0.82
