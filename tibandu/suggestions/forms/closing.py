"""What people may type at another round, at the end of a case, and when its authors want it ended."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.people.enums import RANK_ORDER
from tibandu.suggestions.enums import State, Trigger
from tibandu.suggestions.forms.assigning import day_field, long_text
from tibandu.suggestions.models import Assignment
from tibandu.suggestions.queries.following import (
    answered_shares,
    concerned_shares,
    rank_of_next_round,
    unheard_ratings,
)


class AssignAgainForm(StepForm):
    governed_by = "limit:rehandling"
    guidance = _("原承办单位在新的期限内重新办理、再次答复，由更高层级的负责人领办。")

    trigger = forms.ChoiceField(label=_("缘由"), choices=Trigger.choices)
    shares = forms.ModelMultipleChoiceField(
        label=_("承办单位"),
        queryset=Assignment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选则为与缘由相符的单位。"),
    )
    rank = forms.ChoiceField(label=_("领办层级"), required=False)
    words = long_text(label=_("交办意见"), help_text=_("写明为什么再办、要解决什么。"))

    def prepare(self) -> None:
        again = answered_shares(self.case)
        chosen = Assignment.objects.filter(pk__in=[share.pk for share in again])
        self.fields["shares"].queryset = chosen.select_related("unit").order_by("pk")
        self.fields["trigger"].choices = [
            (trigger.value, trigger.label)
            for trigger in Trigger
            if concerned_shares(self.case, trigger)
            if trigger != Trigger.FIRST and (trigger != Trigger.REVIEW or self.case.state == State.FOLLOW_UP)
        ]
        least = RANK_ORDER.index(rank_of_next_round(self.case))
        self.fields["rank"].choices = [
            (rank.value, rank.label) for rank in reversed(RANK_ORDER) if RANK_ORDER.index(rank) >= least
        ]
        proposed = Trigger.DISSATISFIED if unheard_ratings(self.case) else Trigger.LAPSED
        self.initial = {
            "trigger": proposed,
            "shares": [share.pk for share in concerned_shares(self.case, proposed)],
            "rank": rank_of_next_round(self.case),
        }


class RecordMeetingForm(StepForm):
    guidance = _("代表仍不满意的，由承办单位和代表当面商议。")

    held_on = day_field(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=60)
    attended = long_text(rows=2, label=_("参加人"), help_text=_("写明单位、职务、姓名。"))
    agreed = long_text(rows=5, label=_("商定事项"))


class CloseForm(NoteForm):
    guidance = _("办结后归档；以后回头看发现问题，可以重新启动。")


class ReopenForm(WordsForm):
    guidance = _("写明回头看发现了什么。重新启动后，可以再次交办。")


class RequestWithdrawalForm(StepForm):
    governed_by = "setting:withdrawal_consent"
    guidance = _("撤回须经提出人同意；同意后，办理工作即行终止。")

    reason = long_text(label=_("撤回理由"))


class ConsentForm(StepForm):
    governed_by = "setting:withdrawal_consent"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guidance = self.case.reason


class GrantWithdrawalForm(NoteForm):
    guidance = _(
        "办理即行终止：各承办单位停办，未兑现的承诺解除，未作的评价不再作。提出人和承办单位都会收到告知。"
    )


FORMS: dict[str, type[StepForm]] = {
    "assign_again": AssignAgainForm,
    "record_meeting": RecordMeetingForm,
    "close": CloseForm,
    "reopen": ReopenForm,
    "request_withdrawal": RequestWithdrawalForm,
    "consent": ConsentForm,
    "grant_withdrawal": GrantWithdrawalForm,
    "refuse_withdrawal": WordsForm,
}
