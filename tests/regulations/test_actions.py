"""Every verb of the rule library and every refusal of one; the journal of each version; what is frozen stays."""

from datetime import date

import pytest

from tests.town import TODAY, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.base.models import JournalLine
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions, profiles, queries
from tibandu.regulations.models import Category, Document, Limit

NEXT = date(2027, 1, 1)
NEW_YEAR = {date(2027, 1, 1): (False, "元旦"), date(2027, 1, 3): (True, "元旦")}


@pytest.fixture
def draft(town):
    return actions.draft_version(town.office, town.measure.document, at=moment(), label="2027年")


@pytest.fixture
def rule(town):
    return actions.add_document(
        town.office,
        town.congress.pk,
        at=moment(),
        kind="rule",
        title="档案管理制度",
        adopted_by="办公室",
        label="2026年",
        text="第一条 一件一卷。\n第二条 永久保存。",
    )


def journal(version):
    return list(JournalLine.objects.filter(chain=version.chain).order_by("seq").values_list("verb", "target"))


def refused(action, *arguments, **words):
    with pytest.raises(Refused) as refusal:
        action(*arguments, **words)
    return str(refusal.value)


# install and draft


def test_only_who_keeps_the_rules_installs_a_measure(town):
    for actor in (town.alice, town.chairpersons, town.foreign_office):
        with pytest.raises(NotYourStep):
            actions.install_profile(actor, town.congress, "town", at=moment(), effective_on=NEXT, label="新")


def test_installing_again_makes_another_version_of_the_same_measure(town):
    made = actions.install_profile(
        town.office, town.congress, "town", at=moment(), effective_on=NEXT, label="新"
    )
    assert made.document == town.measure.document
    assert journal(made) == [("draft", "draft")]


def test_a_draft_says_what_the_version_in_force_says(town, draft):
    assert (draft.state, draft.compiled, draft.effective_on) == ("draft", "", None)
    old, new = queries.measure_of(town.measure), queries.compiled(draft)
    assert (new.limits, new.settings, new.patterns, new.copies) == (
        old.limits,
        old.settings,
        old.patterns,
        old.copies,
    )
    assert [row.code for row in new.categories] == [row.code for row in old.categories]
    assert {row.article.version_id for row in draft.limits.select_related("article")} == {draft.pk}
    assert draft.grounds.count() == town.measure.grounds.count()


@pytest.mark.parametrize(
    ("label", "sentence"), [("2026年", "这个文件已有同名版本。"), (" ", "请写版本名称。")]
)
def test_a_version_needs_a_name_of_its_own(town, label, sentence):
    document = town.measure.document
    assert refused(actions.draft_version, town.office, document, at=moment(), label=label) == sentence


def test_a_document_without_versions_starts_empty(town):
    bare = Document.objects.create(congress=town.congress, kind="opinion", title="实施意见")
    made = actions.draft_version(town.office, bare, at=moment(), label="一")
    assert made.articles.count() == 0


def test_a_version_enacted_for_the_past_was_adopted_by_then(town, rule):
    actions.enact(town.office, rule, at=moment(), effective_on=date(2025, 6, 1))
    rule.refresh_from_db()
    assert rule.adopted_on == date(2025, 6, 1)


def test_a_stranger_drafts_nothing(town):
    with pytest.raises(NotYourStep):
        actions.draft_version(town.foreign_office, town.measure.document, at=moment(), label="夺")


# edit


def test_rows_of_a_draft_change_and_the_journal_tells_what(town, draft):
    row = draft.limits.get(code="reply")
    row.amount = 2
    actions.change_rows(town.office, draft, "limits", [row], [], at=moment())
    assert draft.limits.get(code="reply").amount == 2
    line = JournalLine.objects.filter(chain=draft.chain).latest("seq")
    assert line.facts["changed"][0]["code"] == "reply"
    assert line.facts["changed"][0]["amount"] == "2"
    assert queries.measure_of(town.measure).limits["reply"].amount == 3


def test_rows_of_a_draft_are_added_and_removed(town, draft):
    gone = draft.grounds.get(kind="screening", code="tender")
    new = Category(code="E", label="其他", definition="其他情形", order=5)
    actions.change_rows(town.office, draft, "grounds", [], [gone], at=moment())
    actions.change_rows(town.office, draft, "categories", [new], [], at=moment())
    assert draft.grounds.filter(code="tender").count() == 0
    assert [row.code for row in draft.categories.all()] == ["A", "B", "C", "D", "E"]


def test_two_rows_of_one_code_are_refused(town, draft):
    double = Category(code="A", label="重复", definition="重复", order=9)
    sentence = refused(actions.change_rows, town.office, draft, "categories", [double], [], at=moment())
    assert sentence == "有两行的代码相同。"


def test_another_scheme_takes_the_place_of_the_letters(town, draft):
    actions.replace_categories(town.office, draft, profiles.stem_categories(), at=moment())
    assert [str(row) for row in draft.categories.all()] == ["甲类 已经解决", "乙类 列入计划", "丙类 暂难解决"]
    assert {row.article.number for row in draft.categories.all()} == {"第二十五条"}


def test_a_version_in_force_refuses_every_change(town):
    row = town.measure.limits.get(code="reply")
    edits = [
        lambda: actions.change_rows(town.office, town.measure, "limits", [row], [], at=moment()),
        lambda: actions.describe(town.office, town.measure, at=moment(), label="改名"),
        lambda: actions.write_articles(town.office, town.measure, "第一条 改。", at=moment()),
    ]
    for edit in edits:
        with pytest.raises(Moved):
            edit()


def test_rows_and_articles_of_a_version_in_force_refuse_even_without_an_action(town):
    sentence = "已经施行的版本不能改动，请起草新版本。"
    limit, article = town.measure.limits.get(code="reply"), town.measure.articles.first()
    assert refused(limit.save) == sentence
    assert refused(limit.delete) == sentence
    assert refused(article.save) == sentence
    assert refused(article.delete) == sentence
    assert (
        refused(Limit(version=town.measure, code="x", amount=1, unit="month", start="asked").save) == sentence
    )


def test_who_does_not_keep_the_rules_edits_nothing(town, draft):
    with pytest.raises(NotYourStep):
        actions.change_rows(town.chairpersons, draft, "limits", [], [], at=moment())


def test_rewriting_the_text_keeps_rows_tied_by_number(town, draft):
    text = "\n".join(f"{a.number} {a.text}" for a in draft.articles.exclude(number="第二十条"))
    assert actions.write_articles(town.office, draft, text + "\n第九十九条 新增。", at=moment()) == 37
    assert draft.limits.get(code="sign_for").article.number == "第十三条"
    assert draft.limits.get(code="reply").article is None


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "没有条文。"), ("第一条 甲\n第一条 乙", "第一条写了两次。")]
)
def test_a_text_that_cannot_be_split_is_refused(town, draft, text, sentence):
    assert refused(actions.write_articles, town.office, draft, text, at=moment()) == sentence


def test_a_version_is_described_while_it_is_a_draft(town, draft):
    actions.describe(
        town.office, draft, at=moment(), label="二〇二七", number="兴人发〔2027〕1号", legal_basis="省条例"
    )
    draft.refresh_from_db()
    assert (draft.label, draft.number, draft.legal_basis) == ("二〇二七", "兴人发〔2027〕1号", "省条例")
    assert (
        refused(actions.describe, town.office, draft, at=moment(), label="2026年") == "这个文件已有同名版本。"
    )


# enact and repeal


def test_enacting_freezes_the_version_and_ends_the_former_one(town, draft):
    actions.enact(town.office, draft, at=moment(), effective_on=NEXT)
    draft.refresh_from_db()
    town.measure.refresh_from_db()
    assert (draft.state, draft.effective_on, draft.adopted_on) == ("in_force", NEXT, TODAY)
    assert (town.measure.state, town.measure.ended_on) == ("revised", NEXT)
    assert draft.compiled == queries.compiled(draft).to_json()
    assert queries.measure_in_force(town.congress.pk, date(2026, 12, 31)) == town.measure
    assert queries.measure_in_force(town.congress.pk, NEXT) == draft
    assert queries.measure_in_force(town.congress.pk, date(2020, 1, 1)) is None
    assert journal(draft) == [("draft", "draft"), ("enact", "in_force")]
    assert journal(town.measure)[-1] == ("revised", "revised")
    assert list(verify()) == []


def test_a_frozen_version_answers_without_a_query(town, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.measure_of(town.measure).limits["reply"].amount == 3


def test_a_version_starts_after_the_one_it_replaces(town, draft):
    sentence = refused(actions.enact, town.office, draft, at=moment(), effective_on=date(2026, 1, 1))
    assert sentence == "施行日期须晚于现行版本的施行日期2026-01-01。"


def test_a_longer_limit_is_enacted_only_with_its_legal_basis(town, draft):
    draft.limits.filter(code="reply").update(amount=5)
    sentence = refused(actions.enact, town.office, draft, at=moment(), effective_on=NEXT)
    assert sentence == "答复期限超过代表法第五十一条规定的时间，须先写明法律依据。"
    actions.describe(town.office, draft, at=moment(), legal_basis="省条例第九条")
    actions.enact(town.office, draft, at=moment(), effective_on=NEXT)
    line = JournalLine.objects.filter(chain=draft.chain).latest("seq")
    assert (line.verb, line.words) == ("enact", "省条例第九条")


def test_a_version_is_enacted_once(town, draft):
    actions.enact(town.office, draft, at=moment(), effective_on=NEXT)
    with pytest.raises(Moved):
        actions.enact(town.office, draft, at=moment(), effective_on=date(2028, 1, 1))


def test_only_who_keeps_the_rules_enacts(town, draft):
    with pytest.raises(NotYourStep):
        actions.enact(town.chairpersons, draft, at=moment(), effective_on=NEXT)


def test_a_rule_is_repealed_with_a_reason(town, rule):
    actions.enact(town.office, rule, at=moment(), effective_on=TODAY)
    repeal = {"at": moment(), "ended_on": NEXT}
    assert refused(actions.repeal, town.office, rule, words=" ", **repeal) == "废止须说明理由。"
    early = repeal | {"ended_on": date(2026, 1, 1)}
    assert refused(actions.repeal, town.office, rule, words="过时", **early) == "废止日期不能早于施行日期。"
    actions.repeal(town.office, rule, words="已有新规定", **repeal)
    rule.refresh_from_db()
    assert (rule.state, rule.ended_on, rule.compiled) == ("repealed", NEXT, "")


def test_a_measure_is_revised_never_repealed(town):
    words = {"at": moment(), "ended_on": NEXT, "words": "不用了"}
    sentence = refused(actions.repeal, town.office, town.measure, **words)
    assert sentence == "处理办法只能由新版本修订，不能直接废止。"


# library and receipts


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "measure"}, "处理办法由样本建立，不能粘贴文字新增。"),
        ({"title": "档案管理制度"}, "已有同名的制度文件。"),
        ({"text": "  "}, "没有条文。"),
    ],
)
def test_a_document_that_cannot_be_added(town, rule, changed, sentence):
    words = {"kind": "law", "title": "某法", "adopted_by": "", "label": "一", "text": "第一条 甲。"} | changed
    assert refused(actions.add_document, town.office, town.congress.pk, at=moment(), **words) == sentence


def test_a_deputy_adds_no_document(town):
    words = {"kind": "law", "title": "某法", "adopted_by": "", "label": "一", "text": "第一条 甲。"}
    with pytest.raises(NotYourStep):
        actions.add_document(town.alice, town.congress.pk, at=moment(), **words)


def test_reading_leaves_one_receipt(town):
    actions.read(town.alice, town.measure, at=moment())
    actions.read(town.alice, town.measure, at=moment(NEXT))
    assert [row.read_at for row in queries.receipts_of(town.measure)] == [moment()]
    assert journal(town.measure)[-1] == ("read", "in_force")
    actions.read(SYSTEM, town.measure, at=moment())
    assert queries.receipts_of(town.measure).count() == 1


def test_a_stranger_reads_nothing(town):
    with pytest.raises(NotYourStep):
        actions.read(town.foreign_deputy, town.measure, at=moment())


# replace and discard


def test_every_scheme_of_categories_can_take_the_place_of_another(town, draft):
    for _label, rows in profiles.CATEGORY_SCHEMES.values():
        actions.replace_categories(town.office, draft, rows, at=moment())
        assert [row.code for row in draft.categories.all()] == [row.code for row in rows]


def test_a_discarded_draft_is_gone_and_the_congress_remembers_it(town, draft):
    key, document = draft.pk, draft.document
    actions.discard(town.office, draft, at=moment(), words="另行起草")
    assert [version.label for version in document.versions.all()] == ["2026年"]
    assert not Limit.objects.filter(version=key).exists()
    line = JournalLine.objects.filter(chain=town.congress.chain).latest("seq")
    assert (line.noun, line.object_id, line.verb, line.words) == (
        "version",
        key,
        "version.discard",
        "另行起草",
    )
    assert line.facts == {
        "name": f"{document.title}（2027年）",
        "document": document.title,
        "is_last": False,
    }
    assert list(verify()) == []


def test_a_document_goes_with_its_only_draft(town, rule):
    actions.discard(town.office, rule, at=moment())
    assert not Document.objects.filter(title="档案管理制度").exists()


def test_only_a_draft_is_discarded_and_only_by_who_keeps_the_rules(town, draft):
    with pytest.raises(Moved):
        actions.discard(town.office, town.measure, at=moment())
    for actor in (town.alice, town.chairpersons, town.foreign_office):
        with pytest.raises(NotYourStep):
            actions.discard(actor, draft, at=moment())
    actions.enact(town.office, draft, at=moment(), effective_on=NEXT)
    with pytest.raises(Moved):
        actions.discard(town.office, draft, at=moment())


# calendar


def record(actor, **changed):
    words = {"notice": "通知", "days": NEW_YEAR, "confirmed_by": "高言", "at": moment()} | changed
    return actions.record_calendar_year(actor, 2027, **words)


def test_a_year_is_recorded_once_and_journaled(town):
    assert record(town.office) is True
    assert record(town.office) is False
    line = JournalLine.objects.get(chain=town.congress.chain)
    assert (line.noun, line.verb, line.facts["year"]) == ("calendar_year", "confirm", 2027)
    assert queries.working_days().last_known_year == 2027


def test_a_year_confirmed_anew_replaces_its_days(town):
    record(town.office)
    more = NEW_YEAR | {date(2027, 5, 3): (False, "劳动节")}
    assert record(town.office, days=more, at=moment(TODAY, 10)) is True
    days = queries.working_days()
    assert not days.is_working(date(2027, 5, 3))
    assert days.is_working(date(2027, 1, 3))
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({}, "安排里没有任何一天。"),
        ({date(2027, 1, 4): (True, "")}, "2027-01-04 本来就上班，不能列为调休上班。"),
        ({date(2025, 1, 4): (False, "")}, "2025-01-04 不属于 2027 年的安排。"),
        ({date(2026, 5, 1): (False, "")}, "2026-05-01 不属于 2027 年的安排。"),
    ],
)
def test_a_strange_arrangement_is_refused(town, days, sentence):
    assert refused(record, town.office, days=days) == sentence


def test_a_day_belongs_to_one_year(town):
    record(town.office)
    words = {"notice": "通知", "confirmed_by": "高言", "at": moment()}
    taken = {date(2027, 1, 1): (False, "元旦")}
    sentence = refused(actions.record_calendar_year, town.office, 2026, days=taken, **words)
    assert sentence == "2027-01-01 已列入另一年的安排。"


def test_a_deputy_confirms_no_calendar(town):
    with pytest.raises(NotYourStep):
        record(town.alice)
