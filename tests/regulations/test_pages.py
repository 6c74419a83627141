"""The pages of the rule library: who sees what, in how many queries, and what a form does and refuses."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from tests.town import TODAY, moment
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions, queries
from tibandu.regulations.enums import GroundKind
from tibandu.regulations.models import CalendarYear, Document, Version

NEXT = date(2027, 1, 1)
# What every page of somebody who is signed in costs: session, account, hats.
SHELL = 3


@pytest.fixture
def draft(town):
    return actions.draft_version(town.office, town.measure.document, at=moment(), label="2027年")


@pytest.fixture
def rule(town):
    made = actions.add_document(
        town.office,
        town.congress.pk,
        at=moment(),
        kind="rule",
        title="档案管理制度",
        adopted_by="办公室",
        label="2026年",
        text="第一条 办理卷宗应当一件一卷。\n第二条 永久保存。",
    )
    actions.enact(town.office, made, at=moment(), effective_on=date(2026, 2, 1))
    return made


def url(name, *arguments):
    return reverse(f"regulations:{name}", args=arguments)


def words(response, status=200):
    assert response.status_code == status
    return response.content.decode()


# doors and tenants


def test_every_page_says_by_which_door_it_is_entered():
    patterns = get_resolver("tibandu.regulations.urls").url_patterns
    assert {pattern.callback.entrance for pattern in patterns} == {"actor"}


def test_who_is_not_signed_in_is_sent_to_sign_in(client, town):
    for name in ("measure", "library", "calendar", "computation"):
        response = client.get(url(name))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["foreign_office", "foreign_deputy"])
def test_another_congress_finds_nothing_of_ours(town, hat, draft, who):
    browser = hat(town.actors[who])
    document, held = town.measure.document_id, town.measure.pk
    addresses = [
        url("document", document),
        url("compare", document),
        url("draft_version", document),
        *(url("version", pk) for pk in (held, draft.pk)),
        *(url(name, draft.pk) for name in ("describe", "write_articles", "preview", "repeal", "discard")),
        url("replace_categories", draft.pk),
        url("change_rows", draft.pk, "limits"),
    ]
    assert [browser.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert browser.post(url("read", held)).status_code == 404
    assert "还没有处理办法" in words(browser.get(url("measure")))
    assert "兴澜市" not in words(browser.get(url("library")))
    assert browser.get(url("computation"), {"start": "2026-03-02", "version": held}).status_code == 422


@pytest.mark.parametrize("who", ["alice", "housing_chief", "chairpersons"])
def test_a_draft_is_out_of_sight_for_those_who_do_not_keep_the_rules(town, hat, draft, who):
    browser = hat(town.actors[who])
    addresses = [
        url("version", draft.pk),
        url("preview", draft.pk),
        url("discard", draft.pk),
        url("replace_categories", draft.pk),
        url("change_rows", draft.pk, "limits"),
        url("add_document"),
        url("install_profile"),
        url("draft_version", town.measure.document_id),
        url("repeal", town.measure.pk),
        url("import_calendar"),
        url("record_calendar_year"),
        url("compare", town.measure.document_id),
    ]
    assert [browser.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert "2027年" not in words(browser.get(url("measure")))


def test_a_version_in_force_cannot_be_edited_on_a_page(town, hat):
    browser = hat(town.office)
    assert browser.get(url("change_rows", town.measure.pk, "limits")).status_code == 409
    assert browser.get(url("write_articles", town.measure.pk)).status_code == 409
    assert browser.get(url("replace_categories", town.measure.pk)).status_code == 409
    assert browser.post(url("discard", town.measure.pk)).status_code == 409
    assert browser.get(url("change_rows", town.measure.pk, "nothing")).status_code == 404


# the measure


@pytest.mark.parametrize("who", ["office", "alice", "housing_officer", "dispatcher"])
def test_the_measure_is_read_by_everybody_of_the_congress(town, hat, who):
    page = words(hat(town.actors[who]).get(url("measure")))
    assert "自交办之日起 3 个月内" in page
    assert '<a class="article" href="#第二十条">第二十条</a>' in page
    assert 'id="第二十条"' in page


@pytest.mark.parametrize(("who", "extra"), [("office", 14), ("alice", 14)])
def test_the_measure_costs_so_many_queries(town, hat, django_assert_num_queries, who, extra):
    browser = hat(town.actors[who])
    with django_assert_num_queries(SHELL + extra):
        browser.get(url("measure"))


def test_a_congress_without_a_measure_starts_from_a_profile(town, hat):
    browser = hat(town.foreign_office)
    assert "从样本建立" in words(browser.get(url("measure")))
    typed = {"profile": "hunan-district", "label": "2026年", "effective_on": "2026-04-01"}
    response = browser.post(url("install_profile"), typed)
    made = Version.objects.get(document__congress=town.district)
    assert response.url == url("version", made.pk)
    assert "起草中" in words(browser.get(response.url))
    assert "已有同名版本" in words(browser.post(url("install_profile"), typed), 422)


def test_before_the_first_measure_holds_its_draft_is_shown_to_those_who_keep_it(town, hat):
    actions.install_profile(
        town.foreign_office, town.district, "hunan-district", at=moment(), effective_on=NEXT, label="初稿"
    )
    assert "初稿" in words(hat(town.foreign_office).get(url("measure")))


def test_drafting_copies_the_version_in_force(town, hat):
    browser = hat(town.office)
    address = url("draft_version", town.measure.document_id)
    assert "条文和数据从现行版本复制" in words(browser.get(address))
    response = browser.post(address, {"label": "2027年"})
    assert response.url == url("version", Version.objects.get(label="2027年").pk)
    assert "已有同名版本" in words(browser.post(address, {"label": "2027年"}), 422)


def typed_rows(page, **changes):
    """What a browser would send back from a page of rows, with some values changed."""
    data = {}
    formset = page.context["formset"]
    for name, field in (
        (f"{form.prefix}-{n}", form[n]) for form in [formset.management_form, *formset] for n in form.fields
    ):
        value = field.value()
        if value not in (None, False):
            data[name] = value
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize("kind", list(queries.KINDS))
def test_every_kind_of_row_can_be_edited(town, hat, draft, kind):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, kind)
    page = browser.get(address)
    before = queries.compiled(draft)
    response = browser.post(address, typed_rows(page))
    assert response.status_code == 302, response.context["formset"].errors
    assert queries.compiled(draft) == before


def test_a_limit_is_changed_on_the_page(town, hat, draft):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "limits")
    page = browser.get(address)
    place = [form.instance.code for form in page.context["formset"]].index("reply")
    response = browser.post(address, typed_rows(page, **{f"rows__{place}__amount": "2"}))
    assert response.url == url("version", draft.pk) + "#limits"
    assert draft.limits.get(code="reply").amount == 2
    assert "至少为 1。" in words(
        browser.post(address, typed_rows(page, **{f"rows__{place}__amount": "0"})), 422
    )


def test_a_missing_limit_is_offered_and_added(town, hat, draft):
    draft.limits.get(code="near").delete()
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "limits")
    page = browser.get(address)
    new = len(page.context["formset"].forms) - 1
    typed = {
        f"rows__{new}__amount": "5",
        f"rows__{new}__unit": "working_day",
        f"rows__{new}__start": "assigned",
    }
    assert browser.post(address, typed_rows(page, **typed)).status_code == 302
    assert (draft.limits.get(code="near").amount, draft.limits.get(code="near").unit) == (5, "working_day")


def test_a_category_is_added_removed_and_refused_when_double(town, hat, draft):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "categories")
    page = browser.get(address)
    new = {
        "rows__4__code": "E",
        "rows__4__label": "另案",
        "rows__4__definition": "另案处理",
        "rows__4__order": "5",
    }
    assert browser.post(address, typed_rows(page, rows__3__DELETE="on", **new)).status_code == 302
    assert [row.code for row in draft.categories.all()] == ["A", "B", "C", "E"]
    page = browser.get(address)
    double = new | {"rows__4__code": "A"}
    assert "有两行的代码相同。" in words(browser.post(address, typed_rows(page, **double)), 422)


def test_the_categories_of_a_draft_are_replaced_on_the_page(town, hat, draft):
    browser = hat(town.office)
    assert url("replace_categories", draft.pk) in words(browser.get(url("version", draft.pk)))
    address = url("replace_categories", draft.pk)
    assert "甲、乙、丙三类" in words(browser.get(address))
    assert browser.post(address, {"scheme": "丁"}).status_code == 422
    assert browser.post(address, {"scheme": "stems"}).url == url("version", draft.pk) + "#categories"
    assert [row.code for row in draft.categories.all()] == ["甲", "乙", "丙"]


def test_another_document_has_no_categories_to_replace(town, hat):
    made = actions.add_document(
        town.office,
        town.congress.pk,
        at=moment(),
        kind="rule",
        title="值班制度",
        adopted_by="",
        label="一",
        text="第一条 值班。",
    )
    assert hat(town.office).get(url("replace_categories", made.pk)).status_code == 404


def test_a_draft_is_discarded_after_a_question(town, hat, draft):
    browser = hat(town.office)
    assert url("discard", draft.pk) in words(browser.get(url("version", draft.pk)))
    assert "不能恢复" in words(browser.get(url("discard", draft.pk)))
    assert Version.objects.filter(pk=draft.pk).exists()
    response = browser.post(url("discard", draft.pk), {"words": "重写"})
    assert response.url == url("document", town.measure.document_id)
    assert not Version.objects.filter(pk=draft.pk).exists()


def test_who_discards_the_only_version_of_a_document_comes_back_to_the_library(town, hat):
    browser = hat(town.office)
    typed = {"kind": "law", "title": "某条例", "label": "一", "text": "第一条 甲。", "adopted_by": "省人大"}
    made = browser.post(url("add_document"), typed).url
    assert browser.post(f"{made}discard/", {}).url == url("library")
    assert not Document.objects.filter(title="某条例").exists()


@pytest.mark.parametrize("ground", GroundKind.values)
def test_a_page_of_grounds_is_about_one_kind(town, hat, draft, ground):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "grounds") + f"?of={ground}"
    page = browser.get(address)
    rows = page.context["formset"].initial_forms
    assert [form.instance for form in rows] == list(draft.grounds.filter(kind=ground))
    assert ("outcomes" in rows[0].fields) == (ground == "screening")
    others = list(draft.grounds.exclude(kind=ground))
    new = {
        f"rows__{len(rows)}__code": "new",
        f"rows__{len(rows)}__label": "新理由",
        f"rows__{len(rows)}__order": "99",
    }
    assert browser.post(address, typed_rows(page, rows__0__DELETE="on", **new)).status_code == 302
    assert draft.grounds.filter(kind=ground).count() == len(rows)
    assert draft.grounds.get(code="new").kind == ground
    assert list(draft.grounds.exclude(kind=ground)) == others


@pytest.mark.parametrize(("use", "marked"), [("key_criterion", True), ("legal_field", False)])
def test_options_are_edited_by_their_use_and_only_marks_have_points(town, hat, draft, use, marked):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "options") + f"?of={use}"
    page = browser.get(address)
    assert ("points" in page.context["formset"].initial_forms[0].fields) == marked
    browser.post(address, typed_rows(page, rows__0__label="改过的名称"))
    assert draft.options.get(kind=use, order=1).label == "改过的名称"


def test_a_kind_of_grounds_that_is_not_known_is_not_found(town, hat, draft):
    assert hat(town.office).get(url("change_rows", draft.pk, "grounds") + "?of=mood").status_code == 404


def test_a_bad_number_pattern_is_refused_at_its_field(town, hat, draft):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "number_patterns")
    page = browser.get(address)
    assert "缺少顺序号" in words(browser.post(address, typed_rows(page, rows__0__pattern="{year}")), 422)


def test_a_row_of_another_version_cannot_be_slipped_in(town, hat, draft):
    browser = hat(town.office)
    address = url("change_rows", draft.pk, "limits")
    page = browser.get(address)
    stolen = town.measure.limits.get(code="screening_notice").pk
    browser.post(address, typed_rows(page, rows__0__id=stolen, rows__0__amount="99"))
    assert draft.limits.get(code="screening_notice").amount == 7
    assert town.measure.limits.get(code="screening_notice").amount == 7


def test_text_and_description_of_a_draft_are_edited(town, hat, draft):
    browser = hat(town.office)
    assert "第三十五条" in words(browser.get(url("write_articles", draft.pk)))
    assert browser.post(url("write_articles", draft.pk), {"text": "第一条 甲。"}).status_code == 302
    assert [article.text for article in draft.articles.all()] == ["甲。"]
    double = {"text": "第一条 甲\n第一条 乙"}
    assert "条号重复" in words(browser.post(url("write_articles", draft.pk), double), 422)
    assert browser.post(url("describe", draft.pk), {"label": "新名", "number": "1号"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.label, draft.number, draft.adopted_on) == ("新名", "1号", None)
    assert "已有同名版本" in words(browser.post(url("describe", draft.pk), {"label": "2026年"}), 422)


def test_the_preview_shows_the_differences_and_enacts(town, hat, draft):
    draft.limits.filter(code="reply").update(amount=2)
    browser = hat(town.office)
    page = words(browser.get(url("preview", draft.pk)))
    assert "<del>自交办之日起 3 个月内</del>" in page
    assert "<ins>自交办之日起 2 个月内</ins>" in page
    early = browser.post(url("preview", draft.pk), {"effective_on": "2026-01-01"})
    assert "须晚于现行版本的施行日期" in words(early, 422)
    assert browser.post(url("preview", draft.pk), {"effective_on": "2027-01-01"}).status_code == 302
    assert queries.measure_in_force(town.congress.pk, NEXT) == draft


def test_the_preview_says_why_a_draft_cannot_be_enacted(town, hat, draft):
    draft.limits.filter(code="reply").update(amount=4)
    browser = hat(town.office)
    sentence = "答复期限超过代表法第五十一条规定的时间，须先写明法律依据。"
    assert sentence in words(browser.get(url("preview", draft.pk)))
    assert sentence in words(browser.get(url("version", draft.pk)))
    assert sentence in words(browser.post(url("preview", draft.pk), {"effective_on": "2027-01-01"}), 422)


# the library


def test_the_library_lists_and_searches(town, hat, rule):
    browser = hat(town.alice)
    page = words(browser.get(url("library")))
    assert "档案管理制度" in page
    assert "代表建议、批评和意见处理办法" in page
    found = words(browser.get(url("library"), {"q": "卷宗"}))
    assert "<mark>卷宗</mark>" in found
    assert "批评和意见处理办法" not in found
    assert "没有写到这个词的制度" in words(browser.get(url("library"), {"q": "宇宙"}))
    assert "没有符合条件的制度" in words(browser.get(url("library"), {"state": "repealed"}))
    assert "档案管理制度" not in words(browser.get(url("library"), {"kind": "measure"}))


@pytest.mark.parametrize("more", [0, 2])
def test_the_library_costs_the_same_with_more_documents(town, hat, rule, django_assert_num_queries, more):
    for number in range(more):
        made = actions.add_document(
            SYSTEM,
            town.congress.pk,
            at=moment(),
            kind="rule",
            title=f"制度{number}",
            adopted_by="",
            label="一",
            text="第一条 卷宗。",
        )
        actions.enact(SYSTEM, made, at=moment(), effective_on=TODAY)
    browser = hat(town.alice)
    with django_assert_num_queries(SHELL + 3):
        browser.get(url("library"), {"q": "卷宗"})


def test_a_document_reads_as_on_a_day(town, hat, rule):
    second = actions.draft_version(town.office, rule.document, at=moment(), label="2027年")
    actions.write_articles(
        town.office, second, "第一条 办理卷宗应当一案一卷。\n第二条 永久保存。", at=moment()
    )
    actions.enact(town.office, second, at=moment(), effective_on=NEXT)
    browser = hat(town.alice)
    address = url("document", rule.document_id)
    assert "一件一卷" in words(browser.get(address, {"on": "2026-12-31"}))
    assert "一案一卷" in words(browser.get(address, {"on": "2027-01-01"}))
    assert "没有有效的版本" in words(browser.get(address, {"on": "2020-01-01"}))
    assert browser.get(address, {"on": "昨天"}).status_code == 200
    page = words(browser.get(url("compare", rule.document_id)))
    assert '<del><span class="visually-hidden">[删]</span>件</del>' in page
    chosen = {"old": second.pk, "new": rule.pk}
    assert words(browser.get(url("compare", rule.document_id), chosen)).count("<ins>") == 1
    assert browser.get(url("compare", rule.document_id), {"old": town.measure.pk}).status_code == 404


def test_a_receipt_is_given_once_and_seen_by_the_office(town, hat, rule):
    browser = hat(town.alice)
    address = url("document", rule.document_id)
    today = {"on": "2026-03-02"}
    assert "我已阅读" in words(browser.get(address, today))
    assert browser.get(url("read", rule.pk)).status_code == 405
    assert browser.post(url("read", rule.pk)).url == address
    page = words(browser.get(address, today))
    assert "已阅读" in page
    assert "阅读回执" not in page
    browser.logout()
    page = words(hat(town.office).get(address, today))
    assert "阅读回执" in page
    assert "安立夏" in page


def test_the_office_adds_and_repeals_a_document(town, hat):
    browser = hat(town.office)
    typed = {
        "kind": "law",
        "title": "某条例",
        "adopted_by": "省人大常委会",
        "label": "2020年",
        "text": "第一条 甲。",
    }
    response = browser.post(url("add_document"), typed)
    made = Document.objects.get(title="某条例").versions.get()
    assert response.url == url("version", made.pk)
    assert "已有同名的制度文件" in words(browser.post(url("add_document"), typed), 422)
    actions.enact(SYSTEM, made, at=moment(), effective_on=TODAY)
    assert "废止理由" in words(browser.get(url("repeal", made.pk)))
    early = {"ended_on": "2020-01-01", "words": "过时"}
    assert "不能早于施行日期" in words(browser.post(url("repeal", made.pk), early), 422)
    assert (
        browser.post(url("repeal", made.pk), {"ended_on": "2027-01-01", "words": "过时"}).status_code == 302
    )
    made.refresh_from_db()
    assert made.state == "repealed"


# the calendar


SHEET = "日期,安排,名称\n2027-01-01,放假,元旦\n2027-01-03,上班,元旦\n"


def test_a_year_is_imported_checked_and_signed_off(town, hat):
    browser = hat(town.office)
    assert "还没有任何一年的安排" in words(browser.get(url("calendar")))
    file = SimpleUploadedFile("2027.csv", SHEET.encode("gb18030"))
    page = words(browser.post(url("import_calendar"), {"file": file}))
    assert "共 2 天" in page
    typed = {"year": "2027", "notice": "通知", "lines": "2027-01-01 放假 元旦\n2027-01-03 上班 元旦"}
    assert "逐日核对" in words(browser.post(url("record_calendar_year"), typed), 422)
    assert CalendarYear.objects.count() == 0
    browser.post(url("record_calendar_year"), typed | {"checked": "on"})
    assert CalendarYear.objects.get().confirmed_by == "高言"
    assert "2028 年起的安排尚未收到" in words(browser.get(url("calendar")))


def test_a_file_or_a_line_that_is_wrong_is_said(town, hat):
    browser = hat(town.office)
    file = SimpleUploadedFile("2027.csv", "日期,安排,名称\n明天,放假,元旦\n".encode())
    assert "第 2 行的日期“明天”不对。" in words(browser.post(url("import_calendar"), {"file": file}), 422)
    typed = {"year": "2027", "notice": "通知", "lines": "2027-01-01 也许", "checked": "on"}
    assert "第 1 行的安排“也许”不认识" in words(browser.post(url("record_calendar_year"), typed), 422)
    strange = typed | {"lines": "2027-01-04 上班"}
    assert "2027-01-04 本来就上班" in words(browser.post(url("record_calendar_year"), strange), 422)


@pytest.mark.parametrize("years", [1, 4])
def test_the_calendar_costs_the_same_with_more_years(town, hat, django_assert_num_queries, years):
    actions.seed_calendar(SYSTEM, at=moment(), confirmed_by="高言")
    CalendarYear.objects.filter(year__lte=2026 - years).delete()
    browser = hat(town.alice)
    with django_assert_num_queries(SHELL + 2):
        browser.get(url("calendar"))


# how was this computed


def computed(browser, **asked):
    return words(browser.get(url("computation"), asked))


def test_a_computation_names_rule_article_skipped_days_and_end(town, hat):
    actions.seed_calendar(SYSTEM, at=moment(), confirmed_by="高言")
    page = computed(hat(town.alice), start="2026-02-12", limit="reassignment")
    assert "<strong>2026年3月4日 周三</strong>" in page
    assert "第十五条" in page
    assert "当日不计入，从 2月13日 周五 起计。" in page
    assert "2月15日 周日 – 2月23日 周一" in page
    assert "2月28日 周六" in page
    assert "暂定" not in page


def test_a_computation_says_that_it_rolled_over_a_month_end_provisionally(town, hat):
    actions.seed_calendar(SYSTEM, at=moment(), confirmed_by="高言")
    page = computed(hat(town.alice), start="2026-08-31", limit="reply_long", version=town.measure.pk)
    assert "<strong>2027年3月1日 周一</strong>" in page
    assert "以月末最后一天为期满日" in page
    assert "2月28日 周日 不上班，顺延到下一个工作日。" in page
    assert "暂按周一至周五计算" in page


def test_a_length_of_ones_own_is_computed(town, hat):
    assert "2026年3月9日 周一" in computed(
        hat(town.alice), start="2026-03-02", amount="5", unit="working_day"
    )
    assert "没有规定这项期限" in words(hat(town.alice).get(url("computation"), {"start": "2026-03-02"}))
    wrong = hat(town.alice).get(url("computation"), {"start": "三月"})
    assert wrong.status_code == 422
