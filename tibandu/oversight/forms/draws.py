"""What people may type about a draw: what is drawn from, the seed named beforehand, the seed, what a check found."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import StepForm, WordsForm
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, units_in_being

MOST_PICKED = 100


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


class FreezeDrawForm(forms.Form):
    """What is drawn from, how many, and which public number of which later day will decide."""

    title = forms.CharField(label=_("名称"), max_length=80)
    since = _day(_("答复自"))
    until = _day(_("答复至"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), required=False, empty_label=_("不限")
    )
    wanted = forms.IntegerField(label=_("抽取件数"), min_value=1, max_value=MOST_PICKED)
    seed_name = forms.CharField(
        label=_("种子来源"),
        max_length=120,
        help_text=_(
            "写明哪一天公布的哪个数字，如某日某期彩票开奖号码、某日某指数收盘点位，写到不会有两种读法。"
        ),
    )
    seed_on = _day(_("种子日期"), help_text=_("须晚于今天。"))

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_being(actor.congress_id or 0, today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if (since := found.get("since")) and (until := found.get("until")) and until < since:
            self.add_error("until", _("不能早于“答复自”。"))
        return found


class EnterSeedForm(StepForm):
    """The public number as it was published."""

    guidance: ClassVar[Any] = _("按公布的原样录入，空格不计。录入后立即抽取，不能更改。")
    seed = forms.CharField(label=_("种子"), max_length=60)

    def clean_seed(self) -> str:
        seed = "".join(self.cleaned_data["seed"].split())
        if not seed:
            raise forms.ValidationError(_("请录入公布的数字。"))
        return seed


class CheckLotForm(StepForm):
    """What was found on site."""

    agrees = forms.TypedChoiceField(
        label=_("现场情况"),
        choices=[("yes", _("与自报相符")), ("no", _("与自报不相符"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    held_on = _day(_("核查日期"))
    words = forms.CharField(label=_("核查情况"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class CloseDrawForm(WordsForm):
    """The conclusion."""


FORMS: dict[str, type[StepForm]] = {
    "enter_seed": EnterSeedForm,
    "check_lot": CheckLotForm,
    "close_draw": CloseDrawForm,
}
