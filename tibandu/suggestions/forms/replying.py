"""What people may type at the steps of replying: the answer to each ask, the category, the promises, the scan."""

from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.files import FileProblem, Stored, store
from tibandu.base.rows import RowsField
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.base.whole import whole
from tibandu.regulations.models import Category
from tibandu.suggestions.enums import Cause, PromiseKind, ReplyKind
from tibandu.suggestions.forms.publishing import PublishForm, PublishReplyForm
from tibandu.suggestions.models import TEXT_LENGTH, Ask, Assignment, Promise, Reply
from tibandu.suggestions.queries.letters import (
    FEN_PER_WAN,
    addressees,
    asks_of,
    checkup_of,
    closing_for,
    letter_of,
    opening_for,
    page_of,
    stands_on_silence,
)
from tibandu.suggestions.queries.publishing import may_set_template
from tibandu.suggestions.rules import Finding


def _long(label: Any, *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 2000)
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def _offer_asks(field: Any, asks: QuerySet[Ask]) -> None:
    """Offers the asks that were read once for all rows; only what is posted is looked up."""
    field.queryset = asks
    field.choices = [("", field.empty_label or ""), *((ask.pk, str(ask)) for ask in asks)]


class PartRow(forms.Form):
    """What is said to one ask; without an ask, what is said to the whole."""

    ask = forms.ModelChoiceField(label=_("对应要求"), queryset=Ask.objects.none(), required=False)
    text = _long(_("答复内容"), rows=8, max_length=TEXT_LENGTH)

    def __init__(self, *args: Any, asks: QuerySet[Ask], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_asks(self.fields["ask"], asks)


class PromiseRow(forms.Form):
    """One undertaking: what, by which measure it is known to be done, by whom, until when."""

    what = forms.CharField(label=_("承诺事项"), max_length=200)
    measure = forms.CharField(label=_("衡量标准"), max_length=120)
    kind = forms.ChoiceField(label=_("类型"), choices=[("", _("请选择")), *PromiseKind.choices])
    owner = forms.CharField(label=_("责任人"), max_length=60)
    due_on = forms.DateField(label=_("兑现时限"), widget=forms.DateInput(attrs={"type": "date"}))
    money = forms.DecimalField(
        label=_("资金（万元）"), required=False, min_value=0, max_digits=12, decimal_places=4
    )
    ask = forms.ModelChoiceField(
        label=_("对应要求"), queryset=Ask.objects.none(), required=False, empty_label=_("整件")
    )

    def __init__(self, *args: Any, asks: QuerySet[Ask], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_asks(self.fields["ask"], asks)

    def clean_money(self) -> int | None:
        """Kept in fen, asked for in the unit that offices use."""
        money: Decimal | None = self.cleaned_data["money"]
        return None if money is None else int(money * FEN_PER_WAN)


DEMANDS = (
    ("promises", "opens_ledger", _("列入承诺台账")),
    ("promises", "needs_due_date", _("须写明时限")),
    ("reason", "needs_reason", _("须写明理由")),
    ("reported_up", "needs_upward_report", _("须说明向上级反映的情况")),
)


class CategoryRadio(forms.RadioSelect):
    """Each category says which fields it demands, so that the page can keep the others folded."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if category := getattr(value, "instance", None):
            asked = [field for field, flag, _label in DEMANDS if getattr(category, flag)]
            option["attrs"]["data-demands"] = " ".join(dict.fromkeys(asked))
        return option


class CategoryChoice(forms.ModelChoiceField):
    """A category with its meaning and what it demands, so that the letter is not chosen by its letter."""

    def label_from_instance(self, obj: Category) -> str:
        demands = [label for _field, flag, label in DEMANDS if getattr(obj, flag)]
        ending = f"（{'、'.join(map(str, demands))}）" if demands else ""
        return f"{obj}：{obj.definition}{ending}"


class ReplyForm(StepForm):
    """The editor of a reply; the same for a first draft and for its changes."""

    governed_by = "setting:addressees"

    kind = forms.ChoiceField(label=_("形式"), choices=ReplyKind.choices, initial=ReplyKind.LETTER)
    opening = _long(_("开头"), rows=2)
    parts = RowsField(PartRow, label=_("逐项答复"), required=False)
    category = CategoryChoice(
        label=_("答复类别"),
        queryset=Category.objects.none(),
        required=False,
        widget=CategoryRadio,
        empty_label=None,
    )
    reason = _long(_("暂时不能解决的理由"))
    reported_up = _long(_("向上级反映的情况"))
    promises = RowsField(PromiseRow, label=_("承诺事项"), required=False, extra=1)
    closing = _long(_("结尾"), rows=2)
    contact_name = forms.CharField(label=_("承办人"), required=False, max_length=40)
    contact_phone = forms.CharField(label=_("联系电话"), required=False, max_length=30)
    for_file = forms.BooleanField(label=_("同时为并案的其他各件起草同样的答复"), required=False)

    reply: Reply | None = None

    @property
    def share(self) -> Assignment:
        return self.case  # type: ignore[no-any-return]

    def prepare(self) -> None:
        suggestion = self.share.suggestion
        asks = suggestion.asks.all()
        self.rows("parts").bind(asks=asks)
        self.rows("promises").bind(asks=asks)
        chosen = Category.objects.filter(version=suggestion.regulation_id)
        self.fields["category"].queryset = chosen  # type: ignore[attr-defined]
        self.fields["category"].look = "box"  # type: ignore[attr-defined]
        if suggestion.case_file_id is None or self.reply is not None:
            del self.fields["for_file"]
        self.fields["kind"].choices = self._kinds()  # type: ignore[attr-defined]
        self.initial = self._initial()

    def _kinds(self) -> list[tuple[str, Any]]:
        """The forms of reply that this suggestion and this day allow."""
        suggestion = self.share.suggestion
        session = suggestion.session
        sits = session is not None and session.opens_on <= self.today <= session.closes_on
        left_out = {
            ReplyKind.NOT_REQUESTED: not suggestion.no_written_reply,
            ReplyKind.IN_SESSION: not sits and not (self.reply and self.reply.kind == ReplyKind.IN_SESSION),
        }
        return [(value, label) for value, label in ReplyKind.choices if not left_out.get(ReplyKind(value))]

    def _initial(self) -> dict[str, Any]:
        suggestion = self.share.suggestion
        officer = next(
            iter(sorted(self.share.responsibles.all(), key=lambda row: row.rank != "officer")), None
        )
        return {
            "kind": ReplyKind.NOT_REQUESTED if suggestion.no_written_reply else ReplyKind.LETTER,
            "opening": opening_for(suggestion),
            "closing": closing_for(suggestion),
            "contact_name": officer.name if officer else "",
            "contact_phone": officer.phone if officer else "",
        }

    @cached_property
    def answers(self) -> list[dict[str, Any]]:
        """The answer fields in the order of the letter: first what is said to the whole, then ask by ask."""
        given = self._given()
        rows = [{"ask": None, "label": _("总的情况（可不写）"), "text": given.get(None, "")}]
        rows += [
            {"ask": ask, "label": _("对第%(n)s项的答复") % {"n": ask.number}, "text": given.get(ask.pk, "")}
            for ask in asks_of(self.share)
        ]
        return rows

    def _given(self) -> dict[int | None, str]:
        """The texts by ask: as posted, else as kept."""
        if not self.is_bound:
            return {row["ask"]: row["text"] for row in self.initial.get("parts", ())}
        posted = self["parts"].value() or []
        texts = {str(row.get("ask") or ""): row.get("text") or "" for row in posted}
        return {whole(ask): text for ask, text in texts.items()}

    @cached_property
    def findings(self) -> list[Finding]:
        """The check-up of what is kept; a reply not yet kept has none."""
        return checkup_of(self.reply) if self.reply else []

    @cached_property
    def letter(self) -> dict[str, Any] | None:
        """What is kept, as the letter will look."""
        return page_of(letter_of(self.reply, self.today)) if self.reply else None

    @property
    def standing(self) -> list[Promise]:
        """What a corrected reply has promised and the correction takes over."""
        if self.reply is None or self.reply.corrects is None:
            return []
        return list(self.reply.corrects.promises.all())

    def clean_parts(self) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [part for part in self.cleaned_data["parts"] if part["text"].strip()]
        answered = [part["ask"] for part in parts]
        if len(set(answered)) < len(answered):
            raise forms.ValidationError(_("同一项要求只能答复一次。"))
        return parts


class EditReplyForm(ReplyForm):
    """The editor over a draft that is kept."""

    @property
    def share(self) -> Assignment:
        return self.case.assignment  # type: ignore[no-any-return]

    def prepare(self) -> None:
        self.reply = self.case
        super().prepare()
        if self.reply is not None and self.reply.cause == Cause.CORRECTION:
            self.fields["kind"].choices = [(self.reply.kind, self.reply.get_kind_display())]  # type: ignore[attr-defined]

    def _initial(self) -> dict[str, Any]:
        reply: Reply = self.case
        kept = {
            name: getattr(reply, name) for name in ("kind", "opening", "closing", "reason", "reported_up")
        }
        promises = [
            {
                "what": row.what,
                "measure": row.measure,
                "kind": row.kind,
                "owner": row.owner,
                "due_on": row.due_on,
                "money": None if row.money is None else (Decimal(row.money) / FEN_PER_WAN).normalize(),
                "ask": row.ask_id,
            }
            for row in reply.promises.all()
        ]
        kept["opening"] = reply.opening or opening_for(reply.suggestion)
        kept["closing"] = reply.closing or closing_for(reply.suggestion)
        return kept | {
            "category": reply.category_id,
            "contact_name": reply.contact_name,
            "contact_phone": reply.contact_phone,
            "parts": [{"ask": part.ask_id, "text": part.text} for part in reply.parts.all()],
            "promises": promises,
        }


class LetterStep:
    """What every step on a whole reply shows: the letter as it will look, and the check-up."""

    case: Reply

    @cached_property
    def letter(self) -> dict[str, Any]:
        return page_of(letter_of(self.case, self.today))  # type: ignore[attr-defined]

    @cached_property
    def findings(self) -> list[Finding]:
        return checkup_of(self.case)

    @property
    def sets_template(self) -> bool:
        return may_set_template(self.actor)  # type: ignore[attr-defined]


class SubmitReplyForm(LetterStep, StepForm):
    governed_by = "setting:dispatch_checks_reply"


class CheckReplyForm(LetterStep, NoteForm):
    governed_by = "setting:dispatch_checks_reply"


class SignReplyForm(LetterStep, StepForm):
    governed_by = "setting:signer_rank"


class SendReplyForm(LetterStep, StepForm):
    governed_by = "setting:addressees"

    @property
    def addressees(self) -> list[str]:
        """To whom it goes; a masked author is reached through the office."""
        if self.case.suggestion.is_masked:
            return [str(_("提出人（由代表工作机构转送）"))]
        return [proposer.name for proposer in addressees(self.case.suggestion)]

    @property
    def unconfirmed(self) -> bool:
        return stands_on_silence(self.case)


class ReturnReplyForm(LetterStep, WordsForm):
    pass


class CorrectReplyForm(WordsForm):
    guidance = _("原答复不变，另起一份更正件，经核稿、签发、发出后代替原答复。")


class AttachScanForm(StepForm):
    guidance = _("上传盖章后的扫描件，作为实际发出的文本保存。")

    scan = forms.FileField(label=_("盖章件"), help_text=_("PDF 或图片，不超过 50 MB。"))

    def clean_scan(self) -> Stored:
        """The file is kept before the transaction begins, under the digest of its content."""
        try:
            kept = store(self.cleaned_data["scan"])
        except FileProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        if kept.kind not in ("pdf", "ofd", "png", "jpg"):
            raise forms.ValidationError(_("盖章件请上传 PDF、OFD 或图片。"))
        return kept


FORMS: dict[str, type[StepForm]] = {
    "draft_reply": ReplyForm,
    "edit_reply": EditReplyForm,
    "submit_reply": SubmitReplyForm,
    "check_reply": CheckReplyForm,
    "return_reply": ReturnReplyForm,
    "sign_reply": SignReplyForm,
    "send_back_to_drafter": ReturnReplyForm,
    "send_reply": SendReplyForm,
    "correct_reply": CorrectReplyForm,
    "attach_scan": AttachScanForm,
    "publish_reply": PublishReplyForm,
    "publish": PublishForm,
}
