"""Knows the summary tables that offices keep: which header means what, and how numbers, days and unit cells are read."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base.words import plain_header, split_names
from tibandu.suggestions.enums import Nature, Publicity, Role, State

# fmt: off
FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "number":     (gettext_lazy("编号"),     ("建议编号", "编号", "建议号", "提案号", "提案编号", "议案编号", "案号", "原编号", "代表建议编号", "建议序号")),
    "order":      (gettext_lazy("序号"),     ("序号",)),
    "title":      (gettext_lazy("标题"),     ("标题", "建议标题", "建议名称", "建议题目", "提案标题", "提案名称", "题目", "案由", "事由", "名称", "建议案由")),
    "nature":     (gettext_lazy("性质"),     ("类型", "性质", "建议类型", "种类", "件类")),
    "place":      (gettext_lazy("地区"),     ("地区", "所属地区", "来源地区", "行政区划", "来自")),
    "session":    (gettext_lazy("届次"),     ("届次", "会议", "会次", "届次会议", "会议名称")),
    "year":       (gettext_lazy("年份"),     ("年份", "年度")),
    "authors":    (gettext_lazy("提出人"),   ("提出人", "代表姓名", "领衔代表", "领衔人", "提案人", "提案者", "第一提案人", "建议人", "提出代表", "代表", "提建议人")),
    "cosigners":  (gettext_lazy("联名代表"), ("联名代表", "附议代表", "附议人", "联名人", "联名")),
    "lead":       (gettext_lazy("主办单位"), ("主办单位", "承办单位", "主办", "主办部门", "承办部门", "办理单位", "牵头单位")),
    "co":         (gettext_lazy("会办单位"), ("会办单位", "协办单位", "会办", "协办", "会办部门", "协办部门", "配合单位")),
    "separate":   (gettext_lazy("分办单位"), ("分办单位", "分办", "分别办理单位")),
    "category":   (gettext_lazy("答复类别"), ("答复类别", "办理类别", "复文类别", "答复分类", "结果分类", "办理结果", "办理结果类别", "办理结果分类")),
    "grade":      (gettext_lazy("满意度"),   ("满意度", "满意程度", "代表评价", "代表意见", "反馈意见", "评价")),
    "facts":      (gettext_lazy("建议内容"), ("建议内容", "建议摘要", "内容", "主要内容", "内容摘要", "摘要", "正文", "情况")),
    "asks":       (gettext_lazy("具体要求"), ("具体要求", "具体建议", "建议事项", "要求")),
    "answer":     (gettext_lazy("答复内容"), ("答复内容", "答复摘要", "办理情况", "办理结果说明", "答复意见", "办理答复情况")),
    "doc_no":     (gettext_lazy("答复文号"), ("答复文号", "文号", "发文字号", "复文文号")),
    "submitted":  (gettext_lazy("提出日期"), ("提出日期", "提出时间", "提交日期", "提交时间", "收到日期")),
    "registered": (gettext_lazy("立案日期"), ("立案日期", "立案时间", "登记日期", "登记时间")),
    "assigned":   (gettext_lazy("交办日期"), ("交办日期", "交办时间")),
    "due":        (gettext_lazy("办理期限"), ("办理期限", "期限", "应答复日期", "限办日期", "办结期限")),
    "answered":   (gettext_lazy("答复日期"), ("答复日期", "答复时间", "复文日期", "办复日期", "办复时间")),
    "closed":     (gettext_lazy("办结日期"), ("办结日期", "办结时间")),
    "state":      (gettext_lazy("状态"),     ("状态", "办理状态", "当前状态", "进度", "办理进度")),
    "subject":    (gettext_lazy("建议分类"), ("建议分类", "建议类别", "分类", "内容分类")),
    "publicity":  (gettext_lazy("是否公开"), ("是否公开", "公开意见", "公开属性")),
    "source":     (gettext_lazy("来源网址"), ("来源网址", "网址", "链接", "来源", "备注", "说明", "不能导入的原因")),
}
DAYS = ("submitted", "registered", "assigned", "due", "answered", "closed")
NUMBER_LENGTH, TITLE_LENGTH, PLACE_LENGTH, NAME_LENGTH = 40, 120, 60, 60
_NOTHING = frozenset({"", "无", "暂无", "空", "-", "--", "—", "——", "/", "\\", "未知", "不详", "待定", "null"})
_SUMS = re.compile(r"^(合\s*计|小\s*计|总\s*计|共\s*计|注[:：]|说明[:：]|制表|填表)")
_NUMBER = re.compile(r"^(?:(?:代表)?建议|提案|议案)?第?\s*(.*?)\s*号?(?:建议|提案|议案)?$")
_DIGITS = re.compile(r"(\d+)(?!.*\d)")
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2}))?\s*[日号月]?(?:[ T]\d.*)?")
_DAY_RUN = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_DAY_WITHOUT_YEAR = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_SERIAL = re.compile(r"[2-6]\d{4}")
_ROLE_WORDS = {
    "主办": Role.LEAD, "牵头": Role.LEAD, "承办": Role.LEAD, "会办": Role.CO, "协办": Role.CO,
    "配合": Role.CO, "参与": Role.CO, "分办": Role.SEPARATE, "分别办理": Role.SEPARATE,
}
# fmt: on
_WRITTEN = {Role.LEAD: "主办", Role.CO: "会办", Role.SEPARATE: "分办"}  # kept with cases, so in one language
_ROLE = "|".join(_ROLE_WORDS)
_LABELLED = re.compile(rf"({_ROLE})(?:单位|部门|方)?\s*[:：]")
_IN_BRACKETS = re.compile(rf"\s*[(（\[【]\s*({_ROLE})(?:单位|部门)?\s*[)）\]】]$")
_AT_END = re.compile(rf"(.+?)({_ROLE})(?:办理)?$")
_AND_OTHERS = re.compile(r"等(?:[\d一二三四五六七八九十两几多]*)(?:个|家|名|位)?(?:部门|单位|人|代表|委员)?$")
_REMARK = re.compile(r"[(（][^()（）]*[)）]$")


def known_headers() -> set[str]:
    return {word for _label, spellings in FIELDS.values() for word in spellings}


def field_of(header: str) -> str:
    """The field that a header means, empty when it is unknown."""
    plain = plain_header(header)
    return next((code for code, (_label, spellings) in FIELDS.items() if plain in spellings), "")


def field_named(text: str) -> str:
    """The field that a person names, by its code, its label or one of its headers."""
    plain = text.strip()
    labelled = (code for code, (label, _spellings) in FIELDS.items() if plain in (code, str(label)))
    return next(labelled, "") or field_of(plain)


def places_of(headers: Sequence[str], mapped: Mapping[str, str]) -> dict[str, int]:
    """Which column holds which field: what the user says comes first, then the first header of each meaning."""
    places: dict[str, int] = {}
    said = [(place, mapped[header]) for place, header in enumerate(headers) if mapped.get(header)]
    known = [(place, field_of(header)) for place, header in enumerate(headers) if header not in mapped]
    for place, code in [*said, *known]:
        if code:
            places.setdefault(code, place)
    if "number" not in places and "order" in places:
        places["number"] = places["order"]
    return places


@dataclass
class Units:
    """The units of a row by how they handle it, each once."""

    lead: list[str] = field(default_factory=list)
    co: list[str] = field(default_factory=list)
    separate: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    def of(self, role: str) -> list[str]:
        return {Role.LEAD: self.lead, Role.CO: self.co, Role.SEPARATE: self.separate}[Role(role)]

    def add(self, name: str, role: str) -> None:
        if name and not any(name in names for names in (self.lead, self.co, self.separate)):
            self.of(role).append(name)

    @property
    def named(self) -> list[tuple[str, Role]]:
        return [(name, role) for role in Role for name in self.of(role)]

    @property
    def words(self) -> str:
        """All of them in one line, as the case keeps what the table said."""
        return "；".join(f"{_WRITTEN[role]}：{'、'.join(self.of(role))}" for role in Role if self.of(role))


def written_units(words: str) -> tuple[list[str], list[str]]:
    """Those who answer and those who help, out of the line in which a case keeps them."""
    parts = dict(part.split("：", 1) for part in words.split("；") if "：" in part)
    answering = [parts[word] for word in (_WRITTEN[Role.LEAD], _WRITTEN[Role.SEPARATE]) if word in parts]
    helping = [parts[_WRITTEN[Role.CO]]] if _WRITTEN[Role.CO] in parts else []
    return ["、".join(answering)] if answering else [], helping


@dataclass
class Reading:
    """What one row says; `repairs` are what had to be read into it, `gaps` what it leaves open."""

    number: str = ""
    title: str = ""
    nature: str = Nature.SUGGESTION
    place: str = ""
    session: str = ""
    year: int | None = None
    authors: list[str] = field(default_factory=list)
    units: Units = field(default_factory=Units)
    days: dict[str, date] = field(default_factory=dict)
    state: str = ""
    publicity: str = Publicity.TITLE
    facts: str = ""
    refusal: str = ""
    repairs: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def when(self) -> str:
        return self.session or (f"{self.year}年" if self.year else "")

    @property
    def happened_on(self) -> date | None:
        """The first day that the row knows."""
        return min((day for name, day in self.days.items() if name != "due"), default=None)

    @property
    def received_from(self) -> str:
        return " ".join(part for part in (self.place, self.when) if part)[:PLACE_LENGTH]


def said(text: str) -> str:
    """A cell without the signs that people put where there is nothing to say."""
    return "" if text.strip().casefold() in _NOTHING else text.strip()


def read_row(cells: Mapping[str, str], today: date) -> Reading:
    """One row read; a row that is no suggestion, or cannot be one, comes back with its refusal."""
    given = {name: said(text) for name, text in cells.items()}
    row = Reading(place=given.get("place", ""), session=given.get("session", ""))
    if not given.get("title"):
        is_sum = any(_SUMS.match(text) for text in cells.values())
        row.refusal = _("这是合计或说明，不是建议") if is_sum else _("没有标题")
        return row
    _read_title(row, given)
    _read_number(row, given.get("number", ""))
    row.year = _year(given.get("year", ""))
    _read_nature(row, given.get("nature", ""))
    _read_authors(row, given)
    row.units = units_of(given.get("lead", ""), given.get("co", ""), given.get("separate", ""))
    row.repairs += row.units.repairs
    if not row.units.named:
        row.gaps.append(_("没有承办单位"))
    _read_days(row, given, today)
    _read_state(row, given.get("state", ""))
    row.publicity = _publicity(given.get("publicity", ""))
    return row


def _publicity(text: str) -> Publicity:
    """What the authors consented to; where nobody wrote it down, no more than the title."""
    if text.startswith(("否", "不")):
        return Publicity.NONE
    return (
        Publicity.FULL if re.search(r"^(是|同意)|公开|全文", text) and "标题" not in text else Publicity.TITLE
    )


def _read_title(row: Reading, given: Mapping[str, str]) -> None:
    title = re.sub(r"\s*\n\s*", "", given["title"])
    row.title, row.facts = title[:TITLE_LENGTH], given.get("facts", "")
    if len(title) > TITLE_LENGTH:
        row.facts = "\n".join(part for part in (title, row.facts) if part)
        row.repairs.append(_("标题超过%(n)s字，全文放在正文里") % {"n": TITLE_LENGTH})


def _read_number(row: Reading, text: str) -> None:
    row.number = number_of(text)
    if len(row.number) > NUMBER_LENGTH:
        row.refusal = _("编号超过%(n)s个字") % {"n": NUMBER_LENGTH}
    elif not row.number:
        row.gaps.append(_("没有编号"))
    elif row.number != text:
        row.repairs.append(_("编号“%(text)s”登记为%(number)s") % {"text": text, "number": row.number})


def number_of(text: str) -> str:
    """The number that a cell means: 第12号 is 12, full-width figures are plain; leading zeros stay."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)) if text else ""
    found = _NUMBER.match(plain)
    return (found[1] if found and found[1] else plain).strip("#№.、")


def sequence_of(number: str, year: int | None = None) -> int | None:
    """The place in a series that a number ends with; a year in front of it is no part of it."""
    found = _DIGITS.search(number)
    if found is None:
        return None
    digits = found[1]
    if year and len(digits) > 4 and digits.startswith(str(year)):
        digits = digits[4:]
    return int(digits) if 0 < len(digits) <= 5 and int(digits) > 0 else None


def _year(text: str) -> int | None:
    found = re.search(r"(?:19|20)\d\d", text)
    return int(found[0]) if found else None


def _read_nature(row: Reading, text: str) -> None:
    """What the paper is; where the table does not say, its title and its meeting do."""
    if text:
        row.nature = nature_of(text)
        if text not in _NATURES:
            label = Nature(row.nature).label
            row.repairs.append(_("类型“%(text)s”按%(label)s登记") % {"text": text, "label": label})
        return
    if "政协" in row.session or row.title.endswith("提案"):
        row.nature = Nature.PROPOSAL
        row.repairs.append(_("按标题和届次登记为政协提案"))


_NATURES = {
    "代表建议": Nature.SUGGESTION,
    "建议": Nature.SUGGESTION,
    "人大代表建议": Nature.SUGGESTION,
    "人大建议": Nature.SUGGESTION,
    "政协提案": Nature.PROPOSAL,
    "提案": Nature.PROPOSAL,
    "委员提案": Nature.PROPOSAL,
    "议案": Nature.MOTION,
    "议案转建议": Nature.MOTION,
}


def nature_of(text: str) -> Nature:
    if text in _NATURES:
        return _NATURES[text]
    return (
        Nature.PROPOSAL
        if "提案" in text or "政协" in text
        else Nature.MOTION
        if "议案" in text
        else Nature.SUGGESTION
    )


def _read_authors(row: Reading, given: Mapping[str, str]) -> None:
    for text in (given.get("authors", ""), given.get("cosigners", "")):
        for name in split_names(text):
            plain = _REMARK.sub("", _AND_OTHERS.sub("", _REMARK.sub("", name))).strip()
            if _AND_OTHERS.search(name):
                row.repairs.append(_("提出人“%(text)s”只登记写出姓名的") % {"text": name})
            if plain and plain[:NAME_LENGTH] not in row.authors:
                row.authors.append(plain[:NAME_LENGTH])
    if not row.authors and "authors" in given:  # a table without such a column says so by itself
        row.gaps.append(_("没有提出人"))


def _read_days(row: Reading, given: Mapping[str, str], today: date) -> None:
    for name in DAYS:
        if not (text := given.get(name, "")):
            continue
        day, is_plain = day_of(text, row.year)
        label = FIELDS[name][0]
        if day is None or (name != "due" and day > today) or day.year < 1954:
            row.repairs.append(_("%(label)s“%(text)s”认不出，未采用") % {"label": label, "text": text})
            continue
        row.days[name] = day
        if not is_plain:
            words = {"label": label, "text": text, "day": day.isoformat()}
            row.repairs.append(_("%(label)s“%(text)s”登记为%(day)s") % words)


def day_of(text: str, year: int | None = None) -> tuple[date | None, bool]:
    """The day that a cell means, and whether nothing had to be guessed for it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if found := _DAY.fullmatch(plain) or _DAY_RUN.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3] or 1)), found[3] is not None
        if found := _DAY_WITHOUT_YEAR.fullmatch(plain):
            return (date(year, int(found[1]), int(found[2])) if year else None), False
        if _SERIAL.fullmatch(plain):  # the day count of a spreadsheet whose cell lost its format
            return date.fromordinal(date(1899, 12, 30).toordinal() + int(plain)), False
    except ValueError:
        pass
    return None, False


def _read_state(row: Reading, text: str) -> None:
    words = (
        (State.NOT_ACCEPTED, r"不予受理|不予立案|未立案"),
        (State.WITHDRAWN, r"撤回|撤案|撤销"),
        (State.ASSIGNED, r"办理中|在办|正在办理|已交办|未办结|未答复|待答复"),
        (State.CLOSED, r"办结|答复|办复|办毕|完成|归档"),
    )
    row.state = next((state for state, pattern in words if re.search(pattern, text)), "") if text else ""
    if text and not row.state:
        row.repairs.append(_("状态“%(text)s”认不出，按其他各栏确定") % {"text": text})


# -- units ------------------------------------------------------------------------------------------------------------


def units_of(lead: str, co: str = "", separate: str = "") -> Units:
    """The units of the three columns; a cell may say itself who leads: 主办：…会办：…, 市住建局（主办）, …牵头，…配合."""
    units = Units()
    loose = _shared_out(units, lead)
    for place, name in enumerate(loose):
        units.add(name, Role.LEAD if place == 0 and not units.lead else Role.CO)
    if len(loose) > 1 and len(units.lead) == 1:
        units.repairs.append(_("主办栏写了几个单位，首位作主办，其余作会办"))
    for text, role in ((co, Role.CO), (separate, Role.SEPARATE)):
        for name in _shared_out(units, text):
            units.add(name, role)
    _keep_one_lead(units)
    return units


def _keep_one_lead(units: Units) -> None:
    """A case has one lead: of several that are said to lead, the first."""
    if len(units.lead) > 1:
        units.co[:0], units.lead[1:] = units.lead[1:], []
        units.repairs.append(_("写了几个主办单位，首位作主办，其余作会办"))


def _shared_out(units: Units, text: str) -> list[str]:
    """Adds those units whose role the cell names; answers the others in their order."""
    parts = _LABELLED.split(text)
    loose = _from_list(units, parts[0])
    for word, names in zip(parts[1::2], parts[2::2], strict=True):
        for name in _from_list(units, names):
            units.add(name, _ROLE_WORDS[word])
    return loose


def _from_list(units: Units, text: str) -> list[str]:
    waiting: list[str] = []
    for name in split_names(text):
        plain = _without_others(units, name)
        if found := _IN_BRACKETS.search(plain):
            units.add(plain[: found.start()].strip(), _ROLE_WORDS[found[1]])
        elif found := _AT_END.fullmatch(plain):
            for each in [*waiting, found[1].removeprefix("由").strip()]:
                units.add(each, _ROLE_WORDS[found[2]])
            waiting = []
        elif plain:
            waiting.append(plain)
    return waiting


def _without_others(units: Units, name: str) -> str:
    plain = _AND_OTHERS.sub("", name).strip("，。；,; ")
    if plain != name.strip("，。；,; "):
        units.repairs.append(_("单位“%(text)s”只登记写出名称的") % {"text": name})
    return plain


def spellings(name: str, place: str) -> list[str]:
    """The ways in which a unit of a place may be on the rolls, the name as written first."""
    plain = re.sub(r"\s+", "", name)
    bare = _REMARK.sub("", plain)
    level = place[-1:]
    tried = [name, plain, bare, plain.replace("(", "（").replace(")", "）")]
    if place and bare.startswith(place):
        tried.append(level + bare.removeprefix(place))
    else:
        tried += [place + bare.removeprefix(level), level + bare]
    return list(dict.fromkeys(each for each in tried if each))


# -- categories -------------------------------------------------------------------------------------------------------

_LETTERS, _STEMS = "ABCDE", "甲乙丙丁戊"
_LETTER = re.compile(rf"^[(（【]?([{_LETTERS}{_STEMS}])(?:类|级|档)?\d{{0,2}}(?:$|[^A-Z0-9a-z])")
_MEANINGS = (
    ("", re.compile(r"未采纳|不予采纳|不采纳|部分采纳")),
    ("D", re.compile(r"参考")),
    ("C", re.compile(r"条件限制|以后解决|难以|暂难|不能解决|无法解决|条件不(?:成熟|具备)|暂不|未解决")),
    ("B", re.compile(r"正在|计划|规划|逐步|部分解决|年内解决")),
    ("A", re.compile(r"已经?解决|基本解决|解决|采纳|已落实|已完成")),
)


@dataclass(frozen=True)
class Scheme:
    """The categories of a measure, best first: key, code, label."""

    categories: Sequence[tuple[int, str, str]] = ()

    def match(self, text: str) -> tuple[int | None, bool]:
        """The category that a cell means in this scheme, and whether it stood there by its very code or label."""
        for pk, code, label in self.categories:
            if text in (code, label, f"{code}类", f"{code}类 {label}"):
                return pk, True
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
        found = _LETTER.match(plain)
        letter = found[1] if found else next((mark for mark, words in _MEANINGS if words.search(plain)), "")
        return self._by_letter(letter), False

    def _by_letter(self, letter: str) -> int | None:
        """By its code, or by the same place in the other way of counting: A is 甲."""
        if not letter:
            return None
        place = (_LETTERS if letter in _LETTERS else _STEMS).index(letter)
        codes = {code: pk for pk, code, _label in self.categories}
        return codes.get(_LETTERS[place], codes.get(_STEMS[place]))


def scheme_of(rules: Iterable[Any]) -> Scheme:
    ranked = sorted(rules, key=lambda rule: rule.order)
    return Scheme([(rule.pk, rule.code, rule.label) for rule in ranked])
