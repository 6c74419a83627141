"""The classes of matters: who changes them, what is refused, what the congress's chain remembers, and their page."""

import pytest
from django.urls import reverse

from tests.town import moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.enums import Function
from tibandu.regulations import actions, queries
from tibandu.regulations.models import SubjectClass

# What every page of somebody who is signed in costs: session, account, hats.
SHELL = 3


@pytest.fixture
def traffic(town):
    return actions.add_class(town.office, town.congress, name="交通", parent=town.subject, at=moment())


def url(name, *arguments):
    return reverse(f"regulations:{name}", args=arguments)


def words(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def last_line(town):
    line = JournalLine.objects.filter(chain=town.congress.chain).latest("seq")
    return line.noun, line.verb, line.facts


def names(town):
    return [(top.name, [row.name for row in below]) for top, below in queries.class_tree(town.office)]


def refused(action, *arguments, **more):
    with pytest.raises(Refused) as refusal:
        action(*arguments, at=moment(), **more)
    return str(refusal.value)


# verbs


def test_the_classes_of_matters_are_installed_once(town):
    held = SubjectClass.objects.filter(congress=town.congress).count()
    made = actions.install_subject_classes(town.office, town.congress, at=moment())
    assert SubjectClass.objects.filter(congress=town.congress).count() == held + made
    assert last_line(town) == (
        "congress",
        "subject_class.install",
        {"name": town.congress.name, "made": made},
    )
    lines = JournalLine.objects.count()
    assert actions.install_subject_classes(town.office, town.congress, at=moment()) == 0
    assert JournalLine.objects.count() == lines


def test_a_new_class_stands_last_in_its_level(town, traffic):
    actions.add_class(
        town.office,
        town.congress,
        name="住房",
        parent=town.subject,
        committee=town.units["committee"],
        at=moment(),
    )
    assert names(town) == [("城建环资", ["交通", "住房"])]
    assert last_line(town) == (
        "subjectclass",
        "subject_class.add",
        {"name": "住房", "called": "住房", "parent": "城建环资", "committee": "市人大城环委"},
    )


def test_a_class_is_renamed_moved_and_given_a_committee(town, traffic):
    other = actions.add_class(town.office, town.congress, name="社会建设", at=moment())
    actions.change_class(
        town.office, traffic, name="道路", parent=other, committee=town.units["committee"], at=moment()
    )
    assert names(town) == [("城建环资", []), ("社会建设", ["道路"])]
    assert last_line(town) == (
        "subjectclass",
        "subject_class.change",
        {
            "name": "道路",
            "changed": {
                "called": ["交通", "道路"],
                "parent": ["城建环资", "社会建设"],
                "committee": ["", "市人大城环委"],
            },
        },
    )


def test_what_is_not_changed_leaves_no_line(town, traffic):
    lines = JournalLine.objects.count()
    actions.change_class(town.office, traffic, name="交通", parent=town.subject, committee=None, at=moment())
    actions.place_class(town.office, traffic, place=7, at=moment())
    assert JournalLine.objects.count() == lines


def test_a_class_is_placed_among_those_of_its_level(town):
    for name in ("交通", "住房", "生态"):
        made = actions.add_class(town.office, town.congress, name=name, parent=town.subject, at=moment())
    actions.place_class(town.office, made, place=1, at=moment())
    assert names(town) == [("城建环资", ["生态", "交通", "住房"])]
    assert last_line(town) == (
        "subjectclass",
        "subject_class.place",
        {"name": "生态", "from": 3, "to": 1},
    )


def test_only_who_keeps_the_rules_changes_classes(town, traffic):
    given = {"name": "道路", "parent": None, "committee": None}
    for actor in (town.alice, town.member, town.chairpersons, town.foreign_office):
        with pytest.raises(NotYourStep):
            actions.install_subject_classes(actor, town.congress, at=moment())
        with pytest.raises(NotYourStep):
            actions.add_class(actor, town.congress, name="道路", at=moment())
        with pytest.raises(NotYourStep):
            actions.change_class(actor, traffic, **given, at=moment())
        with pytest.raises(NotYourStep):
            actions.place_class(actor, traffic, place=1, at=moment())


def test_a_class_needs_a_name_that_its_level_does_not_have(town, traffic):
    add = (actions.add_class, town.office, town.congress)
    assert refused(*add, name=" ") == "请写分类名称。"
    assert refused(*add, name="城建环资") == "同级已有这个分类。"
    assert refused(*add, name="交通", parent=town.subject) == "同级已有这个分类。"
    assert actions.add_class(town.office, town.congress, name="交通", at=moment()).order == 2


def test_there_are_two_levels_and_no_third(town, traffic):
    add = (actions.add_class, town.office, town.congress)
    assert refused(*add, name="公交", parent=traffic) == "分类只有两级，上级须是本级人大的一级分类。"
    other = actions.add_class(town.office, town.congress, name="社会建设", at=moment())
    change = (actions.change_class, town.office, town.subject)
    kept = {"name": "城建环资", "committee": None}
    assert refused(*change, parent=other, **kept) == "下面还有分类，不能并入别的分类之下。"
    assert refused(
        actions.change_class, town.office, other, name="社会建设", committee=None, parent=other
    ) == ("下面还有分类，不能并入别的分类之下。")


def test_nothing_of_another_congress_is_joined(town):
    theirs = SubjectClass.objects.create(congress=town.district, name="交通")
    strange = town.foreign_office.unit_id
    unit = type(town.units["committee"]).objects.get(pk=strange)
    add = (actions.add_class, town.office, town.congress)
    assert refused(*add, name="甲", parent=theirs) == "分类只有两级，上级须是本级人大的一级分类。"
    assert refused(*add, name="甲", committee=unit) == "对口委员会须是本级人大的机构。"


# the page


def test_everybody_reads_the_classes_and_a_keeper_changes_them(town, hat, traffic):
    page = words(hat(town.alice).get(url("classes")))
    assert "随上级：市人大城环委" in page
    assert url("change_class", traffic.pk) not in page
    page = words(hat(town.office).get(url("classes")))
    assert url("change_class", traffic.pk) in page
    assert url("classes") in words(hat(town.office).get(url("measure")))


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_costs_the_same_with_more_classes(town, hat, django_assert_num_queries, more):
    for number in range(more):
        actions.add_class(town.office, town.congress, name=f"类{number}", parent=town.subject, at=moment())
    browser = hat(town.office)
    with django_assert_num_queries(SHELL + 1):
        browser.get(url("classes"))


def test_a_class_is_added_changed_and_placed_on_the_page(town, hat):
    browser = hat(town.office)
    form = browser.get(url("add_class"), {"under": town.subject.pk}).context["form"]
    assert str(form["parent"].value()) == str(town.subject.pk)
    assert [unit.function for unit in form.fields["committee"].queryset] == [Function.COMMITTEE]
    for name in ("交通", "住房"):
        typed = {"name": name, "parent": town.subject.pk}
        assert browser.post(url("add_class"), typed).url == url("classes")
    assert "同级已有这个分类" in words(browser.post(url("add_class"), typed), 422)
    row = SubjectClass.objects.get(name="住房")
    assert browser.post(url("place_class", row.pk), {"place": "1"}).url == f"{url('classes')}#class-{row.pk}"
    browser.post(url("place_class", row.pk), {"place": "上"})
    assert names(town) == [("城建环资", ["住房", "交通"])]
    assert "住房" in words(browser.get(url("change_class", row.pk)))
    assert "下面还有分类" in words(_moved_below(browser, town), 422)
    browser.post(url("change_class", row.pk), {"name": "住房保障", "parent": town.subject.pk})
    assert names(town) == [("城建环资", ["住房保障", "交通"]), ("民政", [])]


def _moved_below(browser, town):
    browser.post(url("add_class"), {"name": "民政"})
    other = SubjectClass.objects.get(name="民政")
    return browser.post(url("change_class", town.subject.pk), {"name": "城建环资", "parent": other.pk})


def test_a_congress_without_classes_starts_from_the_sample(town, hat):
    browser = hat(town.foreign_office)
    assert "由代表工作机构（乡镇为主席团）建立。" in words(hat(town.foreign_deputy).get(url("classes")))
    hat(town.foreign_office)
    assert "从样本建立" in words(browser.get(url("classes")))
    assert browser.get(url("install_subject_classes")).status_code == 405
    assert browser.post(url("install_subject_classes")).url == url("classes")
    assert "财税金融" in words(browser.get(url("classes")))


def test_who_does_not_keep_the_rules_finds_no_form(town, hat, traffic):
    for who in ("alice", "member", "housing_chief"):
        browser = hat(town.actors[who])
        assert browser.get(url("add_class")).status_code == 404
        assert browser.get(url("change_class", traffic.pk)).status_code == 404
        assert browser.post(url("place_class", traffic.pk), {"place": "1"}).status_code == 404
        assert browser.post(url("install_subject_classes")).status_code == 404


def test_another_congress_finds_nothing_of_ours(town, hat, traffic):
    browser = hat(town.foreign_office)
    assert browser.get(url("change_class", traffic.pk)).status_code == 404
    assert browser.post(url("place_class", traffic.pk), {"place": "1"}).status_code == 404
    assert "交通" not in words(browser.get(url("classes")))
