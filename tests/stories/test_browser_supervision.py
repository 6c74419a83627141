"""Joint supervision from its visit to its conclusion, and a lead from its letter to its case, in a real browser."""

import pytest
from django.utils.timezone import localdate

from tests.oversight import programmes_cases, referrals_cases
from tests.stories.browser import People, starting
from tibandu.base.journal import verify
from tibandu.oversight.enums import OwedState, ProgrammeState, ReferralState
from tibandu.oversight.models import Owed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_committee_settles_on_the_spot_and_the_procuratorate_files_a_case(people: People) -> None:
    town, today = people.town, localdate().isoformat()
    referrals_cases.with_procuratorate(town)
    programme = programmes_cases.joint(town)
    referral = referrals_cases.screened(town, programme.suggestions.get())
    _joint(people, programme.get_absolute_url(), today)
    programme.refresh_from_db()
    assert (programme.state, Owed.objects.get().state) == (ProgrammeState.CONCLUDED, OwedState.DONE)
    _lead(people, referral.get_absolute_url(), today)
    referral.refresh_from_db()
    assert (referral.state, referral.letter_no) == (ReferralState.FILED, "兴人代函〔2026〕9号")
    assert list(verify()) == []
    assert (people.errors, people.strangers()) == ([], set())


def _joint(people: People, page: str, today: str) -> None:
    """The plan, what was settled on the spot, its proof by the unit and its check by the committee, the result."""
    member = people.at("member").go(page)
    member.step("制定督办方案", steps__0__what="三方现场察看", steps__0__due_on=today)
    settled = {"settled__0__unit": starting("市住建局"), "settled__0__what": "增设车位二十个"}
    seen = {"held_on": today, "place": "公园北门", "persons": "三方"}
    member.step("记录座谈协调", **seen, words="当场商定", **settled, settled__0__due_on=today)
    assert "还有 1 项交办事项没有核实落实" in member.reason("报告督办结果")
    people.at("housing_officer", phone=True).go(page).step("报告落实情况", words="车位已画线")
    member.go(page).step("核实落实", words="到场看过，属实")
    member.step("报告督办结果", words="停车位增加", field_effect="全市公园停车一并排查")
    member.step("评价并办结", words="按方案完成")
    assert "全市公园停车一并排查" in member.text("#result")


def _lead(people: People, page: str, today: str) -> None:
    """The letter that passes the lead on, and what the procuratorate alone makes of it."""
    office = people.at("office").go(page)
    office.step("移送检察院", letter_no="兴人代函〔2026〕9号")
    prosecutor = people.at("prosecutor").go(page)
    prosecutor.step("登记线索", case_no="兴检线〔2026〕9号")
    prosecutor.step("评估线索", words="属于法定领域，有立案必要")
    prosecutor.step("公益诉讼立案", number="兴检立〔2026〕9号", issued_on=today)
    assert "立案决定书 兴检立〔2026〕9号" in prosecutor.text()
