"""The worked measures: whole, true to their own articles, and different where places differ."""

import pytest

from tests.town import TODAY, moment
from tibandu.people.models import Congress
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions, profiles, queries, rules
from tibandu.regulations.enums import (
    GroundKind,
    LimitCode,
    OptionKind,
    ScreeningOutcome,
    SeriesKind,
    SettingKey,
)

ALL = pytest.mark.parametrize("code", profiles.PROFILES)


@ALL
def test_a_profile_has_every_row(code):
    chosen = profiles.profile(code)
    assert set(chosen.limits) == set(LimitCode)
    assert set(chosen.settings) == set(SettingKey)
    assert set(chosen.patterns) == set(SeriesKind)
    assert {ground.kind for ground in chosen.grounds} == set(GroundKind)
    assert {option.kind for option in chosen.options} == set(OptionKind)


@ALL
def test_every_row_points_to_an_article_of_its_profile(code):
    chosen = profiles.profile(code)
    pointed = {row.article for row in chosen.limits.values()} | {
        name for _value, name in chosen.settings.values()
    }
    assert (pointed | set(chosen.spoken_by.values())) - set(chosen.articles) == set()


@ALL
def test_each_limit_is_written_in_its_article(code):
    chosen = profiles.profile(code)
    unwritten = [
        limit
        for limit, row in chosen.limits.items()
        if rules.amount_words(row.amount, row.unit) not in chosen.articles[row.article]
    ]
    assert unwritten == []


def test_screening_grounds_allow_known_outcomes_only():
    for ground in profiles.GROUNDS:
        assert set(ground.outcomes.split()) <= set(ScreeningOutcome)
        assert bool(ground.outcomes) == (ground.kind == GroundKind.SCREENING)


def test_places_differ():
    city, district, town = map(profiles.profile, profiles.PROFILES)
    assert "".join(row.code for row in city.categories) == "ABCD"
    assert "".join(row.code for row in town.categories) == "ABC"
    assert [row.code for row in city.categories if row.opens_ledger] == ["B"]
    assert [row.code for row in district.categories if row.opens_ledger] == ["B", "C"]
    assert [stage.code for stage in city.stages] == ["before", "during", "after"]
    assert [stage.code for stage in town.stages] == ["before"]
    assert district.settings[SettingKey.SECOND_MODE] == ("automatic", "second")
    assert (town.limits[LimitCode.OBJECTION].amount, town.limits[LimitCode.OBJECTION].unit) == (
        5,
        "working_day",
    )
    assert (town.limits[LimitCode.OPINION].amount, town.limits[LimitCode.OPINION].unit) == (
        15,
        "calendar_day",
    )


def test_an_unknown_profile_is_a_mistake():
    with pytest.raises(KeyError):
        profiles.profile("elsewhere")


@ALL
def test_a_profile_can_be_enacted_and_reads_back_the_same(db, code):
    place = Congress.objects.create(slug="place", name="某地人民代表大会", short_name="某地", level="town")
    version = actions.install_profile(SYSTEM, place, code, at=moment(), effective_on=TODAY, label="2026年")
    actions.enact(SYSTEM, version, at=moment(), effective_on=TODAY)
    held = queries.measure_in_force(place.pk, TODAY)
    assert held == version
    assert queries.measure_of(held) == queries.compiled(version)
    chosen = profiles.profile(code)
    assert queries.measure_of(held).limits["reply"].article == chosen.number_of("reply")
    assert version.articles.count() == len(chosen.articles)
    assert version.grounds.filter(article=None).count() == 0
    assert version.options.filter(article=None).count() == 0


def test_options_are_asked_for_by_their_use_and_marks_make_a_hundred(town):
    marks = queries.options_of(town.measure, OptionKind.KEY_CRITERION)
    assert [mark.code for mark in marks] == ["whole", "concern", "hard", "agenda"]
    assert sum(mark.points for mark in marks) == 100
    assert len(queries.options_of(town.measure, OptionKind.LEGAL_FIELD)) == 15
    assert queries.options_of(None, OptionKind.CAPACITY) == []
