"""Whether earlier suggestions on the same matter are found though they are written in other words."""

from datetime import date
from itertools import product

import pytest

from tests import cases
from tests.town import Town, moment
from tibandu.suggestions import actions
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.similar import put_into_index, similar_to, similar_to_case

DAY = moment(date(2026, 2, 20))
# Two texts on one matter, in different words.
PAIRS = [
    (
        "关于在兴澜大桥东头修建人行天桥的建议",
        "大桥东头车多人多，老人过马路要等三轮绿灯，孩子上学天天和货车抢道。",
        "关于解决兴澜大桥东侧行人过街难的建议",
        "兴澜大桥东侧路口没有立体过街设施，行人横穿车流，去年发生多起剐蹭。",
    ),
    (
        "关于治理汀溪黑臭水体的建议",
        "汀溪下游河水发黑发臭，沿岸小区污水管网错接，夏天居民不敢开窗。",
        "关于加快汀溪沿岸雨污分流改造的建议",
        "汀溪两岸老小区雨污合流，污水直排入河，水体常年黑臭。",
    ),
    (
        "关于老旧小区加装电梯的建议",
        "城北老旧小区多为六层步梯房，高龄老人下楼困难，加装电梯审批环节多。",
        "关于简化既有住宅增设电梯手续的建议",
        "既有住宅增设电梯要跑七个窗口，底层住户意见难统一，老人上下楼不便。",
    ),
    (
        "关于增加社区托育服务供给的建议",
        "三岁以下婴幼儿无人照看，普惠托育机构少、收费高，双职工家庭负担重。",
        "关于发展普惠托育的建议",
        "我市托育机构多在城区商圈，收费偏高，社区嵌入式托育点不足，婴幼儿照护难。",
    ),
    (
        "关于整治柳塘镇快递进村难的建议",
        "柳塘镇的偏远村没有快递点，村民取件要骑车到镇上，农产品寄出成本高。",
        "关于完善农村寄递物流体系的建议",
        "快递只送到镇，柳塘等镇的村级寄递站点空白，农产品上行和村民取件都不方便。",
    ),
]
PLACES = ["城东", "城西", "城南", "城北", "新港", "云溪", "石门", "柳塘", "汀溪", "高桥", "长岭", "白沙"]
MATTERS = [
    ("停车位", "小区停车位不足，车辆占用消防通道", "挖潜增设停车位"),
    ("农贸市场", "农贸市场地面积水，摊位占道经营", "升级改造农贸市场"),
    ("公交线路", "公交线路绕行，候车时间超过四十分钟", "优化公交线路"),
    ("中小学食堂", "食堂菜品单一，采购不透明", "公开食堂采购价格"),
    ("广场舞噪声", "夜间噪声扰民，投诉反复", "划定活动时段和音量"),
    ("乡村医生", "乡村医生老龄化，收入偏低", "提高乡村医生补助"),
    ("高标准农田", "灌溉渠道损坏，田块零散", "建设高标准农田"),
    ("校外培训", "预付费退费难，机构跑路", "建立资金监管账户"),
    ("路灯", "背街小巷路灯不亮，夜间出行不安全", "补装节能路灯"),
    ("湿地保护", "围垦侵占湿地，候鸟减少", "划定湿地保护红线"),
    ("企业融资", "小微企业抵押不足，融资成本高", "扩大信用贷款"),
    ("电动车充电", "电动车飞线充电，存在火灾隐患", "建设集中充电棚"),
    ("残疾人就业", "岗位少、培训少", "开发公益性岗位"),
    ("文物保护", "古民居年久失修", "设立修缮补助"),
    ("养老服务", "社区日间照料中心利用率低", "引入专业机构运营"),
    ("河堤道路", "河堤道路狭窄，会车困难", "拓宽河堤道路"),
    ("垃圾分类", "投放点设置不合理", "定时定点投放"),
    ("职业教育", "实训设备陈旧", "推进产教融合"),
    ("法律援助", "群众不知道怎样申请法律援助", "在村里设法律援助联络点"),
    ("供水管网", "老管网漏损，水压不足", "更换供水管网"),
]


@pytest.fixture
def library(town: Town) -> list[Suggestion]:
    """240 texts about other matters and the first of every pair, all on file and in the index."""
    base = {"congress": town.congress, "state": "registered", "registered_on": date(2025, 3, 1)}
    others = [
        Suggestion(
            title=f"关于{place}{what}问题的建议",
            facts=f"{place}一带{facts}。",
            analysis=f"应当{ask}。",
            **base,
        )
        for place, (what, facts, ask) in product(PLACES, MATTERS)
    ]
    firsts = [Suggestion(title=title, facts=facts, **base) for title, facts, _title, _facts in PAIRS]
    made = Suggestion.objects.bulk_create([*others, *firsts])
    for suggestion in made:
        put_into_index(suggestion)
    return made[-len(PAIRS) :]


def test_the_twin_is_among_the_first_five(town: Town, library: list[Suggestion]) -> None:
    congress = town.congress.pk
    found = []
    for (_title, _facts, title, facts), twin in zip(PAIRS, library, strict=True):
        shown = similar_to(town.alice, f"{title}\n{title}\n{facts}", congress_id=congress)
        found.append(twin.pk in [item.suggestion.pk for item in shown])
    assert found == [True] * len(PAIRS)


def test_the_same_bridge_in_other_words_ranks_first(town: Town, library: list[Suggestion]) -> None:
    _title, _facts, title, facts = PAIRS[0]
    first = similar_to(town.alice, f"{title}\n{facts}", congress_id=town.congress.pk)[0]
    assert (first.suggestion, first.year, first.answer) == (library[0], 2025, "")
    assert 6 <= first.percent <= 100


def test_a_few_characters_are_like_nothing(town: Town, library: list[Suggestion]) -> None:
    assert similar_to(town.alice, "关于大桥", congress_id=town.congress.pk) == []


def test_what_one_may_not_see_is_not_shown_as_similar(town: Town) -> None:
    hidden = cases.submitted(town, by=town.chen, cosigners=[])
    own = cases.draft(town)
    assert similar_to_case(town.alice, own) == []
    actions.register(town.office, hidden, at=DAY)
    assert [item.suggestion for item in similar_to_case(town.alice, own)] == [hidden]
    actions.classify(town.office, hidden, at=DAY, is_masked=True)
    assert similar_to_case(town.alice, own) == []


def test_another_tenant_finds_nothing(town: Town) -> None:
    cases.registered(town)
    text = f"{cases.TITLE}\n{cases.FACTS}"
    assert similar_to(town.foreign_office, text, congress_id=town.district.pk) == []
    assert similar_to(town.foreign_office, text, congress_id=town.congress.pk) == []
